package main

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// jsonReader reads JSON from its beginning to its end. Package encoding/json would take longer for a request than net/http
// does, as it goes through numbers three times; here names are compared exactly, and none may occur twice.
type jsonReader struct {
	text  []byte
	at    int
	depth int
}

func (r *jsonReader) errorf(format string, args ...any) error {
	return badRequest("the JSON of the request, at byte %d: %s", r.at, fmt.Sprintf(format, args...))
}

// unexpected says what stands where something else should.
func (r *jsonReader) unexpected(want string) error {
	if r.at >= len(r.text) {
		return r.errorf("it ends where there should be %s", want)
	}
	return r.errorf("%.20q is not %s", r.text[r.at:], want)
}

// next skips spaces and returns the next byte, 0 at the end.
func (r *jsonReader) next() byte {
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// skip reads c, if it is next.
func (r *jsonReader) skip(c byte) bool {
	if r.next() != c {
		return false
	}
	r.at++
	return true
}

// end reports whether more follows.
func (r *jsonReader) end() error {
	if r.next() != 0 || r.at < len(r.text) {
		return r.unexpected("its end")
	}
	return nil
}

// enter and leave count the arrays and objects that are open.
func (r *jsonReader) enter() error {
	if r.depth++; r.depth > 100 {
		return r.errorf("too many values in each other")
	}
	return nil
}

func (r *jsonReader) leave() { r.depth-- }

// object calls f with each name, numbered among names, to read the value. Other members, and null, are read here.
func (r *jsonReader) object(names []string, f func(name int) error) error {
	if !r.skip('{') {
		return r.unexpected("an object")
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	seen := uint(0)
	for first := true; !r.skip('}'); first = false {
		if !first && !r.skip(',') {
			return r.unexpected("a comma, or the end of the object")
		}
		key, err := r.string()
		if err != nil {
			return err
		}
		if !r.skip(':') {
			return r.unexpected("a colon")
		}
		name := -1
		for i, n := range names {
			if n == string(key) {
				name = i
			}
		}
		if name >= 0 {
			if seen>>name&1 != 0 {
				return r.errorf("%q occurs twice", key)
			}
			seen |= 1 << name
		}
		if name < 0 || r.next() == 'n' {
			err = r.value()
		} else {
			err = f(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// array calls f to read each element.
func (r *jsonReader) array(f func() error) error {
	if !r.skip('[') {
		return r.unexpected("an array")
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	for first := true; !r.skip(']'); first = false {
		if !first && !r.skip(',') {
			return r.unexpected("a comma, or the end of the array")
		}
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// string reads a string.
func (r *jsonReader) string() ([]byte, error) {
	if r.next() != '"' {
		return nil, r.unexpected("a string")
	}
	start, plain := r.at, true
	for i := start + 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"' && plain:
			r.at = i + 1
			return r.text[start+1 : i], nil
		case c == '"':
			var s string
			if err := json.Unmarshal(r.text[start:i+1], &s); err != nil {
				return nil, r.errorf("%v", err)
			}
			r.at = i + 1
			return []byte(s), nil
		case c == '\\':
			i++
			plain = false
		case c < ' ':
			return nil, r.errorf("a string with the control character %#x", c)
		case c >= 0x80:
			plain = false // Unmarshal makes UTF-8 of it
		}
	}
	r.at = len(r.text)
	return nil, r.unexpected("the end of a string")
}

// word reads a string, which may be the usual one.
func (r *jsonReader) word(usual string) (string, error) {
	text, err := r.string()
	if string(text) == usual {
		return usual, err // and nothing is allocated
	}
	return string(text), err
}

// bool reads true or false.
func (r *jsonReader) bool() (bool, error) {
	c := r.next()
	if c != 't' && c != 'f' {
		return false, r.unexpected("true or false")
	}
	return c == 't', r.value()
}

// natural reads a natural number below 2⁶⁴.
func (r *jsonReader) natural() (uint64, error) {
	text, err := r.number()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		r.at -= len(text)
		return 0, r.unexpected("a natural number below 2⁶⁴")
	}
	return n, nil
}

// number reads a number, without looking at its size.
func (r *jsonReader) number() ([]byte, error) {
	r.next()
	start := r.at
	if r.at < len(r.text) && r.text[r.at] == '-' {
		r.at++
	}
	whole := r.at
	ok := r.digits() && (r.text[whole] != '0' || r.at == whole+1)
	if ok && r.at < len(r.text) && r.text[r.at] == '.' {
		r.at++
		ok = r.digits()
	}
	if ok && r.at < len(r.text) && r.text[r.at]|0x20 == 'e' {
		if r.at++; r.at < len(r.text) && (r.text[r.at] == '+' || r.text[r.at] == '-') {
			r.at++
		}
		ok = r.digits()
	}
	if !ok {
		r.at = start
		return nil, r.unexpected("a number")
	}
	return r.text[start:r.at], nil
}

// digits reads at least one.
func (r *jsonReader) digits() bool {
	start := r.at
	for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

// value reads any value.
func (r *jsonReader) value() error {
	var err error
	switch c := r.next(); c {
	case '{':
		return r.object(nil, nil)
	case '[':
		return r.array(r.value)
	case '"':
		_, err = r.string()
	case 't', 'f', 'n':
		word := map[byte]string{'t': "true", 'f': "false", 'n': "null"}[c]
		if len(r.text)-r.at < len(word) || string(r.text[r.at:r.at+len(word)]) != word {
			return r.unexpected(word)
		}
		r.at += len(word)
	default:
		_, err = r.number()
	}
	return err
}
