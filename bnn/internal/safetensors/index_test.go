package safetensors

import (
	"reflect"
	"strings"
	"testing"
)

func TestIndex(t *testing.T) {
	x, err := ReadIndex(strings.NewReader(`{"metadata": {"total_size": 8}, "weight_map": {"b": "2.safetensors", "a": "d/1.safetensors"}}
`), 2)
	want := &Index{Keys: []string{"b", "a"}, Files: map[string]string{"b": "2.safetensors", "a": "d/1.safetensors"}}
	if err != nil || !reflect.DeepEqual(x, want) {
		t.Errorf("got %+v and %v", x, err)
	}
	for text, want := range map[string]string{
		``:                                               "EOF",
		`[]`:                                             `expected an object, found "["`,
		`{"metadata":{}}`:                                `has no "weight_map"`,
		`{"weight_map":[]}`:                              `"weight_map": expected an object`,
		`{"weight_map":{}} {}`:                           "goes on after its object",
		`{"weight_map":{},"weight_map":{}}`:              `"weight_map" occurs twice`,
		`{"weight_map":{"a":"1","a":"2"}}`:               `"weight_map": "a" occurs twice`,
		`{"weight_map":{"a":1}}`:                         `"a": expected the name of a file, found "1"`,
		`{"weight_map":{"a":""}}`:                        `"a": expected the name of a file, found ""`,
		`{"weight_map":{"a":"."}}`:                       `"a": expected the name of a file, found "."`,
		`{"weight_map":{"a":"../b"}}`:                    `"a": expected the name of a file, found "../b"`,
		`{"weight_map":{"a":"/etc/passwd"}}`:             `"a": expected the name of a file, found "/etc/passwd"`,
		`{"weight_map":{"a":"1","b":"1","c":"1"}}`:       `"c": the first after the 2 tensors`,
		`{"weight_map":{},"weights":{}}`:                 `"weights": not a field of an index`,
		`{"metadata":` + strings.Repeat("[", 20000):      "exceeded max depth",
		`{"weight_map":` + strings.Repeat(`{"a":`, 1000): `expected the name of a file, found "{"`,
	} {
		_, err := ReadIndex(strings.NewReader(text), 2)
		if err == nil || !strings.HasPrefix(err.Error(), "safetensors: index: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.50s: got %v, want %s", text, err, want)
		}
	}
}
