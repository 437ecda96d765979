package bnn_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// torchModules are those of the models that testdata/torch/make.py trains.
const torchModules = "input Tanh output"

type torchPredictions struct{ Mean, Softmax, Variance []float32 }

// TestTorch predicts with the weights that PyTorch saved, in float32 and bfloat16, under its own keys and inferno's,
// and wants what PyTorch predicts from them in float32: within 1e-6 of the largest.
func TestTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/torch/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var inputs struct{ Inputs []float32 }
	var files map[string]json.RawMessage
	if err := json.Unmarshal(text, &inputs); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &files); err != nil {
		t.Fatal(err)
	}
	delete(files, "inputs")
	if len(files) != 4 {
		t.Fatalf("%d files, want 4", len(files))
	}
	for name, text := range files {
		var want torchPredictions
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		file := bnn.Checkpoint{FS: os.DirFS("testdata/torch"), Name: name + ".safetensors", Modules: torchModules}
		model, err := bnn.NewFromCheckpoint[float32](file)
		if err != nil {
			t.Fatal(err)
		}
		predictor, err := bnn.NewPredictor(model.Eval())
		if err != nil {
			t.Fatal(err)
		}
		mean, variance := make([]float32, len(want.Mean)), make([]float32, len(want.Mean))
		if err := predictor.Predict(mean, variance, inputs.Inputs); err != nil {
			t.Fatal(err)
		}
		checkNear(t, name+": mean", mean, want.Mean)
		if strings.HasPrefix(name, "inferno") {
			checkNear(t, name+": variance", variance, want.Variance)
			continue
		}
		if slices.ContainsFunc(variance, func(v float32) bool { return v != 0 }) {
			t.Errorf("%s: variance %v", name, variance)
		}
		if err := predictor.Probabilities(mean, inputs.Inputs); err != nil { // the softmax, without a variance
			t.Fatal(err)
		}
		checkNear(t, name+": softmax", mean, want.Softmax)
	}
}

func checkNear(t *testing.T, name string, got, want []float32) {
	t.Helper()
	largest, worst := 0.0, 0.0
	for i, v := range want {
		largest = max(largest, math.Abs(float64(v)))
		worst = max(worst, math.Abs(float64(got[i])-float64(v)))
	}
	if len(got) != len(want) || !(worst <= 1e-6*largest) {
		t.Errorf("%s: %.2g of the largest off", name, worst/largest)
	}
	t.Logf("%s: %.2g of the largest off, which is %.3g", name, worst/largest, largest)
}
