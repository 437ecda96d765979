package bnn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

var drawKey = bnn.Key{Seed: 7, Stream: 8}

// drawsOf are draws of a predictor, those from one on.
func drawsOf[T bnn.Float](t testing.TB, p *bnn.Predictor[T], x []T, first, draws int) []T {
	t.Helper()
	y := make([]T, draws*len(x)/p.In()*p.Out())
	if err := p.Draws(y, x, drawKey, first); err != nil {
		t.Fatal(err)
	}
	return y
}

// allServed are the results of a predictor for a batch, draws included.
func allServed[T bnn.Float](t *testing.T, p *bnn.Predictor[T], x []T) results[T] {
	t.Helper()
	r, y := served(t, p, x), len(x)/p.In()*p.Out()
	r["PredictFromDraws mean"], r["PredictFromDraws variance"] = make([]T, y), make([]T, y)
	r["ProbabilitiesFromDraws"] = make([]T, y)
	for _, err := range []error{
		p.PredictFromDraws(r["PredictFromDraws mean"], r["PredictFromDraws variance"], x, drawKey, 5),
		p.ProbabilitiesFromDraws(r["ProbabilitiesFromDraws"], x, drawKey, 4),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		r[fmt.Sprint("draw ", i)] = drawsOf(t, p, x, i, 1)
	}
	return r
}

// drawModel has Gaussian layers in some places and not in others.
type drawModel struct {
	covs    []bnn.Covariance
	outputs bool // of its first Gaussian layer are drawn
}

func drawModels() map[string]drawModel {
	low, full := bnn.LowRank{Rank: 4}, bnn.LowRank{Rank: 20}
	kron, sampled := bnn.Kronecker{InputRank: 3}, bnn.Kronecker{InputRank: 2, OutputRank: 2, Layout: bnn.Sampled}
	return map[string]drawModel{
		"deterministic":        {nil, true},
		"low rank last":        {[]bnn.Covariance{nil, nil, low}, true},
		"low rank first":       {[]bnn.Covariance{low, nil, nil}, true},
		"low rank inside":      {[]bnn.Covariance{nil, low, nil}, true},
		"low rank":             {[]bnn.Covariance{low}, true},
		"high rank":            {[]bnn.Covariance{full}, false},
		"high rank last":       {[]bnn.Covariance{nil, nil, full}, false},
		"kronecker last":       {[]bnn.Covariance{nil, nil, kron}, true},
		"kronecker, full rank": {[]bnn.Covariance{bnn.Kronecker{}}, true},
		"kronecker, sampled":   {[]bnn.Covariance{sampled}, true},
		"sampled, full rank":   {[]bnn.Covariance{bnn.Kronecker{Layout: bnn.Sampled}}, false},
		"diagonal last":        {[]bnn.Covariance{nil, nil, bnn.Diagonal{}}, false},
		"diagonal first":       {[]bnn.Covariance{bnn.Diagonal{}, nil, nil}, false},
		"diagonal":             {[]bnn.Covariance{bnn.Diagonal{}}, false},
		"diagonal, low rank":   {[]bnn.Covariance{bnn.Diagonal{}, low, nil}, false},
		"factorized last":      {[]bnn.Covariance{nil, nil, bnn.Factorized{}}, false},
	}
}

func eachDrawModel(t *testing.T, f32 func(t *testing.T, s *bnn.Sequential[float32], outputs bool),
	f64 func(t *testing.T, s *bnn.Sequential[float64], outputs bool)) {
	for name, m := range drawModels() {
		for _, a := range []bnn.Activation{bnn.ReLU, bnn.SiLU} {
			t.Run(name+"/"+a.String()+"/float32", func(t *testing.T) { f32(t, newDrawModel[float32](t, a, m), m.outputs) })
			t.Run(name+"/"+a.String()+"/float64", func(t *testing.T) { f64(t, newDrawModel[float64](t, a, m), m.outputs) })
		}
	}
}

