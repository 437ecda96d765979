package bnn

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/simmer-go/simmer/bnn/internal/safetensors"
)

// maxWeights bounds what ReadWeights takes from a reader: twice what the model's own parameters need, and the header.
func (s *Sequential[T]) maxWeights() int64 { return 8*int64(s.NumParams()+1)*2 + 1<<20 }

// slot is a tensor of inferno's state_dict and where its values go.
type slot[T Float] struct {
	name   string
	shape  []int
	values []T
}

// slots lists the tensors of the model: "<k>.params.weight" and so on for module k.
func (s *Sequential[T]) slots() []slot[T] {
	var all []slot[T]
	for k, l := range s.linears {
		if l == nil {
			continue
		}
		prefix := strconv.Itoa(k) + "."
		specs := l.withBias(tensorSpec{"params.bias", []int{l.out}}, tensorSpec{"params.weight", []int{l.out, l.in}})
		if l.cfg.Covariance != nil {
			specs = append(specs, l.cfg.Covariance.tensors(l.dims)...)
		}
		rest := l.params
		for _, spec := range specs {
			n := spec.len()
			all = append(all, slot[T]{prefix + spec.name, spec.shape, rest[:n]})
			rest = rest[n:]
		}
		if l.cfg.Type == Output {
			all = append(all, slot[T]{prefix + "params.temperature", []int{1}, l.temp})
		}
	}
	return all
}

// ReadWeights reads a .safetensors file with exactly the tensors that inferno's state_dict has for this model. A missing or
// surplus key, a wrong shape, a value that is not finite, a temperature that is not positive, or a file that is not
// exactly what its header says, is an error that names the key and leaves the model as it was. Values of F64 are
// rounded if T is float32.
func (s *Sequential[T]) ReadWeights(r io.Reader) error {
	limit := s.maxWeights()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return fmt.Errorf("bnn: ReadWeights: %w", err)
	}
	if int64(len(b)) > limit {
		return fmt.Errorf("bnn: ReadWeights: more than %d bytes, which this model cannot need", limit)
	}
	f, err := safetensors.Parse(b)
	if err != nil {
		return fmt.Errorf("bnn: ReadWeights: %w", err)
	}
	tensors := map[string]*safetensors.Tensor{}
	for i := range f.Tensors {
		tensors[f.Tensors[i].Name] = &f.Tensors[i]
	}
	slots := s.slots()
	for _, v := range slots {
		t, ok := tensors[v.name]
		if !ok {
			return fmt.Errorf("bnn: ReadWeights: key %q is missing", v.name)
		}
		if err := v.check(t); err != nil {
			return err
		}
		delete(tensors, v.name)
	}
	for name := range tensors {
		return fmt.Errorf("bnn: ReadWeights: key %q is none of this model's", name)
	}
	for _, v := range slots {
		t := &f.Tensors[slices.IndexFunc(f.Tensors, func(t safetensors.Tensor) bool { return t.Name == v.name })]
		for i := range v.values {
			v.values[i] = T(t.At(i))
		}
	}
	return nil
}

func (v slot[T]) check(t *safetensors.Tensor) error {
	if !slices.Equal(t.Shape, v.shape) {
		return fmt.Errorf("bnn: ReadWeights: key %q has shape %v, want %v", v.name, t.Shape, v.shape)
	}
	for i := range t.Len() {
		if x := T(t.At(i)); !isFinite(float64(x)) {
			return fmt.Errorf("bnn: ReadWeights: key %q: entry %d is %v", v.name, i, t.At(i))
		}
	}
	if len(v.shape) == 1 && v.isTemperature() && !(T(t.At(0)) > 0) {
		return fmt.Errorf("bnn: ReadWeights: key %q is %v, want more than 0", v.name, t.At(0))
	}
	return nil
}

func (v slot[T]) isTemperature() bool {
	const name = "params.temperature"
	return len(v.name) > len(name) && v.name[len(v.name)-len(name):] == name
}

// WriteWeights writes the model's parameters as a .safetensors file with inferno's keys, which ReadWeights reads
// back exactly.
func (s *Sequential[T]) WriteWeights(w io.Writer) error {
	var f safetensors.File
	for _, v := range s.slots() {
		t := safetensors.Tensor{Name: v.name, Shape: v.shape}
		for _, x := range v.values {
			switch x := any(x).(type) {
			case float32:
				t.DType, t.Data = safetensors.F32, binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(x))
			case float64:
				t.DType, t.Data = safetensors.F64, binary.LittleEndian.AppendUint64(t.Data, math.Float64bits(x))
			}
		}
		f.Tensors = append(f.Tensors, t)
	}
	return safetensors.Write(w, &f)
}
