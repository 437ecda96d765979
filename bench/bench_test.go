package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// BenchmarkKernels has a sub-benchmark kernel/type/n/implementation for benchstat, and in the place of the
// implementation also loop and gonum. Narrow it down, all of them take long:
//
//	go test ./bench -run '^$' -bench '/Softplus/float32/4096/' -count 10
func BenchmarkKernels(b *testing.B) {
	d, err := readData()
	if err != nil {
		b.Fatal(err)
	}
	list32, list64 := catalog.Kernels[float32](), catalog.Kernels[float64]()
	for i := range list64 {
		b.Run(list64[i].Name, func(b *testing.B) {
			benchmark(b, d.source32, d.source64, list32[i])
			benchmark(b, d.source64, d.source64, list64[i])
		})
	}
}

func benchmark[T kernels.Float](b *testing.B, in *source[T], in64 *source[float64], k catalog.Kernel[T]) {
	b.Run(catalog.TypeName[T](), func(b *testing.B) {
		for _, s := range shapes(new(options), k) {
			b.Run(shapeText(k, s), func(b *testing.B) {
				for _, c := range competitors(in, in64, k, s) {
					b.Run(c.name, func(b *testing.B) { benchmarkRun(b, c.run, k.Work(s)) })
				}
			})
		}
	})
}

func benchmarkRun(b *testing.B, run timing.Run, n int) {
	if run == nil {
		b.Skip("there is none")
	}
	b.ReportAllocs()
	b.ResetTimer()
	run(b.N)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
}

// What is compared must compute the same, or the ratios mean nothing: each loop against its kernel, on real input.
func TestLoopsComputeTheSame(t *testing.T) {
	d, err := readData()
	if err != nil {
		t.Fatal(err)
	}
	names := kernelNames()
	for name := range loops[float32]() {
		if !slices.Contains(names, name) {
			t.Errorf("loops has %s, which is no kernel", name)
		}
	}
	for _, k := range catalog.Kernels[float32]() {
		sameAsLoop(t, d.source32, k, loops[float32]()[k.Name], 1e-4)
	}
	for _, k := range catalog.Kernels[float64]() {
		sameAsLoop(t, d.source64, k, loops[float64]()[k.Name], 1e-9)
		if g := gonum[k.Name]; g != nil {
			sameAsLoop(t, d.source64, k, asSquare(k.Name, g), 1e-9)
		}
	}
}

// asSquare makes gonum's distance the squared error; the root is left out of the timing's account, being one in n.
func asSquare(name string, f call[float64]) call[float64] {
	if name != "SquaredError" {
		return f
	}
	return func(a catalog.Args[float64]) float64 {
		distance := f(a)
		return distance * distance
	}
}

func sameAsLoop[T kernels.Float](t *testing.T, s *source[T], k catalog.Kernel[T], loop call[T], tolerance float64) {
	t.Helper()
	if loop == nil || k.Draws {
		return // nobody needs one, or its random numbers are others
	}
	shape := catalog.Vector(640)
	switch {
	case k.Product:
		shape = catalog.Shape{Rows: 9, Depth: pixels, Cols: classes}
	case k.Rows:
		shape = rowsOf(640, fewColumns)
	}
	byLoop := k
	byLoop.Call = loop
	got := list(k.Run(isa.Active, s.args(k, shape)))
	want := list(byLoop.Run(isa.Active, s.args(k, shape)))
	for i, v := range got {
		if v != want[i] && !(math.Abs(v-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("%s %s: result %d: kernel %v, other %v", k.Name, catalog.TypeName[T](), i, v, want[i])
			return
		}
	}
}

// A kernel that gives other bits by one implementation than by the fallback must be found.
func TestAgreeFindsADifference(t *testing.T) {
	if len(isa.Available()) == 1 {
		t.Skip("only the fallback runs here")
	}
	d, err := readDigits[float32]()
	if err != nil {
		t.Fatal(err)
	}
	k := catalog.Find[float32]("ScaleTo")
	right := k.Call
	k.Call = func(a catalog.Args[float32]) float64 {
		right(a)
		if isa.Active != isa.Generic {
			a.Out[0][agreeElements-1]++
		}
		return 0
	}
	_, err = agree(context.Background(), d.source(), k)
	var different *catalog.Mismatch
	if !errors.As(err, &different) || different.At != agreeElements-1 {
		t.Errorf("got %v", err)
	}
}

func TestRun(t *testing.T) {
	out, errs, code := runWith(context.Background(), "-kernel", "expM1,sum", "-n", "8,20", "-time", "1us", "-json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var got document
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Complete || got.Machine.CPU == "" || len(got.Agreed) == 0 || len(got.Measurements) == 0 {
		t.Errorf("%+v", got)
	}
	if w := got.WorstShort; w == nil || !(w.Ratio > 0) || w.Implementation != kernels.Implementation() {
		t.Errorf("the worst short call: %+v", w)
	}
	for _, m := range got.Measurements {
		for _, i := range isa.Available() {
			if !(m.Nanoseconds[i.String()] > 0) || !(m.TimesFaster[i.String()][loopName] > 0) {
				t.Errorf("%s %s n=%d: %v lacks %v", m.Kernel, m.Type, m.N, m, i)
			}
		}
	}
}

func TestRunPrintsATable(t *testing.T) {
	out, errs, code := runWith(context.Background(), "-kernel", "logsumexprows,logsumexp", "-n", "8", "-time", "1us")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, part := range []string{kernels.Implementation(), "GOARCH", "1797 images", "LogSumExpRowsTo", "float64", "1×1000", "Short calls by"} {
		if part = strings.ReplaceAll(part, "GOARCH", thisMachine().Platform); !strings.Contains(out, part) {
			t.Errorf("the report lacks %q:\n%s", part, out)
		}
	}
	if errs == "" {
		t.Error("no progress on stderr")
	}
}

// Without options there is one screen, which ends in what it comes to.
func TestRunPrintsOneScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("calls every kernel thousands of times")
	}
	out, errs, code := runWith(context.Background(), "-time", "1us")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "All implementations agreed") || strings.Contains(last, "worst 0.0") {
		t.Errorf("the last line is %q", last)
	}
	if len(lines) > 66 {
		t.Errorf("%d lines are more than a screen", len(lines))
	}
	if strings.Contains(out, "\x1b") {
		t.Error("colours, though it is no terminal")
	}
	for _, g := range headlines {
		for _, name := range g.kernels {
			if loops[float32]()[name] == nil {
				t.Errorf("%s has no loop to compare with", name)
			}
		}
	}
}

