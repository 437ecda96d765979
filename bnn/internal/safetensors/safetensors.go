// Package safetensors reads and writes the safetensors format strictly: a file either is exactly what the format says
// or it is refused, with an error that names the key at fault. The readers for Go that were looked at let repeated keys
// pass unseen and name no key when offsets do not fit a shape.
//
// A file is 8 bytes of header length (little-endian), that many bytes of JSON, and the data of the tensors,
// little-endian and row-major. The header begins with '{', may end in spaces, and maps each name to a dtype, a shape
// and a range of bytes counted from the end of the header; "__metadata__" may map strings to strings. The ranges cover
// the data without gap or overlap.
package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxHeader is the longest header that is read, as in the original library.
const MaxHeader = 100_000_000

// maxDims is how many dimensions a shape may have, as in numpy and torch.
const maxDims = 64

// MaxMetadata is how many entries the metadata may have.
const MaxMetadata = 10_000

// metadataKey is the entry of the header that is not a tensor.
const metadataKey = "__metadata__"

// DType is the type of a tensor's elements.
type DType string

// The types that hold parameters; files with others are refused.
const (
	F16  DType = "F16"  // IEEE 754 binary16
	BF16 DType = "BF16" // the upper half of a float32
	F32  DType = "F32"
	F64  DType = "F64"
)

// size returns the number of bytes of an element, 0 for an unknown type.
func (d DType) size() uint64 {
	switch d {
	case F16, BF16:
		return 2
	case F32:
		return 4
	case F64:
		return 8
	}
	return 0
}

// Tensor is one entry of a file. Data is nil until the data have been read.
type Tensor struct {
	Name  string
	DType DType
	Shape []int
	Data  []byte

	end uint64 // of its data, counted from the end of the header
}

// At returns element i as a float64, which is exact for all types.
func (t *Tensor) At(i int) float64 {
	switch t.DType {
	case F16:
		return float16(binary.LittleEndian.Uint16(t.Data[2*i:]))
	case BF16:
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.Data[2*i:])) << 16))
	case F32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:]))
}

// float16 widens a binary16: a sign, 5 bits of exponent with the bias 15, 10 bits of fraction.
func float16(b uint16) float64 {
	exponent, fraction := int(b>>10&0x1f), float64(b&0x3ff)
	var v float64
	switch exponent {
	case 0: // subnormal
		v = math.Ldexp(fraction, -24)
	case 0x1f:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if b>>15 != 0 {
		return -v
	}
	return v
}

// File is the content of a safetensors file, tensors in the order of their data.
type File struct {
	Tensors  []Tensor
	Metadata map[string]string
}

// ReadHeader reads and checks the header, and nothing behind it, so that the caller can look at names and shapes before
// ReadData. Memory grows with what r gives, whatever the header length says, up to a few times MaxHeader: the first
// tensor after so many as most, and metadata of more than MaxMetadata entries, are errors.
func ReadHeader(r io.Reader, most int) (*File, error) {
	var length [8]byte
	if n, err := io.ReadFull(r, length[:]); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("safetensors: %d bytes, too short for a header length", n)
	} else if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > MaxHeader {
		return nil, fmt.Errorf("safetensors: header of %d bytes, more than the limit of %d: a file that begins with %q "+
			"looks like no safetensors file", n, MaxHeader, length[:])
	}
	h, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	if uint64(len(h)) < n {
		return nil, fmt.Errorf("safetensors: header of %d bytes, but only %d follow", n, len(h))
	}
	entries, meta, err := parseHeader(h, most)
	if err != nil {
		return nil, err
	}
	tensors, err := place(entries)
	if err != nil {
		return nil, err
	}
	return &File{Tensors: tensors, Metadata: meta}, nil
}

// ReadData reads the data of all tensors, after which r must end. Memory grows with what r gives, up to the size in the
// header.
func (f *File) ReadData(r io.Reader) error {
	size := uint64(0)
	if n := len(f.Tensors); n > 0 {
		size = f.Tensors[n-1].end
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(min(size, math.MaxInt64-1))+1))
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	if uint64(len(data)) > size {
		return errors.New("safetensors: the file goes on after the last tensor")
	}
	begin := uint64(0)
	for i := range f.Tensors {
		t := &f.Tensors[i]
		if t.end > uint64(len(data)) {
			return fmt.Errorf("safetensors: key %s: data end at byte %d, but there are only %d", Quote(t.Name), t.end,
				len(data))
		}
		t.Data = data[begin:t.end:t.end]
		begin = t.end
	}
	return nil
}

// Quote shows a string of a file, of which a hostile one may have megabytes.
func Quote(x any) string {
	s := fmt.Sprint(x)
	if len(s) > 200 {
		return fmt.Sprintf("%q… (%d bytes)", s[:200], len(s))
	}
	return strconv.Quote(s)
}

// entry is a header entry before its range has been checked.
type entry struct {
	name  string
	dtype DType
	shape []uint64
	from  uint64
	to    uint64
}

