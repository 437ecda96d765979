package main

import (
	"fmt"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/isa"
)

// predictiveTasks are an output layer of 64 features and 10 classes that serves 4096 rows.
func predictiveTasks(isa.ISA) []task {
	return append(predictiveTasksOf[float32](), predictiveTasksOf[float64]()...)
}

// torch_cases.py has two ways to do these tasks.
const (
	einsum   = "einsum"   // as inferno does it, low rank only
	products = "products" // one matrix product for all, of weights that were brought in order before
)

func predictiveTasksOf[T bnn.Float]() []task {
	kronecker := bnn.Kronecker{InputRank: 3, OutputRank: 2}
	sampled := kronecker
	sampled.Layout = bnn.Sampled
	return []task{
		predictive[T]("low-rank", bnn.LowRank{Rank: 5}, 10+10*5),
		predictive[T]("kronecker", kronecker, 10+3),
		predictive[T]("kronecker-sampled", sampled, 10+10*3*2),
		predictive[T]("diagonal", bnn.Diagonal{}, 10+10),
	}
}

// predictive is a task whose products have that many columns.
func predictive[T bnn.Float](name string, c bnn.Covariance, columns int) task {
	const rows, in, out = 4096, 64, 10
	bits := bitsOf[T]()
	return task{
		name: fmt.Sprintf("predictive-%s-float%d", name, bits), bits: bits,
		macs: float64(rows * in * columns), promise: promise{worst: 0.6, share: 0.75, either: true},
		begin: func() work {
			layer, err := bnn.NewLinear[T](bnn.LinearConfig{In: in, Out: out, Type: bnn.Output, Covariance: c})
			if err != nil {
				panic(err)
			}
			copy(layer.Params(), spread[T](layer.NumParams(), 4096))
			serving := layer.Eval()
			phi, y, work := spread[T](rows*in, 256), make([]T, 2*rows*out), make([]T, serving.WorkLen(rows))
			return workOn(y, func() {
				if err := serving.Predict(y[:rows*out], y[rows*out:], phi, work); err != nil {
					panic(err)
				}
			}, nil)
		},
	}
}
