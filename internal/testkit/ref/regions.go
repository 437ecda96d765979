package ref

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
)

// Region is a part of a kernel's domain, with a way to draw arguments from it: small enough that a fault which makes results
// a little less accurate there shows in their mean error, if not in the largest.
type Region struct {
	Name  string // of the function
	Part  int    // the number of the region
	Draw  Kind
	Error func(got float64, a []float64, digits int) float64 // in ULP
}

// Regions are those of all functions.
func Regions() (list []Region) {
	for _, f := range Functions() {
		for i := range f.Edges[:len(f.Edges)-1] {
			list = append(list, f.region(i))
		}
	}
	for _, f := range AllSeveral() {
		for i, kind := range f.Kinds {
			list = append(list, Region{f.Name, i, kind, func(got float64, a []float64, digits int) float64 {
				return errorOf(got, f.Exact(a), digits)
			}})
		}
	}
	return list
}

// region lies between two edges, where half of its arguments are next to.
func (f Function) region(i int) Region {
	low, high := f.Edges[i], f.Edges[i+1]
	draw := func(r *rand.Rand, digits int) []float64 {
		u := r.Float64()
		if r.IntN(2) == 0 {
			u = math.Ldexp(u, -r.IntN(12))
		}
		if r.IntN(2) == 0 {
			u = 1 - u
		}
		x := round(low+float64((high-low)*u), digits)
		if x <= f.Above {
			x = round(high, digits)
		}
		return []float64{x}
	}
	return Region{f.Name, i, draw, func(got float64, a []float64, digits int) float64 {
		if digits == 24 {
			return f.Error32(float32(got), a[0])
		}
		return f.Error64(got, a[0], math.Inf(1))
	}}
}

// errorOf is the error of a result of so many digits.
func errorOf(got float64, exact *big.Float, digits int) float64 {
	if digits == 24 {
		v, _ := exact.Float64()
		return ULP32(float32(got), v)
	}
	return ULP64(got, exact)
}

// Typical is the error in a region: the mean, and the largest, of a fixed sample.
type Typical struct {
	Name, Type string
	Part       int
	Mean, Most float64
}

// String is the line of a file.
func (t Typical) String() string {
	return fmt.Sprintf("%s %s %d %.4f %.4f", t.Name, t.Type, t.Part, t.Mean, t.Most)
}

// RegionSample is how many arguments are drawn of each region.
const RegionSample = 300

// Measure is the error of a kernel's element in the region, of float32 or float64.
func (g Region) Measure(kind string, element func(args []float64) float64) Typical {
	digits := 53
	if kind == "float32" {
		digits = 24
	}
	r := rand.New(rand.NewPCG(uint64(g.Part), uint64(digits)))
	t := Typical{Name: g.Name, Type: kind, Part: g.Part}
	for range RegionSample {
		args := g.Draw(r, digits)
		e := g.Error(element(args), args, digits)
		t.Mean += e / RegionSample
		t.Most = max(t.Most, e)
	}
	return t
}

// ReadTypical reads a file of them.
func ReadTypical(name string) (list []Typical, err error) {
	err = readFields(name, 5, func(f []string) error {
		v, err := floats(f[2:])
		if err == nil {
			list = append(list, Typical{f[0], f[1], int(v[0]), v[1], v[2]})
		}
		return err
	})
	return list, err
}
