package bnn_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/internal/testkit/steady"
)

// model is the JSON beside a .safetensors file: inferno's trained model and what it must give.
type model struct {
	Layers []struct {
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
	Temperature     float64
	Data            dataSet
	Inputs, Targets cases.Tensor
	Expected        json.RawMessage
}

// modelRun is a test of one model with one element type.
type modelRun[T bnn.Float] struct {
	*testing.T
	*expected
	m *model
	// In training mode, with the two layouts that a Kronecker covariance may have; otherwise they are the same.
	kron, sampled *bnn.Sequential[T]
	x             []T
	rows          int
}

// TestModels holds every model of testdata, or of the directory SIMMER_MODELS, to all that it must give. Any model of
// that schema will do.
func TestModels(t *testing.T) {
	dir := os.Getenv("SIMMER_MODELS")
	if dir == "" {
		dir = "testdata"
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	for _, file := range files {
		path := strings.TrimSuffix(file, ".safetensors")
		m, weights := readModel(t, path)
		name := filepath.Base(path)
		t.Run(name+"/float64", func(t *testing.T) { runModel[float64](t, m, weights, 1e-9, 1e-11) })
		t.Run(name+"/float32", func(t *testing.T) { runModel[float32](t, m, weights, 0, 1e-4) })
	}
	t.Logf("%d models", len(files))
}

// readModel reads the description and the weights of a model, whose files differ in their suffixes.
func readModel(t *testing.T, path string) (*model, []byte) {
	text, err := os.ReadFile(path + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	weights, err := os.ReadFile(path + ".safetensors")
	if err != nil {
		t.Fatal(err)
	}
	return &m, weights
}

// runModel compares everything that is expected of a model, and fails if something was left out.
func runModel[T bnn.Float](t *testing.T, m *model, weights []byte, relTol, tol float64) {
	r := modelRun[T]{
		T: t, m: m, expected: parseExpected(t, m.Expected, relTol, tol),
		kron: trained[T](t, m, weights, bnn.Kron), sampled: trained[T](t, m, weights, bnn.Sampled),
		x: cases.To[T](m.Inputs),
	}
	r.rows = len(r.x) / r.kron.In()
	if got := r.kron.Output().Temperature(); got != T(m.Temperature) {
		t.Errorf("temperature = %v, want %v", got, m.Temperature)
	}
	r.predictions()
	r.samples()
	r.vrLosses()
	r.sampledLoss()
	r.freeEnergy()
	r.testSplit()
	r.finish(t)
}

func (r *modelRun[T]) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// mode is the view of a model that the JSON calls "train" or "eval".
func (r *modelRun[T]) mode(s *bnn.Sequential[T], name string) *bnn.Sequential[T] {
	switch name {
	case "train":
		return s.Train()
	case "eval":
		return s.Eval()
	}
	r.Fatalf("unknown mode %q", name)
	return nil
}

// modules are those of the model; the layout is that of Kronecker covariances.
func (m *model) modules(t *testing.T, layout bnn.KroneckerLayout) (ms []bnn.Module) {
	activations := map[string]bnn.Activation{}
	for a := bnn.ReLU; a <= bnn.Sigmoid; a++ {
		activations[a.String()] = a
	}
	types := map[string]bnn.LayerType{"input": bnn.Input, "output": bnn.Output}
	for _, l := range m.Layers {
		if l.Type == "activation" {
			a, ok := activations[l.Name]
			if !ok {
				t.Fatalf("unknown activation %q", l.Name)
			}
			ms = append(ms, a)
			continue
		}
		cfg := bnn.LinearConfig{In: l.In, Out: l.Out, NoBias: !l.Bias, Type: types[l.LayerType]}
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

// trained is a model of inferno with its weights; the layout is that of Kronecker covariances.
func trained[T bnn.Float](t *testing.T, m *model, weights []byte, layout bnn.KroneckerLayout) *bnn.Sequential[T] {
	s, err := bnn.NewSequential[T](m.modules(t, layout)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ReadWeights(bytes.NewReader(weights)); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWeightsRoundTrip writes what was read and reads it again, exactly.
func TestWeightsRoundTrip(t *testing.T) {
	newModel := func(hidden int) *bnn.Sequential[float64] {
		s, err := bnn.NewMLP[float64]([]int{3, hidden, 2}, bnn.GELU, bnn.Diagonal{}, bnn.Kronecker{InputRank: 2})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := newModel(4)
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
	r := newModel(4)
	if err := r.ReadWeights(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteWeights(&again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again.Bytes()) {
		t.Error("the second file differs from the first")
	}
	err := newModel(5).ReadWeights(bytes.NewReader(text))
	if err == nil || !strings.Contains(err.Error(), `"0.params.bias"`) {
		t.Errorf("a wrong shape gives %v", err)
	}
}

// TestNoAllocations serves one request.
func TestNoAllocations(t *testing.T) {
	steady.Allocations(t)
	s, err := bnn.NewMLP[float32]([]int{64, 32, 10}, bnn.SiLU, nil, bnn.LowRank{Rank: 5})
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
