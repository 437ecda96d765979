package fallback

// The KL of N(μ, exp(v)) against N(0, 1):
//
//	½(exp(v) − 1 − v + μ²)
//
// where exp(v) − 1 − v = v²·Q(v) for |v| ≤ 1, which does not cancel.

// KLLogVarPoly32 and KLLogVarPoly64 hold Q(v) = (exp(v)−1−v)/v² for |v| ≤ 1, lowest power first:
// poly/gaussian_kl.sollya, relative errors 2⁻³² and 2⁻⁵⁹.
var (
	KLLogVarPoly32 = [...]float64{
		0x1.ffffffff96247p-2, 0x1.55555537e863dp-3, 0x1.555555b682f5ap-5, 0x1.111129ff29923p-7, 0x1.6c168ebc1b7fep-10,
		0x1.a00357ee730b2p-13, 0x1.a025f28c53bf1p-16, 0x1.7975e7106901cp-19, 0x1.298faf93d62b1p-22,
	}
	KLLogVarPoly64 = [...]float64{
		0x1p-1, 0x1.5555555555555p-3, 0x1.5555555555555p-5, 0x1.1111111111195p-7, 0x1.6c16c16c16cadp-10,
		0x1.a01a01a008979p-13, 0x1.a01a01a00ef9dp-16, 0x1.71de3a66f3e28p-19, 0x1.27e4fb7cb6904p-22,
		0x1.ae64438eccc43p-26, 0x1.1eed8e0c4168fp-29, 0x1.612fa80da290cp-33, 0x1.939435849e672p-37,
		0x1.a784c24576aacp-41, 0x1.b275830138cd8p-45, 0x1.abb5b3d055332p-48,
	}
)

// KLLogVarTop32 and KLLogVarTop64 are where exp(v) counts as infinite, KLLogVarFloor32 where it counts as 0.
const (
	KLLogVarTop32   = 709
	KLLogVarFloor32 = -708
	KLLogVarTop64   = 710.1
)

// klLogVarMixed is the element for arguments that are float32.
func klLogVarMixed[A arithmetic](mu, v float64) float64 {
	e := float64(0.5 * expm1Mixed[A](pickMin(KLLogVarTop32, pickMax(KLLogVarFloor32, v))))
	return klLogVarOf[A](mu, v, e, polyMixed[A](v, KLLogVarPoly32[:]), KLLogVarTop32)
}

func klLogVar64(mu, v float64) float64 {
	e := expm1Half64(pickMin(KLLogVarTop64, pickMax(Expm1Floor64, v)))
	return klLogVarOf[fused](mu, v, e, poly64(v, KLLogVarPoly64[:]), KLLogVarTop64)
}

// klLogVarOf joins e = ½(exp(v) − 1) and q = Q(v).
func klLogVarOf[A arithmetic](mu, v, e, q, top float64) float64 {
	half := float64(0.5 * v)
	h := e - half
	if abs64(v) <= 1 {
		h = float64(half*v) * q
	}
	if v > top {
		h = inf64
	}
	return muladd[A](float64(0.5*mu), mu, h)
}

// GaussianKLLogVarToF32 writes the elements.
func GaussianKLLogVarToF32(dst, mu, logVar []float32) {
	for i := range dst {
		mu, v := float64(mu[i]), float64(logVar[i])
		y, sure := narrow(klLogVarMixed[plain](mu, v))
		if !sure {
			y = float32(klLogVarMixed[fused](mu, v))
		}
		dst[i] = y
	}
}

// GaussianKLLogVarToF64 writes the elements.
func GaussianKLLogVarToF64(dst, mu, logVar []float64) {
	for i := range dst {
		dst[i] = klLogVar64(mu[i], logVar[i])
	}
}

// GaussianKLLogVarF32 sums the elements of at most a block.
func GaussianKLLogVarF32(mu, logVar []float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range mu {
		lanes[i%WorkLanes32] += klLogVarMixed[fused](float64(mu[i]), float64(logVar[i]))
	}
	return fold(lanes[:], len(mu))
}
