package ref

import "math/big"

// bigHalfPi is ½π.
var bigHalfPi, _, _ = big.ParseFloat("1.57079632679489661923132169163975144209858469968755291048747229615",
	10, Prec, big.ToNearestEven)

// BigSinCos is sin(½πa) and cos(½πa), for |a| ≤ ½, by their series.
func BigSinCos(a *big.Float) (sin, cos *big.Float) {
	x := bigZero().Mul(a, bigHalfPi)
	sin, cos = bigZero(), bigZero()
	term := Big(1)
	for i := 1; term.Sign() != 0 && term.MantExp(nil) > min(x.MantExp(nil), 0)-Prec; i++ {
		sum := cos
		if i%2 == 0 {
			sum = sin
		}
		sum.Add(sum, term)
		term.Quo(term.Mul(term, x), Big(float64(i)))
		if i%2 == 0 {
			term.Neg(term)
		}
	}
	return sin, cos
}
