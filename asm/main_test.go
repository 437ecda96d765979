package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"golang.org/x/arch/arm64/arm64asm"
)

// generated is what Generate returns, for several tests.
var generated = sync.OnceValues(func() (map[string][]byte, error) { return gen.Generate(families()) })

// TestGenerated regenerates in memory and compares with the committed files.
func TestGenerated(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	const root = ".."
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Errorf("%v: run go generate ./...", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes: run go generate ./...\n%s", path, firstDifference(got, want))
		}
	}
	old, err := leftOver(root, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range old {
		t.Errorf("%s is left over: run go generate ./...", path)
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n- %s\n+ %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

var wordLine = regexp.MustCompile(`WORD\s+\$(0x[0-9a-f]{8}) // (.*)`)

// TestWords decodes every instruction that is emitted as a number and compares it with its comment.
func TestWords(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	decoded, kinds := 0, map[string]bool{}
	for name, text := range files {
		if strings.Contains(name, "neon") && strings.Count(string(text), "WORD") != len(wordLine.FindAll(text, -1)) {
			t.Errorf("%s: a WORD without a comment", name)
		}
		for _, m := range wordLine.FindAllStringSubmatch(string(text), -1) {
			bits, err := strconv.ParseUint(m[1], 0, 32)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decode(uint32(bits))
			if err != nil {
				t.Errorf("%s: %s (%s): %v", name, m[1], m[2], err)
			} else if got != m[2] {
				t.Errorf("%s: %s is %s, not %s", name, m[1], got, m[2])
			}
			decoded++
			kinds[strings.Fields(m[2])[0]] = true
		}
	}
	if decoded == 0 {
		t.Error("no WORD was decoded")
	}
	t.Logf("%d words of %d kinds", decoded, len(kinds))
}

// decode is the instruction in Arm's syntax, registers in capitals as in the comments.
func decode(bits uint32) (string, error) {
	var code [4]byte
	binary.LittleEndian.PutUint32(code[:], bits)
	inst, err := arm64asm.Decode(code[:])
	if err != nil {
		return "", err
	}
	return inst.String(), nil
}
