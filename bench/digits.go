package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/simmer-go/simmer/kernels"
)

//go:embed testdata/digits.csv.gz
var digitsCSV []byte

const (
	pixels  = 64 // of an image, 0 to 16
	classes = 10
)

// digits is the real input: handwritten digits, one image a row.
type digits[T kernels.Float] struct {
	images []T // pixels/16, row-major
	labels []int
	// mu and sigma are the Gaussians of each pixel of each class, row-major by class.
	mu, sigma []T
}

func (d *digits[T]) image(i int) []T { return d.images[i*pixels : (i+1)*pixels] }

// class returns means and standard deviations of the pixels of one digit.
func (d *digits[T]) class(digit int) (mu, sigma []T) {
	from, to := digit*pixels, (digit+1)*pixels
	return d.mu[from:to], d.sigma[from:to]
}

// readDigits parses the embedded file.
func readDigits[T kernels.Float]() (*digits[T], error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(digitsCSV))
	if err != nil {
		return nil, fmt.Errorf("digits: %w", err)
	}
	var d digits[T]
	for rows := csv.NewReader(unzipped); ; {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("digits: %w", err)
		}
		if err := d.add(row); err != nil {
			return nil, err
		}
	}
	d.gaussians()
	return &d, nil
}

func (d *digits[T]) add(row []string) error {
	if len(row) != pixels+1 {
		return fmt.Errorf("digits: row %d has %d columns, not %d", len(d.labels), len(row), pixels+1)
	}
	for _, field := range row[:pixels] {
		v, err := strconv.ParseUint(field, 10, 5)
		if err != nil {
			return fmt.Errorf("digits: row %d: %w", len(d.labels), err)
		}
		d.images = append(d.images, T(v)/16)
	}
	label, err := strconv.ParseUint(row[pixels], 10, 4)
	if err != nil || label >= classes {
		return fmt.Errorf("digits: row %d: digit %q", len(d.labels), row[pixels])
	}
	d.labels = append(d.labels, int(label))
	return nil
}

// sigmaFloor keeps pixels that are the same in every image of a class from having no spread at all.
const sigmaFloor = 1.0 / 64

// gaussians fits mean and standard deviation of each pixel of each class. Sums of sixteenths are exact in
// float64, so the parameters do not depend on the machine.
func (d *digits[T]) gaussians() {
	var count, sum, squares [classes * pixels]float64
	for i, label := range d.labels {
		for p, v := range d.image(i) {
			c := label*pixels + p
			count[c]++
			sum[c] += float64(v)
			squares[c] += float64(v * v)
		}
	}
	for c, n := range count {
		mean := sum[c] / n
		variance := squares[c]/n - float64(mean*mean)
		d.mu = append(d.mu, T(mean))
		d.sigma = append(d.sigma, T(math.Sqrt(max(variance, 0))+sigmaFloor))
	}
}
