package main

import (
	"fmt"
	"unsafe"

	"github.com/simmer-go/simmer/bnn"
)

// predictiveCases are an output layer of 64 features and 10 classes that serves 4096 rows. A limit stands where the
// project set itself one.
func predictiveCases() []torchCase {
	return append(predictiveCasesOf[float32](), predictiveCasesOf[float64]()...)
}

func predictiveCasesOf[T bnn.Float]() []torchCase {
	kronecker := bnn.Kronecker{InputRank: 3, OutputRank: 2}
	sampled := kronecker
	sampled.Layout = bnn.Sampled
	return []torchCase{
		predictive[T]("low-rank", bnn.LowRank{Rank: 5}, 1.0/2, "einsum", "products"),
		predictive[T]("kronecker", kronecker, 1.0/2, "products"),
		predictive[T]("kronecker-sampled", sampled, 0, "products"),
		predictive[T]("diagonal", bnn.Diagonal{}, 0, "products"),
	}
}

func predictive[T bnn.Float](name string, c bnn.Covariance, limit float64, ways ...string) torchCase {
	const rows, in, out = 4096, 64, 10
	layer, err := bnn.NewLinear[T](bnn.LinearConfig{In: in, Out: out, Type: bnn.Output, Covariance: c})
	if err != nil {
		panic(err)
	}
	copy(layer.Params(), spread[T](layer.NumParams(), 4096))
	serving := layer.Eval()
	phi, y, work := spread[T](rows*in, 256), make([]T, 2*rows*out), make([]T, serving.WorkLen(rows))
	mean, variance := y[:rows*out], y[rows*out:]
	call := func() (float64, error) {
		err := serving.Predict(mean, variance, phi, work)
		return float64(variance[0]), err
	}
	value := func() (float64, error) {
		_, err := call()
		return weightedSum(y), err
	}
	name = fmt.Sprintf("predictive-%s-float%d", name, 8*unsafe.Sizeof(T(0)))
	return torchCase{name, rows * out, limit, blasName, ways, call, value}
}

// weightedSum is Σ w y with the weights of probabilities, so that it notices elements that changed places.
func weightedSum[T bnn.Float](y []T) float64 {
	sum := 0.0
	for i, w := range probabilities(len(y)) {
		sum += float64(w) * float64(y[i])
	}
	return sum
}
