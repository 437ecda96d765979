package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"

	"github.com/viterin/vek"
	"github.com/viterin/vek/vek32"
	"gonum.org/v1/gonum/floats"

	"github.com/simmer-go/simmer/bench/compare/libmvec"
	"github.com/simmer-go/simmer/bench/compare/sleef"
	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// pair is simmer against one other.
type pair struct {
	work, other  string
	isa          isa.ISA
	limit        float64
	ours, theirs timing.Run
}

// Sink is what would otherwise be thrown away, and with it the work.
var Sink float64

func compareKernels(ctx context.Context, plan timing.Plan, n int) error {
	fmt.Printf("n = %d, one thread, %s\n\n", n, machine())
	t := newTable()
	for _, p := range pairs(n) {
		fmt.Fprintf(os.Stderr, "%s against %s\n", p.work, p.other)
		restore := isa.Use(p.isa)
		ns, err := plan.Compare(ctx, []timing.Run{p.ours, p.theirs})
		restore()
		if err != nil {
			return err
		}
		t.add(line{work: p.work, with: p.isa.String(), other: p.other, limit: p.limit,
			ours: ns[0] / float64(n), theirs: ns[1] / float64(n)})
	}
	t.flush()
	return nil
}

// pairs are all comparisons: those with fixed vector widths for each width, the others for the best implementation.
func pairs(n int) []pair {
	a, b := makeInputs[float32](n), makeInputs[float64](n)
	all := softplusPairs(a, b)
	best := isa.Active
	return append(all,
		pair{"logsumexp float32", "gonum floats.LogSumExp (float64)", best, 1.0 / 12, logSumExp(a), gonumLogSumExp(b)},
		pair{"logsumexp float64", "gonum floats.LogSumExp", best, 0, logSumExp(b), gonumLogSumExp(b)},
		pair{"squared error float32", "vek32.Distance", best, 1.15, squaredError(a), vek32Distance(a)},
		pair{"squared error float64", "vek.Distance", best, 1.15, squaredError(b), vekDistance(b)},
		pair{"squared error float64", "gonum floats.Distance", best, 0, squaredError(b), gonumDistance(b)},
		pair{"Gaussian KL float32", "plain Go loop (float64)", best, 1.0 / 5, gaussianKL(a), plainKL(b)},
		pair{"Gaussian KL float64", "plain Go loop", best, 0, gaussianKL(b), plainKL(b)},
	)
}

func softplusPairs(a inputs[float32], b inputs[float64]) []pair {
	var all []pair
	for _, width := range libmvec.Widths() {
		name, set, limit := fmt.Sprintf("gcc + libmvec, %d bits", width), isa.AVX2, 0.65
		if width == 512 {
			set, limit = isa.AVX512, 0.5
		}
		if !has(set) {
			continue
		}
		all = append(all,
			pair{"softplus float32", name, set, limit, softplus(a), func(reps int) { libmvec.Softplus32(width, a.dst, a.x, reps) }},
			pair{"softplus float64", name, set, 0, softplus(b), func(reps int) { libmvec.Softplus64(width, b.dst, b.x, reps) }})
	}
	if sleef.Has && has(isa.AVX2) {
		all = append(all, pair{"softplus float32", "SLEEF, 256 bits", isa.AVX2, 0, softplus(a),
			func(reps int) { sleef.Softplus(a.dst, a.x, reps) }})
	}
	return all
}

// inputs are logits x and y, means mu and standard deviations sigma of two lists of Gaussians.
type inputs[T kernels.Float] struct {
	dst, x, y                []T
	muP, sigmaP, muQ, sigmaQ []T
}

func makeInputs[T kernels.Float](n int) inputs[T] {
	random := rand.New(rand.NewPCG(1, 2))
	list := func(f func() float64) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(f())
		}
		return x
	}
	normal := func() float64 { return 3 * random.NormFloat64() }
	positive := func() float64 { return math.Exp(random.NormFloat64()) }
	return inputs[T]{
		dst: make([]T, n), x: list(normal), y: list(normal),
		muP: list(normal), sigmaP: list(positive), muQ: list(normal), sigmaQ: list(positive),
	}
}

func softplus[T kernels.Float](in inputs[T]) timing.Run {
	return func(reps int) {
		for range reps {
			kernels.SoftplusTo(in.dst, in.x)
		}
	}
}

func logSumExp[T kernels.Float](in inputs[T]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += kernels.LogSumExp(in.x)
		}
	}
}

func gonumLogSumExp(in inputs[float64]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += floats.LogSumExp(in.x)
		}
	}
}

func squaredError[T kernels.Float](in inputs[T]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += kernels.SquaredError(in.x, in.y)
		}
	}
}

func vek32Distance(in inputs[float32]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += float64(vek32.Distance(in.x, in.y))
		}
	}
}

func vekDistance(in inputs[float64]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += vek.Distance(in.x, in.y)
		}
	}
}

func gonumDistance(in inputs[float64]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += floats.Distance(in.x, in.y, 2)
		}
	}
}

func gaussianKL[T kernels.Float](in inputs[T]) timing.Run {
	return func(reps int) {
		for range reps {
			Sink += kernels.GaussianKL(in.muP, in.sigmaP, in.muQ, in.sigmaQ, 1e-6)
		}
	}
}

// plainKL is the textbook formula.
func plainKL(in inputs[float64]) timing.Run {
	const eps = 1e-6
	return func(reps int) {
		for range reps {
			sum := 0.0
			for i, mu := range in.muP {
				varP, varQ := in.sigmaP[i]*in.sigmaP[i]+eps, in.sigmaQ[i]*in.sigmaQ[i]+eps
				d := mu - in.muQ[i]
				sum += 0.5 * (math.Log(varQ/varP) + (varP+d*d)/varQ - 1)
			}
			Sink += sum
		}
	}
}
