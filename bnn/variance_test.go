package bnn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

// Does the variance-reduced loss reduce variance? An estimate of the expected loss of a network draws all parameters;
// the variance-reduced one draws those below the output layer and takes the expectation over the output layer's own.
// Random numbers are seeded, so that these tests give one answer; the margins are what other seeds would need.

// pairs are estimates of one loss from the same draws of the hidden layers.
type pairs struct{ plain, reduced []float64 }

// moments are the mean of x and its variance.
func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}

// gap is the mean of plain − reduced, in standard errors and in its own units.
func (p pairs) gap() (errors, mean float64) {
	d := make([]float64, len(p.plain))
	for i := range d {
		d[i] = p.plain[i] - p.reduced[i]
	}
	mean, v := moments(d)
	return mean / math.Sqrt(v/float64(len(d))), mean
}

// readTrained reads a model of testdata with its description.
func readTrained(t *testing.T, name string) (*model, *bnn.Sequential[float64]) {
	m, weights := readModel(t, "testdata/"+name)
	return m, trained[float64](t, m, weights, bnn.Sampled)
}

// TestVarianceIsReduced draws the network digits_diagonal, whose layers are all Gaussian.
func TestVarianceIsReduced(t *testing.T) {
	squared, entropy := estimates(t, 1000)
	// The expectation of the squared error is exact, that of the cross-entropy bounded from above, by Jensen.
	_, v1 := moments(squared.plain)
	_, v2 := moments(squared.reduced)
	if errors, gap := squared.gap(); !(math.Abs(errors) < 5) || !(v2 < v1/1.5) {
		t.Errorf("squared error: plain − reduced is %v, %v standard errors; variances %v and %v", gap, errors, v1, v2)
	}
	errors, gap := entropy.gap()
	if !(errors < -5) {
		t.Errorf("cross-entropy: plain − reduced is %v, %v standard errors: no upper bound", gap, errors)
	}
	t.Logf("squared error: variance %.3g, reduced %.3g; cross-entropy: %.3g below its bound", v1, v2, -gap)
}

// estimates returns estimates of the squared error (of the logits from the one-hot digits) and of the cross-entropy.
func estimates(t *testing.T, draws int) (squared, entropy pairs) {
	m, s := readTrained(t, "digits_diagonal")
	x, labels, out := m.Inputs.Data, m.Targets.Ints, s.Output()
	rows := len(labels)
	oneHot := make([]float64, rows*s.Out())
	for i, c := range labels {
		oneHot[i*s.Out()+c] = 1
	}
	must := func(v float64, err error) float64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	mse, mseVR := loss.MSE[float64]{}, loss.MSEVR[float64]{Layer: out}
	ce, ceVR := loss.CrossEntropy[float64]{Classes: s.Out()}, loss.CrossEntropyVR[float64]{Layer: out}
	phi := make([]float64, rows*out.In())
	y, work := make([]float64, rows*s.Out()), make([]float64, s.WorkLen(rows)+mseVR.WorkLen(rows))
	rng, eps := rand.New(rand.NewPCG(20, 21)), make([]float64, s.NumNormals())
	for range draws {
		for i := range eps {
			eps[i] = rng.NormFloat64()
		}
		must(0, s.ForwardSample(y, x, eps, work))
		must(0, s.RepresentationSample(phi, x, eps, work))
		squared.plain = append(squared.plain, must(mse.Value(y, oneHot)))
		squared.reduced = append(squared.reduced, must(mseVR.Value(phi, oneHot, work)))
		entropy.plain = append(entropy.plain, must(ce.Value(y, labels)))
		entropy.reduced = append(entropy.reduced, must(ceVR.Value(phi, labels, work)))
	}
	return squared, entropy
}

// TestGradientVarianceIsReduced takes steps of stochastic gradient descent on the output layer: 4 rows at random, and
// for the plain loss a draw of the layer's parameters.
func TestGradientVarianceIsReduced(t *testing.T) {
	t.Run("squared error", func(t *testing.T) {
		errors, ratio := gradientVariance(t, "diabetes_factorized")
		if !(errors < 5) || !(ratio > 10) { // of 306 parameters, the farthest
			t.Errorf("the gradients differ by %v standard errors, their variances by the factor %v", errors, ratio)
		}
	})
	t.Run("cross-entropy", func(t *testing.T) { // whose gradient is that of the bound, another one
		if _, ratio := gradientVariance(t, "digits_lowrank"); !(ratio > 3) {
			t.Errorf("the variances of the gradients differ by the factor %v", ratio)
		}
	})
}

