package loss_test

import (
	"maps"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/digest"
	"github.com/simmer-go/simmer/loss"
)

// TestDigest compares hashes of values, elements and gradients of every loss with the committed ones.
func TestDigest(t *testing.T) { digest.Test(t, "testdata/digests.txt", digests) }

func digests(t *testing.T) map[string]string {
	list := digestsOf[float32](t)
	maps.Copy(list, digestsOf[float64](t))
	return list
}

// digestsOf is the same in short tests: it is what emulated machines are for.
func digestsOf[T loss.Float](t *testing.T) map[string]string {
	sums := digest.New()
	hashes := map[string]digest.Hash{"Accumulator": sums}
	for at, s := range digestShapes {
		for _, values := range []catalog.Values{catalog.Usual, catalog.RandomBits} {
			a := newDigestArgs[T](s, values, uint64(at))
			for _, c := range append(append(a.numbers(), a.classes()...), a.gaussian()...) {
				if _, ok := hashes[c.name]; !ok {
					hashes[c.name] = digest.New()
				}
				addResults(t, hashes[c.name], c)
				addAccumulated(t, sums, c)
			}
		}
		m := newTally(5)
		pred, target := classifier[T](s.batch, s.cols, uint64(at))
		accumulateAll(t, m, s.cols, pred, target)
		sums.Write(m.bytes(t))
	}
	list := map[string]string{}
	for name, h := range hashes {
		list[name+" "+catalog.TypeName[T]()] = h.String()
	}
	return list
}

func addResults[T loss.Float](t *testing.T, h digest.Hash, c call[T]) {
	dst, grad := make([]T, c.elements), make([]T, c.grads)
	value, err := c.value()
	if err == nil {
		err = c.elementsTo(dst)
	}
	var again float64
	if err == nil {
		again, err = c.valueGrad(grad)
	}
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	digest.Add(h, value, again)
	digest.Add(h, dst...)
	digest.Add(h, grad...)
}

// addAccumulated adds the bytes of an accumulator: what is merged came from machines of any kind.
func addAccumulated[T loss.Float](t *testing.T, h digest.Hash, c call[T]) {
	if c.accumulate == nil {
		return
	}
	var a loss.Accumulator
	if err := c.accumulate(&a, make([]T, c.elements)); err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	digest.Add(h, a.Mean())
	h.Write(marshal(t, &a))
}

// A digestShape is sample × batch × class × position. The one of class is also that of single numbers.
type digestShape struct{ samples, batch, cols, positions int }

// Around the sizes of vectors and blocks, and both sides of what the losses of classes decide by.
var digestShapes = []digestShape{
	{1, 1, 1, 1}, {1, 1, 2, 1}, {2, 3, 2, 1}, {1, 5, 3, 1}, {1, 17, 10, 1}, {3, 33, 7, 1}, {2, 9, 65, 1}, {1, 300, 2, 1},
	{1, 5, 129, 1}, {1, 2, 512, 1}, {2, 2, 513, 1}, {1, 1, 2100, 1}, {1, 1, 4200, 1},
	{2, 3, 4, 5}, {1, 2, 21, 70}, {1, 1, 600, 3},
}

// digestArgs are what the losses of a shape are called with, all of it made of integers.
type digestArgs[T loss.Float] struct {
	digestShape
	reduction                    loss.Reduction
	logits, probabilities, gauss []T // of all samples
	target                       []T // probabilities of one sample
	prediction, datum, feature   []T // weights: one for each logit, and along the axes
	positive, class              []T // weights that are not negative
	y                            []int
	mask                         []bool // of the target
}

