package bnn_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/steady"
)

func predictorOf[T bnn.Float](t testing.TB, s *bnn.Sequential[T]) *bnn.Predictor[T] {
	t.Helper()
	p, err := bnn.NewPredictor(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// server is what Predictor and Ensemble have in common.
type server[T bnn.Float] interface {
	In() int
	Out() int
	Predict(mean, variance, x []T) error
	Probabilities(probabilities, x []T) error
}

// served are the results of a predictor for a batch, without draws.
func served[T bnn.Float](t *testing.T, p *bnn.Predictor[T], x []T) results[T] {
	t.Helper()
	rows := len(x) / p.In()
	y := rows * p.Out()
	r := results[T]{
		"Predict mean": make([]T, y), "Predict variance": make([]T, y), "Forward": make([]T, y),
		"Representation": make([]T, rows*p.Features()), "PredictCovariance": make([]T, y*p.Out()),
		"Probabilities": make([]T, y),
	}
	for _, err := range []error{
		p.Predict(r["Predict mean"], r["Predict variance"], x),
		p.Forward(r["Forward"], x),
		p.Representation(r["Representation"], x),
		p.PredictCovariance(r["PredictCovariance"], x),
		p.Probabilities(r["Probabilities"], x),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestPredictor: a predictor has the bits of its model, on all instruction sets, with any number of goroutines.
func TestPredictor(t *testing.T) {
	eachResultModel(t, testPredictor[float32], testPredictor[float64])
}

func testPredictor[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	for _, rows := range testRows([]int{0, 1, 7, 130, 600}, []int{1, 70}) {
		b := newBatch(s, rows)
		want := resultsOf(t, s, b)
		want["Probabilities"] = served(t, predictorOf(t, s), b.x)["Probabilities"]
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			p := predictorOf(t, s)
			for _, workers := range []int{1, 3} {
				for name, got := range served(t, p.Workers(workers), b.x) {
					sameBits(t, fmt.Sprintf("%v, %d workers: %s of %d rows", i, workers, name, rows), got, want[name])
				}
			}
			restore()
		}
	}
}

// TestPredictorAnyBatch: a row has the same results in any batch.
func TestPredictorAnyBatch(t *testing.T) {
	eachResultModel(t, predictorAnyBatch[float32], predictorAnyBatch[float64])
}

func predictorAnyBatch[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	const most = 150
	p, x := predictorOf(t, s), newBatch(s, most).x
	all := served(t, p, x)
	for _, rows := range []int{1, 3, 16, 33, 65, 149} {
		from := rows * 37 % (most - rows + 1)
		for name, got := range served(t, p, x[from*s.In():][:rows*s.In()]) {
			n := len(all[name]) / most
			sameBits(t, fmt.Sprintf("%s of rows %d to %d", name, from, from+rows), got, all[name][n*from:][:n*rows])
		}
	}
}

// TestPredictorIsASnapshot changes the model afterwards.
func TestPredictorIsASnapshot(t *testing.T) {
	eachResultModel(t, isSnapshot[float32], isSnapshot[float64])
}

func isSnapshot[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	p, x := predictorOf(t, s), newBatch(s, 5).x
	want := allServed(t, p, x)
	for i := range s.Params() {
		s.Params()[i] = T(math.NaN())
	}
	if err := s.Output().SetTemperature(3); err != nil {
		t.Fatal(err)
	}
	for name, got := range allServed(t, p, x) {
		sameBits(t, name, got, want[name])
	}
}

// TestPredictorGoroutines shares a predictor, and its views, between many goroutines.
func TestPredictorGoroutines(t *testing.T) {
	for _, name := range []string{"deterministic", "low rank", "diagonal", "kronecker last", "sampled, full rank"} {
		m := drawModels()[name]
		t.Run(name+"/float32", func(t *testing.T) { predictorGoroutines(t, newDrawModel[float32](t, bnn.ReLU, m)) })
		t.Run(name+"/float64", func(t *testing.T) { predictorGoroutines(t, newDrawModel[float64](t, bnn.SiLU, m)) })
	}
}

func predictorGoroutines[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	const goroutines, most = 64, 40
	p, x := predictorOf(t, s), newBatch(s, most).x
	part := func(g int) []T { return x[g%7*s.In() : (g%7+1+g%5*(g%3)*4)*s.In()] }
	want := make([]results[T], goroutines)
	for g := range want {
		want[g] = allServed(t, p, part(g))
	}
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for name, got := range allServed(t, p.Workers(1+g%3), part(g)) {
				sameBits(t, fmt.Sprintf("goroutine %d: %s", g, name), got, want[g][name])
			}
		})
	}
	wg.Wait()
}

