package main

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/simmer-go/simmer/bnn"
)

// elementSize is the bytes of an element by datatype: of those whose values are real numbers.
var elementSize = map[string]int{"FP16": 2, "BF16": 2, "FP32": 4, "FP64": 8}

// decode reads a tensor of little-endian numbers, which has the right length. NaN and infinities are data; a finite number
// that would become infinite is an error.
func decode[T bnn.Float](x []T, data []byte, datatype string) error {
	switch datatype {
	case "FP16":
		for i := range x {
			x[i] = T(float16(binary.LittleEndian.Uint16(data[2*i:])))
		}
	case "BF16":
		for i := range x {
			x[i] = T(math.Float32frombits(uint32(binary.LittleEndian.Uint16(data[2*i:])) << 16))
		}
	case "FP32":
		for i := range x {
			x[i] = T(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
		}
	case "FP64":
		for i := range x {
			v := math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
			if x[i] = T(v); math.IsInf(float64(x[i]), 0) && !math.IsInf(v, 0) {
				return badRequest("element %d of input %q is %v, which is beyond FP32, in which the model computes", i,
					inputName, v)
			}
		}
	}
	return nil
}

// float16 widens a binary16: a sign, 5 bits of exponent with the bias 15, 10 bits of fraction.
func float16(b uint16) float64 {
	exponent, fraction := int(b>>10&0x1f), float64(b&0x3ff)
	v := math.Ldexp(1024+fraction, exponent-25)
	switch {
	case exponent == 0:
		v = math.Ldexp(fraction, -24)
	case exponent == 0x1f && fraction == 0:
		v = math.Inf(1)
	case exponent == 0x1f:
		v = math.NaN()
	}
	if b>>15 != 0 {
		return -v
	}
	return v
}

// encode appends a tensor of little-endian numbers.
func encode[T bnn.Float](b []byte, x []T) []byte {
	switch x := any(x).(type) {
	case []float32:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	case []float64:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b
}

// appendJSON appends numbers, with as many digits as it takes to read them back exactly. It returns false if one is NaN
// or infinite, for which JSON has no words.
func appendJSON[T bnn.Float](b []byte, x []T, bits int) ([]byte, bool) {
	b = append(b, '[')
	for i, v := range x {
		if v-v != 0 {
			return b, false
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(v), 'g', -1, bits)
	}
	return append(b, ']'), true
}

// parser reads the member data of a JSON input: an array of numbers, or arrays of arrays as the shape says. That it is
// JSON has been checked.
type parser[T bnn.Float] struct {
	text []byte
	cols int
	bits int // of a number
	x    []T
	n    int // numbers read
}

// parseData reads the JSON of an input.
func (c *call[T]) parseData(in *inputMessage) error {
	if in.datatype != "FP32" && in.datatype != "FP64" {
		return badRequest("input %q is %s, which has to come in binary", inputName, in.datatype)
	}
	if len(in.data) == 0 || in.data[0] != '[' {
		return badRequest("input %q has no array of data", inputName)
	}
	p := parser[T]{text: in.data, cols: c.model.In(), bits: 8 * elementSize[in.datatype], x: c.x}
	if err := p.parse(); err != nil {
		return err
	}
	if p.n != len(c.x) {
		return badRequest("input %q has %d elements, but its shape %d takes %d", inputName, p.n, in.shape, len(c.x))
	}
	return nil
}

func (p *parser[T]) parse() error {
	depth, nested := 0, false
	start := 0 // of the row that is open
	for i := 0; i < len(p.text); {
		switch ch := p.text[i]; ch {
		case '[':
			if depth++; depth > 2 || depth == 2 && !nested && p.n > 0 {
				return p.wrongShape()
			}
			nested = depth == 2 || nested
			start = p.n
			i++
		case ']':
			if depth == 2 && p.n-start != p.cols {
				return p.wrongShape()
			}
			depth--
			i++
		case ' ', '\t', '\r', '\n', ',':
			i++
		default:
			if nested && depth == 1 {
				return p.wrongShape()
			}
			n, err := p.number(p.text[i:])
			if err != nil {
				return err
			}
			i += n
		}
	}
	return nil
}

func (p *parser[T]) wrongShape() error {
	return badRequest("input %q: the arrays of data are neither flat nor rows of %d", inputName, p.cols)
}

// number reads a number at the beginning of text, and returns its length.
func (p *parser[T]) number(text []byte) (int, error) {
	n := 0
	for n < len(text) && strings.IndexByte("+-.0123456789eE", text[n]) >= 0 {
		n++
	}
	v, err := strconv.ParseFloat(string(text[:n]), p.bits)
	if n == 0 {
		return 0, badRequest("element %d of input %q is no number, but %.20q", p.n, inputName, text)
	}
	if p.n == len(p.x) {
		return 0, badRequest("input %q has more than the %d elements that its shape takes", inputName, len(p.x))
	}
	p.x[p.n] = T(v)
	if err != nil || math.IsInf(float64(p.x[p.n]), 0) {
		return 0, badRequest("element %d of input %q is %.50s, beyond FP%d or what the model computes in", p.n, inputName,
			text[:n], p.bits)
	}
	p.n++
	return n, nil
}
