package testkit

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// TestComplete names what a kernel still lacks, and says what to do about it.
func TestComplete(t *testing.T) {
	p := readProject(t)
	for _, name := range slices.Sorted(maps.Keys(p.functions)) {
		t.Run(name, func(t *testing.T) {
			p.checkFunction(t, p.functions[name])
		})
	}
	seen := map[string]bool{}
	for _, k := range catalog.Kernels[float32]() {
		t.Run("row "+k.Name, func(t *testing.T) {
			if seen[k.Name] {
				t.Errorf("two rows have this name: give one of them a Name of its own in %s", rowsFile)
			}
			seen[k.Name] = true
			p.checkRow(t, k)
		})
	}
	for name := range ref.Bounds {
		if _, there := p.functions[name]; !there {
			t.Errorf("%s is in Bounds in %s, but is no function of package kernels", name, boundsFile)
		}
	}
}

// The files in which a kernel must have its place, from the root of the module.
const (
	rowsFile    = "internal/testkit/catalog/kernels.go"
	boundsFile  = "internal/testkit/ref/bounds.go"
	targetsFile = "fuzz/zz_targets_test.go"
	digestsFile = "kernels/testdata/digests.txt"
	loopsFile   = "bench/loops.go"
	indexFile   = "kernels/doc.go"
)

var (
	// boundPhrase is how a doc comment states a bound that tests hold.
	boundPhrase = regexp.MustCompile(`≤ ([0-9.]+) ULP \(float32\), ≤ ([0-9.]+) ULP \(float64\)`)

	// errorPhrase is how one says anything about the error, if only by pointing to another function.
	errorPhrase = regexp.MustCompile(`(?i)error|rounded|exact|ULP|\bbits?\b|\[[A-Z]\w+\]`)
)

func (p *project) checkFunction(t *testing.T, f function) {
	if !strings.HasPrefix(f.doc, f.name+" ") {
		t.Errorf("its doc comment begins %.30q: begin it with %q, in %s", f.doc, f.name, f.file)
	}
	if n := strings.Count(p.index, "["+f.name+"]"); n != 1 {
		t.Errorf("the index in %s has it %d times: add [%s] once, to the line where a user would look", indexFile, n, f.name)
	}
	switch {
	case !f.generic:
		return // no kernel
	case f.makes:
		// It computes nothing: the rows of the kernels that take what it makes call it. What only its own tests see is how
		// much memory it takes, and what it refuses.
		if !p.named[f.name] {
			t.Errorf("it makes what kernels take, and no test in kernels calls it: add some, as in kernels/pack_test.go")
		}
		return
	}
	if !p.listed[f.name] {
		t.Errorf("no row in the catalog, so nothing tests it: add one to table in %s, %s", rowsFile, f.row)
	}
	bound, held := ref.Bounds[f.name]
	stated := boundPhrase.FindStringSubmatch(f.doc)
	switch {
	case held && stated == nil:
		t.Errorf("Bounds in %s has %v: say so in its doc comment in %s, in the words “%s”",
			boundsFile, bound, f.file, phrase(bound))
	case held && !sameNumber(stated[1], bound.Float32) || held && !sameNumber(stated[2], bound.Float64):
		t.Errorf("its doc comment in %s says %q, Bounds in %s has %v", f.file, stated[0], boundsFile, bound)
	case held && !p.tested[f.name]:
		t.Errorf("no test holds it to its bound: if it is a function of one number, add it to Functions in "+
			"internal/testkit/ref/functions.go; else compare it with exact results in kernels/cases_test.go or "+
			"internal/testkit/ref, where %q is looked for", f.name)
	case stated != nil && !held:
		t.Errorf("its doc comment in %s promises %q, which no test holds: add %q: {%s, %s} to Bounds in %s",
			f.file, stated[0], f.name, stated[1], stated[2], boundsFile)
	case !f.counts && !errorPhrase.MatchString(f.doc):
		t.Errorf("its doc comment in %s is silent on the error: write “Error: ≤ 1 ULP (float32), ≤ 2 ULP (float64)” with the "+
			"right numbers, and add the same to Bounds in %s; or write “Correctly rounded.”, or which bound holds instead",
			f.file, boundsFile)
	}
}

func phrase(b ref.Bound) string {
	return fmt.Sprintf("≤ %g ULP (float32), ≤ %g ULP (float64)", b.Float32, b.Float64)
}

func sameNumber(text string, v float64) bool {
	got, err := strconv.ParseFloat(text, 64)
	return err == nil && got == v
}

func (p *project) checkRow(t *testing.T, k catalog.Kernel[float32]) {
	if !p.functions[k.Function].generic {
		t.Errorf("its Function is %q in %s, which is no exported generic function of package kernels", k.Function, rowsFile)
	}
	for _, bits := range []int{32, 64} {
		if !strings.Contains(p.targets, fmt.Sprintf("run[float%d](f, %q)", bits, k.Name)) {
			t.Errorf("no fuzz target for float%d: run go generate ./..., and commit %s", bits, targetsFile)
		}
		if !strings.Contains(p.digests, fmt.Sprintf("\n%s float%d ", k.Name, bits)) {
			t.Errorf("no digest for float%d: once all other tests pass, run go test ./kernels -run Digest -add, and commit %s",
				bits, digestsFile)
		}
	}
	if !strings.Contains(p.loops, fmt.Sprintf("%q: ", k.Name)) {
		t.Logf("note: no plain loop, so bench prints a dash in that column; if you want one, add it to loops in %s", loopsFile)
	}
}
