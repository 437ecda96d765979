package loss_test

import (
	"fmt"
	"log"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

func ExampleMSE() {
	pred, target := []float32{1, 2.5, 4}, []float32{1, 2, 3}
	mean, err := loss.MSE[float32]{}.Value(pred, target)
	sum, _ := loss.MSE[float32]{Reduction: loss.Sum}.Value(pred, target)
	fmt.Println(sum, mean*3, err)
	// Output: 1.25 1.25 <nil>
}

// Samples come first: here two for each of three targets.
func ExampleMSE_ElementsTo() {
	pred, target := []float32{1, 2.5, 4 /* second sample */, 0, 2, 3}, []float32{1, 2, 3}
	dst := make([]float32, len(pred))
	err := loss.MSE[float32]{Samples: 2}.ElementsTo(dst, pred, target)
	fmt.Println(dst, err)
	// Output: [0 0.25 1 1 0 0] <nil>
}

// Gradient descent finds the w of target = w·x.
func ExampleMSE_ValueGrad() {
	x, target := []float64{1, 2, 3, 4}, []float64{3, 6, 9, 12}
	pred, grad, w, rate := make([]float64, 4), make([]float64, 4), 0.0, 0.05

	for range 20 {
		kernels.ScaleTo(pred, w, x)
		if _, err := (loss.MSE[float64]{}).ValueGrad(grad, pred, target); err != nil {
			log.Fatal(err)
		}
		w -= rate * kernels.Dot(grad, x)
	}
	fmt.Printf("w = %.4f\n", w)
	// Output: w = 3.0000
}

func ExampleL1() {
	pred, target := []float64{1, 2.5, 4}, []float64{1, 2, 3}
	mean, err := loss.L1[float64]{}.Value(pred, target)
	fmt.Println(mean, err)
	// Output: 0.5 <nil>
}

// An outlier counts as far as it is away, not with its square.
func ExampleHuber() {
	pred, target := []float64{1, 2.5, 14}, []float64{1, 2, 3}
	each := make([]float64, 3)
	err := loss.Huber[float64]{Delta: 2}.ElementsTo(each, pred, target)
	fmt.Println(each, err)
	// Output: [0 0.125 20] <nil>
}

func ExampleSmoothL1() {
	pred, target, beta := []float64{1, 2.5, 14}, []float64{1, 2, 3}, 2.0
	each := make([]float64, 3)
	err := loss.SmoothL1[float64]{Beta: &beta}.ElementsTo(each, pred, target)
	fmt.Println(each, err)
	// Output: [0 0.0625 10] <nil>
}

// The predictive mean and variance of a layer with Gaussian weights, and a step down the gradient with respect to its
// parameters.
func ExampleGaussianNLL() {
	layer, phi, target := newLayer(2, 1), []float64{1, 2, 2, -1}, []float64{1, 2}
	mean, variance := make([]float64, 2), make([]float64, 2)
	dMean, dVariance, dParams := make([]float64, 2), make([]float64, 2), make([]float64, layer.NumParams())
	work := make([]float64, layer.WorkLen(2))

	for range 2 {
		if err := layer.Predict(mean, variance, phi, work); err != nil {
			log.Fatal(err)
		}
		value, err := loss.GaussianNLL[float64]{Full: true}.ValueGrad(dMean, dVariance, mean, variance, target)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.4f\n", value)
		clear(dParams)
		if err := layer.PredictGrad(nil, dParams, phi, dMean, dVariance, work); err != nil {
			log.Fatal(err)
		}
		for i, d := range dParams {
			layer.Params()[i] -= 0.1 * d
		}
	}
	// Output:
	// 1.5305
	// 1.3237
}

func ExampleBCE() {
	probabilities, target := []float64{0.9, 0.2}, []float64{1, 0}
	bce := loss.BCE[float64]{FeatureWeight: []float64{1, 3}}
	mean, err := bce.Value(probabilities, target)
	fmt.Printf("%.6f %v\n", mean, err)
	// Output: 0.387396 <nil>
}

func ExampleBCE_Value_error() {
	_, err := loss.BCE[float64]{}.Value([]float64{0.9, 1.2}, []float64{1, 0})
	fmt.Println(err)
	// Output: loss: pred[1] = 1.2: want a probability in [0, 1]
}

func ExampleBCEWithLogits() {
	logits, target := []float64{2, -40}, []float64{1, 0}
	each := make([]float64, 2)
	err := loss.BCEWithLogits[float64]{PosWeight: []float64{2}}.ElementsTo(each, logits, target)
	fmt.Printf("%.5g %v\n", each, err)
	// Output: [0.25386 4.2484e-18] <nil>
}

// Logistic regression with one weight.
func ExampleBCEWithLogits_ValueGrad() {
	x, target := []float32{-2, -1, 1, 2}, []float32{0, 1, 0, 1}
	logits, grad, w, rate := make([]float32, 4), make([]float32, 4), float32(0), 0.5

	for range 40 {
		kernels.ScaleTo(logits, w, x) // the model: logits = w·x
		value, err := loss.BCEWithLogits[float32]{}.ValueGrad(grad, logits, target)
		if err != nil {
			log.Fatalf("cross-entropy %v: %v", value, err)
		}
		w -= float32(rate * kernels.Dot(grad, x))
	}
	fmt.Printf("w = %.4f\n", w)
	// Output: w = 0.4196
}

func ExampleCrossEntropy() {
	logits := []float32{2, -1, 0, 0.5, 3, -2} // two rows of three classes
	target := []int{0, 1}
	ce := loss.CrossEntropy[float32]{LabelSmoothing: 0.1}
	mean, err := ce.Value(logits, target)
	each := make([]float32, len(target))
	if err == nil {
		err = ce.ElementsTo(each, logits, target)
	}
	fmt.Printf("%.4f %.4f %v\n", mean, each, err)
	// Output: 0.3358 [0.3365 0.3351] <nil>
}

// Softmax regression from one feature to three classes.
func ExampleCrossEntropy_ValueGrad() {
	x, target := []float64{-2, 0.5, 3}, []int{0, 1, 2}
	w, logits, grad, rate := make([]float64, 3), make([]float64, 9), make([]float64, 9), 0.5
	ce := loss.CrossEntropy[float64]{Classes: 3}

	var value float64
	for range 100 {
		for i, v := range x {
			kernels.ScaleTo(logits[3*i:3*i+3], v, w)
		}
		value, _ = ce.ValueGrad(grad, logits, target)
		for i, v := range x {
			for c, g := range grad[3*i : 3*i+3] {
				w[c] -= rate * v * g
			}
		}
	}
	fmt.Printf("w = %.2f, cross-entropy %.3f\n", w, value)
	// Output: w = [-2.37 0.81 1.55], cross-entropy 0.360
}

// Classes of pixels: batch × class × height × width, as Positions says. One has no label.
func ExampleCrossEntropy_positions() {
	logits := []float32{
		4, 1, 0, 2, // class 0 at 2 × 2 pixels
		0, 3, 1, 2, // class 1
	}
	ce := loss.CrossEntropy[float32]{Classes: 2, Positions: 4}
	mean, err := ce.Value(logits, []int{0, 1, 1, -100})
	fmt.Printf("%.4f %v\n", mean, err)
	// Output: 0.1528 <nil>
}

func ExampleCrossEntropyProb() {
	logits, target := []float64{2, -1, 0}, []float64{0.75, 0, 0.25}
	mean, err := loss.CrossEntropyProb[float64]{Classes: 3}.Value(logits, target)
	fmt.Printf("%.4f %v\n", mean, err)
	// Output: 0.6698 <nil>
}

func ExampleNLL() {
	logits := []float64{2, -1, 0, 0.5, 3, -2}
	logProbabilities := kernels.LogSoftmaxRowsTo(make([]float64, 6), logits, 3)
	mean, err := loss.NLL[float64]{Weight: []float64{1, 3, 1}}.Value(logProbabilities, []int{0, 1})
	fmt.Printf("%.4f %v\n", mean, err)
	// Output: 0.1063 <nil>
}

// Two machines evaluate the rows of their shards, in batches of any length; a third one merges the bytes that they
// send.
func ExampleAccumulator() {
	shard := func(logits []float32, target []int) []byte {
		ce, each := loss.CrossEntropy[float32]{Classes: 3}, make([]float32, 2)
		var sum loss.Accumulator
		for len(target) > 0 {
			n := min(2, len(target)) // rows in a batch
			if err := ce.Accumulate(&sum, each[:n], logits[:3*n], target[:n]); err != nil {
				log.Fatal(err)
			}
			logits, target = logits[3*n:], target[n:]
		}
		data, err := sum.MarshalBinary()
		if err != nil {
			log.Fatal(err)
		}
		return data
	}
	logits, target := []float32{2, -1, 0, 0.5, 3, -2, 1, 1, 0, -1, 0, 4}, []int{0, 1, 0, 2}
	var all loss.Accumulator
	for _, data := range [][]byte{shard(logits[9:], target[3:]), shard(logits[:9], target[:3])} {
		var sum loss.Accumulator
		if err := sum.UnmarshalBinary(data); err != nil {
			log.Fatal(err)
		}
		if err := all.Merge(&sum); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(all.Count(), all.Mean()) // to the last digit, however the rows are cut
	// Output: 4 0.2854207381606102
}

func ExampleFocal() {
	logits, target := []float64{2, -1, 0, 0.5, 3, -2}, []int{0, 2}
	mean, err := loss.Focal[float64]{Gamma: 2}.Value(logits, target)
	fmt.Printf("%.4f %v\n", mean, err)
	// Output: 2.5133 <nil>
}

func ExampleFocalBinary() {
	logits, target := []float64{3, -0.5}, []float64{1, 1}
	each := make([]float64, 2)
	err := loss.FocalBinary[float64]{Gamma: 2}.ElementsTo(each, logits, target)
	fmt.Printf("%.5f %v\n", each, err)
	// Output: [0.00011 0.37741] <nil>
}

func ExampleAccuracy() {
	probabilities, target := []float32{0.9, 0.05, 0.05, 0.1, 0.7, 0.2}, []int{0, 2}
	accuracy, err := loss.Accuracy[float32]{Classes: 3}.Value(probabilities, target)
	fmt.Println(accuracy, err)
	// Output: 0.5 <nil>
}

func ExampleBrier() {
	probabilities, target := []float32{0.9, 0.05, 0.05, 0.1, 0.7, 0.2}, []int{0, 2}
	score, err := loss.Brier[float32]{Classes: 3}.Value(probabilities, target)
	fmt.Printf("%.4f %v\n", score, err)
	// Output: 0.5775 <nil>
}

func ExampleBrierBinary() {
	score, err := loss.BrierBinary[float64]{}.Value([]float64{0.1, 0.9, 0.8, 0.3}, []float64{0, 1, 1, 0})
	fmt.Printf("%.4f %v\n", score, err)
	// Output: 0.0375 <nil>
}

func ExampleLogLoss() {
	probabilities, target := []float32{0.9, 0.05, 0.05, 0.1, 0.7, 0.2}, []int{0, 2}
	nll, err := loss.LogLoss[float32]{Classes: 3}.Value(probabilities, target)
	fmt.Printf("%.4f %v\n", nll, err)
	// Output: 0.8574 <nil>
}

// The numbers of a reliability diagram of five bins.
func ExampleReliability() {
	probabilities := []float32{0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0.05, 0.05, 0.9, 0.1, 0.7, 0.2}
	target := []int{0, 1, 2, 0}
	bins := make([]loss.ReliabilityBin, 5)
	if err := (loss.Reliability[float32]{Classes: 3}).BinsTo(bins, probabilities, target); err != nil {
		log.Fatal(err)
	}
	for i, b := range bins {
		if b.Count > 0 {
			fmt.Printf("%.1f to %.1f: %d rows, confidence %.3f, accuracy %.3f\n",
				float64(i)/5, float64(i+1)/5, b.Count, b.Confidence(), b.Accuracy())
		}
	}
	fmt.Printf("ECE %.3f, MCE %.3f\n", loss.ExpectedCalibrationError(bins), loss.MaximumCalibrationError(bins))
	// Output:
	// 0.6 to 0.8: 1 rows, confidence 0.700, accuracy 0.000
	// 0.8 to 1.0: 3 rows, confidence 0.867, accuracy 1.000
	// ECE 0.275, MCE 0.700
}

// Two parts of the rows of a reliability diagram.
func ExampleReliabilityDiagram() {
	probabilities := []float32{0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0.05, 0.05, 0.9, 0.1, 0.7, 0.2}
	target := []int{0, 1, 2, 0}
	reliability := loss.Reliability[float32]{Classes: 3}
	var parts [2]loss.ReliabilityDiagram
	for i, rows := range [][2]int{{0, 1}, {1, 4}} {
		parts[i].Bins = make([]loss.ReliabilityBin, 5)
		from, to := rows[0], rows[1]
		if err := reliability.Accumulate(&parts[i], probabilities[3*from:3*to], target[from:to]); err != nil {
			log.Fatal(err)
		}
	}
	if err := parts[0].Merge(&parts[1]); err != nil {
		log.Fatal(err)
	}
	bins := parts[0].Bins
	fmt.Printf("ECE %.3f, MCE %.3f\n", loss.ExpectedCalibrationError(bins), loss.MaximumCalibrationError(bins))
	// Output: ECE 0.275, MCE 0.700
}

// Logits of a classifier that is right in three rows of four, but thinks that it is in nearly all.
func ExampleTemperatureScaling() {
	logits, target := []float64{4, 0, 0, 4, 4, 0, 4, 0}, []int{0, 1, 0, 1}
	temperature, err := loss.TemperatureScaling[float64]{Classes: 2}.Fit(logits, target)
	if err != nil {
		log.Fatal(err)
	}
	p := kernels.SoftmaxRowsTo(make([]float64, 8), kernels.ScaleTo(logits, 1/temperature, logits), 2)
	fmt.Printf("T = %.4f, p = %.2f\n", temperature, p)
	// Output: T = 3.6410, p = [0.75 0.25 0.25 0.75 0.75 0.25 0.75 0.25]
}

// newLayer is a layer whose weights are Gaussian, with mean and standard deviation 1 half each.
func newLayer(in, out int) *bnn.Linear[float64] {
	l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: in, Out: out, NoBias: true, Covariance: bnn.Diagonal{}})
	if err != nil {
		log.Fatal(err)
	}
	for i := range l.Params() {
		l.Params()[i] = 0.5
	}
	return l
}

