package ref

// The functions of activations.go by [Double].

// expNeg is exp(−|x|).
func (x Double) expNeg() Double {
	if x.Hi > 0 {
		x = x.neg()
	}
	return x.exp()
}

func (x Double) softplus() Double {
	l := x.expNeg().log1p()
	if x.Hi > 0 {
		return l.add(x)
	}
	return l
}

func (x Double) sigmoid() Double {
	e := x.expNeg()
	if x.Hi > 0 {
		return one.quo(e.add(one))
	}
	return e.quo(e.add(one))
}

func (x Double) tanh() Double {
	if x.Hi > 200 || x.Hi < -200 {
		return Double{Hi: max(-1, min(1, x.Hi))}
	}
	e := x.add(x).expm1()
	return e.quo(e.add(Double{Hi: 2}))
}

func (x Double) tanhSlope() Double {
	e := x.add(x).expNeg()
	d := e.add(one)
	return e.scaled(2).quo(d.mul(d))
}

func (x Double) erfSlope() Double { return x.mul(x).neg().exp().mul(doubleTwoOverSqrtPi) }

func (x Double) logSigmoid() Double      { return x.neg().softplus().neg() }
func (x Double) logSigmoidSlope() Double { return x.neg().sigmoid() }
func (x Double) silu() Double            { return x.mul(x.sigmoid()) }
func (x Double) siluSlope() Double       { return gateSlopeDouble(x, x) }
func (x Double) gelu() Double            { return x.mul(x.normal()) }
func (x Double) geluSlope() Double       { return x.normal().add(x.mul(x.density())) }

// gateSlopeDouble is the derivative of x·σ(y), where v is x·dy/dx.
func gateSlopeDouble(y, v Double) Double { return y.sigmoid().mul(v.mul(y.neg().sigmoid()).add(one)) }

// geluTanhInner is y with GELUTanh = x·σ(y), and x·dy/dx.
func (x Double) geluTanhInner() (y, v Double) {
	a := doubleInverseRoot2π.scaled(2).mul(x)
	k := doubleKappa.mul(x).mul(x)
	return a.mul(k.add(one)), a.mul(k.add(k).add(k).add(one))
}

func (x Double) geluTanh() Double {
	y, _ := x.geluTanhInner()
	return x.mul(y.sigmoid())
}

func (x Double) geluTanhSlope() Double { return gateSlopeDouble(x.geluTanhInner()) }

// mish is x·n/(n+2), n = e(e+2), e = exp(x).
func (x Double) mish() Double {
	if x.Hi > 100 {
		return x
	}
	e := x.exp()
	n := e.mul(e.add(Double{Hi: 2}))
	return x.mul(n).quo(n.add(Double{Hi: 2}))
}

// mishSlope is e·((e+2)(n+2) + 4x(e+1))/(n+2)².
func (x Double) mishSlope() Double {
	if x.Hi > 100 {
		return one
	}
	e := x.exp()
	n2 := e.mul(e.add(Double{Hi: 2})).add(Double{Hi: 2})
	top := e.add(Double{Hi: 2}).mul(n2).add(x.scaled(2).mul(e.add(one)))
	return e.mul(top).quo(n2.mul(n2))
}
