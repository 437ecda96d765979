// Package bnn has layers whose parameters are Gaussian, θ ~ N(μ, S Sᵀ), and
// serves the weights that the Python package inferno trains: forward passes
// with the mean parameters or with draws, predictive mean and variance in
// closed form, the Kullback-Leibler divergence from a Gaussian prior, and the
// gradients of all of these.
//
// Slices are row-major: a batch of inputs is batch×features, the outputs of
// draws are sample×batch×features. The caller owns all memory: methods that
// need scratch take a slice work, which may be longer than they need. WorkLen
// is its length for serving, GradWorkLen that for every method of a model.
// Nothing on the way of a request allocates, nothing locks, and a model may be
// used from many goroutines at once, each with its own work, as long as nobody
// changes its parameters meanwhile. Slices passed to one call must not overlap
// unless the method says so.
//
// Bad shapes and parameters that are NaN or infinite are errors, and leave the
// results untouched. NaN in the inputs is data and propagates.
//
// Matrix products are gonum's, so blas32.Use and blas64.Use switch them to a
// native BLAS. The promise of package kernels, the same bits on every machine,
// ends there: gonum sums in an order of its own, which differs between
// architectures. On one machine a row's result does not depend on the batch
// that it is in, if work begins at a multiple of 16 bytes, as what make returns
// does.
package bnn
