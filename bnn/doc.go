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
// The promise of package kernels holds for predictions, draws made from given
// normals, and their gradients: one result, to the bit, on every machine, for
// any batch, at any place in it and with any number of goroutines. Sums are in
// the order of package kernels, which depends on the sizes of a layer alone.
// Outside is what goes through a decomposition of gonum's: the divergence of
// LowRank, Factorized and Kronecker covariances, and its gradient.
//
// A call works in one goroutine. Sequential.Workers and Linear.Workers return
// views that share the rows of each call between several.
package bnn
