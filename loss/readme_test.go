package loss_test

import (
	"os"
	"strings"
	"testing"
)

// The README shows lines of the examples of loss and bnn, which are run.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Skipf("the README is not at hand: %v", err)
	}
	examples := ""
	for _, name := range []string{"example_test.go", "../bnn/example_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		examples += string(text)
	}
	lines := 0
	for i, block := range strings.Split(string(readme), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") || !strings.Contains(block, "loss.") && !strings.Contains(block, "bnn.") {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(block[len("go\n"):]), "\n") {
			lines++
			code, _, _ := strings.Cut(line, " //") // gofmt aligns comments
			if !strings.Contains(examples, strings.TrimSpace(code)) {
				t.Errorf("not in any example: %s", line)
			}
		}
	}
	if lines < 10 {
		t.Errorf("only %d lines found", lines)
	}
}
