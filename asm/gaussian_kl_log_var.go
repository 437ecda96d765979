package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// klLogVar32 is the element for arguments that are float32.
func klLogVar32(b *B, mu, v V) V {
	c := b.Max(b.Named("KLLogVarFloor32", fallback.KLLogVarFloor32), v)
	c = b.Min(b.Named("KLLogVarTop32", fallback.KLLogVarTop32), c)
	e := b.Mul(expm1Mixed(b, c), b.Const(0.5))
	return klLogVarOf(b, mu, v, e, gen.Horner(b, v, "KLLogVarPoly32", fallback.KLLogVarPoly32[:]), fallback.KLLogVarTop32)
}

// klLogVar64 is the element for float64.
func klLogVar64(b *B, mu, v V) V {
	c := b.Min(b.Named("KLLogVarTop64", fallback.KLLogVarTop64), b.Max(b.Named("Expm1Floor64", fallback.Expm1Floor64), v))
	e := expm1Half64(b, c)
	return klLogVarOf(b, mu, v, e, gen.Horner(b, v, "KLLogVarPoly64", fallback.KLLogVarPoly64[:]), fallback.KLLogVarTop64)
}

// klLogVarOf joins e = ½(exp(v) − 1) and the polynomial.
func klLogVarOf(b *B, mu, v, e, q V, top float64) V {
	b.Step("½(exp(v) − 1 − v) + ½μ²")
	half := b.Mul(v, b.Const(0.5))
	near := b.Mul(b.Mul(half, v), q)
	h := b.Select(b.LE(b.Abs(v), b.Const(1)), near, b.Sub(e, half))
	h = b.Select(b.GT(v, b.Const(top)), b.Const(math.Inf(1)), h)
	return b.FMA(b.Mul(mu, b.Const(0.5)), mu, h)
}

// gaussianKLLogVars describes ½(exp(v) − 1 − v + μ²) and, for float32, its sum.
func gaussianKLLogVars() []gen.Kernel {
	inputs := []string{"mu", "logVar"}
	sum := &gen.Stream{
		Name: "GaussianKLLogVar", Mem: F32, Arith: F64, Inputs: inputs, Reduction: gen.WorkSum(F32),
		Body: func(b *S, in, _ []V) V {
			b.Sum(0, klLogVar32(&b.B, in[0], in[1]))
			return nil
		},
	}
	to := func(mem Lane, unroll gen.Unroll, element func(b *B, mu, v V) V) *gen.Stream {
		return &gen.Stream{
			Name: "GaussianKLLogVarTo", Mem: mem, Arith: F64, Inputs: inputs, Output: "dst", Unroll: unroll,
			Body: func(b *S, in, _ []V) V { return element(&b.B, in[0], in[1]) },
		}
	}
	return []gen.Kernel{sum,
		to(F32, gen.Unroll{gen.AVX512: 2}, klLogVar32), to(F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4}, klLogVar64),
	}
}
