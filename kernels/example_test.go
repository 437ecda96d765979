package kernels_test

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

func Example() {
	x, logits := []float32{-1, 0, 1}, []float32{1000, 1000, 999}
	muP, sigmaP := []float32{0, 1}, []float32{1, 1}
	muQ, sigmaQ := []float32{0, 1}, []float32{1, 1}

	y := kernels.SoftplusTo(make([]float32, len(x)), x)
	l := kernels.LogSumExp(logits)
	kl := kernels.GaussianKL(muP, sigmaP, muQ, sigmaQ, 0)
	fmt.Println(y, float32(l), kl)
	// Output: [0.3132617 0.6931472 1.3132617] 1000.862 0
}

// Activations write to a slice of the same length, which may be their input.
func ExampleSoftplusTo() {
	x := []float64{-100, -1, 0, 1, 100}
	kernels.SoftplusTo(x, x)
	fmt.Printf("%.4g\n", x)
	// Output: [3.72e-44 0.3133 0.6931 1.313 100]
}

// The derivative of an activation comes multiplied by the gradient with respect to its result.
func ExampleTanhGradTo() {
	x, dy := []float64{-20, 0, 0.5}, []float64{1, 1, 2}
	dx := kernels.TanhGradTo(make([]float64, 3), x, dy)
	fmt.Printf("%.4g\n", dx)
	// Output: [1.699e-17 1 1.573]
}

func ExampleExpTo() {
	y := kernels.ExpTo(make([]float32, 4), []float32{float32(math.Inf(-1)), 0, 1, 100})
	fmt.Println(y)
	// Output: [0 1 2.7182817 +Inf]
}

func ExampleNormalTo() {
	key := kernels.Key{Seed: 1}
	all := kernels.NormalTo(make([]float32, 1000), key, 0)
	part := kernels.NormalTo(make([]float32, 3), key, 500) // the numbers 500, 501 and 502 of the same stream
	fmt.Println(all[500] == part[0], all[501] == part[1], all[502] == part[2])
	// Output: true true true
}

// Sums are float64, whatever the slices hold.
func ExampleSquaredError() {
	x, y := []float32{3e20, 2, 1}, []float32{0, 0, 0}
	fmt.Printf("%.3g\n", kernels.SquaredError(x, y)) // more than a float32 can hold
	// Output: 9e+40
}

func ExampleGaussianKL() {
	muP, sigmaP := []float64{0, 1}, []float64{1, 1}
	muQ, sigmaQ := []float64{0, 0}, []float64{1, 2}
	fmt.Printf("%.4f\n", kernels.GaussianKL(muP, sigmaP, muQ, sigmaQ, 0))
	// Output: 0.4431
}

// The sum of the losses, and the gradient of their mean, whose factor 1/n is scale.
func ExampleBCEWithLogitsGrad() {
	x, t := []float64{-40, 0, 2}, []float64{0, 1, 1}
	grad := make([]float64, 3)
	sum := kernels.BCEWithLogitsGrad(grad, x, t, nil, 1.0/3)
	fmt.Printf("%.4f %.4g\n", sum/3, grad)
	// Output: 0.2734 [1.416e-18 -0.1667 -0.03973]
}
