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
	"ExpTo":      {0.9, 1},
	"Expm1To":    {1, 1.5},
	"LogTo":      {1, 1},
	"Log1pTo":    {1, 1.2},
	"SoftplusTo": {2, 2},
	"SigmoidTo":  {1, 2},

	"LogSigmoidTo": {2, 2},
	"TanhTo":       {1, 1},
	"ErfTo":        {1, 1.5},
	"SiLUTo":       {1, 2.5},
	"GELUTo":       {1, 3},
	"GELUTanhTo":   {1, 2.5},
	"MishTo":       {1, 2.5},

	// of the derivative, or absolute where it is nearly 0
	"LogSigmoidGradTo": {1, 2},
	"TanhGradTo":       {1, 3},
	"ErfGradTo":        {1, 1.5},
	"SiLUGradTo":       {1, 4},
	"GELUGradTo":       {1, 4},
	"GELUTanhGradTo":   {1, 4},
	"MishGradTo":       {1, 4},

	// of the transform of uniform numbers
	"NormalTo": {4, 4},

	// of probabilities and targets in [0, 1], and of finite logits
	"BCETo":           {1, 2},
	"BCEWithLogitsTo": {2.5, 2.5},

	// of the result; of that or of the largest of its terms
	"HuberTo":       {3, 3},
	"GaussianNLLTo": {1, 3},

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

	"GaussianKL":         {1, 8},
	"GaussianKLTo":       {1, 8},
	"GaussianKLPriorTo":  {1, 8},
	"GaussianKLLogVarTo": {2, 4},
}