func TestBar(t *testing.T) {
	s := screen{colour: true}
	for times, want := range map[float64]string{8.1: green + "███" + plain, 1.5: yellow + "█" + plain, 0.5: red + "slower" + plain, 1: ""} {
		if got := s.bar(times); got != want {
			t.Errorf("bar of %v is %q, want %q", times, got, want)
		}
	}
}

// The loops of a whole prediction compute what the model does.
func TestPredictionLoop(t *testing.T) {
	d, err := readDigits[float64]()
	if err != nil {
		t.Fatal(err)
	}
	want, got := newPrediction(d), newPredictionLoop(d)
	want.repeat(1)
	got.repeat(1)
	for i := range want.mean {
		if math.Abs(got.mean[i]-want.mean[i]) > 1e-9 || math.Abs(got.variance[i]-want.variance[i]) > 1e-9 {
			t.Fatalf("result %d: %v ± %v, want %v ± %v", i, got.mean[i], got.variance[i], want.mean[i], want.variance[i])
		}
	}
}

// What is measured again with care must be the worst by that measure.
func TestWorst(t *testing.T) {
	quick, careful := []float64{30, 20, 10}, []float64{15, 18, 9}
	var all []*shortCall
	quickly := timing.Plan{Time: time.Microsecond}
	for i := range quick {
		all = append(all, &shortCall{Shape: fmt.Sprint(i), measure: func(p timing.Plan) ([]float64, error) {
			if p == quickly {
				return []float64{quick[i], 10}, nil
			}
			return []float64{careful[i], 10}, nil
		}})
	}
	for _, c := range all {
		if err := c.compare(quickly); err != nil {
			t.Fatal(err)
		}
	}
	got, err := worst(all, timing.Plan{Time: time.Second})
	if err != nil || got.Shape != "1" || got.Ratio != 1.8 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out, errs, code := runWith(ctx, "-json")
	if code != 130 || !strings.Contains(errs, "interrupted") {
		t.Errorf("exit code %d, stderr %q", code, errs)
	}
	var got document
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Complete {
		t.Errorf("%v, complete: %v", err, got.Complete)
	}
}

func TestBadCommandLines(t *testing.T) {
	for _, args := range [][]string{
		{"-kernel", "nosuch"}, {"-kernel", "exp,"}, {"-n", "0"}, {"-n", "8,x"}, {"-n", "99999999999"}, {"-time", "-1s"}, {"surplus"}, {"-nosuch"},
	} {
		if out, errs, code := runWith(context.Background(), args...); code != 2 || errs == "" || out != "" {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", args, code, out, errs)
		}
	}
}

func runWith(ctx context.Context, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(ctx, args, &out, &errs)
	return out.String(), errs.String(), code
}
