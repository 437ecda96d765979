package main

import (
	"fmt"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// torch_cases.py has two ways to do these tasks, with weights as torch.nn.Linear has them and transposed before.
const (
	linear = "linear"
	addmm  = "addmm"
)

// predictorTasks are requests to a bnn.Predictor: of a deterministic network, of one with a low-rank output layer, and the
// class probabilities averaged over 100 draws.
func predictorTasks(isa.ISA) []task {
	lowRank := []bnn.Covariance{nil, bnn.LowRank{Rank: 5}}
	return []task{
		forward([]int{784, 256, 10}, 1, promise{second: 1.3}),
		forward([]int{784, 256, 10}, 64, promise{worst: 0.9}),
		predictLowRank([]int{64, 32, 10}, 1, lowRank, promise{micros: 1}),
		predictLowRank([]int{64, 32, 10}, 64, lowRank, promise{}),
		averageDraws([]int{64, 32, 10}, 16, lowRank, promise{worst: 0.5}),
		averageDraws([]int{784, 512, 10}, 16, lowRank, promise{micros: 2000}),
	}
}

// predictorDraws is the number of draws.
const predictorDraws = 100

// request is a task of a network of the given sizes. call and the number of its results for each output are what is timed.
func request(
	name string, sizes []int, rows int, covs []bnn.Covariance, p promise, results int, spreadOfS float32,
	call func(m *bnn.Predictor[float32], y, x []float32) error,
) task {
	return task{
		name: fmt.Sprintf("predictor-%s-%dx%dx%dx%d", name, rows, sizes[0], sizes[1], sizes[2]), bits: 32,
		macs: float64(rows * (sizes[0] + sizes[2]) * sizes[1]), promise: p,
		begin: func() work {
			m := predictor(sizes, covs, spreadOfS)
			x, y := spread[float32](rows*sizes[0], 1024), make([]float32, results*rows*sizes[2])
			return workOn(y, func() {
				if err := call(m, y, x); err != nil {
					panic(err)
				}
			}, nil)
		},
	}
}

// predictor has parameters that are spread, those of covariances times spreadOfS.
func predictor(sizes []int, covs []bnn.Covariance, spreadOfS float32) *bnn.Predictor[float32] {
	model, err := bnn.NewMLP[float32](sizes, bnn.ReLU, covs...)
	if err != nil {
		panic(err)
	}
	copy(model.Params(), spread[float32](model.NumParams(), 32768))
	out := model.Output()
	s := out.Params()[out.NumMeanParams():]
	kernels.ScaleTo(s, spreadOfS, s)
	p, err := bnn.NewPredictor(model.Eval())
	if err != nil {
		panic(err)
	}
	return p
}

// forward is timed beside its first product, if that is what it promises something of.
func forward(sizes []int, rows int, p promise) task {
	t := request("forward", sizes, rows, nil, p, 1, 1, (*bnn.Predictor[float32]).Forward)
	begin := t.begin
	t.begin = func() work {
		w := begin()
		if p.second != 0 {
			w.second, w.apart = affine[float32](shape{rows, sizes[0], sizes[1]}).run, true
		}
		return w
	}
	return t
}

func predictLowRank(sizes []int, rows int, covs []bnn.Covariance, p promise) task {
	return request("low-rank", sizes, rows, covs, p, 2, 1, func(m *bnn.Predictor[float32], y, x []float32) error {
		return m.Predict(y[:len(y)/2], y[len(y)/2:], x)
	})
}

// averageDraws has an S so small that it does not matter what is drawn: so all have the same result.
func averageDraws(sizes []int, rows int, covs []bnn.Covariance, p promise) task {
	return request("draws", sizes, rows, covs, p, 1, 0x1p-30, func(m *bnn.Predictor[float32], y, x []float32) error {
		return m.ProbabilitiesFromDraws(y, x, bnn.Key{Seed: 1}, predictorDraws)
	})
}
