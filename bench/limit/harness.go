package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// harness is a program that calls the assembly functions of some instruction sets of one architecture, written into a
// folder of its own: package simd, where they live, is internal, and has no need to call each by its name.
type harness struct {
	dir, arch string
	program   string
}

//go:embed harness.go.txt
var harnessText string

//go:embed harness_amd64.go.txt
var harnessAMD64 string

// result is what the harness prints about a function.
type result struct {
	work   float64   // of a call
	turns  []float64 // of each loop in it
	ns     float64   // per unit of work; 0 if not measured
	cycles float64   // the same in cycles
}

func newHarness(ctx context.Context, dir, arch string, all []*function) (*harness, error) {
	h := &harness{dir: dir, arch: arch, program: filepath.Join(dir, "harness")}
	files := map[string]string{
		"go.mod":     "module harness\n\ngo 1.26.0\n",
		"harness.go": harnessText,
		"kernels.go": kernelsText(all),
	}
	for _, f := range all {
		files[f.name+"_"+arch+".s"] = f.text
		files[f.name+"_counted_"+arch+".s"] = counted(f, arch)
	}
	if arch == "amd64" {
		files["measure.go"] = harnessAMD64
		files["models.go"], files["models_amd64.s"] = modelsText(all)
	} else {
		files["measure.go"] = "package main\n\nfunc measure() {}\n"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return nil, err
		}
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", h.program, ".")
	build.Dir, build.Stderr = dir, os.Stderr
	build.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0")
	return h, build.Run()
}

// counted is the function that counts how often it comes to each label which is branched back to.
func counted(f *function, arch string) string {
	code, labels := body(f.text)
	names, _ := backTargets(code, labels)
	text := strings.ReplaceAll(f.text, "·"+f.name+"(", "·"+f.name+"Counted(")
	for i, name := range names {
		count := "\tINCQ ·turns+%d(SB)\n"
		if arch == "arm64" {
			count = "\tMOVD $·turns+%d(SB), R19\n\tMOVD (R19), R20\n\tADD $1, R20\n\tMOVD R20, (R19)\n"
		}
		text = strings.Replace(text, "\n"+name+":\n", "\n"+name+":\n"+fmt.Sprintf(count, 8*i), 1)
	}
	return text
}

// kernelsText declares the functions and lists calls of them.
func kernelsText(all []*function) string {
	var b strings.Builder
	b.WriteString("package main\n\n")
	for _, f := range all {
		for _, name := range []string{f.name, f.name + "Counted"} {
			fmt.Fprintf(&b, "//go:noescape\nfunc %s(%s)%s\n\n", name, f.parameters(), f.resultTypes())
		}
	}
	b.WriteString("var kernels = []kernel{\n")
	for _, f := range all {
		small, large := f.sizes()
		fmt.Fprintf(&b, "{%q, %d, %s, %s, func(s size, done int) int { return %s }, %s, %s},\n",
			f.name, f.backTargets(), small, large, f.work(), f.call(""), f.call("Counted"))
	}
	b.WriteString("}\n")
	return b.String()
}

func (f *function) backTargets() int {
	names, _ := backTargets(body(f.text))
	return len(names)
}

func (f *function) parameters() string {
	var list []string
	for _, p := range f.params {
		list = append(list, p.name+" "+p.typ)
	}
	return strings.Join(list, ", ")
}

func (f *function) resultTypes() string {
	head := signature.FindStringSubmatch(f.text)
	if head[3] == "" {
		return ""
	}
	return " (" + head[3] + ")"
}

// has says that the function takes a number of so many things.
func (f *function) has(name string) bool { return slices.Contains(f.params, parameter{name, "int"}) }

// call is a function literal that calls f: pointers get a buffer each, numbers something usual.
func (f *function) call(suffix string) string {
	var args []string
	for i, p := range f.params {
		var a string
		switch p.typ {
		case "*float32":
			a = fmt.Sprintf("p32[%d]", i)
		case "*float64":
			a = fmt.Sprintf("p64[%d]", i)
		case "*[14]uint32":
			a = "&words"
		case "*bool":
			a = "&bools[0]"
		case "float32", "float64":
			a = "0.5"
		default:
			switch p.name {
			case "n", "rows", "cols", "columns", "k":
				a = "s." + p.name
			case "classes": // as far apart as rows, of so many positions
				a = "s.rows"
			case "positions":
				a = "s.columns"
			case "aStep", "bStep":
				a = "1"
			default:
				a = "s.stride"
			}
		}
		args = append(args, a)
	}
	call := fmt.Sprintf("%s%s(%s)", f.name, suffix, strings.Join(args, ", "))
	if f.done {
		return "func(s size) int { return " + call + " }"
	}
	return "func(s size) int { " + call + "; return 0 }"
}

// work is an expression of s and done: elements, of products multiply-adds.
func (f *function) work() string {
	switch {
	case f.has("k") && f.has("n"):
		return "s.rows * done * s.k"
	case f.has("k"):
		return "done * s.k"
	case f.done:
		return "done * s.cols"
	case f.has("columns") || f.has("positions"):
		return "s.rows * s.columns"
	}
	return "s.n"
}

// sizes fit the first-level cache; the large one is twice the small one.
func (f *function) sizes() (small, large string) {
	bytes := 0 // of one element of each slice
	for _, p := range f.params {
		bytes += map[string]int{"*float32": 4, "*float64": 8, "*bool": 1}[p.typ]
	}
	fit := func(most, elements int) int {
		for most*elements*bytes > 32<<10 {
			most /= 2
		}
		return most
	}
	matrix := func(rows int) (small, large string) {
		format := "size{n: 64, rows: %d, cols: 8, columns: 64, k: 64, stride: 64}"
		return fmt.Sprintf(format, rows/2), fmt.Sprintf(format, rows)
	}
	switch {
	case f.has("k"):
		return matrix(48) // whole tiles of all heights
	case f.has("cols"):
		return matrix(64)
	case f.has("rows") || f.has("classes"):
		return matrix(fit(64, 64))
	}
	n := fit(4096, 1)
	return fmt.Sprintf("size{n: %d}", n/2), fmt.Sprintf("size{n: %d}", n)
}

// run runs the program, by way of another if it is for a machine that is not this one.
func (h *harness) run(ctx context.Context, with ...string) (
	results map[string]*result, models map[string]float64, err error,
) {
	args := append(with, h.program)
	if len(with) > 0 {
		args = append(args, "count")
	}
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	results, models = map[string]*result{}, map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		word := strings.Fields(lines.Text())
		numbers := make([]float64, len(word))
		for i := 2; i < len(word); i++ {
			if numbers[i], err = strconv.ParseFloat(word[i], 64); err != nil {
				return nil, nil, err
			}
		}
		switch word[0] {
		case "model":
			models[word[1]] = numbers[2]
		case "turns":
			results[word[1]] = &result{work: numbers[2], turns: numbers[3:]}
		case "time":
			r := results[word[1]]
			r.ns, r.cycles = numbers[2], numbers[2]/numbers[3]
		}
	}
	return results, models, nil
}
