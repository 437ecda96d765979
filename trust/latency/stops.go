package main

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// stopping is the time from the decision to stop the world, for another reason than a collection, until it stands still.
const stopping = "/sched/pauses/stopping/other:seconds"

// delays are what stopping the world took: half, and 99 of 100 took no longer. They are ends of the histogram's buckets.
type delays struct{ median, most time.Duration }

// stops stops the world again and again while another goroutine repeats f.
func stops(f func(), spent time.Duration) delays {
	var end atomic.Bool
	ended := make(chan struct{})
	go func() {
		for !end.Load() {
			f()
		}
		close(ended)
	}()
	before := read()
	var stats runtime.MemStats
	for start := time.Now(); time.Since(start) < spent; {
		runtime.ReadMemStats(&stats) // stops the world
		pause()
	}
	after := read()
	end.Store(true)
	<-ended
	counts := make([]uint64, len(after.Counts))
	for i := range counts {
		counts[i] = after.Counts[i] - before.Counts[i]
	}
	return delays{quantile(counts, after.Buckets, 0.5), quantile(counts, after.Buckets, 0.99)}
}

// pause takes long enough for the other goroutine to be somewhere in a call again, and keeps its processor.
func pause() {
	for start := time.Now(); time.Since(start) < 30*time.Microsecond; {
	}
}

func read() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: stopping}}
	metrics.Read(sample)
	h := sample[0].Value.Float64Histogram()
	return &metrics.Float64Histogram{Counts: append([]uint64(nil), h.Counts...), Buckets: h.Buckets}
}

// quantile is the upper end of the bucket in which so large a part of the counts ends.
func quantile(counts []uint64, buckets []float64, part float64) time.Duration {
	all, sum := uint64(0), uint64(0)
	for _, n := range counts {
		all += n
	}
	for i, n := range counts {
		if sum += n; n > 0 && float64(sum) >= part*float64(all) {
			if end := buckets[i+1]; !math.IsInf(end, 1) {
				return time.Duration(end * float64(time.Second))
			}
			return time.Duration(buckets[i] * float64(time.Second))
		}
	}
	return 0
}

// plainLoop is a loop that can be preempted everywhere.
func plainLoop() func() {
	x := make([]float64, 1<<20)
	return func() {
		for i, v := range x {
			x[i] = math.Sqrt(v*0.5 + float64(i))
		}
	}
}
