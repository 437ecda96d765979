package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every exported generic function of package kernels must be in the table: what is not there
// would be tested by nothing.
func TestComplete(t *testing.T) {
	listed := map[string]bool{}
	names := map[string]bool{}
	for _, k := range Kernels[float32]() {
		listed[k.Function] = true
		if names[k.Name] {
			t.Errorf("two rows are named %s", k.Name)
		}
		names[k.Name] = true
	}
	found := 0
	for _, f := range functions(t) {
		if f.Type.TypeParams == nil || !f.Name.IsExported() {
			continue
		}
		found++
		if !listed[f.Name.Name] {
			t.Errorf("kernels.%s has no row in the catalog", f.Name.Name)
		}
	}
	if found < 30 {
		t.Errorf("only %d functions found in package kernels", found)
	}
}

func functions(t *testing.T) (list []*ast.FuncDecl) {
	files, err := filepath.Glob("../../../kernels/*.go")
	if err != nil || len(files) == 0 {
		t.Skip("the source is not at hand")
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				list = append(list, f)
			}
		}
	}
	return list
}

func TestFillStaysInItsDomain(t *testing.T) {
	for _, d := range []Domain{Real, Broad, Positive, Probability, Scale} {
		x := make([]float32, 10000)
		Fill(x, d, 1)
		negative := 0
		for _, v := range x {
			a := math.Abs(float64(v))
			if a < math.Ldexp(1, d.MinExp) || a >= math.Ldexp(1, d.MaxExp) {
				t.Fatalf("%v: %v", d, v)
			}
			if v < 0 {
				negative++
			}
		}
		if (negative > 4500 && negative < 5500) != d.Signed {
			t.Errorf("%v: %d of %d are negative", d, negative, len(x))
		}
	}
}

func TestFillBitsHasEverything(t *testing.T) {
	x := make([]float32, 10000)
	FillBits(x, 1)
	seen := map[uint64]bool{}
	for _, v := range x {
		seen[Bits(v)] = true
	}
	for _, v := range Specials[float32]() {
		if !seen[Bits(v)] {
			t.Errorf("%v does not occur", v)
		}
	}
}
