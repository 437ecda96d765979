package main

import "github.com/simmer-go/simmer/fallback"

// klLogVar32 and klLogVar64 are fallback.klLogVar32 and fallback.klLogVar64.
func klLogVar32(b *B, mu, v V) V {
	e := b.Mul(wideExpm1(b, b.Min(b.Const(fallback.KLLogVarTop32), b.Max(b.Const(fallback.KLLogVarFloor32), v))), b.Const(0.5))
	return klLogVarOf(b, mu, v, e, fallback.KLLogVarPoly32[:], fallback.KLLogVarTop32)
}

func klLogVar64(b *B, mu, v V) V {
	e := expm1Half64(b, b.Min(b.Const(fallback.KLLogVarTop64), b.Max(b.Const(fallback.Expm1Floor64), v)))
	return klLogVarOf(b, mu, v, e, fallback.KLLogVarPoly64[:], fallback.KLLogVarTop64)
}

func klLogVarOf(b *B, mu, v, e V, poly []float64, top float64) V {
	half := b.Mul(v, b.Const(0.5))
	near := b.Mul(b.Mul(half, v), Horner(b, v, poly))
	h := b.Select(b.LE(b.Abs(v), b.Const(1)), near, b.Sub(e, half))
	h = b.Select(b.GT(v, b.Const(top)), b.Bits(plusInf64), h)
	return b.FMA(b.Mul(mu, b.Const(0.5)), mu, h)
}

// gaussianKLLogVars describes ½(exp(v) − 1 − v + μ²) and, for float32, its sum.
func gaussianKLLogVars() []*Stream {
	inputs := []string{"mu", "logVar"}
	sum := (&Stream{
		Name: "GaussianKLLogVar", Mem: F32, Arith: F64, Inputs: inputs,
		Body: func(b *S, in, _ []V) V {
			b.Sum(0, klLogVar32(&b.B, in[0], in[1]))
			return nil
		},
	}).workSum()
	to := func(mem Lane, element func(b *B, mu, v V) V) *Stream {
		return &Stream{
			Name: "GaussianKLLogVarTo", Mem: mem, Arith: F64, Inputs: inputs, Output: "dst",
			Body: func(b *S, in, _ []V) V { return element(&b.B, in[0], in[1]) },
		}
	}
	return []*Stream{sum, to(F32, klLogVar32), to(F64, klLogVar64)}
}
