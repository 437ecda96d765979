package bnn_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/cases"
	"github.com/simmer-go/simmer/loss"
)

// model is the JSON beside a .safetensors file; testdata has its description.
type model struct {
	Name, DType, File string
	Layers            []struct {
		Key, Type, Name string
		In, Out         int
		Bias            bool
		LayerType       string `json:"layer_type"`
		Cov             *struct {
			Kind       string
			Rank       int
			InputRank  int `json:"input_rank"`
			OutputRank int `json:"output_rank"`
		}
	}
	OutputLayer     string `json:"output_layer"`
	Inputs, Targets cases.Tensor
	Expected        struct {
		Mean, Representation cases.Tensor
		Predictive           map[string]cases.Tensor
		Samples              *struct {
			Num        int
			Eps        map[string]cases.Tensor
			Parameters map[string]cases.Tensor
			Outputs    cases.Tensor
			Mean       *cases.Tensor `json:"mean_probabilities"`
		}
		VRLosses []struct {
			Loss, Mode, Representation, Layout string
			Elements, Value                    cases.Tensor
			Grad                               map[string]cases.Tensor
		} `json:"vr_losses"`
		VFE  *struct{ KL cases.Tensor }
		Test struct{ Eval map[string]float64 }
	}
}

// TestModels holds every model of testdata to what it must predict. Any other model of that schema may be put there.
func TestModels(t *testing.T) {
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".safetensors")
		text, err := os.ReadFile(strings.TrimSuffix(file, ".safetensors") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m model
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		weights, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name+"/float64", func(t *testing.T) { runModel[float64](t, &m, weights, 1e-9) })
		t.Run(name+"/float32", func(t *testing.T) { runModel[float32](t, &m, weights, 1e-4) })
	}
	t.Logf("%d models", len(files))
}

func (m *model) modules(t *testing.T, layout bnn.KroneckerLayout) (ms []bnn.Module) {
	for _, l := range m.Layers {
		if l.Type == "activation" {
			a, ok := map[string]bnn.Activation{"ReLU": bnn.ReLU, "Tanh": bnn.Tanh, "SiLU": bnn.SiLU, "GELU": bnn.GELU, "Sigmoid": bnn.Sigmoid}[l.Name]
			if !ok {
				t.Fatalf("unknown activation %q", l.Name)
			}
			ms = append(ms, a)
			continue
		}
		cfg := bnn.LinearConfig{In: l.In, Out: l.Out, NoBias: !l.Bias, Type: map[string]bnn.LayerType{"input": bnn.Input, "output": bnn.Output}[l.LayerType]}
		if l.Cov != nil {
			switch l.Cov.Kind {
			case "diagonal":
				cfg.Covariance = bnn.Diagonal{}
			case "factorized":
				cfg.Covariance = bnn.Factorized{}
			case "low_rank":
				cfg.Covariance = bnn.LowRank{Rank: l.Cov.Rank}
			case "kronecker":
				cfg.Covariance = bnn.Kronecker{InputRank: l.Cov.InputRank, OutputRank: l.Cov.OutputRank, Layout: layout}
			default:
				t.Fatalf("unknown covariance %q", l.Cov.Kind)
			}
		}
		ms = append(ms, cfg)
	}
	return ms
}

