package main

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
)

const (
	side    = 8 // an image is side×side pixels
	pixels  = side * side
	classes = 10
)

// dataset is handwritten digits, one image a row, and which digits they are.
type dataset struct {
	images []float32 // row-major, 0 (paper) to 1 (ink)
	labels []int
}

func (d dataset) len() int { return len(d.labels) }

func (d dataset) image(i int) []float32 { return d.images[i*pixels : (i+1)*pixels] }

// rows returns the rows from i up to, without, j.
func (d dataset) rows(i, j int) dataset {
	return dataset{d.images[i*pixels : j*pixels], d.labels[i:j]}
}

// shuffled returns a copy with the rows in random order.
func (d dataset) shuffled(rng *rand.Rand) dataset {
	var s dataset
	for _, i := range rng.Perm(d.len()) {
		s.images = append(s.images, d.image(i)...)
		s.labels = append(s.labels, d.labels[i])
	}
	return s
}

// readDigits reads the UCI digits: a row for each image, 64 pixels from 0 to 16 and the digit.
func readDigits(path string) (dataset, error) {
	file, err := os.Open(path)
	if err != nil {
		return dataset{}, fmt.Errorf("%w (-data says where the digits are)", err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return dataset{}, fmt.Errorf("%s: %w", path, err)
	}
	rows := csv.NewReader(unzipped)
	rows.FieldsPerRecord = pixels + 1
	records, err := rows.ReadAll()
	if err != nil {
		return dataset{}, fmt.Errorf("%s: %w", path, err)
	}
	var d dataset
	for i, record := range records {
		if err := d.add(record); err != nil {
			return dataset{}, fmt.Errorf("%s: row %d: %w", path, i, err)
		}
	}
	if d.len() != 1797 {
		return dataset{}, fmt.Errorf("%s has %d rows, want the 1797 of the UCI digits", path, d.len())
	}
	return d, nil
}

func (d *dataset) add(record []string) error {
	for _, field := range record[:pixels] {
		v, err := strconv.ParseUint(field, 10, 5)
		if err != nil {
			return err
		}
		d.images = append(d.images, float32(v)/16)
	}
	label, err := strconv.Atoi(record[pixels])
	if err != nil {
		return err
	}
	d.labels = append(d.labels, label)
	return nil
}
