package fallback

import "math"

// Standard normal numbers by the transform of G. E. P. Box and M. E. Muller, “A note on the generation of random normal
// deviates”, Annals of Mathematical Statistics 29 (1958): with u in (0, 1] and an angle, both uniform,
//
//	√(−2·log u)·cos(angle), √(−2·log u)·sin(angle)
//
// are independent and normal. u and the angle are one random word each, of 32 bits for float32 and of 64 for float64.
//
// The angle is a quarter turn times a, uniform in (−½, ½), which is turned on by a quarter, mirrored, or both, as two
// further bits of the word say. So the sine and the cosine are one polynomial each:
//
//	log(1+f) = −½·f·NormalLogPoly32(f)  (float32),  sin(½πa) = a·NormalSin(a²),  cos(½πa) = NormalCos(a²)
//
// In float64 the logarithm is that of log.go, rounded to one number.

// NormalLogPoly32 is −2·log(1+f)/f, lowest power first, for |f| ≤ ⅓: poly/normal.sollya, relative error 5.0e-9.
var NormalLogPoly32 = [...]float32{
	-2, 1, -0x1.5555p-1, 0x1.ffff2p-2, -0x1.99d27ap-2, 0x1.5595c2p-2, -0x1.1eb72ap-2, 0x1.f3e856p-3, -0x1.1ef05ap-2,
	0x1.063f0ep-2,
}

// NormalSin32 and NormalCos32 are sin(½πa)/a and cos(½πa) in powers of a², lowest first, for |a| ≤ ½:
// poly/normal.sollya, relative error 2.8e-8, nearly all of it in the first coefficient, and 5.0e-10.
var (
	NormalSin32 = [...]float32{0x1.921fb6p0, -0x1.4abbecp-1, 0x1.466b2p-4, -0x1.2f5992p-8}
	NormalCos32 = [...]float32{1, -0x1.3bd3ccp0, 0x1.03c1b6p-2, -0x1.55b684p-6, 0x1.d61e28p-11}
)

// NormalSin64 and NormalCos64 are the same for float64: relative error 3.9e-17 and 3.9e-19.
var (
	NormalSin64 = [...]float64{
		0x1.921fb54442d18p0, -0x1.4abbce625be09p-1, 0x1.466bc67754fffp-4, -0x1.32d2ccdfe9424p-8, 0x1.50782d5f14825p-13,
		-0x1.e2fe76fdffd2bp-19, 0x1.e357ef99eb0bap-25,
	}
	NormalCos64 = [...]float64{
		1, -0x1.3bd3cc9be45dep0, 0x1.03c1f081b5a65p-2, -0x1.55d3c7e3c2d7cp-6, 0x1.e1f5067b05ae7p-11,
		-0x1.a6d1e6b560f58p-16, 0x1.f9c840f8b10b3p-22, -0x1.b14b6a5c54cecp-28,
	}
)

const (
	NormalSplit32  = 0x3f2aaaab     // the bits of ⅔, where 1+f starts
	Exponent32     = 0x1ff << 23    // the mask of a float32's sign and exponent
	NormalLn2Bit32 = -0x1.62e43p-23 // −2·log 2, for an exponent as it stands in the bits

	// The bits of an angle besides those of a: one that mirrors, and one that turns, which alone is the number 2.
	NormalMirror32, NormalTurn32 = 1 << 31, 1 << 30
	NormalMirror64, NormalTurn64 = 1 << 63, 1 << 62

	// Odd64 are the bits of 1, and the lowest: what is random between them makes an odd multiple of 2⁻⁵², so that
	// neither u nor a is 0.
	Odd64 = One64 | 1
)

// NormalToF32 writes standard normals: four of each block, four blocks for sixteen elements. Words are those of
// ThreefryWords; len(dst) is a multiple of 16.
func NormalToF32(dst []float32, words *[ThreefryCount]uint32) {
	for i := 0; i < len(dst); i += 16 {
		for lane := range 4 {
			x := threefry(words, uint32(i/4+lane))
			dst[i+lane], dst[i+4+lane] = normals32(x[0], x[1])
			dst[i+8+lane], dst[i+12+lane] = normals32(x[2], x[3])
		}
	}
}

// normals32 is two normals from the words of u and of the angle.
func normals32(u, angle uint32) (float32, float32) {
	r := float32(math.Sqrt(float64(minusTwoLog32(normalU32(u)))))
	a := normalAngle32(angle)
	square := float32(a * a)
	sin := float32(a * poly32(square, NormalSin32[:]))
	cos := poly32(square, NormalCos32[:])
	cos = float32of(bits32(cos) ^ angle&NormalMirror32)
	if angle&NormalTurn32 == 0 {
		return float32(r * cos), float32(r * sin)
	}
	return float32(r * sin), float32(r * cos)
}

// normalU32 is a uniform number in (0, 1]: an odd multiple of 2⁻³², rounded.
func normalU32(word uint32) float32 { return float32(float32(int32(word>>1))*0x1p-31) + 0x1p-32 }

// normalAngle32 is a uniform number in [−½, ½], not 0: an odd multiple of 2⁻³¹, rounded.
func normalAngle32(word uint32) float32 { return float32(float32(int32(word<<2))*0x1p-32) + 0x1p-31 }

// minusTwoLog32 is −2·log(u) for normal u in (0, 1].
func minusTwoLog32(u float32) float32 {
	k := (bits32(u) - NormalSplit32) & Exponent32
	f := float32of(bits32(u)-k) - 1
	return fma32(float32(int32(k)), NormalLn2Bit32, float32(f*poly32(f, NormalLogPoly32[:])))
}

// NormalToF64 writes standard normals: four of each pair of blocks, two pairs for eight elements. Words are those of
// ThreefryWords; len(dst) is a multiple of 8.
func NormalToF64(dst []float64, words *[ThreefryCount]uint32) {
	for i := 0; i < len(dst); i += 8 {
		for pair := range 2 {
			x := threefryPair(words, uint32(i/2+2*pair))
			dst[i+pair], dst[i+2+pair] = normals64(x[0], x[1])
			dst[i+4+pair], dst[i+6+pair] = normals64(x[2], x[3])
		}
	}
}

// normals64 is two normals from the words of u and of the angle.
func normals64(u, angle uint64) (float64, float64) {
	r := math.Sqrt(float64(-2 * log64Short(normalU64(u))))
	a := normalAngle64(angle)
	square := float64(a * a)
	sin := float64(a * poly64(square, NormalSin64[:]))
	cos := poly64(square, NormalCos64[:])
	cos = float64of(bits64(cos) ^ angle&NormalMirror64)
	if angle&NormalTurn64 == 0 {
		return float64(r * cos), float64(r * sin)
	}
	return float64(r * sin), float64(r * cos)
}

// normalU64 is a uniform number in (0, 1): an odd multiple of 2⁻⁵².
func normalU64(word uint64) float64 { return 2 - float64of(word>>12|Odd64) }

// normalAngle64 is a uniform number in (−½, ½): an odd multiple of 2⁻⁵².
func normalAngle64(word uint64) float64 { return float64of(word<<2>>12|Odd64) - 1.5 }

// log64Short is log(u) for positive, normal u, rounded at each step.
func log64Short(u float64) float64 {
	b := bits64(u) + (One64 - LogSplit64)
	k := float64of(b>>52|Mantissa52) - (0x1p52 + 1023)
	f := float64of(b&Mantissa64+LogSplit64) - 1
	s := f / (2 + f)
	z := float64(s * s)
	return fma64(k, Ln2, float64(s*fma64(z, poly64(z, LogPoly64[:]), 2)))
}
