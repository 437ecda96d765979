package bnn_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestWorkLen: each WorkLen is what the most demanding of its methods needs, no more and no less, and not less for more
// rows; so is that of every layer and model of testdata.
func TestWorkLen(t *testing.T) {
	eachSmallModel(t, func(l *bnn.Linear[float64], s *bnn.Sequential[float64]) {
		checkLinearWork(t, l)
		checkSequentialWork(t, s)
	})
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	for _, file := range files {
		m, weights := readModel(t, strings.TrimSuffix(file, ".safetensors"))
		for _, layout := range []bnn.KroneckerLayout{bnn.Kron, bnn.Sampled} {
			s := trained[float64](t, m, weights, layout)
			checkSequentialWork(t, s)
			for k := range s.Len() {
				if l := s.Linear(k); l != nil {
					checkLinearWork(t, l)
				}
			}
		}
	}
}

// workRows are numbers of rows on both sides of a tile.
var workRows = []int{0, 1, 2, 63, 64, 65, 130}

func checkLinearWork(t *testing.T, l *bnn.Linear[float64]) {
	t.Helper()
	before := 0
	for _, rows := range workRows {
		n := l.WorkLen(rows)
		checkWorkLen(t, "Linear.WorkLen", n, linearCalls(l, rows))
		if n < before {
			t.Errorf("WorkLen(%d) is %d, that of fewer rows %d", rows, n, before)
		}
		before = n
	}
	checkWorkLen(t, "Linear.KLWorkLen", l.KLWorkLen(), klCalls("Linear", l))
}

func checkSequentialWork(t *testing.T, s *bnn.Sequential[float64]) {
	t.Helper()
	kl := klCalls("Sequential", s)
	for _, rows := range workRows {
		serving := servingCalls(s, rows)
		checkWorkLen(t, "Sequential.WorkLen", s.WorkLen(rows), serving)
		checkWorkLen(t, "Sequential.GradWorkLen", s.GradWorkLen(rows), slices.Concat(serving, gradCalls(s, rows), kl))
	}
	checkWorkLen(t, "Sequential.KLWorkLen", s.KLWorkLen(), kl)
}

// checkWorkLen compares with the largest need of the calls, and makes each of them with just what it needs.
func checkWorkLen(t *testing.T, name string, got int, calls []call) {
	t.Helper()
	want := 0
	for _, c := range withWork(t, calls) {
		want = max(want, c.lengths["work"])
		if err := c.run(c.args()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		delete(c.lengths, "work")
	}
	if got != want {
		t.Errorf("%s is %d, but its methods need %d", name, got, want)
	}
}

// TestWorkIsScratch: what work holds before a call makes no difference.
func TestWorkIsScratch(t *testing.T) {
	eachCalls(t, func(_ []float64, calls, klCalls []call) {
		for _, c := range append(calls, klCalls...) {
			result := func(fill float64) args {
				a := c.args()
				a["work"] = slices.Repeat([]float64{fill}, c.lengths["work"])
				if err := c.run(a); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				return a
			}
			a, b := result(0), result(math.NaN())
			for _, name := range append([]string{"result"}, c.outputs...) {
				if !slices.Equal(a[name], b[name]) {
					t.Errorf("%s: %s depends on what work was", c.name, name)
				}
			}
		}
	})
}
