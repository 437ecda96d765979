package bnn

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// checkLen reports whether an argument does not have the length that it must have.
func checkLen(method, arg string, got, want int) error {
	if got != want {
		return fmt.Errorf("bnn: %s: %s has length %d, want %d", method, arg, got, want)
	}
	return nil
}

// checkLenOrNil does the same for an argument that may be nil.
func checkLenOrNil[T Float](method, arg string, x []T, want int) error {
	if x == nil {
		return nil
	}
	return checkLen(method, arg, len(x), want)
}

// checkWork reports whether scratch is too short.
func checkWork(method string, got, want int) error {
	if got < want {
		return fmt.Errorf("bnn: %s: work has length %d, needs %d", method, got, want)
	}
	return nil
}

// checkRows returns how many rows of so many columns a slice holds.
func checkRows(method, arg string, n, cols int) (int, error) {
	if n%cols != 0 {
		return 0, fmt.Errorf("bnn: %s: %s has length %d, not a multiple of %d", method, arg, n, cols)
	}
	return n / cols, nil
}

// checkFinite says where a slice holds a NaN or an infinity. The sum is fast and finite for finite entries, save
// overflow, so entries are looked at one by one only when there is a doubt.
func checkFinite[T Float](method, arg string, x []T) error {
	if s := kernels.Sum(x); s-s == 0 {
		return nil
	}
	for i, v := range x {
		if v-v != 0 {
			return fmt.Errorf("bnn: %s: %s[%d] is %v", method, arg, i, v)
		}
	}
	return nil
}

// checkBatch checks a batch x, a y of so many columns, and the parameters; it returns the rows.
func (s *Sequential[T]) checkBatch(method, name string, y []T, cols int, x []T) (rows int, err error) {
	rows, err = checkRows(method, "x", len(x), s.In())
	return rows, firstError(err, checkLen(method, name, len(y), rows*cols), s.checkParams(method))
}

// checkParams says in which module a parameter is not finite.
func (s *Sequential[T]) checkParams(method string) error {
	for k, l := range s.linears {
		if l != nil && checkFinite(method, "", l.params) != nil {
			return checkFinite(method, fmt.Sprintf("module %d: parameter", k), l.params)
		}
	}
	return nil
}

// checkScalar reports whether a number is none, or infinite.
func checkScalar(method, arg string, x float64) error {
	if !isFinite(x) {
		return fmt.Errorf("bnn: %s: %s is %v, want a finite number", method, arg, x)
	}
	return nil
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// firstError returns the first that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
