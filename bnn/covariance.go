package bnn

import "fmt"

// Covariance says how the parameters of a layer vary together: Σ = S Sᵀ with an S of one of the structures [Diagonal],
// [Factorized], [LowRank], [Kronecker]. Entries of S may have any sign. A nil Covariance is a deterministic layer.
//
// The P parameters of a layer stand in the order bias, then weight row-major (out×in); S has a row for each.
type Covariance interface {
	String() string
	check() error
	// tensors names the parts of S as inferno does, with their shapes, in the
	// order in which the parameters are stored.
	tensors(d dims) []tensorSpec
}

// newStructure returns the arithmetic of c for a layer of the sizes d, nil if c is. It is the list of the covariances:
// what else there is to one of them, all of it stands in a file of its own.
func newStructure[T Float](c Covariance, d dims) (s structure[T], err error) {
	switch c := c.(type) {
	case nil:
		return nil, nil
	case Diagonal:
		s = diagonal[T]{d}
	case Factorized:
		s = newFactorized[T](d)
	case LowRank:
		s = newLowRank[T](c, d)
	case Kronecker:
		s = newKronecker[T](c, d)
	default: // the methods of a pointer, or of a type with one of these in it, may panic
		return nil, fmt.Errorf("Covariance is a %T, want a covariance of this package, and no pointer to it", c)
	}
	return s, c.check()
}

// structure is the arithmetic of one covariance on its parameters s, laid out as its tensors say.
type structure[T Float] interface {
	predictive[T]
	sampling[T]
	divergence[T]
}

// predictive is what predictions need: the covariance of the outputs for given inputs. All rows share what prepare
// makes of s; they come in tiles, and what is computed of a row does not depend on the others.
type predictive[T Float] interface {
	// prepare writes p (preparedLen).
	preparedLen() int
	prepare(p, s []T)

	// variance writes v (rows×out) for the rows of phi. It has varianceWidth of work for each row.
	varianceWidth() int
	variance(v, phi []T, pre prepared[T], work []T, rows int)

	// varianceGrad takes dv back: it adds to dPhi and to dPre, unless dPhi or dPre.s is nil. It has gradWidth of work
	// for each row. Derivatives by p have a form of their own (gradLen): gradOfPrepared adds to ds what they come to.
	gradWidth() int
	varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], work []T, rows int)
	gradLen() int
	gradOfPrepared(ds, dp, s []T)

	// covariance writes c (out×out) for one row, with covarianceLen of work.
	covarianceLen() int
	covariance(c, phi []T, pre prepared[T], work []T)
}

// prepared are the parameters of a covariance and what prepare has made of them, or the derivatives with respect to
// both.
type prepared[T Float] struct{ s, p []T }

// sampling is what draws need: S·eps with numNormals standard normals eps.
type sampling[T Float] interface {
	numNormals() int
	// sample adds S·eps to theta, sampleGrad the gradient with respect to s to ds; both have sampleLen of work.
	sampleLen() int
	sample(theta, s, eps, work []T)
	sampleGrad(ds, dTheta, s, eps, work []T)
}

// outputSampling is what draws of outputs for given inputs need, of covariances that have a short way to them: S·eps,
// seen from the rows of phi, without the parameters.
type outputSampling[T Float] interface {
	// short reports whether it is one: by the sizes of the layer alone, since the last bits depend on it.
	short() bool
	// project writes what all draws share to u, which has projectionWidth for each row.
	projectionWidth() int
	project(u, phi []T, pre prepared[T], rows int)
	// addDraws adds to y (draws×rows×out) what eps (draws×numNormals) makes of u. It has outputsLen of work for each
	// draw.
	outputsLen() int
	addDraws(y, u, eps []T, pre prepared[T], work []T, draws, rows int)
}

// divergence is what the Kullback-Leibler divergence needs, in float64; see layerKL.
type divergence[T Float] interface {
	// deviations writes the standard deviation of each parameter, without eps and up to the sign.
	deviations(dst []float64, s []T)
	// klGrad adds scale times the gradient of the divergence by s to ds. It and totalCorrelation have klLen of work.
	klLen() int
	totalCorrelation(s []T, eps float64, work []float64) float64
	klGrad(ds, s []T, q prior[T], scale float64, work []float64)
}
