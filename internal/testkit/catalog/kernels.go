package catalog

import (
	"slices"

	"github.com/simmer-go/simmer/kernels"
)

// Kernels returns the table for one element type.
func Kernels[T kernels.Float]() []Kernel[T] {
	list := slices.Concat(table[T](), classLosses[T](), weightedLosses[T](), products[T]())
	for i := range list {
		if list[i].Name == "" {
			list[i].Name = list[i].Function
		}
	}
	return list
}

func table[T kernels.Float]() []Kernel[T] {
	scale := Scalar{"scale", []float64{0.25, -3}}
	eps := Scalar{"eps", []float64{1e-6, 0}}
	delta := Scalar{"delta", []float64{1, 0.1}}
	return []Kernel[T]{
		unary("ExpTo", Broad, kernels.ExpTo[T]),
		unary("Expm1To", Broad, kernels.Expm1To[T]),
		unary("LogTo", Positive, kernels.LogTo[T]),
		unary("Log1pTo", Positive, kernels.Log1pTo[T]),
		unary("SoftplusTo", Broad, kernels.SoftplusTo[T]),
		unary("SigmoidTo", Broad, kernels.SigmoidTo[T]),
		unary("LogSigmoidTo", Broad, kernels.LogSigmoidTo[T]),
		binary("LogSigmoidGradTo", slope, kernels.LogSigmoidGradTo[T]),
		unary("TanhTo", Real, kernels.TanhTo[T]),
		binary("TanhGradTo", slope, kernels.TanhGradTo[T]),
		unary("ErfTo", Real, kernels.ErfTo[T]),
		binary("ErfGradTo", slope, kernels.ErfGradTo[T]),
		unary("SiLUTo", Broad, kernels.SiLUTo[T]),
		binary("SiLUGradTo", slope, kernels.SiLUGradTo[T]),
		unary("GELUTo", Real, kernels.GELUTo[T]),
		binary("GELUGradTo", slope, kernels.GELUGradTo[T]),
		unary("GELUTanhTo", Real, kernels.GELUTanhTo[T]),
		binary("GELUTanhGradTo", slope, kernels.GELUTanhGradTo[T]),
		unary("MishTo", Broad, kernels.MishTo[T]),
		binary("MishGradTo", slope, kernels.MishGradTo[T]),
		{
			Function: "PowTo", Outputs: dst, Inputs: in(Positive, "x"), Scalars: []Scalar{{"p", []float64{2.5, 2, 0.5, 0, 1, -1.5}}},
			Call: func(a Args[T]) float64 { kernels.PowTo(a.Out[0], a.In[0], a.Scalars[0]); return 0 },
		},
		binary("MulTo", in(Real, "x", "y"), kernels.MulTo[T]),
		{
			Function: "ScaleTo", Outputs: dst, Inputs: in(Real, "x"), Scalars: []Scalar{{"c", []float64{0.3, 0, -2}}},
			Call: func(a Args[T]) float64 { kernels.ScaleTo(a.Out[0], a.Scalars[0], a.In[0]); return 0 },
		},
		binary("AddSquaresTo", in(Real, "s", "x"), kernels.AddSquaresTo[T]),
		{
			Function: "AddScaledTo", Outputs: dst, Inputs: in(Real, "y", "s"), Scalars: []Scalar{{"alpha", []float64{0.3, 0, -2}}},
			Call: func(a Args[T]) float64 { kernels.AddScaledTo(a.Out[0], a.In[0], a.Scalars[0], a.In[1]); return 0 },
		},
		{
			Function: "SelectTo", Outputs: dst, Inputs: in(Real, "x"), Masks: true, Scalars: []Scalar{{"other", []float64{0, 1, -2.5}}},
			Call: func(a Args[T]) float64 { kernels.SelectTo(a.Out[0], a.In[0], a.Keep, a.Scalars[0]); return 0 },
		},

		sum1("Sum", in(Real, "x"), kernels.Sum[T]),
		sum2("Dot", in(Real, "x", "y"), kernels.Dot[T]),
		sum1("ExactAdd", in(Real, "x"), func(x []T) float64 {
			var s kernels.ExactSum
			kernels.ExactAdd(&s, x)
			return s.Value()
		}),
		{
			Function: "CountOutside", Inputs: in(Real, "x"), Returns: true,
			Scalars: []Scalar{{"lo", []float64{-1, 0}}, {"hi", []float64{2, 1}}},
			Call: func(a Args[T]) float64 {
				return float64(kernels.CountOutside(a.In[0], a.Scalars[0], a.Scalars[1]))
			},
		},
		sum1("Max", in(Real, "x"), kernels.Max[T]),
		sum1("ArgMax", in(Real, "x"), func(x []T) float64 { return float64(kernels.ArgMax(x)) }),
		sum1("LogSumExp", in(Real, "x"), kernels.LogSumExp[T]),

		sum2("SquaredError", in(Real, "x", "y"), kernels.SquaredError[T]),
		binary("SquaredErrorTo", in(Real, "x", "y"), kernels.SquaredErrorTo[T]),
		grad2("SquaredErrorGrad", in(Real, "x", "y"), scale, kernels.SquaredErrorGrad[T]),
		sum2("AbsoluteError", in(Real, "x", "y"), kernels.AbsoluteError[T]),
		binary("AbsoluteErrorTo", in(Real, "x", "y"), kernels.AbsoluteErrorTo[T]),
		grad2("AbsoluteErrorGrad", in(Real, "x", "y"), scale, kernels.AbsoluteErrorGrad[T]),
		{
			Function: "Huber", Inputs: in(Real, "x", "y"), Scalars: []Scalar{delta}, Returns: true,
			Call: func(a Args[T]) float64 { return kernels.Huber(a.In[0], a.In[1], a.Scalars[0]) },
		},
		{
			Function: "HuberTo", Outputs: dst, Inputs: in(Real, "x", "y"), Scalars: []Scalar{delta},
			Call: func(a Args[T]) float64 { kernels.HuberTo(a.Out[0], a.In[0], a.In[1], a.Scalars[0]); return 0 },
		},
		{
			Function: "HuberGrad", Outputs: grad, Inputs: in(Real, "x", "y"), Scalars: []Scalar{delta, scale}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.HuberGrad(a.Out[0], a.In[0], a.In[1], a.Scalars[0], a.Scalars[1])
			},
		},
		sum2("BCE", in(Probability, "p", "t"), kernels.BCE[T]),
		binary("BCETo", in(Probability, "p", "t"), kernels.BCETo[T]),
		grad2("BCEGrad", in(Probability, "p", "t"), scale, kernels.BCEGrad[T]),

		{
			Function: "BCEWithLogits", Inputs: logits, Returns: true,
			Call: func(a Args[T]) float64 { return kernels.BCEWithLogits(a.In[0], a.In[1], nil) },
		},
		{
			Function: "BCEWithLogitsTo", Outputs: dst, Inputs: logits,
			Call: func(a Args[T]) float64 { kernels.BCEWithLogitsTo(a.Out[0], a.In[0], a.In[1], nil); return 0 },
		},
		{
			Function: "BCEWithLogitsGrad", Outputs: grad, Inputs: logits, Scalars: []Scalar{scale}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.BCEWithLogitsGrad(a.Out[0], a.In[0], a.In[1], nil, a.Scalars[0])
			},
		},
		{
			Name: "BCEWithLogits_posWeight", Function: "BCEWithLogits", Inputs: weighted, Returns: true,
			Call: func(a Args[T]) float64 { return kernels.BCEWithLogits(a.In[0], a.In[1], a.In[2]) },
		},
		{
			Name: "BCEWithLogitsTo_posWeight", Function: "BCEWithLogitsTo", Outputs: dst, Inputs: weighted,
			Call: func(a Args[T]) float64 {
				kernels.BCEWithLogitsTo(a.Out[0], a.In[0], a.In[1], a.In[2])
				return 0
			},
		},
		{
			Name: "BCEWithLogitsGrad_posWeight", Function: "BCEWithLogitsGrad", Outputs: grad, Inputs: weighted,
			Scalars: []Scalar{scale}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.BCEWithLogitsGrad(a.Out[0], a.In[0], a.In[1], a.In[2], a.Scalars[0])
			},
		},

		{
			Function: "GaussianKL", Inputs: gaussians, Scalars: []Scalar{eps}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.GaussianKL(a.In[0], a.In[1], a.In[2], a.In[3], a.Scalars[0])
			},
		},
		{
			Function: "GaussianKLTo", Outputs: dst, Inputs: gaussians, Scalars: []Scalar{eps},
			Call: func(a Args[T]) float64 {
				kernels.GaussianKLTo(a.Out[0], a.In[0], a.In[1], a.In[2], a.In[3], a.Scalars[0])
				return 0
			},
		},
		{
			Function: "GaussianKLPrior", Inputs: gaussian, Scalars: prior(eps), Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.GaussianKLPrior(a.In[0], a.In[1], a.Scalars[0], a.Scalars[1], a.Scalars[2])
			},
		},
		{
			Function: "GaussianKLPriorTo", Outputs: dst, Inputs: gaussian, Scalars: prior(eps),
			Call: func(a Args[T]) float64 {
				kernels.GaussianKLPriorTo(a.Out[0], a.In[0], a.In[1], a.Scalars[0], a.Scalars[1], a.Scalars[2])
				return 0
			},
		},
		sum2("GaussianKLLogVar", in(Real, "mu", "logVar"), kernels.GaussianKLLogVar[T]),
		binary("GaussianKLLogVarTo", in(Real, "mu", "logVar"), kernels.GaussianKLLogVarTo[T]),

		{
			Function: "GaussianNLL", Inputs: likelihood, Scalars: []Scalar{eps}, Returns: true,
			Call: func(a Args[T]) float64 { return kernels.GaussianNLL(a.In[0], a.In[1], a.In[2], a.Scalars[0]) },
		},
		{
			Function: "GaussianNLLTo", Outputs: dst, Inputs: likelihood,
			Scalars: []Scalar{eps, {"constant", []float64{0, 0.9189385332046728}}},
			Call: func(a Args[T]) float64 {
				kernels.GaussianNLLTo(a.Out[0], a.In[0], a.In[1], a.In[2], a.Scalars[0], a.Scalars[1])
				return 0
			},
		},
		{
			Function: "GaussianNLLGrad", Outputs: []Operand{{Name: "dMean"}, {Name: "dVariance"}}, Inputs: likelihood,
			Scalars: []Scalar{eps, scale}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.GaussianNLLGrad(a.Out[0], a.Out[1], a.In[0], a.In[1], a.In[2], a.Scalars[0], a.Scalars[1])
			},
		},

		drawn("NormalTo", kernels.NormalTo[T]),
		drawn("UniformTo", kernels.UniformTo[T]),

		{
			Function: "LogSumExpRowsTo", Outputs: perRow, Inputs: in(Real, "x"), Rows: true,
			Call: func(a Args[T]) float64 { kernels.LogSumExpRowsTo(a.Out[0], a.In[0], a.Cols); return 0 },
		},
		{
			Function: "SoftmaxRowsTo", Outputs: dst, Inputs: in(Real, "x"), Rows: true,
			Call: func(a Args[T]) float64 { kernels.SoftmaxRowsTo(a.Out[0], a.In[0], a.Cols); return 0 },
		},
		{
			Function: "LogSoftmaxRowsTo", Outputs: dst, Inputs: in(Real, "x"), Rows: true,
			Call: func(a Args[T]) float64 { kernels.LogSoftmaxRowsTo(a.Out[0], a.In[0], a.Cols); return 0 },
		},
		{
			Function: "ArgMaxRowsTo", Outputs: []Operand{{Name: "dst", Size: PerRow, Index: true}},
			Inputs: in(Real, "x"), Rows: true,
			Call: func(a Args[T]) float64 { kernels.ArgMaxRowsTo(a.Index, a.In[0], a.Cols); return 0 },
		},
		topK[T]("TopKRows", 5),
		topK[T]("TopKRows_many", 150), // as a heap
		masked("MaskedSoftmaxRowsTo", true, true, kernels.MaskedSoftmaxRowsTo[T]),
		masked("MaskedSoftmaxRowsTo", true, false, kernels.MaskedSoftmaxRowsTo[T]),
		masked("MaskedSoftmaxRowsTo", false, true, kernels.MaskedSoftmaxRowsTo[T]),
		masked("MaskedSoftmaxRowsTo", false, false, kernels.MaskedSoftmaxRowsTo[T]),
		masked("MaskedLogSoftmaxRowsTo", true, true, kernels.MaskedLogSoftmaxRowsTo[T]),
		masked("MaskedLogSoftmaxRowsTo", true, false, kernels.MaskedLogSoftmaxRowsTo[T]),
		masked("MaskedLogSoftmaxRowsTo", false, true, kernels.MaskedLogSoftmaxRowsTo[T]),
		masked("MaskedLogSoftmaxRowsTo", false, false, kernels.MaskedLogSoftmaxRowsTo[T]),
		{
			Function: "SoftmaxRowsGradTo", Outputs: dst, Inputs: probabilities, Scalars: []Scalar{scale}, Rows: true,
			Call: func(a Args[T]) float64 {
				kernels.SoftmaxRowsGradTo(a.Out[0], a.In[0], a.In[1], a.Cols, a.Scalars[0])
				return 0
			},
		},
		{
			Function: "LogSoftmaxRowsGradTo", Outputs: dst, Inputs: logProbabilities, Scalars: []Scalar{scale}, Rows: true,
			Call: func(a Args[T]) float64 {
				kernels.LogSoftmaxRowsGradTo(a.Out[0], a.In[0], a.In[1], a.Cols, a.Scalars[0])
				return 0
			},
		},
		layerNorm[T]("LayerNormRowsTo", true, true),
		layerNorm[T]("LayerNormRowsTo_gamma", true, false),
		layerNorm[T]("LayerNormRowsTo_beta", false, true),
		layerNorm[T]("LayerNormRowsTo_plain", false, false),
		layerNormGrad[T]("LayerNormRowsGradTo", true, true),
		layerNormGrad[T]("LayerNormRowsGradTo_plain", false, true),
		layerNormGrad[T]("LayerNormRowsGradTo_dx", true, false),
		layerNormGrad[T]("LayerNormRowsGradTo_plain_dx", false, false),
		{
			Function: "CrossEntropyRowsTo", Outputs: perRow, Inputs: in(Real, "x"), Rows: true, Classes: true,
			Call: func(a Args[T]) float64 {
				kernels.CrossEntropyRowsTo(a.Out[0], a.In[0], a.Cols, a.Target)
				return 0
			},
		},
		{
			Function: "CrossEntropyRows", Inputs: in(Real, "x"), Rows: true, Classes: true, Returns: true,
			Call: func(a Args[T]) float64 { return kernels.CrossEntropyRows(a.In[0], a.Cols, a.Target) },
		},
		{
			Function: "CrossEntropyRowsGrad", Outputs: grad, Inputs: in(Real, "x"), Scalars: []Scalar{scale},
			Rows: true, Classes: true, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.CrossEntropyRowsGrad(a.Out[0], a.In[0], a.Cols, a.Target, a.Scalars[0])
			},
		},
		{
			Function: "CrossEntropyRowsGradTo", Outputs: []Operand{{Name: "grad"}, {Name: "dst", Size: PerRow}},
			Inputs: []Operand{{Name: "x", Domain: Real}, {Name: "scale", Domain: Scale, Size: PerRow, Alone: true}},
			Rows:   true, Classes: true,
			Call: func(a Args[T]) float64 {
				kernels.CrossEntropyRowsGradTo(a.Out[0], a.Out[1], a.In[0], a.Cols, a.Target, a.In[1])
				return 0
			},
		},
	}
}

