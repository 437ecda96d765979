package main

import (
	"flag"
	"io"
	"math"
	"os"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

var all = flag.Bool("all", false, "try all float32 inputs, for minutes a function")

// TestAll holds every function to its bound on every implementation: with -all and -timeout 0 on all float32 inputs,
// else on one in two million.
func TestAll(t *testing.T) {
	stride, to := uint64(2_000_003), io.Writer(io.Discard)
	if *all {
		stride, to = 1, os.Stderr
	}
	for _, f := range ref.Functions() {
		if r := all32(f, stride, to); !(r.measured.ULP <= ref.Bounds[f.Name].Float32) {
			t.Errorf("%v: more than %g ULP", r.measured, ref.Bounds[f.Name].Float32)
		}
	}
}

// TestFindsOne hides one wrong result, and counts results that are not the nearest number.
func TestFindsOne(t *testing.T) {
	identity := ref.Function{
		Name: "identity", Float64: func(x float64) float64 { return x }, Big: ref.FunctionOf("LogTo").Big, Above: math.Inf(1),
	}
	x := make([]float32, piece)
	for i := range x {
		x[i] = 100 + float32(i)
	}
	got := append([]float32(nil), x...)
	got[77] = math.Nextafter32(got[77], 0)
	var found tally
	found.judge(identity, x, got)
	if w := found.worst[0]; w.ulp != 1 || w.args[0] != 177 || found.misrounded != 1 {
		t.Errorf("found %v ULP at %v, %d not the nearest", w.ulp, w.args, found.misrounded)
	}
}

// TestFlat says what may be skipped: the same result throughout, where functions rise or fall.
func TestFlat(t *testing.T) {
	same, other := []float32{1, 1, 1}, []float32{1, 1, 2}
	for _, c := range []struct {
		x, y []float32
		want bool
	}{
		{[]float32{100, 101, 102}, same, true}, {[]float32{100, 101, 102}, other, false}, {[]float32{-1, -1.5, -2}, same, false},
		{[]float32{1e-9, 2e-9, 3e-9}, same, true},
	} {
		if got := flat(c.x, c.y); got != c.want {
			t.Errorf("flat(%v, %v) = %v", c.x, c.y, got)
		}
	}
}
