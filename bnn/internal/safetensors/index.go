package safetensors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"
)

// Index is where the tensors of a model are that was saved as several files: the content of the file
// "….safetensors.index.json" beside them.
type Index struct {
	Keys  []string          // in the order of the index
	Files map[string]string // by key
}

// ReadIndex reads an index as strictly as a header: a repeated key, a name of a file that leads elsewhere, or more than
// so many keys, are errors. Its "metadata" are not looked at.
func ReadIndex(r io.Reader, most int) (*Index, error) {
	x := &Index{Files: map[string]string{}}
	text, err := io.ReadAll(io.LimitReader(r, MaxHeader+1))
	if err == nil {
		err = x.parse(text, most)
	}
	if err != nil {
		return nil, fmt.Errorf("safetensors: index: %w", err)
	}
	return x, nil
}

func (x *Index) parse(text []byte, most int) error {
	if len(text) > MaxHeader {
		return fmt.Errorf("more than the limit of %d bytes", MaxHeader)
	}
	if !utf8.Valid(text) {
		return errors.New("not UTF-8")
	}
	s := &scanner{text: text}
	var metadata, weightMap bool
	err := s.members("", func(name []byte) error {
		switch string(name) {
		case "metadata":
			return once(&metadata, s.skip)
		case "weight_map":
			return once(&weightMap, func() error {
				return s.members("", func(key []byte) error { return x.add(s, string(key), most) })
			})
		}
		return errors.New("not a field of an index")
	})
	if err != nil {
		return err
	}
	if !weightMap {
		return errors.New(`has no "weight_map"`)
	}
	if _, err := s.peek(); err == nil {
		return fmt.Errorf("goes on after its object, at byte %d", s.at)
	}
	return nil
}

func (x *Index) add(s *scanner, key string, most int) error {
	if _, ok := x.Files[key]; ok {
		return errTwice
	}
	t, err := s.next()
	if err != nil {
		return err
	}
	file := string(t.text)
	if t.kind != '"' || !fs.ValidPath(file) || file == "." {
		return fmt.Errorf("expected the name of a file, found %s", Quote(t))
	}
	if len(x.Keys) == most {
		return fmt.Errorf("the first after the %d tensors that are wanted", most)
	}
	x.Keys = append(x.Keys, key)
	x.Files[key] = file
	return nil
}
