package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/simmer-go/simmer/bnn"
)

// What scores rows unless -weights says otherwise: a file as Python wrote it, without the list of its modules.
const digitsWeights, digitsModules = "../../bnn/testdata/digits_lowrank.safetensors", "input ReLU output"

// model is a predictor that any number of goroutines may use.
type model struct {
	*bnn.Predictor[float32]
	hash string // SHA-256 of the file
}

// readModel reads the weights.
func readModel(ctx context.Context, o options) (*model, error) {
	f, err := openAt(ctx, o.Weights, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(data)
	m := &model{hash: hex.EncodeToString(hash[:])}
	s, err := bnn.NewFromCheckpoint[float32](bnn.Checkpoint{
		Reader: bytes.NewReader(data), Prefix: o.Prefix, Modules: o.Modules})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Weights, err)
	}
	if m.Predictor, err = bnn.NewPredictor(s.Eval()); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Weights, err)
	}
	if o.Draws > 0 {
		m.Predictor, err = m.KeepDraws(bnn.Key{Seed: o.Seed}, o.Draws)
	}
	return m, err
}

// workerModel is the model of this process, which all its goroutines share: a worker of Beam sets up many copies of a
// DoFn.
var workerModel struct {
	sync.Mutex
	*model
	of string
}

// sharedModel reads the weights once. They must be those that the job was started with.
func sharedModel(ctx context.Context, o options) (*model, error) {
	w := &workerModel
	w.Lock()
	defer w.Unlock()
	of := fmt.Sprint(o.Model, o.Prefix, o.Modules, o.Draws, o.Seed)
	if w.of == of {
		return w.model, nil
	}
	m, err := readModel(ctx, o)
	if err != nil {
		return nil, err
	}
	if m.hash != o.Model {
		return nil, fmt.Errorf("%s has SHA-256 %s, the job was started with %s", o.Weights, m.hash, o.Model)
	}
	w.model, w.of = m, of
	return m, nil
}
