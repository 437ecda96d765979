package testkit

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// root is the folder of the module.
const root = "../.."

// project is what the checks look at.
type project struct {
	functions               map[string]function
	listed                  map[string]bool // functions that have a row in the catalog
	named                   map[string]bool // functions that the tests of package kernels call themselves
	tested                  map[string]bool // functions with bounds, that a test of accuracy names
	targets, digests, loops string          // the contents of the files
	index                   string          // of the package documentation of kernels
}

// function is an exported function of package kernels.
type function struct {
	name, file string
	doc        string // on one line
	generic    bool   // it is a kernel
	counts     bool   // it returns an int
	makes      bool   // it is about packed weights, which kernels take
	row        string // what its row in the catalog may look like
}

func readProject(t *testing.T) *project {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Skipf("the source is not at hand: %v", err)
	}
	p := &project{
		functions: functions(t), listed: map[string]bool{}, named: map[string]bool{}, tested: map[string]bool{},
		targets: read(t, targetsFile), digests: read(t, digestsFile), loops: read(t, loopsFile),
	}
	_, index, _ := strings.Cut(read(t, indexFile), "\n// # Index\n")
	p.index, _, _ = strings.Cut(index, "\n// # ")
	for _, k := range catalog.Kernels[float32]() {
		p.listed[k.Function] = true
	}
	for _, name := range files(t, "kernels/*_test.go") {
		text := read(t, name)
		for f := range p.functions {
			p.named[f] = p.named[f] || strings.Contains(text, "kernels."+f+"(") ||
				strings.Contains(text, "kernels."+f+"[")
		}
	}
	for _, f := range ref.Functions() {
		p.tested[f.Name] = true // by TestFloat32 and TestFloat64
	}
	for _, f := range ref.AllSeveral() {
		p.tested[f.Name] = true // by TestRegions and TestHard
	}
	for _, pattern := range []string{"kernels/*_test.go", "internal/testkit/ref/*_test.go"} {
		for _, name := range files(t, pattern) {
			text := read(t, name)
			for f := range ref.Bounds {
				p.tested[f] = p.tested[f] || strings.Contains(text, strconv.Quote(f))
			}
		}
	}
	return p
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files lists the files that match, from the root of the module.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(list), err)
	}
	for i, name := range list {
		if list[i], err = filepath.Rel(root, name); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// functions parses package kernels.
func functions(t *testing.T) map[string]function {
	list := map[string]function{}
	for _, name := range files(t, "kernels/*.go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, read(t, name), parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() {
				list[f.Name.Name] = describe(f, name)
			}
		}
	}
	if len(list) < 30 {
		t.Fatalf("only %d functions found in package kernels", len(list))
	}
	return list
}

func describe(f *ast.FuncDecl, file string) function {
	signature := signatureOf(f)
	return function{
		name:    f.Name.Name,
		file:    file,
		doc:     strings.Join(strings.Fields(f.Doc.Text()), " "),
		generic: f.Type.TypeParams != nil,
		counts:  strings.HasSuffix(signature, " int"),
		makes:   strings.HasPrefix(f.Name.Name, "Pack"),
		row:     rowFor(f.Name.Name, signature),
	}
}

// signatureOf lists the types of parameters and results, as in "[]T []T float64".
func signatureOf(f *ast.FuncDecl) string {
	var list []string
	for _, fields := range []*ast.FieldList{f.Type.Params, f.Type.Results} {
		if fields == nil {
			continue // no results
		}
		for _, field := range fields.List {
			for range max(1, len(field.Names)) {
				list = append(list, types.ExprString(field.Type))
			}
		}
	}
	return strings.Join(list, " ")
}

// rowFor is what the message about a missing row suggests.
func rowFor(name, signature string) string {
	switch signature {
	case "[]T []T []T":
		return fmt.Sprintf("such as unary(%q, Real, kernels.%s[T])", name, name)
	case "[]T []T []T []T":
		return fmt.Sprintf("such as binary(%q, in(Real, \"x\", \"y\"), kernels.%s[T])", name, name)
	case "[]T float64":
		return fmt.Sprintf("such as sum1(%q, in(Real, \"x\"), kernels.%s[T])", name, name)
	case "[]T []T float64":
		return fmt.Sprintf("such as sum2(%q, in(Real, \"x\", \"y\"), kernels.%s[T])", name, name)
	case "[]T []T []T T float64":
		return fmt.Sprintf("such as grad2(%q, in(Real, \"x\", \"y\"), scale, kernels.%s[T])", name, name)
	}
	return "one that names all operands and calls it, such as that of SoftmaxRowsTo if it works on rows, of MatMulTo if " +
		"it multiplies matrices, of GaussianKLTo if neither"
}
