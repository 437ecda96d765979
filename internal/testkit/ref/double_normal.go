package ref

import (
	"math"
	"math/big"
	"sync"
)

// The normal distribution by [Double]: erfc(t) = exp(−t²)·m(t), where m is a Taylor series around the nearest of many
// points, of which math/big makes the coefficients.

const (
	mills      = 16 // points in 1
	millsTop   = 40 // beyond which erfc is 0 in float64
	millsTerms = 26
)

// millsSeries is the series around a point, made when it is first wanted.
type millsSeries struct {
	once  sync.Once
	terms [millsTerms]Double
}

var millsTable [mills*millsTop + 1]millsSeries

// make makes the series around c. By m′ = 2t·m − 2/√π, its terms are aₙ₊₁ = 2(c·aₙ + aₙ₋₁)/(n+1) from n = 1 on.
func (s *millsSeries) make(c float64) {
	t := Big(c)
	before := BigErfc(t)
	before.Mul(before, BigExp(bigZero().Mul(t, t)))
	term := bigZero().Mul(t, before)
	term.Sub(term.Add(term, term), bigTwoOverSqrtPi)
	s.terms[0], s.terms[1] = doubleOf(before), doubleOf(term)
	for n := 1; n+1 < millsTerms; n++ {
		next := bigZero().Mul(t, term)
		next.Add(next, before)
		next.Quo(next.Add(next, next), Big(float64(n+1)))
		before, term = term, next
		s.terms[n+1] = doubleOf(term)
	}
}

// mills is exp(t²)·erfc(t), for 0 ≤ t < millsTop.
func (t Double) mills() Double {
	i := int(t.Hi*mills + 0.5)
	s, c := &millsTable[i], float64(i)/mills
	s.once.Do(func() { s.make(c) })
	h := t.add(Double{Hi: -c})
	sum := s.terms[millsTerms-1]
	for n := millsTerms - 2; n >= 0; n-- {
		sum = sum.mul(h).add(s.terms[n])
	}
	return sum
}

// erfc is erfc(t), for t ≥ 0.
func (t Double) erfc() Double { return t.mul(t).neg().exp().mul(t.mills()) }

// bigTwoOverSqrtPi is 2/√π.
var bigTwoOverSqrtPi = bigZero().Quo(Big(2), bigSqrtPi)

// doubleErf are the coefficients of erf(x)/x by x²: 2/√π·(−1)ⁿ/(n!·(2n+1)).
var doubleErf = func() (list [24]Double) {
	c := bigZero().Set(bigTwoOverSqrtPi)
	for n := range list {
		list[n] = doubleOf(bigZero().Quo(c, Big(float64(2*n+1))))
		c.Quo(c.Neg(c), Big(float64(n+1)))
	}
	return list
}()

func (x Double) erf() Double {
	a := x
	if x.Hi < 0 {
		a = x.neg()
	}
	y := one
	switch {
	case a.Hi < 0.5:
		square := a.mul(a)
		sum := Double{}
		for n := len(doubleErf) - 1; n >= 0; n-- {
			sum = sum.mul(square).add(doubleErf[n])
		}
		y = sum.mul(a)
	case a.Hi < 9:
		y = one.sub(a.erfc())
	}
	if x.Hi < 0 {
		return y.neg()
	}
	return y
}

var (
	doubleTwoOverSqrtPi = doubleOf(bigTwoOverSqrtPi)
	doubleRootHalf      = doubleOf(bigZero().Sqrt(Big(0.5)))
	doubleInverseRoot2π = doubleOf(BigNormalDensity(bigZero()))
	doubleKappa         = doubleOf(bigKappa)
)

// bigKappa is the 0.044715 of GELU's approximation by tanh.
var bigKappa = new(big.Float).SetPrec(Prec).Quo(Big(44715), Big(1e6))

// normal is Φ(x).
func (x Double) normal() Double {
	t := x.mul(doubleRootHalf)
	if t.Hi > 0 {
		if t.Hi > millsTop-1 {
			return one
		}
		return one.sub(t.erfc().scaled(-1))
	}
	return t.neg().erfc().scaled(-1)
}

// density is exp(−x²/2)/√(2π).
func (x Double) density() Double {
	if math.Abs(x.Hi) > 60 {
		return Double{}
	}
	return x.mul(x).scaled(-1).neg().exp().mul(doubleInverseRoot2π)
}
