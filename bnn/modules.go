package bnn

import (
	"fmt"
	"strings"
)

// modulesKey is the entry of a file's metadata that lists the modules.
const modulesKey = "simmer.modules"

var layerTypeNames = [...]string{"hidden", "input", "output"}

// String returns "hidden", "input" or "output".
func (t LayerType) String() string {
	if t < Hidden || t > Output {
		return fmt.Sprintf("LayerType(%d)", int(t))
	}
	return layerTypeNames[t]
}

// moduleNames says of each module what the tensors do not show: the activation, or the type of a layer and the layout
// of a Kronecker covariance.
func (s *Sequential[T]) moduleNames() []string {
	names := make([]string, len(s.modules))
	for i, m := range s.modules {
		names[i] = fmt.Sprint(m)
		if l, ok := m.(LinearConfig); ok {
			names[i] = l.Type.String()
			if c, ok := l.Covariance.(Kronecker); ok {
				names[i] += fmt.Sprintf("(%v)", c.Layout)
			}
		}
	}
	return names
}

// checkModules compares the model with the list of a file, which is empty if there is none. Of a layout the list may
// say nothing.
func (s *Sequential[T]) checkModules(list string) error {
	listed, names := strings.Fields(list), s.moduleNames()
	if len(listed) == 0 {
		return nil
	}
	for i := range min(len(listed), len(names)) {
		layer, _, _ := strings.Cut(names[i], "(")
		if listed[i] != names[i] && listed[i] != layer {
			return fmt.Errorf("module %d is %.50q in the file (%s), but %q in the model", i, listed[i], modulesKey, names[i])
		}
	}
	if len(listed) != len(names) {
		return fmt.Errorf("the file has %d modules (%s), the model %d", len(listed), modulesKey, len(names))
	}
	return nil
}

// parseModule reads the name of a module: an activation, or a layer without its sizes, and without a covariance but for
// the layout that a Kronecker one would have.
func parseModule(name string) (Module, KroneckerLayout, error) {
	for i, n := range activationNames {
		if n == name {
			return Activation(i), 0, nil
		}
	}
	name, layout, ok := strings.Cut(name, "(")
	for i, n := range layerTypeNames {
		if n != name {
			continue
		}
		l := LinearConfig{Type: LayerType(i)}
		switch {
		case !ok:
			return l, unknownLayout, nil
		case layout == "kron)":
			return l, Kron, nil
		case layout == "sampled)":
			return l, Sampled, nil
		}
	}
	return nil, 0, fmt.Errorf("it is none of %s, and none of %s, which may have (kron) or (sampled) after it",
		strings.Join(activationNames[:], ", "), strings.Join(layerTypeNames[:], ", "))
}

const unknownLayout KroneckerLayout = -1
