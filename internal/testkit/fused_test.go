package testkit

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fused are the functions in which the compiler may fuse a product and a sum, with the reason: it makes results depend
// on the machine. Elsewhere write T(x*y) + z, with T the type of the product. (The compiler turns v/2 into v*0.5 first,
// so m + v/2 is to be m + T(v/2).)
var fused = map[string]string{
	"fallback.fma64":       "the fused multiply-add itself",
	"fallback.poly64":      "the fused multiply-add itself",
	"fallback.polys64":     "the fused multiply-add itself",
	"fallback.muladd":      "the fused multiply-add itself",
	"fallback.softFMARare": "the fused multiply-add itself",

	"bnn.factorized.lq":     decomposition,
	"bnn.factorized.klGrad": decomposition,
	"bnn.norm":              decomposition,
	"bnn.totalCorrelation":  decomposition,
	"bnn.addFactorGrad":     decomposition,
}

// decomposition is the reason in both lists of exceptions.
const decomposition = "behind a decomposition, for which bits are not promised"

// fusingBuild is a target for which the compiler fuses: arm64, wherever it can. From GOAMD64=v3 on it fuses for amd64
// too, but sums only, no differences: a part of the same places. With that level in the environment, as in CI, they are
// looked at there.
func fusingBuild() []string {
	if level := os.Getenv("GOAMD64"); level >= "v3" {
		return []string{"GOARCH=amd64", "GOAMD64=" + level}
	}
	return []string{"GOARCH=arm64"}
}

// TestNothingFused looks at what the compiler makes of the packages that promise the same bits on every machine.
func TestNothingFused(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles everything again")
	}
	list := promising(t)
	unused := maps.Clone(fused)
	build := fusingBuild()
	compiled, wrong := map[string]bool{}, map[string]bool{}
	eachInstruction(t, build, func(i instruction) {
		f, ok := list.at(i.file, i.line)
		if !ok {
			return
		}
		compiled[f] = true
		if !fusedName.MatchString(i.name) {
			return
		}
		delete(unused, f)
		if fused[f] == "" {
			wrong[fmt.Sprintf("%s:%d: %s in %s: write T(x*y) + z", i.file, i.line, i.name, f)] = true
		}
	})
	for _, message := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%v: %s", build, message)
	}
	for _, d := range list.all() {
		if d.multiplies() && !compiled[d.name] {
			t.Errorf("%v: %s:%d: no test uses %s, so it was not compiled", build, d.file, d.first, d.name)
		}
	}
	for f := range unused {
		t.Errorf("%s has no fused multiply-add: delete it from the list", f)
	}
}

// fusedName is the name of a fused multiply-add of scalars on arm64 or amd64.
var fusedName = regexp.MustCompile(`^(FN?M(ADD|SUB)[SD]|VFN?M(ADD|SUB)[0-9]+S[SD])$`)

// instruction is one of those that the compiler made, and the line of the source that it stands for, in whatever
// function that line was inlined.
type instruction struct {
	file string // from the root of the module
	line int
	name string
}

// eachInstruction compiles the packages and their tests, which use every generic function, and reads what the compiler
// prints: go tool objdump does not know the fused instructions of amd64.
func eachInstruction(t *testing.T, env []string, do func(instruction)) {
	dir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"list", "-export", "-test", "-gcflags=" + module + "...=-S"}
	for _, p := range promisingPackages {
		args = append(args, "./"+p)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), append(env, "GOOS=linux", "CGO_ENABLED=0", "GOFLAGS=")...)
	listing, err := cmd.StderrPipe() // where -S prints
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("no go command: %v", err)
	}
	lines := bufio.NewScanner(listing)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		if i, ok := parseInstruction(dir, lines.Text()); ok {
			do(i)
		}
	}
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
}

// parseInstruction reads a line such as
//
//	0x0014 00020 (/home/gopher/simmer/loss/mse.go:42)	FMADDD	F0, F1, F2, F3
func parseInstruction(dir, line string) (i instruction, ok bool) {
	_, line, _ = strings.Cut(line, "("+dir+string(filepath.Separator))
	place, rest, ok := strings.Cut(line, ")\t")
	if !ok {
		return i, false
	}
	file, number, _ := strings.Cut(place, ":")
	i.file = filepath.ToSlash(file)
	n, err := strconv.Atoi(number)
	i.line = n
	i.name, _, _ = strings.Cut(rest, "\t")
	return i, err == nil
}
