package main

import (
	"context"
	"testing"
)

// BenchmarkScore is the plain loop.
func BenchmarkScore(b *testing.B) {
	const rows = 20_000
	for _, name := range []string{"rows.csv", "rows.fp32"} {
		path := rowsFile(b, name, rows)
		b.Run(name, func(b *testing.B) {
			_, j, m := newTestJob(b, "-input", path, "-output", b.TempDir(), "-label", "64")
			s, err := newScorer(j.options, m, "bench")
			if err != nil {
				b.Fatal(err)
			}
			p := cut(j.Files, 0, 1)[0]
			for b.Loop() {
				if _, _, err := s.score(context.Background(), p, func(at int64) bool { return at < p.To }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
