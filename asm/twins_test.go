package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// notFamilies are the files of this folder that describe no kernels.
var notFamilies = []string{"main.go", "families.go", "vocabulary.go", "arith.go", "threefry.go"}

// TestTwins holds the two statements of each kernel to each other: a description in this folder and the block functions
// of the same names, in the file of the same name, in package fallback.
func TestTwins(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	described := map[string][]string{}
	for _, f := range families() {
		for _, k := range f.Kernels {
			if k.InFallback() {
				described[f.Name+".go"] = append(described[f.Name+".go"], k.Function())
			}
		}
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || slices.Contains(notFamilies, path) {
			continue
		}
		if len(described[path]) == 0 {
			t.Errorf("asm/%s is no family: list it in asm/families.go", path)
		}
	}
	for file, kernels := range described {
		compareTwins(t, file, kernels)
	}
}

// compareTwins compares the kernels of a family with the exported functions of its file in package fallback.
func compareTwins(t *testing.T, file string, kernels []string) {
	stated, err := blockFunctions(filepath.Join("..", "fallback", file))
	if err != nil {
		t.Errorf("asm/%s has no twin: state its kernels in Go, in fallback/%[1]s: %v", file, err)
		return
	}
	for _, k := range kernels {
		if !slices.Contains(stated, k) {
			t.Errorf("%s is described in asm/%s: state it in Go too, as func %[1]s in fallback/%[2]s", k, file)
		}
	}
	for _, f := range stated {
		if !slices.Contains(kernels, f) {
			t.Errorf("fallback.%s is in fallback/%s: describe it in asm/%[2]s too, or unexport it", f, file)
		}
	}
}

// blockFunctions lists the exported functions of a file.
func blockFunctions(path string) (names []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
	if err != nil {
		return nil, err
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() {
			names = append(names, f.Name.Name)
		}
	}
	return names, nil
}
