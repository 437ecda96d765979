// Command asm writes the assembly of package kernels.
//
// Every kernel is described once, in the file of its name, by the vocabulary of ir.go.
// A machine (x86.go for AVX2 and AVX-512, neon.go for NEON) spells that vocabulary; stream.go and its
// neighbours hold the loops around the formulas. Registers are allocated and files printed by avo.
//
// Run it by go generate ./...; a test fails if the committed files differ from what it writes.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
)

// target is the folder that the files go to, from the root of the module.
const target = "kernels/internal/simd"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: asm ROOT-OF-THE-MODULE")
	}
	files, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	if err := write(filepath.Join(os.Args[1], target), files); err != nil {
		log.Fatal(err)
	}
}

// write replaces the generated files of dir.
func write(dir string, files map[string][]byte) error {
	old, err := filepath.Glob(filepath.Join(dir, "zz_*"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, ok := files[filepath.Base(name)]; !ok {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o666); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