func load[T bnn.Float](t *testing.T, m *model, weights []byte, layout bnn.KroneckerLayout) *bnn.Sequential[T] {
	s, err := bnn.NewSequential[T](m.modules(t, layout)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ReadWeights(bytes.NewReader(weights)); err != nil {
		t.Fatal(err)
	}
	return s
}

func runModel[T bnn.Float](t *testing.T, m *model, weights []byte, tol float64) {
	kron, sampled := load[T](t, m, weights, bnn.Kron), load[T](t, m, weights, bnn.Sampled)
	s := kron.Eval()
	x := cases.To[T](m.Inputs)
	rows := len(x) / s.In()
	work := make([]T, s.WorkLen(rows))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e := &m.Expected
	mean, variance := make([]T, rows*s.Out()), make([]T, rows*s.Out())
	phi := make([]T, rows*s.Output().In())
	must(s.Forward(mean, x, work))
	near(t, "mean", floats(mean), e.Mean.Data, tol, 0)
	must(s.Representation(phi, x, work))
	near(t, "representation", floats(phi), e.Representation.Data, tol, 0)
	for suffix, s := range map[string]*bnn.Sequential[T]{"": s, "_sampled": sampled.Eval()} {
		want, ok := e.Predictive["variance"+suffix]
		if !ok {
			continue
		}
		must(s.Predict(mean, variance, x, work))
		near(t, "predictive mean", floats(mean), e.Predictive["mean"].Data, tol, 0)
		near(t, "variance"+suffix, floats(variance), want.Data, tol, 0)
		c := e.Predictive["covariance"+suffix]
		cov, l := make([]T, len(c.Data)), s.Output()
		must(l.PredictCovariance(cov, phi[:len(cov)/l.Out()/l.Out()*l.In()], make([]T, l.CovarianceWorkLen())))
		near(t, "covariance"+suffix, floats(cov), c.Data, tol, 0)
	}
	if e.Samples != nil {
		runSamples(t, m, sampled.Eval(), x, work, tol)
	}
	runVRLosses(t, m, map[string]*bnn.Sequential[T]{"": kron, "kron": kron, "sampled": sampled}, tol)
	if e.VFE != nil {
		kl, err := kron.KL(nil, nil, 1e-6, make([]T, kron.KLWorkLen()))
		must(err)
		near(t, "KL", []float64{kl}, e.VFE.KL.Data, tol, 0)
	}
	runTestSplit(t, m, s)
}

func runSamples[T bnn.Float](t *testing.T, m *model, s *bnn.Sequential[T], x, work []T, tol float64) {
	e := m.Expected.Samples
	n := len(e.Outputs.Data) / e.Num
	y := make([]T, e.Num*n)
	for i := range e.Num {
		var eps []T
		for k := range s.Len() {
			l := s.Linear(k)
			if l == nil || l.NumNormals() == 0 {
				continue
			}
			key := strconv.Itoa(k)
			part := cases.To[T](e.Eps[key])[i*l.NumNormals() : (i+1)*l.NumNormals()]
			theta := make([]T, l.NumMeanParams())
			if err := l.Sample(theta, part, make([]T, l.SampleWorkLen())); err != nil {
				t.Fatal(err)
			}
			var want []float64
			for _, name := range []string{"bias", "weight"} {
				if p, ok := e.Parameters[key+".params."+name]; ok {
					size := len(p.Data) / e.Num
					want = append(want, p.Data[i*size:(i+1)*size]...)
				}
			}
			near(t, "sampled parameters", floats(theta), want, tol, 0)
			eps = append(eps, part...)
		}
		if err := s.ForwardSample(y[i*n:(i+1)*n], x, eps, work); err != nil {
			t.Fatal(err)
		}
	}
	near(t, "sampled outputs", floats(y), e.Outputs.Data, tol, 0)
	if e.Mean != nil {
		p := make([]T, n)
		if err := bnn.MeanProbabilities(p, y, s.Out()); err != nil {
			t.Fatal(err)
		}
		near(t, "mean probabilities", floats(p), e.Mean.Data, tol, 0)
	}
}

func runVRLosses[T bnn.Float](t *testing.T, m *model, models map[string]*bnn.Sequential[T], tol float64) {
	for _, v := range m.Expected.VRLosses {
		if v.Representation != "mean" {
			continue // of sampled hidden layers: TestModels has their parameters and outputs
		}
		l := models[v.Layout].Output()
		if v.Mode == "eval" {
			l = l.Eval()
		}
		phi := cases.To[T](m.Expected.Representation)
		rows := len(phi) / l.In()
		c := cases.Case{Loss: v.Loss, Inputs: map[string]cases.Tensor{"target": m.Targets}}
		run := lossOf(c, l, phi, make([]T, 8*rows*l.Out()+4*l.WorkLen(rows)))
		value, err := run.value(loss.Mean)
		if err != nil {
			t.Fatal(err)
		}
		near(t, v.Loss+" "+v.Mode, []float64{value}, v.Value.Data, tol, 0)
		dst := make([]T, len(v.Elements.Data))
		if err := run.elements(dst); err != nil {
			t.Fatal(err)
		}
		near(t, v.Loss+" elements", floats(dst), v.Elements.Data, tol, 0)
		dPhi, dParams := make([]T, len(phi)), make([]T, l.NumParams())
		if _, err := run.grad(loss.Mean, dPhi, dParams); err != nil {
			t.Fatal(err)
		}
		near(t, v.Loss+" gradient by representation", floats(dPhi), v.Grad["representation"].Data, tol, 0)
		rest := dParams
		for _, name := range []string{"bias", "weight", "cov.scale.bias", "cov.scale.weight", "cov.factor.bias", "cov.factor.weight",
			"cov.input_factor.bias", "cov.input_factor.weight", "cov.output_factor"} {
			if g, ok := v.Grad[m.OutputLayer+".params."+name]; ok {
				near(t, v.Loss+" gradient by "+name, floats(rest[:len(g.Data)]), g.Data, tol, 0)
				rest = rest[len(g.Data):]
			}
		}
		if len(rest) != 0 {
			t.Errorf("%d entries of the gradient were not compared", len(rest))
		}
	}
}

// runTestSplit checks the number of test digits that the mean parameters get right.
func runTestSplit[T bnn.Float](t *testing.T, m *model, s *bnn.Sequential[T]) {
	want, ok := m.Expected.Test.Eval["correct"]
	if !ok || s.In() != 64 {
		return
	}
	x, y := digits[T](t, 1400)
	out := make([]T, len(y)*s.Out())
	if err := s.Forward(out, x, make([]T, s.WorkLen(len(y)))); err != nil {
		t.Fatal(err)
	}
	correct := 0
	for i, digit := range y {
		row := out[i*s.Out():][:s.Out()]
		best := 0
		for c := range row {
			if row[c] > row[best] {
				best = c
			}
		}
		if s.Out() == 1 { // odd or even
			best, digit = 0, digit%2
			if row[0] > 0 {
				best = 1
			}
		}
		if best == digit {
			correct++
		}
	}
	if correct != int(want) {
		t.Errorf("%d digits of %d are right, want %v", correct, len(y), want)
	}
}

// digits reads the pixels, divided by 16, and the digits from a row on.
func digits[T bnn.Float](t *testing.T, from int) (x []T, y []int) {
	f, err := os.Open("testdata/digits.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[from:] {
		for i, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			if i < 64 {
				x = append(x, T(v/16))
			} else {
				y = append(y, int(v))
			}
		}
	}
	return x, y
}

