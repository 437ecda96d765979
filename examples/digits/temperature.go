package main

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/kernels"
)

// fitTemperature gives the output layer the temperature T that minimises the cross-entropy of the mean logits over T.
//
// It is convex in b = 1/T: the slope is the sum of E[m] − m_y and the curvature the sum of Var[m], both under the
// probabilities softmax(b·m). Newton's method finds the root of the slope; no step may more than double or halve b.
func fitTemperature(model *bnn.Sequential[float32], d dataset) error {
	logits, err := meanLogits(model.Train(), d)
	if err != nil {
		return err
	}
	scaled := make([]float32, len(logits))
	b := 1.0
	for range 50 {
		for i, m := range logits {
			scaled[i] = float32(b) * m
		}
		slope, curvature := temperatureSlope(kernels.SoftmaxRowsTo(scaled, scaled, classes), logits, d.labels)
		next := max(b/2, min(b-slope/curvature, 2*b))
		if math.Abs(next-b) < 1e-5*b {
			return model.Output().SetTemperature(float32(1 / next))
		}
		b = next
	}
	return fmt.Errorf("no temperature found: 1/T = %g after 50 steps", b)
}

// temperatureSlope returns the sums over the rows of E[m] − m_y and Var[m] for probabilities p of logits m.
func temperatureSlope(p, m []float32, labels []int) (slope, curvature float64) {
	for i, label := range labels {
		row := m[i*classes : (i+1)*classes]
		var mean, square float64
		for c, v := range row {
			// From m_y, so that nothing cancels in rows that are certain.
			d := float64(v - row[label])
			mean += float64(p[i*classes+c]) * d
			square += float64(p[i*classes+c]) * d * d
		}
		slope += mean
		curvature += square - mean*mean
	}
	return slope, curvature
}
