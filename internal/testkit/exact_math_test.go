package testkit

import (
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
)

// inexact are the functions that may call functions of package math which have other bits on other machines, by
// assembly or by fused multiply-adds, with the reason.
var inexact = map[string]string{
	"bnn.factorized.lq":    decomposition,
	"bnn.totalCorrelation": decomposition,
}

// exactMath is what package math has with the same bits on every machine.
var exactMath = strings.Fields(`Abs Copysign FMA Frexp Inf IsInf IsNaN Ldexp Max Min NaN Signbit Sqrt
	Float32bits Float32frombits Float64bits Float64frombits
	MaxInt MaxInt64 MinInt MaxFloat32 MaxFloat64 SmallestNonzeroFloat32 SmallestNonzeroFloat64 Pi Sqrt2`)

// TestExactMath looks for other functions of package math in the packages that promise the same bits on every machine.
func TestExactMath(t *testing.T) {
	unused := maps.Clone(inexact)
	for _, d := range promising(t).all() {
		ast.Inspect(d.node, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || !isMath(s.X) || slices.Contains(exactMath, s.Sel.Name) {
				return true
			}
			delete(unused, d.name)
			if inexact[d.name] == "" {
				t.Errorf("%s: %s calls math.%s, whose bits depend on the machine: use a kernel", d.file, d.name, s.Sel.Name)
			}
			return true
		})
	}
	for f := range unused {
		t.Errorf("%s calls no such function: delete it from the list", f)
	}
}

func isMath(x ast.Expr) bool {
	name, ok := x.(*ast.Ident)
	return ok && name.Name == "math"
}
