package catalog

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/simmer-go/simmer/internal/isa"
)

// Whatever an implementation may do wrong, Check must see.
func TestCheckFindsFaults(t *testing.T) {
	nan := float32(math.NaN())
	for want, fault := range map[string]func(a Args[float32]) float64{
		"dst[3] of 5":                    func(a Args[float32]) float64 { a.Out[0][3] = math.Nextafter32(a.Out[0][3], 9); return 0 },
		"dst[0] of 5":                    func(a Args[float32]) float64 { a.Out[0][0] = nan; return 0 },
		"dst[1] of 5 is -0 (0x80000000)": func(a Args[float32]) float64 { a.Out[0][1] = float32(math.Copysign(0, -1)); return 0 },
		"the value returned is 1":        func(Args[float32]) float64 { return 1 },
		"did not write dst[4]":           func(a Args[float32]) float64 { a.Out[0][4] = Canary[float32](); return 0 },
		"1 elements before its start":    func(a Args[float32]) float64 { *beyond(a.Out[0], -1) = 0; return 0 },
		"2 elements after its end":       func(a Args[float32]) float64 { *beyond(a.Out[0], 6) = 0; return 0 },
		"changed x[2]":                   func(a Args[float32]) float64 { a.In[0][2]++; return 0 },
		"":                               func(Args[float32]) float64 { return 0 },
	} {
		k := Find[float32]("ScaleTo")
		a := k.NewArgs(Vector(5))
		copy(a.In[0], []float32{1, 0, 2, 3, nan})
		expected := k.Expect(a)
		right := k.Call
		k.Call = func(a Args[float32]) float64 { right(a); return fault(a) }
		switch err := k.Check(isa.Generic, a, 3, expected); {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func beyond(x []float32, i int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(x)), 4*i))
}

func TestMismatchIsNamed(t *testing.T) {
	k := Find[float32]("ScaleTo")
	results := func(x ...float32) Results[float32] { return Results[float32]{Out: [][]float32{x}} }
	nan := float32(math.NaN())
	want := results(1, nan, 0.1, 4)
	if err := k.Compare(isa.AVX2, results(1, -nan, 0.1, 4), want); err != nil {
		t.Errorf("equal bits: %v", err)
	}
	for bad, shown := range map[float32]string{math.Nextafter32(0.1, 1): "0.10000001", nan: "NaN", -0.1: "-0.1"} {
		err := k.Compare(isa.AVX2, results(1, nan, bad, 4), want)
		var m *Mismatch
		if !errors.As(err, &m) || m.At != 2 {
			t.Fatalf("%v passes for 0.1: %v", bad, err)
		}
		for _, part := range []string{"ScaleTo", "float32", "avx2", "dst[2]", shown, "0.1"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
	}
}

// What one maker of arguments fills, all tests see.
func TestRandomArgs(t *testing.T) {
	k := Find[float64]("CrossEntropyRowsGradTo")
	a := k.RandomArgs(Shape{Rows: 7, Cols: 5}, Usual, 1)
	if len(a.In[0]) != 35 || len(a.In[1]) != 7 || len(a.Out[0]) != 35 || len(a.Out[1]) != 7 || len(a.Target) != 7 {
		t.Errorf("%+v", a)
	}
	if slices.Contains(a.In[0], 0) || slices.Contains(a.In[1], 0) || slices.Max(a.Target) == 0 {
		t.Errorf("%+v is not filled", a)
	}
	b := a.Clone()
	b.In[0][0]++
	b.Out[0][0]++
	if a.In[0][0] == b.In[0][0] || a.Out[0][0] == b.Out[0][0] {
		t.Error("a clone shares its slices")
	}
}
