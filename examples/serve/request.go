package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// message is the JSON of a request.
type message struct {
	hasID        bool
	id           string
	binaryOutput bool
	draws        int // 0 if it does not say
	hasSeed      bool
	seed         uint64
	inputs       int
	input        inputMessage // the last of them
	outputs      []outputMessage
}

type inputMessage struct {
	name, datatype string
	shape          []uint64
	hasBinarySize  bool
	binarySize     uint64
	data           []byte // JSON
}

type outputMessage struct {
	name                string
	hasBinary, isBinary bool
}

// headerLength is the header that says how much of a body is JSON.
const headerLength = "Inference-Header-Content-Length"

// read reads the body and what it says.
func (c *call[T]) read(r *http.Request) error {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return errorf(http.StatusUnsupportedMediaType, "Content-Encoding is %.50q, want none", e)
	}
	if err := c.readBody(r.Body, r.ContentLength); err != nil {
		return err
	}
	text, binary := c.body, []byte(nil)
	if h := r.Header.Get(headerLength); h != "" {
		n, err := strconv.ParseUint(h, 10, 63)
		if err != nil || n > uint64(len(c.body)) {
			return badRequest("%s is %.50q, but the body has %d bytes", headerLength, h, len(c.body))
		}
		if n == 0 {
			return c.raw(c.body)
		}
		text, binary = c.body[:n], c.body[n:]
	}
	if err := c.message.read(text); err != nil {
		return err
	}
	if err := c.readOutputs(); err != nil {
		return err
	}
	if c.message.inputs != 1 {
		return badRequest("there are %d inputs, want one, %q", c.message.inputs, inputName)
	}
	if err := c.readInput(&c.message.input, binary); err != nil {
		return err
	}
	return c.checkSize()
}

// readBody reads the body into c.body, which grows with what arrives, not with what the header promises.
func (c *call[T]) readBody(r io.Reader, promised int64) error {
	if promised > c.maxBody {
		return tooLarge(c.maxBody)
	}
	body := sized(c.body, max(512, int(min(promised+1, 1<<16))))[:0]
	for {
		if err := c.reserve(cap(body)); err != nil {
			return err
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if int64(len(body)) > c.maxBody {
			return tooLarge(c.maxBody)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return bodyError(err)
		}
		if len(body) == cap(body) {
			body = slices.Grow(body, len(body))
		}
	}
	c.body = body
	return nil
}

// reserve takes as much of the server's memory as the body has.
func (c *call[T]) reserve(size int) error {
	if more := int64(size) - c.reserved; more > 0 {
		if err := c.memory.take(more); err != nil {
			return errorf(http.StatusServiceUnavailable, "%v", err)
		}
		c.reserved += more
	}
	return nil
}

func tooLarge(most int64) error {
	return errorf(http.StatusRequestEntityTooLarge, "the body has more than %d bytes", most)
}

// bodyError tells why a body did not arrive.
func bodyError(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errorf(http.StatusRequestTimeout, "the body did not arrive in time")
	}
	return badRequest("the body did not arrive: %v", err)
}

// raw takes the whole body as the input, in the model's datatype, and asks for all outputs in binary.
func (c *call[T]) raw(body []byte) error {
	c.message.clear()
	c.message.binaryOutput = true
	if err := c.readOutputs(); err != nil {
		return err
	}
	size := elementSize[c.datatype] * c.model.In()
	if len(body) == 0 || len(body)%size != 0 {
		return badRequest("the body has %d bytes, want a multiple of the %d of a row", len(body), size)
	}
	c.setRows(len(body) / size)
	if err := c.checkSize(); err != nil {
		return err
	}
	return decode(c.x, body, c.datatype)
}

// setRows makes room for the input.
func (c *call[T]) setRows(rows int) {
	c.rows = rows
	c.x = sized(c.x, rows*c.model.In())
}

