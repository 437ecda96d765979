// Digits trains a network with a Gaussian output layer on real handwritten digits, and shows how far its probabilities
// can be trusted. From the root of the repository:
//
//	go run -C examples ./digits
//
// The network is 64-32-10 with ReLU; every weight of its last layer has a mean and a standard deviation. Adam minimises
// the variational free energy, with the variance-reduced cross-entropy as its likelihood: [loss.CrossEntropyVR] and
// [loss.VariationalFreeEnergy]. A temperature is then fitted to held-out digits. The output ends with
//
//	397 test digits               accuracy      nll     calibration error
//	mean weights                    89.9 %   0.4175         0.0573
//	average over 200 draws          89.9 %   0.3724         0.0381
//	with temperature 1.093, fitted to held-out digits
//	mean weights                    89.9 %   0.3993         0.0524
//	average over 200 draws          89.9 %   0.3648         0.0277
//
// With its mean weights the network is too sure of itself, as usual after long training. Averaging its probabilities
// over draws of the weights helps without further data, the temperature helps too, and both together most. The picture,
// digits.png, has the reliability diagram, and the digits on which the draws differ most: it gets more than half of them
// wrong.
//
// Rows 0-1199 of the data are for training, 1200-1399 for the temperature and 1400-1796, which are harder, for the test.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

// config is what the flags say.
type config struct {
	data    string
	picture string
	weights string
	epochs  int
	seed    uint64
}

func main() {
	var c config
	flag.StringVar(&c.data, "data", "../bnn/testdata/digits.csv.gz", "read the digits from this `file`")
	flag.StringVar(&c.picture, "o", "digits.png", "write the picture to this `file`")
	flag.StringVar(&c.weights, "weights", "", "write the trained weights to this .safetensors `file`, and read them back")
	flag.IntVar(&c.epochs, "epochs", 300, "go through the training set this `many` times")
	flag.Uint64Var(&c.seed, "seed", 1, "`seed` of all random numbers")
	flag.Parse()
	if _, err := run(c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "digits:", err)
		os.Exit(1)
	}
}

// run trains, fits the temperature, prints to w what the network is worth and draws it. It returns what it is worth on
// the test digits, with the temperature.
func run(c config, w io.Writer) (result, error) {
	if c.epochs < 1 {
		return result{}, fmt.Errorf("-epochs is %d, want at least 1", c.epochs)
	}
	data, err := readDigits(c.data)
	if err != nil {
		return result{}, err
	}
	train, heldOut, test := data.rows(0, 1200), data.rows(1200, 1400), data.rows(1400, data.len())
	rng := rand.New(rand.NewPCG(c.seed, 0))
	model, err := newModel()
	if err != nil {
		return result{}, err
	}
	initialise(model, c.seed)
	if err := fit(model, train, heldOut, c.epochs, rng, w); err != nil {
		return result{}, err
	}
	// Both times with the same draws; the temperature is still 1 before it is fitted.
	key := bnn.Key{Seed: c.seed, Stream: drawStream}
	before, err := evaluate(model, test, key)
	if err != nil {
		return result{}, err
	}
	if err := fitTemperature(model, heldOut); err != nil {
		return result{}, err
	}
	after, err := evaluate(model, test, key)
	if err != nil {
		return result{}, err
	}
	report(w, before, after, model.Output().Temperature())
	if err := drawPicture(c.picture, test, before, after, model.Output().Temperature()); err != nil {
		return result{}, err
	}
	fmt.Fprintln(w, "\npicture:", c.picture)
	if c.weights == "" {
		return after, nil
	}
	return after, roundTrip(c.weights, model, test, w)
}

// report prints accuracy, negative log-likelihood and expected calibration error.
func report(w io.Writer, before, after result, temperature float32) {
	fmt.Fprintf(w, "\n%d test digits               accuracy      nll     calibration error\n", len(before.mean.p)/classes)
	line := func(name string, p prediction) {
		fmt.Fprintf(w, "%-28s %7.1f %% %8.4f %14.4f\n", name, 100*p.accuracy, p.nll, loss.ExpectedCalibrationError(p.bins))
	}
	line("mean weights", before.mean)
	line(fmt.Sprintf("average over %d draws", draws), before.averaged)
	fmt.Fprintf(w, "with temperature %.3f, fitted to held-out digits\n", temperature)
	line("mean weights", after.mean)
	line(fmt.Sprintf("average over %d draws", draws), after.averaged)
}
