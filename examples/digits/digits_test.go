package main

import (
	"bytes"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

const testData = "../../bnn/testdata/digits.csv.gz"

// TestRun trains for a short while. Chance would get 10 % right.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	c := config{data: testData, picture: filepath.Join(dir, "digits.png"),
		weights: filepath.Join(dir, "digits.safetensors"), epochs: 20, seed: 7}
	var output bytes.Buffer
	r, err := run(c, &output)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]prediction{"mean weights": r.mean, "average over draws": r.averaged} {
		if p.accuracy < 0.85 || p.nll > 0.6 {
			t.Errorf("%s: accuracy %.3f, nll %.3f; want at least 0.85 and at most 0.6", name, p.accuracy, p.nll)
		}
	}
	if !strings.Contains(output.String(), "the same to the bit") {
		t.Errorf("no word on the weights read back in:\n%s", &output)
	}
	checkPicture(t, c.picture)
}

// checkPicture wants a PNG of the right size that is not blank.
func checkPicture(t *testing.T, path string) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	w, h := pictureWidth.Dots(dotsPerInch), pictureHeight.Dots(dotsPerInch)
	if math.Abs(float64(b.Dx())-w) > 1 || math.Abs(float64(b.Dy())-h) > 1 {
		t.Errorf("the picture has %d×%d pixels, want %.0f×%.0f", b.Dx(), b.Dy(), w, h)
	}
	dark := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x4000 {
				dark++
			}
		}
	}
	if dark < b.Dx()*b.Dy()/50 {
		t.Errorf("only %d of %d pixels are dark", dark, b.Dx()*b.Dy())
	}
}

// TestTemperature: logits three times as large need three times the temperature, and no other temperature is better.
func TestTemperature(t *testing.T) {
	data, err := readDigits(testData)
	if err != nil {
		t.Fatal(err)
	}
	model, err := newModel()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 0))
	initialise(model, 7)
	if err := fit(model, data.rows(0, 300), data.rows(300, 400), 5, rng, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	heldOut := data.rows(1400, data.len())
	fitted := func() float64 {
		if err := fitTemperature(model, heldOut); err != nil {
			t.Fatal(err)
		}
		return float64(model.Output().Temperature())
	}
	nllAt := func(temperature float64) float64 {
		if err := model.Output().SetTemperature(float32(temperature)); err != nil {
			t.Fatal(err)
		}
		serving, err := bnn.NewPredictor(model.Eval())
		if err != nil {
			t.Fatal(err)
		}
		p, err := meanProbabilities(serving, heldOut)
		if err != nil {
			t.Fatal(err)
		}
		judged, err := judge(p, heldOut.labels)
		if err != nil {
			t.Fatal(err)
		}
		return judged.nll
	}
	best := fitted()
	for _, factor := range []float64{0.95, 1.05} {
		if nllAt(factor*best) <= nllAt(best) {
			t.Errorf("temperature %g is better than the fitted %g", factor*best, best)
		}
	}
	means := model.Output().Params()[:model.Output().NumMeanParams()]
	for i := range means {
		means[i] *= 3
	}
	if got := fitted(); math.Abs(got/best-3) > 1e-3 {
		t.Errorf("temperature %g for three times the logits, %g for the logits", got, best)
	}
}

func TestReadDigitsErrors(t *testing.T) {
	if _, err := readDigits(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "-data") {
		t.Errorf("error of a missing file does not name the flag: %v", err)
	}
	if _, err := readDigits("data.go"); err == nil || !strings.Contains(err.Error(), "data.go") {
		t.Errorf("error of a file that is no gzip does not name it: %v", err)
	}
}
