package simd_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What these tests look for in the generated files changes no bit of any result on the machine that looks.

// assembly is one generated function.
type assembly struct {
	name   string // expToF32AVX2
	lines  [][]string
	opcode map[string]bool
}

// functions reads the assembly for one machine, as named in the files: avx2_amd64.
func functions(t *testing.T, machine string) (list []assembly) {
	t.Helper()
	paths, err := filepath.Glob("zz_*_" + machine + ".s")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", machine, len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := read(text)
		if len(found) == 0 {
			t.Errorf("%s has no function", path)
		}
		list = append(list, found...)
	}
	return list
}

var textLine = regexp.MustCompile(`^TEXT ·(\w+)\(SB\)`)

// read finds the functions of a file, and of each the instructions: the opcode, then the operands.
func read(text []byte) (list []assembly) {
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "//")
		if m := textLine.FindStringSubmatch(line); m != nil {
			list = append(list, assembly{name: m[1], opcode: map[string]bool{}})
		} else if strings.HasPrefix(line, "\t") && len(list) > 0 {
			f := &list[len(list)-1]
			if words := strings.Fields(line); len(words) > 0 {
				f.lines = append(f.lines, words)
				f.opcode[words[0]] = true
			}
		}
	}
	return list
}

// TestVZEROUPPER wants the upper halves of the registers cleared before every return: else each SSE instruction of the Go
// code behind it waits for them on many processors.
func TestVZEROUPPER(t *testing.T) {
	for _, machine := range []string{"avx2_amd64", "avx512_amd64"} {
		for _, f := range functions(t, machine) {
			returns := 0
			for i, line := range f.lines {
				if line[0] != "RET" {
					continue
				}
				returns++
				if i == 0 || f.lines[i-1][0] != "VZEROUPPER" {
					t.Errorf("%s: a RET without VZEROUPPER before it", f.name)
				}
			}
			if returns == 0 || f.lines[len(f.lines)-1][0] != "RET" {
				t.Errorf("%s: %d RET, the last instruction is %v", f.name, returns, f.lines[len(f.lines)-1])
			}
		}
	}
}

// avx2Opcodes are the instructions that AVX2 functions may use: all of AVX, AVX2 and FMA, but for those of the first two
// lines. Of a new one look up that it belongs there.
var avx2Opcodes = strings.Fields(`
	ADDQ ANDQ CMPQ LEAQ MOVBQZX MOVQ NEGQ ORQ PREFETCHT0 SHLQ SUBQ TESTQ XORQ
	JEQ JGE JGT JLE JLT JMP RET
	VADDPD VADDPS VANDNPD VANDNPS VANDPD VANDPS VBLENDVPD VBLENDVPS VBROADCASTSD VBROADCASTSS VCMPPD VCMPPS
	VCVTDQ2PS VCVTPD2PSX VCVTPD2PSY VCVTPS2PD VDIVPD VDIVPS VEXTRACTF128 VEXTRACTPS VINSERTF128 VINSERTPS
	VMASKMOVPD VMASKMOVPS VMAXPD VMAXPS VMINPD VMINPS VMOVAPD VMOVAPS VMOVHPD VMOVQ VMOVSD VMOVSS VMOVUPD VMOVUPS
	VMULPD VMULPS VORPD VORPS VPERM2F128 VPERMILPS VSHUFPS VSQRTPD VSQRTPS VSUBPD VSUBPS
	VUNPCKHPD VUNPCKHPS VUNPCKLPD VUNPCKLPS VXORPD VXORPS VZEROUPPER
	VPADDD VPADDQ VPMOVZXBD VPMOVZXBQ VPOR VPSLLD VPSLLQ VPSRLD VPSRLQ VPSUBD VPSUBQ
	VFMADD132PD VFMADD132PS VFMADD213PD VFMADD213PS VFMADD231PD VFMADD231PS
	VFNMADD132PD VFNMADD132PS VFNMADD213PD VFNMADD213PS VFNMADD231PD VFNMADD231PS
`)

// wide is an operand that only AVX-512 has.
var wide = regexp.MustCompile(`\b(Z[0-9]+|K[0-7]|[XY](1[6-9]|2[0-9]|3[01]))\b`)

// TestAVX2Only wants nothing in AVX2 functions that needs AVX-512, which Go's assembler would encode without a word.
func TestAVX2Only(t *testing.T) {
	for _, f := range functions(t, "avx2_amd64") {
		for opcode := range f.opcode {
			if !slices.Contains(avx2Opcodes, opcode) {
				t.Errorf("%s: %s is not known to be AVX2", f.name, opcode)
			}
		}
		for _, line := range f.lines {
			if operands := strings.Join(line[1:], " "); wide.MatchString(operands) {
				t.Errorf("%s: AVX-512 in %v", f.name, line)
			}
		}
	}
}

// blockMost is what fallback.Block is, and the largest number of elements that a call of assembly, which cannot be
// preempted, may handle.
const blockMost = 4096

var (
	genericFunction = regexp.MustCompile(`(?ms)^func (\w+)\[T Float\]\(.*?^}`)
	condition       = regexp.MustCompile(`<= (\d+) \{`)
	blockLoop       = regexp.MustCompile(`min\(len\(\w+\), (\d+)\)`)
	blockCall       = regexp.MustCompile(`\b[A-Z]\w*F(?:32|64)\((.*)\)`)
)

// bounded are the functions that hand on what they get, and whose callers bound that: by rows of at most
// fallback.FewColumns, by tiles, or by the work of a call. TestCalls of package kernels has the numbers.
var bounded = regexp.MustCompile(`Row$|RowsTo$|Columns(To)?$|Across(PerClass)?$|^Product|^Transpose$|^(Normal|Uniform)To$`)

// TestBlocks wants each function over slices of any length to hand at most a block to assembly.
func TestBlocks(t *testing.T) {
	text, err := os.ReadFile("zz_float.go")
	if err != nil {
		t.Fatal(err)
	}
	sliced := 0
	for _, m := range genericFunction.FindAllStringSubmatch(string(text), -1) {
		body, name := m[0], m[1]
		calls := blockCall.FindAllStringSubmatch(body, -1)
		if len(calls) == 0 || bounded.MatchString(name) {
			continue
		}
		sliced++
		// For each type: a short slice as it is, where that is checked, and else block by block.
		short, loops := condition.FindAllStringSubmatch(body, -1), blockLoop.FindAllStringSubmatch(body, -1)
		if len(short) != 2 || len(loops) != 2 {
			t.Errorf("%s: %d checks that a slice is short and %d loops, want 2 of each", name, len(short), len(loops))
		}
		for _, limit := range slices.Concat(short, loops) {
			if n, err := strconv.Atoi(limit[1]); err != nil || n > blockMost {
				t.Errorf("%s: a call takes %s elements", name, limit[1])
			}
		}
		parts := 0
		for _, c := range calls {
			if strings.Contains(c[1], "[:n]") {
				parts++
			}
		}
		if 2*parts != len(calls) {
			t.Errorf("%s: %d of %d calls are of parts, want half", name, parts, len(calls))
		}
	}
	if sliced < 80 {
		t.Errorf("only %d functions go block by block", sliced)
	}
}
