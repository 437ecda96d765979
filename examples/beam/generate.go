package main

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
)

// generator makes rows that look like handwritten digits, as far as single pixels go: row i is of the class of a digit
// chosen at random, and each pixel is that of another random digit of this class. Only integers are computed with, so
// that every machine makes the same rows. Pixels are 0, 1/16, …, 1; the label is the last column.
type generator struct {
	digits [][]int   // 64 pixels and the class
	of     [10][]int // the digits of a class
}

const (
	digitsData = "../../bnn/testdata/digits.csv.gz"
	pixels     = 64
	seed       = 1
)

// readGenerator reads the UCI digits.
func readGenerator(path string) (*generator, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	rows := csv.NewReader(unzipped)
	rows.FieldsPerRecord = pixels + 1
	records, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	g := &generator{}
	for i, record := range records {
		digit := make([]int, len(record))
		for column, field := range record {
			most := 16
			if column == pixels {
				most = 9
			}
			if digit[column], err = strconv.Atoi(field); err != nil || digit[column] < 0 || digit[column] > most {
				return nil, fmt.Errorf("%s: row %d, column %d is %q, want 0 to %d", path, i, column, field, most)
			}
		}
		g.of[digit[pixels]] = append(g.of[digit[pixels]], len(g.digits))
		g.digits = append(g.digits, digit)
	}
	return g, nil
}

// row writes the pixels, in sixteenths, and the class of row i.
func (g *generator) row(row []int, i uint64) {
	random := rand.NewPCG(seed, i)
	below := func(n int) int {
		high, _ := bits.Mul64(random.Uint64(), uint64(n))
		return int(high)
	}
	class := g.digits[below(len(g.digits))][pixels]
	row[pixels] = class
	for p := range pixels {
		row[p] = g.digits[g.of[class][below(len(g.of[class]))]][p]
	}
}

// generate writes so many rows to a file, in the format that the end of its name says.
func generate(path string, count int) error {
	g, err := readGenerator(digitsData)
	if err != nil {
		return err
	}
	appendRow, err := rowFormat(path)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	row, line := make([]int, pixels+1), []byte(nil)
	for i := range count {
		g.row(row, uint64(i))
		line = appendRow(line[:0], row)
		w.Write(line) // Flush returns the error
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// rowFormat returns what appends a row to a file of that name.
func rowFormat(path string) (func(b []byte, row []int) []byte, error) {
	switch format := formatOf(path); format {
	case "csv":
		return appendCSV, nil
	case "FP32":
		return func(b []byte, row []int) []byte {
			for column := range row {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(columnValue(row, column))))
			}
			return b
		}, nil
	case "FP64":
		return func(b []byte, row []int) []byte {
			for column := range row {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(columnValue(row, column)))
			}
			return b
		}, nil
	}
	return nil, fmt.Errorf("-output %s: want a name that ends in .csv, .fp32 or .fp64", path)
}

// formatOf is the format of a file by its name.
func formatOf(name string) string {
	for end, format := range map[string]string{".csv": "csv", ".fp32": "FP32", ".fp64": "FP64"} {
		if strings.HasSuffix(name, end) {
			return format
		}
	}
	return ""
}

// columnValue is a column as the model takes it.
func columnValue(row []int, column int) float64 {
	if column == pixels {
		return float64(row[column])
	}
	return float64(row[column]) / 16
}

func appendCSV(b []byte, row []int) []byte {
	for column := range row {
		b = strconv.AppendFloat(b, columnValue(row, column), 'g', -1, 64)
		b = append(b, ',')
	}
	b[len(b)-1] = '\n'
	return b
}
