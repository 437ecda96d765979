package testkit

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// lossMethod is the method that a loss of predictions has.
var lossMethod = regexp.MustCompile(`(?m)^func \(l \*?([A-Z]\w*)\[.*\) ValueGrad\(grad, pred`)

// TestCompleteLosses names what a loss of predictions still lacks.
func TestCompleteLosses(t *testing.T) {
	losses := 0
	for _, file := range files(t, "loss/*.go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range lossMethod.FindAllStringSubmatch(read(t, file), -1) {
			losses++
			for _, place := range lossPlaces(file, m[1]) {
				if !strings.Contains(read(t, place.file), place.text) {
					t.Errorf("%s: %s lacks %q", m[1], place.file, place.text)
				}
			}
		}
	}
	if losses < 10 {
		t.Errorf("only %d losses found", losses)
	}
}

// place is a text that a file must have.
type place struct{ file, text string }

// lossPlaces are those of a loss, whose methods a file has.
func lossPlaces(file, name string) []place {
	list := []place{
		{file, ") checkGrad("}, // without it VariationalFreeEnergy finds a bad grad too late
		{"loss/fuzz_test.go", "func Fuzz" + name + "("},
		{"loss/example_test.go", "func Example" + name},
		{"loss/doc.go", "[" + name + "]"},
		{"README.md", "`" + name + "`"},
	}
	for _, table := range []string{"every", "digest", "accumulator", "mask", "errors", "extreme"} {
		list = append(list, place{path.Join("loss", table+"_test.go"), "loss." + name + "["})
	}
	return list
}
