package main

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// scrape reads the metrics of the server by name, none if it has none.
func scrape() map[string]float64 {
	r, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return nil
	}
	defer r.Body.Close()
	values := map[string]float64{}
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			values[name] = v
		}
	}
	return values
}

// takeMetrics says what each request allocated between two scrapes, and the longest pause of the collector so far.
func (m *measured) takeMetrics(before, after map[string]float64) {
	const requests = `simmer_requests_total{code="200",route="infer"}`
	n := after[requests] - before[requests]
	if n == 0 {
		return
	}
	each := func(name string) string { return fmt.Sprintf("%.0f", (after[name]-before[name])/n) }
	m.allocs, m.bytes = each("go_memstats_mallocs_total"), each("go_memstats_alloc_bytes_total")
	m.pause = fmt.Sprintf("%.0f", 1e6*after[`go_gc_duration_seconds{quantile="1"}`])
}
