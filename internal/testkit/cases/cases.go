// Package cases reads the reference cases that kernels, losses and layers are
// tested against. Their schema, formulas and sources are in testdata/README.md.
//
// The cases are embedded, so that a test binary finds them under an emulator
// and from any directory. Setting SIMMER_CASES to a directory reads the files
// there instead: other cases of the same schema run through the same tests.
package cases

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
)

//go:embed testdata/*.json
var embedded embed.FS

// Case is one input with its expected results.
type Case struct {
	Name     string            // unique within its file
	Loss     string            // class name in inferno, or "kernel/<name>"
	Source   string            // "inferno", "definition", "torch" or "mpmath"
	DType    string            // "float32" or "float64": the type the inputs fit in
	Options  Options           // scalars and lists, by name
	Inputs   map[string]Tensor // by name
	Expected map[string]Tensor // "value", for losses "exact", sometimes more
	Grad     map[string]Tensor // by input; nil where undefined or not finite
	Dev      Float             // how far value is from exact, relatively (losses)
	Note     string
}

// Exact is what to compare with: Expected["exact"], or for kernels, whose value
// is exact already, Expected["value"].
func (c Case) Exact() Tensor {
	if t, ok := c.Expected["exact"]; ok {
		return t
	}
	return c.Expected["value"]
}

// Tensor is a row-major array. A scalar has an empty shape and one entry.
type Tensor struct {
	Shape []int
	Data  []float64 // every entry, of integer tensors too
	Ints  []int     // the entries of an integer tensor, else nil
}

// Scalar returns the only entry of t and panics if there is not exactly one.
func (t Tensor) Scalar() float64 {
	if len(t.Data) != 1 {
		panic(fmt.Sprintf("cases: Scalar of a tensor with %d entries", len(t.Data)))
	}
	return t.Data[0]
}

// To converts the entries of a tensor to the element type under test.
func To[T float32 | float64](t Tensor) []T {
	out := make([]T, len(t.Data))
	for i, v := range t.Data {
		out[i] = T(v)
	}
	return out
}

// Load reads the cases of one file, such as "MSELoss" or "kernel_softplus".
// It never returns an empty list without an error.
func Load(name string) ([]Case, error) {
	fsys, err := source()
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(fsys, name+".json")
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	return parse(name, text)
}

// Names lists the files that Load accepts, in alphabetical order.
func Names() ([]string, error) {
	fsys, err := source()
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(fsys, "*.json")
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".json")
	}
	slices.Sort(files)
	return files, err
}

func source() (fs.FS, error) {
	if dir := os.Getenv("SIMMER_CASES"); dir != "" {
		return os.DirFS(dir), nil
	}
	return fs.Sub(embedded, "testdata")
}

func parse(name string, text []byte) ([]Case, error) {
	var list []Case
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("cases: %s: %w", name, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("cases: %s holds no cases", name)
	}
	for _, c := range list {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("cases: %s: %s: %w", name, c.Name, err)
		}
	}
	return list, nil
}

// check rejects what would let a test pass by comparing nothing.
func (c Case) check() error {
	_, valued := c.Expected["value"]
	switch {
	case c.Name == "":
		return fmt.Errorf("no name")
	case c.DType != "float32" && c.DType != "float64":
		return fmt.Errorf("dtype %q", c.DType)
	case !valued:
		return fmt.Errorf("no expected value")
	}
	return nil
}

// UnmarshalJSON reads {"shape": …, "data": …} and, for integers, "dtype": "int64".
func (t *Tensor) UnmarshalJSON(text []byte) error {
	var raw struct {
		DType string
		Shape []int
		Data  []Float
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	size := 1
	for _, n := range raw.Shape {
		size *= n
	}
	if size != len(raw.Data) {
		return fmt.Errorf("shape %v with %d entries", raw.Shape, len(raw.Data))
	}
	t.Shape = raw.Shape
	t.Data = make([]float64, size)
	for i, v := range raw.Data {
		t.Data[i] = float64(v)
	}
	if raw.DType != "int64" {
		return nil
	}
	t.Ints = make([]int, size)
	for i, v := range t.Data {
		if t.Ints[i] = int(v); float64(t.Ints[i]) != v {
			return fmt.Errorf("entry %d, %v, is no integer", i, v)
		}
	}
	return nil
}

// Float is a number that may stand in JSON as "NaN", "Infinity" or "-Infinity".
type Float float64

// UnmarshalJSON reads a number or one of the three names.
func (f *Float) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"NaN"`:
		*f = Float(math.NaN())
	case `"Infinity"`:
		*f = Float(math.Inf(1))
	case `"-Infinity"`:
		*f = Float(math.Inf(-1))
	default:
		return json.Unmarshal(text, (*float64)(f))
	}
	return nil
}
