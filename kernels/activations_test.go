package kernels_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
)

// TestActivationTails holds tails to the last bit, where others give up: exact results, rounded.
func TestActivationTails(t *testing.T) {
	for _, c := range []struct {
		name string
		x    float64
		y    float64
	}{
		{"SiLUTo", -20, -0x1.621a7eaac634ap-25},
		{"SiLUTo", -80, -0x1.dfcfd2084f9d6p-110},
		{"SiLUTo", -100, -0x1.4bd7848511900p-138},
		{"SiLUTo", -104, -0x1.948b744c3208ap-144},
		{"SiLUTo", -700, -0x1.7aa3cdf7f304ep-1001},
		{"SiLUTo", -745, -0x0.00000000001aap-1022},
		{"SiLUTo", -751, -0x0.0000000000001p-1022},
		{"GELUTo", -5, -0x1.80bcbae98063dp-20},
		{"GELUTo", -6, -0x1.96c96680dc3ecp-28},
		{"GELUTo", -13, -0x1.b0f71384ef01ep-124},
		{"GELUTo", -13.5, -0x1.263dc77569679p-133},
		{"GELUTo", -14, -0x1.3773de250e8ddp-143},
		{"GELUTo", -37, -0x1.1bbe62e6f3e25p-989},
		{"GELUTo", -38.25, -0x0.00000000274efp-1022},
		{"GELUTo", -38.5, -0x0.000000000000bp-1022},
		{"GELUTo", -100, zero},
		{"GELUTanhTo", -5, -0x1.ec28d40db8458p-23},
		{"GELUTanhTo", -6, -0x1.732df96e75a67p-34},
		{"GELUTanhTo", -10, -0x1.47c8fd5284feap-123},
		{"GELUTanhTo", -10.5, -0x1.08ede6e95c60fp-140},
		{"GELUTanhTo", -21, -0x1.9c99db33e694cp-998},
		{"GELUTanhTo", -21.5, -0x0.0000000000039p-1022},
		{"GELUTanhTo", -100, zero},
		{"MishTo", -20, -0x1.621a7eb0e5925p-25},
		{"MishTo", -100, -0x1.4bd7848511900p-138},
		{"MishTo", -104, -0x1.948b744c3208ap-144},
		{"MishTo", -745, -0x0.00000000001aap-1022},
		{"MishTo", -751, -0x0.0000000000001p-1022},
		{"LogSigmoidTo", 20, -0x1.1b48655a5141ep-29},
		{"LogSigmoidTo", 88, -0x1.07b7112bc1ffep-127},
		{"LogSigmoidTo", 103, -0x1.525be4e4e601dp-149},
		{"LogSigmoidTo", 740, -0x0.0000000000055p-1022},
		{"LogSigmoidTo", 745, -0x0.0000000000001p-1022},
		{"TanhTo", 0x1p-20, 0x1.ffffffffff555p-21},
		{"TanhTo", 9, 0x1.fffffefa59d78p-1},
		{"TanhTo", 19, 0x1.fffffffffffffp-1},
		{"ErfTo", 0x1p-20, 0x1.20dd750429568p-20},
		{"ErfTo", 3.5, 0x1.ffffe710d565ep-1},
		{"ErfTo", 5.5, 0x1.fffffffffffbep-1},
	} {
		got := make([]float64, 1)
		catalog.Find[float64](c.name).Call(catalog.Args[float64]{Out: [][]float64{got}, In: [][]float64{{c.x}}})
		if e := math.Abs(got[0]-c.y) / ulp[float64](c.y); !(e <= boundOf[float64](c.name)) {
			t.Errorf("%s(%v) = %v, want %v: %g ULP", c.name, c.x, got[0], c.y, e)
		}
		single := make([]float32, 1)
		catalog.Find[float32](c.name).Call(catalog.Args[float32]{Out: [][]float32{single}, In: [][]float32{{float32(c.x)}}})
		if want := float32(c.y); math.Abs(float64(single[0])-c.y) > boundOf[float32](c.name)*ulp[float32](c.y) ||
			want == 0 && catalog.Difference(single, []float32{want}) >= 0 {
			t.Errorf("%s(%v) = %v in float32, want %v", c.name, c.x, single[0], want)
		}
	}
}