var (
	dst              = []Operand{{Name: "dst"}}
	grad             = []Operand{{Name: "grad"}}
	perRow           = []Operand{{Name: "dst", Size: PerRow}}
	slope            = []Operand{{Name: "x", Domain: Broad}, {Name: "dy", Domain: Real}}
	probabilities    = []Operand{{Name: "y", Domain: Probability}, {Name: "dy", Domain: Real}}
	logProbabilities = []Operand{{Name: "y", Domain: Real}, {Name: "dy", Domain: Real}}
	logits           = []Operand{{Name: "x", Domain: Broad}, {Name: "t", Domain: Probability}}
	weighted         = append(logits[:2:2], Operand{Name: "posWeight", Domain: Probability})
	gaussian         = []Operand{{Name: "mu", Domain: Real}, {Name: "sigma", Domain: Scale}}
	likelihood       = append(in(Real, "mean"), Operand{Name: "variance", Domain: Positive}, Operand{Name: "y", Domain: Real})
	gaussians        = []Operand{
		{Name: "muP", Domain: Real}, {Name: "sigmaP", Domain: Scale},
		{Name: "muQ", Domain: Real}, {Name: "sigmaQ", Domain: Scale},
	}
)

// prior lists the scalars of the kernels with one prior for all elements.
func prior(eps Scalar) []Scalar {
	return []Scalar{{"priorMu", []float64{0, 0.5}}, {"priorSigma", []float64{1, 0.1}}, eps}
}

