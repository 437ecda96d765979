// Package loss has the loss functions of the Python package inferno (inferno.loss_fns) and the PyTorch losses they
// build on, with gradients, over slices of float32 and float64.
//
//   - for numbers: [MSE], [L1], [Huber], [SmoothL1]; [GaussianNLL], of a predicted mean and variance
//   - for binary targets, from probabilities or logits: [BCE], [BCEWithLogits], [FocalBinary]
//   - for classes: [CrossEntropy], [NLL] and [Focal] with class indices, [CrossEntropyProb] with class probabilities
//   - for layers whose weights are Gaussian, in closed form: [MSEVR], [BCEWithLogitsVR], [CrossEntropyVR]
//   - for models with Gaussian parameters: [VariationalFreeEnergy], also called [NegativeELBO]
//
// The last two groups ask for a [GaussianLayer] or a [GaussianModel]; package bnn has both.
//
// How good a trained classifier is, and how far its probabilities can be trusted, say [Accuracy], [Brier],
// [BrierBinary], [LogLoss] and [Reliability], from whose bins [ExpectedCalibrationError] and [MaximumCalibrationError]
// are computed. [TemperatureScaling] calibrates it. These metrics have no gradients, and take batch × class without
// sample dimensions: average the probabilities of the samples first.
//
// # Methods
//
// A loss is a struct of options, and its zero value means the defaults of PyTorch and inferno. Each has three methods:
// Value returns the mean or the sum, ElementsTo writes the per-element values, unreduced (reduction="none"), and
// ValueGrad returns what Value returns, to the bit, and writes its gradient with respect to the predictions. [Loss] is
// the interface of those that take predictions.
//
// The gradient with respect to pred is called grad; that with respect to any other argument has its name after a d:
// dPhi, dMean, dVariance. A gradient is written, but for dParams, that of the parameters, which is added to.
//
// For more rows than one call has, Accumulate does what ElementsTo does and adds the elements to an [Accumulator].
// Those of batches, goroutines and machines are merged, and their mean is the same, to the bit, however the rows were
// cut. The metrics have this method too; that of [Reliability] adds to a [ReliabilityDiagram].
//
// # Shapes
//
// Slices are row-major. Predictions are [sample × …] batch × …: any number of sample dimensions, or none, come first,
// then those of the targets, which are repeated for every sample. Losses of classes have the class axis after the batch
// axis, and then any positions: [sample × …] batch × class × position…. What the lengths cannot tell is a field:
// Samples is the product of the sample dimensions, Positions that of the dimensions after the axis of classes or
// features. A batch of the wrong length is an error; it is never taken for more or fewer samples. In the losses of
// predictions an element does not depend on the others: it has the same bits in any batch, at any place.
//
// Class targets are ints; [Indices] converts others.
//
// # Reductions
//
// The mean is over all elements, samples included, and divides by their number; losses with class weights divide by the
// weights of the targets, as their comments say. The mean of no elements is NaN, their sum is 0. Values are float64,
// whatever the slices hold; means of float32 do not lose digits with the length.
//
// Mask, a field of every loss with an entry for each target, leaves out targets where it is false: their elements and
// gradients are 0, and the mean is over the others, by number or by weight. What is left out is not looked at: it may
// be NaN, or no class, in targets and predictions.
//
// # Errors
//
// Whatever can come from data is an error that names the argument, the position and the value: lengths that do not fit,
// a target that is no class, a probability outside [0, 1], NaN in targets, weights that are not finite, options out of
// range, a missing layer or model. Everything is checked first, so dst and grad are untouched then. For errors.Is an
// error is [ErrInput] if the arguments of the call are at fault, and [ErrParams] if the loss is, with its layer or
// model. NaN and infinities in predictions are data: they give what the limit gives, or NaN. Slices that overlap are
// not noticed.
//
// # One result
//
// The losses of predictions and the metrics stand on package kernels and keep its promise: one input has one result, to
// the bit, on every processor, gradients included. Those of Gaussian layers and models are as reproducible as the layer
// or the model.
//
// # Memory and goroutines
//
// No method locks or starts a goroutine, and none allocates but for marshalling and for errors. A loss that nobody
// changes may be used by many goroutines at once; where a method takes work, each call needs its own.
//
// # Range
//
// The accuracy that the comments state is relative and holds while intermediate results are in the range of T: an
// element of float32 above 3.4e38 is +Inf, and one below 1e-38 is subnormal and has fewer digits, also as part of a
// sum, unless the comment of the loss says otherwise.
package loss
