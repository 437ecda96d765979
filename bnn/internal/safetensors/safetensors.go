// Package safetensors reads and writes the safetensors format strictly: a file
// either is exactly what the format says or it is refused, with an error that
// names the key at fault. The readers for Go that were looked at let repeated
// keys pass unseen and name no key when offsets do not fit a shape.
//
// A file is 8 bytes of header length (little-endian), that many bytes of JSON,
// and the data of the tensors, little-endian and row-major. The header begins
// with '{', may end in spaces, and maps each name to a dtype, a shape and a
// range of bytes counted from the end of the header; "__metadata__" may map
// strings to strings. The ranges cover the data without gap or overlap.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// MaxHeader is the longest header that is read, as in the original library.
const MaxHeader = 100_000_000

// metadataKey is the entry of the header that is not a tensor.
const metadataKey = "__metadata__"

// DType is the type of a tensor's elements.
type DType string

// The types that hold parameters; files with others are refused.
const (
	F32 DType = "F32"
	F64 DType = "F64"
)

// size returns the number of bytes of an element, 0 for an unknown type.
func (d DType) size() uint64 {
	switch d {
	case F32:
		return 4
	case F64:
		return 8
	}
	return 0
}

// Tensor is one entry of a file. Data is a part of the file's bytes.
type Tensor struct {
	Name  string
	DType DType
	Shape []int
	Data  []byte
}

// Len is the number of elements.
func (t *Tensor) Len() int { return len(t.Data) / int(t.DType.size()) }

// At returns element i as a float64, which is exact for both types.
func (t *Tensor) At(i int) float64 {
	if t.DType == F32 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:]))
}

// File is the content of a safetensors file, tensors in the order of their data.
type File struct {
	Tensors  []Tensor
	Metadata map[string]string
}

// Parse reads a whole file from its bytes, which the result refers to.
func Parse(b []byte) (*File, error) {
	if len(b) < 8 {
		return nil, fmt.Errorf("safetensors: %d bytes, too short for a header length", len(b))
	}
	n := binary.LittleEndian.Uint64(b)
	if n > MaxHeader {
		return nil, fmt.Errorf("safetensors: header of %d bytes, more than the limit of %d", n, MaxHeader)
	}
	if n > uint64(len(b)-8) {
		return nil, fmt.Errorf("safetensors: header of %d bytes, but only %d follow", n, len(b)-8)
	}
	entries, meta, err := parseHeader(b[8 : 8+n])
	if err != nil {
		return nil, err
	}
	f := &File{Metadata: meta}
	f.Tensors, err = place(entries, b[8+n:])
	return f, err
}

// entry is a header entry before its range has been checked.
type entry struct {
	name  string
	dtype DType
	shape []uint64
	from  uint64
	to    uint64
}

