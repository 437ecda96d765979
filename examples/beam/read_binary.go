package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"math"
)

// binaryReader reads rows of little-endian numbers with nothing between them: what the Open Inference Protocol sends as
// the binary data of a tensor, and examples/serve takes. As all rows have one length, a file can be cut anywhere.
type binaryReader struct {
	file    io.Closer
	data    *bufio.Reader
	at      int64
	columns rowColumns
	size    int // of a number
	row     []byte
}

func openBinary(ctx context.Context, name string, offset int64, columns rowColumns,
	datatype string) (*binaryReader, error) {
	r := &binaryReader{columns: columns, size: 4}
	if datatype == "FP64" {
		r.size = 8
	}
	r.row = make([]byte, columns.count()*r.size)
	length := int64(len(r.row))
	r.at = (offset + length - 1) / length * length
	file, err := openAt(ctx, name, r.at)
	if err != nil {
		return nil, err
	}
	r.file, r.data = file, bufio.NewReaderSize(file, 1<<18)
	return r, nil
}

func (r *binaryReader) Close() error  { return r.file.Close() }
func (r *binaryReader) offset() int64 { return r.at }

func (r *binaryReader) read(x []float32) (label int, err error) {
	n, err := io.ReadFull(r.data, r.row)
	r.at += int64(n)
	if err == io.ErrUnexpectedEOF {
		return 0, bad("the file ends after %d of the %d bytes of a row", n, len(r.row))
	}
	if err != nil {
		return 0, err
	}
	for column := range r.columns.count() {
		v := r.number(column)
		if column == r.columns.label {
			if label, err = r.columns.checkLabel(v); err != nil {
				return 0, err
			}
			continue
		}
		x[r.columns.input(column)] = float32(v)
		if err := checkInput(column, float32(v)); err != nil {
			return 0, err
		}
	}
	return label, nil
}

func (r *binaryReader) number(column int) float64 {
	if r.size == 8 {
		return math.Float64frombits(binary.LittleEndian.Uint64(r.row[8*column:]))
	}
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(r.row[4*column:])))
}
