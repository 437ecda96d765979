package catalog

import (
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// Domain is a range of usual values: ±m·2^e with 1 ≤ m < 2 and MinExp ≤ e < MaxExp.
type Domain struct {
	MinExp, MaxExp int
	Signed         bool
}

// Where the arguments of kernels usually lie.
var (
	Real        = Domain{-12, 5, true}   // up to 32: logits, differences, means
	Broad       = Domain{-40, 8, true}   // up to 256: beyond the range of exp in float32
	Positive    = Domain{-40, 40, false} // arguments of log
	Probability = Domain{-30, 0, false}
	Scale       = Domain{-6, 3, true} // standard deviations, of any sign
)

// rng is SplitMix64. Inputs are made of its integers, so that they are the same on every machine.
type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Fill writes usual values.
func Fill[T kernels.Float](x []T, d Domain, seed uint64) {
	r := rng(seed)
	for i := range x {
		x[i] = T(d.value(r.next()))
	}
}

// value builds a float64 that float32 holds exactly: 24 bits of significand.
func (d Domain) value(u uint64) float64 {
	significand := 1<<23 | u&(1<<23-1)
	v := math.Ldexp(float64(significand), d.MinExp+int(u>>32%uint64(d.MaxExp-d.MinExp))-23)
	if d.Signed && u>>63 == 1 {
		return -v
	}
	return v
}

// FillBits writes values of random bits: every exponent, subnormals, infinities and NaN.
// Every fourth comes from Specials.
func FillBits[T kernels.Float](x []T, seed uint64) {
	r := rng(seed)
	special := Specials[T]()
	for i := range x {
		u := r.next()
		if u>>62 == 0 {
			x[i] = special[u%uint64(len(special))]
			continue
		}
		x[i] = FromBits[T](u)
	}
}

// FillExponents writes finite values of random bits, of which products and their sums are finite too: their exponents
// reach from where products underflow to near where they overflow.
func FillExponents[T kernels.Float](x []T, seed uint64) {
	r := rng(seed)
	for i := range x {
		u := r.next()
		if is32[T]() { // exponents from −75 to 54
			x[i] = FromBits[T](u&(1<<31|1<<23-1) | (52+u>>32%130)<<23)
		} else { // from −540 to 484
			x[i] = FromBits[T](u&^(0x7ff<<52) | (483+r.next()%1025)<<52)
		}
	}
}

// FromBits makes a value of the low bits of u.
func FromBits[T kernels.Float](u uint64) T {
	if is32[T]() {
		return T(math.Float32frombits(uint32(u)))
	}
	return T(math.Float64frombits(u))
}

// Specials are the values that a kernel may treat unlike their neighbours.
func Specials[T kernels.Float]() []T {
	smallest, largest, normal := 0x1p-1074, math.MaxFloat64, 0x1p-1022
	if is32[T]() {
		smallest, largest, normal = 0x1p-149, math.MaxFloat32, 0x1p-126
	}
	inf := T(math.Inf(1))
	return []T{
		T(math.NaN()), inf, -inf, 0, T(math.Copysign(0, -1)),
		T(smallest), -T(smallest), T(normal - smallest), T(largest), -T(largest), 1, -1,
	}
}

// FillClasses writes class indices below cols, and now and then a negative one, which means none.
func FillClasses(target []int, cols int, seed uint64) {
	r := rng(seed)
	for i := range target {
		u := r.next()
		target[i] = int(u % uint64(cols))
		if u>>60 == 0 {
			target[i] = -100
		}
	}
}

// FillMask keeps about half of the elements of some rows, none of some, and a first part of others.
func FillMask(keep []bool, cols int, seed uint64) {
	r := rng(seed)
	for len(keep) > 0 {
		u := r.next()
		for c := range keep[:cols] {
			switch {
			case u>>60 < 2:
				keep[c] = false
			case u>>60 < 8:
				keep[c] = c <= int(u%uint64(cols))
			default:
				keep[c] = r.next()>>63 == 0
			}
		}
		keep = keep[cols:]
	}
}
