package loss_test

import (
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// What a row costs in an accumulator, beside Value: go test ./loss -run '^$' -bench Accumulate
func BenchmarkAccumulate(b *testing.B) {
	const rows, cols = 4096, 10
	x, p := usual[float32](rows*cols, catalog.Real), usual[float32](rows*cols, catalog.Probability)
	y := make([]int, rows)
	for r := range y {
		y[r] = r % cols
	}
	benchmarkLoss(b, "CrossEntropy", loss.CrossEntropy[float32]{Classes: cols}, x, y, rows)
	benchmarkLoss(b, "CrossEntropy, weights", loss.CrossEntropy[float32]{Weight: p[:cols]}, x, y, rows)
	benchmarkLoss(b, "BCEWithLogits", loss.BCEWithLogits[float32]{}, x[:rows], p[:rows], rows)
	benchmarkLoss(b, "MSE", loss.MSE[float32]{}, x[:rows], p[:rows], rows)

	brier, reliability := loss.Brier[float32]{Classes: cols}, loss.Reliability[float32]{Classes: cols}
	var sum loss.Accumulator
	benchmarkRows(b, "Brier/Value", rows, func() error { _, err := brier.Value(p, y); return err })
	benchmarkRows(b, "Brier/Accumulate", rows, func() error { return brier.Accumulate(&sum, p, y) })
	d := loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, 15)}
	benchmarkRows(b, "Reliability/BinsTo", rows, func() error { return reliability.BinsTo(d.Bins, p, y) })
	benchmarkRows(b, "Reliability/Accumulate", rows, func() error { return reliability.Accumulate(&d, p, y) })
}

func benchmarkLoss[T loss.Float, E loss.Target](
	b *testing.B, name string, l accumulating[T, E], pred []T, target []E, rows int,
) {
	var sum loss.Accumulator
	dst := make([]T, rows)
	benchmarkRows(b, name+"/Value", rows, func() error { _, err := l.Value(pred, target); return err })
	benchmarkRows(b, name+"/ElementsTo", rows, func() error { return l.ElementsTo(dst, pred, target) })
	benchmarkRows(b, name+"/Accumulate", rows, func() error { return l.Accumulate(&sum, dst, pred, target) })
	benchmarkRows(b, name+"/Accumulate of one row", 1, func() error {
		return l.Accumulate(&sum, dst[:1], pred[:len(pred)/rows], target[:1])
	})
}

func benchmarkRows(b *testing.B, name string, rows int, f func() error) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
	})
}
