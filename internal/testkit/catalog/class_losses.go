package catalog

import "github.com/simmer-go/simmer/kernels"

// classLosses lists the losses of classes with their options: the logits as rows, and as columns, where positions come
// after the class axis.
func classLosses[T kernels.Float]() []Kernel[T] {
	x, across := Operand{Name: "x", Domain: Real}, Operand{Name: "x", Domain: Real, Alone: true}
	weight := Operand{Name: "weight", Domain: Probability, Size: PerCol, Alone: true}
	prob := Operand{Name: "prob", Domain: Probability, Alone: true}
	smoothing := Scalar{"smoothing", []float64{0.125, 0, 1}}
	gamma := Scalar{"gamma", []float64{2, 2.5, 0, 1, 3, 0.5}}
	scale := Scalar{"scale", []float64{0.25, -3}}

	list := []Kernel[T]{
		{Name: "ClassLossTo", Outputs: perRow, Inputs: []Operand{x}},
		{Name: "ClassLossTo_smoothing", Outputs: perRow, Inputs: []Operand{x, weight}, Scalars: []Scalar{smoothing}},
		{Name: "ClassLossTo_prob", Outputs: perRow, Inputs: []Operand{x, prob}},
		{Name: "ClassLossTo_focal", Outputs: perRow, Inputs: []Operand{x}, Scalars: []Scalar{gamma}},
		{Name: "ClassLossTo_positions", Outputs: perRow, Inputs: []Operand{across}},
		{Name: "ClassLoss", Inputs: []Operand{x, weight}},
		{Name: "ClassLoss_prob", Inputs: []Operand{x, prob, weight}, Scalars: []Scalar{smoothing}},
		{Name: "ClassLoss_positions", Inputs: []Operand{across, prob}, Scalars: []Scalar{smoothing}},
		{Name: "ClassLossGrad", Outputs: grad, Inputs: []Operand{x}, Scalars: []Scalar{smoothing, scale}},
		{Name: "ClassLossGrad_weight", Outputs: grad, Inputs: []Operand{x, weight}, Scalars: []Scalar{smoothing, scale}},
		{Name: "ClassLossGrad_prob", Outputs: grad, Inputs: []Operand{x, prob}, Scalars: []Scalar{scale}},
		{Name: "ClassLossGrad_all", Outputs: grad, Inputs: []Operand{x, prob, weight}, Scalars: []Scalar{smoothing, scale}},
		{Name: "ClassLossGrad_focal", Outputs: grad, Inputs: []Operand{x, weight}, Scalars: []Scalar{gamma, scale}},
		{Name: "ClassLossGrad_positions", Outputs: grad, Inputs: []Operand{across, weight}, Scalars: []Scalar{smoothing, scale}},
		{
			Name: "ClassLossGrad_positionsProb", Outputs: grad, Inputs: []Operand{across, prob, weight},
			Scalars: []Scalar{smoothing, scale},
		},
	}
	for i := range list {
		list[i].classLoss()
	}
	return list
}

// classLoss fills in what follows from the operands.
func (k *Kernel[T]) classLoss() {
	k.Rows, k.Columns = true, k.Inputs[0].Alone
	k.Classes = k.find("prob") < 0
	k.Returns = len(k.Outputs) == 0 || k.Outputs[0].Name == "grad"
	prob, weight := k.find("prob"), k.find("weight")
	in := func(a Args[T], at int) []T {
		if at < 0 {
			return nil
		}
		return a.In[at]
	}
	targets := func(a Args[T]) kernels.ClassTargets[T] {
		t := kernels.ClassTargets[T]{Cols: a.Cols, Target: a.Target, Prob: in(a, prob), Weight: in(a, weight)}
		if k.Columns {
			t.Positions = a.Rows
		}
		for i, s := range k.Scalars {
			switch v := float64(a.Scalars[i]); s.Name {
			case "smoothing":
				t.Smoothing = v
			case "gamma":
				t.Focal, t.Gamma = true, v
			}
		}
		return t
	}
	switch {
	case !k.Returns:
		k.Function = "ClassLossTo"
		k.Call = func(a Args[T]) float64 { kernels.ClassLossTo(a.Out[0], a.In[0], targets(a)); return 0 }
	case len(k.Outputs) == 0:
		k.Function = "ClassLoss"
		k.Call = func(a Args[T]) float64 { return kernels.ClassLoss(a.In[0], targets(a)) }
	default:
		k.Function = "ClassLossGrad"
		k.Call = func(a Args[T]) float64 {
			return kernels.ClassLossGrad(a.Out[0], a.In[0], targets(a), a.Scalars[len(a.Scalars)-1])
		}
	}
}

// find is the place of an input, −1 if there is none of that name.
func (k *Kernel[T]) find(name string) int {
	for at, o := range k.Inputs {
		if o.Name == name {
			return at
		}
	}
	return -1
}
