package testkit

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/simmer-go/simmer/"

// A folder with the folders of this module that its files, other than tests, may import.
type folder struct {
	path   string
	others []string
}

// folders are all of them from the bottom up: no arrow runs upward, and loss and bnn know of each other by interfaces
// only. The packages cases, ref and mxcsr stand at the bottom so that tests inside of every package can use them.
var folders = []folder{
	{"fallback", nil},
	{"internal/isa", nil},
	{"internal/total", nil},
	{"internal/indices", nil},
	{"internal/testkit/cases", nil},
	{"internal/testkit/ref", nil},
	{"internal/testkit/mxcsr", nil},
	{"internal/testkit/steady", nil},
	{"bnn/internal/safetensors", nil},
	{"bench/internal/timing", nil},
	{"asm/internal/gen", []string{"fallback"}},
	{"asm", []string{"fallback", "asm/internal/gen"}},
	{"kernels/internal/simd", []string{"fallback", "internal/isa", "internal/total"}},
	{"kernels", []string{"fallback", "internal/isa", "internal/total", "internal/indices", "kernels/internal/simd"}},
	{"loss", []string{"kernels", "internal/total", "internal/indices"}},
	{"bnn", []string{"kernels", "internal/total", "internal/indices", "bnn/internal/safetensors"}},
	{"internal/testkit", nil},
	{"internal/testkit/catalog", []string{"kernels", "internal/isa"}},
	{"internal/testkit/digest", []string{"kernels", "internal/isa", "internal/testkit/catalog"}},
	{"fuzz", nil},
	{"trust/inputs", []string{"kernels", "internal/isa", "internal/testkit/catalog", "internal/testkit/ref"}},
	{"trust/mutate", nil},
	{"trust/huge", nil},
	{"bench/limit", []string{"internal/isa"}},
	{"trust/latency", []string{"fallback", "kernels", "internal/testkit/catalog"}},
	{"bench", []string{"kernels", "bnn", "internal/isa", "internal/testkit/catalog", "bench/internal/timing"}},
}

func TestImports(t *testing.T) {
	for name, imports := range sources(t) {
		path := filepath.ToSlash(filepath.Dir(name))
		at := slices.IndexFunc(folders, func(f folder) bool { return f.path == path })
		if at < 0 {
			t.Errorf("%s: give its folder a line in folders, with what it may import", name)
			continue
		}
		for _, other := range imports {
			if !slices.Contains(folders[at].others, other) {
				t.Errorf("%s imports %s, which folders does not allow", name, other)
			}
		}
	}
}

// The table itself has no arrow that runs upward.
func TestFolders(t *testing.T) {
	var below []string
	for _, f := range folders {
		for _, other := range f.others {
			if !slices.Contains(below, other) {
				t.Errorf("%s may import %s, which does not stand above it in folders", f.path, other)
			}
		}
		below = append(below, f.path)
	}
}

// sources lists the files of this module other than tests, and for each the folders that it imports.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Skipf("the source is not at hand: %v", err)
	}
	files := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(path)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[name], err = importsOf(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d files found", len(files))
	}
	return files
}

// skip leaves out other modules, and what the go command leaves out.
func skip(dir string) error {
	if dir == root {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || strings.HasPrefix(filepath.Base(dir), ".") {
		return fs.SkipDir
	}
	return nil
}

func importsOf(path string) (list []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, i := range file.Imports {
		if other, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ours {
			list = append(list, other)
		}
	}
	return list, nil
}
