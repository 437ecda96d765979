package bnn

import (
	"fmt"
	"math/bits"
)

// Covariance says how the parameters of a layer vary together: Σ = S Sᵀ with an
// S of one of the structures [Diagonal], [Factorized], [LowRank], [Kronecker].
// Entries of S may have any sign. A nil Covariance is a deterministic layer.
//
// The P parameters of a layer stand in the order bias, then weight row-major
// (out×in); S has a row for each.
type Covariance interface {
	String() string
	check() error
	// tensors names the parts of S as inferno does, with their shapes, in the
	// order in which the parameters are stored.
	tensors(d dims) []tensorSpec
}

// Diagonal makes all parameters independent: S = diag(s), with one scale each.
type Diagonal struct{}

// Factorized is a full covariance: S is P×P, with any entries.
type Factorized struct{}

// LowRank has an S of P×Rank. A rank above P is taken as P.
type LowRank struct{ Rank int }

// Kronecker has Σ = C_in ⊗ C_out with C_in = S_in S_inᵀ over the inputs (bias
// first) and C_out = S_out S_outᵀ over the outputs; S_in is (1+in)×InputRank, or
// in×InputRank without a bias, and S_out is out×OutputRank. A rank of 0 means
// full rank.
type Kronecker struct {
	InputRank  int
	OutputRank int
	Layout     KroneckerLayout
}

// KroneckerLayout says which entry of the Kronecker product belongs to which
// parameter. The layouts differ unless the layer has one input or one output.
type KroneckerLayout int

const (
	// Kron is the documented meaning: Cov(w[o,i], w[o',i']) = C_in[i,i'] C_out[o,o'],
	// the bias being the input 0.
	Kron KroneckerLayout = iota

	// Sampled is what inferno's sampling really has, and therefore what weights
	// trained there through draws mean: the product's entries, ordered with the
	// output running fastest, are cut into bias and weight as if the input ran
	// fastest. Parameter q of a layer (bias, then weight row-major) gets row
	// q div out of S_in and row q mod out of S_out.
	Sampled
)

// String returns "kron" or "sampled".
func (l KroneckerLayout) String() string {
	switch l {
	case Kron:
		return "kron"
	case Sampled:
		return "sampled"
	}
	return fmt.Sprintf("KroneckerLayout(%d)", int(l))
}

func (Diagonal) String() string   { return "diagonal" }
func (Factorized) String() string { return "factorized" }
func (c LowRank) String() string  { return fmt.Sprintf("low_rank(%d)", c.Rank) }
func (c Kronecker) String() string {
	return fmt.Sprintf("kronecker(%d,%d,%v)", c.InputRank, c.OutputRank, c.Layout)
}

func (Diagonal) check() error   { return nil }
func (Factorized) check() error { return nil }
func (c LowRank) check() error {
	if c.Rank < 1 {
		return fmt.Errorf("LowRank.Rank is %d, want at least 1", c.Rank)
	}
	return nil
}
func (c Kronecker) check() error {
	if c.InputRank < 0 || c.OutputRank < 0 {
		return fmt.Errorf("Kronecker ranks are %d and %d, want at least 0", c.InputRank, c.OutputRank)
	}
	if c.Layout != Kron && c.Layout != Sampled {
		return fmt.Errorf("%v is not a layout", c.Layout)
	}
	return nil
}

// dims are the sizes of a linear layer; bias is 1 if it has one.
type dims struct{ in, out, bias int }

// params is the number P of mean parameters.
func (d dims) params() int { return d.out * (d.in + d.bias) }

// tensorSpec is the name and shape of a tensor.
type tensorSpec struct {
	name  string
	shape []int
}

func (t tensorSpec) len() int { return product(t.shape...) }

// maxParams is how many parameters a model may have, and how many normals a draw may take: sizes may come from a file, and
// must not overflow.
const maxParams = 1 << min(31, bits.UintSize-6)

// product multiplies sizes of at least 1; what is above maxParams comes out as maxParams+1.
func product(sizes ...int) int {
	n := 1
	for _, d := range sizes {
		if d > maxParams/n {
			return maxParams + 1
		}
		n *= d
	}
	return n
}