func ExampleMSEVR() {
	phi, target := []float64{1, 2}, []float64{1}
	mse := loss.MSEVR[float64]{Layer: newLayer(2, 1)}
	value, err := mse.Value(phi, target, make([]float64, mse.WorkLen(1)))
	fmt.Println(value, err) // (1.5 − 1)² + (1² + 2²)·0.5²
	// Output: 1.5 <nil>
}

func ExampleBCEWithLogitsVR() {
	phi, target := []float64{1, 2}, []float64{1}
	bce := loss.BCEWithLogitsVR[float64]{Layer: newLayer(2, 1)}
	value, err := bce.Value(phi, target, make([]float64, bce.WorkLen(1)))
	fmt.Printf("%.4f %v\n", value, err)
	// Output: 0.3484 <nil>
}

func ExampleCrossEntropyVR() {
	phi, target := []float64{1, 2}, []int{1}
	ce := loss.CrossEntropyVR[float64]{Layer: newLayer(2, 3)}
	value, err := ce.Value(phi, target, make([]float64, ce.WorkLen(1)))
	fmt.Printf("%.4f %v\n", value, err)
	// Output: 1.7236 <nil>
}

func ExampleVariationalFreeEnergy() {
	logits, target := []float64{2, -1, 0}, []int{0}
	vfe := loss.VariationalFreeEnergy[float64, int]{
		NLL: loss.CrossEntropy[float64]{}, Model: newLayer(2, 3), KLWeightPerParam: true,
	}
	nll, kl, err := vfe.Terms(logits, target, make([]float64, vfe.WorkLen()))
	fmt.Printf("%.4f + %.4f %v\n", nll, kl, err)
	// Output: 0.1698 + 0.4431 <nil>
}
