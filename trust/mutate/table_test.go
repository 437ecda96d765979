package main

import (
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
		before, after, err := f.steps()
		if err != nil {
			t.Errorf("%s: %s: %v", f.where, f.Name, err)
		}
		for _, s := range slices.Concat(before, after) {
			if !hasTests(t, s) {
				t.Errorf("%s: %s: go test %v has no tests to run", f.where, f.Name, s)
			}
		}
	}
	if len(list) < 80 {
		t.Errorf("%d faults, want 80 at least", len(list))
	}
}

// hasTests reports whether a run with -run has a test in one of its packages.
func hasTests(t *testing.T, s Step) bool {
	i := slices.Index(s.args, "-run")
	if i < 0 {
		return true
	}
	name := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, folder := range s.args {
		if !strings.HasPrefix(folder, "./") {
			continue
		}
		files, err := filepath.Glob(filepath.Join("../..", s.module, folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range name.FindAllSubmatch(text, -1) {
				if regexp.MustCompile(s.args[i+1]).Match(m[1]) {
					return true
				}
			}
		}
	}
	return false
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

func TestChoose(t *testing.T) {
	list, err := faults()
	if err != nil {
		t.Fatal(err)
	}
	o := options{random: 10, seed: 7}
	one, two := o.choose(slices.Clone(list)), o.choose(slices.Clone(list))
	if len(one) != 10 || !slices.EqualFunc(one, two, func(a, b Fault) bool { return a.Name == b.Name }) {
		t.Errorf("%d faults by a seed, twice the same: want 10", len(one))
	}
	o = options{match: regexp.MustCompile("^serve-"), seed: 7}
	for _, f := range o.choose(slices.Clone(list)) {
		if !strings.HasPrefix(f.Name, "serve-") {
			t.Errorf("%s was chosen", f.Name)
		}
	}
}

// TestSummary counts what was not killed, with the reason why it is a fault.
func TestSummary(t *testing.T) {
	var b strings.Builder
	summarize(&b, []Fault{{Name: "a", Why: "reason"}, {Name: "b"}, {Name: "c"}},
		[]Result{{Fault: "a", Outcome: Survived, Seconds: 1}, {Fault: "b", Outcome: OnlyDigest, By: "TestDigest", Seconds: 2}})
	const want = "survived: a (reason) \nonly the digest: b () TestDigest\n" +
		"2 faults: 0 killed, 1 survived, 1 noticed by a digest only, 0 without an answer, 0 that do not build, 1 not planted; 3 s\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestResume takes results of the same files only, and copes with a line that was not finished.
func TestResume(t *testing.T) {
	o := options{results: filepath.Join(t.TempDir(), "results"), resume: true}
	text := `{"Fault":"a","Tree":"1","Outcome":"killed"}` + "\n" + `{"Fault":"b","Tree":"2","Outcome":"killed"}` + "\n" + `{"Fault":"c","Tr`
	if err := os.WriteFile(o.results, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	known, err := earlier(o, "1")
	if err != nil || len(known) != 1 || known["a"].Outcome != Killed {
		t.Errorf("%v, %v", known, err)
	}
	o.resume = false
	if known, err = earlier(o, "1"); err != nil || len(known) != 0 {
		t.Errorf("without -resume: %v, %v", known, err)
	}
}

func TestKiller(t *testing.T) {
	out := "--- FAIL: TestA (0.1s)\n    --- FAIL: TestA/b (0.1s)\nFAIL\nFAIL\tgithub.com/simmer-go/simmer/loss\t0.2s\n"
	if got := killer(out); got != "loss TestA/b" {
		t.Errorf("%q", got)
	}
	if got := killer("panic: index out of range\nFAIL\tgithub.com/simmer-go/simmer/bnn\t0.2s\n"); got != "bnn panic: index out of range" {
		t.Errorf("%q", got)
	}
}

// TestRanTests tells a run of tests from one that has none, which passes as well.
func TestRanTests(t *testing.T) {
	for out, want := range map[string]bool{
		"ok  \tsimmer/loss\t0.2s\n": true, "ok  \tsimmer/loss\t(cached)\n": true,
		"ok  \tsimmer/loss\t0.2s [no tests to run]\n": false, "ok  \tsimmer/loss\t(cached) [no tests to run]\n": false,
		"ok  \tsimmer/bnn\t0.1s [no tests to run]\nok  \tsimmer/loss\t0.2s\n": true, "?   \tsimmer\t[no test files]\n": false,
	} {
		if ranTests.MatchString(out) != want {
			t.Errorf("%q: want %t", out, want)
		}
	}
}