// tensors lists the parts of a layer's parameters in their order: those of the mean, then those of c, which may be nil.
func (d dims) tensors(c Covariance) []tensorSpec {
	specs := d.withBias(tensorSpec{"params.bias", []int{d.out}}, tensorSpec{"params.weight", []int{d.out, d.in}})
	if c != nil {
		specs = append(specs, c.tensors(d)...)
	}
	return specs
}

// numParams is how many entries they have, or some number above maxParams.
func (d dims) numParams(c Covariance) int {
	n := 0
	for _, t := range d.tensors(c) {
		n += t.len()
	}
	return n
}

// withBias leaves the bias part out if the layer has none.
func (d dims) withBias(bias, weight tensorSpec) []tensorSpec {
	if d.bias == 0 {
		return []tensorSpec{weight}
	}
	return []tensorSpec{bias, weight}
}

func (Diagonal) tensors(d dims) []tensorSpec {
	return d.withBias(
		tensorSpec{"params.cov.scale.bias", []int{d.out}},
		tensorSpec{"params.cov.scale.weight", []int{d.out, d.in}})
}

func factorTensors(d dims, rank int) []tensorSpec {
	return d.withBias(
		tensorSpec{"params.cov.factor.bias", []int{d.out, rank}},
		tensorSpec{"params.cov.factor.weight", []int{d.out, d.in, rank}})
}

func (Factorized) tensors(d dims) []tensorSpec { return factorTensors(d, d.params()) }
func (c LowRank) tensors(d dims) []tensorSpec  { return factorTensors(d, min(c.Rank, d.params())) }

func (c Kronecker) tensors(d dims) []tensorSpec {
	rin, rout := c.ranks(d)
	return append(d.withBias(
		tensorSpec{"params.cov.input_factor.bias", []int{1, rin}},
		tensorSpec{"params.cov.input_factor.weight", []int{d.in, rin}}),
		tensorSpec{"params.cov.output_factor", []int{d.out, rout}})
}

func (c Kronecker) ranks(d dims) (rin, rout int) {
	rin, rout = c.InputRank, c.OutputRank
	if rin == 0 {
		rin = d.in + d.bias
	}
	if rout == 0 {
		rout = d.out
	}
	return rin, rout
}

// structure is the arithmetic of one covariance structure on its parameters s,
// laid out as its tensors say. Rows come in tiles of at most tileRows.
type structure[T Float] interface {
	numNormals() int

	// workLen is the scratch that variance and varianceGrad need. prepare is
	// called once before either, finish once after the last varianceGrad.
	workLen() int
	prepare(s, work []T)
	// variance writes v (rows×out) for the rows of phi.
	variance(v, phi, s, work []T, rows int)
	// varianceGrad adds to dPhi (if not nil) and collects the parameters'
	// gradient in ds and work, from where finish adds what is left to ds. ds
	// is nil if nobody wants it.
	varianceGrad(dPhi, ds, dv, phi, s, work []T, rows int)
	finish(ds, s, work []T)
	// covariance writes c (out×out) for one row; its scratch is covWorkLen.
	covWorkLen() int
	covariance(c, phi, s, work []T)

	// sample adds S·eps to theta; sampleGrad adds the gradient by S to ds.
	sampleWorkLen() int
	sample(theta, s, eps, work []T)
	sampleGrad(ds, dTheta, s, eps, work []T)

	// What the divergence needs, in float64; see kl.go.
	klWorkLen() int
	deviations(dst []float64, s []T) // of the parameters, without eps and up to the sign
	totalCorrelation(s []T, eps float64, work []float64) float64
	klGrad(ds, s []T, q prior[T], scale float64, work []float64)
}

func newStructure[T Float](c Covariance, d dims) structure[T] {
	switch c := c.(type) {
	case Diagonal:
		return diagonal[T]{d}
	case Factorized:
		return factor[T]{d, d.params()}
	case LowRank:
		return factor[T]{d, min(c.Rank, d.params())}
	case Kronecker:
		rin, rout := c.ranks(d)
		k := kronecker[T]{d, rin, rout, c.Layout}
		if c.Layout == Sampled {
			return sampledKronecker[T]{k}
		}
		return k
	}
	return nil
}
