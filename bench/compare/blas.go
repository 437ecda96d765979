//go:build !(cgo && openblas)

package main

// blasName says whose matrix products bnn uses.
const blasName = "gonum's BLAS"
