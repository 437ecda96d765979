package bnn

import (
	"fmt"
	"strings"

	"github.com/simmer-go/simmer/bnn/internal/safetensors"
)

// NewFromCheckpoint returns the model of a file, in training mode like any new one, with its parameters: sizes, biases
// and covariances are those that the tensors show, everything else is in the file's metadata, or in Modules. A factor
// of rank P is taken as Factorized, a smaller or larger one as LowRank.
//
// Errors: those of [Sequential.ReadCheckpoint]; more than 65536 tensors; modules that neither the metadata nor Modules
// tell, or that contradict each other; and tensors that are no covariance.
func NewFromCheckpoint[T Float](c Checkpoint) (*Sequential[T], error) {
	src := newSource(c)
	defer src.close()
	s, err := fromCheckpoint[T](src, c)
	if err != nil {
		return nil, fmt.Errorf("bnn: NewFromCheckpoint: %w", err)
	}
	return s, nil
}

// mostTensors is how many tensors a file may have of which a model is made. It bounds the time that a hostile header of
// 100 MB takes.
const mostTensors = 1 << 16

func fromCheckpoint[T Float](src *source, c Checkpoint) (*Sequential[T], error) {
	if err := src.open(c, mostTensors); err != nil {
		return nil, err
	}
	if src.modules == "" {
		return nil, fmt.Errorf("the file does not tell its activations (metadata %s), and Modules is empty", modulesKey)
	}
	var modules []Module
	for k, name := range strings.Fields(src.modules) {
		m, layout, err := parseModule(name)
		if l, ok := m.(LinearConfig); ok {
			m, err = src.config(k, l, layout)
		}
		if err != nil {
			return nil, fmt.Errorf("module %d, %.50q: %w", k, name, err)
		}
		modules = append(modules, m)
	}
	s, err := assemble[T](modules)
	if err != nil {
		return nil, err
	}
	if err := s.read(src); err != nil {
		return nil, err
	}
	return s, nil
}

// config completes l by what the tensors of module k show.
func (src *source) config(k int, l LinearConfig, layout KroneckerLayout) (LinearConfig, error) {
	prefix := fmt.Sprintf("%d.params.", k)
	if src.isPlain(k) {
		prefix = fmt.Sprintf("%d.", k)
	}
	shape, err := src.shape(prefix+"weight", 2)
	if err != nil {
		return l, err
	}
	l.Out, l.In, l.NoBias = shape[0], shape[1], !src.has(prefix+"bias")
	if max(l.In, l.Out) > maxParams {
		return l, fmt.Errorf("key %q has shape %v, more than %d parameters", prefix+"weight", shape, maxParams)
	}
	l.Covariance, err = src.covariance(prefix+"cov.", l, layout)
	return l, err
}

// covariance is what the tensors that begin with prefix show, nil if there are none.
func (src *source) covariance(prefix string, l LinearConfig, layout KroneckerLayout) (Covariance, error) {
	switch {
	case src.has(prefix + "scale.weight"):
		return Diagonal{}, nil
	case src.has(prefix + "factor.weight"):
		shape, err := src.shape(prefix+"factor.weight", 3)
		if err != nil {
			return nil, err
		}
		inputs := l.In
		if !l.NoBias {
			inputs++
		}
		if shape[2] == product(l.Out, inputs) {
			return Factorized{}, nil
		}
		return LowRank{Rank: shape[2]}, nil
	case src.has(prefix + "output_factor"):
		return src.kronecker(prefix, layout)
	}
	return nil, nil
}

func (src *source) kronecker(prefix string, layout KroneckerLayout) (Covariance, error) {
	in, err := src.shape(prefix+"input_factor.weight", 2)
	if err != nil {
		return nil, err
	}
	out, err := src.shape(prefix+"output_factor", 2)
	if err != nil {
		return nil, err
	}
	if layout == unknownLayout {
		return nil, fmt.Errorf("key %q is that of a Kronecker covariance, so its layout has to be told: (kron), or (sampled) "+
			"if it was trained through draws", prefix+"output_factor")
	}
	return Kronecker{InputRank: in[1], OutputRank: out[1], Layout: layout}, nil
}

// shape returns that of a tensor with so many dimensions, all of them at least 1.
func (src *source) shape(key string, dims int) ([]int, error) {
	t, ok := src.tensors[key]
	if !ok {
		return nil, src.missing(key)
	}
	for _, d := range t.Shape {
		if d < 1 {
			dims = -1
		}
	}
	if len(t.Shape) != dims {
		return nil, fmt.Errorf("key %s has shape %v", safetensors.Quote(t.Name), t.Shape)
	}
	return t.Shape, nil
}
