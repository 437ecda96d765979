package main

import (
	"context"
	"fmt"
	"math"
	"os"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/loss"
)

// lossCase is one call of package loss; torch_losses.py has the same under its name.
type lossCase struct {
	name     string
	elements int
	limit    float64
	call     func() (float64, error)
}

func lossCases() []lossCase {
	return []lossCase{
		crossEntropy(4096, 10, 1.0/8),
		crossEntropy(256, 1000, 1.0/2),
		crossEntropyGrad(256, 1000, 1.0/3),
		bceWithLogits(65536, 1.0/6),
		mse(4096, 1.0/3),
	}
}

func compareLosses(ctx context.Context, plan timing.Plan, python string) error {
	t, err := startTorch(ctx, python)
	if err != nil {
		return err
	}
	defer t.stop()
	fmt.Printf("float32, one thread, PyTorch %s, %s\n\n", t.version, machine())
	table := newTable()
	for _, c := range lossCases() {
		fmt.Fprintf(os.Stderr, "%s\n", c.name)
		if err := c.sameValue(t); err != nil {
			return err
		}
		ns, err := plan.CompareTimed(ctx, []timing.Timed{timing.Clock(c.repeat), t.time(c.name)})
		if err != nil {
			return err
		}
		if t.err != nil {
			return t.err
		}
		n := float64(c.elements)
		table.add(line{work: c.name, isa: isa.Active.String(), other: "PyTorch", limit: c.limit, ours: ns[0] / n, theirs: ns[1] / n})
	}
	table.flush()
	return nil
}

func (c *lossCase) repeat(reps int) {
	for range reps {
		v, err := c.call()
		if err != nil {
			panic(err) // sameValue had none
		}
		sink += v
	}
}

// sameValue makes sure that both sides compute the same.
func (c *lossCase) sameValue(t *torch) error {
	ours, err := c.call()
	if err != nil {
		return err
	}
	theirs := t.value(c.name)
	if t.err != nil {
		return t.err
	}
	if !(math.Abs(ours-theirs) <= 1e-5*math.Abs(theirs)) {
		return fmt.Errorf("%s: simmer computes %v, PyTorch %v", c.name, ours, theirs)
	}
	return nil
}

func crossEntropy(rows, cols int, limit float64) lossCase {
	x, y := logits(rows*cols), classes(rows, cols)
	l := loss.CrossEntropy[float32]{Classes: cols}
	return lossCase{fmt.Sprintf("cross-entropy-%dx%d", rows, cols), rows * cols, limit, func() (float64, error) {
		return l.Value(x, y)
	}}
}

func crossEntropyGrad(rows, cols int, limit float64) lossCase {
	x, y := logits(rows*cols), classes(rows, cols)
	grad := make([]float32, rows*cols)
	l := loss.CrossEntropy[float32]{Classes: cols}
	return lossCase{fmt.Sprintf("cross-entropy-grad-%dx%d", rows, cols), rows * cols, limit, func() (float64, error) {
		return l.ValueGrad(grad, x, y)
	}}
}

func bceWithLogits(n int, limit float64) lossCase {
	x, t := logits(n), probabilities(n)
	return lossCase{fmt.Sprintf("bce-with-logits-%d", n), n, limit, func() (float64, error) {
		return loss.BCEWithLogits[float32]{}.Value(x, t)
	}}
}

func mse(n int, limit float64) lossCase {
	x, t := logits(n), probabilities(n)
	return lossCase{fmt.Sprintf("mse-%d", n), n, limit, func() (float64, error) {
		return loss.MSE[float32]{}.Value(x, t)
	}}
}

// logits are multiples of 1/256 between -4 and 4, the same on both sides.
func logits(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i*7919%2003-1001) / 256
	}
	return x
}

func classes(n, cols int) []int {
	y := make([]int, n)
	for i := range y {
		y[i] = i * 31 % cols
	}
	return y
}

func probabilities(n int) []float32 {
	t := make([]float32, n)
	for i := range t {
		t[i] = float32(i*31%17) / 16
	}
	return t
}
