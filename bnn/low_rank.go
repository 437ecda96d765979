package bnn

import "fmt"

// LowRank has an S of P×Rank. A rank above P is taken as P.
type LowRank struct{ Rank int }

func (c LowRank) String() string { return fmt.Sprintf("low_rank(%d)", c.Rank) }

func (c LowRank) check() error {
	if c.Rank < 1 {
		return fmt.Errorf("LowRank.Rank is %d, want at least 1", c.Rank)
	}
	return nil
}

func (c LowRank) tensors(d dims) []tensorSpec {
	return factorTensors(d, min(c.Rank, d.numMeanParams()))
}

// lowRank is the divergence of a factor of a rank below P, from its singular values, with eps I for the rest.
type lowRank[T Float] struct{ factor[T] }

func newLowRank[T Float](c LowRank, d dims) structure[T] {
	if c.Rank >= d.numMeanParams() {
		return newFactorized[T](d)
	}
	return lowRank[T]{factor[T]{d, c.Rank}}
}

func (f lowRank[T]) klLen() int {
	n := f.numMeanParams()
	return svdLen(n, f.rank) + n
}

// one is the other factor of [totalCorrelation] and [addFactorGrad], where there is none.
var one = []float64{1}

func (f lowRank[T]) totalCorrelation(s []T, eps float64, work []float64) float64 {
	d, _ := newSVD(f.numMeanParams(), f.rank, work)
	decompose(d, s)
	return totalCorrelation(d.norm, d.sigma, one, one, eps)
}

func (f lowRank[T]) klGrad(ds, s []T, q prior[T], scale float64, work []float64) {
	d, work := newSVD(f.numMeanParams(), f.rank, work)
	decompose(d, s)
	for p := range d.n {
		work[p] = 1 / q.variance(p)
	}
	addFactorGrad(ds, s, d, one, work[:d.n], q.eps, scale)
}
