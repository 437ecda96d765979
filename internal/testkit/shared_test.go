package testkit

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// constantVariables are the variables of the packages that many goroutines call: nothing is written to any after the
// start.
var constantVariables = []string{
	"kernels: binStart", "kernels: leftOver32", "kernels: leftOver64", "kernels: modeInputs",
	"kernels: ones", "kernels: zeros32", "kernels: zeros64",
	"loss: ErrInput", "loss: ErrParams", "loss: errCold", "loss: errFlat", "loss: errHot",
	"bnn: activationNames", "bnn: errSingular", "bnn: layerTypeNames", "bnn: one",
}

// TestNoSharedMemory finds variables that goroutines would share. A test of goroutines need not find them: calls that
// last microseconds seldom meet.
func TestNoSharedMemory(t *testing.T) {
	list := promising(t)
	unused := slices.Clone(constantVariables)
	for _, d := range list.all() {
		g, ok := d.node.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR || strings.HasPrefix(d.file, "fallback/") { // whose variables are coefficients
			continue
		}
		for _, spec := range g.Specs {
			for _, n := range spec.(*ast.ValueSpec).Names {
				name := d.name + ": " + n.Name
				if !slices.Contains(constantVariables, name) && n.Name != "_" {
					t.Errorf("%s: goroutines would share the variable %s: list it if nothing is written to it", d.file, n.Name)
				}
				unused = slices.DeleteFunc(unused, func(s string) bool { return s == name })
			}
		}
	}
	for _, name := range unused {
		t.Errorf("there is no variable %s: delete it from the list", name)
	}
}
