package loss_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// loss and bnn know of each other by interfaces only.
func TestImports(t *testing.T) {
	for dir, other := range map[string]string{".": "/bnn", "../bnn": "/loss"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Skipf("the source of %s is not at hand", dir)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range file.Imports {
				if path := strings.Trim(i.Path.Value, `"`); strings.HasSuffix(path, "simmer"+other) {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
}