// parseHeader reads the JSON member by member, since decoding into a map would hide a repeated key.
func parseHeader(h []byte, most int) ([]entry, map[string]string, error) {
	if len(h) == 0 || h[0] != '{' {
		return nil, nil, errors.New("safetensors: header does not begin with '{'")
	}
	if !utf8.Valid(h) {
		return nil, nil, errors.New("safetensors: header is not UTF-8")
	}
	// Only spaces may follow the object: anything else would be a second value.
	s := &scanner{text: bytes.TrimRight(h, " ")}
	var (
		entries []entry
		meta    map[string]string
		seen    = map[string]bool{}
	)
	err := s.members("key ", func(key []byte) (err error) {
		if seen[string(key)] {
			return errTwice
		}
		name := string(key)
		seen[name] = true
		if name == metadataKey {
			meta, err = parseMetadata(s)
			return err
		}
		if len(entries) == most {
			return fmt.Errorf("the first after the %d tensors that are wanted", most)
		}
		e, err := parseEntry(s)
		e.name = name
		entries = append(entries, e)
		return err
	})
	if err == nil && s.at != len(s.text) {
		err = fmt.Errorf("goes on after its object, at byte %d", s.at)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	return entries, meta, nil
}

func parseMetadata(s *scanner) (map[string]string, error) {
	meta := map[string]string{}
	err := s.members("", func(key []byte) error {
		t, err := s.next()
		if err != nil {
			return err
		}
		if t.kind != '"' {
			return fmt.Errorf("expected a string, found %s", Quote(t))
		}
		if _, ok := meta[string(key)]; ok {
			return errTwice
		}
		if len(meta) == MaxMetadata {
			return fmt.Errorf("more than %d entries", MaxMetadata)
		}
		meta[string(key)] = string(t.text)
		return nil
	})
	return meta, err
}

func parseEntry(s *scanner) (entry, error) {
	var e entry
	var dtype, shape, offsets bool
	err := s.members("", func(field []byte) (err error) {
		switch string(field) {
		case "dtype":
			return once(&dtype, func() (err error) { e.dtype, err = parseDType(s); return err })
		case "shape":
			return once(&shape, func() (err error) { e.shape, err = naturals(s, nil); return err })
		case "data_offsets":
			return once(&offsets, func() error { return e.parseOffsets(s) })
		}
		return errors.New("not a field of the format")
	})
	if err == nil && !(dtype && shape && offsets) {
		err = errors.New("needs dtype, shape and data_offsets")
	}
	return e, err
}

// once calls f and notes it in done; the second time it is errTwice.
func once(done *bool, f func() error) error {
	if *done {
		return errTwice
	}
	*done = true
	return f()
}

func parseDType(s *scanner) (DType, error) {
	t, err := s.next()
	if err != nil {
		return "", err
	}
	if t.kind == '"' {
		for _, d := range []DType{F16, BF16, F32, F64} {
			if string(t.text) == string(d) {
				return d, nil
			}
		}
	}
	return "", fmt.Errorf("%s, but only F16, BF16, F32 and F64 are read", Quote(t))
}

func (e *entry) parseOffsets(s *scanner) error {
	var two [2]uint64
	r, err := naturals(s, two[:0])
	if err != nil {
		return err
	}
	if len(r) != 2 {
		return fmt.Errorf("%d numbers, not begin and end", len(r))
	}
	e.from, e.to = r[0], r[1]
	return nil
}

// naturals appends an array of natural numbers, written as such: 1.0 and 1e2 are refused, as the original library does.
func naturals(s *scanner, v []uint64) ([]uint64, error) {
	if t, err := s.next(); err != nil {
		return nil, err
	} else if t.kind != '[' {
		return nil, fmt.Errorf("expected an array, found %s", Quote(t))
	}
	for {
		if more, err := s.more(']'); err != nil || !more {
			return v, err
		}
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		if t.kind != '0' {
			return nil, fmt.Errorf("expected a natural number, found %s", Quote(t))
		}
		n, err := strconv.ParseUint(string(t.text), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("expected a natural number below 2⁶⁴, found %s", Quote(t))
		}
		if len(v) == maxDims {
			return nil, fmt.Errorf("more than %d numbers", maxDims)
		}
		v = append(v, n)
	}
}

// place checks that shapes fit ranges and that the ranges follow each other.
func place(entries []entry) ([]Tensor, error) {
	slices.SortFunc(entries, func(a, b entry) int {
		// Empty tensors come before the one that begins where they are.
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), strings.Compare(a.name, b.name))
	})
	tensors := make([]Tensor, len(entries))
	at := uint64(0)
	for i, e := range entries {
		shape, err := e.check(at)
		if err != nil {
			return nil, fmt.Errorf("safetensors: key %s: %w", Quote(e.name), err)
		}
		tensors[i] = Tensor{Name: e.name, DType: e.dtype, Shape: shape, end: e.to}
		at = e.to
	}
	return tensors, nil
}

// check compares the shape with the range, which must begin at the given byte.
func (e *entry) check(begin uint64) ([]int, error) {
	want, shape, ok := byteLen(e)
	switch {
	case e.to < e.from:
		return nil, fmt.Errorf("data_offsets end at %d before they begin at %d", e.to, e.from)
	case e.from < begin:
		return nil, fmt.Errorf("data begin at byte %d, inside the tensor that ends at %d", e.from, begin)
	case e.from > begin:
		return nil, fmt.Errorf("data begin at byte %d, after a gap from %d", e.from, begin)
	case !ok || want != e.to-e.from:
		return nil, fmt.Errorf("shape %d of %s does not fit %d bytes", e.shape, e.dtype, e.to-e.from)
	}
	return shape, nil
}

// byteLen returns the bytes that the shape takes; ok is false if the product or a dimension does not fit.
func byteLen(e *entry) (n uint64, shape []int, ok bool) {
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

// Write writes the file, in the order of its tensors. The header is padded with spaces so that the data begin at a
// multiple of 8 bytes.
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
		shape, err := json.Marshal(append([]int{}, t.Shape...)) // of nil that would be null
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
