package loss

import "github.com/simmer-go/simmer/kernels"

// focalFactors turns cross-entropies into focal values (1−exp(−ce))^gamma · ce,
// and multiplies slopes by the derivative of each. 1−exp(−ce) is −expm1(−ce), so
// nothing cancels for a confident prediction.
func focalFactors(values, slopes []float64, gamma float64) {
	var wrong, factor [rowBlock]float64
	a, f := wrong[:len(values)], factor[:len(values)]
	kernels.ScaleTo(a, -1, values)
	kernels.Expm1To(a, a)
	kernels.ScaleTo(a, -1, a)
	kernels.PowTo(f, a, gamma)
	for i, ce := range values {
		// d/dce = f·(1 + gamma·ce·exp(−ce)/a); the quotient goes to 1 at 0, to 0 at Inf.
		quotient := 1.0
		if a[i] != 0 {
			quotient = 0
			if right := 1 - a[i]; right != 0 {
				quotient = ce * right / a[i]
			}
		}
		slopes[i] *= f[i] * (1 + float64(gamma*quotient))
		values[i] = f[i] * ce
	}
}
