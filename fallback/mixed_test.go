package fallback

import (
	"math"
	"math/rand/v2"
	"testing"
)

// mixedPair is a function in both kinds of arithmetic, and the bound of what they differ by.
type mixedPair struct {
	name         string
	plain, fused func(float32) float64
	bound        float64
}

// mixedPairs are those of one argument, which is widened as their callers do.
func mixedPairs() []mixedPair {
	clamped := func(f func(float64) float64) func(float32) float64 {
		return func(x float32) float64 { return f(float64(clampExp32(x))) }
	}
	erf := func(f func(float64) float64) func(float32) float64 {
		return func(x float32) float64 { return f(float64(pickMin(ErfTop32, pickMax(-ErfTop32, x)))) }
	}
	wide := func(f func(float64) float64, low, high float32) func(float32) float64 {
		return func(x float32) float64 { return f(float64(pickMin(high, pickMax(low, x)))) }
	}
	const tiny = math.SmallestNonzeroFloat32
	kl := func(f func(mu, v float64) float64) func(float32) float64 {
		return func(x float32) float64 { return f(1, float64(x)) }
	}
	pow := func(f func(x, p float64) float64, p float64) func(float32) float64 {
		g := wide(func(x float64) float64 { return f(x, p) }, tiny, math.MaxFloat32)
		return func(x float32) float64 {
			if x != x { // pow32 takes it elsewhere
				return nan64
			}
			return g(x)
		}
	}
	return []mixedPair{
		{"pow 0.3", pow(powPlain, 0.3), pow(pow64, 0.3), mixedError},
		{"pow 2.5", pow(powPlain, 2.5), pow(pow64, 2.5), mixedError},
		{"pow 60", pow(powPlain, 60), pow(pow64, 60), mixedError},
		{"exp", clamped(expMixed[plain]), clamped(expMixed[fused]), mixedError},
		{"expm1", clamped(expm1Mixed[plain]), clamped(expm1Mixed[fused]), mixedError},
		{"log", wide(logMixed[plain], tiny, math.MaxFloat32), wide(logMixed[fused], tiny, math.MaxFloat32), mixedError},
		{"log1p", wide(log1pMixed[plain], -1, math.MaxFloat32), wide(log1pMixed[fused], -1, math.MaxFloat32), mixedError},
		{"erf", erf(erfMixed[plain]), erf(erfMixed[fused]), erfError},
		{"gelu", geluMixed[plain], geluMixed[fused], mixedError},
		{"geluTanh", geluTanhMixed[plain], geluTanhMixed[fused], mixedError},
		{"mish", mishMixed[plain], mishMixed[fused], mixedError},
		{"tanhSlope", tanhSlopeMixed[plain], tanhSlopeMixed[fused], mixedError},
		{"erfSlope", erfSlopeMixed[plain], erfSlopeMixed[fused], mixedError},
		{"geluSlope", geluSlopeMixed[plain], geluSlopeMixed[fused], mixedError},
		{"geluTanhSlope", geluTanhSlopeMixed[plain], geluTanhSlopeMixed[fused], mixedError},
		{"siluSlope", siluSlopeMixed[plain], siluSlopeMixed[fused], mixedError},
		{"mishSlope", mishSlopeMixed[plain], mishSlopeMixed[fused], mixedError},
		{"logSigmoidSlope", logSigmoidSlopeMixed[plain], logSigmoidSlopeMixed[fused], mixedError},
		{"klLogVar", kl(klLogVarMixed[plain]), kl(klLogVarMixed[fused]), mixedError},
	}
}

// mixedDifference is |plain−fused|/|fused|, or 0 where plain is NaN, so that narrow refuses it, or both are the same.
func mixedDifference(plain, fused float64) float64 {
	if plain != plain || plain == fused {
		return 0
	}
	return math.Abs(plain-fused) / math.Abs(fused)
}

