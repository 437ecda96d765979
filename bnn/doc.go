// Package bnn has layers whose parameters are Gaussian, θ ~ N(μ, S Sᵀ), and serves the weights that the Python package
// inferno trains: forward passes with the mean parameters or with draws, predictive mean and variance in closed form,
// the Kullback-Leibler divergence from a Gaussian prior, and the gradients of all of these.
//
// A [Predictor] serves: it is a frozen copy of a model, whose requests need no scratch and draw the same numbers on
// every machine. [Sequential] and [Linear] are for training, and for serving parameters that change. [NewMLP] and
// [NewSequential] make a model, [NewFromCheckpoint] one of a file; an [Ensemble] averages several predictors.
//
// Slices are row-major: a batch of inputs is batch×features, the outputs of draws are draw×batch×features. A request
// neither allocates, once a Predictor has warmed up, nor waits for another, and a model may be used from many
// goroutines at once, as long as nobody changes its parameters meanwhile. Slices passed to one call must not overlap
// unless the method says so.
//
// With Sequential and Linear the caller owns all memory: methods that need scratch take a slice work, which concurrent
// calls must not share and which may be longer than needed. WorkLen returns its length for serving, GradWorkLen that
// for every method of a model.
//
// Derivatives of a scalar, a loss for instance, have the name of what they are with respect to after a d, and its
// length: dX and dPhi are written, dY, dMean and dVariance are read, dParams is added to. So are the losses' named, but
// for grad, that of the predictions, which is dY here.
//
// Weights are read from files that were saved by PyTorch, inferno or [Sequential.WriteWeights]; [Checkpoint] lists
// their keys.
//
// Bad shapes and parameters that are NaN or infinite are errors, and leave the results untouched. NaN in the inputs is
// data and propagates.
//
// The promise of package kernels holds for predictions, draws made from a key or from given normals, initial
// parameters, and gradients: one result, to the bit, on every machine, for any batch, at any place in it and with any
// number of goroutines. Sums are in the order of package kernels, which depends on the sizes of a layer alone. Outside
// are the numbers that [Sequential.ForwardDraws] takes from a rand.Rand, and what goes through a decomposition of
// gonum's: the divergence of [LowRank], [Factorized] and [Kronecker] covariances, and its gradient.
//
// A call works in one goroutine. [Predictor.Workers], [Sequential.Workers] and [Linear.Workers] return views that share
// the rows of each call, or the draws, between several.
package bnn
