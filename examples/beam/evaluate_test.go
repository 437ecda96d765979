package main

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/kernels"
)

// The report has the exact means, rounded once: those of math/big over the predictions that were written.
func TestExactMeans(t *testing.T) {
	const rows = 10_000
	got := shards(t, 4, "-input", rowsFile(t, "rows.fp32", rows), "-label", "64")
	logLoss, brier := exactSum(), exactSum()
	correct := 0
	for _, line := range got.predictions {
		label, p := parsePrediction(t, line)
		logLoss.Add(logLoss, exact(-kernels.LogTo(make([]float32, 1), p[label:label+1])[0]))
		best := 0
		for i, v := range p {
			if v > p[best] {
				best = i
			}
			d := v // of which the sum is made in float32, squared exactly
			if i == label {
				d = 1 - v
			}
			brier.Add(brier, exactSum().Mul(exact(d), exact(d)))
		}
		if best == label {
			correct++
		}
	}
	var r struct {
		Evaluation struct {
			LogLoss  float64 `json:"log_loss"`
			Brier    float64
			Accuracy float64
		}
	}
	if err := json.Unmarshal([]byte(got.report), &r); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"log loss", r.Evaluation.LogLoss, round(logLoss) / rows},
		{"Brier score", r.Evaluation.Brier, round(brier) / rows},
		{"accuracy", r.Evaluation.Accuracy, float64(correct) / rows},
	} {
		if c.got != c.want {
			t.Errorf("%s %v, want %v", c.name, c.got, c.want)
		}
	}
}

func exactSum() *big.Float { return new(big.Float).SetPrec(2000) }

func exact(v float32) *big.Float { return exactSum().SetFloat64(float64(v)) }

func round(v *big.Float) float64 {
	f, _ := v.Float64()
	return f
}

// parsePrediction reads the label and the probabilities of a line.
func parsePrediction(t *testing.T, line string) (label int, p []float32) {
	t.Helper()
	fields := strings.Split(strings.TrimSpace(line), ",")
	label, err := strconv.Atoi(fields[2])
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fields[3:] {
		v, err := strconv.ParseFloat(field, 32)
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, float32(v))
	}
	return label, p
}

// An evaluation survives storage, and so do its merges, in any order.
func TestEvaluationStorage(t *testing.T) {
	o := options{Bins: 5}
	whole, merged := newEvaluation(o), newEvaluation(o)
	for range 20 {
		a, b := rand.Float32(), rand.Float32()/2
		p, label := []float32{a, 1 - a, b, 1 - b}, []int{rand.IntN(2), rand.IntN(2)}
		part := newEvaluation(o)
		if err := whole.add(p, label); err != nil {
			t.Fatal(err)
		}
		if err := part.add(p, label); err != nil {
			t.Fatal(err)
		}
		text, err := encodePartial(partial{Evaluation: part})
		if err != nil {
			t.Fatal(err)
		}
		read, err := decodePartial(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := read.Evaluation.merge(merged); err != nil {
			t.Fatal(err)
		}
		merged = read.Evaluation
	}
	got, _ := json.Marshal(merged)
	want, _ := json.Marshal(whole)
	if string(got) != string(want) {
		t.Errorf("merged\n%s\nwant\n%s", got, want)
	}
}

// A log loss may be infinite, which JSON has no number for.
func TestInfiniteLogLoss(t *testing.T) {
	e := newEvaluation(options{Bins: 1})
	if err := e.add([]float32{0, 1}, []int{0}); err != nil {
		t.Fatal(err)
	}
	if m := e.metrics(); !math.IsInf(float64(m.LogLoss), 1) {
		t.Errorf("log loss %v, want +Inf", m.LogLoss)
	}
	if text, err := json.Marshal(e.metrics()); err != nil || !strings.Contains(string(text), `"log_loss":"+Inf"`) {
		t.Errorf("%s, error %v", text, err)
	}
}
