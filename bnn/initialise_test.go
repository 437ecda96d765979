package bnn_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// TestInitialise looks at each parameter, and at the moments of those of a large layer.
func TestInitialise(t *testing.T) {
	t.Run("float32", testInitialise[float32])
	t.Run("float64", testInitialise[float64])
}

func testInitialise[T bnn.Float](t *testing.T) {
	const in, hidden, out = 300, 200, 3
	key := bnn.Key{Seed: 1, Stream: 2}
	for name, c := range map[string]struct {
		call     func(s *bnn.Sequential[T])
		uniform  bool
		variance func(in, out float64) float64
	}{
		"KaimingNormal": {func(s *bnn.Sequential[T]) { s.KaimingNormal(key) }, false,
			func(in, _ float64) float64 { return 2 / in }},
		"KaimingUniform": {func(s *bnn.Sequential[T]) { s.KaimingUniform(key) }, true,
			func(in, _ float64) float64 { return 2 / in }},
		"XavierNormal": {func(s *bnn.Sequential[T]) { s.XavierNormal(key) }, false,
			func(in, out float64) float64 { return 2 / (in + out) }},
		"XavierUniform": {func(s *bnn.Sequential[T]) { s.XavierUniform(key) }, true,
			func(in, out float64) float64 { return 2 / (in + out) }},
	} {
		s, err := bnn.NewMLP[T]([]int{in, hidden, out}, bnn.ReLU, bnn.Diagonal{})
		check(err)
		for i := range s.Params() {
			s.Params()[i] = canary
		}
		c.call(s)
		at := 0
		for k := range s.Len() {
			l := s.Linear(k)
			if l == nil {
				continue
			}
			v := c.variance(float64(l.In()), float64(l.Out()))
			stream := kernels.NormalTo(make([]T, l.NumParams()), key, uint64(at))
			if c.uniform {
				stream = kernels.UniformTo(stream, key, uint64(at))
			}
			for i, p := range l.Params() {
				want := float64(stream[i]) * math.Sqrt(v)
				switch {
				case i < l.Out():
					want = 0
				case i >= l.NumMeanParams():
					want = canary
				case c.uniform:
					want = (2*float64(stream[i]) - 1) * math.Sqrt(3*v)
				}
				if math.Abs(float64(p)-want) > 0x1p-23*math.Abs(want) {
					t.Fatalf("%s: parameter %d of module %d is %v, want %v", name, i, k, p, want)
				}
			}
			at += l.NumParams()
		}
		weights := s.Linear(0).Params()[hidden : hidden*(1+in)]
		n, v := float64(len(weights)), c.variance(in, hidden)
		mean, square := kernels.Sum(weights)/n, kernels.Dot(weights, weights)/n
		if math.Abs(mean) > 5*math.Sqrt(v/n) || math.Abs(square/v-1) > 5*math.Sqrt(2/n) {
			t.Errorf("%s: mean %v, variance %v, want 0 and %v", name, mean, square, v)
		}
		for _, i := range isa.Available() {
			want := append([]T(nil), s.Params()...)
			restore := isa.Use(i)
			c.call(s)
			restore()
			sameBits(t, i.String()+" "+name, s.Params(), want)
		}
	}
}
