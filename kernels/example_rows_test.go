package kernels_test

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

func ExampleLogSumExp() {
	fmt.Printf("%.4f\n", kernels.LogSumExp([]float32{1000, 1000, 999}))
	// Output: 1000.8620
}

// Two rows of three columns: their number follows from the length.
func ExampleSoftmaxRowsTo() {
	x := []float64{0, 0, 0 /* second row */, 1000, 0, math.Inf(-1)}
	fmt.Printf("%.3f\n", kernels.SoftmaxRowsTo(x, x, 3))
	// Output: [0.333 0.333 0.333 1.000 0.000 0.000]
}

// Causal attention over scores of three queries and three keys: a query does not look at later keys.
func ExampleMaskedSoftmaxRowsTo() {
	scores := []float64{1, 2, 3, 1, 1, 3, 0, 0, 0}
	keep := []bool{true, false, false, true, true, false, true, true, true}
	kernels.MaskedSoftmaxRowsTo(scores, scores, 3, 0.5, nil, keep)
	fmt.Printf("%.3f\n", scores)
	// Output: [1.000 0.000 0.000 0.500 0.500 0.000 0.333 0.333 0.333]
}

func ExampleArgMaxRowsTo() {
	logits := []float32{0.1, 2, -1 /* second row */, 3, 3, 0}
	fmt.Println(kernels.ArgMaxRowsTo(make([]int, 2), logits, 3))
	// Output: [1 0]
}

func ExampleTopKRows() {
	x := []float32{4, 9, 1, 7 /* second row */, 2, 2, 0, 5}
	values, index := make([]float32, 4), make([]int, 4)
	kernels.TopKRows(values, index, x, 4, 2)
	fmt.Println(values, index)
	// Output: [9 7 5 2] [1 3 3 0]
}

// A confident row keeps its digits, and a negative target leaves a row out.
func ExampleCrossEntropyRowsTo() {
	logits := []float64{40, 0, 0 /* second row */, 1, 2, 3 /* third row */, 5, 5, 5}
	each := kernels.CrossEntropyRowsTo(make([]float64, 3), logits, 3, []int{0, 2, -1})
	fmt.Printf("%.4g\n", each)
	// Output: [8.497e-18 0.4076 0]
}

// Label smoothing, class weights and positions are fields. The denominator of a mean is the caller's.
func ExampleClassLossGrad() {
	logits, grad := []float64{2, -1, 0, 0.5, 3, -2}, make([]float64, 6)
	targets := kernels.ClassTargets[float64]{Cols: 3, Target: []int{0, 1}, Smoothing: 0.1}
	sum := kernels.ClassLossGrad(grad, logits, targets, 1.0/2)
	fmt.Printf("%.4f %.3f\n", sum/2, grad)
	// Output: 0.3358 [-0.045 0.004 0.040 0.021 -0.007 -0.014]
}

func ExampleLayerNormRowsTo() {
	x := []float64{1, 2, 3 /* second row */, 10, 10, 40}
	fmt.Printf("%.3f\n", kernels.LayerNormRowsTo(x, x, 3, nil, nil, 1e-5))
	// Output: [-1.225 0.000 1.225 -0.707 -0.707 1.414]
}

// A layer of two outputs and three inputs. Pack once, multiply often.
func ExampleAffineTo() {
	w := kernels.Pack([]float32{1, 2, 3 /* second output */, 0, 0, 1}, 2, 3, 3)
	x := []float32{1, 1, 1 /* second row */, 2, 0, -1}
	y := kernels.AffineTo(make([]float32, 4), x, w, []float32{0.5, 0})
	fmt.Println(y)
	// Output: [6.5 1 -0.5 -1]
}

// (2×3) · (3×1).
func ExampleMatMulTo() {
	a, b := []float64{1, 2, 3 /* second row */, 4, 5, 6}, []float64{1, 0, -1}
	fmt.Println(kernels.MatMulTo(make([]float64, 2), a, b, 2, 3, 1))
	// Output: [-2 -2]
}
