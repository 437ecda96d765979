package loss_test

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

// What KLWeight must be where the loss is a mean over the rows of a batch: 1/N, with N the rows of the training set.
// With the default, which is inferno's 1, the divergence of all weights stands against the loss of a single row and
// wins: a network 64-32-10 whose output layer has Gaussian weights, trained on handwritten digits through draws of
// these weights, stays at chance.
func ExampleVariationalFreeEnergy_kLWeight() {
	images, labels := readDigits("../bnn/testdata/digits.csv.gz")
	const pixels, classes, batch, train = 64, 10, 32, 1437
	perRow := 1.0 / train

	for _, weight := range []*float64{nil, &perRow} {
		model, err := bnn.NewMLP[float32]([]int{pixels, 32, classes}, bnn.ReLU, nil, bnn.Diagonal{})
		if err != nil {
			log.Fatal(err)
		}
		model.KaimingNormal(bnn.Key{Seed: 1})
		deviations := model.Params()[model.NumParams()-(32+1)*classes:]
		for i := range deviations {
			deviations[i] = 0.1
		}
		vfe := loss.VariationalFreeEnergy[float32, int]{
			NLL: loss.CrossEntropy[float32]{Classes: classes}, Model: model, KLWeight: weight,
		}
		params, grad := model.Params(), make([]float32, model.NumParams())
		logits, dLogits := make([]float32, batch*classes), make([]float32, batch*classes)
		work, eps := make([]float32, model.GradWorkLen(len(labels))), make([]float32, model.NumNormals())
		for step := range 60 * train / batch {
			from := step * batch % (train - batch + 1)
			x, y := images[from*pixels:][:batch*pixels], labels[from:][:batch]
			kernels.NormalTo(eps, kernels.Key{}, uint64(step*len(eps)))
			if err := model.ForwardSample(logits, x, eps, work); err != nil {
				log.Fatal(err)
			}
			clear(grad)
			if _, err := vfe.ValueGrad(dLogits, grad, logits, y, work); err != nil {
				log.Fatal(err)
			}
			if err := model.ForwardSampleGrad(nil, grad, x, eps, dLogits, work); err != nil {
				log.Fatal(err)
			}
			kernels.AddScaledTo(params, params, -0.1, grad) // params − 0.1·grad
		}
		heldOut := labels[train:]
		predicted := make([]float32, len(heldOut)*classes)
		if err := model.Forward(predicted, images[train*pixels:], work); err != nil {
			log.Fatal(err)
		}
		accuracy, err := loss.Accuracy[float32]{Classes: classes}.Value(predicted, heldOut)
		if weight == nil {
			fmt.Print("KLWeight nil, which is 1: ")
		} else {
			fmt.Print("KLWeight 1/N: ")
		}
		fmt.Printf("accuracy %.0f %% %v\n", 100*accuracy, err)
	}
	// Output:
	// KLWeight nil, which is 1: accuracy 9 % <nil>
	// KLWeight 1/N: accuracy 91 % <nil>
}

// readDigits reads 64 pixels from 0 to 16 and the digit from each line of a file of the UCI digits.
func readDigits(path string) (images []float32, labels []int) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		log.Fatal(err)
	}
	records, err := csv.NewReader(text).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	for _, record := range records {
		for i, field := range record {
			v, err := strconv.Atoi(field)
			if err != nil {
				log.Fatal(err)
			}
			if i == len(record)-1 {
				labels = append(labels, v)
			} else {
				images = append(images, float32(v)/16)
			}
		}
	}
	return images, labels
}
