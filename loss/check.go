package loss

import (
	"fmt"
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
	return fmt.Errorf("loss: len(%s) = %d: want %d, the length of %s", arg, got, want, other)
}

// checkPair checks the lengths of predictions and targets of single numbers.
func checkPair(r Reduction, pred, target int) error {
	if err := r.check(); err != nil {
		return err
	}
	return checkSamples(pred, target)
}

// checkSamples demands that pred holds the shape of target once or more often.
func checkSamples(pred, target int) error {
	if pred == target || target > 0 && pred > 0 && pred%target == 0 {
		return nil
	}
	return samplesError(pred, target)
}

func samplesError(pred, target int) error {
	return fmt.Errorf("loss: len(pred) = %d: want a positive multiple of len(target) = %d", pred, target)
}

// checkNumbers refuses NaN. A sum is NaN if a term is, and costs next to
// nothing, so the search for the place is left to the rare case.
func checkNumbers[T Float](arg string, x []T) error {
	if s := kernels.Sum(x); s == s {
		return nil
	}
	for i, v := range x {
		if v != v {
			return fmt.Errorf("loss: %s[%d] = %v: want a number", arg, i, v)
		}
	}
	return nil
}

// checkFinite refuses NaN and Inf.
func checkFinite[T Float](arg string, x []T) error {
	if s := kernels.Sum(x); s-s == 0 {
		return nil
	}
	for i, v := range x {
		if v-v != 0 {
			return fmt.Errorf("loss: %s[%d] = %v: want a finite number", arg, i, v)
		}
	}
	return nil
}

// checkProbabilities refuses what lies outside [0, 1], and NaN unless allowed.
func checkProbabilities[T Float](arg string, x []T, allowNaN bool) error {
	if kernels.CountOutside(x, 0, 1) == 0 {
		return nil
	}
	for i, v := range x {
		if !(v >= 0 && v <= 1) && !(allowNaN && v != v) {
			return fmt.Errorf("loss: %s[%d] = %v: want a probability in [0, 1]", arg, i, v)
		}
	}
	return nil
}

// checkScalar refuses an option that is negative, infinite or NaN.
func checkScalar(name string, v float64) error {
	if !(v >= 0) || math.IsInf(v, 0) {
		return fmt.Errorf("loss: %s = %v: want a finite number of at least 0", name, v)
	}
	return nil
}
