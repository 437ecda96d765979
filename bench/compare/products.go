package main

import (
	"fmt"
	"math"
	"unsafe"

	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// shape is that of a layer: rows of k inputs and n outputs.
type shape struct{ rows, k, n int }

// productShapes are one row and batches, small and large layers, few outputs and one.
var productShapes = []shape{
	{1, 784, 256}, {1, 1024, 1024}, {8, 784, 256},
	{64, 64, 10}, {64, 784, 256}, {256, 1024, 1024},
	{4096, 64, 10}, {4096, 64, 60}, {4096, 784, 256},
	{4096, 64, 1}, {1, 64, 10},
}

// productTasks are layers forward, affine, and the two products of backpropagation, dx and dw; peers/serve.h says what
// they are.
func productTasks(set isa.ISA) []task {
	return append(productTasksOf[float32](set), productTasksOf[float64](set)...)
}

func productTasksOf[T kernels.Float](set isa.ISA) []task {
	var all []task
	for _, s := range productShapes {
		all = append(all, productTask[T]("affine", s, affine[T], layerPromise[T](set, s)))
	}
	for _, s := range productShapes {
		if s.rows > 1 {
			all = append(all, productTask[T]("dx", s, inputGrad[T], promise{}))
			all = append(all, productTask[T]("dw", s, weightGrad[T], promise{}))
		}
	}
	return all
}

func productTask[T kernels.Float](kind string, s shape, begin func(shape) work, p promise) task {
	bits := bitsOf[T]()
	return task{
		name: fmt.Sprintf("%s-float%d-%dx%dx%d", kind, bits, s.rows, s.k, s.n), bits: bits,
		macs: float64(s.rows) * float64(s.k) * float64(s.n), begin: func() work { return begin(s) }, promise: p,
	}
}

func bitsOf[T kernels.Float]() int { return 8 * int(unsafe.Sizeof(T(0))) }

// layerPromise is to be level with the best peer and, for two shapes, a share of the peak.
func layerPromise[T kernels.Float](set isa.ISA, s shape) promise {
	p := promise{worst: 1.1}
	if s.n == 1 {
		p.worst = 1.7
	}
	shares := map[shape]map[int][2]float64{ // AVX-512 and AVX2
		{64, 784, 256}:    {32: {0.92, 0.88}, 64: {0.90, 0.88}},
		{256, 1024, 1024}: {32: {0.88, 0.84}, 64: {0.68, 0.68}},
	}
	switch share := shares[s][bitsOf[T]()]; set {
	case isa.AVX512:
		p.share = share[0]
	case isa.AVX2:
		p.share = share[1]
	}
	if set == isa.AVX512 && s == (shape{64, 784, 256}) && bitsOf[T]() == 32 {
		p.second = 1.0 / 8 // which may be more than the peak of AVX2
	}
	return p
}

// affine has the weights packed, as for a model that serves.
func affine[T kernels.Float](s shape) work {
	x, weights, bias := spread[T](s.rows*s.k, 256), spread[T](s.n*s.k, 4096), spread[T](s.n, 256)
	y := make([]T, s.rows*s.n)
	packed := kernels.Pack(weights, s.n, s.k, s.k)
	return workOn(y, func() {
		kernels.AffineReLUTo(y, x, packed, bias)
	}, func() {
		gemm(blas.NoTrans, blas.Trans, s.rows, s.n, s.k, x, s.k, weights, s.k, 0, y)
		finish(y, bias)
	})
}

// finish adds the bias and takes ReLU, in place.
func finish[T kernels.Float](y, bias []T) {
	for ; len(y) > 0; y = y[len(bias):] {
		for j, b := range bias {
			y[j] = max(y[j]+b, 0)
		}
	}
}

func inputGrad[T kernels.Float](s shape) work {
	dy, weights, dx := spread[T](s.rows*s.n, 256), spread[T](s.n*s.k, 4096), make([]T, s.rows*s.k)
	return workOn(dx, func() {
		kernels.MatMulTo(dx, dy, weights, s.rows, s.n, s.k)
	}, func() {
		gemm(blas.NoTrans, blas.NoTrans, s.rows, s.k, s.n, dy, s.n, weights, s.k, 0, dx)
	})
}

func weightGrad[T kernels.Float](s shape) work {
	dy, x, dw := spread[T](s.rows*s.n, 256), spread[T](s.rows*s.k, 4096), make([]T, s.n*s.k)
	return workOn(dw, func() {
		kernels.AddTransMatMulTo(dw, dy, x, s.n, s.rows, s.k)
	}, func() {
		gemm(blas.Trans, blas.NoTrans, s.n, s.k, s.rows, dy, s.n, x, s.k, 1, dw)
	})
}

// workOn is work with the result out.
func workOn[T kernels.Float](out []T, ours, gonums func()) work {
	value := func(run timing.Run) (sum, magnitude float64) {
		clear(out)
		run(1)
		return weightedSum(out)
	}
	return work{run: repeat(ours), second: repeat(gonums), value: value}
}

func repeat(call func()) timing.Run {
	if call == nil {
		return nil
	}
	return func(reps int) {
		for range reps {
			call()
		}
	}
}

// weightedSum is Σ w y with the weights of probabilities, so that it notices elements that changed places, and Σ |w y|.
func weightedSum[T kernels.Float](y []T) (sum, magnitude float64) {
	for i, w := range probabilities(len(y)) {
		v := float64(w) * float64(y[i])
		sum += v
		magnitude += math.Abs(v)
	}
	return sum, magnitude
}

// gemm is c = a·b + beta·c of gonum's own BLAS, c with rows of n.
func gemm[T kernels.Float](
	tA, tB blas.Transpose, m, n, k int, a []T, lda int, b []T, ldb int, beta T, c []T,
) {
	var g blasgonum.Implementation
	switch a := any(a).(type) {
	case []float32:
		g.Sgemm(tA, tB, m, n, k, 1, a, lda, any(b).([]float32), ldb, float32(beta), any(c).([]float32), n)
	case []float64:
		g.Dgemm(tA, tB, m, n, k, 1, a, lda, any(b).([]float64), ldb, float64(beta), any(c).([]float64), n)
	}
}
