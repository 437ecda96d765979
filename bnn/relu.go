package bnn

import "math"

// Signs are random: a branch would often be predicted wrong and cost several times as much as all else. So numbers are
// chosen as bits, for which the compiler has an instruction that is none.

// relu replaces x by max(x, 0). NaN and −0 stay.
func relu[T Float](x []T) {
	switch x := any(x).(type) {
	case []float32:
		for i, v := range x {
			b := math.Float32bits(v)
			if v < 0 {
				b = 0
			}
			x[i] = math.Float32frombits(b)
		}
	case []float64:
		for i, v := range x {
			b := math.Float64bits(v)
			if v < 0 {
				b = 0
			}
			x[i] = math.Float64frombits(b)
		}
	}
}

// reluGrad replaces d by y, which is 0 or NaN then, where y = max(x, 0) is not above 0.
func reluGrad[T Float](d, y []T) {
	switch d := any(d).(type) {
	case []float32:
		for i, v := range any(y).([]float32) {
			b, c := math.Float32bits(d[i]), math.Float32bits(v)
			if !(v > 0) {
				b = c
			}
			d[i] = math.Float32frombits(b)
		}
	case []float64:
		for i, v := range any(y).([]float64) {
			b, c := math.Float64bits(d[i]), math.Float64bits(v)
			if !(v > 0) {
				b = c
			}
			d[i] = math.Float64frombits(b)
		}
	}
}