// in names inputs of one domain.
func in(d Domain, names ...string) []Operand {
	list := make([]Operand, len(names))
	for i, name := range names {
		list[i] = Operand{Name: name, Domain: d}
	}
	return list
}

// The rest makes rows of the table from functions of the commonest kinds.

func unary[T kernels.Float](name string, d Domain, f func(dst, x []T) []T) Kernel[T] {
	return Kernel[T]{
		Function: name, Outputs: dst, Inputs: in(d, "x"),
		Call: func(a Args[T]) float64 { f(a.Out[0], a.In[0]); return 0 },
	}
}

func binary[T kernels.Float](name string, inputs []Operand, f func(dst, x, y []T) []T) Kernel[T] {
	return Kernel[T]{
		Function: name, Outputs: dst, Inputs: inputs,
		Call: func(a Args[T]) float64 { f(a.Out[0], a.In[0], a.In[1]); return 0 },
	}
}

func sum1[T kernels.Float](name string, inputs []Operand, f func(x []T) float64) Kernel[T] {
	return Kernel[T]{
		Function: name, Inputs: inputs, Returns: true,
		Call: func(a Args[T]) float64 { return f(a.In[0]) },
	}
}

func sum2[T kernels.Float](name string, inputs []Operand, f func(x, y []T) float64) Kernel[T] {
	return Kernel[T]{
		Function: name, Inputs: inputs, Returns: true,
		Call: func(a Args[T]) float64 { return f(a.In[0], a.In[1]) },
	}
}

