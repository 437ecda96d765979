package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// notCounted are the tests that compare with what was computed before, which one command renews: what they alone notice is
// not noticed.
const notCounted = "Digest|TestGenerated"

// digests are the runs of those tests, but for TestGenerated: it never fails, since what changes the assembly writes it
// anew.
var digests = []string{"-run Digest ./kernels ./loss ./bnn"}

// areas has, for files by how their paths begin, the runs that follow a fault's own, from the cheapest to all that could
// notice. The first that fits counts.
var areas = []struct {
	prefix string
	runs   []string
}{
	{"asm/internal/gen/neon.go", slices.Concat([]string{"arm64 -short ./kernels -run EqualBits|Rows|Products"}, numeric)},
	{"asm/", numeric},
	{"fallback/", numeric},
	{"internal/isa/", []string{"./internal/isa", "-short ./kernels"}},
	{"internal/total/", []string{"./internal/total", "-short ./kernels ./loss ./bnn"}},
	{"internal/indices/", []string{"./internal/indices", "-short ./kernels ./loss"}},
	{"kernels/", []string{
		"-short ./kernels/...", "-short ./loss ./bnn", "./kernels/... ./internal/testkit/...", "./loss ./bnn ./fuzz",
	}},
	{"loss/", []string{"-short ./loss", "./loss ./bnn ./internal/testkit"}},
	{"bnn/", []string{"-short ./bnn/...", "./bnn/... ./loss ./internal/testkit"}},
	{"examples/", []string{"examples ./serve"}},
}

var numeric = []string{
	"./kernels/internal/simd", "-short ./fallback ./internal/testkit/ref", "-short ./kernels", "-short ./loss ./bnn",
	"./fallback ./internal/testkit/ref", "./kernels ./internal/testkit ./asm/...", "./loss ./bnn ./fuzz",
}

// Step is one run of go test.
type Step struct {
	module string // the folder of the module
	env    []string
	args   []string
}

// newStep reads arguments of go test, before which may stand arm64, to emulate that, or the folder of a nested module.
func newStep(run string) (Step, error) {
	s := Step{module: "."}
	args := strings.Fields(run)
	if len(args) == 0 {
		return s, fmt.Errorf("no arguments for go test")
	}
	switch args[0] {
	case "arm64":
		s.env, args = []string{"GOARCH=arm64", "SIMMER_REQUIRE=neon"}, append([]string{"-exec", "qemu-aarch64"}, args[1:]...)
	case "examples":
		s.module, args = "examples", args[1:]
	}
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "./") }) {
		return s, fmt.Errorf("%q names no package", run)
	}
	if i := slices.Index(args, "-run"); i >= 0 {
		if i+1 == len(args) {
			return s, fmt.Errorf("%q: -run what?", run)
		}
		if _, err := regexp.Compile(args[i+1]); err != nil {
			return s, err
		}
	}
	s.args = args
	return s, nil
}

func (s Step) String() string {
	text := strings.Join(append(slices.Clone(s.env), s.args...), " ")
	if s.module != "." {
		text = s.module + ": " + text
	}
	return text
}

// portable are runs that execute the fallback alone. With a fault in it they come before its assembly is generated, which
// takes longer than all of them.
var portable = []string{
	"-short ./fallback",
	"-tags purego -short ./internal/testkit/ref",
	"-tags purego -short ./kernels -run Limits|Special|Cases|InOrder|Draw|Thresholds|Tails",
	"./fallback",
	"-tags purego ./internal/testkit/ref",
}

// steps are the runs that could notice the fault, before the assembly is generated anew and after.
func (f *Fault) steps() (before, after []Step, err error) {
	if f.regenerates() && slices.ContainsFunc(f.Edits, func(e Edit) bool { return strings.HasPrefix(e.File, "fallback/") }) {
		if before, err = newSteps(portable); err != nil {
			return nil, nil, err
		}
	}
	runs := slices.Clone(f.Tests)
	for _, e := range f.Edits {
		at := slices.IndexFunc(areas, func(a struct {
			prefix string
			runs   []string
		}) bool {
			return strings.HasPrefix(e.File, a.prefix)
		})
		if at < 0 {
			return nil, nil, fmt.Errorf("no tests are known for %s", e.File)
		}
		for _, run := range areas[at].runs {
			if !slices.Contains(runs, run) {
				runs = append(runs, run)
			}
		}
	}
	after, err = newSteps(runs)
	return before, after, err
}

func newSteps(runs []string) (list []Step, err error) {
	for _, run := range runs {
		s, err := newStep(run)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}
