package bnn_test

import (
	"strconv"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/cases"
)

// predictions are the mean forward pass and the predictive moments, when serving.
func (r *modelRun[T]) predictions() {
	s := r.kron.Eval()
	mean, variance := make([]T, r.rows*s.Out()), make([]T, r.rows*s.Out())
	phi, work := make([]T, r.rows*s.Output().In()), make([]T, s.WorkLen(r.rows))
	r.must(s.Forward(mean, r.x, work))
	r.near(r.T, "mean", floats(mean))
	r.must(s.Representation(phi, r.x, work))
	r.near(r.T, "representation", floats(phi))
	for suffix, s := range map[string]*bnn.Sequential[T]{"": s, "_sampled": r.sampled.Eval()} {
		if !r.has("predictive/variance" + suffix) {
			continue
		}
		clear(mean)
		r.must(s.Predict(mean, variance, r.x, make([]T, s.WorkLen(r.rows))))
		r.near(r.T, "predictive/mean", floats(mean))
		r.near(r.T, "predictive/variance"+suffix, floats(variance))
		l := s.Output()
		cov := make([]T, len(r.use(r.T, "predictive/covariance"+suffix).Data))
		first := phi[:len(cov)/(l.Out()*l.Out())*l.In()]
		r.must(l.PredictCovariance(cov, first, make([]T, l.WorkLen(len(first)/l.In()))))
		r.near(r.T, "predictive/covariance"+suffix, floats(cov))
	}
}

// samples are parameters, representations and outputs for the given standard normals, when serving.
func (r *modelRun[T]) samples() {
	if !r.has("samples/num") {
		return
	}
	s := r.sampled.Eval()
	var y, phi []T
	work := make([]T, s.WorkLen(r.rows))
	parameters := map[string][]T{}
	for _, eps := range r.draws() {
		yi, phii := make([]T, r.rows*s.Out()), make([]T, r.rows*s.Output().In())
		r.must(s.ForwardSample(yi, r.x, eps, work))
		r.must(s.RepresentationSample(phii, r.x, eps, work))
		y, phi = append(y, yi...), append(phi, phii...)
		for k := range s.Len() {
			if l := s.Linear(k); l != nil && l.NumNormals() > 0 {
				theta := make([]T, l.NumMeanParams())
				r.must(l.Sample(theta, eps[:l.NumNormals()], make([]T, l.WorkLen(0))))
				eps = eps[l.NumNormals():]
				path := "samples/parameters/" + strconv.Itoa(k) + ".params."
				weight, bias := path+"weight", path+"bias"
				n := len(theta) - l.In()*l.Out()
				parameters[weight] = append(parameters[weight], theta[n:]...)
				if n > 0 {
					parameters[bias] = append(parameters[bias], theta[:n]...)
				}
			}
		}
	}
	for path, p := range parameters {
		r.near(r.T, path, floats(p))
	}
	r.near(r.T, "samples/outputs", floats(y))
	if r.has("samples/representation") {
		r.near(r.T, "samples/representation", floats(phi))
	}
	if r.has("samples/mean_probabilities") {
		p := make([]T, r.rows*s.Out())
		r.must(bnn.MeanProbabilities(p, y, s.Out()))
		r.near(r.T, "samples/mean_probabilities", floats(p))
	}
}

// draws returns the standard normals of each draw of all layers.
func (r *modelRun[T]) draws() [][]T {
	draws := make([][]T, int(r.use(r.T, "samples/num").Scalar()))
	for k := range r.sampled.Len() {
		l := r.sampled.Linear(k)
		if l == nil || l.NumNormals() == 0 {
			continue
		}
		n := l.NumNormals()
		eps := cases.To[T](r.use(r.T, "samples/eps/"+strconv.Itoa(k)))
		if len(eps) != len(draws)*n {
			r.Fatalf("eps of layer %d has %d entries, want %d draws of %d", k, len(eps), len(draws), n)
		}
		for i := range draws {
			draws[i] = append(draws[i], eps[i*n:][:n]...)
		}
	}
	return draws
}
