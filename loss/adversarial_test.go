package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// A few large terms before many small ones, which vanish beside them where they are added up in float32: each lane of a
// sum gets a large one first. The comments say how much of that may be felt.
func TestAdversarialSums(t *testing.T) {
	for _, c := range []struct {
		loss         loss.Loss[float32, float32]
		large, small float32 // predictions
		target       float32
		lanes, bound float64
		element      func(p float64) float64
	}{
		{loss.MSE[float32]{Reduction: loss.Sum}, 1, 2.44e-4, 0, 64, 1e-5, func(p float64) float64 { return p * p }},
		{loss.L1[float32]{Reduction: loss.Sum}, 1, 5.9e-8, 0, 64, 1e-5, math.Abs},
		{loss.Huber[float32]{Reduction: loss.Sum, Delta: 2}, 1, 2.44e-4, 0, 64, 1e-5,
			func(p float64) float64 { return p * p / 2 }},
		{loss.BCEWithLogits[float32]{Reduction: loss.Sum}, -0.5414, 16.65, 1, 32, 1e-6,
			func(p float64) float64 { return math.Log1p(math.Exp(-p)) }},
	} {
		for _, n := range []int{100, 512, 1024, 4096, 1 << 17} {
			pred, target, want := make([]float32, n), filled(n, c.target), 0.0
			for i := range pred {
				if pred[i] = c.small; i%4096 < int(c.lanes) {
					pred[i] = c.large
				}
				want += c.element(float64(pred[i]))
			}
			got, err := c.loss.Value(pred, target)
			if err != nil || !(math.Abs(got-want) <= c.bound*want) {
				t.Errorf("%T, n = %d: %v, %v, want %v, off by %.2g", c.loss, n, got, err, want, math.Abs(got-want)/want)
			}
		}
	}
}