// TestWeightsRoundTrip writes what was read and reads it again, exactly.
func TestWeightsRoundTrip(t *testing.T) {
	s, err := bnn.NewSequential[float64](bnn.MLP([]int{3, 4, 2}, bnn.GELU, []bnn.Covariance{bnn.Diagonal{}, bnn.Kronecker{InputRank: 2}})...)
	if err != nil {
		t.Fatal(err)
	}
	for k := range s.Len() {
		if l := s.Linear(k); l != nil {
			for i := range l.Params() {
				l.Params()[i] = math.Sin(float64(i + 10*k))
			}
		}
	}
	if err := s.Output().SetTemperature(0.7); err != nil {
		t.Fatal(err)
	}
	var b, again bytes.Buffer
	if err := s.WriteWeights(&b); err != nil {
		t.Fatal(err)
	}
	text := b.Bytes()
	r, _ := bnn.NewSequential[float64](bnn.MLP([]int{3, 4, 2}, bnn.GELU, []bnn.Covariance{bnn.Diagonal{}, bnn.Kronecker{InputRank: 2}})...)
	if err := r.ReadWeights(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteWeights(&again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again.Bytes()) {
		t.Error("the second file differs from the first")
	}
	// Every truncation and a wrong model are errors, and change nothing.
	for n := range len(text) {
		if err := r.ReadWeights(bytes.NewReader(text[:n])); err == nil {
			t.Fatalf("%d of %d bytes were accepted", n, len(text))
		}
	}
	other, _ := bnn.NewSequential[float64](bnn.MLP([]int{3, 5, 2}, bnn.GELU, nil)...)
	if err := other.ReadWeights(bytes.NewReader(text)); err == nil || !strings.Contains(err.Error(), `"0.params.bias"`) {
		t.Errorf("a wrong shape gives %v", err)
	}
}

// TestNoAllocations serves one request.
func TestNoAllocations(t *testing.T) {
	s, err := bnn.NewSequential[float32](bnn.MLP([]int{64, 32, 10}, bnn.SiLU, []bnn.Covariance{nil, bnn.LowRank{Rank: 5}})...)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 130
	x, mean, variance := make([]float32, rows*64), make([]float32, rows*10), make([]float32, rows*10)
	work := make([]float32, s.WorkLen(rows))
	if n := testing.AllocsPerRun(10, func() {
		if err := s.Predict(mean, variance, x, work); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
