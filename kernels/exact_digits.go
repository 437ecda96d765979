package kernels

import (
	"math"
	"math/bits"
)

// digits is a number in base 2³², the last digit with weight 2⁻¹⁰⁷⁴. Between additions carries may wait: a digit has
// room for those of many. Once they are propagated, all digits but the first are in [0, 2³²), and the first has the
// sign.
type digits [digitCount]int64

const (
	digitBits  = 32
	digitMask  = 1<<digitBits - 1
	digitCount = 67 // of which 66 hold the bits from 2⁻¹⁰⁷⁴ to 2¹⁰³⁸, and an addition changes the lower 65 only

	// mostAdded is the number of additions after which carries are propagated. An addition changes a digit by less than
	// 2⁵² + 2³²; two numbers of 1000 additions each can be added.
	mostAdded = 1000

	// mostFirst is the bound of the first digit, of weight 2¹⁰³⁸. Below it, two numbers can be added.
	mostFirst int64 = 1 << 61
)

const (
	mantissaBits = 52
	mantissaMask = 1<<mantissaBits - 1
	exponentMask = 1<<11 - 1
	signBit      = 1 << 63
	largestBit   = 2097 // of the largest float64, in units of the smallest
)

// add adds a finite float64, given by its bits.
//
// The mantissa m, shifted to its place, covers two digits, the upper of which takes more than 32 bits:
//
//	x = m·2^(e-1074),  m·2^(e mod 32) = high·2³² + low,  digit ⌊e/32⌋ += low,  the next += high
//
// The shift of a negative m rounds down, so low is never negative.
func (d *digits) add(x uint64) {
	e := x >> mantissaBits & exponentMask
	normal := (e + exponentMask) >> 11 // 0 for subnormal numbers and zeros, otherwise 1
	e -= normal
	sign := int64(x) >> 63
	m := (int64(x&mantissaMask|normal<<mantissaBits) ^ sign) - sign
	shift, i := e%digitBits, e/digitBits%64
	d[i] += m << shift & digitMask
	d[i+1] += m >> (digitBits - shift)
}

// carry propagates carries.
func (d *digits) carry() {
	c := int64(0)
	for i := range d[:digitCount-1] {
		c += d[i]
		d[i] = c & digitMask
		c >>= digitBits
	}
	d[digitCount-1] += c
}

// negate changes the sign, which leaves carries to be propagated.
func (d *digits) negate() {
	for i := range d {
		d[i] = -d[i]
	}
}

// plus adds another number digit by digit.
func (d *digits) plus(other *digits) {
	for i := range d {
		d[i] += other[i]
	}
}

// magnitude is |d| in base 2³², the last digit first, and whether d is negative. Carries must have been propagated.
func (d *digits) magnitude() (m magnitude, negative bool) {
	a := *d
	if negative = a[digitCount-1] < 0; negative {
		for i := range a {
			a[i] = -a[i]
		}
		a.carry()
	}
	for i, v := range a {
		m[i] = uint32(v)
	}
	m[digitCount] = uint32(a[digitCount-1] >> digitBits)
	return m, negative
}

// magnitude is the absolute value of a number: digits, of which the first had more than 32 bits.
type magnitude [digitCount + 1]uint32

// round is the nearest float64, ties to even.
func (m *magnitude) round() float64 {
	top := len(m) - 1
	for top > 1 && m[top] == 0 {
		top--
	}
	upper, lower := uint64(m[top])<<digitBits|uint64(m[top-1]), uint32(0)
	if top == 1 && upper>>(mantissaBits+1) == 0 {
		return math.Float64frombits(upper) // a multiple of the smallest float64 that needs no rounding
	}
	if top > 1 {
		lower = m[top-2]
	}
	// The highest bit goes to bit 63: above bit 10 is the mantissa, and what is below decides how it is rounded.
	lead := bits.LeadingZeros64(upper)
	upper = upper<<lead | uint64(lower)<<lead>>digitBits
	rest := lower << lead
	for i := 0; i < top-2; i++ {
		rest |= m[i]
	}
	highest := digitBits*(top+1) - 1 - lead
	if highest > largestBit {
		return math.Inf(1)
	}
	const below = 63 - mantissaBits
	v := uint64(highest-mantissaBits)<<mantissaBits + upper>>below
	half, less := upper>>(below-1)&1, upper&(1<<(below-1)-1)|uint64(rest)
	if half == 1 && (less != 0 || v&1 == 1) {
		v++ // which may carry to the exponent, and to infinity
	}
	return math.Float64frombits(v)
}
