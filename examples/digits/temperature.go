package main

import (
	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

// fitTemperature gives the output layer the temperature that minimises the cross-entropy of the mean logits over it.
func fitTemperature(model *bnn.Sequential[float32], d dataset) error {
	logits, err := meanLogits(model.Train(), d)
	if err != nil {
		return err
	}
	temperature, err := loss.TemperatureScaling[float32]{Classes: classes}.Fit(logits, d.labels)
	if err != nil {
		return err
	}
	return model.Output().SetTemperature(float32(temperature))
}
