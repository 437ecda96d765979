package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// function is an assembly function as its generated file has it.
type function struct {
	name    string // expToF32AVX512
	text    string // the file
	params  []parameter
	results int
	done    bool // returns how many rows or columns it did
	loops   []loop
}

// parameter is one of a function: a pointer or a number.
type parameter struct{ name, typ string }

// loop is an innermost loop: from its label to the last branch back.
type loop struct {
	label string
	index int // among all labels that are branched back to
	code  []instruction
	inner bool // of another loop
}

// instruction has its operands in Go's order, the destination last.
type instruction struct {
	op       string // without suffix
	suffix   string // .Z, .BCST
	operands []string
}

var (
	signature = regexp.MustCompile(`(?m)^// func (\w+)\((.*?)\)(?: \((.*)\))?$`)
	labelLine = regexp.MustCompile(`^(\w+):$`)
	branch    = regexp.MustCompile(`^(J[A-Z]+|B|B[A-Z]{2}|CBN?Z)$`)
)

// functions reads the generated files that end in _suffix.s: avx2_amd64, avx512_amd64 or neon_arm64.
func functions(root, suffix string) ([]*function, error) {
	files, err := filepath.Glob(filepath.Join(root, "kernels/internal/simd", "zz_*_"+suffix+".s"))
	if err != nil {
		return nil, err
	}
	var all []*function
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if f.loops != nil { // else it is of a row that fits into registers
			all = append(all, f)
		}
	}
	if all == nil {
		return nil, fmt.Errorf("no kernels for %s below %s", suffix, root)
	}
	return all, nil
}

func parse(text string) (*function, error) {
	head := signature.FindStringSubmatch(text)
	if head == nil {
		return nil, fmt.Errorf("no signature")
	}
	f := &function{name: head[1], text: text, done: head[3] == "done int"}
	for _, p := range strings.Split(head[2], ", ") {
		name, typ, _ := strings.Cut(p, " ")
		f.params = append(f.params, parameter{name, typ})
	}
	if head[3] != "" {
		f.results = 1 + strings.Count(head[3], ",")
	}
	code, labels := body(text)
	f.loops = innermost(code, labels)
	return f, nil
}

// body returns the instructions and where the labels stand among them.
func body(text string) (code []instruction, labels map[string]int) {
	labels = map[string]int{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := labelLine.FindStringSubmatch(line); m != nil {
			labels[m[1]] = len(code)
			continue
		}
		if c, ok := strings.CutPrefix(line, "\t"); ok && !strings.HasPrefix(c, "//") {
			code = append(code, parseInstruction(c))
		}
	}
	return code, labels
}

func parseInstruction(line string) instruction {
	line, _, _ = strings.Cut(line, " //")
	op, rest, _ := strings.Cut(line, " ")
	in := instruction{}
	in.op, in.suffix, _ = strings.Cut(op, ".")
	for _, o := range strings.Split(rest, ",") {
		if o = strings.TrimSpace(o); o != "" {
			in.operands = append(in.operands, o)
		}
	}
	return in
}

// backTargets are the labels that a later branch goes to, each with the last such branch, in the order of the text.
func backTargets(code []instruction, labels map[string]int) (names []string, ends map[string]int) {
	ends = map[string]int{}
	for i, in := range code {
		if !branch.MatchString(in.op) {
			continue
		}
		if to := in.operands[len(in.operands)-1]; labels[to] <= i {
			ends[to] = i
		}
	}
	return sortedBy(ends, labels), ends
}

func innermost(code []instruction, labels map[string]int) []loop {
	names, ends := backTargets(code, labels)
	within := func(inner, outer string) bool {
		return inner != outer && labels[outer] <= labels[inner] && ends[inner] <= ends[outer]
	}
	var loops []loop
	for i, name := range names {
		if slices.ContainsFunc(names, func(other string) bool { return within(other, name) }) {
			continue
		}
		inner := slices.ContainsFunc(names, func(other string) bool { return within(name, other) })
		loops = append(loops, loop{name, i, code[labels[name] : ends[name]+1], inner})
	}
	return loops
}

// sortedBy returns the keys of ends in the order of the labels.
func sortedBy(ends, labels map[string]int) []string {
	return slices.SortedFunc(maps.Keys(ends), func(a, b string) int { return labels[a] - labels[b] })
}
