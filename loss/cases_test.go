package loss_test

import (
	"flag"
	"math"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/loss"
)

// The reference cases, all of them, through all three methods of each loss. A
// case of reduction "none" is run as a sum: its grad is that of the sum.

func TestMSECases(t *testing.T) { runCases(t, "MSELoss", mseCase[float32], mseCase[float64]) }
func TestL1Cases(t *testing.T)  { runCases(t, "L1Loss", l1Case[float32], l1Case[float64]) }
func TestBCECases(t *testing.T) { runCases(t, "BCELoss", bceCase[float32], bceCase[float64]) }
func TestBCEWithLogitsCases(t *testing.T) {
	runCases(t, "BCEWithLogitsLoss", logitsCase[float32], logitsCase[float64])
}

func TestCrossEntropyCases(t *testing.T) {
	runCases(t, "CrossEntropyLoss", crossEntropyCase[float32], crossEntropyCase[float64])
}
func TestNLLCases(t *testing.T) { runCases(t, "NLLLoss", nllCase[float32], nllCase[float64]) }
func TestFocalCases(t *testing.T) {
	runCases(t, "FocalLoss", focalCase[float32], focalCase[float64])
}

func mseCase[T loss.Float](t *testing.T, c cases.Case) {
	checkCase(t, c, loss.MSE[T]{Reduction: reduction(c), Samples: samples(c)}, numbers[T](c, "target"))
}

func l1Case[T loss.Float](t *testing.T, c cases.Case) {
	checkCase(t, c, loss.L1[T]{Reduction: reduction(c), Samples: samples(c)}, numbers[T](c, "target"))
}

func bceCase[T loss.Float](t *testing.T, c cases.Case) {
	l := loss.BCE[T]{Reduction: reduction(c), Samples: samples(c)}
	l.Weight, l.DatumWeight, l.FeatureWeight = weightFields[T](t, c)
	checkCase(t, c, l, numbers[T](c, "target"))
}

func logitsCase[T loss.Float](t *testing.T, c cases.Case) {
	l := loss.BCEWithLogits[T]{Reduction: reduction(c), Samples: samples(c), PosWeight: numbers[T](c, "pos_weight")}
	l.Weight, l.DatumWeight, l.FeatureWeight = weightFields[T](t, c)
	checkCase(t, c, l, numbers[T](c, "target"))
}

func crossEntropyCase[T loss.Float](t *testing.T, c cases.Case) {
	classes, positions := classAxis(c)
	weight, smoothing := numbers[T](c, "weight"), c.Options.Float("label_smoothing", 0)
	if c.Options.String("target_type", "index") == "prob" {
		l := loss.CrossEntropyProb[T]{Reduction: reduction(c), Samples: samples(c), Classes: classes, Positions: positions,
			Weight: weight, LabelSmoothing: smoothing}
		checkCase(t, withoutZeroMass(c), l, numbers[T](c, "target"))
		return
	}
	ignore := c.Options.Int("ignore_index", -100)
	l := loss.CrossEntropy[T]{Reduction: reduction(c), Samples: samples(c), Classes: classes, Positions: positions,
		Weight: weight, IgnoreIndex: &ignore, LabelSmoothing: smoothing}
	checkCase(t, c, l, c.Inputs["target"].Ints)
}

// withoutZeroMass is a case of class probabilities with what is expected here where a class of probability 0 has a
// logit of −Inf: 0·log 0 is 0, not NaN as in torch.
func withoutZeroMass(c cases.Case) cases.Case {
	classes, positions := classAxis(c)
	pred, target, weight := c.Inputs["pred"].Data, c.Inputs["target"].Data, numbers[float64](c, "weight")
	shape := rows{len(pred) / classes, classes, positions}
	var elements []float64
	found, sum := false, 0.0
	for i := range shape.count {
		x, p := classesAt(pred, shape, i), classesAt(target, shape, i%(len(target)/classes))
		for k := range x {
			found = found || x[k] == -inf && p[k] == 0
		}
		v, _ := softLoss(x, smoothed(c.Options.Float("label_smoothing", 0), p, weight).entropy())
		elements = append(elements, v.float())
		sum += v.float()
	}
	if !found {
		return c
	}
	exact := cases.Tensor{Shape: c.Exact().Shape, Data: elements}
	switch c.Options.String("reduction", "mean") {
	case "mean":
		exact.Data = []float64{sum / float64(len(elements))}
	case "sum":
		exact.Data = []float64{sum}
	}
	c.Expected = map[string]cases.Tensor{"exact": exact}
	return c
}

// classAxis finds the class axis of pred, which follows the batch axis.
func classAxis(c cases.Case) (classes, positions int) {
	shape := c.Inputs["pred"].Shape
	axis := len(c.Options.Ints("sample_shape")) + 1
	return shape[axis], product(shape[axis+1:])
}

func nllCase[T loss.Float](t *testing.T, c cases.Case) {
	classes, positions := classAxis(c)
	ignore := c.Options.Int("ignore_index", -100)
	l := loss.NLL[T]{Reduction: reduction(c), Samples: samples(c), Classes: classes, Positions: positions,
		Weight: numbers[T](c, "weight"), IgnoreIndex: &ignore}
	checkCase(t, c, l, c.Inputs["target"].Ints)
}

