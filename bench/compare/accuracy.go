package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// sample is inputs of a function with its true results.
type sample[T kernels.Float] struct {
	f    *function[T]
	x    []T
	want []truth
	in   []T    // the input that a result belongs to, of vectors the first
	file string // has x
}

// worst are the largest errors: of usual inputs with normal results, and anywhere.
type worst struct{ usual, anywhere failure }

// failure is a wrong result.
type failure struct{ ulp, x, got, want float64 }

func (f *failure) add(g failure) {
	if g.ulp > f.ulp {
		*f = g
	}
}

// The number of inputs of a sweep: as many as take seconds.
const (
	sweep32 = 400_000
	sweep64 = 6_000
)

// samples are a sweep: of elements, bit patterns that are evenly spread, as many usual numbers, and limits; of rows and
// vectors, usual numbers, and some far from the others. Vectors have a sample each.
func (f *function[T]) samples() []sample[T] {
	r := rand.New(rand.NewPCG(1, 2))
	usual := func() T { return T(f.from + (f.to-f.from)*r.Float64()) }
	switch f.of {
	case element:
		n := sweep64
		if bitsOf[T]() == 32 {
			n = sweep32
		}
		s := sample[T]{f: f}
		for range n {
			s.x = append(s.x, usual(), catalog.FromBits[T](r.Uint64()))
		}
		s.x = append(s.x, catalog.Specials[T]()...)
		if f.positive {
			s.x = slices.DeleteFunc(s.x, func(x T) bool { return math.Signbit(float64(x)) })
		}
		for _, x := range s.x {
			s.want = append(s.want, f.truth(x))
		}
		s.in = s.x
		return []sample[T]{s}
	case row:
		s := sample[T]{f: f}
		for i := range 8 {
			first := len(s.x)
			for range rowLength {
				s.x = append(s.x, usual()*T(1+9*(i%2)))
			}
			s.want = append(s.want, f.truths(s.x[first:])...)
		}
		s.in = s.x
		return []sample[T]{s}
	}
	var all []sample[T]
	for i := range 6 {
		s := sample[T]{f: f}
		for range 1 << (10 + i) {
			s.x = append(s.x, usual())
		}
		if i%2 == 1 {
			s.x[0] = T(f.to) * 4
		}
		s.want = f.truths(s.x)
		s.in = []T{s.x[0]}
		all = append(all, s)
	}
	return all
}

// judge adds the errors of results to w. Near the zero of a derivative a relative error means nothing.
func (s *sample[T]) judge(got []T, w *worst) {
	for i, t := range s.want {
		x := float64(s.in[i])
		if s.f.slope && ref.NearZero(x) {
			continue
		}
		f := failure{ulp(got[i], t), x, float64(got[i]), t.near}
		w.anywhere.add(f)
		if s.f.from <= x && x <= s.f.to && math.Abs(t.near) >= smallestNormal[T]() {
			w.usual.add(f)
		}
	}
}

func smallestNormal[T kernels.Float]() float64 {
	if bitsOf[T]() == 32 {
		return 0x1p-126
	}
	return 0x1p-1022
}
