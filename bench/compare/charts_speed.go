package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/bench/compare/charts"
	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// speedChart has softplus of 1 to 65536 elements by each implementation, and by a plain loop.
func (s *settings) speedChart(ctx context.Context) (*charts.Chart, error) {
	c := &charts.Chart{Title: "softplus, float32: time per element", X: "elements of a call", Y: "ns per element",
		LogX: true, LogY: true}
	for _, i := range isa.Available() {
		c.Series = append(c.Series, charts.Series{Name: i.String()})
	}
	c.Series[0].Name = "portable Go"
	c.Series = append(c.Series, charts.Series{Name: "plain loop over package math"})
	for n := 1; n <= 1<<16; n *= 2 {
		x, dst := logits(n), make([]float32, n)
		var runs []timing.Run
		for _, i := range isa.Available() {
			runs = append(runs, func(reps int) {
				defer isa.Use(i)()
				for range reps {
					kernels.SoftplusTo(dst, x)
				}
			})
		}
		runs = append(runs, repeat(func() { softplusLoop(dst, x) }))
		ns, err := s.plan.Compare(ctx, runs)
		if err != nil {
			return nil, err
		}
		for i := range c.Series {
			c.Series[i].X = append(c.Series[i].X, float64(n))
			c.Series[i].Y = append(c.Series[i].Y, point(ns[i]/float64(n)))
		}
	}
	return c, nil
}

func softplusLoop(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(max(float64(v), 0) + math.Log1p(math.Exp(-math.Abs(float64(v)))))
	}
}

// charted are the functions that several peers have.
var charted = []string{
	"exp", "log", "tanh", "erf", "sigmoid", "softplus", "silu", "gelu", "mish", "softmax", "log_softmax", "logsumexp",
}

// peersChart has how many times faster simmer is than each peer, in registers of the same width where it has a choice.
func (s *settings) peersChart(ctx context.Context) (*charts.Chart, error) {
	const n = 4096
	c := &charts.Chart{Title: fmt.Sprintf("times faster than other libraries, float32, %d elements, %v", n, isa.Active),
		Y: "their time / simmer's", LogY: true, Labels: charted, Limit: 1}
	peers, stop := s.functionPeers(ctx)
	defer stop()
	libraries := slices.DeleteFunc(rivals[float32](peers), func(r rival[float32]) bool {
		return r.name == "go-highway scalar" || // its assembly needs GOEXPERIMENT=simd
			r.bits != 0 && r.held == isa.Generic || strings.HasSuffix(r.name, "256 bits") && isa.Active == isa.AVX512
	})
	for _, r := range libraries {
		name, _, _ := strings.Cut(r.name, ",")
		c.Series = append(c.Series, charts.Series{Name: name, Y: make([]*float64, len(charted))})
	}
	list := functions[float32]()
	for j, name := range charted {
		f := &list[slices.IndexFunc(list, func(f function[float32]) bool { return f.name == name })]
		x, err := newCall(f, n, s.dir)
		if err != nil {
			return nil, err
		}
		dst := make([]float32, n)
		timed := []timing.Timed{warm(repeat(func() { f.ours(dst, x.x) }))}
		for i := range libraries {
			timed = append(timed, libraries[i].timed(x))
		}
		ns, err := s.plan.CompareTimed(ctx, timed)
		if err != nil {
			return nil, err
		}
		for i := range libraries {
			c.Series[i].Y[j] = point(ns[i+1] / ns[0])
		}
	}
	c.Series = slices.DeleteFunc(c.Series, func(s charts.Series) bool {
		return !slices.ContainsFunc(s.Y, func(y *float64) bool { return y != nil })
	})
	return c, nil
}

// functionPeers starts the libraries with functions.
func (s *settings) functionPeers(ctx context.Context) (peers []peer, stop func()) {
	peers = s.peers(ctx, []library{
		{name: "SLEEF", needs: "Debian: gcc, libsleef-dev", start: s.program("sleef", "-lsleef")},
		{name: "libmvec", needs: "Debian: gcc, glibc 2.35", start: s.program("libmvec", "-lmvec")},
		s.torch(isa.Active),
	})
	return peers, func() {
		for _, p := range peers {
			p.stop()
		}
	}
}

// productsChart has layers as a share of the peak.
func (s *settings) productsChart(ctx context.Context) (*charts.Chart, error) {
	c := &charts.Chart{Title: "affine layers, float32, as a share of the FMA peak", Y: "% of the peak", Limit: 100}
	s.show = func(m *comparison) {
		if m.set != isa.Active {
			return
		}
		c.Title += ", " + m.set.String()
		names := []string{"simmer", "", m.second}
		for _, p := range m.peers {
			names = append(names, p.name)
		}
		for j, name := range names {
			if j == peak {
				continue
			}
			series := charts.Series{Name: name}
			for i := range m.tasks {
				series.Y = append(series.Y, point(100*m.tasks[i].macs/m.best[i][j]/(peakMACs/m.best[i][peak])))
			}
			c.Series = append(c.Series, series)
		}
		for _, t := range m.tasks {
			c.Labels = append(c.Labels, strings.TrimPrefix(t.name, "affine-float32-"))
		}
	}
	few := func(set isa.ISA) (all []task) {
		if set != isa.Active {
			return nil
		}
		for _, t := range productTasksOf[float32](set) {
			if strings.HasPrefix(t.name, "affine") {
				all = append(all, t)
			}
		}
		return all
	}
	return c, s.compareTasks(ctx, "gonum", few, s.productLibraries)
}

// chartedLosses are the options of cross-entropy, and other losses.
var chartedLosses = []string{
	"plain", "weights", "ignored", "smoothing", "soft", "focal_2", "nll",
}

// lossesChart has how many times faster than PyTorch each option is, value and gradient.
func (s *settings) lossesChart(ctx context.Context) (*charts.Chart, error) {
	c := &charts.Chart{Title: "losses of 256×1000 logits, float32: times faster than PyTorch, " + isa.Active.String(),
		Y: "PyTorch's time / simmer's", Labels: chartedLosses, Limit: 1,
		Series: []charts.Series{{Name: "value"}, {Name: "value and gradient"}}}
	all := map[string]torchCase{}
	for _, t := range lossCases() {
		all[t.name] = t
	}
	for i, suffix := range []string{"", "-grad"} {
		for _, name := range chartedLosses {
			t, ok := all[name+"-float32-256x1000"+suffix]
			if !ok {
				return nil, fmt.Errorf("no case %s%s", name, suffix)
			}
			err := eachTorch(ctx, s.plan, s.python, []torchCase{t}, func(l line) {
				c.Series[i].Y = append(c.Series[i].Y, point(l.theirs/l.ours))
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}
