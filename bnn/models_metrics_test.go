package bnn_test

import (
	"bufio"
	"compress/gzip"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/cases"
)

// dataSet says what a model was trained on.
type dataSet struct {
	Set   string    // "digits", "diabetes" or "random"
	XMean []float64 `json:"x_mean"`
	XStd  []float64 `json:"x_std"`
	YMean float64   `json:"y_mean"`
	YStd  float64   `json:"y_std"`
	Rows  []int     // of the batch
}

// testSplit compares the metrics of the mean parameters on the rows of the data kept for testing.
func (r *modelRun[T]) testSplit() {
	if !r.has("test/num") {
		return
	}
	x, y := r.m.Data.read(r.T)
	in := r.kron.In()
	for i, row := range r.m.Data.Rows {
		if !slices.Equal(x[row*in:][:in], r.m.Inputs.Data[i*in:][:in]) {
			r.Fatalf("row %d of the data is not row %d of the inputs", row, i)
		}
	}
	from, to := int(r.use(r.T, "test/rows/0").Scalar()), int(r.use(r.T, "test/rows/1").Scalar())
	r.near(r.T, "test/num", []float64{float64(to - from)})
	x, y = x[from*in:to*in], y[from:to]
	for _, mode := range []string{"eval", "train"} {
		regression := r.has("test/" + mode + "/mse")
		if !regression && !r.has("test/"+mode+"/correct") {
			continue
		}
		s := r.mode(r.kron, mode)
		out := make([]T, len(y)*s.Out())
		r.must(s.Forward(out, cases.To[T](cases.Tensor{Data: x}), make([]T, s.WorkLen(len(y)))))
		if regression {
			r.regression("test/"+mode, out, y)
		} else {
			r.classification("test/"+mode, out, y)
		}
	}
}

func (r *modelRun[T]) regression(path string, out []T, y []float64) {
	mse, err := r.nll("MSELoss", 1, cases.Tensor{Data: y}).value(out)
	r.must(err)
	r.near(r.T, path+"/mse", []float64{mse})
	r.near(r.T, path+"/rmse_original_units", []float64{math.Sqrt(mse) * r.m.Data.YStd})
}

func (r *modelRun[T]) classification(path string, out []T, y []float64) {
	name, classes := "CrossEntropyLoss", r.kron.Out()
	target := cases.Tensor{Data: slices.Clone(y), Ints: make([]int, len(y))}
	if classes == 1 { // odd or even
		name = "BCEWithLogitsLoss"
		for i, digit := range y {
			target.Data[i] = math.Mod(digit, 2)
		}
	}
	correct := 0
	for i := range y {
		target.Ints[i] = int(target.Data[i])
		row := out[i*classes:][:classes]
		if classes == 1 {
			row = []T{0, row[0]} // the logits of even and odd
		}
		if slices.Index(row, slices.Max(row)) == target.Ints[i] {
			correct++
		}
	}
	r.near(r.T, path+"/correct", []float64{float64(correct)})
	r.near(r.T, path+"/accuracy", []float64{float64(correct) / float64(len(y))})
	nll, err := r.nll(name, 1, target).value(out)
	r.must(err)
	r.near(r.T, path+"/nll", []float64{nll})
}

// read returns all rows of the data as the models get them: inputs and the target of each.
func (d dataSet) read(t *testing.T) (x, y []float64) {
	switch d.Set {
	case "digits":
		for _, row := range readTable(t, "digits") {
			for _, pixel := range row[:64] {
				x = append(x, pixel/16)
			}
			y = append(y, row[64])
		}
	case "diabetes":
		for _, row := range readTable(t, "diabetes_data_raw") {
			for i, v := range row {
				x = append(x, (v-d.XMean[i])/d.XStd[i])
			}
		}
		for _, row := range readTable(t, "diabetes_target") {
			y = append(y, (row[0]-d.YMean)/d.YStd)
		}
	default:
		t.Fatalf("no data set %q", d.Set)
	}
	return x, y
}

// readTable reads numbers between commas or blanks.
func readTable(t testing.TB, name string) (rows [][]float64) {
	f, err := os.Open("testdata/" + name + ".csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		var row []float64
		for _, cell := range strings.FieldsFunc(lines.Text(), func(c rune) bool { return c == ',' || c == ' ' }) {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}
