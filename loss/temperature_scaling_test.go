package loss_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

func TestTemperature(t *testing.T) {
	t.Run("float32", testTemperature[float32])
	t.Run("float64", testTemperature[float64])
}

func testTemperature[T loss.Float](t *testing.T) {
	for _, shape := range [][2]int{{5, 2}, {300, 2}, {200, 3}, {400, 10}, {60, 256}, {40, 257}, {30, 600}} {
		rows, cols := shape[0], shape[1]
		target := make([]int, rows)
		catalog.FillClasses(target, cols, uint64(rows))
		z, _ := logits[T](rows, cols, target)
		got := temperature(t, cols, z, target)
		if want := bisect(cols, z, target); !(math.Abs(got-want) <= 1e-9*want) {
			t.Errorf("temperature of %d×%d = %v, want %v", rows, cols, got, want)
		}
		testScaled(t, cols, z, target, got)
		testLeast(t, cols, z, target, got)
	}
}

func temperature[T loss.Float](t *testing.T, cols int, z []T, target []int) float64 {
	t.Helper()
	got, err := loss.TemperatureScaling[T]{Classes: cols}.Fit(z, target)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// bisect finds where the slope of the negative log-likelihood by 1/T, Σ E[z] − z_y, crosses 0.
func bisect[T loss.Float](cols int, z []T, target []int) float64 {
	slope := func(b float64) (sum float64) {
		for r, y := range target {
			if y < 0 {
				continue
			}
			row := z[r*cols : (r+1)*cols]
			total, mean := 0.0, 0.0
			for _, v := range row {
				d := float64(v) - float64(row[y])
				p := math.Exp(b * d)
				total, mean = total+p, mean+p*d
			}
			sum += mean / total
		}
		return sum
	}
	low, high := 0x1p-20, 0x1p6 // the exponentials stay finite
	for range 80 {
		if b := math.Sqrt(low * high); slope(b) < 0 {
			low = b
		} else {
			high = b
		}
	}
	return 1 / low
}

// testScaled multiplies the logits: powers of two change no bit of the temperature, other numbers round them.
func testScaled[T loss.Float](t *testing.T, cols int, z []T, target []int, want float64) {
	t.Helper()
	scaled := make([]T, len(z))
	for factor, tolerance := range map[T]float64{0x1p-60: 0, 0.25: 0, 0x1p70: 0, 3: float64(above(T(1)) - 1)} {
		for i, v := range z {
			scaled[i] = factor * v
		}
		got := temperature(t, cols, scaled, target) / float64(factor)
		if !(math.Abs(got-want) <= 10*tolerance*want) {
			t.Errorf("%v times the logits: temperature/%v = %v, want %v", factor, factor, got, want)
		}
	}
}

// testLeast holds the cross-entropy of the divided logits to those of other temperatures, but for rounding.
func testLeast[T loss.Float](t *testing.T, cols int, z []T, target []int, temperature float64) {
	t.Helper()
	scaled := make([]float64, len(z))
	at := func(temperature float64) float64 {
		for from := 0; from < len(z); from += cols {
			row := z[from : from+cols]
			top := float64(slices.Max(row)) // so that the division loses nothing
			for c, v := range row {
				scaled[from+c] = (float64(v) - top) / temperature
			}
		}
		value, err := loss.CrossEntropy[float64]{Classes: cols}.Value(scaled, target)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	least := at(temperature)
	for _, factor := range []float64{0.5, 0.9, 0.99, 0.999, 1.001, 1.01, 1.1, 2} {
		if other := at(factor * temperature); other < least*(1-1e-13) {
			t.Errorf("cross-entropy %v at temperature %v, %v at %v times that", least, temperature, other, factor)
		}
	}
}

// Two classes at a distance d, of n rows one wrong: exp(d/T) = n−1.
func TestTemperatureByHand(t *testing.T) {
	for _, c := range []struct {
		d float64
		n int
	}{{1, 3}, {2, 4}, {5, 100}, {0.001, 1000}, {1e-300, 10}, {1e300, 10}, {1, 30000}, {0x1p-1070, 5}} {
		z, target := make([]float64, 2*c.n), make([]int, c.n)
		for r := range target {
			z[2*r] = c.d
		}
		target[c.n/2] = 1
		got := temperature(t, 2, z, target)
		want := c.d / math.Log(float64(c.n-1))
		// Where the temperature is subnormal it is rounded.
		if !(math.Abs(got-want) <= 1e-9*want+math.SmallestNonzeroFloat64) {
			t.Errorf("d = %v, %d rows: temperature %v, want %v", c.d, c.n, got, want)
		}
	}
}

// Likelihoods whose maximum is hard to find: rows of very different scales, and a slope that is all but 0 from the
// start.
func TestTemperatureHard(t *testing.T) {
	for name, c := range map[string]struct {
		z      []float64
		target []int
	}{
		"one huge wrong row":  {[]float64{1, 0, 1, 0, 0, 1e10, 1e10, 0}, []int{0, 0, 0, 0}},
		"one tiny wrong row":  {[]float64{1, 0, 1, 0, 0, 1e-10}, []int{0, 0, 0}},
		"tinier":              {[]float64{1, 0, 1, 0, 0, 1e-300}, []int{0, 0, 0}},
		"nearly undecided":    {[]float64{1, 0, 0, 1 - 1e-10}, []int{0, 0}},
		"undecided to a unit": {[]float64{1, 0, 0, 1 - 0x1p-53}, []int{0, 0}},
		"far from 0":          {[]float64{1e15 + 1, 1e15, 1e15 + 1, 1e15, -1e15, -1e15 + 1, 1e15 + 1, 1e15}, []int{0, 0, 0, 0}},
	} {
		got, err := loss.TemperatureScaling[float64]{}.Fit(c.z, c.target)
		if err != nil || !(got > 0) || math.IsInf(got, 0) {
			t.Errorf("%s: temperature %v, %v", name, got, err)
			continue
		}
		testLeast(t, 2, c.z, c.target, got)
	}
}

// Logits that differ by more than a float64 holds have no scale.
func TestTemperatureOverflow(t *testing.T) {
	_, err := loss.TemperatureScaling[float64]{}.Fit([]float64{1, 0, -1e308, 1e308}, []int{0, 0})
	if err == nil || !says(err, "row 1 has logits -1e+308 and 1e+308") {
		t.Errorf("error %v", err)
	}
}

// Whatever the bits of the logits, there is an error or a temperature; and no other one is better.
//
//	go test ./loss -run '^$' -fuzz '^FuzzTemperatureScaling$'
func FuzzTemperatureScaling(f *testing.F) {
	for i := range 24 {
		f.Add(byte(i), byte(7*i), oddBits(true)[:8*(i%16)], uint64(i))
	}
	f.Fuzz(func(t *testing.T, rows, cols byte, bits []byte, seed uint64) {
		classes := 1 + int(cols)
		target := make([]int, rows)
		catalog.FillClasses(target, classes, seed)
		z, _ := logits[float64](len(target), classes, target)
		for i := 0; len(bits) >= 8 && len(z) > 0; i, bits = i+5, bits[8:] {
			z[i%len(z)] = math.Float64frombits(binary.LittleEndian.Uint64(bits))
		}
		got, err := loss.TemperatureScaling[float64]{Classes: classes}.Fit(z, target)
		if err != nil {
			return
		}
		if !(got > 0) || math.IsInf(got, 0) {
			t.Fatalf("temperature %v", got)
		}
		testLeast(t, classes, z, target, got)
	})
}
