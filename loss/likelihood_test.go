package loss_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

// Numbers of torch.nn.functional 1.13, in float64.
var (
	torchPred     = []float64{0.5, -2, 3, 1, -4, 0.25}
	torchTarget   = []float64{0, 1, 2.5, 1, 2, 1}
	torchVariance = []float64{0.5, 2, 1, 1e-9, 3, 0.1}
)

func TestHuberAgainstTorch(t *testing.T) {
	third, sixth := 0.3, 1.0/6
	for _, c := range []struct {
		loss     loss.Loss[float64, float64]
		elements []float64
		mean     float64
		grad     []float64
	}{
		{loss.Huber[float64]{}, []float64{0.125, 2.5, 0.125, 0, 5.5, 0.28125}, 1.421875,
			[]float64{sixth / 2, -sixth, sixth / 2, 0, -sixth, -0.125}},
		{loss.Huber[float64]{Delta: third}, []float64{0.105, 0.855, 0.105, 0, 1.755, 0.18}, 0.5,
			[]float64{0.05, -0.05, 0.05, 0, -0.05, -0.05}},
		{loss.SmoothL1[float64]{}, []float64{0.125, 2.5, 0.125, 0, 5.5, 0.28125}, 1.421875,
			[]float64{sixth / 2, -sixth, sixth / 2, 0, -sixth, -0.125}},
		{loss.SmoothL1[float64]{Beta: &third}, []float64{0.35, 2.85, 0.35, 0, 5.85, 0.6}, 5.0 / 3,
			[]float64{sixth, -sixth, sixth, 0, -sixth, -sixth}},
		{loss.SmoothL1[float64]{Beta: new(float64)}, []float64{0.5, 3, 0.5, 0, 6, 0.75}, 1.7916666666666667,
			[]float64{sixth, -sixth, sixth, 0, -sixth, -sixth}}, // torch has −1/6 at the tie
	} {
		got := evaluate(t, c.loss, torchPred, torchTarget, 6)
		expectNear(t, "element", got.elements, c.elements)
		expectNear(t, "mean", []float64{got.value, got.again}, []float64{c.mean, c.mean})
		expectNear(t, "gradient", got.grad, c.grad)
	}
}

func TestGaussianNLLAgainstTorch(t *testing.T) {
	plain := []float64{-0.09657359027997264, 2.5965735902799727, 0.125, -6.907755278982137, 6.549306144334055,
		1.6612074535029773}
	full := []float64{0.8223649429247, 3.5155121234846454, 1.0439385332046727, -5.988816745777465, 7.468244677538728,
		2.5801459867076497}
	byMean := []float64{1.0 / 6, -0.25, 1.0 / 12, 0, -1.0 / 3, -1.25}
	byVariance := []float64{0.08333333333333333, -0.14583333333333334, 0.0625, 83333.33333333333,
		-0.3055555555555555, -3.854166666666667}
	for _, c := range []struct {
		full     bool
		elements []float64
		mean     float64
	}{{false, plain, 0.6546263864758158}, {true, full, 1.5735649196804884}} {
		l := loss.GaussianNLL[float64]{Full: c.full}
		dst, dMean, dVariance := make([]float64, 6), make([]float64, 6), make([]float64, 6)
		value, err := l.Value(torchPred, torchVariance, torchTarget)
		again, gradErr := l.ValueGrad(dMean, dVariance, torchPred, torchVariance, torchTarget)
		if err != nil || gradErr != nil || l.ElementsTo(dst, torchPred, torchVariance, torchTarget) != nil {
			t.Fatal(err, gradErr)
		}
		expectNear(t, "element", dst, c.elements)
		expectNear(t, "mean", []float64{value, again}, []float64{c.mean, c.mean})
		expectNear(t, "gradient by mean", dMean, byMean)
		expectNear(t, "gradient by variance", dVariance, byVariance)
		for _, g := range [][2][]float64{{make([]float64, 6), nil}, {nil, make([]float64, 6)}, {nil, nil}} {
			again, err := l.ValueGrad(g[0], g[1], torchPred, torchVariance, torchTarget)
			expectNear(t, "mean", []float64{again}, []float64{c.mean})
			if err != nil || g[0] != nil && !slices.Equal(g[0], dMean) || g[1] != nil && !slices.Equal(g[1], dVariance) {
				t.Errorf("one gradient alone is %v, %v, want %v or %v", g, err, dMean, dVariance)
			}
		}
	}
}

func expectNear(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= 1e-14*math.Max(1, math.Abs(v))) {
			t.Errorf("%s %d = %v, want %v", what, i, got[i], v)
		}
	}
}