func newDigestArgs[T loss.Float](s digestShape, values catalog.Values, seed uint64) *digestArgs[T] {
	row := s.cols * s.positions
	n := s.batch * row
	a := &digestArgs[T]{
		digestShape:   s,
		reduction:     loss.Reduction((int(seed) + int(values)) % 2),
		logits:        make([]T, s.samples*n),
		probabilities: make([]T, s.samples*n),
		gauss:         make([]T, 2*s.samples*n),
		target:        make([]T, n),
		prediction:    make([]T, s.samples*n),
		datum:         make([]T, s.batch),
		feature:       make([]T, row),
		positive:      make([]T, row),
		class:         make([]T, s.cols),
		y:             make([]int, s.batch*s.positions),
		mask:          make([]bool, n),
	}
	for i := range a.mask {
		a.mask[i] = mix(i, int(seed))%4 != 0
	}
	for k, x := range [][]T{a.prediction, a.datum, a.feature} {
		catalog.Fill(x, catalog.Scale, 10*seed+uint64(k))
	}
	for k, x := range [][]T{a.probabilities, a.target, a.positive, a.class} {
		catalog.Fill(x, catalog.Probability, 10*seed+uint64(3+k))
	}
	catalog.FillClasses(a.y, s.cols, 10*seed+7)
	catalog.Fill(a.logits, catalog.Real, 10*seed+8)
	catalog.Fill(a.gauss, catalog.Real, 10*seed+9)
	if values == catalog.RandomBits {
		catalog.FillBits(a.logits, 10*seed+8)
		catalog.FillBits(a.gauss, 10*seed+9)
		odd(a.probabilities, 10*seed+3)
		odd(a.target, 10*seed+4)
		a.class[0] = 0
		if row == 2 {
			confident(a.gauss)
		}
	}
	return a
}

// confident makes every other row of two outputs sure of the first. Cross-entropy and half of the variance are then odd
// subnormal numbers, which have another sum if it is rounded once only.
func confident[T loss.Float](gauss []T) {
	low := T(-103)
	if catalog.TypeName[T]() == "float64" {
		low = -744.5
	}
	for i := 0; i < len(gauss); i += 8 {
		copy(gauss[i:], []T{0, catalog.FromBits[T](3), low, 0})
	}
}

// odd replaces some probabilities by those that a loss may treat unlike others.
func odd[T loss.Float](x []T, seed uint64) {
	special := catalog.Specials[T]()
	picks := make([]int, len(x))
	catalog.FillClasses(picks, 4*len(special), seed)
	for i, k := range picks {
		if k >= 0 && k < len(special) && special[k] >= 0 && special[k] <= 1 {
			x[i] = special[k]
		}
	}
}

// numbers lists the losses of single numbers with every class of options.
func (a *digestArgs[T]) numbers() []call[T] {
	r, s, n, beta := a.reduction, a.samples, len(a.logits), 0.3
	return []call[T]{
		callOf("MSE", loss.MSE[T]{Reduction: r, Samples: s}, a.logits, a.target, n),
		callOf("L1", loss.L1[T]{Reduction: r, Samples: s}, a.logits, a.target, n),
		callOf("Huber", loss.Huber[T]{Reduction: r, Samples: s, Delta: 0.7}, a.logits, a.target, n),
		callOf("SmoothL1", loss.SmoothL1[T]{Reduction: r, Samples: s, Beta: &beta}, a.logits, a.target, n),
		callOf("SmoothL1_mask", loss.SmoothL1[T]{Reduction: r, Samples: s, Mask: a.mask}, a.logits, a.target, n),
		callOf("BCE", loss.BCE[T]{Reduction: r, Samples: s}, a.probabilities, a.target, n),
		callOf("BCE_weights", loss.BCE[T]{
			Reduction: r, Samples: s, Weight: a.prediction, DatumWeight: a.datum, FeatureWeight: a.feature,
		}, a.probabilities, a.target, n),
		callOf("BCEWithLogits", loss.BCEWithLogits[T]{Reduction: r, Samples: s}, a.logits, a.target, n),
		callOf("BCEWithLogits_weights", loss.BCEWithLogits[T]{
			Reduction: r, Samples: s, Weight: a.prediction, DatumWeight: a.datum, FeatureWeight: a.feature,
		}, a.logits, a.target, n),
		callOf("BCEWithLogits_posWeight", loss.BCEWithLogits[T]{
			Reduction: r, Samples: s, PosWeight: a.positive,
		}, a.logits, a.target, n),
		callOf("BCEWithLogits_positions_mask", loss.BCEWithLogits[T]{
			Reduction: r, Samples: s, Positions: a.positions, PosWeight: a.class, Mask: a.mask,
		}, a.logits, a.target, n),
		callOf("FocalBinary_alpha_mask", loss.FocalBinary[T]{
			Reduction: r, Samples: s, Gamma: 2, Alpha: a.positive, Mask: a.mask,
		}, a.logits, a.target, n),
		callOf("FocalBinary_0", loss.FocalBinary[T]{Reduction: r, Samples: s}, a.logits, a.target, n),
		callOf("FocalBinary_2", loss.FocalBinary[T]{Reduction: r, Samples: s, Gamma: 2}, a.logits, a.target, n),
		callOf("FocalBinary_0.7", loss.FocalBinary[T]{Reduction: r, Samples: s, Gamma: 0.7}, a.logits, a.target, n),
	}
}

