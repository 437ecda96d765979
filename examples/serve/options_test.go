package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/simmer-go/simmer/bnn"
)

// TestBinaryData lets an output overrule what the request says of all.
func TestBinaryData(t *testing.T) {
	s := start[float32](t, testConfig())
	before := value(t, s.metrics.rows)
	r := infer(t, s.url, request{x: digitRows(0, 3), members: `,"parameters":{"binary_data_output":true},` +
		`"outputs":[{"name":"mean","parameters":{"binary_data":false}},{"name":"variance"}]`})
	if r.status != 200 || len(r.Outputs) != 2 || r.Outputs[0].Parameters.Size != 0 || r.Outputs[1].Parameters.Size != 3*10*4 {
		t.Errorf("%+v", r)
	}
	if rows := value(t, s.metrics.rows) - before; rows != 3 {
		t.Errorf("%v rows were counted, want 3", rows)
	}
}

// TestBatchRows fills batches up to their rows, and no further.
func TestBatchRows(t *testing.T) {
	b := newBatcher[float32](config{batchWait: time.Hour, batchRows: 8}, newMetrics())
	model := new(bnn.Predictor[float32])
	join := func(rows int) (*batch[float32], bool) { return b.join(&call[float32]{rows: rows, model: model}, 10) }
	one, _ := join(5)
	two, first := join(5)
	if two == one || !first || two.rows != 5 {
		t.Errorf("ten rows share a batch of %d, of at most 8", one.rows)
	}
	three, first := join(3)
	if three != two || first || three.rows != 8 {
		t.Errorf("eight rows do not share a batch: %d", three.rows)
	}
	for _, full := range []*batch[float32]{one, two} {
		select {
		case <-full.full:
		default:
			t.Error("a batch is full and does not say so")
		}
	}
}

// TestDrainServes serves new connections between the signal and the end of the time to drain, while it says that it is not
// ready.
func TestDrainServes(t *testing.T) {
	c := testConfig()
	c.drain = time.Second
	s := start[float32](t, c)
	stopped := make(chan bool)
	go func() {
		s.stop()
		close(stopped)
	}()
	waitUntil(t, "draining", s.draining.Load)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	h, err := client.Do(request{x: digit(1)}.httpRequest(s.url))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := readResponse(h); err != nil || r.status != 200 {
		t.Errorf("%v %+v", err, r)
	}
	<-stopped
}
