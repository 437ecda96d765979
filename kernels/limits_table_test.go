package kernels_test

import (
	"math"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// table collects limits.
type table[T kernels.Float] struct {
	list                                []limit[T]
	inf, nan, zero, tiny, almost, large T // zero is −0, almost the largest subnormal number
}

// limits are the special values of all kernels over vectors. Each takes NaN besides, as testNaN has it.
func limits[T kernels.Float]() []limit[T] {
	special := catalog.Specials[T]()
	t := table[T]{inf: T(inf), nan: T(nan), zero: T(zero), tiny: special[5], almost: special[7], large: special[8]}
	t.exponentials()
	t.activations()
	t.powers()
	t.arithmetic()
	t.sums()
	t.distances()
	t.likelihoods()
	t.gaussians()
	return t.list
}

// add adds pairs of an argument and the result.
func (t *table[T]) add(name string, pairs ...T) {
	for i := 0; i < len(pairs); i += 2 {
		t.list = append(t.list, limit[T]{name, pairs[i : i+1], nil, float64(pairs[i+1])})
	}
}

// two adds triples of two arguments and the result.
func (t *table[T]) two(name string, scalars []T, triples ...T) {
	for i := 0; i < len(triples); i += 3 {
		t.list = append(t.list, limit[T]{name, triples[i : i+2], scalars, float64(triples[i+2])})
	}
}

func (t *table[T]) exponentials() {
	inf, nan, zero, tiny, almost, large := t.inf, t.nan, t.zero, t.tiny, t.almost, t.large
	t.add("ExpTo", -inf, 0, -large, 0, -1000, 0, zero, 1, 0, 1, tiny, 1, -tiny, 1, 1000, inf, large, inf, inf, inf, nan, nan)
	t.add("Expm1To", -inf, -1, -large, -1, -1000, -1, zero, zero, 0, 0, tiny, tiny, -tiny, -tiny, almost, almost,
		1000, inf, large, inf, inf, inf, nan, nan)
	t.add("LogTo", -inf, nan, -large, nan, -1, nan, -tiny, nan, zero, -inf, 0, -inf, 1, 0, inf, inf, nan, nan)
	t.add("Log1pTo", -inf, nan, -large, nan, -2, nan, -next(T(1)), nan, -1, -inf, zero, zero, 0, 0, tiny, tiny, -tiny, -tiny,
		almost, almost, -almost, -almost, inf, inf, nan, nan)
	t.add("SoftplusTo", -inf, 0, -large, 0, -1000, 0, zero, math.Ln2, 0, math.Ln2, tiny, math.Ln2, -tiny, math.Ln2,
		1000, 1000, large, large, inf, inf, nan, nan)
	t.add("SigmoidTo", -inf, 0, -large, 0, -1000, 0, zero, 0.5, 0, 0.5, tiny, 0.5, -tiny, 0.5, 1000, 1, large, 1, inf, 1, nan, nan)
}

// curve is what an activation, and its derivative, has at x.
type curve struct{ x, y, slope float64 }

// gate has the limits of activations that go from −0 to x, where 0 has the given derivative.
func gate(atZero, large float64) []curve {
	return []curve{
		{-inf, zero, zero}, {-large, zero, zero}, {-1000, zero, zero}, {zero, zero, atZero}, {0, 0, atZero},
		{1000, 1000, 1}, {large, large, 1}, {inf, inf, 1}, {nan, nan, nan},
	}
}

// step has those of odd activations that go to 1.
func step(atZero, large float64) []curve {
	return []curve{
		{-inf, -1, 0}, {-large, -1, 0}, {-1000, -1, 0}, {zero, zero, atZero}, {0, 0, atZero},
		{1000, 1, 0}, {large, 1, 0}, {inf, 1, 0}, {nan, nan, nan},
	}
}

func (t *table[T]) activations() {
	large := float64(t.large)
	for name, curves := range map[string][]curve{
		"Tanh": append(step(1, large), curve{float64(t.tiny), float64(t.tiny), 1}, curve{-float64(t.almost), -float64(t.almost), 1}),
		"Erf":  step(2/math.SqrtPi, large),
		"SiLU": gate(0.5, large), "GELU": gate(0.5, large), "GELUTanh": gate(0.5, large), "Mish": gate(0.6, large),
		"LogSigmoid": {
			{-inf, -inf, 1}, {-large, -large, 1}, {-1000, -1000, 1}, {zero, -math.Ln2, 0.5},
			{0, -math.Ln2, 0.5}, {1000, zero, 0}, {large, zero, 0}, {inf, zero, 0}, {nan, nan, nan},
		},
	} {
		for _, c := range curves {
			x, slope := T(c.x), T(c.slope)
			t.add(name+"To", x, T(c.y))
			for _, dy := range []T{1, -2, 0, t.zero} {
				t.two(name+"GradTo", nil, x, dy, dy*slope)
			}
			if c.slope != 0 {
				t.two(name+"GradTo", nil, x, t.inf, t.inf*slope, x, -t.inf, -t.inf*slope)
			}
		}
	}
}

func (t *table[T]) powers() {
	inf, nan, zero, tiny, large := t.inf, t.nan, t.zero, t.tiny, t.large
	for _, c := range []struct {
		p     T
		pairs []T
	}{
		{0, []T{-inf, 1, -1, 1, zero, 1, 0, 1, tiny, 1, 1, 1, large, 1, inf, 1, nan, 1}},
		{2.5, []T{-inf, nan, -1, nan, -tiny, nan, zero, 0, 0, 0, tiny, 0, 1, 1, large, inf, inf, inf, nan, nan}},
		{2, []T{-inf, nan, -1, nan, -tiny, nan, zero, 0, 0, 0, tiny, 0, 1, 1, large, inf, inf, inf, nan, nan}},
		{1, []T{-inf, nan, -1, nan, zero, 0, 0, 0, tiny, tiny, 1, 1, inf, inf, nan, nan}},
		{0.5, []T{-inf, nan, -1, nan, zero, 0, 0, 0, 1, 1, 4, 2, inf, inf, nan, nan}},
		{-1.5, []T{-inf, nan, -1, nan, -tiny, nan, zero, inf, 0, inf, tiny, inf, 1, 1, large, 0, inf, 0, nan, nan}},
	} {
		for i := 0; i < len(c.pairs); i += 2 {
			t.list = append(t.list, limit[T]{"PowTo", c.pairs[i : i+1], []T{c.p}, float64(c.pairs[i+1])})
		}
	}
}

// arithmetic has what is rounded once: e is so small that its square is lost when 1+2e+e² is rounded.
func (t *table[T]) arithmetic() {
	inf, nan, zero, tiny, large := t.inf, t.nan, t.zero, t.tiny, t.large
	e := T(0x1p-27)
	if ulp[T](1) > 0x1p-30 {
		e = 0x1p-12
	}
	t.two("MulTo", nil, 0, inf, nan, inf, -1, -inf, -inf, -inf, inf, zero, 1, zero, -1, 0, zero, large, 2, inf, tiny, 0.5, 0,
		-tiny, 0.5, zero, tiny, tiny, 0)
	t.two("AddSquaresTo", nil, -inf, inf, nan, 0, -inf, inf, -inf, 1, -inf, zero, 0, 0, 0, large, inf, tiny, tiny, tiny,
		-1, 1+e, 2*e+e*e)
	for _, x := range []T{0, 1, -1, large, inf} {
		t.list = append(t.list, limit[T]{"ScaleTo", []T{x}, []T{inf}, float64(x * inf)},
			limit[T]{"ScaleTo", []T{x}, []T{zero}, float64(x * zero)}, limit[T]{"ScaleTo", []T{x}, []T{-2}, float64(-2 * x)})
	}
	t.two("AddScaledTo", []T{2}, inf, -inf, nan, 0, large, inf, -inf, large, -inf, zero, zero, zero, -1, 0.5, 0)
	t.two("AddScaledTo", []T{1 + e}, -1, 1+e, 2*e+e*e)
	t.two("AddScaledTo", []T{0}, 1, inf, nan, 1, large, 1)
}

func (t *table[T]) sums() {
	inf, zero, tiny, large := t.inf, t.zero, t.tiny, t.large
	t.add("Sum", inf, inf, -inf, -inf, tiny, tiny, large, large, 0, 0)
	t.add("ExactAdd", inf, inf, -inf, -inf, tiny, tiny, large, large, 0, 0)
	t.two("Dot", nil, inf, 0, t.nan, inf, -1, -inf, zero, 1, 0, 0, 0, 0, 1, tiny, tiny)
	t.list = append(t.list, limit[T]{"Dot", []T{large, large}, nil, float64(large) * float64(large)},
		limit[T]{"Dot", []T{tiny, tiny}, nil, float64(tiny) * float64(tiny)})
	t.add("Max", inf, inf, -inf, -inf, zero, 0, 0, 0, -tiny, -tiny, large, large)
	t.add("ArgMax", inf, 0, -inf, 0, zero, 0, t.nan, -1)
	t.add("LogSumExp", -inf, -inf, inf, inf, 0, 0, zero, 0, large, large, -large, -large, tiny, tiny)
	for _, c := range [][2]T{{t.nan, 1}, {inf, 1}, {-inf, 1}, {-1, 0}, {2, 0}, {0, 0}, {zero, 0}, {-next(T(1)), 1}, {next(T(2)), 1}} {
		t.list = append(t.list, limit[T]{"CountOutside", c[:1], []T{-1, 2}, float64(c[1])})
	}
}

func (t *table[T]) distances() {
	inf, nan, zero, tiny, large := t.inf, t.nan, t.zero, t.tiny, t.large
	square := func(x T) float64 { return float64(x) * float64(x) }
	t.two("SquaredErrorTo", nil, inf, inf, nan, inf, -inf, inf, -inf, 0, inf, zero, 0, 0, tiny, 0, 0, large, -large, inf, 3, 1, 4)
	t.two("SquaredError", nil, inf, inf, nan, inf, -inf, inf, -inf, 0, inf, zero, 0, 0)
	t.list = append(t.list, limit[T]{"SquaredError", []T{large, 0}, nil, square(large)},
		limit[T]{"SquaredError", []T{tiny, 0}, nil, square(tiny)}, limit[T]{"SquaredError", []T{0, 1e-30}, nil, square(1e-30)})
	t.two("SquaredErrorGrad", []T{0.25}, inf, inf, nan, inf, 0, inf, -inf, 1, -inf, 1, 1, 0, 3, 1, 1, 1, 3, -1)
	for _, name := range []string{"AbsoluteErrorTo", "AbsoluteError"} {
		t.two(name, nil, inf, inf, nan, inf, -inf, inf, -inf, 0, inf, 0, zero, 0, zero, 0, 0, tiny, 0, tiny, 1, 3, 2, large, 0, large)
	}
	t.two("AbsoluteErrorGrad", []T{-3}, 1, 1, 0, 2, 1, -3, 1, 2, 3, inf, 1, -3, -inf, 1, 3, inf, inf, nan, 1, inf, 3, tiny, 0, -3)
	for _, name := range []string{"HuberTo", "Huber"} {
		t.two(name, []T{1}, inf, inf, nan, inf, 0, inf, 0, inf, inf, 1, 0, 0.5, 0, 1, 0.5, 2, 0, 1.5, 0, 2, 1.5, zero, 0, 0)
	}
	t.two("HuberGrad", []T{2, 0.25}, inf, 0, 0.5, -inf, 0, -0.5, inf, inf, nan, 1, 0, 0.25, 0, 1, -0.25, 3, 0, 0.5, large, 0, 0.5)
}

func (t *table[T]) likelihoods() {
	inf, nan, zero, tiny, large := t.inf, t.nan, t.zero, t.tiny, t.large
	for _, name := range []string{"BCETo", "BCE"} {
		t.two(name, nil, 0, 1, 100, zero, 1, 100, 1, 0, 100, tiny, 1, 100, -tiny, 1, nan, next(T(1)), 0, nan, inf, 1, nan, -inf, 1, nan,
			0.5, 0, math.Ln2, 0.5, 1, math.Ln2)
	}
	t.two("BCEGrad", []T{1}, 0.5, 0.5, 0, 0.5, 1, -2, 0, 1, -1/T(9.999999960041972e-13), 1, 0, 1/T(9.999999960041972e-13))
	three := func(name string, scalars []T, quads ...T) {
		for i := 0; i < len(quads); i += 4 {
			t.list = append(t.list, limit[T]{name, quads[i : i+3], scalars, float64(quads[i+3])})
		}
	}
	for _, name := range []string{"BCEWithLogits", "BCEWithLogitsTo"} {
		t.two(name, nil, inf, 0, inf, -inf, 0, 0, inf, 1, 0, -inf, 1, inf, inf, 0.5, inf, -inf, 0.5, inf, 0, 0, math.Ln2, 0, 1, math.Ln2,
			large, 0, large, -large, 1, large, large, 1, 0, -large, 0, 0)
		three(name+"_posWeight", nil, -inf, 1, 0, 0, -inf, 1, 2, inf, inf, 1, 2, 0, inf, 0, 2, inf, -inf, 0, 2, 0)
	}
	t.two("BCEWithLogitsGrad", []T{0.25}, inf, 0, 0.25, -inf, 1, -0.25, 0, 0.5, 0, large, 0, 0.25, -large, 1, -0.25)
	three("BCEWithLogitsGrad_posWeight", []T{0.25}, inf, 0, 2, 0.25, -inf, 1, 2, -0.5, -inf, 1, 0, 0)
	three("WeightedBCE", nil, 0, 1, 2, 200, 1, 0, 0.5, 50, 2, 0, 1, nan, inf, 1, 1, nan)
	three("WeightedBCEGrad", []T{1}, 0.5, 1, 0.5, -1, 0.5, 0, 2, 4)
	three("WeightedBCEWithLogits", nil, inf, 0, 2, inf, -inf, 1, 2, inf, inf, 1, 2, 0, -inf, 0, 2, 0)
	t.list = append(t.list, limit[T]{"WeightedBCEWithLogitsGrad", []T{inf, 0, 2, 4}, []T{0.25}, 1},
		limit[T]{"WeightedBCEWithLogitsGrad", []T{-inf, 1, 2, 4}, []T{0.25}, -2})
	t.two("BinaryFocalTo", []T{2}, inf, 0, inf, -inf, 1, inf, inf, 1, 0, -inf, 0, 0, 0, 1, math.Ln2/4, 0, 0, math.Ln2/4)
	three("BinaryFocal", []T{2}, inf, 0, 0.25, inf, -inf, 1, 0.25, inf, inf, 1, 0.25, 0, -inf, 0, 0.25, 0)
	three("BinaryFocalGrad", []T{2, 1}, inf, 1, 0.25, 0, -inf, 0, 0.25, 0)
	for _, c := range []struct{ mean, variance, y, eps, constant, want T }{
		{0, 1, 0, 0, 0, 0}, {0, 1, 0, 0, 2, 2}, {0, 0, 0, 1, 0, 0}, {2, 1, 0, 0, 0, 2}, {inf, 1, 0, 0, 0, inf}, {0, 1, -inf, 0, 0, inf},
		{inf, 1, inf, 0, 0, nan}, {0, inf, 0, 0, 0, inf}, {inf, inf, 0, 0, 0, nan}, {0, -1, 0, -2, 0, nan}, {0, 0, 0, 0, 0, nan},
		{1, 0, 0, 0, 0, nan},
	} {
		in := []T{c.mean, c.variance, c.y}
		t.list = append(t.list, limit[T]{"GaussianNLLTo", in, []T{c.eps, c.constant}, float64(c.want)})
		if c.constant == 0 {
			t.list = append(t.list, limit[T]{"GaussianNLL", in, []T{c.eps}, float64(c.want)})
		}
	}
	three("GaussianNLLGrad", []T{0, 0.25}, inf, 1, 0, inf, 0, 1, inf, -inf, 2, 1, 0, 0.5, 0, inf, 0, 0, inf, 1, inf, nan)
}

func (t *table[T]) gaussians() {
	inf, nan, tiny, large := t.inf, t.nan, t.tiny, t.large
	for _, c := range []struct{ muP, sigmaP, muQ, sigmaQ, eps, want T }{
		{0, 1, 0, 1, 0, 0},
		{3, 0.1, 3, -0.1, 0, 0}, // only squares count
		{3, 0.1, 3, 0.1, 1e-6, 0},
		{1, 0, 1, 0, 1, 0},
		{0, 1e-30, 0, -1e-30, 0, 0},
		{0, tiny, 0, tiny, 0, 0},
		{0, large, 0, -large, 0, 0},
		{2, 0, 0, 0, 1, 2},
		{0, 0, 0, 1, 0, inf}, // a point against a Gaussian
		{1, 0, 2, 1, 0, inf},
		{0, 1, 0, 0, 0, inf}, // a Gaussian against a point
		{0, tiny, 0, 0, 0, inf},
		{1, 1, 2, 0, 0, inf},
		{5, 0, 5, 0, 0, 0}, // a point against itself
		{5, 0, 6, 0, 0, inf},
		{0, 0, tiny, 0, 0, inf},
		{0, inf, 0, 1, 0, inf},
		{0, -inf, 0, 1, 1, inf},
		{0, inf, 0, 0, 0, inf},
		{0, 1, 0, inf, 0, inf},
		{1, 1, 3, -inf, 1, inf},
		{0, 0, 0, inf, 0, inf},
		{inf, 1, 0, 1, 0, inf},
		{0, 1, -inf, 1, 0, inf},
		{inf, 1, -inf, 1, 0, inf},
		{inf, 1, inf, 1, 0, nan},
		{0, inf, 0, inf, 0, nan},
		{inf, 1, 0, inf, 0, nan},
		{nan, 0, 0, 1, 0, nan}, {0, 0, nan, 1, 0, nan}, {0, 0, 0, nan, 0, nan}, {0, nan, 0, 0, 0, nan},
		{nan, 0, 0, 0, 0, nan}, {nan, 1, 0, 0, 0, nan}, {0, nan, 0, inf, 0, nan}, {0, inf, 0, nan, 0, nan},
		{0, 1, 0, 1, nan, nan}, {0, 1, 0, 1, inf, nan}, {0, 1, 0, 1, -tiny, nan},
	} {
		for _, name := range []string{"GaussianKLTo", "GaussianKL"} {
			t.list = append(t.list, limit[T]{name, []T{c.muP, c.sigmaP, c.muQ, c.sigmaQ}, []T{c.eps}, float64(c.want)})
		}
		for _, name := range []string{"GaussianKLPriorTo", "GaussianKLPrior"} {
			t.list = append(t.list, limit[T]{name, []T{c.muP, c.sigmaP}, []T{c.muQ, c.sigmaQ, c.eps}, float64(c.want)})
		}
	}
	top := next(T(710.1)) // above which exp(logVar) counts as infinite
	if ulp[T](1) > 0x1p-30 {
		top = next(T(709))
	}
	for _, name := range []string{"GaussianKLLogVarTo", "GaussianKLLogVar"} {
		t.two(name, nil, 0, 0, 0, 2, 0, 2, 0, -inf, inf, 0, inf, inf, 0, top, inf, 1, 1000, inf, 0, large, inf, inf, 0, inf, -inf, 0, inf,
			inf, -inf, inf, nan, inf, nan, 0, nan, nan)
	}
}