func newDrawModel[T bnn.Float](t *testing.T, a bnn.Activation, m drawModel) *bnn.Sequential[T] {
	t.Helper()
	s, err := bnn.NewMLP[T]([]int{9, 17, 10, 3}, a, m.covs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range normals[T](s.NumParams(), 1) {
		s.Params()[i] = v / 4
	}
	if err := s.Output().SetTemperature(1.5); err != nil {
		t.Fatal(err)
	}
	return s.Eval()
}

// TestDraws compares draws with those of the model from the same normals: their bits are the same where parameters are
// drawn, and close where outputs are.
func TestDraws(t *testing.T) {
	eachDrawModel(t, testDraws[float32], testDraws[float64])
}

func testDraws[T bnn.Float](t *testing.T, s *bnn.Sequential[T], outputs bool) {
	const rows, draws, first = 5, 40, 1000
	p, x := predictorOf(t, s), newBatch(s, rows).x
	n := rows * s.Out()
	got := drawsOf(t, p, x, first, draws)
	y, eps, work := make([]T, n), make([]T, s.NumNormals()), make([]T, s.WorkLen(rows))
	if p.NumNormals() != len(eps) {
		t.Errorf("NumNormals is %d, want %d", p.NumNormals(), len(eps))
	}
	for d := range draws {
		kernels.NormalTo(eps, drawKey, uint64(first+d)*uint64(len(eps)))
		if err := s.ForwardSample(y, x, eps, work); err != nil {
			t.Fatal(err)
		}
		if own := got[d*n : (d+1)*n]; outputs {
			closeTo(t, fmt.Sprint("draw ", d), own, y)
		} else {
			sameBits(t, fmt.Sprint("draw ", d), own, y)
		}
	}
}

// closeTo compares up to rounding.
func closeTo[T bnn.Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	tol := 1e-12
	if catalog.TypeName[T]() == "float32" {
		tol = 1e-5
	}
	for i, v := range got {
		if d := math.Abs(float64(v - want[i])); !(d <= tol*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("%s: [%d] is %v, want %v", what, i, v, want[i])
		}
	}
}

// TestDrawsAreTheSame: a draw depends neither on the batch, nor on the other draws, on goroutines or the instruction
// set.
func TestDrawsAreTheSame(t *testing.T) {
	eachDrawModel(t, sameDraws[float32], sameDraws[float64])
}

func sameDraws[T bnn.Float](t *testing.T, s *bnn.Sequential[T], _ bool) {
	const most, draws = 600, 12
	out := s.Out()
	x := newBatch(s, most).x
	var want []T
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		p := predictorOf(t, s)
		all := drawsOf(t, p, x, 0, draws)
		kept, err := p.KeepDraws(drawKey, 7)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = all
		}
		sameBits(t, i.String(), all, want)
		for _, c := range []struct{ from, rows, first, draws, workers int }{
			{0, 1, 0, 1, 1}, {17, 1, 0, 12, 3}, {3, 40, 5, 7, 2}, {599, 1, 11, 1, 1},
			{100, 64, 2, 9, 5}, {0, 530, 0, 2, 4},
		} {
			for _, p := range []*bnn.Predictor[T]{p, kept} {
				got := drawsOf(t, p.Workers(c.workers), x[c.from*s.In():][:c.rows*s.In()], c.first, c.draws)
				for d := range c.draws {
					sameBits(t, fmt.Sprintf("%v, %+v, draw %d", i, c, c.first+d), got[d*c.rows*out:][:c.rows*out],
						want[((c.first+d)*most+c.from)*out:][:c.rows*out])
				}
			}
		}
		restore()
	}
}

