package main

import (
	"fmt"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

func lossCases() []torchCase {
	return append([]torchCase{
		crossEntropy(4096, 10, 1.0/8),
		crossEntropy(256, 1000, 1.0/2),
		crossEntropyGrad(256, 1000, 1.0/3),
		bceWithLogits(65536, 1.0/6),
		mse(4096, 1.0/3),
	}, optionCases()...)
}

// lossCase compares one call of package loss with PyTorch's one way to do it.
func lossCase(name string, elements int, limit float64, call func() (float64, error)) torchCase {
	return torchCase{
		name: name, elements: elements, limit: limit, with: isa.Active.String(), ways: []string{""}, call: call, value: call,
	}
}

func crossEntropy(rows, cols int, limit float64) torchCase {
	x, y := logits(rows*cols), classes(rows, cols)
	l := loss.CrossEntropy[float32]{Classes: cols}
	return lossCase(fmt.Sprintf("cross-entropy-%dx%d", rows, cols), rows*cols, limit, func() (float64, error) {
		return l.Value(x, y)
	})
}

func crossEntropyGrad(rows, cols int, limit float64) torchCase {
	x, y := logits(rows*cols), classes(rows, cols)
	grad := make([]float32, rows*cols)
	l := loss.CrossEntropy[float32]{Classes: cols}
	return lossCase(fmt.Sprintf("cross-entropy-grad-%dx%d", rows, cols), rows*cols, limit, func() (float64, error) {
		return l.ValueGrad(grad, x, y)
	})
}

func bceWithLogits(n int, limit float64) torchCase {
	x, t := logits(n), probabilities(n)
	return lossCase(fmt.Sprintf("bce-with-logits-%d", n), n, limit, func() (float64, error) {
		return loss.BCEWithLogits[float32]{}.Value(x, t)
	})
}

func mse(n int, limit float64) torchCase {
	x, t := logits(n), probabilities(n)
	return lossCase(fmt.Sprintf("mse-%d", n), n, limit, func() (float64, error) {
		return loss.MSE[float32]{}.Value(x, t)
	})
}

// logits are multiples of 1/256 between -4 and 4, the same on both sides.
func logits(n int) []float32 { return spread[float32](n, 256) }

// spread has numbers of both signs, multiples of 1/denominator below 1002 of them.
func spread[T kernels.Float](n int, denominator T) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(i*7919%2003-1001) / denominator
	}
	return x
}

func classes(n, cols int) []int {
	y := make([]int, n)
	for i := range y {
		y[i] = i * 31 % cols
	}
	return y
}

func probabilities(n int) []float32 {
	t := make([]float32, n)
	for i := range t {
		t[i] = float32(i*31%17) / 16
	}
	return t
}
