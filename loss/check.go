package loss

import (
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// The checks of every call make their errors elsewhere, so that they are inlined.

// checkLen demands the length of another argument.
func checkLen(arg string, got int, other string, want int) error {
	if got == want {
		return nil
	}
	return lenError(arg, got, other, want)
}

func lenError(arg string, got int, other string, want int) error {
	return inputError("loss: len(%s) = %d: want %d, the length of %s", arg, got, want, other)
}

// checkCount refuses a field that is below 0; 0 is its default.
func checkCount(field string, n int) error {
	if n >= 0 {
		return nil
	}
	return countError(field, n)
}

func countError(field string, n int) error {
	return paramsError("loss: %s = %d: want a number of at least 0", field, n)
}

// sampleCount is the number of samples that the field Samples means.
func sampleCount(samples int) int { return max(samples, 1) }

// checkSamples demands that the predictions arg hold the shape of target once for each sample.
func checkSamples(arg string, samples, pred, target int) error {
	if pred == target && samples <= 1 && samples >= 0 {
		return nil
	}
	return samplesError(arg, samples, pred, target)
}

func samplesError(arg string, samples, pred, target int) error {
	if err := checkCount("Samples", samples); err != nil {
		return err
	}
	n := sampleCount(samples)
	if pred == 0 && target == 0 || target > 0 && pred%target == 0 && pred/target == n {
		return nil
	}
	return inputError("loss: len(%s) = %d: want len(target) = %d times Samples = %d", arg, pred, target, n)
}

// checkNumbers refuses NaN.
func checkNumbers[T Float](arg string, x []T, mask []bool) error {
	inf := T(math.Inf(1))
	if countOutside(x, mask, -inf, inf) == 0 {
		return nil
	}
	for i, v := range x {
		if v != v && kept(mask, i) {
			return inputError("loss: %s[%d] = %v: want a number", arg, i, v)
		}
	}
	return nil
}

// checkFinite refuses NaN and Inf in the weights that a field holds.
func checkFinite[T Float](field string, x []T) error {
	if s := kernels.Sum(x); s-s == 0 {
		return nil
	}
	for i, v := range x {
		if v-v != 0 {
			return paramsError("loss: %s[%d] = %v: want a finite number", field, i, v)
		}
	}
	return nil
}

// checkProbabilities refuses what lies outside [0, 1], and NaN unless allowed. x may be a multiple of the mask.
func checkProbabilities[T Float](arg string, x []T, allowNaN bool, mask []bool) error {
	if countOutside(x, mask, 0, 1) == 0 {
		return nil
	}
	for i, v := range x {
		if !(v >= 0 && v <= 1) && !(allowNaN && v != v) && kept(mask, i) {
			return inputError("loss: %s[%d] = %v: want a probability in [0, 1]", arg, i, v)
		}
	}
	return nil
}

// countOutside is how many of the elements that the mask keeps are not in [lo, hi].
func countOutside[T Float](x []T, mask []bool, lo, hi T) int {
	count := kernels.CountOutside(x, lo, hi)
	if count == 0 || mask == nil {
		return count
	}
	var buffer [blockLen]T
	count = 0
	for i, n := 0, 0; i < len(x); i += n {
		j := i % len(mask)
		n = min(blockLen, len(mask)-j)
		count += kernels.CountOutside(kernels.SelectTo(buffer[:n], x[i:i+n], mask[j:j+n], lo), lo, hi)
	}
	return count
}

// checkScalar refuses an option that is negative, NaN, or infinite in T.
func checkScalar[T Float](name string, v float64) error {
	if !(v >= 0) || math.IsInf(float64(T(v)), 0) {
		return paramsError("loss: %s = %v: want a finite number of at least 0 that the type of the slices holds", name, v)
	}
	return nil
}
