package loss_test

import (
	"cmp"
	"math"
	"math/big"

	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/internal/total"
)

// A number is what the formulas of this package's tests are evaluated in: 160 bits whose exponent has no end, or, while
// quick, a float64, which takes a hundredth of the time.
type number struct {
	f float64
	b *big.Float // nil while quick
}

// quick reports whether numbers are float64. Only the fuzzing sets it; see problem.test.
var quick bool

// none marks a class of logit −Inf.
var none = number{f: math.Inf(-1)}

func (x number) none() bool { return x.f == -inf }

func num(x float64) number {
	if quick {
		return number{f: x}
	}
	return number{b: ref.Big(x)}
}

func round(x number) float64 {
	if x.b == nil {
		return x.f
	}
	f, _ := x.b.Float64()
	return f
}

func sign(x number) int {
	if x.b != nil {
		return x.b.Sign()
	}
	return cmp.Compare(x.f, 0)
}

// exceeds reports whether x > y.
func exceeds(x, y number) bool {
	if x.b != nil {
		return x.b.Cmp(y.b) > 0
	}
	return x.f > y.f
}

// add loses nothing to the number of terms.
func add(list ...number) number {
	if quick {
		var sum total.Sum
		for _, x := range list {
			sum.Add(x.f)
		}
		return number{f: sum.Value()}
	}
	sum := ref.Big(0)
	for _, x := range list {
		sum.Add(sum, x.b)
	}
	return number{b: sum}
}

func mul(list ...number) number {
	if quick {
		p := 1.0
		for _, x := range list {
			p *= x.f
		}
		return number{f: p}
	}
	p := ref.Big(1)
	for _, x := range list {
		p.Mul(p, x.b)
	}
	return number{b: p}
}

func sub(x, y number) number {
	if quick {
		return number{f: x.f - y.f}
	}
	return number{b: ref.Big(0).Sub(x.b, y.b)}
}

func quo(x, y number) number {
	if quick {
		return number{f: x.f / y.f}
	}
	return number{b: ref.Big(0).Quo(x.b, y.b)}
}

func neg(x number) number { return sub(num(0), x) }
func not(x number) number { return sub(num(1), x) }

func abs(x number) number {
	if sign(x) < 0 {
		return neg(x)
	}
	return x
}

func larger(x, y number) number {
	if exceeds(x, y) {
		return x
	}
	return y
}

// exp is 0 far below the least float64.
func exp(x number) number {
	switch {
	case quick:
		return number{f: math.Exp(x.f)}
	case x.b.Cmp(ref.Big(-10000)) < 0:
		return num(0)
	}
	return number{b: ref.BigExp(x.b)}
}

func expm1(x number) number {
	switch {
	case quick:
		return number{f: math.Expm1(x.f)}
	case x.b.Cmp(ref.Big(-10000)) < 0:
		return num(-1)
	}
	return number{b: ref.BigExpm1(x.b)}
}

func logarithm(x number) number {
	if quick {
		return number{f: math.Log(x.f)}
	}
	return number{b: ref.BigLog(x.b)}
}

func log1p(x number) number {
	if quick {
		return number{f: math.Log1p(x.f)}
	}
	return number{b: ref.BigLog1p(x.b)}
}

// pow has 0⁰ = 1.
func pow(x number, p float64) number {
	switch {
	case p == 0:
		return num(1)
	case sign(x) == 0:
		return num(0)
	case quick:
		return number{f: math.Pow(x.f, p)}
	}
	return exp(mul(num(p), logarithm(x)))
}

func softplus(x number) number {
	if sign(x) > 0 { // log(1+eˣ) = x + log(1+e⁻ˣ)
		return add(x, softplus(neg(x)))
	}
	return log1p(exp(x))
}

func sigmoid(x number) number {
	if sign(x) > 0 {
		return quo(num(1), add(num(1), exp(neg(x))))
	}
	return quo(exp(x), add(num(1), exp(x)))
}
