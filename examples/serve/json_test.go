package main

import (
	"encoding/json"
	"testing"
)

// FuzzJSON reads any bytes as a value: accepted is what package encoding/json accepts, but for a member named twice, and
// values nested deeply.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{`{"inputs":[{"name":"input","shape":[1,64],"data":[0.5,-1e-3,[0]],"x":null}],"id":"\u00e9\ud800"}`,
		`-0`, `-01`, `1.5E+07`, `1e`, `"a\\"`, `"é`, "\"\xff\"", `[1 2]`, `{"a":1,"a":2}`, `[true,false,nul]`, ` [ ] `, `{,}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &jsonReader{text: text}
		err := r.value()
		if err == nil {
			err = r.end()
		}
		if valid := json.Valid(text); (err == nil) != valid && r.depth <= 100 {
			t.Errorf("%q: valid is %v, error %v", text, valid, err)
		}
	})
}

// FuzzMessage reads requests: no bytes make it panic, and what is accepted is an object.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"id":"a","inputs":[{"name":"input","shape":[1,2],"datatype":"FP32","data":[1,2]}],"outputs":[{"name":"mean"}]}`))
	f.Add([]byte(`{"parameters":{"draws":3,"seed":4,"binary_data_output":true},"inputs":null,"outputs":[{"parameters":null}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m message
		var v map[string]any
		if err := m.read(text); err == nil && json.Unmarshal(text, &v) != nil {
			t.Errorf("%q was accepted", text)
		}
	})
}