// readOutputs finds out what is asked for.
func (c *call[T]) readOutputs() error {
	m := &c.message
	if m.draws > c.maxDraws {
		return badRequest("parameter draws is %d, more than %d", m.draws, c.maxDraws)
	}
	c.job = job{draws: m.draws, seed: c.seed}
	if m.hasSeed {
		c.job.seed = m.seed
	}
	c.outputs = c.outputs[:0]
	for _, o := range m.outputs {
		which := slices.Index(outputNames[:], o.name)
		if which < 0 {
			return badRequest("there is no output %.200q, only %q", o.name, outputNames)
		}
		if slices.ContainsFunc(c.outputs, func(o output) bool { return o.which == which }) {
			return badRequest("output %q is asked for twice", o.name)
		}
		c.outputs = append(c.outputs, output{which, o.isBinary || m.binaryOutput && !o.hasBinary})
	}
	if len(m.outputs) == 0 { // all that are produced
		for which := range numOutputs {
			if which != draws || m.draws > 0 {
				c.outputs = append(c.outputs, output{which, m.binaryOutput})
			}
		}
	}
	return c.setJob()
}

// setJob says what the outputs take.
func (c *call[T]) setJob() error {
	for _, o := range c.outputs {
		switch o.which {
		case mean, variance:
			c.job.moments = true
		case probabilities:
			c.job.probabilities = true
		case draws:
			if c.job.raw = c.job.draws; c.job.raw == 0 {
				c.job.raw = c.config.draws
			}
		}
	}
	if c.job.moments && c.job.draws == 1 {
		return badRequest("parameter draws is 1, but mean and variance take at least 2")
	}
	if !c.job.moments && !c.job.probabilities {
		c.job.draws = 0 // whatever it was, raw has it
	}
	if !c.job.fromDraws() {
		c.job.seed = 0
	}
	return nil
}

// readInput reads the input from JSON or from the binary part.
func (c *call[T]) readInput(in *inputMessage, binary []byte) error {
	if in.name != inputName {
		return badRequest("there is no input %.200q, only %q", in.name, inputName)
	}
	size, ok := elementSize[in.datatype]
	if !ok {
		return badRequest("input %q has the datatype %.50q, want FP32, FP64, or in binary also FP16 or BF16", inputName,
			in.datatype)
	}
	if len(in.shape) != 2 || in.shape[0] < 1 || in.shape[1] != uint64(c.model.In()) {
		return badRequest("input %q has the shape %d, want [rows, %d]", inputName, in.shape, c.model.In())
	}
	if in.shape[0] > uint64(c.maxRows) {
		return badRequest("input %q has %d rows, more than %d", inputName, in.shape[0], c.maxRows)
	}
	c.setRows(int(in.shape[0]))
	if !in.hasBinarySize {
		if len(binary) > 0 {
			return badRequest("%d bytes follow the JSON, but no input has binary_data_size", len(binary))
		}
		return c.parseData(in)
	}
	if in.data != nil {
		return badRequest("input %q has data, and binary_data_size", inputName)
	}
	if want := len(c.x) * size; in.binarySize != uint64(want) {
		return badRequest("input %q has binary_data_size %d, but %s of the shape %d take %d", inputName, in.binarySize,
			in.datatype, in.shape, want)
	}
	if in.binarySize != uint64(len(binary)) {
		return badRequest("input %q has binary_data_size %d, but %d bytes follow the JSON", inputName, in.binarySize,
			len(binary))
	}
	return decode(c.x, binary, in.datatype)
}

// checkSize bounds the rows and the answer.
func (c *call[T]) checkSize() error {
	if c.rows > c.maxRows {
		return badRequest("input %q has %d rows, more than %d", inputName, c.rows, c.maxRows)
	}
	numbers := int64(3+c.job.raw) * int64(c.rows) * int64(c.model.Out())
	if size := numbers * int64(elementSize[c.datatype]); size > c.maxBody {
		return badRequest("%d draws of %d rows are more than %d bytes", c.job.raw, c.rows, c.maxBody)
	}
	if err := c.reserve(len(c.body) + int(numbers)*8); err != nil {
		return err
	}
	c.want()
	return nil
}
