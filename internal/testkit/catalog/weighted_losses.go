package catalog

import "github.com/simmer-go/simmer/kernels"

// weightedLosses lists binary cross-entropies with weights of the elements, and binary focal losses.
func weightedLosses[T kernels.Float]() []Kernel[T] {
	scale := Scalar{"scale", []float64{0.25, -3}}
	gamma := Scalar{"gamma", []float64{2, 2.5, 0, 1, 3, 0.5}}
	w := Operand{Name: "w", Domain: Probability, Alone: true}
	alpha := Operand{Name: "alpha", Domain: Probability, Alone: true}
	probabilities, withWeights := in(Probability, "p", "t"), append(logits[:2:2], w)
	both, balanced := append(weighted[:3:3], w), append(logits[:2:2], alpha)
	return []Kernel[T]{
		{
			Function: "WeightedBCE", Inputs: append(probabilities[:2:2], w), Returns: true,
			Call: func(a Args[T]) float64 { return kernels.WeightedBCE(a.In[0], a.In[1], a.In[2]) },
		},
		{
			Function: "WeightedBCEGrad", Outputs: grad, Inputs: append(probabilities[:2:2], w), Scalars: []Scalar{scale},
			Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.WeightedBCEGrad(a.Out[0], a.In[0], a.In[1], a.In[2], a.Scalars[0])
			},
		},
		{
			Function: "WeightedBCEWithLogits", Inputs: withWeights, Returns: true,
			Call: func(a Args[T]) float64 { return kernels.WeightedBCEWithLogits(a.In[0], a.In[1], nil, a.In[2]) },
		},
		{
			Function: "WeightedBCEWithLogitsGrad", Outputs: grad, Inputs: both, Scalars: []Scalar{scale}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.WeightedBCEWithLogitsGrad(a.Out[0], a.In[0], a.In[1], a.In[2], a.In[3], a.Scalars[0])
			},
		},
		{
			Function: "BinaryFocalTo", Outputs: dst, Inputs: logits, Scalars: []Scalar{gamma},
			Call: func(a Args[T]) float64 {
				kernels.BinaryFocalTo(a.Out[0], a.In[0], a.In[1], nil, float64(a.Scalars[0]))
				return 0
			},
		},
		{
			Function: "BinaryFocal", Inputs: balanced, Scalars: []Scalar{gamma}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.BinaryFocal(a.In[0], a.In[1], a.In[2], float64(a.Scalars[0]))
			},
		},
		{
			Function: "BinaryFocalGrad", Outputs: grad, Inputs: balanced, Scalars: []Scalar{gamma, scale}, Returns: true,
			Call: func(a Args[T]) float64 {
				return kernels.BinaryFocalGrad(a.Out[0], a.In[0], a.In[1], a.In[2], float64(a.Scalars[0]), a.Scalars[1])
			},
		},
	}
}
