package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// longestLine bounds the memory that a line takes.
const longestLine = 1 << 20

// csvReader reads lines of numbers with commas between them. There are no quotes; blanks around numbers do not matter.
type csvReader struct {
	file    io.Closer
	lines   *bufio.Reader
	at      int64
	columns rowColumns
}

func openCSV(ctx context.Context, name string, offset int64, columns rowColumns, header bool) (*csvReader, error) {
	// A line begins at offset if the byte before ends one.
	start := max(offset-1, 0)
	file, err := openAt(ctx, name, start)
	if err != nil {
		return nil, err
	}
	r := &csvReader{file: file, lines: bufio.NewReaderSize(file, longestLine), at: start, columns: columns}
	if offset > 0 || header {
		if _, err := r.line(); err != nil && err != io.EOF && !errors.As(err, new(badRow)) {
			return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
		}
	}
	return r, nil
}

func (r *csvReader) Close() error  { return r.file.Close() }
func (r *csvReader) offset() int64 { return r.at }

func (r *csvReader) read(x []float32) (label int, err error) {
	line, err := r.line()
	if err != nil {
		return 0, err
	}
	column := 0
	for rest, more := line, true; more; column++ {
		var field []byte
		field, rest, more = bytes.Cut(rest, []byte{','})
		if column >= r.columns.count() {
			continue // to count them
		}
		if err := r.field(x, &label, column, bytes.TrimSpace(field)); err != nil {
			return 0, err
		}
	}
	if column != r.columns.count() {
		return 0, bad("%d columns, want %d", column, r.columns.count())
	}
	return label, nil
}

func (r *csvReader) field(x []float32, label *int, column int, field []byte) error {
	v, err := strconv.ParseFloat(string(field), 32)
	if err != nil {
		return bad("column %d: %.40q is no number of float32", column, field)
	}
	if column == r.columns.label {
		*label, err = r.columns.checkLabel(v)
		return err
	}
	x[r.columns.input(column)] = float32(v)
	return checkInput(column, float32(v))
}

// line reads a line, without its end. One that is too long is a bad row.
func (r *csvReader) line() ([]byte, error) {
	line, err := r.lines.ReadSlice('\n')
	r.at += int64(len(line))
	if err == io.EOF && len(line) > 0 {
		return line, nil
	}
	if err != bufio.ErrBufferFull {
		return bytes.TrimSuffix(line, []byte{'\n'}), err
	}
	for err == bufio.ErrBufferFull {
		line, err = r.lines.ReadSlice('\n')
		r.at += int64(len(line))
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	return nil, bad("the line has more than %d bytes", longestLine)
}
