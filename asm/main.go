// Command asm writes the assembly of package kernels, and the Go files around it.
//
// Every kernel is described once, for all machines, in the file of its family: exp.go, log_sum_exp.go. The file of the
// same name in package fallback says in Go, on purpose a second time, what the description says in the vocabulary of
// package gen, which does the rest: loops, registers, instruction sets, dispatch.
//
// Run it by go generate ./...; a test fails if the committed files differ from what it writes.
package main

import (
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/simmer-go/simmer/asm/internal/gen"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: asm ROOT-OF-THE-MODULE")
	}
	files, err := gen.Generate(families())
	if err != nil {
		log.Fatal(err)
	}
	if err := write(os.Args[1], files); err != nil {
		log.Fatal(err)
	}
}

// write replaces the generated files of the module whose root is given.
func write(root string, files map[string][]byte) error {
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(root, path), files[path], 0o666); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	old, err := leftOver(root, files)
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(filepath.Join(root, path)); err != nil {
			return err
		}
	}
	return nil
}

// leftOver lists the generated files that are none of files.
func leftOver(root string, files map[string][]byte) (old []string, err error) {
	for _, folder := range gen.Folders {
		paths, err := filepath.Glob(filepath.Join(root, folder, "zz_*"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if name := folder + filepath.Base(path); files[name] == nil {
				old = append(old, name)
			}
		}
	}
	return old, nil
}
