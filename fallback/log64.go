package fallback

import "math"

var (
	inf64 = math.Inf(1)
	nan64 = math.NaN()
)

// logTail64 is f − k·(low part of log 2) − log(1+f).
func logTail64(f, k float64) float64 {
	s := f / (2 + f)
	z := float64(s * s)
	h := float64(float64(0.5*f) * f)
	q := fma64(z, poly64(z, LogPoly64[:]), h)
	return fnma64(k, Ln2Low64, fnma64(s, q, h))
}
