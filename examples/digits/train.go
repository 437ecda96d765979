package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

const batchSize = 32

// fit goes through the training set epochs times, and prints a line now and then.
func fit(model *bnn.Sequential[float32], train, heldOut dataset, epochs int, rng *rand.Rand, w io.Writer) error {
	start := time.Now()
	o := newObjective(model, train.len())
	batches := (train.len() + batchSize - 1) / batchSize
	descent := newAdam(model.NumParams(), 0.01, epochs*batches)
	fmt.Fprintln(w, "epoch     nll      kl   held-out accuracy   seconds")
	for epoch := 1; epoch <= epochs; epoch++ {
		nll, kl, err := o.epoch(train.shuffled(rng), descent)
		if err != nil {
			return err
		}
		if epoch%max(1, epochs/10) != 0 && epoch != epochs {
			continue
		}
		logits, err := meanLogits(model, heldOut)
		if err != nil {
			return err
		}
		accuracy, err := loss.Accuracy[float32]{Classes: classes}.Value(logits, heldOut.labels)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%5d %7.3f %7.3f %17.1f %% %9.1f\n",
			epoch, nll, kl, 100*accuracy, time.Since(start).Seconds())
	}
	return nil
}

// objective is the variational free energy per training row: the variance-reduced cross-entropy, plus the divergence of
// the output layer's weights from a standard normal prior over the number of rows.
type objective struct {
	model      *bnn.Sequential[float32]
	nll        loss.CrossEntropyVR[float32]
	freeEnergy loss.VariationalFreeEnergy[float32, int]
	grad       []float32 // by model.Params()
	phi, dPhi  []float32 // what the output layer gets, and the gradient by it
	work       []float32
}

func newObjective(model *bnn.Sequential[float32], trainingRows int) *objective {
	klWeight := 1 / float64(trainingRows)
	o := &objective{
		model:      model,
		nll:        loss.CrossEntropyVR[float32]{Layer: model.Output()},
		freeEnergy: loss.VariationalFreeEnergy[float32, int]{Model: model, KLWeight: &klWeight},
		grad:       make([]float32, model.NumParams()),
		phi:        make([]float32, batchSize*hidden),
		dPhi:       make([]float32, batchSize*hidden),
	}
	o.work = make([]float32, max(model.GradWorkLen(batchSize), o.nll.WorkLen(batchSize)))
	return o
}

// epoch takes a step for each batch, and returns the average of the likelihood's term and the last divergence.
func (o *objective) epoch(train dataset, descent *adam) (nll, kl float64, err error) {
	for from := 0; from < train.len(); from += batchSize {
		batch := train.rows(from, min(from+batchSize, train.len()))
		var n float64
		if n, kl, err = o.gradient(batch.images, batch.labels); err != nil {
			return 0, 0, err
		}
		nll += n * float64(batch.len()) / float64(train.len())
		descent.step(o.model.Params(), o.grad)
	}
	return nll, kl, nil
}

// gradient returns the two terms for a batch, and leaves the gradient of their sum in o.grad.
func (o *objective) gradient(x []float32, y []int) (nll, kl float64, err error) {
	phi, dPhi := o.phi[:len(y)*hidden], o.dPhi[:len(y)*hidden]
	clear(o.grad)
	if err := o.model.Representation(phi, x, o.work); err != nil {
		return 0, 0, err
	}
	outputGrad := o.grad[len(o.grad)-o.model.Output().NumParams():]
	if nll, err = o.nll.ValueGrad(dPhi, outputGrad, phi, y, o.work); err != nil {
		return 0, 0, err
	}
	if err := o.model.RepresentationGrad(nil, o.grad, x, dPhi, o.work); err != nil {
		return 0, 0, err
	}
	kl, err = o.freeEnergy.KLGrad(o.grad, o.work)
	return nll, kl, err
}
