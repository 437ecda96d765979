package bnn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// args are the slices of one call, by parameter name, and lengths their lengths.
type (
	args    map[string][]float64
	lengths map[string]int
)

// call is a method with slices as arguments, one of them work.
type call struct {
	name    string
	lengths lengths
	outputs []string // what it writes, save work
	run     func(a args) error
}

const canary = 77

// args makes arguments for the call.
func (c *call) args() args {
	a := args{}
	for name, n := range c.lengths {
		a[name] = slices.Repeat([]float64{0.5}, n)
	}
	return a
}

// withWork adds to the lengths the shortest work that each call accepts, by its own word.
func withWork(t *testing.T, calls []call) []call {
	t.Helper()
	for _, c := range calls {
		n := 0
		if err := c.run(c.args()); err != nil {
			_, number, _ := strings.Cut(err.Error(), ": work has length 0, needs ")
			var notNumber error
			if n, notNumber = strconv.Atoi(number); notNumber != nil {
				t.Fatalf("%s without work: %v", c.name, err)
			}
		}
		c.lengths["work"] = n
	}
	return calls
}

// refuse runs a call with arguments that change makes bad: the error begins with the package and the method and has
// want in it, and nothing is written.
func (c *call) refuse(t *testing.T, what, want string, change func(a args)) {
	t.Helper()
	a := c.args()
	for _, name := range c.outputs {
		a[name] = slices.Repeat([]float64{canary}, c.lengths[name])
	}
	change(a)
	err := c.run(a)
	method := c.name[strings.Index(c.name, ".")+1:]
	if err == nil || !strings.HasPrefix(err.Error(), "bnn: "+method+": ") || !strings.Contains(err.Error(), want) {
		t.Errorf("%s, %s: got %v, want %q", c.name, what, err, want)
	}
	for _, name := range c.outputs {
		if slices.ContainsFunc(a[name], func(v float64) bool { return v != canary }) {
			t.Errorf("%s, %s: an error, but %s was written", c.name, what, name)
		}
	}
}

func linearCalls(l *bnn.Linear[float64], rows int) []call {
	x, y := rows*l.In(), rows*l.Out()
	return []call{
		{"Linear.Predict", lengths{"mean": y, "variance": y, "phi": x}, []string{"mean", "variance"},
			func(a args) error { return l.Predict(a["mean"], a["variance"], a["phi"], a["work"]) }},
		{"Linear.PredictGrad", lengths{"dPhi": x, "dParams": l.NumParams(), "phi": x, "dMean": y, "dVariance": y},
			[]string{"dPhi", "dParams"},
			func(a args) error {
				return l.PredictGrad(a["dPhi"], a["dParams"], a["phi"], a["dMean"], a["dVariance"], a["work"])
			}},
		{"Linear.PredictCovariance", lengths{"cov": y * l.Out(), "phi": x}, []string{"cov"},
			func(a args) error { return l.PredictCovariance(a["cov"], a["phi"], a["work"]) }},
		{"Linear.Sample", lengths{"theta": l.NumMeanParams(), "eps": l.NumNormals()}, []string{"theta"},
			func(a args) error { return l.Sample(a["theta"], a["eps"], a["work"]) }},
		{"Linear.SampleGrad",
			lengths{"dParams": l.NumParams(), "dTheta": l.NumMeanParams(), "eps": l.NumNormals()}, []string{"dParams"},
			func(a args) error { return l.SampleGrad(a["dParams"], a["dTheta"], a["eps"], a["work"]) }},
	}
}

// servingCalls are those for which WorkLen is enough.
func servingCalls(s *bnn.Sequential[float64], rows int) []call {
	x, phi, y, eps := rows*s.In(), rows*s.Output().In(), rows*s.Out(), s.NumNormals()
	return []call{
		{"Sequential.Forward", lengths{"y": y, "x": x}, []string{"y"},
			func(a args) error { return s.Forward(a["y"], a["x"], a["work"]) }},
		{"Sequential.Representation", lengths{"phi": phi, "x": x}, []string{"phi"},
			func(a args) error { return s.Representation(a["phi"], a["x"], a["work"]) }},
		{"Sequential.Predict", lengths{"mean": y, "variance": y, "x": x}, []string{"mean", "variance"},
			func(a args) error { return s.Predict(a["mean"], a["variance"], a["x"], a["work"]) }},
		{"Sequential.ForwardSample", lengths{"y": y, "x": x, "eps": eps}, []string{"y"},
			func(a args) error { return s.ForwardSample(a["y"], a["x"], a["eps"], a["work"]) }},
		{"Sequential.RepresentationSample", lengths{"phi": phi, "x": x, "eps": eps}, []string{"phi"},
			func(a args) error { return s.RepresentationSample(a["phi"], a["x"], a["eps"], a["work"]) }},
		{"Sequential.ForwardDraws", lengths{"y": 3 * y, "x": x, "eps": eps}, []string{"y"},
			func(a args) error {
				return s.ForwardDraws(a["y"], a["x"], rand.New(rand.NewPCG(1, 2)), a["eps"], a["work"])
			}},
	}
}

