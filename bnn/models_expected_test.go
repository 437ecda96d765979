package bnn_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/cases"
)

// expected is what a model must give, by path ("samples/eps/2"), and remembers what a test looked at.
type expected struct {
	numbers map[string]cases.Tensor // a number is a tensor with one entry
	texts   map[string]string
	seen    map[string]bool
	entries int // compared so far

	relTol, tol float64 // of the value itself, and of the largest of its tensor
}

func parseExpected(t *testing.T, text []byte, relTol, tol float64) *expected {
	e := &expected{numbers: map[string]cases.Tensor{}, texts: map[string]string{}, seen: map[string]bool{}, relTol: relTol,
		tol: tol}
	if err := e.add("", text); err != nil {
		t.Fatal(err)
	}
	return e
}

// add takes the JSON value at a path apart.
func (e *expected) add(path string, text []byte) (err error) {
	switch text[0] {
	case '{':
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return err
		}
		if object["shape"] != nil && object["data"] != nil {
			var tensor cases.Tensor
			err = json.Unmarshal(text, &tensor)
			e.numbers[path] = tensor
			return err
		}
		for key, value := range object {
			if path != "" {
				key = path + "/" + key
			}
			if err := e.add(key, value); err != nil {
				return err
			}
		}
		return nil
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		for i, value := range list {
			if err := e.add(path+"/"+strconv.Itoa(i), value); err != nil {
				return err
			}
		}
		return nil
	case '"':
		var s string
		err = json.Unmarshal(text, &s)
		e.texts[path] = s
		return err
	}
	var number float64
	err = json.Unmarshal(text, &number)
	e.numbers[path] = cases.Tensor{Data: []float64{number}}
	return err
}

func (e *expected) has(path string) bool {
	_, ok := e.numbers[path]
	return ok
}

// use returns a tensor that must be there.
func (e *expected) use(t *testing.T, path string) cases.Tensor {
	t.Helper()
	if !e.has(path) {
		t.Fatalf("expected has no %s", path)
	}
	e.seen[path] = true
	return e.numbers[path]
}

// near compares with a tensor that must be there.
func (e *expected) near(t *testing.T, path string, got []float64) {
	t.Helper()
	want := e.use(t, path).Data
	if len(got) != len(want) {
		t.Fatalf("%s: %d entries, want %d", path, len(got), len(want))
	}
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= e.relTol*math.Abs(w)+e.tol*largest) {
			t.Errorf("%s[%d] = %v, want %v (largest %v)", path, i, got[i], w, largest)
		}
	}
	e.entries += len(want)
}

// finish fails if something was not looked at.
func (e *expected) finish(t *testing.T) {
	for path := range e.numbers {
		if !e.seen[path] {
			t.Errorf("%s was not compared", path)
		}
	}
	t.Logf("%d numbers in %d tensors", e.entries, len(e.seen))
}
