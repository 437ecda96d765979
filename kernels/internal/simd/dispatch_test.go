package simd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// byAVX2 are the kernels of short rows, which fill a register of AVX2 at most: they need no others under AVX-512.
var byAVX2 = regexp.MustCompile(`^(LayerNorm|LayerNormGrad|SoftmaxGrad)RowsToF(32|64)$`)

// TestDispatch wants every block function to end, under the case of each instruction set, in the call of that one's
// assembly; only what fits a register of AVX2 may go there under AVX-512. And all assembly must be called.
func TestDispatch(t *testing.T) {
	for arch, machines := range map[string][]string{"amd64": {"AVX2", "AVX512"}, "arm64": {"NEON"}} {
		t.Run(arch, func(t *testing.T) {
			left := map[string]bool{}
			for _, m := range machines {
				for _, f := range functions(t, strings.ToLower(m)+"_"+arch) {
					left[f.name] = true
				}
			}
			all := maps.Clone(left)
			for name, cases := range dispatched(t, "zz_dispatch_"+arch+".go") {
				if name == "ProductTile" {
					continue
				}
				for _, m := range machines {
					want := strings.ToLower(name[:1]) + name[1:] + m
					if m == "AVX512" && !all[want] && byAVX2.MatchString(name) {
						want = strings.TrimSuffix(want, m) + "AVX2"
					}
					delete(left, want)
					checkCase(t, name, m, want, cases[m])
				}
			}
			for _, name := range slices.Sorted(maps.Keys(left)) {
				t.Errorf("%s is never called", name)
			}
			if len(all) == 0 {
				t.Error("no assembly was found")
			}
		})
	}
}

// checkCase wants the call of one function at the end of a case, before which only a short slice may be treated otherwise.
func checkCase(t *testing.T, name, machine, want string, body []ast.Stmt) {
	t.Helper()
	if len(body) == 0 || callee(body[len(body)-1]) != want {
		t.Errorf("%s does not end in %s where %s is in use", name, want, machine)
		return
	}
	for _, s := range body[:len(body)-1] {
		check, ok := s.(*ast.IfStmt)
		if !ok || len(body) > 2 {
			t.Errorf("%s does more than call %s", name, want)
			continue
		}
		most := 8 // float32 in a register of AVX2
		if strings.HasSuffix(name, "F64") {
			most = 4
		}
		limit := check.Cond.(*ast.BinaryExpr)
		n, err := strconv.Atoi(limit.Y.(*ast.BasicLit).Value)
		narrow := strings.TrimSuffix(want, "AVX512") + "AVX2"
		if err != nil || limit.Op != token.LEQ || n != most || callee(check.Body.List[0]) != narrow || machine != "AVX512" {
			t.Errorf("%s under %s: not up to %d elements go to %s", name, machine, most, narrow)
		}
	}
}

// dispatched has, for each function of a file, the cases of its switch over isa.Active.
func dispatched(t *testing.T, path string) map[string]map[string][]ast.Stmt {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string][]ast.Stmt{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		cases := map[string][]ast.Stmt{}
		found[f.Name.Name] = cases
		for _, s := range f.Body.List {
			choice, ok := s.(*ast.SwitchStmt)
			if !ok {
				continue
			}
			for _, c := range choice.Body.List {
				c := c.(*ast.CaseClause)
				for _, e := range c.List {
					cases[e.(*ast.SelectorExpr).Sel.Name] = c.Body
				}
			}
		}
	}
	return found
}

// callee is the function that a statement calls and does nothing else, or "".
func callee(s ast.Stmt) string {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.ReturnStmt:
		if len(s.Results) == 1 {
			e = s.Results[0]
		}
	}
	if c, ok := e.(*ast.CallExpr); ok {
		if f, ok := c.Fun.(*ast.Ident); ok {
			return f.Name
		}
	}
	return ""
}