// Bad arguments of the Gaussian log-likelihood: the error names them, and nothing is written.
func TestGaussianNLLErrors(t *testing.T) {
	x, v, y := make([]float64, 4), filled(4, 1.0), make([]float64, 4)
	nan, minus := math.NaN(), -1.0
	for _, c := range []struct {
		loss           loss.GaussianNLL[float64]
		mean, variance []float64
		target         []float64
		want           string
	}{
		{loss.GaussianNLL[float64]{}, x, v[:3], y, "len(variance) = 3: want 4"},
		{loss.GaussianNLL[float64]{}, x, v, y[:2], "len(mean) = 4: want len(target) = 2 times Samples = 1"},
		{loss.GaussianNLL[float64]{Samples: -2}, x, v, y[:2], "Samples = -2"},
		{loss.GaussianNLL[float64]{Reduction: 3}, x, v, y, "Reduction = 3"},
		{loss.GaussianNLL[float64]{Eps: &nan}, x, v, y, "Eps = NaN"},
		{loss.GaussianNLL[float64]{Eps: &minus}, x, v, y, "Eps = -1"},
		{loss.GaussianNLL[float64]{}, x, []float64{1, 1, -0.5, 1}, y, "variance[2] = -0.5"},
		{loss.GaussianNLL[float64]{}, x, v, []float64{0, nan, 0, 0}, "target[1] = NaN"},
		{loss.GaussianNLL[float64]{Mask: make([]bool, 2)}, x, v, y, "len(Mask) = 2: want 4"},
	} {
		dst, dMean, dVariance := filled(4, 7.0), filled(4, 7.0), filled(4, 7.0)
		_, err := c.loss.Value(c.mean, c.variance, c.target)
		_, gradErr := c.loss.ValueGrad(dMean, dVariance, c.mean, c.variance, c.target)
		for _, err := range []error{err, gradErr, c.loss.ElementsTo(dst, c.mean, c.variance, c.target)} {
			if err == nil || !says(err, c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		}
		for _, s := range [][]float64{dst, dMean, dVariance} {
			if !slices.Equal(s, filled(4, 7.0)) {
				t.Errorf("wrote %v in spite of an error", s)
			}
		}
	}
	large := 1e39 // +Inf as float32
	_, err := loss.GaussianNLL[float32]{Eps: &large}.Value([]float32{0}, []float32{1}, []float32{0})
	if !errors.Is(err, loss.ErrParams) || !says(err, "Eps = 1e+39") {
		t.Errorf("error %v, want one about Eps = 1e+39", err)
	}
	l := loss.GaussianNLL[float64]{}
	_, meanErr := l.ValueGrad(x[:3], nil, x, v, y)
	_, varianceErr := l.ValueGrad(nil, x[:3], x, v, y)
	for want, err := range map[string]error{
		"len(dMean) = 3": meanErr, "len(dVariance) = 3": varianceErr, "len(dst) = 3": l.ElementsTo(x[:3], x, v, y),
	} {
		if err == nil || !says(err, want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
	}
	// NaN in a prediction is data.
	if got, err := l.Value(x, []float64{1, nan, 1, 1}, y); err != nil || got == got {
		t.Errorf("a variance of NaN: %v, %v", got, err)
	}
}

// The gradients lead through a layer of package bnn to its parameters: the difference quotient confirms them.
func TestGaussianNLLOfLayer(t *testing.T) {
	layer, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 3, Out: 2, Covariance: bnn.LowRank{Rank: 2}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range layer.Params() {
		layer.Params()[i] = math.Sin(float64(i) + 1)
	}
	const rows = 4
	phi, target := make([]float64, rows*3), []float64{1, 0, 2, -1, 0.5, 0.25, 0, 1}
	for i := range phi {
		phi[i] = math.Cos(float64(i))
	}
	mean, variance, work := make([]float64, rows*2), make([]float64, rows*2), make([]float64, layer.WorkLen(rows))
	l := loss.GaussianNLL[float64]{Full: true}
	value := func() float64 {
		if err := layer.Predict(mean, variance, phi, work); err != nil {
			t.Fatal(err)
		}
		v, err := l.Value(mean, variance, target)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	value()
	dMean, dVariance, dParams := make([]float64, rows*2), make([]float64, rows*2), make([]float64, layer.NumParams())
	if _, err := l.ValueGrad(dMean, dVariance, mean, variance, target); err != nil {
		t.Fatal(err)
	}
	if err := layer.PredictGrad(nil, dParams, phi, dMean, dVariance, work); err != nil {
		t.Fatal(err)
	}
	for i, p := range layer.Params() {
		const h = 1e-6
		layer.Params()[i] = p + h
		up := value()
		layer.Params()[i] = p - h
		down := value()
		layer.Params()[i] = p
		if want := (up - down) / (2 * h); math.Abs(dParams[i]-want) > 1e-7*(1+math.Abs(want)) {
			t.Errorf("parameter %d: gradient %v, difference quotient %v", i, dParams[i], want)
		}
	}
}
