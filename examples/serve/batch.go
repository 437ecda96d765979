package main

import (
	"errors"
	"sync"
	"time"

	"github.com/simmer-go/simmer/bnn"
)

// batcher computes calls with the same job together: drawing the weights is most of the work, and is shared. Closed forms
// take about a microsecond, less than handing them over would.
//
// The first call of a batch waits for others, and computes for all: until the batch is full, or as many have joined as
// there were clients lately, and no longer than wait, to which Go's timers may add a millisecond if the server is idle. A
// client that is alone never waits.
type batcher[T bnn.Float] struct {
	wait    time.Duration
	most    int  // rows
	all     bool // closed forms too
	metrics *metrics

	mu      sync.Mutex
	open    map[batchKey[T]]*batch[T]
	clients map[string]bool // that have called since the time given
	since   time.Time
	before  int       // clients that called in as long before that
	free    sync.Pool // of *merged[T]
}

// batchKey is what the calls of a batch have in common.
type batchKey[T bnn.Float] struct {
	model *bnn.Predictor[T]
	job   job
}

type batch[T bnn.Float] struct {
	calls []*call[T]
	rows  int
	full  chan struct{} // closed when no more may join
	done  chan struct{} // closed when the results are there
	err   error
}

// merged is the rows and results of a batch.
type merged[T bnn.Float] struct {
	x       []T
	results [numOutputs][]T
}

func newBatcher[T bnn.Float](c config, m *metrics) batcher[T] {
	return batcher[T]{wait: c.batchWait, most: c.batchRows, all: c.batchAll, metrics: m,
		open: map[batchKey[T]]*batch[T]{}, clients: map[string]bool{},
		free: sync.Pool{New: func() any { return new(merged[T]) }}}
}

// do computes a call, alone or with others.
func (b *batcher[T]) do(c *call[T]) error {
	clients := 1
	if (b.all || c.job.fromDraws()) && b.wait > 0 && c.rows < b.most {
		clients = b.lately(c.client)
	}
	if clients == 1 {
		b.metrics.batches.Observe(1)
		return c.compute()
	}
	joined, first := b.join(c, clients)
	if first {
		b.lead(joined, batchKey[T]{c.model, c.job})
	} else {
		<-joined.done
	}
	return joined.err
}

// lately counts the clients, this one among them, that have called within the last ten to twenty times wait.
func (b *batcher[T]) lately(client string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); now.Sub(b.since) > 10*b.wait {
		if b.before = len(b.clients); now.Sub(b.since) > 20*b.wait {
			b.before = 0
		}
		clear(b.clients)
		b.since = now
	}
	b.clients[client] = true
	return max(b.before, len(b.clients))
}

// join adds the call to a batch, of which it may be the first, and which so many calls are enough for.
func (b *batcher[T]) join(c *call[T], enough int) (joined *batch[T], first bool) {
	key := batchKey[T]{c.model, c.job}
	b.mu.Lock()
	defer b.mu.Unlock()
	joined = b.open[key]
	if joined != nil && joined.rows+c.rows > b.most {
		b.closeBatch(key, joined)
		joined = nil
	}
	if first = joined == nil; first {
		joined = &batch[T]{full: make(chan struct{}), done: make(chan struct{})}
		b.open[key] = joined
	}
	joined.calls = append(joined.calls, c)
	joined.rows += c.rows
	if joined.rows == b.most || len(joined.calls) >= enough {
		b.closeBatch(key, joined)
	}
	return joined, first
}

// closeBatch lets no more calls join, under the lock.
func (b *batcher[T]) closeBatch(key batchKey[T], joined *batch[T]) {
	if b.open[key] == joined {
		delete(b.open, key)
		close(joined.full)
	}
}

// lead waits, and computes for all.
func (b *batcher[T]) lead(led *batch[T], key batchKey[T]) {
	defer close(led.done)
	timer := time.NewTimer(b.wait)
	defer timer.Stop()
	select {
	case <-led.full:
	case <-timer.C:
		b.mu.Lock()
		b.closeBatch(key, led)
		b.mu.Unlock()
	}
	b.metrics.batches.Observe(float64(len(led.calls)))
	led.err = errors.New("the computation was broken off") // in case of a panic
	if len(led.calls) == 1 {
		led.err = led.calls[0].compute()
		return
	}
	m := b.free.Get().(*merged[T])
	defer b.free.Put(m)
	led.err = m.compute(led, key)
}

// compute computes the rows of all calls, and gives each its results.
func (m *merged[T]) compute(led *batch[T], key batchKey[T]) error {
	m.x = m.x[:0]
	for _, c := range led.calls {
		m.x = append(m.x, c.x...)
	}
	out := key.model.Out()
	for i, k := range [numOutputs]int{1, 1, 1, key.job.raw} {
		m.results[i] = sized(m.results[i], k*led.rows*out)
	}
	if err := compute(key.model, key.job, m.x, m.results); err != nil {
		return err
	}
	at := 0
	for _, c := range led.calls {
		n := c.rows * out
		for i := range draws {
			copy(c.results[i], m.results[i][at:at+n])
		}
		for d := range key.job.raw {
			copy(c.results[draws][d*n:(d+1)*n], m.results[draws][d*led.rows*out+at:])
		}
		at += n
	}
	return nil
}
