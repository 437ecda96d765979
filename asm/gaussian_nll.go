package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// gaussianNLLLog32 is log v for a v that is float32, gaussianNLLLog64 for float64.
func gaussianNLLLog32(b *B, v V) V { return logLimits64(b, v, logMixed(b, v)) }
func gaussianNLLLog64(b *B, v V) V { return log64(b, v) }

// gaussianNLLs describes ½(log v + d²/v) + constant with d = mean − y and v = max(variance, eps), and its gradients by
// mean and by variance. The sum is left to package kernels: a logarithm of float64 leaves AVX2 no registers for lanes.
func gaussianNLLs() []gen.Kernel {
	kernel := func(l Lane, name, output, param string, unroll gen.Unroll, body func(b *S, v, d, param V) V) *gen.Stream {
		return &gen.Stream{
			Name: name, Mem: l, Arith: F64, Inputs: []string{"mean", "variance", "y"}, Output: output,
			Params: []string{"eps", param}, Unroll: unroll,
			Body: func(b *S, in, params []V) V {
				return body(b, b.Max(params[0], in[1]), b.Sub(in[0], in[2]), params[1])
			},
		}
	}
	element := func(log func(b *B, v V) V) func(b *S, v, d, constant V) V {
		return func(b *S, v, d, constant V) V {
			y := b.FMA(d, b.Div(d, v), log(&b.B, v))
			b.Step("½(log v + d·(d/v)) + constant")
			return b.FMA(b.Const(0.5), y, constant)
		}
	}
	byMean := func(b *S, v, d, scale V) V { return b.Mul(scale, b.Div(d, v)) }
	byVariance := func(b *S, v, d, scale V) V {
		u := b.Div(b.Const(1), v)
		q := b.Mul(d, u)
		return b.Mul(b.Mul(b.Const(0.5), scale), b.FNMA(q, q, u))
	}
	return []gen.Kernel{
		kernel(F32, "GaussianNLLTo", "dst", "constant", gen.Unroll{gen.AVX512: 2}, element(gaussianNLLLog32)),
		kernel(F64, "GaussianNLLTo", "dst", "constant", gen.Unroll{gen.AVX512: 3}, element(gaussianNLLLog64)),
		kernel(F32, "GaussianNLLMeanGrad", "grad", "scale", nil, byMean),
		kernel(F64, "GaussianNLLMeanGrad", "grad", "scale", nil, byMean),
		kernel(F32, "GaussianNLLVarianceGrad", "grad", "scale", nil, byVariance),
		kernel(F64, "GaussianNLLVarianceGrad", "grad", "scale", nil, byVariance),
	}
}
