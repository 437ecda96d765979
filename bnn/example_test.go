package bnn_test

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"

	"github.com/simmer-go/simmer/bnn"
)

// handwritten is a hasty 9, row 1412 of the UCI digits, as the models of testdata want it: pixels from 0 to 1.
func handwritten() []float32 {
	x := []float32{
		0, 0, 1, 11, 12, 9, 5, 0,
		0, 0, 14, 6, 1, 15, 10, 0,
		0, 2, 12, 4, 12, 7, 10, 0,
		0, 1, 13, 12, 3, 4, 8, 0,
		0, 0, 0, 0, 0, 4, 8, 0,
		0, 0, 3, 4, 0, 7, 6, 0,
		0, 0, 12, 7, 3, 11, 0, 0,
		0, 0, 3, 13, 15, 3, 0, 0,
	}
	for i := range x {
		x[i] /= 16
	}
	return x
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// digits is a model trained in Python, in serving mode. LowRank is what inferno calls covariance "low_rank".
func digits() *bnn.Sequential[float32] {
	file, err := os.Open("testdata/digits_lowrank.safetensors") // safetensors.torch.save_file(model.state_dict(), …)
	check(err)
	defer file.Close()
	model, err := bnn.NewMLP[float32]([]int{64, 32, 10}, bnn.ReLU, nil, bnn.LowRank{Rank: 5})
	check(err)
	err = model.ReadWeights(file)
	check(err)
	serving := model.Eval() // inference mode: logits are divided by the trained temperature
	return serving
}

// Weights trained in Python serve predictive means and variances.
func ExampleSequential_Predict() {
	serving, x := digits(), handwritten()
	mean, variance := make([]float32, serving.Out()), make([]float32, serving.Out())
	work := make([]float32, serving.WorkLen(1))
	err := serving.Predict(mean, variance, x, work)
	check(err)
	for _, class := range []int{0, 1, 9} {
		fmt.Printf("logit of %d: %.1f, variance %.2f\n", class, mean[class], variance[class])
	}
	// Output:
	// logit of 0: 2.4, variance 0.02
	// logit of 1: -6.7, variance 0.02
	// logit of 9: 3.1, variance 0.19
}

// predictor is the same model, frozen.
func predictor() *bnn.Predictor[float32] {
	model := digits()
	serving, err := bnn.NewPredictor(model.Eval()) // Eval: inference mode: logits are divided by the trained temperature
	check(err)
	return serving
}

// saved goes to a new folder, where the model is in a file with all that a model is made of, and says how to leave it.
func saved() (leave func()) {
	folder, err := os.MkdirTemp("", "digits")
	check(err)
	before, err := os.Getwd()
	check(err)
	model := digits()
	check(os.Chdir(folder))
	file, err := os.Create("digits.safetensors")
	check(err)
	check(model.WriteWeights(file))
	check(file.Close())
	return func() {
		check(os.Chdir(before))
		check(os.RemoveAll(folder))
	}
}

// A file tells what model it holds, if its metadata name the activations and the types of the layers.
func ExampleNewFromCheckpoint() {
	defer saved()()
	model, err := bnn.NewFromCheckpoint[float32](bnn.Checkpoint{Name: "digits.safetensors"})
	check(err)
	serving, err := bnn.NewPredictor(model.Eval()) // Eval: inference mode: logits are divided by the trained temperature
	check(err)
	fmt.Println(serving.In(), "inputs,", serving.Out(), "classes")
	// Output: 64 inputs, 10 classes
}

// A predictor serves class probabilities in closed form.
func ExamplePredictor() {
	serving, x := predictor(), handwritten()
	mean, variance := make([]float32, serving.Out()), make([]float32, serving.Out())
	probabilities := make([]float32, serving.Out())
	err := serving.Predict(mean, variance, x)
	check(err)
	err = serving.Probabilities(probabilities, x)
	check(err)
	fmt.Printf("logit of 9: %.1f, variance %.2f\n", mean[9], variance[9])
	fmt.Printf("%.2f\n", probabilities)
	// Output:
	// logit of 9: 3.1, variance 0.19
	// [0.30 0.00 0.00 0.00 0.00 0.01 0.00 0.00 0.13 0.55]
}

// Draws of the parameters come from a key: the same key, the same draws, on every machine.
func ExamplePredictor_ProbabilitiesFromDraws() {
	serving, x := predictor(), handwritten()
	probabilities := make([]float32, serving.Out())
	mean, variance := make([]float32, serving.Out()), make([]float32, serving.Out())
	key := bnn.Key{Seed: 1}
	err := serving.ProbabilitiesFromDraws(probabilities, x, key, 100)
	check(err)
	err = serving.PredictFromDraws(mean, variance, x, key, 100) // with what Gaussian hidden layers add to the variance
	check(err)
	fmt.Printf("%.2f\n", probabilities)
	fmt.Printf("logit of 9: %.1f, variance %.2f\n", mean[9], variance[9])
	// Output:
	// [0.27 0.00 0.00 0.00 0.00 0.01 0.00 0.00 0.12 0.59]
	// logit of 9: 3.2, variance 0.18
}

// Class probabilities are averaged over draws of the parameters, from normals of one's own.
func ExampleMeanProbabilities() {
	const draws = 200
	serving, x := digits(), handwritten()
	logits, probabilities := make([]float32, draws*serving.Out()), make([]float32, serving.Out())
	rng, eps := rand.New(rand.NewPCG(1, 2)), make([]float32, serving.NumNormals())
	work := make([]float32, serving.WorkLen(1))
	err := serving.ForwardDraws(logits, x, rng, eps, work)
	check(err)
	err = bnn.MeanProbabilities(probabilities, logits, serving.Out())
	check(err)
	fmt.Printf("%.2f\n", probabilities)
	// Output: [0.29 0.00 0.00 0.00 0.00 0.01 0.00 0.00 0.13 0.57]
}

// The divergence of a layer from a prior, with its gradient for a step of training.
func ExampleLinear_KLGrad() {
	layer, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 1, Out: 1, Covariance: bnn.Diagonal{}})
	check(err)
	copy(layer.Params(), []float64{0.5, -1, 1, 0.5}) // mean bias, mean weight, scale of the bias, scale of the weight
	grad := make([]float64, layer.NumParams())
	work := make([]float64, layer.KLWorkLen())
	kl, err := layer.KLGrad(grad, nil, nil, 0, 1, work) // prior N(0, 1)
	check(err)
	fmt.Printf("%.4f %.2f\n", kl, grad)
	// Output: 0.9431 [0.50 -1.00 0.00 -1.50]
}

// Draws of the outputs of a network come from a seeded source: the same seed, the same draws.
func ExampleSequential_ForwardDraws() {
	model, err := bnn.NewSequential[float64](bnn.LinearConfig{In: 2, Out: 1, Covariance: bnn.Factorized{}})
	check(err)
	copy(model.Params(), []float64{
		1, 2, 3, // mean bias, mean weights
		0.1, 0, 0, // a row of S for each
		0, 0.2, 0,
		0, 0.2, 0, // both weights vary together
	})
	x := []float64{1, 1, 1, -1} // two rows
	y := make([]float64, 3*2)   // three draws of two rows
	eps, work := make([]float64, model.NumNormals()), make([]float64, model.WorkLen(2))
	if err := model.ForwardDraws(y, x, rand.New(rand.NewPCG(1, 2)), eps, work); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", y)
	// Output: [6.07 0.04 5.73 -0.11 6.88 0.19]
}
