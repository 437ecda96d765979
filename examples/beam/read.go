package main

import (
	"context"
	"fmt"
	"io"
	"math"
)

// badRow is why a row cannot be scored. Reading goes on behind it.
type badRow string

func (b badRow) Error() string { return string(b) }

func bad(format string, args ...any) error { return badRow(fmt.Sprintf(format, args...)) }

// rowReader reads rows from some offset of a file on.
type rowReader interface {
	// offset is where the next row begins, or the end of the file.
	offset() int64

	// read reads that row into the inputs x and its label, 0 if rows have none. An error that is a badRow is one of that
	// row only.
	read(x []float32) (label int, err error)

	io.Closer
}

// openRows returns a reader whose first row is the first one that begins at the offset or behind it.
func openRows(ctx context.Context, o options, name string, offset int64, inputs, classes int) (rowReader, error) {
	columns := rowColumns{inputs: inputs, label: o.Label, classes: classes}
	if o.Format == "csv" {
		return openCSV(ctx, name, offset, columns, o.Header)
	}
	return openBinary(ctx, name, offset, columns, o.Format)
}

// rowColumns is what the columns of a row are: the inputs in their order, and somewhere among them the label.
type rowColumns struct {
	inputs  int
	label   int // its column, −1 if there is none
	classes int
}

func (c rowColumns) count() int {
	if c.label >= 0 {
		return c.inputs + 1
	}
	return c.inputs
}

// input is the place of a column among the inputs.
func (c rowColumns) input(column int) int {
	if c.label >= 0 && column > c.label {
		return column - 1
	}
	return column
}

// checkLabel returns the class.
func (c rowColumns) checkLabel(v float64) (int, error) {
	if v != math.Trunc(v) || v < 0 || v >= float64(c.classes) { // NaN is not its Trunc
		return 0, bad("column %d: the label %v is none of %d classes", c.label, v, c.classes)
	}
	return int(v), nil
}

// checkInput reports whether an input is a number of float32.
func checkInput(column int, x float32) error {
	if x-x != 0 {
		return bad("column %d is %v, not finite in float32", column, x)
	}
	return nil
}
