package bnn

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/simmer-go/simmer/bnn/internal/safetensors"
)

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
		if l != nil {
			all = append(all, l.slots(strconv.Itoa(k)+".")...)
		}
	}
	return all
}

func (l *Linear[T]) slots(prefix string) (all []slot[T]) {
	rest := l.params
	for _, spec := range l.tensors(l.cfg.Covariance) {
		n := spec.len()
		all = append(all, slot[T]{prefix + spec.name, spec.shape, rest[:n]})
		rest = rest[n:]
	}
	if l.cfg.Type == Output {
		all = append(all, slot[T]{prefix + "params.temperature", []int{1}, l.temp})
	}
	return all
}

// ReadWeights reads a .safetensors file with exactly the tensors that inferno's state_dict has for this model. A
// missing or surplus key, a wrong shape, a value that is not finite, a temperature that is not positive, or a file that
// is not exactly what its header says, is an error that names the key and leaves the model as it was. Values of F64 are
// rounded if T is float32.
//
// What no file shows cannot be checked: the activations, the layout of a [Kronecker] covariance, and whether a layer is
// Input or Hidden. With others than those of the training the weights are read, and the model predicts something else.
//
// Names and shapes are compared before any data are read, so the memory it takes is bounded by what the model needs,
// and by a few times the header, which has at most 100 MB.
func (s *Sequential[T]) ReadWeights(r io.Reader) error {
	slots := s.slots()
	f, err := safetensors.ReadHeader(r, len(slots)+1000) // match says more of a surplus key
	if err != nil {
		return fmt.Errorf("bnn: ReadWeights: %w", err)
	}
	tensors, err := s.match(slots, f)
	if err != nil {
		return fmt.Errorf("bnn: ReadWeights: %w", err)
	}
	if err := f.ReadData(r); err != nil {
		return fmt.Errorf("bnn: ReadWeights: %w", err)
	}
	for i, v := range slots {
		if err := v.checkValues(tensors[i]); err != nil {
			return fmt.Errorf("bnn: ReadWeights: %w", err)
		}
	}
	for i, v := range slots {
		for k := range v.values {
			v.values[k] = T(tensors[i].At(k))
		}
	}
	return nil
}

// match finds the tensor of each slot.
func (s *Sequential[T]) match(slots []slot[T], f *safetensors.File) ([]*safetensors.Tensor, error) {
	byName := map[string]*safetensors.Tensor{}
	for i := range f.Tensors {
		byName[f.Tensors[i].Name] = &f.Tensors[i]
	}
	tensors := make([]*safetensors.Tensor, len(slots))
	for i, v := range slots {
		t, ok := byName[v.name]
		if !ok {
			return nil, fmt.Errorf("key %q is missing", v.name)
		}
		if !slices.Equal(t.Shape, v.shape) {
			return nil, fmt.Errorf("key %q has shape %v, want %v", v.name, t.Shape, v.shape)
		}
		tensors[i] = t
		delete(byName, v.name)
	}
	for _, t := range f.Tensors {
		if _, ok := byName[t.Name]; ok {
			return nil, fmt.Errorf("key %s is none of this model's: %s", safetensors.Quote(t.Name), s.expects(t.Name))
		}
	}
	return tensors, nil
}

// expects says what the model has where a key that it does not know would be.
func (s *Sequential[T]) expects(key string) string {
	number, _, _ := strings.Cut(key, ".")
	k, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return `keys begin with the number of a module, as "0.params.weight"`
	case k < 0 || k >= len(s.modules):
		return fmt.Sprintf("its modules are 0 to %d", len(s.modules)-1)
	case s.linears[k] == nil:
		return fmt.Sprintf("module %d is the activation %v", k, s.modules[k])
	}
	l, covariance := s.linears[k], "no covariance"
	if l.cfg.Covariance != nil {
		covariance = "covariance " + l.cfg.Covariance.String()
	}
	var names []string
	for _, v := range l.slots("") {
		names = append(names, v.name)
	}
	return fmt.Sprintf("module %d has %s, and the keys %s", k, covariance, strings.Join(names, ", "))
}

// checkValues looks at the values that v would get.
func (v slot[T]) checkValues(t *safetensors.Tensor) error {
	for i := range v.values {
		if x := T(t.At(i)); !isFinite(float64(x)) {
			return fmt.Errorf("key %q: entry %d is %v", v.name, i, t.At(i))
		}
	}
	if v.isTemperature() && !isTemperature(T(t.At(0))) {
		return fmt.Errorf("key %q is %v, want a finite number above 0, and so its inverse", v.name, t.At(0))
	}
	return nil
}

func (v slot[T]) isTemperature() bool { return strings.HasSuffix(v.name, ".params.temperature") }

// WriteWeights writes the model's parameters as a .safetensors file with inferno's keys, which ReadWeights reads
// back exactly. A parameter that is not finite is an error, and nothing is written.
func (s *Sequential[T]) WriteWeights(w io.Writer) error {
	if err := s.checkParams("WriteWeights"); err != nil {
		return err
	}
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
	if err := safetensors.Write(w, &f); err != nil {
		return fmt.Errorf("bnn: WriteWeights: %w", err)
	}
	return nil
}
