package kernels_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// boundPhrase is how a doc comment states a bound that tests hold.
var boundPhrase = regexp.MustCompile(`≤ ([0-9.]+) ULP \(float32\), ≤ ([0-9.]+) ULP \(float64\)`)

// The bounds in the doc comments are those in ref.Bounds, which tests hold.
func TestDocumentedBounds(t *testing.T) {
	comments := docComments(t)
	for _, name := range slices.Sorted(maps.Keys(ref.Bounds)) {
		comment, ok := comments[name]
		if !ok {
			t.Errorf("%s is in ref.Bounds, but is no function", name)
			continue
		}
		found := boundPhrase.FindStringSubmatch(comment)
		if found == nil {
			t.Errorf("%s: no “≤ … ULP (float32), ≤ … ULP (float64)” in its doc comment, ref.Bounds has %v", name, ref.Bounds[name])
			continue
		}
		for i, want := range []float64{ref.Bounds[name].Float32, ref.Bounds[name].Float64} {
			if got, err := strconv.ParseFloat(found[i+1], 64); err != nil || got != want {
				t.Errorf("%s: its doc comment says %q, ref.Bounds has %v", name, found[0], ref.Bounds[name])
			}
		}
	}
	for name, comment := range comments {
		if _, held := ref.Bounds[name]; boundPhrase.MatchString(comment) && !held {
			t.Errorf("%s: its doc comment states a bound that is not in ref.Bounds, so no test holds it", name)
		}
	}
}

// Everything exported has a doc comment that begins with its name.
func TestDocumented(t *testing.T) {
	for name, comment := range docComments(t) {
		if token.IsExported(name) && !strings.HasPrefix(comment, name+" ") {
			t.Errorf("%s: its doc comment begins %.30q", name, comment)
		}
	}
}

// docComments returns the comments of functions by name, on one line each.
func docComments(t *testing.T) map[string]string {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Skip("the source is not at hand")
	}
	comments := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				comments[f.Name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
			}
		}
	}
	return comments
}
