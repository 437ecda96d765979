package bnn

import "sync"

// fewRows is how many rows a goroutine gets at least: with fewer, weights are read more often than they are used.
const fewRows = 16

// share cuts rows into parts for so many workers, each part of at most size rows.
func share(rows, workers int) (parts, size int) {
	parts = max(1, min(workers, (rows+fewRows-1)/fewRows))
	return parts, (rows + parts - 1) / parts
}

// job is something to do in parts that do not depend on each other.
type job interface{ part(i int) }

// do does all parts, each but the first in a goroutine of its own.
func do[J job](j J, parts int) {
	if parts == 1 {
		j.part(0)
		return
	}
	doAtOnce(j, parts)
}

// doAtOnce is apart because it allocates.
//
//go:noinline
func doAtOnce[J job](j J, parts int) {
	var wg sync.WaitGroup
	for i := 1; i < parts; i++ {
		wg.Go(func() { j.part(i) })
	}
	j.part(0)
	wg.Wait()
}