// gradCalls want GradWorkLen.
func gradCalls(s *bnn.Sequential[float64], rows int) []call {
	n, x, phi, y, eps := s.NumParams(), rows*s.In(), rows*s.Output().In(), rows*s.Out(), s.NumNormals()
	outputs := []string{"dX", "dParams"}
	return []call{
		{"Sequential.ForwardGrad", lengths{"dX": x, "dParams": n, "x": x, "dY": y}, outputs,
			func(a args) error { return s.ForwardGrad(a["dX"], a["dParams"], a["x"], a["dY"], a["work"]) }},
		{"Sequential.RepresentationGrad", lengths{"dX": x, "dParams": n, "x": x, "dPhi": phi}, outputs,
			func(a args) error { return s.RepresentationGrad(a["dX"], a["dParams"], a["x"], a["dPhi"], a["work"]) }},
		{"Sequential.ForwardSampleGrad", lengths{"dX": x, "dParams": n, "x": x, "eps": eps, "dY": y}, outputs,
			func(a args) error {
				return s.ForwardSampleGrad(a["dX"], a["dParams"], a["x"], a["eps"], a["dY"], a["work"])
			}},
		{"Sequential.RepresentationSampleGrad",
			lengths{"dX": x, "dParams": n, "x": x, "eps": eps, "dPhi": phi}, outputs,
			func(a args) error {
				return s.RepresentationSampleGrad(a["dX"], a["dParams"], a["x"], a["eps"], a["dPhi"], a["work"])
			}},
	}
}

// klModel is what Linear and Sequential have in common.
type klModel interface {
	NumMeanParams() int
	NumParams() int
	KLWorkLen() int
	KL(priorMu, priorSigma []float64, eps float64, work []float64) (float64, error)
	KLGrad(dParams, priorMu, priorSigma []float64, eps, scale float64, work []float64) (float64, error)
}

// klCalls have a prior for each parameter, and eps, scale and the result as slices of one.
func klCalls(name string, m klModel) []call {
	n := m.NumMeanParams()
	return []call{
		{name + ".KL", lengths{"priorMu": n, "priorSigma": n, "eps": 1}, nil, func(a args) error {
			kl, err := m.KL(a["priorMu"], a["priorSigma"], a["eps"][0], a["work"])
			a["result"] = []float64{kl}
			return err
		}},
		{name + ".KLGrad",
			lengths{"dParams": m.NumParams(), "priorMu": n, "priorSigma": n, "eps": 1, "scale": 1},
			[]string{"dParams"},
			func(a args) error {
				kl, err := m.KLGrad(a["dParams"], a["priorMu"], a["priorSigma"], a["eps"][0], a["scale"][0], a["work"])
				a["result"] = []float64{kl}
				return err
			}},
	}
}

// eachSmallModel has a layer and a network for each covariance, with parameters that are not 0.
func eachSmallModel(t *testing.T, f func(l *bnn.Linear[float64], s *bnn.Sequential[float64])) {
	for _, cov := range append(covariances(), nil) {
		l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 3, Out: 2, Covariance: cov})
		if err != nil {
			t.Fatal(err)
		}
		s, err := bnn.NewMLP[float64]([]int{3, 3, 2}, bnn.SiLU, nil, cov)
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Params() {
			l.Params()[i] = math.Sin(float64(i * i))
		}
		for i := range s.Params() {
			s.Params()[i] = math.Sin(float64(i * i))
		}
		f(l, s)
	}
}

// eachCalls has the calls of the small models, on two rows; params are what they depend on.
func eachCalls(t *testing.T, f func(params []float64, calls, klCalls []call)) {
	const rows = 2
	eachSmallModel(t, func(l *bnn.Linear[float64], s *bnn.Sequential[float64]) {
		f(l.Params(), withWork(t, linearCalls(l, rows)), withWork(t, klCalls("Linear", l)))
		calls := append(servingCalls(s, rows), gradCalls(s, rows)...)
		f(s.Params(), withWork(t, calls), withWork(t, klCalls("Sequential", s)))
	})
}