func grad2[T kernels.Float](
	name string, inputs []Operand, scale Scalar, f func(grad, x, y []T, scale T) float64,
) Kernel[T] {
	return Kernel[T]{
		Function: name, Outputs: grad, Inputs: inputs, Scalars: []Scalar{scale}, Returns: true,
		Call: func(a Args[T]) float64 { return f(a.Out[0], a.In[0], a.In[1], a.Scalars[0]) },
	}
}

func drawn[T kernels.Float](name string, f func(dst []T, key kernels.Key, offset uint64) []T) Kernel[T] {
	return Kernel[T]{
		Function: name, Outputs: dst, Draws: true,
		Call: func(a Args[T]) float64 { f(a.Out[0], a.Key, a.Offset); return 0 },
	}
}

// masked is a row for a softmax with or without a bias and a mask.
func masked[T kernels.Float](
	name string, biased, kept bool, f func(dst, x []T, cols int, scale T, bias []T, keep []bool) []T,
) Kernel[T] {
	k := Kernel[T]{Name: name, Function: name, Outputs: dst, Inputs: in(Real, "x"), Rows: true, Masks: kept}
	k.Scalars = []Scalar{{"scale", []float64{0.25, 1, -3}}}
	if biased {
		k.Name += "_bias"
		k.Inputs = append(k.Inputs, Operand{Name: "bias", Domain: Real, Alone: true})
	}
	if kept {
		k.Name += "_keep"
	}
	k.Call = func(a Args[T]) float64 {
		var bias []T
		if biased {
			bias = a.In[1]
		}
		f(a.Out[0], a.In[0], a.Cols, a.Scalars[0], bias, a.Keep)
		return 0
	}
	return k
}

