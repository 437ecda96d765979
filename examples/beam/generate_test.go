package main

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// Every machine makes the same rows.
func TestGenerate(t *testing.T) {
	for name, want := range map[string]string{
		"rows.csv":  "50ac096586c2b84ded001a4e2e91a43deaff0e5856713d7934f392564ddd5956",
		"rows.fp32": "3758885290fc23793eb2f6ec15b72303ee3ae4317bf5822cd2caf588844dcaba",
		"rows.fp64": "85f74290ba6ef236139515dc1b5ec67b2d963ca54a7f4849154d2651913c32fb",
	} {
		hash := sha256.Sum256(read(t, rowsFile(t, name, 1000)))
		if got := hex.EncodeToString(hash[:]); got != want {
			t.Errorf("%s has SHA-256 %s, want %s", name, got, want)
		}
	}
}
