package main

import (
	"regexp"
	"strings"
)

// chainCycles is what a turn of the loop takes if nothing but the wait for results counts: each instruction begins when
// the registers that it reads are there. Memory is not followed, and what finds its address waits for that only.
func chainCycles(code []instruction, latency func(instruction) float64) float64 {
	ready := map[string]float64{}
	const turns = 64
	var ends [turns]float64
	end := 0.0
	for turn := range turns {
		for _, in := range code {
			reads, writes := in.registers()
			at := 0.0
			for _, r := range reads {
				at = max(at, ready[r])
			}
			at += latency(in)
			for _, r := range writes {
				ready[r] = at
			}
			end = max(end, at)
		}
		ends[turn] = end
	}
	return (ends[turns-1] - ends[turns/2-1]) / (turns / 2)
}

var (
	register    = regexp.MustCompile(`^(?:[XYZ][0-9]+|K[0-7]|R[0-9]+|AX|BX|CX|DX|SI|DI|BP)$`)
	inMemory    = regexp.MustCompile(`\((\w+)(?:\*\d)?\)`)
	readsResult = regexp.MustCompile(`^(VFN?M(ADD|SUB)|VPTERNLOG|VPERM[IT]2|(ADD|SUB|AND|X?OR|SH[LR]|SAR|INC|DEC)Q$)`)
	noResult    = regexp.MustCompile(`^(CMPQ|TESTQ|J[A-Z]+|VZEROUPPER)$`)
)

// registers are those that an amd64 instruction reads and writes; X0, Y0 and Z0 are one.
func (in instruction) registers() (reads, writes []string) {
	last := len(in.operands) - 1
	merges := readsResult.MatchString(in.op)
	for i, o := range in.operands {
		for _, m := range inMemory.FindAllStringSubmatch(o, -1) {
			reads = append(reads, one(m[1]))
		}
		if !register.MatchString(o) {
			continue
		}
		if i < last || noResult.MatchString(in.op) {
			reads = append(reads, one(o))
			merges = merges || in.masked(i)
			continue
		}
		writes = append(writes, one(o))
	}
	if in.isZero() {
		return nil, writes
	}
	if merges {
		reads = append(reads, writes...)
	}
	return reads, writes
}

// masked says that operand i is a mask, of which the lanes left out keep what the destination had.
func (in instruction) masked(i int) bool {
	last := in.operands[len(in.operands)-1]
	return in.operands[i][0] == 'K' && last[0] != 'K' && in.suffix == "" && !strings.Contains(in.op, "BLENDM")
}

func one(r string) string {
	if strings.Contains("XYZ", r[:1]) {
		return "V" + r[1:]
	}
	return r
}
