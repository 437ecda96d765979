package ref_test

import (
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// TestRegions compares the error in each region with the one that was measured, and fails if the mean or the largest error
// of the sample is more, by a hundredth. A coefficient off by a few units, a low part or a step left out make results a
// little less accurate in some region long before they break a bound.
func TestRegions(t *testing.T) {
	measured, err := ref.ReadTypical("testdata/regions.txt")
	if err != nil {
		t.Fatal(err)
	}
	type place struct {
		name, kind string
		part       int
	}
	known := map[place]ref.Typical{}
	for _, m := range measured {
		known[place{m.Name, m.Type, m.Part}] = m
	}
	for _, g := range ref.Regions() {
		if testing.Short() && g.Part%2 == 0 {
			continue
		}
		for kind, element := range map[string]func([]float64) float64{
			"float32": element[float32](g.Name), "float64": element[float64](g.Name),
		} {
			m, ok := known[place{g.Name, kind, g.Part}]
			if !ok {
				t.Errorf("%s %s: region %d is not in testdata/regions.txt: go run ./trust/inputs -type regions -run %s -write",
					g.Name, kind, g.Part, g.Name)
				continue
			}
			const margin, rounding = 1.01, 0.0001
			if got := g.Measure(kind, element); !(got.Mean <= m.Mean*margin+rounding && got.Most <= m.Most*margin+rounding) {
				t.Errorf("%s %s, region %d: mean error %.4f ULP, largest %.4f, were %.4f and %.4f",
					g.Name, kind, g.Part, got.Mean, got.Most, m.Mean, m.Most)
			}
		}
	}
}

// element calls the kernel of that name for one element.
func element[T interface{ float32 | float64 }](name string) func([]float64) float64 {
	k := catalog.Find[T](name)
	return func(args []float64) float64 { return float64(k.Element(args)) }
}