// TestMixedError holds plain arithmetic to half the bound of what it differs from fused arithmetic by: on every
// float32, or on one in some thousand with -short, on all of them with -exhaustive.
func TestMixedError(t *testing.T) {
	stride := uint64(1021)
	switch {
	case *exhaustive:
		stride = 1
	case testing.Short():
		stride = 100_003
	}
	for _, p := range mixedPairs() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			worst, at, refused := 0.0, float32(0), 0
			for u := uint64(0); u < 1<<32; u += stride {
				x := float32of(uint32(u))
				y, z := p.plain(x), p.fused(x)
				if y != y && z == z {
					refused++
				}
				if d := mixedDifference(y, z); d > worst || d != d {
					worst, at = d, x
				}
			}
			t.Logf("worst 2^%.1f at %x, %d refused", math.Log2(worst), at, refused)
			if !(worst <= p.bound/2) {
				t.Errorf("worst difference %x at %x, want at most half of %x", worst, at, p.bound)
			}
		})
	}
}

// TestMixedErrorOfTwo is the same for elements of several arguments, whose paths depend on what no fused multiply-add
// has made.
func TestMixedErrorOfTwo(t *testing.T) {
	n := 200_000
	if *exhaustive {
		n = 200_000_000
	}
	r := rand.New(rand.NewPCG(7, 8))
	any32 := func() float64 { return float64(float32of(r.Uint32())) }
	unit := func() float64 { return float64(r.Float32()) }
	positive := func() float64 { return float64(float32(math.Ldexp(1+r.Float64(), r.IntN(12)-6))) }
	check := func(plain, fused float64, name string, a ...float64) {
		if d := mixedDifference(plain, fused); !(d <= mixedError/2) {
			t.Fatalf("%s of %x: plain %x, fused %x, apart by %x", name, a, plain, fused, d)
		}
	}
	for range n {
		p, target := unit(), unit()
		check(bceMixed[plain](p, target), bceMixed[fused](p, target), "bce", p, target)
		target = any32()
		check(bceMixed[plain](p, target), bceMixed[fused](p, target), "bce", p, target)

		mu, v := any32(), any32()
		check(klLogVarMixed[plain](mu, v), klLogVarMixed[fused](mu, v), "klLogVar", mu, v)

		mean, variance, y := any32(), positive(), any32()
		if r.IntN(2) == 0 {
			mean, y = unit(), unit()
		}
		nll, exact := gaussianNLLMixed[plain](mean, variance, y, 1e-6, 0.5), gaussianNLLMixed[fused](mean, variance, y, 1e-6, 0.5)
		check(nll, exact, "gaussianNLL", mean, variance, y)

		for _, a := range [][5]float64{
			{unit(), positive(), unit(), positive(), 0}, {1, positive(), 1, positive(), unit()},
			{any32(), any32(), any32(), any32(), math.Abs(any32())},
		} {
			y, z := gaussianKLMixed[plain](a[0], a[1], a[2], a[3], a[4]), gaussianKLMixed[fused](a[0], a[1], a[2], a[3], a[4])
			check(y, z, "gaussianKL", a[:]...)
		}
	}
}

func TestNarrow(t *testing.T) {
	tie := 1 + 0x1p-24
	for _, c := range []struct {
		y    float64
		sure bool
	}{
		{1, true}, {0, true}, {math.Inf(1), true}, {0x1p200, true}, {0x1p-200, true}, {math.NaN(), false},
		{tie, false}, {tie * (1 + 0x1p-39), false}, {tie * (1 - 0x1p-39), false}, {tie * (1 + 0x1p-37), true},
		{tie * (1 - 0x1p-37), true}, {0x1.8p-149, false}, {math.MaxFloat32 + 0x1p103, false},
	} {
		y, sure := narrow(c.y)
		if sure != c.sure || sure && y != float32(c.y) {
			t.Errorf("narrow(%x) = %x, %v, want %x, %v", c.y, y, sure, float32(c.y), c.sure)
		}
	}
}
