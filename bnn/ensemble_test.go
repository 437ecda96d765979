package bnn_test

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/steady"
)

// newEnsemble has members with other parameters each.
func newEnsemble[T bnn.Float](t *testing.T, members int) (*bnn.Ensemble[T], []*bnn.Predictor[T]) {
	t.Helper()
	var all []*bnn.Predictor[T]
	for k := range members {
		s, err := bnn.NewMLP[T]([]int{4, 9, 3}, bnn.SiLU, bnn.LowRank{Rank: 2})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range normals[T](s.NumParams(), uint64(k)) {
			s.Params()[i] = v / 2
		}
		all = append(all, predictorOf(t, s.Eval()))
	}
	e, err := bnn.NewEnsemble(all...)
	if err != nil {
		t.Fatal(err)
	}
	return e, all
}

// TestEnsemble compares with what the members predict.
func TestEnsemble(t *testing.T) {
	t.Run("float32", testEnsemble[float32])
	t.Run("float64", testEnsemble[float64])
}

func testEnsemble[T bnn.Float](t *testing.T) {
	const draws = 50
	for _, c := range []struct{ members, rows int }{{1, 3}, {3, 0}, {4, 1}, {5, 600}} {
		e, members := newEnsemble[T](t, c.members)
		x, n := normals[T](c.rows*e.In(), 1), c.rows*e.Out()
		var means, variances, drawnMeans, drawnVariances, p, drawnP [][]T
		add := func(to *[][]T) []T {
			y := make([]T, n)
			*to = append(*to, y)
			return y
		}
		for k, m := range members {
			key := bnn.Key{Seed: 3, Stream: math.MaxUint64 + uint64(k)} // which may overflow
			check(m.Predict(add(&means), add(&variances), x))
			check(m.PredictFromDraws(add(&drawnMeans), add(&drawnVariances), x, key, draws))
			check(m.Probabilities(add(&p), x))
			check(m.ProbabilitiesFromDraws(add(&drawnP), x, key, draws))
		}
		mean, variance, key := make([]T, n), make([]T, n), bnn.Key{Seed: 3, Stream: math.MaxUint64}
		compare := func(what string, means, variances [][]T) {
			wantMean, wantVariance := mixture(means, variances)
			closeTo(t, what+" mean", mean, wantMean)
			closeTo(t, what+" variance", variance, wantVariance)
		}
		check(e.Predict(mean, variance, x))
		compare("Predict", means, variances)
		check(e.PredictFromDraws(mean, variance, x, key, draws))
		compare("PredictFromDraws", drawnMeans, drawnVariances)
		check(e.Probabilities(mean, x))
		want, _ := mixture(p, p)
		closeTo(t, "Probabilities", mean, want)
		check(e.ProbabilitiesFromDraws(mean, x, key, draws))
		want, _ = mixture(drawnP, drawnP)
		closeTo(t, "ProbabilitiesFromDraws", mean, want)
	}
}

// mixture is the mean and the variance of a mixture, as the second moment less the square of the first.
func mixture[T bnn.Float](means, variances [][]T) (mean, variance []T) {
	k := float64(len(means))
	mean, variance = make([]T, len(means[0])), make([]T, len(means[0]))
	for i := range mean {
		first, second := 0.0, 0.0
		for j := range means {
			m := float64(means[j][i])
			first += m / k
			second += (float64(variances[j][i]) + m*m) / k
		}
		mean[i], variance[i] = T(first), T(second-first*first)
	}
	return mean, variance
}

func TestBadEnsembles(t *testing.T) {
	_, members := newEnsemble[float64](t, 2)
	other := predictorOf(t, resultModel[float64](t, bnn.ReLU, nil, 4, 2))
	for want, members := range map[string][]*bnn.Predictor[float64]{
		"there are no members":                              nil,
		"member 2 has In 4 and Out 2, member 0 has 4 and 3": append(members, other),
	} {
		if _, err := bnn.NewEnsemble(members...); err == nil || err.Error() != "bnn: NewEnsemble: "+want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	e, err := bnn.NewEnsemble(members...)
	check(err)
	calls := append(serverCalls("Ensemble", e, 2),
		call{"Ensemble.PredictFromDraws", lengths{"mean": 6, "variance": 6, "x": 8}, []string{"mean", "variance"},
			func(a args) error { return e.PredictFromDraws(a["mean"], a["variance"], a["x"], bnn.Key{}, 2) }},
		call{"Ensemble.ProbabilitiesFromDraws", lengths{"probabilities": 6, "x": 8}, []string{"probabilities"},
			func(a args) error { return e.ProbabilitiesFromDraws(a["probabilities"], a["x"], bnn.Key{}, 2) }})
	for _, c := range calls {
		c.refuseLengths(t)
	}
	y, x := make([]float64, 6), make([]float64, 8)
	for _, err := range []error{e.PredictFromDraws(y, y, x, bnn.Key{}, 1), e.ProbabilitiesFromDraws(y, x, bnn.Key{}, 0)} {
		if err == nil || !strings.Contains(err.Error(), "want at least") {
			t.Errorf("got %v", err)
		}
	}
}

// TestEnsembleAllocations: after the first call nothing is allocated, even if the collector runs.
func TestEnsembleAllocations(t *testing.T) {
	steady.Allocations(t)
	e, _ := newEnsemble[float32](t, 3)
	x := normals[float32](30*e.In(), 1)
	y, z := make([]float32, 30*e.Out()), make([]float32, 30*e.Out())
	if n := testing.AllocsPerRun(5, func() {
		runtime.GC()
		check(e.Predict(y, z, x))
		check(e.Probabilities(y, x))
		check(e.PredictFromDraws(y, z, x, bnn.Key{}, 10))
		check(e.ProbabilitiesFromDraws(y, x, bnn.Key{}, 10))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
