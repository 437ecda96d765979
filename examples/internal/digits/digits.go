// Package digits reads the handwritten digits that the examples work on.
package digits

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
)

const (
	Side    = 8 // an image is Side×Side pixels
	Pixels  = Side * Side
	Classes = 10

	count = 1797
)

// Read reads the UCI digits, gzipped CSV with a row for each image, 64 pixels from 0 to 16 and the digit. It returns the
// images, row-major from 0 (paper) to 1 (ink), and which digits they are.
func Read(path string) (images []float32, labels []int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (-data says where the digits are)", err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	rows := csv.NewReader(unzipped)
	rows.FieldsPerRecord = Pixels + 1
	records, err := rows.ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, record := range records {
		if images, labels, err = appendRow(images, labels, record); err != nil {
			return nil, nil, fmt.Errorf("%s: row %d: %w", path, i, err)
		}
	}
	if len(labels) != count {
		return nil, nil, fmt.Errorf("%s has %d rows, want the %d of the UCI digits", path, len(labels), count)
	}
	return images, labels, nil
}

func appendRow(images []float32, labels []int, record []string) ([]float32, []int, error) {
	for _, field := range record[:Pixels] {
		v, err := strconv.ParseUint(field, 10, 5)
		if err != nil {
			return nil, nil, err
		}
		images = append(images, float32(v)/16)
	}
	label, err := strconv.Atoi(record[Pixels])
	return images, append(labels, label), err
}
