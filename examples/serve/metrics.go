package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	rows     prometheus.Counter
	batches  prometheus.Histogram
	loads    *prometheus.CounterVec
	loadTime prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "simmer_requests_total",
			Help: "Answers by route and status."}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "simmer_request_seconds",
			Help:    "Time from the header of a request to its answer.",
			Buckets: prometheus.ExponentialBuckets(25e-6, 2, 18)}, []string{"route"}),
		rows: prometheus.NewCounter(prometheus.CounterOpts{Name: "simmer_rows_total", Help: "Rows predicted."}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "simmer_batch_requests",
			Help: "Requests that were computed together.", Buckets: prometheus.ExponentialBuckets(1, 2, 8)}),
		loads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "simmer_loads_total",
			Help: "Times that weights were read."}, []string{"result"}),
		loadTime: prometheus.NewGauge(prometheus.GaugeOpts{Name: "simmer_loaded_timestamp_seconds",
			Help: "When the weights were read that are served."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.rows, m.batches, m.loads, m.loadTime, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// under shows how many inference requests have been begun and not answered.
func (m *metrics) under(n func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "simmer_requests_under_way",
		Help: "Inference requests whose header has been read, and which are not answered."}, n))
}

// route returns what notes an answer of a route.
func (m *metrics) route(name string) func(status int, took time.Duration) {
	ok, seconds := m.requests.WithLabelValues(name, "200"), m.seconds.WithLabelValues(name)
	return func(status int, took time.Duration) {
		seconds.Observe(took.Seconds())
		if status == http.StatusOK {
			ok.Inc()
			return
		}
		m.requests.WithLabelValues(name, strconv.Itoa(status)).Inc()
	}
}

// loaded notes that weights were read, or not.
func (m *metrics) loaded(err error) {
	if err != nil {
		m.loads.WithLabelValues("failed").Inc()
		return
	}
	m.loads.WithLabelValues("ok").Inc()
	m.loadTime.SetToCurrentTime()
}
