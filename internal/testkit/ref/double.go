package ref

import (
	"math"
	"math/big"
)

// Double is the sum of two float64, the second below half an ULP of the first: 106 bits, a hundred times as fast as
// math/big. Its functions are what float64 results are sifted with; what matters is then judged by math/big. Nothing here
// may over- or underflow: see [Function.Double].
//
// The algorithms are those of Y. Hida, X. S. Li, D. H. Bailey, “Library for Double-Double and Quad-Double Arithmetic”
// (2007). Each product and quotient is off by a few 2⁻¹⁰⁴.
type Double struct{ Hi, Lo float64 }

// one is 1.
var one = Double{Hi: 1}

// twoSum is a + b, exactly (Knuth).
func twoSum(a, b float64) Double {
	s := a + b
	part := s - a
	return Double{s, (a - (s - part)) + (b - part)}
}

// quickTwoSum is twoSum for |a| ≥ |b|.
func quickTwoSum(a, b float64) Double {
	s := a + b
	return Double{s, b - (s - a)}
}

// twoProduct is a·b, exactly.
func twoProduct(a, b float64) Double {
	p := float64(a * b)
	return Double{p, math.FMA(a, b, -p)}
}

func (a Double) add(b Double) Double {
	s, t := twoSum(a.Hi, b.Hi), twoSum(a.Lo, b.Lo)
	s = quickTwoSum(s.Hi, s.Lo+t.Hi)
	return quickTwoSum(s.Hi, s.Lo+t.Lo)
}

func (a Double) mul(b Double) Double {
	p := twoProduct(a.Hi, b.Hi)
	return quickTwoSum(p.Hi, p.Lo+(float64(a.Hi*b.Lo)+float64(a.Lo*b.Hi)))
}

// quo is a/b: a quotient, that of the remainder, and that of the next.
func (a Double) quo(b Double) Double {
	q := a.Hi / b.Hi
	r := a.add(b.times(-q))
	q2 := r.Hi / b.Hi
	r = r.add(b.times(-q2))
	return quickTwoSum(q, q2).add(Double{Hi: r.Hi / b.Hi})
}

func (a Double) times(b float64) Double { return a.mul(Double{Hi: b}) }
func (a Double) sub(b Double) Double    { return a.add(b.neg()) }
func (a Double) neg() Double            { return Double{-a.Hi, -a.Lo} }

// scaled is a·2ᵏ.
func (a Double) scaled(k int) Double { return Double{math.Ldexp(a.Hi, k), math.Ldexp(a.Lo, k)} }

// doubleOf is x, rounded.
func doubleOf(x *big.Float) Double {
	hi, _ := x.Float64()
	lo, _ := bigZero().Sub(x, Big(hi)).Float64()
	return Double{hi, lo}
}

// ULP is the distance of got from a, as [ULP64] has it.
func (a Double) ULP(got float64) float64 {
	exponent := math.Ilogb(a.Hi)
	if math.Abs(a.Hi) == math.Ldexp(1, exponent) && a.Lo != 0 && math.Signbit(a.Lo) != math.Signbit(a.Hi) {
		exponent-- // below a power of two
	}
	return math.Abs(math.Ldexp((got-a.Hi)-a.Lo, 52-max(exponent, -1022)))
}

// doubleLn2 is log 2 in three parts, of which the product of the first with an exponent is exact.
var doubleLn2 = func() (parts [3]float64) {
	rest := bigZero().Set(bigLn2)
	for i, bits := range []uint{42, 53, 53} {
		part, _ := new(big.Float).SetPrec(bits).Set(rest).Float64()
		parts[i] = part
		rest.Sub(rest, Big(part))
	}
	return parts
}()

// doubleFactorials are 1/i!.
var doubleFactorials = func() (list [10]Double) {
	for i := range list {
		list[i] = doubleOf(inverseFactorials[i])
	}
	return list
}()

// exp2 is exp(x) = 2ⁿ·(1 + m), |m| < 0.42. With r = (x − n·log 2)/2⁹, exp(r) − 1 is a sum of powers, and
// (1+m)² − 1 = 2m + m² keeps the digits of small m.
func (x Double) exp2() (n int, m Double) {
	k := math.RoundToEven(x.Hi * (1 / math.Ln2))
	r := x.add(Double{Hi: -k * doubleLn2[0]}).sub(twoProduct(k, doubleLn2[1])).sub(twoProduct(k, doubleLn2[2]))
	const halvings = 9
	r = r.scaled(-halvings)
	for i := len(doubleFactorials) - 1; i > 0; i-- {
		m = m.add(doubleFactorials[i]).mul(r)
	}
	for range halvings {
		m = m.add(m).add(m.mul(m))
	}
	return int(k), m
}

func (x Double) exp() Double {
	n, m := x.exp2()
	return m.add(one).scaled(n)
}

func (x Double) expm1() Double {
	n, m := x.exp2()
	if n == 0 {
		return m
	}
	return m.add(one).scaled(n).sub(one)
}

// log1p is log(1+x): one of Halley's steps from float64.
func (x Double) log1p() Double {
	near := Double{Hi: math.Log1p(x.Hi)}
	e := near.expm1()
	step := x.sub(e).quo(e.add(x).add(Double{Hi: 2}))
	return near.add(step.add(step))
}

// log is log x of a float64.
func (x Double) log() Double {
	m, k := math.Frexp(x.Hi)
	if m < 0.7 {
		m, k = 2*m, k-1
	}
	n := float64(k)
	l := Double{Hi: m - 1}.log1p()
	return Double{Hi: n * doubleLn2[0]}.add(twoProduct(n, doubleLn2[1])).add(twoProduct(n, doubleLn2[2])).add(l)
}
