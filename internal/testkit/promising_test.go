package testkit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// promisingPackages are those that promise the same bits on every machine.
var promisingPackages = []string{
	"fallback", "kernels", "kernels/internal/simd", "internal/total", "internal/indices", "loss", "bnn",
}

// declaration is what a file declares at its top level.
type declaration struct {
	name        string // of a function such as bnn.affine or a method such as bnn.diagonal.variance; else bnn
	file        string // from the root of the module
	first, last int    // lines
	node        ast.Decl
}

// declarations are all of them, by file.
type declarations map[string][]declaration

// promising parses the promising packages without their tests.
func promising(t *testing.T) declarations {
	list := declarations{}
	for _, p := range promisingPackages {
		for _, name := range files(t, p+"/*.go") {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, read(t, name), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				list[name] = append(list[name], declaration{
					name: path.Base(p) + nameOf(d), file: name, node: d,
					first: set.Position(d.Pos()).Line, last: set.Position(d.End()).Line,
				})
			}
		}
	}
	return list
}

// nameOf is the name of a function, after that of its receiver without type parameters, each after a dot.
func nameOf(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	if f.Recv == nil {
		return "." + f.Name.Name
	}
	receiver, _, _ := strings.Cut(types.ExprString(f.Recv.List[0].Type), "[")
	return "." + strings.TrimPrefix(receiver, "*") + "." + f.Name.Name
}

// at is the name of the declaration that a line belongs to.
func (l declarations) at(file string, line int) (name string, ok bool) {
	for _, d := range l[file] {
		if d.first <= line && line <= d.last {
			return d.name, true
		}
	}
	return "", false
}

// all lists them in the order of the files' names.
func (l declarations) all() (list []declaration) {
	for _, file := range slices.Sorted(maps.Keys(l)) {
		list = append(list, l[file]...)
	}
	return list
}

// multiplies says that it is a function with a product, or with a quotient, which may be compiled as one.
func (d declaration) multiplies() (found bool) {
	f, ok := d.node.(*ast.FuncDecl)
	if !ok || f.Body == nil {
		return false
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			found = found || n.Op == token.MUL || n.Op == token.QUO
		case *ast.AssignStmt:
			found = found || n.Tok == token.MUL_ASSIGN || n.Tok == token.QUO_ASSIGN
		}
		return !found
	})
	return found
}
