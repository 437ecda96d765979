package main

// The members that are read; a server may ignore others.
var (
	requestNames      = []string{"id", "parameters", "inputs", "outputs"}
	requestParameters = []string{"binary_data_output", "draws", "seed"}
	inputNames        = []string{"name", "shape", "datatype", "parameters", "data"}
	inputParameters   = []string{"binary_data_size"}
	outputMembers     = []string{"name", "parameters"}
	outputParameters  = []string{"binary_data"}
)

// clear makes m empty, and keeps its memory.
func (m *message) clear() {
	*m = message{outputs: m.outputs[:0], input: inputMessage{shape: m.input.shape[:0]}}
}

// read reads the JSON of a request.
func (m *message) read(text []byte) error {
	m.clear()
	r := &jsonReader{text: text}
	err := r.object(requestNames, func(name int) (err error) {
		switch requestNames[name] {
		case "id":
			m.hasID = true
			m.id, err = r.word("")
		case "parameters":
			err = m.readParameters(r)
		case "inputs":
			err = r.array(func() error { return m.readInput(r) })
		case "outputs":
			err = r.array(func() error { return m.readOutput(r) })
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.end()
}

func (m *message) readParameters(r *jsonReader) error {
	return r.object(requestParameters, func(name int) (err error) {
		switch requestParameters[name] {
		case "binary_data_output":
			m.binaryOutput, err = r.bool()
		case "draws":
			var n uint64
			if n, err = r.natural(); err == nil && (n < 1 || n > 1<<30) {
				err = badRequest("parameter draws is %d, want at least 1, and not more than the server allows", n)
			}
			m.draws = int(n)
		case "seed":
			m.hasSeed = true
			m.seed, err = r.natural()
		}
		return err
	})
}

func (m *message) readInput(r *jsonReader) error {
	m.inputs++
	in := &m.input
	*in = inputMessage{shape: in.shape[:0]}
	return r.object(inputNames, func(name int) (err error) {
		switch inputNames[name] {
		case "name":
			in.name, err = r.word(inputName)
		case "datatype":
			in.datatype, err = r.word("FP32")
		case "shape":
			err = r.array(func() error {
				n, err := r.natural()
				in.shape = append(in.shape, n)
				return err
			})
		case "parameters":
			err = r.object(inputParameters, func(int) (err error) {
				in.hasBinarySize = true
				in.binarySize, err = r.natural()
				return err
			})
		case "data":
			start := r.at
			err = r.value()
			in.data = r.text[start:r.at]
		}
		return err
	})
}

func (m *message) readOutput(r *jsonReader) error {
	var o outputMessage
	err := r.object(outputMembers, func(name int) (err error) {
		switch outputMembers[name] {
		case "name":
			o.name, err = r.word("probabilities")
		case "parameters":
			err = r.object(outputParameters, func(int) (err error) {
				o.hasBinary = true
				o.isBinary, err = r.bool()
				return err
			})
		}
		return err
	})
	m.outputs = append(m.outputs, o)
	return err
}
