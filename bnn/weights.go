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

// slot is a tensor of a model and where its values go.
type slot[T Float] struct {
	name   string
	shape  []int
	values []T // nil while the model has no parameters yet
}

// slots lists the tensors of the model: "<k>.params.weight" and so on for module k; "<k>.weight" of those layers that
// plain says are stored as torch.nn.Linear has them.
func (s *Sequential[T]) slots(plain func(k int) bool) []slot[T] {
	var all []slot[T]
	for k, l := range s.linears {
		if l == nil {
			continue
		}
		for _, v := range l.slots() {
			if !plain(k) {
				v.name = fmt.Sprintf("%d.%s", k, v.name)
			} else if v.isTemperature() {
				continue
			} else {
				v.name = fmt.Sprintf("%d.%s", k, strings.TrimPrefix(v.name, "params."))
			}
			all = append(all, v)
		}
	}
	return all
}

func (l *Linear[T]) slots() (all []slot[T]) {
	rest := l.params
	for _, spec := range l.tensors(l.cfg.Covariance) {
		var values []T
		values, rest = cut(rest, spec.len())
		all = append(all, slot[T]{spec.name, spec.shape, values})
	}
	if l.cfg.Type == Output {
		all = append(all, slot[T]{temperature, []int{1}, l.temp})
	}
	return all
}

const temperature = "params.temperature"

func (v slot[T]) isTemperature() bool { return strings.HasSuffix(v.name, temperature) }

// ReadWeights reads a .safetensors file of exactly the tensors that this model has, under the keys that [Checkpoint]
// lists. A missing or surplus key, a wrong shape, a value that is not finite, a temperature that is not positive, a
// file that is not exactly what its header says, or metadata of WriteWeights that contradict the model, is an error
// that names the key and leaves the model as it was. Values of F64 are rounded if T is float32; F16 and BF16 are
// widened exactly.
//
// What the file does not show cannot be checked. Without metadata these are the activations, the layout of a
// [Kronecker] covariance, and whether a layer is Input or Hidden: if these differ from those in training, loading
// succeeds and predictions are wrong.
//
// Names and shapes are compared before any data are read, so the memory it takes is bounded by what the model needs,
// and by a few times the header, which has at most 100 MB.
//
// [Sequential.ReadCheckpoint] reads files with other keys, or several files, and [NewFromCheckpoint] makes a model of a
// file.
func (s *Sequential[T]) ReadWeights(r io.Reader) error {
	src := newSource(Checkpoint{})
	err := src.add("", r, s.mostTensors())
	if err == nil {
		err = s.read(src)
	}
	if err != nil {
		return fmt.Errorf("bnn: ReadWeights: %w", err)
	}
	return nil
}

// mostTensors is how many tensors a file may have; of a few too many match says more.
func (s *Sequential[T]) mostTensors() int { return len(s.slots(inferno)) + 1000 }

// inferno reports whether no layer is stored as torch.nn.Linear has it.
func inferno(int) bool { return false }

// read takes the parameters from src, if they are those of this model. A model that has none yet gets room for them.
func (s *Sequential[T]) read(src *source) error {
	if err := s.checkModules(src.modules); err != nil {
		return err
	}
	plain := func(k int) bool { return src.isPlain(k) && !s.linears[k].isGaussian() }
	tensors, err := s.match(s.slots(plain), src)
	if err != nil {
		return err
	}
	if err := src.readData(); err != nil {
		return err
	}
	s.allocate()
	slots := s.slots(plain)
	for i, v := range slots {
		if err := v.checkValues(tensors[i]); err != nil {
			return err
		}
	}
	for i, v := range slots {
		for k := range v.values {
			v.values[k] = T(tensors[i].At(k))
		}
	}
	for k, l := range s.linears {
		if l != nil && plain(k) {
			l.temp[0] = 1
		}
	}
	return nil
}

// match finds the tensor of each slot.
func (s *Sequential[T]) match(slots []slot[T], src *source) ([]*safetensors.Tensor, error) {
	tensors := make([]*safetensors.Tensor, len(slots))
	wanted := map[string]bool{}
	for i, v := range slots {
		t, ok := src.tensors[v.name]
		if !ok {
			return nil, src.missing(v.name)
		}
		if !slices.Equal(t.Shape, v.shape) {
			return nil, fmt.Errorf("key %s has shape %v, want %v", safetensors.Quote(t.Name), t.Shape, v.shape)
		}
		tensors[i] = t
		wanted[v.name] = true
	}
	for _, name := range src.keys {
		if !wanted[name] {
			return nil, fmt.Errorf("key %s is none of this model's: %s", safetensors.Quote(src.tensors[name].Name),
				s.expects(name))
		}
	}
	return tensors, nil
}

// expects says what the model has where a key that it does not know would be.
func (s *Sequential[T]) expects(key string) string {
	number, rest, _ := strings.Cut(key, ".")
	k, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return `keys begin with the number of a module, as "0.params.weight"`
	case k < 0 || k >= len(s.modules):
		return fmt.Sprintf("its modules are 0 to %d", len(s.modules)-1)
	case s.linears[k] == nil:
		return fmt.Sprintf("module %d is the activation %v", k, s.modules[k])
	}
	l, covariance, question := s.linears[k], "no covariance", ""
	if l.cfg.Covariance != nil {
		covariance = "covariance " + l.cfg.Covariance.String()
	}
	if rest == temperature {
		question = fmt.Sprintf("is the Type of module %d Output? ", k)
	}
	var names []string
	for _, v := range l.slots() {
		names = append(names, v.name)
	}
	return fmt.Sprintf("%smodule %d has %s, and the keys %s", question, k, covariance, strings.Join(names, ", "))
}

// checkValues looks at the values that v would get.
func (v slot[T]) checkValues(t *safetensors.Tensor) error {
	for i := range v.values {
		if x := T(t.At(i)); !isFinite(float64(x)) {
			beyond := ""
			if isFinite(t.At(i)) {
				beyond = ", beyond float32"
			}
			return fmt.Errorf("key %s: entry %d is %v%s", safetensors.Quote(t.Name), i, t.At(i), beyond)
		}
	}
	if v.isTemperature() && !isTemperature(T(t.At(0))) {
		return fmt.Errorf("key %s is %v, want a finite number above 0, and so its inverse", safetensors.Quote(t.Name),
			t.At(0))
	}
	return nil
}

// WriteWeights writes the model's parameters as a .safetensors file with inferno's keys, which ReadWeights reads back
// exactly. Its metadata have what the tensors do not show (see [Checkpoint]), so that [NewFromCheckpoint] makes the
// model again. A parameter that is not finite is an error, and nothing is written.
func (s *Sequential[T]) WriteWeights(w io.Writer) error {
	if err := s.checkParams("WriteWeights"); err != nil {
		return err
	}
	f := safetensors.File{Metadata: map[string]string{modulesKey: strings.Join(s.moduleNames(), " ")}}
	for _, v := range s.slots(inferno) {
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
