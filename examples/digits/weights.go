package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/simmer-go/simmer/bnn"
)

// roundTrip writes the model's weights to a file, loads them into a new model, as a server would, and compares the two
// models' predictions.
func roundTrip(path string, model *bnn.Sequential[float32], d dataset, w io.Writer) error {
	if err := writeWeights(path, model); err != nil {
		return err
	}
	loaded, err := readWeights(path)
	if err != nil {
		return err
	}
	serving, err := bnn.NewPredictor(model.Eval())
	if err != nil {
		return err
	}
	want, err := meanProbabilities(serving, d)
	if err != nil {
		return err
	}
	got, err := meanProbabilities(loaded, d)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the weights read from %s predict something else", path)
	}
	fmt.Fprintf(w, "weights: %s; read back, they predict the same to the bit\n", path)
	return nil
}

func writeWeights(path string, model *bnn.Sequential[float32]) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := model.WriteWeights(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// readWeights returns what serves the weights of a file.
func readWeights(path string) (*bnn.Predictor[float32], error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	model, err := newModel()
	if err != nil {
		return nil, err
	}
	if err := model.ReadWeights(file); err != nil {
		return nil, err
	}
	return bnn.NewPredictor(model.Eval())
}