// TestPredictorRefuses gives models that cannot serve.
func TestPredictorRefuses(t *testing.T) {
	eachSmallModel(t, func(_ *bnn.Linear[float64], s *bnn.Sequential[float64]) {
		refuse := func(s *bnn.Sequential[float64], want string) {
			t.Helper()
			p, err := bnn.NewPredictor(s)
			if p != nil || err == nil || !strings.HasPrefix(err.Error(), "bnn: NewPredictor: ") ||
				!strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		refuse(s, "the model is in training mode, where it ignores its temperature: give model.Eval()")
		refuse(s.Eval().Train(), "training mode")
		for i, old := range s.Params() {
			for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				s.Params()[i] = v
				refuse(s.Eval(), fmt.Sprintf("] is %v", v))
			}
			s.Params()[i] = old
		}
	})
}

// predictorCalls need no work.
func predictorCalls(p *bnn.Predictor[float64], rows int) []call {
	x, y := rows*p.In(), rows*p.Out()
	return append(serverCalls("Predictor", p, rows),
		call{"Predictor.Forward", lengths{"y": y, "x": x}, []string{"y"},
			func(a args) error { return p.Forward(a["y"], a["x"]) }},
		call{"Predictor.Representation", lengths{"phi": rows * p.Features(), "x": x}, []string{"phi"},
			func(a args) error { return p.Representation(a["phi"], a["x"]) }},
		call{"Predictor.PredictCovariance", lengths{"cov": y * p.Out(), "x": x}, []string{"cov"},
			func(a args) error { return p.PredictCovariance(a["cov"], a["x"]) }},
		call{"Predictor.Draws", lengths{"y": 3 * y, "x": x}, []string{"y"},
			func(a args) error { return p.Draws(a["y"], a["x"], bnn.Key{}, 0) }},
		call{"Predictor.PredictFromDraws", lengths{"mean": y, "variance": y, "x": x}, []string{"mean", "variance"},
			func(a args) error { return p.PredictFromDraws(a["mean"], a["variance"], a["x"], bnn.Key{}, 2) }},
		call{"Predictor.ProbabilitiesFromDraws", lengths{"probabilities": y, "x": x}, []string{"probabilities"},
			func(a args) error { return p.ProbabilitiesFromDraws(a["probabilities"], a["x"], bnn.Key{}, 2) }})
}

func serverCalls(name string, p server[float64], rows int) []call {
	x, y := rows*p.In(), rows*p.Out()
	return []call{
		{name + ".Predict", lengths{"mean": y, "variance": y, "x": x}, []string{"mean", "variance"},
			func(a args) error { return p.Predict(a["mean"], a["variance"], a["x"]) }},
		{name + ".Probabilities", lengths{"probabilities": y, "x": x}, []string{"probabilities"},
			func(a args) error { return p.Probabilities(a["probabilities"], a["x"]) }},
	}
}

// TestPredictorWrongLengths makes every slice of every call one shorter and one longer.
func TestPredictorWrongLengths(t *testing.T) {
	eachSmallModel(t, func(_ *bnn.Linear[float64], s *bnn.Sequential[float64]) {
		for _, c := range predictorCalls(predictorOf(t, s.Eval()), 2) {
			c.refuseLengths(t)
		}
	})
}

// refuseLengths makes every slice one shorter and one longer.
func (c *call) refuseLengths(t *testing.T) {
	t.Helper()
	for name, n := range c.lengths {
		for _, length := range []int{n - 1, n + 1} {
			c.refuse(t, fmt.Sprintf("%s of %d instead of %d", name, length, n),
				fmt.Sprintf("%s has length %d", name, length),
				func(a args) { a[name] = slices.Repeat([]float64{canary}, max(length, 0)) })
		}
	}
}

