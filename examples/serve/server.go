package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/simmer-go/simmer/bnn"
)

// server serves one model.
type server[T bnn.Float] struct {
	config
	log      *slog.Logger
	metrics  *metrics
	model    atomic.Pointer[bnn.Predictor[T]] // nil until it is read
	draining atomic.Bool
	under    atomic.Int64 // requests whose header has been read, and which are not answered
	memory   budget
	batches  batcher[T]
	calls    sync.Pool // of *call[T]
	open     connections
}

func newServer[T bnn.Float](c config, log *slog.Logger) *server[T] {
	s := &server[T]{config: c, log: log, metrics: newMetrics(), memory: budget{most: c.maxMemory}}
	s.batches = newBatcher[T](c, s.metrics)
	s.metrics.under(func() float64 { return float64(s.under.Load()) })
	s.calls.New = func() any { return &call[T]{server: s} }
	return s
}

// run answers on the listener until ctx ends, and then what it has begun to read. It reads the weights first, and again
// for each signal of reload.
func (s *server[T]) run(ctx context.Context, l net.Listener, reload <-chan os.Signal) error {
	h := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: s.readTimeout,
		ReadTimeout:       s.readTimeout,
		WriteTimeout:      3 * s.readTimeout, // counts from the header on: reading, computing, writing
		IdleTimeout:       s.idle,
		MaxHeaderBytes:    1 << 16,
		ConnState:         s.open.note,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(listener{l}) }()
	s.log.Info("listening", "address", l.Addr().String())
	if err := s.load(); err != nil {
		h.Close()
		return err
	}
	for {
		select {
		case err := <-failed:
			return err
		case <-reload:
			if err := s.load(); err != nil {
				s.log.Error("the old weights go on", "error", err)
			}
		case <-ctx.Done():
			return s.shutDown(h, l, failed)
		}
	}
}

// load reads the weights; an error leaves those that there are.
func (s *server[T]) load() error {
	start := time.Now()
	p, err := load[T](s.config)
	if old := s.model.Load(); err == nil && old != nil && (old.In() != p.In() || old.Out() != p.Out()) {
		err = fmt.Errorf("%s has %d inputs and %d outputs, the model that is served %d and %d", s.weights, p.In(), p.Out(),
			old.In(), old.Out())
	}
	s.metrics.loaded(err)
	if err != nil {
		return err
	}
	s.model.Store(p)
	s.log.Info("weights read", "file", s.weights, "inputs", p.In(), "outputs", p.Out(), "took", time.Since(start))
	return nil
}

// inTime is how long the first request of a connection is waited for at the end, as in net/http. Tests have less time.
var inTime = 5 * time.Second

// shutDown first tells clients and load balancers to go elsewhere, so that nobody writes to a connection that is being
// closed, and then closes them, each when it has been answered. Once Shutdown is called, net/http closes a connection whose
// request it has just read; so connections that were accepted before get their answers first, if they ask in time.
func (s *server[T]) shutDown(h *http.Server, l net.Listener, served <-chan error) error {
	s.draining.Store(true)
	s.log.Info("draining", "for", s.drain)
	time.Sleep(s.drain)
	ctx, cancel := context.WithTimeout(context.Background(), s.shutdownDeadline)
	defer cancel()
	l.Close()
	<-served                      // all that it accepted are counted
	h.SetKeepAlivesEnabled(false) // which closes those that are idle
	for start := time.Now(); s.open.busy.Load() > 0 && time.Since(start) < inTime && ctx.Err() == nil; {
		time.Sleep(5 * time.Millisecond)
	}
	if err := h.Shutdown(ctx); err != nil {
		h.Close()
		return fmt.Errorf("requests were cut off: %w", err)
	}
	s.log.Info("all requests are answered")
	return nil
}

// ready returns the model if requests are answered.
func (s *server[T]) ready() (*bnn.Predictor[T], error) {
	p := s.model.Load()
	if p == nil {
		return nil, errorf(http.StatusServiceUnavailable, "the model is still being read")
	}
	return p, nil
}

// budget bounds the bytes that requests take together.
type budget struct {
	most int64
	used atomic.Int64
}

var errBudget = errors.New("the server has too many requests in memory: try again")

func (b *budget) take(n int64) error {
	if b.used.Add(n) > b.most {
		b.used.Add(-n)
		return errBudget
	}
	return nil
}

func (b *budget) give(n int64) { b.used.Add(-n) }
