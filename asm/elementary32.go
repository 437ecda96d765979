package main

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
)

// elementary32 describes exp, expm1, log, log1p and the logistic function of float32, in float64 lanes.
// The limits are dealt with in float32, where a register holds twice as much.
func elementary32() []*Stream {
	inWide := func(b *S, x V, f func(*B, V) V) V {
		b.Lane = F64
		y := b.Narrow(f(&b.B, b.Widen(x)))
		b.Lane = F32
		return y
	}
	clamp := func(b *S, x V) V {
		return b.Min(b.Const(fallback.WideExpMax), b.Max(b.Const(fallback.WideExpMin), x))
	}
	bodies := map[string]func(b *S, x V) V{
		"Exp": func(b *S, x V) V { return inWide(b, clamp(b, x), wideExp) },
		"Expm1": func(b *S, x V) V {
			return signOf(b, inWide(b, clamp(b, x), wideExpm1), x)
		},
		"Sigmoid": func(b *S, x V) V {
			u := b.Max(b.Const(fallback.WideExpMin), b.Or(x, b.signBit()))
			positive := b.Keep(b.LE(b.Const(0), x), b.Const(1))
			b.Lane = F64
			e := wideExp(&b.B, b.Widen(u))
			one := b.Widen(positive)
			top := b.Select(b.LT(b.Const(0), one), b.Const(1), e)
			y := b.Narrow(b.Div(top, b.Add(b.Const(1), e)))
			b.Lane = F32
			return y
		},
		"Log": func(b *S, x V) V { return logLimits(b, x, x, inWide(b, x, wideLog)) },
		"Log1p": func(b *S, x V) V {
			y := logLimits(b, x, b.Add(x, b.Const(1)), inWide(b, x, log1pWide))
			return signOf(b, y, x)
		},
	}
	var ks []*Stream
	for _, name := range []string{"Exp", "Expm1", "Log", "Log1p", "Sigmoid"} {
		ks = append(ks, &Stream{
			Name: name, Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst",
			Unroll: map[string]int{"AVX2": 1, "AVX512": 2, "NEON": 2},
			Body:   func(b *S, in, _ []V) V { return bodies[name](b, in[0]) },
		})
	}
	return ks
}

// signOf gives y, which is 0 or has the sign of x, the sign of x.
func signOf(b *S, y, x V) V { return b.Or(y, b.And(x, b.signBit())) }

// logLimits is y, or where the argument u of the logarithm is no positive number: −Inf at 0, NaN below, +Inf at +Inf.
func logLimits(b *S, x, u, y V) V {
	zero := b.Const(0)
	low := b.Select(b.EQ(u, zero), b.Const(math.Inf(-1)), b.Bits(0x7fc00000))
	return b.Select(b.LT(u, b.Const(math.Inf(1))), b.Select(b.LT(zero, u), y, low), x)
}