// classes lists the losses of classes likewise.
func (a *digestArgs[T]) classes() []call[T] {
	r, s, c, p, n := a.reduction, a.samples, a.cols, a.positions, len(a.logits)/a.cols
	last, rows := c-1, a.mask[:len(a.y)]
	y := make([]int, len(a.y)) // ignores the last class
	for i, k := range a.y {
		y[i] = max(k, 0)
	}
	return []call[T]{
		callOf("CrossEntropy", loss.CrossEntropy[T]{
			Reduction: r, Samples: s, Classes: c, Positions: p,
		}, a.logits, a.y, n),
		callOf("CrossEntropy_weight", loss.CrossEntropy[T]{
			Reduction: r, Samples: s, Positions: p, Weight: a.class,
		}, a.logits, a.y, n),
		callOf("CrossEntropy_ignore", loss.CrossEntropy[T]{
			Reduction: r, Samples: s, Classes: c, Positions: p, IgnoreIndex: &last,
		}, a.logits, y, n),
		callOf("CrossEntropy_smoothing", loss.CrossEntropy[T]{
			Reduction: r, Samples: s, Classes: c, Positions: p, LabelSmoothing: 0.1,
		}, a.logits, a.y, n),
		callOf("CrossEntropy_weight_smoothing", loss.CrossEntropy[T]{
			Reduction: r, Samples: s, Positions: p, Weight: a.class, LabelSmoothing: 0.1,
		}, a.logits, a.y, n),
		callOf("CrossEntropyProb", loss.CrossEntropyProb[T]{
			Reduction: r, Samples: s, Classes: c, Positions: p,
		}, a.logits, a.target, n),
		callOf("CrossEntropyProb_weight_smoothing", loss.CrossEntropyProb[T]{
			Reduction: r, Samples: s, Positions: p, Weight: a.class, LabelSmoothing: 0.1,
		}, a.logits, a.target, n),
		callOf("CrossEntropy_mask", loss.CrossEntropy[T]{
			Reduction: r, Samples: s, Classes: c, Positions: p, Mask: rows,
		}, a.logits, a.y, n),
		callOf("CrossEntropyProb_mask", loss.CrossEntropyProb[T]{
			Reduction: r, Samples: s, Classes: c, Positions: p, Mask: rows,
		}, a.logits, a.target, n),
		callOf("Focal_alpha_mask", loss.Focal[T]{
			Reduction: r, Samples: s, Gamma: 2, Positions: p, Alpha: a.class, Mask: rows,
		}, a.logits, a.y, n),
		callOf("NLL", loss.NLL[T]{Reduction: r, Samples: s, Classes: c, Positions: p}, a.logits, a.y, n),
		callOf("NLL_weight_ignore", loss.NLL[T]{
			Reduction: r, Samples: s, Positions: p, Weight: a.class, IgnoreIndex: &last,
		}, a.logits, y, n),
		callOf("Focal_0", loss.Focal[T]{Reduction: r, Samples: s, Classes: c, Positions: p}, a.logits, a.y, n),
		callOf("Focal_2", loss.Focal[T]{
			Reduction: r, Samples: s, Gamma: 2, Classes: c, Positions: p,
		}, a.logits, a.y, n),
		callOf("Focal_0.7_weight_ignore", loss.Focal[T]{
			Reduction: r, Samples: s, Gamma: 0.7, Positions: p, Weight: a.class, IgnoreIndex: &last,
		}, a.logits, y, n),
	}
}

