package main

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Values of headers that all answers share.
var typeJSON, typeBinary = []string{"application/json"}, []string{"application/octet-stream"}

// write answers with the outputs: JSON, and behind it those that were wanted in binary.
func (c *call[T]) write(w http.ResponseWriter) error {
	b := c.appendHead(c.answer[:0])
	binary := false
	for i, o := range c.outputs {
		if i > 0 {
			b = append(b, ',')
		}
		b = c.appendOutput(b, o)
		if o.binary {
			binary = true
			continue
		}
		var finite bool
		b = append(b, `,"data":`...)
		if b, finite = appendJSON(b, c.results[o.which], 8*elementSize[c.datatype]); !finite {
			return errorf(http.StatusUnprocessableEntity,
				"output %q has NaN or infinite elements, which JSON cannot say: ask for it in binary", outputNames[o.which])
		}
		b = append(b, '}')
	}
	b = append(b, "]}"...)
	length := len(b)
	for _, o := range c.outputs {
		if o.binary {
			b = encode(b, c.results[o.which])
		}
	}
	c.answer = b
	h := w.Header()
	h["Content-Type"] = typeJSON
	if binary {
		h["Content-Type"] = typeBinary
		h[headerLength] = []string{strconv.Itoa(length)}
	}
	if len(b) > 2048 { // net/http finds out itself up to here
		h["Content-Length"] = []string{strconv.Itoa(len(b))}
	}
	w.Write(b) // an error is the client's: it is gone
	return nil
}

// appendHead appends the answer up to its outputs. The parameters tell which draws it was.
func (c *call[T]) appendHead(b []byte) []byte {
	b = append(b, `{"model_name":`...)
	b = appendString(b, c.name)
	b = append(b, `,"model_version":`...)
	b = appendString(b, c.version)
	if c.message.hasID {
		b = append(b, `,"id":`...)
		b = appendString(b, c.message.id)
	}
	if c.job.fromDraws() {
		b = append(b, `,"parameters":{"draws":`...)
		b = strconv.AppendInt(b, int64(max(c.job.draws, c.job.raw)), 10)
		b = append(b, `,"seed":`...)
		b = strconv.AppendUint(b, c.job.seed, 10)
		b = append(b, '}')
	}
	return append(b, `,"outputs":[`...)
}

// appendOutput appends the members of an output up to its data: all, with the bracket, if they are binary.
func (c *call[T]) appendOutput(b []byte, o output) []byte {
	b = append(b, `{"name":"`...)
	b = append(b, outputNames[o.which]...)
	b = append(b, `","datatype":"`...)
	b = append(b, c.datatype...)
	b = append(b, `","shape":[`...)
	b = strconv.AppendInt(b, int64(c.rows), 10)
	if o.which == draws {
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(c.job.raw), 10)
	}
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(c.model.Out()), 10)
	b = append(b, ']')
	if o.binary {
		b = append(b, `,"parameters":{"binary_data_size":`...)
		b = strconv.AppendInt(b, int64(len(c.results[o.which])*elementSize[c.datatype]), 10)
		b = append(b, "}}"...)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // no string is an error
		panic(err)
	}
	return append(b, text...)
}