// layerNorm is a row for layer normalization with or without gamma and beta.
func layerNorm[T kernels.Float](name string, scaled, shifted bool) Kernel[T] {
	k := Kernel[T]{Name: name, Function: "LayerNormRowsTo", Outputs: dst, Inputs: in(Real, "x"), Rows: true}
	k.Scalars = []Scalar{{"eps", []float64{1e-5, 0}}}
	if scaled {
		k.Inputs = append(k.Inputs, Operand{Name: "gamma", Size: PerCol, Domain: Scale, Alone: true})
	}
	if shifted {
		k.Inputs = append(k.Inputs, Operand{Name: "beta", Size: PerCol, Domain: Real, Alone: true})
	}
	k.Call = func(a Args[T]) float64 {
		var gamma, beta []T
		if scaled {
			gamma = a.In[1]
		}
		if shifted {
			beta = a.In[len(a.In)-1]
		}
		kernels.LayerNormRowsTo(a.Out[0], a.In[0], a.Cols, gamma, beta, a.Scalars[0])
		return 0
	}
	return k
}

// layerNormGrad is a row for the gradients of layer normalization, with or without gamma, and by it and beta.
func layerNormGrad[T kernels.Float](name string, scaled, affine bool) Kernel[T] {
	k := Kernel[T]{
		Name: name, Function: "LayerNormRowsGradTo", Outputs: []Operand{{Name: "dx"}}, Inputs: in(Real, "x", "dy"), Rows: true,
		Scalars: []Scalar{{"eps", []float64{1e-5, 0}}},
	}
	if scaled {
		k.Inputs = append(k.Inputs, Operand{Name: "gamma", Size: PerCol, Domain: Scale, Alone: true})
	}
	if affine {
		k.Outputs = append(k.Outputs, Operand{Name: "dgamma", Size: PerCol}, Operand{Name: "dbeta", Size: PerCol})
	}
	k.Call = func(a Args[T]) float64 {
		var dgamma, dbeta, gamma []T
		if scaled {
			gamma = a.In[2]
		}
		if affine {
			dgamma, dbeta = a.Out[1], a.Out[2]
		}
		kernels.LayerNormRowsGradTo(a.Out[0], dgamma, dbeta, a.In[0], a.In[1], a.Cols, gamma, a.Scalars[0])
		return 0
	}
	return k
}

// topK is a row for the k largest elements, or all.
func topK[T kernels.Float](name string, k int) Kernel[T] {
	return Kernel[T]{
		Name: name, Function: "TopKRows", Inputs: []Operand{{Name: "x", Domain: Real, Alone: true}}, Rows: true,
		Outputs: []Operand{{Name: "values", Most: k}, {Name: "index", Most: k, Index: true}},
		Call: func(a Args[T]) float64 {
			kernels.TopKRows(a.Out[0], a.Index, a.In[0], a.Cols, min(k, a.Cols))
			return 0
		},
	}
}
