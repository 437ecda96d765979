package safetensors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	limited := &io.LimitedReader{R: r, N: MaxHeader + 1}
	dec := json.NewDecoder(limited)
	found := false
	err := members(dec, func(name string) error {
		switch name {
		case "metadata":
			var ignored json.RawMessage
			return dec.Decode(&ignored)
		case "weight_map":
			found = true
			return members(dec, func(key string) error { return x.add(dec, key, most) })
		}
		return errors.New("not a field of an index")
	})
	if err == nil && !found {
		err = errors.New(`has no "weight_map"`)
	}
	if err == nil {
		if _, end := dec.Token(); end != io.EOF {
			err = errors.New("goes on after its object")
		}
	}
	if limited.N == 0 {
		err = fmt.Errorf("more than the limit of %d bytes", MaxHeader)
	}
	if err != nil {
		return nil, fmt.Errorf("safetensors: index: %w", err)
	}
	return x, nil
}

func (x *Index) add(dec *json.Decoder, key string, most int) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	file, ok := t.(string)
	if !ok || !fs.ValidPath(file) || file == "." {
		return fmt.Errorf("expected the name of a file, found %s", Quote(t))
	}
	if len(x.Keys) == most {
		return fmt.Errorf("the first after the %d tensors that are wanted", most)
	}
	x.Keys = append(x.Keys, key)
	x.Files[key] = file
	return nil
}
