package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// candidate is an input and the error there.
type candidate struct{ ulp, x float64 }

// worstFew keeps the inputs with the largest errors, each from another place.
type worstFew []candidate

const few = 8

// least is an error that is worth to be added.
func (w worstFew) least() float64 {
	if len(w) < few {
		return 0
	}
	return w[len(w)-1].ulp
}

func (w *worstFew) add(ulp, x float64) {
	if !(ulp > w.least()) {
		return
	}
	for i, c := range *w {
		if near(c.x, x) {
			if c.ulp > ulp || c.ulp == ulp && c.x <= x {
				return
			}
			*w = slices.Delete(*w, i, i+1)
			break
		}
	}
	*w = append(*w, candidate{ulp, x})
	slices.SortFunc(*w, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.ulp, a.ulp), cmp.Compare(a.x, b.x)) })
	*w = (*w)[:min(len(*w), few)]
}

func (w *worstFew) merge(other worstFew) {
	for _, c := range other {
		w.add(c.ulp, c.x)
	}
}

func near(x, y float64) bool { return math.Abs(x-y) < 0x1p-7*math.Abs(x) }

// result is what was found of one function and type.
type result struct {
	measured ref.Measured
	hard     []ref.Hard
}

// finish makes the result of the worst inputs.
func finish(f ref.Function, kind string, worst worstFew, inputs, misrounded uint64) result {
	r := result{measured: ref.Measured{Name: f.Name, Type: kind, Inputs: inputs, Misrounded: misrounded}}
	for i, c := range worst {
		if i == 0 {
			r.measured.ULP, r.measured.X = c.ulp, c.x
		}
		if c.x > f.Above && c.x-c.x == 0 {
			r.hard = append(r.hard, ref.Hard{Name: f.Name, Type: kind, X: c.x, Exact: f.Big(ref.Big(c.x))})
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
	fields := strings.Fields(line)
	for i, f := range ref.Functions() {
		for j, kind := range []string{"float32", "float64"} {
			if len(fields) > 2 && fields[0] == f.Name && fields[1] == kind {
				return 2*i + j
			}
		}
	}
	panic(fmt.Sprintf("no function of one argument in %q", line))
}
