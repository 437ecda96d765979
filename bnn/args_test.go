package bnn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestWrongLengths makes every slice of every call one shorter and one longer.
func TestWrongLengths(t *testing.T) {
	eachCalls(t, func(_ []float64, calls, klCalls []call) {
		for _, c := range append(calls, klCalls...) {
			for name, n := range c.lengths {
				if strings.Contains(c.name, ".KL") && (name == "eps" || name == "scale") {
					continue // numbers
				}
				for _, length := range []int{n - 1, n + 1} {
					if length < 0 || name == "work" && length > n {
						continue
					}
					c.refuse(t, fmt.Sprintf("%s of %d instead of %d", name, length, n),
						fmt.Sprintf("%s has length %d", name, length), func(a args) {
							a[name] = slices.Repeat([]float64{canary}, length)
						})
				}
			}
		}
	})
}

// TestBadParameters makes each parameter NaN and infinite.
func TestBadParameters(t *testing.T) {
	eachCalls(t, func(params []float64, calls, klCalls []call) {
		for i := range params {
			old := params[i]
			for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				params[i] = v
				for _, c := range append(calls, klCalls...) {
					at := fmt.Sprintf("parameter[%d] is %v", i, v)
					if strings.HasPrefix(c.name, "Sequential") { // counts by layer
						at = fmt.Sprintf("] is %v", v)
					}
					c.refuse(t, fmt.Sprintf("parameter %d = %v", i, v), at, func(args) {})
				}
			}
			params[i] = old
		}
	})
}

// TestBadPriors gives priors that are none.
func TestBadPriors(t *testing.T) {
	eachCalls(t, func(_ []float64, _, klCalls []call) {
		for _, c := range klCalls {
			for _, name := range []string{"priorMu", "priorSigma"} {
				for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					last := c.lengths[name] - 1
					c.refuse(t, fmt.Sprintf("%s %v", name, v), fmt.Sprintf("%s[%d] is %v", name, last, v),
						func(a args) { a[name][last] = v })
					c.refuse(t, fmt.Sprintf("one %s %v", name, v), fmt.Sprintf("%s[0] is %v", name, v),
						func(a args) { a[name] = []float64{v} })
				}
				c.refuse(t, "two of "+name, name+" has length 2, want 0, 1 or", func(a args) { a[name] = a[name][:2] })
			}
			for _, v := range []float64{-1e-9, math.NaN(), math.Inf(1)} {
				c.refuse(t, fmt.Sprintf("eps %v", v), fmt.Sprintf("eps is %v", v), func(a args) { a["eps"][0] = v })
			}
			c.refuse(t, "a scale of 0", "priorSigma[3] is 0, which needs eps above 0",
				func(a args) { a["priorSigma"][3], a["eps"][0] = 0, 0 })
			c.refuse(t, "a scale of -0", "priorSigma[0] is 0, which needs eps above 0",
				func(a args) { a["priorSigma"], a["eps"][0] = []float64{math.Copysign(0, -1)}, 0 })
			if c.outputs == nil {
				continue
			}
			for _, v := range []float64{math.NaN(), math.Inf(-1)} {
				c.refuse(t, fmt.Sprintf("scale %v", v), fmt.Sprintf("scale is %v", v), func(a args) { a["scale"][0] = v })
			}
		}
	})
}

func TestBadTemperatures(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testBadTemperatures[float32](t, 1e-40) })
	t.Run("float64", func(t *testing.T) { testBadTemperatures[float64](t, 1e-310) })
}

// testBadTemperatures knows a number above 0 whose inverse is infinite.
func testBadTemperatures[T bnn.Float](t *testing.T, tiny T) {
	l, err := bnn.NewLinear[T](bnn.LinearConfig{In: 1, Out: 1, Type: bnn.Output})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []T{0, -1, T(math.NaN()), T(math.Inf(1)), tiny} {
		if err := l.SetTemperature(v); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("temperature is %v",
			v)) || l.Temperature() != 1 {
			t.Errorf("%v: got %v, and temperature %v", v, err, l.Temperature())
		}
	}
	if l, err = bnn.NewLinear[T](bnn.LinearConfig{In: 1, Out: 1}); err != nil {
		t.Fatal(err)
	}
	if err := l.SetTemperature(2); err == nil || l.Temperature() != 1 {
		t.Errorf("a hidden layer got %v, and temperature %v", err, l.Temperature())
	}
}

// TestLargeParametersAreFinite has a sum that is not.
func TestLargeParametersAreFinite(t *testing.T) {
	l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 3, Out: 1})
	if err != nil {
		t.Fatal(err)
	}
	copy(l.Params(), slices.Repeat([]float64{math.MaxFloat64}, 4))
	y := make([]float64, 1)
	err = l.Predict(y, make([]float64, 1), make([]float64, 3), make([]float64, l.WorkLen(1)))
	if err != nil || y[0] != math.MaxFloat64 {
		t.Errorf("%v, %v", y, err)
	}
}
