package bnn_test

import (
	"fmt"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/loss"
)

// vrLosses are the variance-reduced losses of the output layer, for the mean representation or those of draws.
func (r *modelRun[T]) vrLosses() {
	for i := 0; ; i++ {
		path := fmt.Sprintf("vr_losses/%d", i)
		name, ok := r.texts[path+"/loss"]
		if !ok {
			return
		}
		s := r.kron
		if r.texts[path+"/layout"] == "sampled" {
			s = r.sampled
		}
		l := r.mode(s, r.texts[path+"/mode"]).Output()
		representations := map[string]string{"mean": "representation", "sampled": "samples/representation"}
		from := representations[r.texts[path+"/representation"]]
		phi := cases.To[T](r.use(r.T, from))
		rows := len(phi) / l.In()
		c := cases.Case{Loss: name, Inputs: map[string]cases.Tensor{"target": r.m.Targets}}
		run := lossOf(c, rows/r.rows, l, phi, make([]T, 8*rows*l.Out()+4*l.WorkLen(rows)))
		value, err := run.value(loss.Mean)
		r.must(err)
		r.near(r.T, path+"/value", []float64{value})
		elements := make([]T, len(r.use(r.T, path+"/elements").Data))
		r.must(run.elements(elements))
		r.near(r.T, path+"/elements", floats(elements))
		dPhi, dParams := make([]T, len(phi)), make([]T, l.NumParams())
		value, err = run.grad(loss.Mean, dPhi, dParams)
		r.must(err)
		r.near(r.T, path+"/value", []float64{value})
		r.near(r.T, path+"/grad/representation", floats(dPhi))
		r.outputGrad(path+"/grad", dParams)
	}
}

// outputGrad compares the gradient with respect to all parameters of the output layer.
func (r *modelRun[T]) outputGrad(path string, dParams []T) {
	for _, name := range parameterNames {
		if path := path + "/" + r.m.OutputLayer + ".params." + name; r.has(path) {
			n := len(r.use(r.T, path).Data)
			r.near(r.T, path, floats(dParams[:n]))
			dParams = dParams[n:]
		}
	}
	if len(dParams) != 0 {
		r.Errorf("%s: %d entries of the gradient were not compared", path, len(dParams))
	}
}

// sampledLoss is a loss averaged over draws, and its gradient through them.
func (r *modelRun[T]) sampledLoss() {
	name, ok := r.texts["sampled_loss/loss"]
	if !ok {
		return
	}
	s, draws := r.mode(r.sampled, r.texts["sampled_loss/mode"]), r.draws()
	y := r.outputs(s, draws)
	nll := r.nll(name, len(draws), r.m.Targets)
	value, err := nll.value(y)
	r.must(err)
	r.near(r.T, "sampled_loss/value", []float64{value})
	dY, dParams := make([]T, len(y)), make([]T, s.NumParams())
	value, err = nll.valueGrad(dY, y)
	r.must(err)
	r.near(r.T, "sampled_loss/value", []float64{value})
	n, work := r.rows*s.Out(), make([]T, s.GradWorkLen(r.rows))
	for i, eps := range draws {
		r.must(s.ForwardSampleGrad(nil, dParams, r.x, eps, dY[i*n:][:n], work))
	}
	r.outputGrad("sampled_loss/grad", dParams[s.NumParams()-s.Output().NumParams():])
}

// outputs are those of each draw (samples×rows×out).
func (r *modelRun[T]) outputs(s *bnn.Sequential[T], draws [][]T) []T {
	n, work := r.rows*s.Out(), make([]T, s.WorkLen(r.rows))
	y := make([]T, len(draws)*n)
	for i, eps := range draws {
		r.must(s.ForwardSample(y[i*n:][:n], r.x, eps, work))
	}
	return y
}

