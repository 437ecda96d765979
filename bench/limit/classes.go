package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// class is instructions that this processor is taken to handle alike: as it handles the one that is measured.
type class struct {
	name  string
	ops   *regexp.Regexp
	model string // A and B stand for sources, D and E for destinations, R for the register's letter, H for half of it
	chain string // the same where each waits for the one before: D is source and destination
}

// classes are those of vector arithmetic on amd64. The first that matches counts. What none matches is taken for the
// cheapest, logic, which keeps a bound a bound.
var classes = []class{
	{"sqrt32", regexp.MustCompile(`^VSQRT[PS]S `), "VSQRTPS RA, RD", "VSQRTPS RD, RD"},
	{"sqrt64", regexp.MustCompile(`^VSQRT[PS]D `), "VSQRTPD RA, RD", "VSQRTPD RD, RD"},
	{"div32", regexp.MustCompile(`^VDIV[PS]S `), "VDIVPS RA, RB, RD", "VDIVPS RA, RD, RD"},
	{"div64", regexp.MustCompile(`^VDIV[PS]D `), "VDIVPD RA, RB, RD", "VDIVPD RA, RD, RD"},
	{"fma", regexp.MustCompile(`^VFN?M(ADD|SUB)`), "VFMADD231PS RA, RB, RD", "VFMADD231PS RA, RB, RD"},
	{"mul", regexp.MustCompile(`^VMUL[PS]`), "VMULPS RA, RB, RD", "VMULPS RA, RD, RD"},
	{"add", regexp.MustCompile(`^V(ADD|SUB|MAX|MIN)[PS]`), "VADDPS RA, RB, RD", "VADDPS RA, RD, RD"},
	{"widen-load", regexp.MustCompile(`^VCVT(PS|DQ)2PD .*\(`), "VCVTPS2PD (DX), RD", ""},
	{"widen", regexp.MustCompile(`^VCVT(PS|DQ)2PD`), "VCVTPS2PD HA, RD", "VCVTPS2PD HD, RD"},
	{"narrow", regexp.MustCompile(`^VCVTT?PD2(PS|DQ)`), "VCVTPD2PSy RA, HD", "VCVTPD2PSy RD, HD"},
	{"convert", regexp.MustCompile(`^VCVT`), "VCVTDQ2PS RA, RD", "VCVTDQ2PS RD, RD"},
	{"round", regexp.MustCompile(`^V(RNDSCALE|ROUND)`), "", ""}, // by the register's width: see text
	{"compare", regexp.MustCompile(`^VCMP`), "VCMPPS $1, RA, RB, MD", ""},
	{"half", regexp.MustCompile(`^V(INSERT|EXTRACT|PERM2F|PERM2I|SHUF[FI])`), "", ""},
	{"shuffle", regexp.MustCompile(`^V(SHUFP|UNPCK|PERMIL|PSHUF|PUNPCK|MOV[LH]|MOVS?[LH]?DUP)`),
		"VSHUFPS $1, RA, RB, RD", "VSHUFPS $1, RA, RD, RD"},
	{"permute", regexp.MustCompile(`^VP?(PERM|COMPRESS|EXPAND)`), "VPERMPS RA, RB, RD", "VPERMPS RD, RB, RD"},
	{"shift", regexp.MustCompile(`^VP(S[LR]|RO)`), "VPSLLD $1, RA, RD", "VPSLLD $1, RD, RD"},
	{"integer", regexp.MustCompile(`^VP(ADD|SUB|ABS|MIN|MAX|CMP)`), "VPADDD RA, RB, RD", "VPADDD RA, RD, RD"},
	{"blend", regexp.MustCompile(`^VP?BLEND`), "", ""},
	{"mask", regexp.MustCompile(`^(K[A-Z]+|VPMOV[DQ]2M|VPTEST)`), "", ""},
	{"logic", regexp.MustCompile(`^V`), "VXORPS RA, RB, RD", "VXORPS RA, RD, RD"},
}

// byWidth are the models that differ with the width of the registers.
var byWidth = map[int]map[string][2]string{
	32: {
		"round": {"VROUNDPS $0, RA, RD", "VROUNDPS $0, RD, RD"},
		"half":  {"VINSERTF128 $1, HA, RB, RD", "VINSERTF128 $1, HD, RD, RD"},
		"blend": {"VBLENDVPS RA, RB, RA, RD", "VBLENDVPS RD, RB, RA, RD"},
	},
	64: {
		"round": {"VRNDSCALEPS $0, RA, RD", "VRNDSCALEPS $0, RD, RD"},
		"half":  {"VINSERTF64X4 $1, HA, RB, RD", "VINSERTF64X4 $1, HD, RD, RD"},
		"blend": {"VBLENDMPS RA, RB, K5, RD", "VBLENDMPS RD, RB, K5, RD"},
		"mask":  {"KNOTW K5, KD", "KNOTW KD, KD"},
	},
}

// moves are what takes no port but that of memory.
var moves = regexp.MustCompile(`^V(MOV[AUSH]P|MOVS|MOVDQ|BROADCAST|MASKMOV|ZEROUPPER)`)

// classOf returns the index of the class of an instruction, −1 if it does no vector arithmetic.
func classOf(in instruction) int {
	if moves.MatchString(in.op) || in.isZero() {
		return -1
	}
	text := in.op + " " + strings.Join(in.operands, ", ")
	return slices.IndexFunc(classes, func(c class) bool { return c.ops.MatchString(text) })
}

// text is the model of a class in registers of that many bytes: the throughput's, or with chain the latency's. Some
// classes have none.
func (c class) text(width int, chain bool, dst int) string {
	model, chained := c.model, c.chain
	if m, ok := byWidth[width][c.name]; ok {
		model, chained = m[0], m[1]
	}
	if chain {
		model = chained
	}
	letter, half, mask, y := "Y", "X", "Y", "Y"
	if width == 64 {
		letter, half, mask, y = "Z", "Y", "K", ""
	}
	op, operands, _ := strings.Cut(model, " ")
	op = strings.Replace(op, "y", y, 1)
	var list []string
	for _, o := range strings.Split(operands, ", ") {
		if len(o) == 2 && strings.Contains("RHMK", o[:1]) {
			n := map[byte]int{'A': 12, 'B': 13, 'D': dst, 'E': 1}[o[1]]
			l := map[byte]string{'R': letter, 'H': half, 'M': mask, 'K': "K"}[o[0]]
			if l == "K" && o[1] == 'D' {
				n = 1 + dst%4
			}
			if o[1] == '5' {
				n = 5
			}
			o = fmt.Sprint(l, n)
		}
		list = append(list, o)
	}
	if model == "" {
		return ""
	}
	return op + " " + strings.Join(list, ", ")
}

func (in instruction) memory() bool {
	return slices.ContainsFunc(in.operands, func(o string) bool { return strings.Contains(o, "(") }) && in.op != "LEAQ"
}

func (in instruction) stores() bool {
	n := len(in.operands)
	return n > 1 && strings.Contains(in.operands[n-1], "(")
}

// isZero says that in clears a register, which takes no port.
func (in instruction) isZero() bool {
	n := len(in.operands)
	return n == 3 && strings.Contains(in.op, "XOR") && in.operands[0] == in.operands[1]
}
