package ref_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// slack is how much larger a bound may be than the largest error known: what was not tried may be a little worse. A float32
// bound of a half and a hundredth is that of a result that is computed in float64 and rounded.
const slack = 1.2

// TestHard replays the arguments that are known to be hard. Their errors keep to the bound, the bound is not much larger
// than the worst of them, and they have what trust/inputs measured.
func TestHard(t *testing.T) {
	hard, err := ref.ReadHard("testdata/hard.txt")
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ name, kind string }
	worst := map[place]float64{}
	for _, h := range hard {
		result, bound := element[float64](h.Name), boundOf(h.Name, h.Args).Float64
		if h.Type == "float32" {
			result, bound = element[float32](h.Name), boundOf(h.Name, h.Args).Float32
		}
		e := h.Error(result(h.Args))
		if !(e <= bound) {
			t.Errorf("%s %s(%x): %.4f ULP, more than %g", h.Name, h.Type, h.Args, e, bound)
		}
		at := place{h.Name, h.Type}
		worst[at] = max(worst[at], e/bound)
	}
	for at, w := range worst {
		if w*slack < 1 {
			t.Errorf("%s %s: the worst known error is %.2f of the bound: lower that", at.name, at.kind, w)
		}
	}
	measured, err := ref.ReadMeasured("testdata/inputs.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range measured {
		bound := boundOf(m.Name, m.Args).Float64
		if m.Type == "float32" {
			bound = boundOf(m.Name, m.Args).Float32
		}
		if w := worst[place{m.Name, m.Type}] * bound; !(w >= m.ULP-0.0001) || math.IsNaN(m.ULP) {
			t.Errorf("%s %s: %.4f ULP is in testdata/inputs.txt, and the worst in testdata/hard.txt %.4f", m.Name, m.Type, m.ULP, w)
		}
	}
}

// boundOf is the bound of a function for these arguments.
func boundOf(name string, args []float64) ref.Bound {
	for _, f := range ref.AllSeveral() {
		if f.Name == name {
			return f.BoundAt(args)
		}
	}
	return ref.Bounds[name]
}
