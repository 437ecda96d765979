package ref

// Bound is the largest error of a kernel in ULP of the correctly rounded result, in the slices' type.
type Bound struct{ Float32, Float64 float64 }

// Of returns the bound for one element type.
func (b Bound) Of(is32 bool) float64 {
	if is32 {
		return b.Float32
	}
	return b.Float64
}

// Bounds are what the doc comments of package kernels promise and tests hold, by function. Each sum of terms that
// has a bound of another kind is described in its doc comment only.
var Bounds = map[string]Bound{
	"ExpTo":      {0.88, 0.97},
	"Expm1To":    {0.51, 1.3},
	"LogTo":      {0.51, 0.92},
	"Log1pTo":    {0.51, 1.1},
	"SoftplusTo": {1.9, 2},
	"SigmoidTo":  {0.97, 1.75},

	"LogSigmoidTo": {1.9, 2},
	"TanhTo":       {0.96, 0.93},
	"ErfTo":        {0.6, 1.4},
	"SiLUTo":       {0.91, 2.3},
	"GELUTo":       {0.75, 3.25},
	"GELUTanhTo":   {0.51, 2.25},
	"MishTo":       {0.51, 2.75},

	// of the derivative, or absolute where it is nearly 0
	"LogSigmoidGradTo": {0.51, 1.75},
	"TanhGradTo":       {0.51, 2.9},
	"ErfGradTo":        {0.51, 1.2},
	"SiLUGradTo":       {0.51, 3.75},
	"GELUGradTo":       {0.8, 3.4},
	"GELUTanhGradTo":   {0.51, 4.6},
	"MishGradTo":       {0.51, 4.2},

	// of the transform of uniform numbers
	"NormalTo": {3.7, 4},

	// of probabilities and targets in [0, 1], and of finite logits
	"BCETo":           {0.51, 2.4},
	"BCEWithLogitsTo": {2.2, 2.4},

	// of the result; of that or of the largest of its terms
	"HuberTo":       {4, 4},
	"GaussianNLLTo": {0.51, 3},

	// of max(|x|) or of the result, whichever is larger
	"LogSumExp": {2, 2},

	"SoftmaxRowsTo":      {4, 4},
	"LogSoftmaxRowsTo":   {3, 3},
	"CrossEntropyRowsTo": {3, 3},
	"ClassLossTo":        {3, 3},

	// besides the error of the sum; of the larger term
	"SoftmaxRowsGradTo":    {1, 2},
	"LogSoftmaxRowsGradTo": {2, 3},

	// besides the errors of the sums; of the larger of γ·x̂ and the result
	"LayerNormRowsTo": {3, 4},

	// besides the errors of the sums; of the largest term of dx
	"LayerNormRowsGradTo": {1, 4},

	"GaussianKL":         {0.65, 9},
	"GaussianKLTo":       {0.65, 9},
	"GaussianKLPriorTo":  {0.65, 9},
	"GaussianKLLogVarTo": {0.51, 3.1},
}
