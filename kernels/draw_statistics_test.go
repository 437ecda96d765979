package kernels_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Tests of randomness. Keys are fixed, so each test passes always or never: its limit is one that good numbers pass
// with a probability of 0.999 at least, all of its comparisons taken together.

// statistics runs a test for both types.
func statistics(t *testing.T, test32, test64 func(*testing.T)) {
	t.Run("float32", test32)
	t.Run("float64", test64)
}

// sample is the number of draws of a test: a hundredth in short tests, which emulated machines run.
func sample(n int) int {
	if testing.Short() {
		return n / 100
	}
	return n
}

// float64s are n numbers of a stream of T.
func float64s[T kernels.Float](f func([]T, kernels.Key, uint64) []T, key kernels.Key, offset uint64, n int) []float64 {
	list := make([]float64, n)
	for i, v := range f(make([]T, n), key, offset) {
		list[i] = float64(v)
	}
	return list
}

// The first four moments lie within 5 of their standard deviations.
func TestNormalMoments(t *testing.T) {
	statistics(t, testNormalMoments[float32], testNormalMoments[float64])
}

func testNormalMoments[T kernels.Float](t *testing.T) {
	n := sample(5_000_000)
	x := float64s(kernels.NormalTo[T], kernels.Key{Seed: 1}, 0, n)
	var sums [5]float64
	for _, v := range x {
		for power, p := 1, v; power <= 4; power, p = power+1, p*v {
			sums[power] += p
		}
	}
	for power, m := range []struct{ mean, variance float64 }{1: {0, 1}, {1, 2}, {0, 15}, {3, 96}} {
		if power > 0 {
			within5(t, fmt.Sprint("moment ", power), sums[power]/float64(n), m.mean, math.Sqrt(m.variance/float64(n)))
		}
	}
}

// within5 wants got within 5 standard deviations of its mean.
func within5(t *testing.T, what string, got, mean, deviation float64) {
	t.Helper()
	t.Logf("%s: %.6f, %+.2f standard deviations off", what, got, (got-mean)/deviation)
	if !(math.Abs(got-mean) <= 5*deviation) {
		t.Errorf("%s is %v, want %v ± 5·%v", what, got, mean, deviation)
	}
}

// normalCDF is the probability of numbers below x.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// The statistic of Anderson and Darling, which weighs the tails, is below its limit for a probability of 10⁻⁴, for
// several streams.
func TestNormalDistribution(t *testing.T) {
	statistics(t, testNormalDistribution[float32], testNormalDistribution[float64])
}

func testNormalDistribution[T kernels.Float](t *testing.T) {
	for i := range uint64(5) {
		x := float64s(kernels.NormalTo[T], kernels.Key{Seed: 2, Stream: i}, i<<32, sample(200_000))
		a := andersonDarling(x, normalCDF)
		t.Logf("stream %d: A² = %.3f", i, a)
		if !(a < andersonDarlingLimit) {
			t.Errorf("stream %d: A² = %v, want less than %v", i, a, andersonDarlingLimit)
		}
	}
}

// andersonDarlingLimit is exceeded with a probability of 10⁻⁴ (G. and J. Marsaglia, “Evaluating the Anderson–Darling
// distribution”, Journal of Statistical Software 9, 2004).
const andersonDarlingLimit = 8.15

// andersonDarling sorts x and compares it with a distribution that is known.
func andersonDarling(x []float64, cdf func(float64) float64) float64 {
	slices.Sort(x)
	n := len(x)
	sum := 0.0
	for i, v := range x {
		sum += float64(2*i+1) * (math.Log(cdf(v)) + math.Log(cdf(-x[n-1-i])))
	}
	return -float64(n) - sum/float64(n)
}

// Beyond 4 and 5 lie as many numbers as a Poisson distribution allows, on both sides.
func TestNormalTails(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10⁸ numbers")
	}
	statistics(t, testNormalTails[float32], testNormalTails[float64])
}

func testNormalTails[T kernels.Float](t *testing.T) {
	n := 1 << 27
	if isa.Active == isa.Generic {
		n = 1 << 24
	}
	var beyond [2][2]int // by limit, by sign
	x := make([]T, 1<<14)
	for first := 0; first < n; first += len(x) {
		for _, v := range kernels.NormalTo(x, kernels.Key{Seed: 3}, uint64(first)) {
			if v > -4 && v < 4 {
				continue
			}
			sign := 0
			if v < 0 {
				sign, v = 1, -v
			}
			beyond[0][sign]++
			if v > 5 {
				beyond[1][sign]++
			}
		}
	}
	for i, counts := range beyond {
		for sign, count := range counts {
			limit := float64(4 + i)
			mean := float64(n) * normalCDF(-limit)
			what := fmt.Sprintf("numbers beyond %v", []float64{limit, -limit}[sign])
			within5(t, what, float64(count), mean, math.Sqrt(mean))
		}
	}
}

// Streams of neighbouring keys, and a stream and itself moved by some places, have no correlation, nor have their
// squares.
func TestNormalIndependence(t *testing.T) {
	statistics(t, testNormalIndependence[float32], testNormalIndependence[float64])
}