// freeEnergy is the variational free energy, for the mean parameters and for each draw.
func (r *modelRun[T]) freeEnergy() {
	name, ok := r.texts["vfe/nll_loss"]
	if !ok {
		return
	}
	s := r.mode(r.sampled, r.texts["vfe/mode"])
	weight := r.use(r.T, "vfe/kl_weight").Scalar()
	vfe := r.nll(name, 1, r.m.Targets).energy(s, &weight)
	work := make([]T, max(s.WorkLen(r.rows), s.GradWorkLen(r.rows), s.KLWorkLen()))

	kl, err := r.nll(name, 1, r.m.Targets).energy(s, nil).kl(work)
	r.must(err)
	r.near(r.T, "vfe/kl", []float64{kl})

	y := make([]T, r.rows*s.Out())
	r.must(s.Forward(y, r.x, work))
	nll, kl, err := vfe.terms(y, work)
	r.must(err)
	r.near(r.T, "vfe/mean/nll", []float64{nll})
	r.near(r.T, "vfe/mean/value", []float64{nll + kl})

	draws := r.draws()
	nlls, values := make([]float64, len(draws)), make([]float64, len(draws))
	ys := r.outputs(s, draws)
	for i := range draws {
		nlls[i], kl, err = vfe.terms(ys[i*len(y):][:len(y)], work)
		r.must(err)
		values[i] = nlls[i] + kl
	}
	r.near(r.T, "vfe/samples/nll", nlls)
	r.near(r.T, "vfe/samples/value", values)

	dY, dParams := make([]T, len(y)), make([]T, s.NumParams())
	value, err := vfe.valueGrad(dY, dParams, ys[:len(y)], work)
	r.must(err)
	if value != values[0] {
		r.Errorf("the value that comes with the gradient is %v, the terms give %v", value, values[0])
	}
	r.must(s.ForwardSampleGrad(nil, dParams, r.x, draws[0], dY, work))
	r.outputGrad("vfe/samples/grad_of_first", dParams[s.NumParams()-s.Output().NumParams():])
}

// objective is a loss of predictions with its targets, whatever type they have.
type objective[T bnn.Float] struct {
	value     func(pred []T) (float64, error)
	valueGrad func(grad, pred []T) (float64, error)
	energy    func(s *bnn.Sequential[T], klWeight *float64) energy[T]
}

// energy is the variational free energy with the loss of an objective.
type energy[T bnn.Float] struct {
	kl        func(work []T) (float64, error)
	terms     func(pred, work []T) (nll, kl float64, err error)
	valueGrad func(grad, dParams, pred, work []T) (float64, error)
}

func (r *modelRun[T]) nll(name string, samples int, target cases.Tensor) objective[T] {
	switch name {
	case "CrossEntropyLoss":
		return objectiveOf(loss.CrossEntropy[T]{Samples: samples, Classes: r.kron.Out()}, target.Ints)
	case "BCEWithLogitsLoss":
		return objectiveOf(loss.BCEWithLogits[T]{Samples: samples}, cases.To[T](target))
	case "MSELoss":
		return objectiveOf(loss.MSE[T]{Samples: samples}, cases.To[T](target))
	}
	r.Fatalf("unknown loss %q", name)
	panic("unreachable")
}

func objectiveOf[T bnn.Float, E loss.Target](l loss.Loss[T, E], target []E) objective[T] {
	return objective[T]{
		value:     func(pred []T) (float64, error) { return l.Value(pred, target) },
		valueGrad: func(grad, pred []T) (float64, error) { return l.ValueGrad(grad, pred, target) },
		energy: func(s *bnn.Sequential[T], klWeight *float64) energy[T] {
			v := loss.VariationalFreeEnergy[T, E]{NLL: l, Model: s, KLWeight: klWeight}
			return energy[T]{
				kl:    v.KL,
				terms: func(pred, work []T) (nll, kl float64, err error) { return v.Terms(pred, target, work) },
				valueGrad: func(grad, dParams, pred, work []T) (float64, error) {
					return v.ValueGrad(grad, dParams, pred, target, work)
				},
			}
		},
	}
}
