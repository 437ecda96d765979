package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/bench/compare/charts"
	"github.com/simmer-go/simmer/internal/isa"
)

// The inputs of a chart of errors: so many in each of so many equal parts of an interval.
const (
	errorParts  = 160
	errorInputs = 1000
)

// leastError is drawn for what is smaller, as a logarithm has no 0.
const leastError = 0.25

// errorIntervals go where the tails begin to matter.
var errorIntervals = map[string][2]float64{
	"softplus": {-105, 30}, "exp": {-105, 90}, "tanh": {-12, 12}, "gelu": {-14, 6},
}

// errorChart has the worst error of float32 near each input, by each library.
func (s *settings) errorChart(ctx context.Context, name string) (*charts.Chart, error) {
	c := &charts.Chart{Title: name + ", float32: worst error near each input", X: "x", Y: "ULP", LogY: true, Limit: 1}
	list := functions[float32]()
	f := list[slices.IndexFunc(list, func(f function[float32]) bool { return f.name == name })]
	parts := errorSamples(&f)
	peers, stop := s.functionPeers(ctx)
	defer stop()
	ours := rival[float32]{name: "simmer", here: map[string]func(dst, x []float32){name: f.ours}}
	for _, r := range append([]rival[float32]{ours}, rivals[float32](peers)...) {
		if r.name == "go-highway scalar" || strings.HasSuffix(r.name, "256 bits") && isa.Active == isa.AVX512 {
			continue // the same formula
		}
		label, _, _ := strings.Cut(r.name, ",")
		series := charts.Series{Name: label}
		for i := range parts {
			p := &parts[i]
			p.file = filepath.Join(s.dir, fmt.Sprintf("errors-%s-%d", name, i))
			if err := writeFile(p.file, p.x); err != nil {
				return nil, err
			}
			got, err := r.results(p, s.dir)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.name, err)
			}
			if got == nil {
				break
			}
			series.X = append(series.X, math.Round(100*float64(p.x[0]))/100)
			series.Y = append(series.Y, point(worstOf(p, got)))
		}
		if series.X != nil {
			c.Series = append(c.Series, series)
		}
	}
	return c, nil
}

func errorSamples(f *function[float32]) []sample[float32] {
	r := rand.New(rand.NewPCG(3, 4))
	interval := errorIntervals[f.name]
	width := (interval[1] - interval[0]) / errorParts
	parts := make([]sample[float32], errorParts)
	for i := range parts {
		s := &parts[i]
		s.f = f
		for range errorInputs {
			x := float32(interval[0] + width*(float64(i)+r.Float64()))
			s.x = append(s.x, x)
			s.want = append(s.want, f.truth(x))
		}
		s.x[0] = float32(interval[0] + width*(float64(i)+0.5)) // names the part
		s.want[0] = f.truth(s.x[0])
		s.in = s.x
	}
	return parts
}

// worstOf is the largest error, rounded so that data stay short.
func worstOf(s *sample[float32], got []float32) float64 {
	worst := leastError
	for i, t := range s.want {
		worst = max(worst, min(ulp(got[i], t), 1e9))
	}
	digits := math.Pow(10, 2-math.Floor(math.Log10(worst)))
	return math.Round(worst*digits) / digits
}
