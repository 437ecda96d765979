package testkit

import (
	"strings"
	"testing"
)

// Every line of Go in the README is one of an example, which is compiled and run.
func TestReadme(t *testing.T) {
	examples := ""
	for _, pattern := range []string{"kernels/example*_test.go", "loss/example*_test.go", "bnn/example*_test.go"} {
		for _, name := range files(t, pattern) {
			examples += read(t, name)
		}
	}
	lines := 0
	for i, block := range strings.Split(read(t, "README.md"), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") {
			continue
		}
		for line := range strings.Lines(strings.TrimPrefix(block, "go\n")) {
			code, _, _ := strings.Cut(line, "//") // gofmt aligns comments
			code = strings.TrimPrefix(strings.TrimSpace(code), "import ")
			if !strings.Contains(examples, code) {
				t.Errorf("not in any example: %s", line)
			}
			lines++
		}
	}
	if lines < 20 {
		t.Errorf("only %d lines found", lines)
	}
}
