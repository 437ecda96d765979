package bnn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// What a row costs that is scored and evaluated, for the numbers of docs/scale_out.md: handwritten digits, again and
// again, by the model that examples/serve serves.
//
//	go test ./bnn -run '^$' -bench Scoring
func BenchmarkScoring(b *testing.B) {
	const batch, cols, classes = 1024, 64, 10
	x, labels := make([]float32, 0, batch*cols), make([]int, 0, batch)
	for _, row := range readTable(b, "digits")[:batch] {
		for _, v := range row[:cols] {
			x = append(x, float32(v)/16)
		}
		labels = append(labels, int(row[cols]))
	}
	text, numbers := encodeRows(x, labels)
	read, readLabels := make([]float32, len(x)), make([]int, batch)
	p, model := make([]float32, batch*classes), predictor()
	var nll, brier, accuracy loss.Accumulator
	bins := loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, 15)}
	predict := func() error { return model.Probabilities(p, x) }
	evaluate := func() error {
		return errors.Join(
			loss.LogLoss[float32]{}.Accumulate(&nll, p, labels),
			loss.Brier[float32]{}.Accumulate(&brier, p, labels),
			loss.Accuracy[float32]{}.Accumulate(&accuracy, p, labels),
			loss.Reliability[float32]{}.Accumulate(&bins, p, labels))
	}
	parse := func() error { return parseRows(read, readLabels, text) }
	decode := func() error { decodeNumbers(read, numbers); return nil }
	for _, stage := range []struct {
		name  string
		bytes int
		run   func() error
	}{
		{"parse CSV", len(text), parse},
		{"decode FP32", len(numbers), decode},
		{"predict", 0, predict},
		{"evaluate", 0, evaluate},
		{"all, CSV", len(text), func() error { return errors.Join(parse(), predict(), evaluate()) }},
		{"all, FP32", len(numbers), func() error { return errors.Join(decode(), predict(), evaluate()) }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			for b.Loop() {
				if err := stage.run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/row")
			if stage.bytes > 0 {
				b.ReportMetric(float64(stage.bytes)/batch, "B/row")
			}
		})
	}
}

// encodeRows is the rows as CSV with the label last, and the inputs as the binary data of a tensor.
func encodeRows(x []float32, labels []int) (text, numbers []byte) {
	cols := len(x) / len(labels)
	for i, v := range x {
		text = append(strconv.AppendFloat(text, float64(v), 'g', -1, 32), ',')
		if i%cols == cols-1 {
			text = append(strconv.AppendInt(text, int64(labels[i/cols]), 10), '\n')
		}
		numbers = binary.LittleEndian.AppendUint32(numbers, math.Float32bits(v))
	}
	return text, numbers
}

func parseRows(x []float32, labels []int, text []byte) error {
	cols, at := len(x)/len(labels), 0
	for r := range labels {
		for range cols {
			n := bytes.IndexByte(text, ',')
			v, err := strconv.ParseFloat(string(text[:n]), 32)
			if err != nil {
				return err
			}
			x[at], text = float32(v), text[n+1:]
			at++
		}
		n := bytes.IndexByte(text, '\n')
		v, err := strconv.Atoi(string(text[:n]))
		if err != nil {
			return err
		}
		labels[r], text = v, text[n+1:]
	}
	return nil
}

func decodeNumbers(x []float32, data []byte) {
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
}
