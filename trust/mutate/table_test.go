package main

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaults wants every fault to fit the files as they are, and those to stay Go.
func TestFaults(t *testing.T) {
	list, err := faults()
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) (string, error) {
		text, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(name)))
		return string(text), err
	}
	for _, f := range list {
		changed, err := f.apply(read)
		if err != nil {
			t.Error(err)
		}
		for name, text := range changed {
			if _, err := format.Source([]byte(text)); err != nil && strings.HasSuffix(name, ".go") {
				t.Errorf("%s: %s: %s would not be Go: %v", f.where, f.Name, name, err)
			}
		}
		if _, err := f.steps(); err != nil {
			t.Errorf("%s: %s: %v", f.where, f.Name, err)
		}
	}
	if len(list) < 80 {
		t.Errorf("%d faults, want 80 at least", len(list))
	}
}

func TestParse(t *testing.T) {
	list, err := parse("t", `# a comment
fault: a
why: because
tests: -run X ./loss
file: loss/l1.go
- old
- lines
+ new
- second
+ edit

fault: b
why: as well
assembly: kept
file: fallback/exp.go
- dropped
+
`)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if e := list[0].Edits; len(e) != 2 || e[0].Old != "old\nlines" || e[0].New != "new" || e[1].Old != "second" {
		t.Errorf("%+v", e)
	}
	if e := list[1].Edits; len(e) != 1 || e[0].New != "" || !list[1].Keep || list[1].regenerates() {
		t.Errorf("%+v", list[1])
	}
	for _, bad := range []string{
		"why: before any\n", "fault: a\n", "fault: a\nwhy: x\n- no file\n", "fault: A\nwhy: x\nfile: f\n- a\n+ b\n",
		"fault: a\nwhy: x\nfile: f\n+ replaces nothing\n", "fault: a\nwhy: x\nfile: f\n- same\n+ same\n", "fault: a\nwhat: x\n",
	} {
		if _, err := parse("t", bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestApply(t *testing.T) {
	e := Edit{File: "f", Old: "a", New: "c"}
	if got, err := e.apply("ab"); got != "cb" || err != nil {
		t.Error(got, err)
	}
	for _, text := range []string{"aba", "b"} {
		if _, err := e.apply(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
