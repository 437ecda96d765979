//go:build cgo && openblas

package main

// #cgo LDFLAGS: -lopenblas
// void openblas_set_num_threads(int);
import "C"

import (
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/netlib/blas/netlib"
)

// blasName says whose matrix products bnn uses.
const blasName = "OpenBLAS"

// This is all that a program does to switch; the number of threads is for the comparison.
func init() {
	blas32.Use(netlib.Implementation{})
	blas64.Use(netlib.Implementation{})
	C.openblas_set_num_threads(1)
}
