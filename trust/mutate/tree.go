package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tree is a copy of the module in a folder of its own, and what its files are without a fault.
type tree struct {
	folder string
	files  map[string][]byte
}

// snapshot reads the files of the module, but for those that are hidden.
func snapshot(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		switch {
		case err != nil || name == ".":
			return err
		case strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return fs.SkipDir
		case strings.HasPrefix(d.Name(), ".") || !d.Type().IsRegular():
			return nil
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err == nil && files["go.mod"] == nil {
		err = errors.New("no go.mod: run the command in the root of the module")
	}
	return files, err
}

// sum is a hash of all files.
func sum(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %x\n", name, sha256.Sum256(files[name]))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (t *tree) path(name string) string { return filepath.Join(t.folder, filepath.FromSlash(name)) }

func (t *tree) write(name string, text []byte) error {
	path := t.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o666)
}

// restore makes every file what it is without a fault, and removes those that there are not.
func (t *tree) restore() error {
	left := map[string]bool{}
	err := filepath.WalkDir(t.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(t.folder, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		left[name] = true
		want, ok := t.files[name]
		if !ok {
			return os.Remove(path)
		}
		got, err := os.ReadFile(path)
		if err == nil && !bytes.Equal(got, want) {
			err = t.write(name, want)
		}
		return err
	})
	if err != nil {
		return err
	}
	for name, text := range t.files {
		if !left[name] {
			if err := t.write(name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// read is the text of a file without a fault.
func (t *tree) read(name string) (string, error) {
	text, ok := t.files[name]
	if !ok {
		return "", fmt.Errorf("there is no %s", name)
	}
	return string(text), nil
}

// plant makes the edits of a fault.
func (t *tree) plant(f *Fault) error {
	changed, err := f.apply(t.read)
	if err != nil {
		return err
	}
	for name, text := range changed {
		if err := t.write(name, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}
