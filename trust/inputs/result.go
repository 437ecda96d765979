package main

import (
	"cmp"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// candidate are arguments and the error there.
type candidate struct {
	ulp  float64
	args []float64
}

// worstFew keeps the arguments with the largest errors, each from another place.
type worstFew []candidate

const few = 8

// least is an error that is worth to be added.
func (w worstFew) least() float64 {
	if len(w) < few {
		return 0
	}
	return w[len(w)-1].ulp
}

func (w *worstFew) add(ulp float64, args ...float64) {
	if !(ulp > w.least()) {
		return
	}
	for i, c := range *w {
		if near(c.args, args) {
			if c.ulp > ulp || c.ulp == ulp && slices.Compare(c.args, args) <= 0 {
				return
			}
			*w = slices.Delete(*w, i, i+1)
			break
		}
	}
	*w = append(*w, candidate{ulp, slices.Clone(args)})
	slices.SortFunc(*w, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.ulp, a.ulp), slices.Compare(a.args, b.args)) })
	*w = (*w)[:min(len(*w), few)]
}

func (w *worstFew) merge(other worstFew) {
	for _, c := range other {
		w.add(c.ulp, c.args...)
	}
}

func near(x, y []float64) bool {
	for i, v := range x {
		if !(math.Abs(v-y[i]) <= 0x1p-7*math.Abs(v)) {
			return false
		}
	}
	return true
}

// know takes the errors of a kernel for arguments that are known to be hard.
func know[T kernels.Float](t *tally, k catalog.Kernel[T], known []ref.Hard) {
	for _, h := range known {
		if h.Name == k.Name && h.Type == catalog.TypeName[T]() {
			t.worst.add(h.Error(float64(k.Element(h.Args))), h.Args...)
		}
	}
}

// result is what was found of one function and type.
type result struct {
	measured ref.Measured
	hard     []ref.Hard
}

// finish makes the result of the worst arguments.
func finish(name, kind string, exact func(args []float64) *big.Float, t tally, inputs uint64) result {
	r := result{measured: ref.Measured{Name: name, Type: kind, Inputs: inputs, Misrounded: t.misrounded}}
	for i, c := range t.worst {
		if i == 0 {
			r.measured.ULP, r.measured.Args = c.ulp, c.args
		}
		if !math.IsInf(c.ulp, 0) { // a special value that is wrong has no exact result
			r.hard = append(r.hard, ref.Hard{Name: name, Type: kind, Args: c.args, Exact: exact(c.args)})
		}
	}
	return r
}

// save writes the result to the files in the folder, in the place of what they have of the same function and type.
func save(folder string, r result) error {
	prefix := r.measured.Name + " " + r.measured.Type + " "
	var hard []string
	for _, h := range r.hard {
		hard = append(hard, h.String())
	}
	if err := replace(filepath.Join(folder, "inputs.txt"), prefix, []string{r.measured.String()}); err != nil {
		return err
	}
	return replace(filepath.Join(folder, "hard.txt"), prefix, hard)
}

// replace puts lines in the place of those with the prefix, and keeps the order of functions.
func replace(name, prefix string, lines []string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var comments, rest []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "#"):
			comments = append(comments, line)
		case !strings.HasPrefix(line, prefix):
			rest = append(rest, line)
		}
	}
	rest = append(rest, lines...)
	slices.SortStableFunc(rest, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return os.WriteFile(name, []byte(strings.Join(append(comments, rest...), "\n")+"\n"), 0o666)
}

// place is the number of a line's function and type.
func place(line string) int {
	var names []string
	for _, f := range ref.Functions() {
		names = append(names, f.Name)
	}
	for _, f := range ref.AllSeveral() {
		names = append(names, f.Name)
	}
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return -1
	}
	return 2*slices.Index(names, fields[0]) + slices.Index([]string{"float32", "float64"}, fields[1])
}
