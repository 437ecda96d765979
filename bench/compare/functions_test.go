package main

import (
	"testing"

	"github.com/simmer-go/simmer/kernels"
)

// simmer's own errors are small wherever it is asked, which also shows that the references are right.
func TestFunctions(t *testing.T) {
	testFunctions[float32](t)
	testFunctions[float64](t)
}

func testFunctions[T kernels.Float](t *testing.T) {
	for _, f := range functions[T]() {
		us := rival[T]{here: map[string]func(dst, x []T){f.name: f.ours}}
		w, ok, err := us.accuracy(f.samples(), t.TempDir())
		if err != nil || !ok {
			t.Fatalf("%s: %v", f.name, err)
		}
		if w.anywhere.ulp > wrong {
			t.Errorf("%s float%d: %+v", f.name, bitsOf[T](), w.anywhere)
		}
	}
}

// Whatever a Go library has is one of the functions.
func TestGoLibraries(t *testing.T) {
	names := map[string]bool{}
	for _, f := range functions[float64]() {
		names[f.name] = true
	}
	for _, l := range goLibraries[float64]() {
		for name := range l.functions {
			if !names[name] {
				t.Errorf("%s: %s is no function", l.name, name)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	path := t.TempDir() + "/x"
	if err := writeFile(path, []float32{1, -2.5}); err != nil {
		t.Fatal(err)
	}
	x, err := readFile[float32](path, 2)
	if err != nil || x[0] != 1 || x[1] != -2.5 {
		t.Errorf("%v, %v", x, err)
	}
	if _, err := readFile[float32](path, 3); err == nil {
		t.Error("three numbers of two")
	}
}
