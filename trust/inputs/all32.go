package main

import (
	"bytes"
	"io"
	"math"
	"runtime"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// tally is what one processor found.
type tally struct {
	worst      worstFew
	misrounded uint64
	_          [64]byte // not to share a cache line
}

func (t *tally) merge(other []tally) {
	for _, o := range other {
		t.worst.merge(o.worst)
		t.misrounded += o.misrounded
	}
}

// all32 tries the float32 inputs: all, or every so many of their bit patterns.
func all32(f ref.Function, stride uint64, to io.Writer) result {
	const batch = 1 << 20
	call := caller[float32](f)
	x, got := make([]float32, batch), make([]float32, batch)
	tallies := make([]tally, runtime.GOMAXPROCS(0))
	watch := newProgress(to, "float32 "+f.Name)
	inputs := uint64(0)
	for first := uint64(0); first < 1<<32; first += batch * stride {
		n := int(min(batch, (1<<32-first+stride-1)/stride))
		restore := isa.Use(isa.Generic)
		parallel(n, func(worker, a, b int) {
			for i := a; i < b; i++ {
				x[i] = math.Float32frombits(uint32(first + uint64(i)*stride))
			}
			call(got[a:b], x[a:b])
			tallies[worker].judge(f, x[a:b], got[a:b])
		})
		restore()
		compareAll(f, call, x[:n], got[:n])
		inputs += uint64(n)
		watch.at(min(first+batch*stride, 1<<32), 1<<32)
	}
	var all tally
	all.merge(tallies)
	return finish(f.Name, "float32", exactOf(f), all, inputs)
}

// judge takes the errors of results.
func (t *tally) judge(f ref.Function, x, got []float32) {
	if last := len(x) - 1; flat(x, got) && t.one(f, x[0], got[0]) && t.one(f, x[last], got[last]) {
		return
	}
	for i, v := range x {
		if !t.one(f, v, got[i]) {
			t.misrounded++
		}
	}
}

// flat says that all results are the same where all functions rise or fall throughout: then, if the first and the last
// are the nearest numbers, so are all, and none has a larger error.
func flat(x, got []float32) bool {
	small, large := math.Abs(float64(x[0])), math.Abs(float64(x[len(x)-1]))
	if !(small >= 64 || large <= 1.0/64) {
		return false
	}
	return bytes.Equal(bitsOf(got[1:]), bitsOf(got[:len(got)-1]))
}

// unsure is how near to a tie the reference in float64 does not tell which number is the nearest.
const unsure = 0x1p-20

// one takes the error of one result, and says whether that is the nearest number.
func (t *tally) one(f ref.Function, x, got float32) bool {
	v := float64(x)
	e := f.Error32(got, v)
	if e > t.worst.least() {
		t.worst.add(e, v)
	}
	if math.Abs(e-0.5) > unsure || !(v > f.Above) || v-v != 0 {
		return e <= 0.5
	}
	return ref.Round[float32](f.Big(ref.Big(v))) == got
}
