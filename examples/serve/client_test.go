package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestClient runs a client that was written from the protocol alone.
func TestClient(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	s := start[float32](t, testConfig())
	out, err := exec.Command(node, "client.mjs", s.url).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "all is as the protocol says") {
		t.Errorf("%v\n%s", err, out)
	}
}
