package main

import (
	"io"
	"log"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// several tries those that are known to be hard and n arguments: half of them of all kinds, then the neighbourhoods of the worst so far.
func several[T kernels.Float](f ref.Several, known []ref.Hard, n int, to io.Writer) result {
	const batch = 1 << 12
	digits, kind := 53, catalog.TypeName[T]()
	if kind == "float32" {
		digits = 24
	}
	watch := newProgress(to, kind+" "+f.Name)
	var all tally
	know(&all, catalog.Find[T](f.Name), known)
	for done := 0; done < n; done += batch {
		args := make([][]float64, min(batch, n-done))
		r := rand.New(rand.NewPCG(uint64(done), 3))
		for i := range args {
			if done < n/2 {
				args[i] = f.Sample(r, digits)
				continue
			}
			args[i] = moved[T](r, f, all.worst[r.IntN(len(all.worst))].args)
		}
		judgeSeveral[T](f, args, &all)
		watch.at(uint64(done+len(args)), uint64(n))
	}
	return finish(f.Name, kind, f.Exact, all, uint64(n))
}

// moved are arguments near to these, some of them the same.
func moved[T kernels.Float](r *rand.Rand, f ref.Several, args []float64) []float64 {
	for {
		list := slices.Clone(args)
		for i, x := range args {
			if r.IntN(3) > 0 && x != math.Trunc(x) {
				list[i] = float64(T(x * (1 + math.Ldexp(r.Float64()-0.5, -1-r.IntN(20)))))
			}
		}
		if f.Valid == nil || f.Valid(list) {
			return list
		}
	}
}

// judgeSeveral takes the errors of a kernel, whose scalars may be others for each element.
func judgeSeveral[T kernels.Float](f ref.Several, args [][]float64, all *tally) {
	k := catalog.Find[T](f.Name)
	got := make([]T, len(args))
	for at, i := range isa.Available() {
		restore := isa.Use(i)
		for j, a := range args {
			y := k.Element(a)
			if at > 0 && catalog.Bits(y) != catalog.Bits(got[j]) {
				log.Fatalf("%s(%x): %v gives %x, generic %x", f.Name, a, i, y, got[j])
			}
			got[j] = y
		}
		restore()
	}
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	ulp := make([]float64, len(args))
	for w := range workers {
		wait.Go(func() {
			for j := w; j < len(args); j += workers {
				exact := f.Exact(args[j])
				if y, ok := any(got[j]).(float32); ok {
					v, _ := exact.Float64()
					ulp[j] = ref.ULP32(y, v)
				} else {
					ulp[j] = ref.ULP64(float64(got[j]), exact)
				}
			}
		})
	}
	wait.Wait()
	for j, e := range ulp {
		all.worst.add(e, args[j]...)
		if e > 0.5 {
			all.misrounded++
		}
	}
}
