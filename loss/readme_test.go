package loss_test

import (
	"os"
	"strings"
	"testing"
)

// The README shows lines of the examples, which are run.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Skipf("the README is not at hand: %v", err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for i, block := range strings.Split(string(readme), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") || !strings.Contains(block, "loss.") {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(block[len("go\n"):]), "\n") {
			lines++
			if !strings.Contains(string(examples), strings.TrimSpace(line)) {
				t.Errorf("not in any example: %s", line)
			}
		}
	}
	if lines == 0 {
		t.Error("no lines found")
	}
}