// TestKeptDraws asks a predictor that keeps the draws of one key for those of another.
func TestKeptDraws(t *testing.T) {
	p := predictorOf(t, newDrawModel[float32](t, bnn.ReLU, drawModel{covs: []bnn.Covariance{bnn.Diagonal{}}}))
	kept, err := p.KeepDraws(bnn.Key{Seed: 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	x := newBatch(newDrawModel[float32](t, bnn.ReLU, drawModel{}), 3).x
	sameBits(t, "another key", drawsOf(t, kept, x, 0, 4), drawsOf(t, p, x, 0, 4))
}

// BenchmarkKeptDraws shows what keeping the draws of a key is worth to a request of one row and 100 draws.
func BenchmarkKeptDraws(b *testing.B) {
	for name, covariances := range map[string][]bnn.Covariance{
		"low rank last": {nil, bnn.LowRank{Rank: 5}}, "diagonal": {bnn.Diagonal{}},
	} {
		s, err := bnn.NewMLP[float32]([]int{64, 32, 10}, bnn.ReLU, covariances...)
		if err != nil {
			b.Fatal(err)
		}
		p := predictorOf(b, s.Eval())
		kept, err := p.KeepDraws(drawKey, 100)
		if err != nil {
			b.Fatal(err)
		}
		x, y := make([]float32, 64), make([]float32, 10)
		for i, p := range []*bnn.Predictor[float32]{p, kept} {
			b.Run(fmt.Sprintf("%s/kept=%d", name, i), func(b *testing.B) {
				for b.Loop() {
					if err := p.ProbabilitiesFromDraws(y, x, drawKey, 100); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestFromDraws compares mean, variance and probabilities with those of the draws, for numbers of draws on both sides
// of a group.
func TestFromDraws(t *testing.T) {
	eachDrawModel(t, fromDraws[float32], fromDraws[float64])
}

func fromDraws[T bnn.Float](t *testing.T, s *bnn.Sequential[T], _ bool) {
	p := predictorOf(t, s)
	for _, c := range []struct{ rows, draws int }{{1, 2}, {7, 30}, {530, 11}, {0, 5}} {
		x, n := newBatch(s, c.rows).x, c.rows*s.Out()
		y := drawsOf(t, p, x, 0, c.draws)
		mean, variance, probabilities, want := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
		for _, workers := range []int{1, 3} {
			p := p.Workers(workers)
			if err := p.PredictFromDraws(mean, variance, x, drawKey, c.draws); err != nil {
				t.Fatal(err)
			}
			if err := p.ProbabilitiesFromDraws(probabilities, x, drawKey, c.draws); err != nil {
				t.Fatal(err)
			}
			if workers == 1 && c.rows > 0 {
				checkMoments(t, mean, variance, y)
				if err := bnn.MeanProbabilities(want, y, s.Out()); err != nil {
					t.Fatal(err)
				}
			}
			sameBits(t, fmt.Sprintf("%+v, %d workers: probabilities", c, workers), probabilities, want)
		}
	}
}

// checkMoments computes mean and variance of the draws y in two passes.
func checkMoments[T bnn.Float](t *testing.T, mean, variance, y []T) {
	t.Helper()
	n := len(mean)
	draws := float64(len(y) / n)
	wantMean, wantVariance := make([]T, n), make([]T, n)
	for i := range n {
		sum, squares := 0.0, 0.0
		for k := i; k < len(y); k += n {
			sum += float64(y[k])
		}
		for k := i; k < len(y); k += n {
			d := float64(y[k]) - sum/draws
			squares += d * d
		}
		wantMean[i], wantVariance[i] = T(sum/draws), T(squares/(draws-1))
	}
	closeTo(t, "mean", mean, wantMean)
	closeTo(t, "variance", variance, wantVariance)
}

// TestMomentsOfDraws compares mean and covariance of many draws of one layer with the closed form, within 5 standard
// errors.
func TestMomentsOfDraws(t *testing.T) {
	for _, c := range covarianceKinds() {
		s := resultModel[float64](t, bnn.ReLU, c, 6, 3)
		p, draws := predictorOf(t, s), testRows([]int{20000}, []int{5000})[0]
		x := normals[float64](6, 5)
		r, y := served(t, p, x), drawsOf(t, p, x, 0, draws)
		mean, cov := make([]float64, 3), make([]float64, 9)
		for d := range draws {
			for i, v := range y[3*d:][:3] {
				mean[i] += v / float64(draws)
				for j, w := range y[3*d:][:3] {
					cov[3*i+j] += (v - r["Predict mean"][i]) * (w - r["Predict mean"][j]) / float64(draws)
				}
			}
		}
		want := r["PredictCovariance"]
		for i := range 3 {
			if e := 1e-12 + 5*math.Sqrt(want[4*i]/float64(draws)); !(math.Abs(mean[i]-r["Predict mean"][i]) <= e) {
				t.Errorf("%v: mean %d is %v, want %v ± %v", c, i, mean[i], r["Predict mean"][i], e)
			}
			for j := range 3 {
				e := 1e-12 + 5*math.Sqrt((want[4*i]*want[4*j]+want[3*i+j]*want[3*i+j])/float64(draws))
				if !(math.Abs(cov[3*i+j]-want[3*i+j]) <= e) {
					t.Errorf("%v: covariance %d, %d is %v, want %v ± %v", c, i, j, cov[3*i+j], want[3*i+j], e)
				}
			}
		}
	}
}

// TestHiddenGaussianLayers: Predict has the variance of the output layer only, PredictFromDraws that of all layers. The
// model, with independent weights of variance v, is so simple that both are known. Of an input of ones, each of n
// hidden units is h ~ N(m, s²), through ReLU; the output is the sum of n products of weights of mean w with max(h, 0).
func TestHiddenGaussianLayers(t *testing.T) {
	const in, hidden, v, m, w = 8, 16, 0.04, 0.3, 0.5
	model, err := bnn.NewSequential[float64](
		bnn.LinearConfig{In: in, Out: hidden, NoBias: true, Covariance: bnn.Diagonal{}}, bnn.ReLU,
		bnn.LinearConfig{In: hidden, Out: 1, NoBias: true, Covariance: bnn.Diagonal{}, Type: bnn.Output})
	if err != nil {
		t.Fatal(err)
	}
	for i := range model.Params() {
		model.Params()[i] = math.Sqrt(v)
	}
	for i := range in * hidden {
		model.Linear(0).Params()[i] = m / in
	}
	for i := range hidden {
		model.Output().Params()[i] = w
	}
	p := predictorOf(t, model.Eval())
	x := []float64{1, 1, 1, 1, 1, 1, 1, 1}
	mean, variance := make([]float64, 1), make([]float64, 1)
	check(p.Predict(mean, variance, x))
	if want := hidden * v * m * m; math.Abs(variance[0]-want) > 1e-12 || math.Abs(mean[0]-hidden*w*m) > 1e-12 {
		t.Errorf("Predict: %v, %v, want %v, %v", mean, variance, hidden*w*m, want)
	}
	s := math.Sqrt(in * v)
	density, below := math.Exp(-m*m/(2*s*s))/math.Sqrt(2*math.Pi), 0.5*math.Erfc(-m/s/math.Sqrt2)
	first, second := m*below+s*density, (m*m+s*s)*below+m*s*density // moments of max(h, 0)
	wantMean, wantVariance := hidden*w*first, hidden*((w*w+v)*second-w*w*first*first)
	const draws = 20000
	check(p.PredictFromDraws(mean, variance, x, drawKey, draws))
	const kurtosis = 5 // at most; the normal one is 3
	if math.Abs(mean[0]-wantMean) > 5*math.Sqrt(wantVariance/draws) ||
		math.Abs(variance[0]/wantVariance-1) > 5*math.Sqrt((kurtosis-1.0)/draws) {
		t.Errorf("PredictFromDraws: %v, %v, want %v, %v", mean, variance, wantMean, wantVariance)
	}
	if variance[0] < 2*hidden*v*m*m {
		t.Errorf("the variance of all layers is %v, that of the last %v", variance[0], hidden*v*m*m)
	}
}

func TestBadDraws(t *testing.T) {
	p := predictorOf(t, newDrawModel[float64](t, bnn.ReLU, drawModel{covs: []bnn.Covariance{bnn.Diagonal{}}}))
	x, y := make([]float64, 2*p.In()), make([]float64, 2*p.Out())
	keep := func(draws int) error {
		_, err := p.KeepDraws(drawKey, draws)
		return err
	}
	for want, err := range map[string]error{
		"bnn: KeepDraws: draws is 0, want at least 1":               keep(0),
		"bnn: KeepDraws: draws is 1073741824, of ":                  keep(1 << 30),
		"bnn: Draws: first is -1, want at least 0":                  p.Draws(y, x, drawKey, -1),
		"bnn: Draws: y has length 5, want a multiple of 6":          p.Draws(y[:5], x, drawKey, 0),
		"bnn: Draws: y has length 6, want a multiple of 0":          p.Draws(y, nil, drawKey, 0),
		"bnn: PredictFromDraws: draws is 1, want at least 2":        p.PredictFromDraws(y, y, x, drawKey, 1),
		"bnn: ProbabilitiesFromDraws: draws is 0, want at least 1":  p.ProbabilitiesFromDraws(y, x, drawKey, 0),
		"bnn: ProbabilitiesFromDraws: draws is -9, want at least 1": p.ProbabilitiesFromDraws(y, x, drawKey, -9),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, v := range y {
		if v != 0 {
			t.Errorf("something was written: %v", y)
		}
	}
}
