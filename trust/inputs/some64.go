package main

import (
	"io"
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// some64 tries those that are known to be hard and n float64 inputs: half of them from all regions, then the neighbourhoods
// of the worst so far.
func some64(f ref.Function, known []ref.Hard, n int, to io.Writer) result {
	s := search64{f: f, call: caller[float64](f), tallies: make([]tally, runtime.GOMAXPROCS(0))}
	know(&s.tallies[0], catalog.Find[float64](f.Name), known)
	watch := newProgress(to, "float64 "+f.Name)
	for s.done < n {
		draw := f.Sample
		if s.done >= n/2 {
			draw = s.around(s.worst())
		}
		s.batch(min(batch64, n-s.done), draw)
		watch.at(uint64(s.done), uint64(n))
	}
	var all tally
	all.merge(s.tallies)
	return finish(f.Name, "float64", exactOf(f), all, uint64(s.done))
}

const batch64 = 1 << 16

type search64 struct {
	f       ref.Function
	call    func(dst, x []float64)
	tallies []tally
	done    int
	x, got  [batch64]float64
}

// worst are the worst inputs so far.
func (s *search64) worst() worstFew {
	var all tally
	all.merge(s.tallies)
	return all.worst
}

// around draws inputs near to one of the given.
func (s *search64) around(worst worstFew) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 {
		c := worst[r.IntN(len(worst))]
		x := c.args[0] * (1 + math.Ldexp(r.Float64()-0.5, -1-r.IntN(24)))
		if !(x > s.f.Above) || x-x != 0 {
			return c.args[0]
		}
		return x
	}
}

// batch tries so many inputs. What is drawn does not depend on the number of processors.
func (s *search64) batch(n int, draw func(*rand.Rand) float64) {
	restore := isa.Use(isa.Generic)
	parallel(n, func(worker, a, b int) {
		r := rand.New(rand.NewPCG(uint64(s.done), uint64(a)))
		for i := a; i < b; i++ {
			s.x[i] = draw(r)
		}
		s.call(s.got[a:b], s.x[a:b])
		t := &s.tallies[worker]
		for i := a; i < b; i++ {
			e := s.f.Error64(s.got[i], s.x[i], 0.5)
			t.worst.add(e, s.x[i])
			if e > 0.5 {
				t.misrounded++
			}
		}
	})
	restore()
	compareAll(s.f, s.call, s.x[:n], s.got[:n])
	s.done += n
}
