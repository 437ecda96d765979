package main

import "math"

// adam is gradient descent with moments (Kingma & Ba, 2015), whose step size falls to 0 along a half cosine.
type adam struct {
	rate         float64
	taken, steps int
	mean, square []float64 // moving averages of the gradient and of its square
}

func newAdam(params int, rate float64, steps int) *adam {
	return &adam{rate: rate, steps: steps, mean: make([]float64, params), square: make([]float64, params)}
}

func (a *adam) step(params, grad []float32) {
	const beta1, beta2, eps = 0.9, 0.999, 1e-8
	rate := a.rate * (1 + math.Cos(math.Pi*float64(a.taken)/float64(a.steps))) / 2
	a.taken++
	correct1, correct2 := 1-math.Pow(beta1, float64(a.taken)), 1-math.Pow(beta2, float64(a.taken))
	for i := range grad {
		g := float64(grad[i])
		a.mean[i] += (1 - beta1) * (g - a.mean[i])
		a.square[i] += (1 - beta2) * (g*g - a.square[i])
		params[i] -= float32(rate * a.mean[i] / correct1 / (math.Sqrt(a.square[i]/correct2) + eps))
	}
}