func testNormalIndependence[T kernels.Float](t *testing.T) {
	n := max(sample(200_000), 40_000) // with fewer, sums of squares are far from normal
	const seed = 4
	x := float64s(kernels.NormalTo[T], kernels.Key{Seed: seed}, 0, n)
	largest := 0.0
	compare := func(what string, y []float64) {
		t.Helper()
		for _, c := range []struct {
			kind  string
			terms func(x, y float64) float64 // of mean 0 and variance 1
		}{
			{"values", func(x, y float64) float64 { return x * y }},
			{"squares", func(x, y float64) float64 { return (x*x - 1) * (y*y - 1) / 2 }},
			{"value and square", func(x, y float64) float64 { return x * (y*y - 1) / math.Sqrt2 }},
		} {
			sum := 0.0
			for i, v := range y {
				sum += c.terms(x[i], v)
			}
			r := sum / math.Sqrt(float64(len(y)))
			largest = max(largest, math.Abs(r))
			if !(math.Abs(r) < 5) {
				t.Errorf("%s, %s: correlation of %v standard deviations", what, c.kind, r)
			}
		}
	}
	for i := range uint64(64) {
		for _, key := range []kernels.Key{{Seed: seed ^ 1<<i}, {Seed: seed, Stream: 1 << i}} {
			compare(fmt.Sprint(key), float64s(kernels.NormalTo[T], key, 0, n/8))
		}
		lag := int(i) + 1
		compare(fmt.Sprint("moved by ", lag), x[lag:])
		compare(fmt.Sprint("moved by ", 64*lag), x[64*lag:])
		before := float64s(kernels.NormalTo[T], kernels.Key{Seed: seed}, -uint64(64*lag), n/8)
		compare(fmt.Sprint("moved back by ", 64*lag), before)
	}
	t.Logf("largest of %d correlations: %.2f standard deviations", 3*5*64, largest)
}

// Pairs of uniform numbers of neighbouring keys or places fill squares evenly, and so do the leading bits of pairs of
// normals.
func TestDrawPairs(t *testing.T) {
	statistics(t, testDrawPairs[float32], testDrawPairs[float64])
}

func testDrawPairs[T kernels.Float](t *testing.T) {
	n := sample(500_000)
	uniform := func(key kernels.Key, offset uint64) []float64 { return float64s(kernels.UniformTo[T], key, offset, n) }
	byCDF := func(key kernels.Key, offset uint64) []float64 {
		x := float64s(kernels.NormalTo[T], key, offset, n)
		for i, v := range x {
			x[i] = normalCDF(v)
		}
		return x
	}
	key := kernels.Key{Seed: 5, Stream: 5}
	for name, f := range map[string]func(kernels.Key, uint64) []float64{"uniform": uniform, "normal": byCDF} {
		x := f(key, 0)
		for _, other := range []kernels.Key{{Seed: 5, Stream: 6}, {Seed: 6, Stream: 5}, {Seed: 5, Stream: 1<<63 + 5}} {
			evenly(t, fmt.Sprint(name, other), x, f(other, 0))
		}
		for _, offset := range []uint64{1, 2, 3, 4, 5, 8, 16, 32, 64, 1 << 33, 1 << 34, 1 << 63} {
			evenly(t, fmt.Sprint(name, " moved by ", offset), x, f(key, offset))
		}
	}
}

// evenly counts pairs in 16 by 16 squares: χ² with 255 degrees of freedom.
func evenly(t *testing.T, what string, x, y []float64) {
	t.Helper()
	const side = 16
	var counts [side * side]float64
	for i := range x {
		counts[int(x[i]*side)*side+int(y[i]*side)]++
	}
	mean := float64(len(x)) / (side * side)
	chi := 0.0
	for _, c := range counts {
		chi += (c - mean) * (c - mean) / mean
	}
	if limit := 255 + 5.5*math.Sqrt(2*255); !(chi < limit) {
		t.Errorf("%s: χ² = %.1f, want less than %.1f", what, chi, limit)
	}
}

// Each bit of a uniform number is 1 in half of them, and equal to each other bit in half.
func TestUniformBits(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testUniformBits[float32](t, 24) })
	t.Run("float64", func(t *testing.T) { testUniformBits[float64](t, 52) })
}

func testUniformBits[T kernels.Float](t *testing.T, bits int) {
	n := sample(200_000)
	ones := make([][]int, bits)
	for i := range ones {
		ones[i] = make([]int, bits)
	}
	for _, v := range float64s(kernels.UniformTo[T], kernels.Key{Seed: 6}, 0, n) {
		if !(v >= 0 && v < 1) {
			t.Fatalf("%v is not in [0, 1)", v)
		}
		u := uint64(v * math.Ldexp(1, bits))
		for i := range bits {
			for j := range i {
				ones[i][j] += int((u>>i ^ u>>j) & 1)
			}
			ones[i][i] += int(u >> i & 1)
		}
	}
	for i := range bits {
		for j := range i + 1 {
			if d := (float64(ones[i][j]) - float64(n)/2) / math.Sqrt(float64(n)/4); !(math.Abs(d) < 5.5) {
				t.Errorf("bits %d and %d: %+.2f standard deviations off", i, j, d)
			}
		}
	}
}
