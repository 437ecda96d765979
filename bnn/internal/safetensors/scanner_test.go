package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// walk reads a value of any kind by the scanner, and returns its tokens, names among them, as those of a json.Decoder.
func walk(text []byte) (tokens []json.Token, err error) {
	s := &scanner{text: text}
	var open []byte // the brackets that close what is open
	value := func() error {
		t, err := s.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case '"':
			tokens = append(tokens, string(t.text))
		case '0':
			tokens = append(tokens, json.Number(t.text))
		case 'n':
			tokens = append(tokens, nil)
		case 't', 'f':
			tokens = append(tokens, t.kind == 't')
		default:
			open = append(open, t.kind+2) // '[' or '{'
			tokens = append(tokens, json.Delim(t.kind))
		}
		return nil
	}
	err = value()
	for err == nil && len(open) > 0 {
		end := open[len(open)-1]
		more, failed := s.more(end)
		switch {
		case failed != nil:
			return nil, failed
		case !more:
			tokens = append(tokens, json.Delim(end))
			open = open[:len(open)-1]
		case end == '}':
			name, failed := s.name()
			if failed != nil {
				return nil, failed
			}
			tokens = append(tokens, string(name))
			err = value()
		default:
			err = value()
		}
	}
	if _, end := s.peek(); err == nil && end == nil {
		err = errors.New("goes on")
	}
	return tokens, err
}

// checkScanner compares the scanner with encoding/json: what either takes, and what it reads there.
func checkScanner(t *testing.T, text []byte) {
	t.Helper()
	if !utf8.Valid(text) { // which is refused before
		return
	}
	got, err := walk(text)
	deep := bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > 9000 // encoding/json gives up at 10000
	if valid := json.Valid(text); valid != (err == nil) && !deep {
		t.Fatalf("%.200q: %v, encoding/json takes it: %v", text, err, valid)
	}
	if err != nil || deep {
		return
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for i := 0; ; i++ {
		want, err := d.Token()
		if err == io.EOF && i == len(got) {
			break
		}
		if err != nil || i >= len(got) || !reflect.DeepEqual(got[i], want) {
			t.Fatalf("%.200q: token %d of %d of %v is not %#v, %v", text, i, len(got), got[:min(len(got), 100)], want, err)
		}
	}
	s := &scanner{text: text}
	if err := s.skip(); err != nil || len(bytes.TrimSpace(text[s.at:])) > 0 {
		t.Fatalf("%.200q: skip stops at byte %d with %v", text, s.at, err)
	}
}

// texts are JSON and what looks like it, each wherever a value may stand.
func texts() (list [][]byte) {
	for _, v := range []string{
		``, ` `, `null`, `nul`, `nullx`, `true`, `false`, `True`, `NaN`, `0`, `-0`, `00`, `01`, `-`, `+1`, `1.`, `.5`, `1.5`, `1e5`,
		`1E-05`, `1e`, `1e+`, `1.e1`, `-1.25e+300`, `0x1`, `1_0`, `12a`, `"a"`, `"`, `"a`, `'a'`, `"\"\\\/\b\f\n\r\t"`, `"\u0041\u00e9"`,
		`"\u12"`, `"\u12g4"`, `"\x"`, `"\`, `"\"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\ud83d\u0041"`, "\"\x00\"", "\"\n\"",
		"\"\\\n\"", "\"\x7f\u2028日\"", `{}`, `[]`, `{`, `[`, `}`, `]`, `[}`, `{]`, `[,]`, `[1,]`, `[,1]`, `[1,,2]`, `[1 2]`, `[1,2]`, `{,}`,
		`{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a" "b"}`, `{"a",1}`, `{1:2}`, `{null:2}`, `{"a":1 "b":2}`, `{"a":1,"b":[{}, []]}`,
		`[[],{},[[]]]`, `[[1],]`, `[{},]`, `{"a":{},}`, `{}{}`, `1 1`, `//`, "\ufeff1", "\v1", "\u00a01", "[1\f]", "[\t1\r,\n2 ]",
	} {
		for _, around := range []string{"%", " %\n", "[%]", "[%,%]", `{"a":%}`, `{"%":[%]}`} {
			list = append(list, []byte(strings.ReplaceAll(around, "%", v)))
		}
	}
	return list
}

func TestScanner(t *testing.T) {
	for _, text := range texts() {
		checkScanner(t, text)
	}
}

// FuzzScanner compares the scanner with encoding/json on any text.
func FuzzScanner(f *testing.F) {
	for _, text := range texts() {
		f.Add(text)
	}
	for _, c := range good {
		f.Add(c.file[8:])
	}
	f.Fuzz(checkScanner)
}
