package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// mixed rounds to float32 what f computes of float32 data in float64 lanes; see fallback/arith.go.
func mixed(b *B, f func() V) V { return b.Narrow(inFloat64(b, f)) }

// inFloat64 is what f computes of float32 data in float64 lanes.
func inFloat64(b *B, f func() V) V {
	b.Lane = F64
	y := f()
	b.Lane = F32
	return y
}

// minusAbs is −|x|.
func minusAbs(b *B, x V) V { return b.Or(x, b.SignBit()) }

// signOf gives y, which is 0 or has the sign of x, the sign of x.
func signOf(b *B, y, x V) V { return b.Or(y, b.And(x, b.SignBit())) }

// unary describes dst = f(x), unrolled as given.
func unary(name string, l Lane, unroll gen.Unroll, f func(b *B, x V) V) *gen.Stream {
	return &gen.Stream{
		Name: name, Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Unroll: unroll,
		Body: func(b *S, in, _ []V) V { return f(&b.B, in[0]) },
	}
}

// slopes describes dst = dy·f(x), where f is a derivative, for float32 in float64 lanes.
func slopes(name string, l Lane, unroll gen.Unroll, f func(b *B, x V) V) *gen.Stream {
	return &gen.Stream{
		Name: name, Mem: l, Arith: l, Inputs: []string{"x", "dy"}, Output: "dst", Unroll: unroll,
		Body: func(b *S, in, _ []V) V {
			slope, dy := f(&b.B, in[0]), in[1]
			b.Step("times dy")
			if l == F64 {
				return b.Mul(dy, slope)
			}
			return b.Narrow(b.Mul(b.Widen(dy), slope))
		},
	}
}
