package loss_test

import (
	"bytes"
	"encoding"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/loss"
)

// testMerged cuts a problem into parts at random, which are accumulated, sent as bytes and merged: with the bytes of
// one pass over all of it, whose sum is exact. (The fuzz targets bring every loss, option and shape, and bits of any
// kind.)
func (p *problem[T, E]) testMerged(t *testing.T, elements []T) {
	if len(p.pred) == 0 {
		return
	}
	const most = 3
	var whole loss.Accumulator
	var parts [most]loss.Accumulator
	p.accumulate(t, &whole, p.loss, selection{count(p.samples), count(p.items)}, elements)
	for piece := range most + 1 { // the first accumulator gets two, each of which may be empty
		s := selection{samples: count(p.samples)}
		for i := range p.items {
			if mix(i, len(p.pred))%(most+1) == uint64(piece) {
				s.items = append(s.items, i)
			}
		}
		p.accumulate(t, &parts[piece%most], p.choose(s), s, elements)
	}
	var merged loss.Accumulator
	for i := range most {
		sent, received := loss.Accumulator{}, loss.Accumulator{}
		send(t, &sent, &parts[(i+len(p.target))%most])
		if err := merged.Merge(&sent); err != nil {
			t.Error(err)
		}
		send(t, &received, &merged)
		merged = received
	}
	if got, want := marshal(t, &merged), marshal(t, &whole); !bytes.Equal(got, want) {
		t.Errorf("merged: %v, %x, want %v, %x", &merged, got, &whole, want)
	}
	if want, finite := exactSum(elements); finite && whole.Sum() != want {
		t.Errorf("the sum is %v, want %v", whole.Sum(), want)
	}
	// Weights are below 2²⁰. A divisor of 1 may be that of a sum.
	tolerance := 1e-12*math.Abs(p.divisor) + 1e-9*float64(len(elements))
	if w := whole.Weight(); p.divisor != 1 && !(math.Abs(w-p.divisor) <= tolerance) {
		t.Errorf("the weight is %v, want %v", w, p.divisor)
	}
}

// exactSum is rounded once; it is not ok if an element is not finite.
func exactSum[T loss.Float](x []T) (sum float64, ok bool) {
	exact := ref.Exact(0)
	for _, v := range x {
		if v-v != 0 {
			return 0, false
		}
		exact.Add(exact, ref.Exact(float64(v)))
	}
	sum, _ = exact.Float64()
	return sum, true
}

// accumulate adds a part of the problem, whose elements must have the bits that they have in the whole.
func (p *problem[T, E]) accumulate(t *testing.T, a *loss.Accumulator, l loss.Loss[T, E], s selection, elements []T) {
	t.Helper()
	pred, target := choose(p.pred, s, p.predItem, p.samples), choose(p.target, s.one(), p.targetItem, 1)
	want := choose(elements, s, p.elementsOfItem, p.samples)
	dst := filled(len(want), catalog.Canary[T]())
	if err := l.(accumulating[T, E]).Accumulate(a, dst, pred, target); err != nil {
		t.Fatalf("%T: Accumulate: %v", l, err)
	}
	if at := catalog.Difference(dst, want); at >= 0 {
		t.Errorf("%T: Accumulate writes element %d as %v, in the whole it is %v", l, at, dst[at], want[at])
	}
}

func marshal(t *testing.T, m encoding.BinaryMarshaler) []byte {
	t.Helper()
	data, err := m.MarshalBinary()
	if err != nil {
		t.Error(err)
	}
	return data
}

// send makes to what from is, through bytes.
func send(t *testing.T, to encoding.BinaryUnmarshaler, from encoding.BinaryMarshaler) {
	t.Helper()
	if err := to.UnmarshalBinary(marshal(t, from)); err != nil {
		t.Error(err)
	}
}

// The sum is that of the elements, rounded once, for every loss with every option.
func TestAccumulateSums(t *testing.T) {
	forEach(t, testAccumulateSums[float32], testAccumulateSums[float64])
}