// gaussian lists the losses of Gaussian layers, of the output of a layer that has no arithmetic, and of models.
func (a *digestArgs[T]) gaussian() []call[T] {
	out := a.cols * a.positions
	layer, r, s := given[T]{identity[T]{out}}, a.reduction, a.samples
	rows := len(a.gauss) / (2 * out)
	y := make([]int, a.batch)
	for i := range y {
		y[i] = max(a.y[i], 0)
	}
	mse := loss.MSEVR[T]{Reduction: r, Samples: s, Layer: layer}
	bce := loss.BCEWithLogitsVR[T]{Reduction: r, Samples: s, Layer: layer}
	ce := loss.CrossEntropyVR[T]{Reduction: r, Samples: s, Layer: layer}
	work := make([]T, mse.WorkLen(rows))

	mask := a.mask[:a.batch]
	mseMask := loss.MSEVR[T]{Reduction: r, Samples: s, Layer: layer, Mask: a.mask}
	bceMask := loss.BCEWithLogitsVR[T]{Reduction: r, Samples: s, Layer: layer, Mask: a.mask}
	ceMask := loss.CrossEntropyVR[T]{Reduction: r, Samples: s, Layer: layer, Mask: mask}
	normal := interleaved[T]{loss.GaussianNLL[T]{Reduction: r, Samples: s, Full: true}}
	normalMask := interleaved[T]{loss.GaussianNLL[T]{Reduction: r, Samples: s, Mask: a.mask}}

	weight := 0.3
	nll := loss.CrossEntropy[T]{Reduction: r, Samples: s, Classes: a.cols, Positions: a.positions}
	vfe := loss.VariationalFreeEnergy[T, int]{NLL: nll, Model: identity[T]{}, KLWeight: &weight}
	return []call[T]{
		callOf("GaussianNLL", normal, a.gauss, a.target, rows*out),
		callOf("GaussianNLL_mask", normalMask, a.gauss, a.target, rows*out),
		callOf("MSEVR_mask", gaussianLoss[T, T]{mseMask, 2 * out}, a.gauss, a.target, rows*out),
		callOf("BCEWithLogitsVR_mask", gaussianLoss[T, T]{bceMask, 2 * out}, a.gauss, a.target, rows*out),
		callOf("CrossEntropyVR_mask", gaussianLoss[T, int]{ceMask, 2 * out}, a.gauss, y, rows),
		{"MSEVR", len(a.gauss), rows * out,
			func() (float64, error) { return mse.Value(a.gauss, a.target, work) },
			func(dst []T) error { return mse.ElementsTo(dst, a.gauss, a.target, work) },
			func(grad []T) (float64, error) { return mse.ValueGrad(grad, nil, a.gauss, a.target, work) },
			func(sum *loss.Accumulator, dst []T) error { return mse.Accumulate(sum, dst, a.gauss, a.target, work) }},
		{"BCEWithLogitsVR", len(a.gauss), rows * out,
			func() (float64, error) { return bce.Value(a.gauss, a.target, work) },
			func(dst []T) error { return bce.ElementsTo(dst, a.gauss, a.target, work) },
			func(grad []T) (float64, error) { return bce.ValueGrad(grad, nil, a.gauss, a.target, work) },
			func(sum *loss.Accumulator, dst []T) error { return bce.Accumulate(sum, dst, a.gauss, a.target, work) }},
		{"CrossEntropyVR", len(a.gauss), rows,
			func() (float64, error) { return ce.Value(a.gauss, y, work) },
			func(dst []T) error { return ce.ElementsTo(dst, a.gauss, y, work) },
			func(grad []T) (float64, error) { return ce.ValueGrad(grad, nil, a.gauss, y, work) },
			func(sum *loss.Accumulator, dst []T) error { return ce.Accumulate(sum, dst, a.gauss, y, work) }},
		{"VariationalFreeEnergy", len(a.logits), len(a.logits) / a.cols,
			func() (float64, error) { return vfe.Value(a.logits, a.y, work) },
			func(dst []T) error { return vfe.ElementsTo(dst, a.logits, a.y, work) },
			func(grad []T) (float64, error) { return vfe.ValueGrad(grad, make([]T, 1), a.logits, a.y, work) }, nil},
	}
}

// given is a layer of which each input is the mean and the variance, up to its sign, of an output.
type given[T loss.Float] struct{ identity[T] }

func (l given[T]) In() int { return 2 * l.n }

func (l given[T]) Predict(mean, variance, phi, _ []T) error {
	for i := range mean {
		mean[i], variance[i] = phi[2*i], max(phi[2*i+1], -phi[2*i+1])
	}
	return nil
}

func (l given[T]) PredictGrad(dPhi, _, _, dMean, dVariance, _ []T) error {
	for i := range dMean {
		dPhi[2*i], dPhi[2*i+1] = dMean[i], dVariance[i]
	}
	return nil
}
