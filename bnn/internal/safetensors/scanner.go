package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// scanner takes JSON text apart, which must be UTF-8, as strictly as encoding/json and ten times faster than its
// Decoder.Token: nothing is copied but strings with escapes.
type scanner struct {
	text  []byte
	at    int
	first bool // a bracket was opened, and nothing has been read behind it
}

// token is a string, number or literal, or the bracket that opens an object or array.
type token struct {
	kind byte   // its first byte, but '0' for all numbers
	text []byte // the content of a string, all of any other
}

func (t token) String() string { return string(t.text) }

// peek returns the next byte that is no white space.
func (s *scanner) peek() (byte, error) {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c, nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}

// unexpected is the error for the byte at which s stands.
func (s *scanner) unexpected(want string) error {
	if s.at >= len(s.text) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("expected %s, found %q at byte %d", want, s.text[s.at], s.at)
}

// more reports whether the object or array that end closes has another member, and reads what stands between the two,
// or the end.
func (s *scanner) more(end byte) (bool, error) {
	c, err := s.peek()
	if err != nil {
		return false, err
	}
	first := s.first
	s.first = false
	switch {
	case c == end:
		s.at++
		return false, nil
	case first:
		return true, nil
	case c == ',':
		s.at++
		return true, nil
	}
	return false, s.unexpected(fmt.Sprintf("',' or %q", end))
}

// name reads the name of a member and its colon.
func (s *scanner) name() ([]byte, error) {
	if c, err := s.peek(); err != nil {
		return nil, err
	} else if c != '"' {
		return nil, s.unexpected("a name")
	}
	name, err := s.str()
	if err != nil {
		return nil, err
	}
	if c, err := s.peek(); err != nil {
		return nil, err
	} else if c != ':' {
		return nil, s.unexpected("':'")
	}
	s.at++
	return name, nil
}

// next reads a value, or the bracket that opens it.
func (s *scanner) next() (token, error) {
	c, err := s.peek()
	if err != nil {
		return token{}, err
	}
	from := s.at
	switch {
	case c == '"':
		text, err := s.str()
		return token{c, text}, err
	case c == '{' || c == '[':
		s.at++
		s.first = true
	case c == '-' || '0' <= c && c <= '9':
		c = '0'
		err = s.number()
	default:
		err = s.literal()
	}
	return token{c, s.text[from:s.at]}, err
}

// literal passes null, true or false.
func (s *scanner) literal() error {
	for _, word := range []string{"null", "true", "false"} {
		if bytes.HasPrefix(s.text[s.at:], []byte(word)) {
			s.at += len(word)
			return nil
		}
	}
	return s.unexpected("a value")
}

// number passes an optional minus, an integer without leading zeros, and an optional fraction and exponent.
func (s *scanner) number() error {
	s.pass('-')
	if !s.pass('0') {
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.pass('.') {
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.pass('e') || s.pass('E') {
		if !s.pass('+') {
			s.pass('-')
		}
		return s.digits()
	}
	return nil
}

// pass passes the next byte if it is c.
func (s *scanner) pass(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// digits passes one digit or more.
func (s *scanner) digits() error {
	from := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	if s.at == from {
		return s.unexpected("a digit")
	}
	return nil
}

// str reads a string, whose quotation mark is next. Escapes, which are rare, are left to encoding/json.
func (s *scanner) str() ([]byte, error) {
	from := s.at
	escaped := false
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			if escaped {
				return unescape(s.text[from:s.at])
			}
			return s.text[from+1 : s.at-1], nil
		case c == '\\':
			escaped = true
			s.at++ // which may be a quotation mark
		case c < ' ':
			return nil, s.unexpected("no control character in a string")
		}
	}
	return nil, io.ErrUnexpectedEOF
}

func unescape(quoted []byte) ([]byte, error) {
	var v string
	err := json.Unmarshal(quoted, &v)
	return []byte(v), err
}

// skip passes a value of any kind and depth that encoding/json takes.
func (s *scanner) skip() error {
	var ignored json.RawMessage
	d := json.NewDecoder(bytes.NewReader(s.text[s.at:]))
	err := d.Decode(&ignored)
	s.at += int(d.InputOffset())
	return err
}

// errTwice is what members turns into an error that names the member.
var errTwice = errors.New("occurs twice")

// members calls f with the name of each member of the object that is next; f reads the value, and returns errTwice if
// it has met the name before. Errors call members what.
func (s *scanner) members(what string, f func(name []byte) error) error {
	if t, err := s.next(); err != nil {
		return err
	} else if t.kind != '{' {
		return fmt.Errorf("expected an object, found %s", Quote(t))
	}
	for {
		if more, err := s.more('}'); err != nil || !more {
			return err
		}
		name, err := s.name()
		if err != nil {
			return err
		}
		if err := f(name); err == errTwice {
			return fmt.Errorf("%s%s occurs twice", what, Quote(string(name)))
		} else if err != nil {
			return fmt.Errorf("%s%s: %w", what, Quote(string(name)), err)
		}
	}
}