func focalCase[T loss.Float](t *testing.T, c cases.Case) {
	gamma := c.Options.Float("gamma", math.NaN())
	if c.Options.String("task", "") == "binary" {
		l := loss.FocalBinary[T]{Reduction: reduction(c), Samples: samples(c), Gamma: gamma}
		checkCase(t, c, l, numbers[T](c, "target"))
		return
	}
	classes, positions := classAxis(c)
	ignore := c.Options.Int("ignore_index", -100)
	l := loss.Focal[T]{Reduction: reduction(c), Samples: samples(c), Gamma: gamma,
		Classes: classes, Positions: positions, Weight: numbers[T](c, "weight"), IgnoreIndex: &ignore}
	checkCase(t, c, l, c.Inputs["target"].Ints)
}

// runCases runs every case of a file and says how many that were.
func runCases(t *testing.T, file string, run32, run64 func(*testing.T, cases.Case)) {
	list, err := cases.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			switch c.DType {
			case "float32":
				run32(t, c)
			default:
				run64(t, c)
			}
			ran++
		})
	}
	if ran != len(list) && !t.Failed() && !filtered() {
		t.Errorf("%d of %d cases ran", ran, len(list))
	}
	t.Logf("%s: %d of %d cases run", file, ran, len(list))
}

// filtered reports whether a -run pattern selects among the cases.
func filtered() bool { return strings.Contains(flag.Lookup("test.run").Value.String(), "/") }

// numbers reads an input, nil if the case has none of that name.
func numbers[T loss.Float](c cases.Case, name string) []T {
	x, ok := c.Inputs[name]
	if !ok {
		return nil
	}
	return cases.To[T](x)
}

func reduction(c cases.Case) loss.Reduction {
	if c.Options.String("reduction", "mean") == "mean" {
		return loss.Mean
	}
	return loss.Sum
}

// weightFields finds the field that a weight of torch, which broadcasts, belongs to; a shape that is none of the three
// is written out for each element.
func weightFields[T loss.Float](t *testing.T, c cases.Case) (element, datum, feature []T) {
	w, ok := c.Inputs["weight"]
	if !ok {
		return nil, nil, nil
	}
	shape := c.Inputs["target"].Shape
	switch {
	case len(w.Shape) == 1 && len(shape) > 1:
		return nil, nil, cases.To[T](w)
	case len(w.Shape) == len(shape) && w.Shape[0] == shape[0] && product(w.Shape[1:]) == 1:
		return nil, cases.To[T](w), nil
	}
	if pred := c.Inputs["pred"].Shape; len(w.Shape) == len(shape) && w.Shape[0] > shape[0] {
		// Samples and batch in one axis: a weight for each element of pred.
		shape = append([]int{product(pred[:len(pred)-len(shape)+1])}, shape[1:]...)
	}
	return broadcast[T](t, w, shape), nil, nil
}

func samples(c cases.Case) int { return product(c.Options.Ints("sample_shape")) }

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// broadcast repeats x as torch does to the given shape.
func broadcast[T loss.Float](t *testing.T, x cases.Tensor, shape []int) []T {
	if len(x.Shape) > len(shape) {
		t.Fatalf("weight of shape %v for %v", x.Shape, shape)
	}
	out := make([]T, product(shape))
	for i := range out {
		at, rest, stride := 0, i, 1
		for d := len(shape) - 1; d >= 0; d-- {
			k := rest % shape[d]
			rest /= shape[d]
			if e := d - len(shape) + len(x.Shape); e >= 0 {
				if x.Shape[e] == shape[d] {
					at += k * stride
				} else if x.Shape[e] != 1 {
					t.Fatalf("weight of shape %v for %v", x.Shape, shape)
				}
				stride *= x.Shape[e]
			}
		}
		out[i] = T(x.Data[at])
	}
	return out
}

// checkCase compares the three methods of a loss with a case.
func checkCase[T loss.Float, E loss.Target](t *testing.T, c cases.Case, l loss.Loss[T, E], target []E) {
	t.Helper()
	pred := numbers[T](c, "pred")
	exact := c.Exact()
	none := c.Options.String("reduction", "mean") == "none"

	got := evaluate(t, l, pred, target, elementCount(c))
	want, terms := exact.Data[0], math.Abs(exact.Data[0])
	if none {
		want, terms = 0, 0
		for i, v := range exact.Data {
			want, terms = want+v, terms+math.Abs(v)
			compareNumber[T](t, "element", i, float64(got.elements[i]), v, math.Abs(v))
		}
	} else if len(got.elements) > 0 {
		terms = math.Max(terms, meanAbs(got.elements, reduction(c)))
	}
	compareSum[T](t, "Value", got.value, want, terms)
	compareSum[T](t, "ValueGrad", got.again, want, terms)
	if g, ok := c.Grad["pred"]; ok {
		compareGrad(t, "grad", got.grad, g)
	}
}

// elementCount is the number of values before the reduction.
func elementCount(c cases.Case) int {
	pred := c.Inputs["pred"]
	if c.Inputs["target"].Ints == nil && c.Options.String("target_type", "") != "prob" {
		return len(pred.Data)
	}
	if c.Options.String("target_type", "") == "prob" {
		return len(pred.Data) / pred.Shape[len(c.Options.Ints("sample_shape"))+1]
	}
	return samples(c) * len(c.Inputs["target"].Data)
}

func meanAbs[T loss.Float](x []T, r loss.Reduction) float64 {
	s := 0.0
	for _, v := range x {
		s += math.Abs(float64(v))
	}
	if r == loss.Mean {
		s /= float64(len(x))
	}
	return s
}
