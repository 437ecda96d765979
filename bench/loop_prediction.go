package main

import "github.com/simmer-go/simmer/kernels"

// network has the parameters of the digits' network, in the order in which bnn has them.
type network[T kernels.Float] struct {
	bias1, weight1, bias2, weight2 []T
	biasFactor, weightFactor       []T // classes×rank, classes×hidden×rank
	temperature                    T
}

// newPredictionLoop predicts by the loops that one would write without this library.
func newPredictionLoop[T kernels.Float](d *digits[T]) *prediction[T] {
	model := readModel[T]()
	params := model.Params()
	cut := func(n int) []T {
		part := params[:n]
		params = params[n:]
		return part
	}
	n := network[T]{
		cut(hidden), cut(hidden * pixels), cut(classes), cut(classes * hidden),
		cut(classes * rank), cut(classes * hidden * rank), model.Output().Temperature(),
	}
	results := len(d.labels) * classes
	return &prediction[T]{d.images, make([]T, results), make([]T, results), n.predict}
}

func (n *network[T]) predict(mean, variance, images []T) error {
	h := make([]T, hidden)
	for i := range len(images) / pixels {
		for j := range h {
			h[j] = max(n.bias1[j]+inner(row(images, i, pixels), row(n.weight1, j, pixels)), 0)
		}
		for j := range classes {
			mean[i*classes+j] = (n.bias2[j] + inner(h, row(n.weight2, j, hidden))) / n.temperature
			variance[i*classes+j] = n.variance(h, j)
		}
	}
	return nil
}

// variance of the logit of class j: Σ_r (F_b[j,r] + Σ_i h_i·F[j,i,r])².
func (n *network[T]) variance(h []T, j int) (v T) {
	var u [rank]T
	copy(u[:], row(n.biasFactor, j, rank))
	factor := row(n.weightFactor, j, hidden*rank)
	for i, x := range h {
		addRow(u[:], x, row(factor, i, rank))
	}
	return inner(u[:], u[:])
}