// TestPredictorAllocations: after the first call nothing is allocated, even if the collector runs.
func TestPredictorAllocations(t *testing.T) {
	steady.Allocations(t)
	for _, c := range append(covarianceKinds(), nil) {
		s := resultModel[float32](t, bnn.ReLU, c, 9, 4, 3)
		p := predictorOf(t, s)
		for _, rows := range []int{1, 30, 600} {
			for _, call := range timedCalls(p, normals[float32](rows*s.In(), 1)) {
				if n := testing.AllocsPerRun(5, func() {
					runtime.GC()
					call.run()
				}); n != 0 {
					t.Errorf("%v, %d rows: %s makes %v allocations", c, rows, call.name, n)
				}
			}
		}
	}
}

// TestPredictorMemory holds what the documentation says of the memory.
func TestPredictorMemory(t *testing.T) {
	const in, hidden, out = 300, 200, 10
	last := 4 * (16*hidden + out) // packed, with its bias
	packed := 4*(208*in+hidden) + last
	gaussian := 4 * (hidden*out + out) // not packed
	for _, c := range []struct {
		cov  bnn.Covariance
		want int
	}{
		{nil, packed},
		{bnn.Diagonal{}, packed + 3*gaussian + last},
		{bnn.LowRank{Rank: 5}, packed + gaussian + 2*5*gaussian},
		{bnn.Kronecker{InputRank: 4}, packed + gaussian + 4*((hidden+1)*4+out*out) + 4*(out+out*out)},
		{bnn.Kronecker{InputRank: 3, OutputRank: 2, Layout: bnn.Sampled},
			packed + gaussian + 4*((hidden+1)*3+out*2) + 6*gaussian},
	} {
		s, err := bnn.NewMLP[float32]([]int{in, hidden, out}, bnn.ReLU, nil, c.cov)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p := predictorOf(t, s.Eval())
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(p)
		got := int(after.TotalAlloc - before.TotalAlloc)
		slack := 16<<10 + c.want/8 // sizes of the allocator, and what is not a number
		if got < c.want || got > c.want+slack {
			t.Errorf("%v: %d bytes, want %d to %d", c.cov, got, c.want, c.want+slack)
		}
	}
}

// TestProbabilities compares with the formula.
func TestProbabilities(t *testing.T) {
	for _, out := range []int{1, 3} {
		s := resultModel[float64](t, bnn.SiLU, bnn.Diagonal{}, 6, 5, out)
		p, x := predictorOf(t, s), normals[float64](4*6, 3)
		r := served(t, p, x)
		for row := range 4 {
			sum, want := 0.0, make([]float64, out)
			for k := range want {
				i := row*out + k
				z := r["Predict mean"][i] / math.Sqrt(1+math.Pi*r["Predict variance"][i]/8)
				want[k] = math.Exp(z)
				sum += want[k]
			}
			if out == 1 {
				sum++
			}
			for k, e := range want {
				if got := r["Probabilities"][row*out+k]; math.Abs(got-e/sum) > 1e-14 {
					t.Errorf("%d classes, row %d: probability %d is %v, want %v", out, row, k, got, e/sum)
				}
			}
		}
	}
}

// namedRun is a call that cannot fail.
type namedRun struct {
	name string
	run  func()
}

func timedCalls[T bnn.Float](p *bnn.Predictor[T], x []T) []namedRun {
	rows := len(x) / p.In()
	drawn := make([]T, 20*rows*p.Out())
	y, z, phi, c := make([]T, rows*p.Out()), make([]T, rows*p.Out()), make([]T, rows*p.Features()),
		make([]T, rows*p.Out()*p.Out())
	return []namedRun{
		{"Predict", func() { check(p.Predict(y, z, x)) }},
		{"Forward", func() { check(p.Forward(y, x)) }},
		{"Representation", func() { check(p.Representation(phi, x)) }},
		{"PredictCovariance", func() { check(p.PredictCovariance(c, x)) }},
		{"Probabilities", func() { check(p.Probabilities(y, x)) }},
		{"Draws", func() { check(p.Draws(drawn, x, bnn.Key{Seed: 1}, 0)) }},
		{"PredictFromDraws", func() { check(p.PredictFromDraws(y, z, x, bnn.Key{Seed: 1}, 30)) }},
		{"ProbabilitiesFromDraws", func() { check(p.ProbabilitiesFromDraws(y, x, bnn.Key{Seed: 1}, 30)) }},
	}
}