// gradientVariance returns the largest distance between the mean gradients, in standard errors, and the ratio of their
// variances, summed over the parameters.
func gradientVariance(t *testing.T, name string) (errors, ratio float64) {
	const steps = 2000
	e := newEstimators(t, name)
	n := e.out.NumParams()
	plain, reduced := make([][]float64, n), make([][]float64, n) // by parameter
	rng := rand.New(rand.NewPCG(22, 23))
	for range steps {
		e.batch(rng)
		a, b := make([]float64, n), make([]float64, n)
		if err := e.plain(rng, a); err != nil {
			t.Fatal(err)
		}
		if err := e.reduced(b); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			plain[i], reduced[i] = append(plain[i], a[i]), append(reduced[i], b[i])
		}
	}
	var v1, v2 float64
	for i := range n {
		_, a := moments(plain[i])
		_, b := moments(reduced[i])
		v1, v2 = v1+a, v2+b
		distance, _ := pairs{plain[i], reduced[i]}.gap()
		errors = max(errors, math.Abs(distance))
	}
	t.Logf("variance of the gradient %.3g, reduced %.3g", v1, v2)
	return errors, v1 / v2
}

// estimators make gradients with respect to the parameters of a model's output layer from a batch of its inputs.
type estimators struct {
	m                   *model
	out, drawn          *bnn.Linear[float64] // drawn is deterministic
	all                 []float64            // the representations of all inputs
	phi, targets        []float64
	classes             []int
	y, dY, zero         []float64
	eps, dTheta, work   []float64
	rows, in, batchSize int
}

func newEstimators(t *testing.T, name string) *estimators {
	m, s := readTrained(t, name)
	e := &estimators{m: m, out: s.Output(), rows: m.Inputs.Shape[0], in: s.Output().In(), batchSize: 4}
	var err error
	if e.drawn, err = bnn.NewLinear[float64](bnn.LinearConfig{In: e.in, Out: e.out.Out()}); err != nil {
		t.Fatal(err)
	}
	e.all = make([]float64, e.rows*e.in)
	if err := s.Representation(e.all, m.Inputs.Data, make([]float64, s.WorkLen(e.rows))); err != nil {
		t.Fatal(err)
	}
	n := e.batchSize * e.out.Out()
	e.phi, e.targets, e.classes = make([]float64, e.batchSize*e.in), make([]float64, e.batchSize), make([]int,
		e.batchSize)
	e.y, e.dY, e.zero = make([]float64, n), make([]float64, n), make([]float64, n)
	e.eps, e.dTheta = make([]float64, e.out.NumNormals()), make([]float64, e.out.NumMeanParams())
	e.work = make([]float64, 4*n+e.out.WorkLen(e.batchSize))
	return e
}

// batch takes rows at random.
func (e *estimators) batch(rng *rand.Rand) {
	for b := range e.batchSize {
		r := rng.IntN(e.rows)
		copy(e.phi[b*e.in:][:e.in], e.all[r*e.in:])
		e.targets[b] = e.m.Targets.Data[r]
		e.classes[b] = int(e.targets[b])
	}
}

// plain draws the parameters.
func (e *estimators) plain(rng *rand.Rand, grad []float64) error {
	for i := range e.eps {
		e.eps[i] = rng.NormFloat64()
	}
	if err := e.out.Sample(e.drawn.Params(), e.eps, e.work); err != nil {
		return err
	}
	if err := e.drawn.Predict(e.y, e.zero, e.phi, e.work); err != nil {
		return err
	}
	var err error
	if e.m.Targets.Ints == nil {
		_, err = loss.MSE[float64]{}.ValueGrad(e.dY, e.y, e.targets)
	} else {
		_, err = loss.CrossEntropy[float64]{Classes: e.out.Out()}.ValueGrad(e.dY, e.y, e.classes)
	}
	if err != nil {
		return err
	}
	clear(e.dTheta)
	if err := e.drawn.PredictGrad(nil, e.dTheta, e.phi, e.dY, e.zero, e.work); err != nil {
		return err
	}
	return e.out.SampleGrad(grad, e.dTheta, e.eps, e.work)
}

// reduced takes the expectation.
func (e *estimators) reduced(grad []float64) (err error) {
	if e.m.Targets.Ints == nil {
		_, err = loss.MSEVR[float64]{Layer: e.out}.ValueGrad(nil, grad, e.phi, e.targets, e.work)
	} else {
		_, err = loss.CrossEntropyVR[float64]{Layer: e.out}.ValueGrad(nil, grad, e.phi, e.classes, e.work)
	}
	return err
}
