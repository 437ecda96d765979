package cases

import (
	"encoding/json"
	"fmt"
)

// Options are the scalars and lists of a case. A getter panics on an option that
// is there but of another kind, so that no test runs with a misread option; an
// absent or null option gives the default that the caller names.
type Options map[string]json.RawMessage

// Has says whether the option is there and not null.
func (o Options) Has(name string) bool {
	raw, ok := o[name]
	return ok && string(raw) != "null"
}

// Get reads an option of any JSON kind, such as []int for sample_shape or a
// slice of structs for the layers of a model.
func Get[V any](o Options, name string, absent V) V {
	if !o.Has(name) {
		return absent
	}
	var v V
	if err := json.Unmarshal(o[name], &v); err != nil {
		panic(fmt.Sprintf("cases: option %s: %v", name, err))
	}
	return v
}

// String reads an option that is a string.
func (o Options) String(name, absent string) string { return Get(o, name, absent) }

// Bool reads an option that is a truth value; absent means false.
func (o Options) Bool(name string) bool { return Get(o, name, false) }

// Int reads an option that is an integer.
func (o Options) Int(name string, absent int) int { return Get(o, name, absent) }

// Ints reads an option that is a list of integers; absent means none.
func (o Options) Ints(name string) []int { return Get(o, name, []int(nil)) }

// Float reads an option that is a number.
func (o Options) Float(name string, absent float64) float64 {
	return float64(Get(o, name, Float(absent)))
}