func testAccumulateSums[T loss.Float](t *testing.T, c call[T]) {
	if c.accumulate == nil {
		t.Skip("the data term is that of another loss")
	}
	var a loss.Accumulator
	dst, want := make([]T, c.elements), make([]T, c.elements)
	for range 2 {
		if err := c.accumulate(&a, dst); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.elementsTo(want); err != nil || catalog.Difference(dst, want) >= 0 {
		t.Errorf("%v, elements %v, want %v", err, dst, want)
	}
	if sum, ok := exactSum(append(want, want...)); !ok || a.Sum() != sum || a.Mean() != sum/a.Weight() {
		t.Errorf("sum %v, mean %v, want %v/%v", a.Sum(), a.Mean(), sum, a.Weight())
	}
	if n := testing.AllocsPerRun(3, func() { _ = c.accumulate(&a, dst) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Class weights are added up exactly, once for each sample, where targets are not left out.
func TestAccumulateWeights(t *testing.T) {
	t.Run("float32", testAccumulateWeights[float32])
	t.Run("float64", testAccumulateWeights[float64])
}

func testAccumulateWeights[T loss.Float](t *testing.T) {
	const samples, classes, batch = 3, 4, 700
	weight, one := []T{1e-30, 1e10, 0.1, 3}, 1
	pred, y, mask := usual[T](samples*classes*batch, catalog.Real), make([]int, batch), make([]bool, batch)
	kept, ignored, exact := 0, 0, ref.Exact(0)
	for i := range y {
		y[i], mask[i] = int(mix(i, 1)%classes), mix(i, 2)%3 > 0
		switch {
		case y[i] == one && mask[i]:
			ignored++
		case mask[i]:
			kept++
			exact.Add(exact, new(big.Float).Mul(ref.Exact(float64(weight[y[i]])), ref.Exact(samples)))
		}
	}
	weighed, _ := exact.Float64()
	for _, c := range []struct {
		loss   loss.Loss[T, int]
		weight float64
	}{
		{loss.CrossEntropy[T]{Samples: samples, Weight: weight, IgnoreIndex: &one, Mask: mask}, weighed},
		{loss.CrossEntropy[T]{
			Reduction: loss.Sum, Samples: samples, Weight: weight, IgnoreIndex: &one, Mask: mask,
		}, weighed},
		{loss.NLL[T]{Samples: samples, Weight: weight, IgnoreIndex: &one, Mask: mask}, weighed},
		{loss.Focal[T]{Samples: samples, Weight: weight, IgnoreIndex: &one, Mask: mask}, weighed},
		{loss.CrossEntropy[T]{Samples: samples, IgnoreIndex: &one, Mask: mask}, samples * float64(kept)},
		{loss.Focal[T]{Samples: samples, IgnoreIndex: &one, Mask: mask}, samples * float64(kept+ignored)},
	} {
		var a loss.Accumulator
		if err := c.loss.(accumulating[T, int]).Accumulate(&a, make([]T, samples*batch), pred, y); err != nil {
			t.Fatal(err)
		}
		if a.Weight() != c.weight || a.Count() != int64(samples*kept) {
			t.Errorf("%T: weight %v of %d elements, want %v of %d", c.loss, a.Weight(), a.Count(), c.weight, samples*kept)
		}
	}
}

// What has no elements has no mean, and is no kind of its own.
func TestAccumulateNothing(t *testing.T) {
	var a, empty loss.Accumulator
	for _, c := range []error{
		loss.MSE[float32]{}.Accumulate(&a, nil, nil, nil),
		loss.CrossEntropy[float64]{}.Accumulate(&a, nil, nil, nil),
		loss.Accuracy[float32]{}.Accumulate(&a, nil, nil),
		a.Merge(&empty),
	} {
		if c != nil {
			t.Error(c)
		}
	}
	if a != empty || !math.IsNaN(a.Mean()) || a.Sum() != 0 || a.Count() != 0 || a.Weight() != 0 {
		t.Errorf("%v", &a)
	}
	x := make([]float32, 2)
	if err := (loss.MSE[float32]{Mask: make([]bool, 2)}).Accumulate(&a, make([]float32, 2), x, x); err != nil {
		t.Error(err)
	}
	if a == empty || !math.IsNaN(a.Mean()) || a.Sum() != 0 || a.Count() != 0 {
		t.Errorf("of targets that are left out: %v", &a)
	}
	var b loss.Accumulator
	if err := b.Merge(&a); err != nil || !bytes.Equal(marshal(t, &a), marshal(t, &b)) {
		t.Errorf("%v, want %v: %v", &b, &a, err)
	}
}

// Elements of unlike kinds are refused, whether they come as a batch or from another accumulator, and nothing changes.
func TestAccumulateUnlike(t *testing.T) {
	one, half, y := 1, 0.5, []int{0, 1}
	x, z, w := usual[float64](6, catalog.Probability), usual[float64](6, catalog.Probability), []float64{1, 2}
	x32, layer, work := make([]float32, 6), given[float64]{identity[float64]{1}}, make([]float64, 20)
	var list []loss.Accumulator
	var batches []func(a *loss.Accumulator) error
	batch := func(f func(a *loss.Accumulator) error) { batches = append(batches, f) }
	numbers := func(l accumulating[float64, float64]) {
		batch(func(a *loss.Accumulator) error { return l.Accumulate(a, make([]float64, 6), x, z) })
	}
	classes := func(l accumulating[float64, int]) {
		batch(func(a *loss.Accumulator) error { return l.Accumulate(a, make([]float64, 2), x[:4], y) })
	}
	numbers(loss.MSE[float64]{})
	batch(func(a *loss.Accumulator) error { return loss.MSE[float32]{}.Accumulate(a, x32, x32, x32) })
	batch(func(a *loss.Accumulator) error {
		return loss.MSE[float64]{Samples: 2}.Accumulate(a, make([]float64, 6), x, z[:3])
	})
	numbers(loss.L1[float64]{})
	numbers(loss.Huber[float64]{})
	numbers(loss.Huber[float64]{Delta: 0.5})
	numbers(loss.SmoothL1[float64]{})
	numbers(loss.SmoothL1[float64]{Beta: &half})
	for _, l := range []loss.GaussianNLL[float64]{{}, {Full: true}, {Eps: &half}} {
		batch(func(a *loss.Accumulator) error { return l.Accumulate(a, make([]float64, 6), x, z, z) })
	}
	numbers(loss.BCE[float64]{})
	numbers(loss.BCE[float64]{FeatureWeight: w})
	numbers(loss.BCEWithLogits[float64]{})
	numbers(loss.BCEWithLogits[float64]{PosWeight: w})
	numbers(loss.BCEWithLogits[float64]{PosWeight: w, FeatureWeight: w})
	numbers(loss.BCEWithLogits[float64]{FeatureWeight: w})
	numbers(loss.FocalBinary[float64]{})
	numbers(loss.FocalBinary[float64]{Gamma: 1})
	numbers(loss.FocalBinary[float64]{Gamma: 1, Alpha: []float64{0.25}})
	classes(loss.CrossEntropy[float64]{})
	classes(loss.CrossEntropy[float64]{Weight: w})
	classes(loss.CrossEntropy[float64]{LabelSmoothing: 0.5})
	classes(loss.CrossEntropy[float64]{IgnoreIndex: &one})
	batch(func(a *loss.Accumulator) error {
		return loss.CrossEntropy[float64]{}.Accumulate(a, make([]float64, 2), x, y) // 3 classes
	})
	classes(loss.NLL[float64]{})
	classes(loss.Focal[float64]{})
	classes(loss.Focal[float64]{Gamma: 1})
	classes(loss.Focal[float64]{Gamma: 1, Alpha: w})
	classes(loss.Focal[float64]{Gamma: 1, Weight: w})
	for _, l := range []loss.CrossEntropyProb[float64]{{Classes: 2}, {Classes: 3}, {Classes: 2, LabelSmoothing: 0.5}} {
		batch(func(a *loss.Accumulator) error { return l.Accumulate(a, make([]float64, 6/l.Classes), x, z) })
	}
	batch(func(a *loss.Accumulator) error {
		return loss.MSEVR[float64]{Layer: layer}.Accumulate(a, make([]float64, 3), x, z[:3], work)
	})
	batch(func(a *loss.Accumulator) error {
		return loss.BCEWithLogitsVR[float64]{Layer: layer}.Accumulate(a, make([]float64, 3), x, z[:3], work)
	})
	batch(func(a *loss.Accumulator) error {
		return loss.CrossEntropyVR[float64]{Layer: layer}.Accumulate(a, make([]float64, 3), x, make([]int, 3), work)
	})
	batch(func(a *loss.Accumulator) error { return loss.Accuracy[float64]{}.Accumulate(a, x, y) })
	batch(func(a *loss.Accumulator) error { return loss.Accuracy[float64]{}.Accumulate(a, x[:4], y) })
	batch(func(a *loss.Accumulator) error { return loss.Brier[float64]{}.Accumulate(a, x, y) })
	batch(func(a *loss.Accumulator) error { return loss.BrierBinary[float64]{}.Accumulate(a, x, z) })
	batch(func(a *loss.Accumulator) error { return loss.LogLoss[float64]{}.Accumulate(a, x, y) })

	for i, add := range batches {
		var a loss.Accumulator
		if err := add(&a); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		for j := range list {
			before := a
			if err := a.Merge(&list[j]); err == nil || a != before {
				t.Errorf("%v is merged with %v: %v", &before, &list[j], err)
			}
			err := batches[j](&a)
			if err == nil || a != before {
				t.Errorf("%v is added to %v: %v", &list[j], &before, err)
			}
			expectKind(t, "unlike", err, loss.ErrInput, loss.ErrParams)
		}
		list = append(list, a)
	}
}

// A refused batch leaves dst as it is.
func TestAccumulateRefusal(t *testing.T) {
	var a loss.Accumulator
	x, y := []float32{1, 2}, []int{0, 1}
	if err := (loss.MSE[float32]{}).Accumulate(&a, make([]float32, 2), x, x); err != nil {
		t.Fatal(err)
	}
	dst := filled(2, catalog.Canary[float32]())
	err := loss.NLL[float32]{}.Accumulate(&a, dst, append(x, x...), y)
	if want := "NLL[float32] cannot be added to an accumulator of MSE[float32]"; err == nil || !says(err, want) {
		t.Errorf("%v, want %s", err, want)
	}
	err = loss.MSE[float32]{Samples: 2}.Accumulate(&a, dst, x, x[:1])
	if want := "MSE[float32] with other options"; err == nil || !says(err, want) {
		t.Errorf("%v, want %s", err, want)
	}
	expectUntouched(t, dst)
}

// An accumulator may be added to itself, and refuses to count beyond an int64.
func TestAccumulatorDoubles(t *testing.T) {
	var a loss.Accumulator
	x := []float32{0.1, 2, 3}
	if err := (loss.L1[float32]{}).Accumulate(&a, make([]float32, 3), x, make([]float32, 3)); err != nil {
		t.Fatal(err)
	}
	mean, sum, err := a.Mean(), a.Sum(), error(nil)
	doublings := 0
	for ; err == nil; doublings++ {
		err = a.Merge(&a)
	}
	doublings--
	want := math.Ldexp(sum, 61)
	if doublings != 61 || !says(err, "no room") || a.Count() != 3<<61 || a.Sum() != want || a.Mean() != mean {
		t.Errorf("%d doublings: %v, sum %v, want %v: %v", doublings, &a, a.Sum(), want, err)
	}
}

// Slices and accumulators that a caller keeps on its stack stay there, marshalled too if there is room.
func TestAccumulateEscapes(t *testing.T) {
	type T = float32
	var buffer [4096]byte
	for name, f := range map[string]func(){
		"MSE": func() {
			var a loss.Accumulator
			var dst, x, y [8]T
			_ = loss.MSE[T]{}.Accumulate(&a, dst[:], x[:], y[:])
			_, _ = a.AppendBinary(buffer[:0])
			_ = a.Mean()
		},
		"BCEWithLogits": func() {
			var a, b loss.Accumulator
			var dst, x, y, w [8]T
			_ = loss.BCEWithLogits[T]{PosWeight: w[:]}.Accumulate(&a, dst[:], x[:], y[:])
			_ = b.Merge(&a)
		},
		"CrossEntropy": func() {
			var a loss.Accumulator
			var dst, x, w [8]T
			var y [2]int
			_ = loss.CrossEntropy[T]{Weight: w[:4]}.Accumulate(&a, dst[:2], x[:], y[:])
		},
		"metrics": func() {
			var a, b, c, d loss.Accumulator
			var x, z [8]T
			var y [2]int
			_ = loss.Accuracy[T]{}.Accumulate(&a, x[:], y[:])
			_ = loss.Brier[T]{}.Accumulate(&b, x[:], y[:])
			_ = loss.BrierBinary[T]{}.Accumulate(&c, x[:], z[:])
			_ = loss.LogLoss[T]{}.Accumulate(&d, x[:], y[:])
		},
		"Reliability": func() {
			var x [8]T
			var y [2]int
			var bins [3]loss.ReliabilityBin
			d := loss.ReliabilityDiagram{Bins: bins[:]}
			_ = loss.Reliability[T]{}.Accumulate(&d, x[:], y[:])
			_, _ = d.AppendBinary(buffer[:0])
		},
		"UnmarshalBinary": func() {
			var a, b loss.Accumulator
			data, _ := a.AppendBinary(buffer[:0])
			_ = b.UnmarshalBinary(data)
		},
	} {
		if n := testing.AllocsPerRun(3, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// The value of the variational free energy is the mean of its data term, whose batches are merged, and the divergence,
// which is added once.
func TestAccumulateFreeEnergy(t *testing.T) {
	pred, target := usual[float64](12, catalog.Real), []int{0, 2, 1, 1}
	ce := loss.CrossEntropy[float64]{Classes: 3}
	vfe := loss.VariationalFreeEnergy[float64, int]{NLL: ce, Model: identity[float64]{}}
	var a loss.Accumulator
	for r := range target {
		if err := ce.Accumulate(&a, make([]float64, 1), pred[3*r:3*r+3], target[r:r+1]); err != nil {
			t.Fatal(err)
		}
	}
	work := make([]float64, vfe.WorkLen())
	kl, err := vfe.KL(work)
	want, valueErr := vfe.Value(pred, target, work)
	if got := a.Mean() + kl; err != nil || valueErr != nil || math.Abs(got-want) > 1e-15*want {
		t.Errorf("%v, want %v: %v, %v", got, want, err, valueErr)
	}
}

// Whatever is no accumulator is refused: every byte counts.
func TestAccumulatorDamage(t *testing.T) {
	var a loss.Accumulator
	x := []float32{0.1, 2, 3}
	if err := (loss.L1[float32]{}).Accumulate(&a, make([]float32, 3), x, make([]float32, 3)); err != nil {
		t.Fatal(err)
	}
	d := diagram(t, 3, []float32{0.5, 0.75, 1, 0}, []int{0, 1})
	for _, m := range []interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}{&a, d} {
		data := marshal(t, m)
		t.Logf("%T: %d bytes", m, len(data))
		if len(data) > 400 {
			t.Errorf("%T: %d bytes", m, len(data))
		}
		bad := [][]byte{nil, append(slices.Clone(data), 0)}
		for n := range data {
			bad = append(bad, data[:n])
			for bit := range 8 {
				flipped := slices.Clone(data)
				flipped[n] ^= 1 << bit
				bad = append(bad, flipped)
			}
		}
		for _, b := range bad {
			err := m.UnmarshalBinary(b)
			if err == nil {
				t.Fatalf("%T: %x is taken for %x", m, b, data)
			}
			expectKind(t, "damage", err, loss.ErrInput, loss.ErrParams)
		}
		if !bytes.Equal(marshal(t, m), data) {
			t.Errorf("%T: an error has changed it", m)
		}
	}
	for data, want := range map[string]string{
		"":                          "0 bytes are too few",
		"R\x01xxxx":                 "byte 0 is 0x52: want 0x41",
		"A\x02xxxx":                 "version 2: want 1",
		"A\x01xxxx":                 "checksum of its 6 bytes",
		string(marshal(t, &a)[:20]): "checksum of its 20 bytes",
	} {
		if err := a.UnmarshalBinary([]byte(data)); err == nil || !says(err, want) {
			t.Errorf("%q: %v, want %s", data, err, want)
		}
	}
}