// parseHeader walks the JSON token by token, since decoding into a map would
// hide a repeated key.
func parseHeader(h []byte) ([]entry, map[string]string, error) {
	if len(h) == 0 || h[0] != '{' {
		return nil, nil, errors.New("safetensors: header does not begin with '{'")
	}
	// Only spaces may follow the object: anything else would be a second value.
	h = bytes.TrimRight(h, " ")
	dec := json.NewDecoder(bytes.NewReader(h))
	dec.UseNumber()
	if _, err := dec.Token(); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	var (
		entries []entry
		meta    map[string]string
		seen    = map[string]bool{}
	)
	for dec.More() {
		name, err := key(dec)
		if err != nil {
			return nil, nil, fmt.Errorf("safetensors: header: %w", err)
		}
		if seen[name] {
			return nil, nil, fmt.Errorf("safetensors: key %q occurs twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			meta, err = parseMetadata(dec)
		} else {
			var e entry
			e, err = parseEntry(dec)
			e.name = name
			entries = append(entries, e)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("safetensors: key %q: %w", name, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	if dec.InputOffset() != int64(len(h)) {
		return nil, nil, fmt.Errorf("safetensors: header goes on after its object, at byte %d", dec.InputOffset())
	}
	return entries, meta, nil
}

// key reads the name of the next member of an object.
func key(dec *json.Decoder) (string, error) {
	t, err := dec.Token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("expected a name, found %v", t)
	}
	return s, nil
}

// members calls f with the name of each member of the object that is next; f
// reads the value. A repeated name is an error.
func members(dec *json.Decoder, f func(name string) error) error {
	if t, err := dec.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return fmt.Errorf("expected an object, found %v", t)
	}
	seen := map[string]bool{}
	for dec.More() {
		name, err := key(dec)
		if err != nil {
			return err
		}
		if seen[name] {
			return fmt.Errorf("%q occurs twice", name)
		}
		seen[name] = true
		if err := f(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	_, err := dec.Token()
	return err
}

func parseMetadata(dec *json.Decoder) (map[string]string, error) {
	meta := map[string]string{}
	err := members(dec, func(name string) error {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		s, ok := t.(string)
		if !ok {
			return fmt.Errorf("expected a string, found %v", t)
		}
		meta[name] = s
		return nil
	})
	return meta, err
}

func parseEntry(dec *json.Decoder) (entry, error) {
	var e entry
	found := 0
	err := members(dec, func(name string) error {
		found++
		switch name {
		case "dtype":
			t, err := dec.Token()
			if err != nil {
				return err
			}
			s, _ := t.(string)
			e.dtype = DType(s)
			if e.dtype.size() == 0 {
				return fmt.Errorf("%v, but only F32 and F64 are read", t)
			}
			return nil
		case "shape":
			shape, err := naturals(dec)
			e.shape = shape
			return err
		case "data_offsets":
			r, err := naturals(dec)
			if err != nil {
				return err
			}
			if len(r) != 2 {
				return fmt.Errorf("%d numbers, not begin and end", len(r))
			}
			e.from, e.to = r[0], r[1]
			return nil
		}
		return errors.New("not a field of the format")
	})
	if err == nil && found != 3 {
		err = errors.New("needs dtype, shape and data_offsets")
	}
	return e, err
}

// naturals reads an array of natural numbers, written as such: 1.0 and 1e2 are
// refused, as the original library does.
func naturals(dec *json.Decoder) ([]uint64, error) {
	if t, err := dec.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('[') {
		return nil, fmt.Errorf("expected an array, found %v", t)
	}
	var v []uint64
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		num, ok := t.(json.Number)
		if !ok {
			return nil, fmt.Errorf("expected a natural number, found %v", t)
		}
		var n uint64
		if err := json.Unmarshal([]byte(num), &n); err != nil {
			return nil, fmt.Errorf("expected a natural number, found %v", num)
		}
		v = append(v, n)
	}
	_, err := dec.Token()
	return v, err
}

// place checks that shapes fit ranges and that the ranges cover data.
func place(entries []entry, data []byte) ([]Tensor, error) {
	slices.SortStableFunc(entries, func(a, b entry) int {
		// Empty tensors come before the one that begins where they are.
		switch {
		case a.from != b.from:
			return cmp(a.from, b.from)
		case a.to != b.to:
			return cmp(a.to, b.to)
		}
		return strings.Compare(a.name, b.name)
	})
	tensors := make([]Tensor, len(entries))
	at := uint64(0)
	for i, e := range entries {
		want, shape, ok := byteLen(e)
		switch {
		case e.to < e.from:
			return nil, fmt.Errorf("safetensors: key %q: data_offsets end at %d before they begin at %d", e.name, e.to, e.from)
		case e.to > uint64(len(data)):
			return nil, fmt.Errorf("safetensors: key %q: data end at byte %d, but there are only %d", e.name, e.to, len(data))
		case e.from < at:
			return nil, fmt.Errorf("safetensors: key %q: data begin at byte %d, inside the tensor that ends at %d", e.name, e.from, at)
		case e.from > at:
			return nil, fmt.Errorf("safetensors: key %q: data begin at byte %d, after a gap from %d", e.name, e.from, at)
		case !ok || want != e.to-e.from:
			return nil, fmt.Errorf("safetensors: key %q: shape %d of %s does not fit %d bytes", e.name, e.shape, e.dtype, e.to-e.from)
		}
		tensors[i] = Tensor{Name: e.name, DType: e.dtype, Shape: shape, Data: data[e.from:e.to:e.to]}
		at = e.to
	}
	if at != uint64(len(data)) {
		return nil, fmt.Errorf("safetensors: %d bytes after the last tensor", uint64(len(data))-at)
	}
	return tensors, nil
}

func cmp(a, b uint64) int {
	if a < b {
		return -1
	}
	return 1
}

// byteLen returns the bytes that the shape takes; ok is false if the product
// or a dimension does not fit.
func byteLen(e entry) (n uint64, shape []int, ok bool) {
	n = e.dtype.size()
	shape = make([]int, len(e.shape))
	for i, d := range e.shape {
		hi, lo := bits.Mul64(n, d)
		if hi != 0 || d > math.MaxInt {
			return 0, nil, false
		}
		n, shape[i] = lo, int(d)
	}
	return n, shape, true
}

// Write writes the file, in the order of its tensors. The header is padded with
// spaces so that the data begin at a multiple of 8 bytes.
func Write(w io.Writer, f *File) error {
	var h bytes.Buffer
	h.WriteByte('{')
	if f.Metadata != nil {
		m, err := json.Marshal(f.Metadata)
		if err != nil {
			return err
		}
		fmt.Fprintf(&h, "%q:%s", metadataKey, m)
	}
	at := 0
	for _, t := range f.Tensors {
		if h.Len() > 1 {
			h.WriteByte(',')
		}
		name, err := json.Marshal(t.Name)
		if err != nil {
			return err
		}
		shape, err := json.Marshal(t.Shape)
		if err != nil {
			return err
		}
		fmt.Fprintf(&h, `%s:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`, name, t.DType, shape, at, at+len(t.Data))
		at += len(t.Data)
	}
	h.WriteByte('}')
	for h.Len()%8 != 0 {
		h.WriteByte(' ')
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(h.Len()))
	out = append(out, h.Bytes()...)
	if _, err := w.Write(out); err != nil {
		return err
	}
	for _, t := range f.Tensors {
		if _, err := w.Write(t.Data); err != nil {
			return err
		}
	}
	return nil
}
