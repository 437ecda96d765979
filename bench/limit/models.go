package main

import (
	"fmt"
	"strings"
)

// modelsText writes the loops that find out what this processor can do: of each class the throughput and the latency,
// of each pair of classes the throughput of both in turn, which tells whether they share ports; loads, stores and
// mixtures of them; what has no port at all. Their names are what, then the bytes of a register: add/64,
// add-latency/64, add+fma/64, load/64, store/64, 2+store/64 (a store after two loads), nop/64.
func modelsText(all []*function) (goText, asmText string) {
	var g, s strings.Builder
	g.WriteString("package main\n\n")
	s.WriteString("#include \"textflag.h\"\n\n")
	var list []string
	add := func(name, letter string, code []string, n int) {
		f := fmt.Sprintf("model%d", len(list))
		fmt.Fprintf(&g, "func %s(turns int)\n\n", f)
		fmt.Fprintf(&s, "TEXT ·%s(SB), NOSPLIT, $0-8\n\tMOVQ turns+0(FP), AX\n", f)
		s.WriteString("\tLEAQ ·float64s+64(SB), DX\n\tANDQ $-64, DX\n")
		for _, r := range []int{0, 12, 13} { // subnormal numbers take longer
			fmt.Fprintf(&s, "\tVMOVUPS ·ones(SB), %s%d\n", letter, r)
		}
		s.WriteString("\tXORQ BX, BX\nloop:\n")
		for _, c := range code {
			fmt.Fprintf(&s, "\t%s\n", c)
		}
		s.WriteString("\tDECQ AX\n\tJNZ loop\n\tVZEROUPPER\n\tRET\n\n")
		list = append(list, fmt.Sprintf("{%q, %s, %d},", name, f, n))
	}
	for _, width := range widths(all) {
		addModels(width, add)
	}
	fmt.Fprintf(&s, "TEXT ·clock(SB), NOSPLIT, $0-8\n\tMOVQ turns+0(FP), AX\nloop:\n%s\tDECQ AX\n\tJNZ loop\n\tRET\n",
		strings.Repeat("\tADDQ $1, CX\n", 100))
	fmt.Fprintf(&g, "var models = []model{\n%s\n}\n", strings.Join(list, "\n"))
	return g.String(), s.String()
}

func addModels(width int, add func(name, letter string, code []string, n int)) {
	letter := map[int]string{32: "Y", 64: "Z"}[width]
	load := func(i int) string { return fmt.Sprintf("VMOVUPS %d(DX)(BX*1), %s1", i*width, letter) }
	store := func(i int) string { return fmt.Sprintf("VMOVUPS %s1, %d(DX)(BX*1)", letter, 1<<14+(1<<11)+i*width) }
	var loads, stores []string
	for i := range 32 {
		loads, stores = append(loads, load(i)), append(stores, store(i))
	}
	add(fmt.Sprintf("load/%d", width), letter, loads, 32)
	add(fmt.Sprintf("store/%d", width), letter, stores, 32)
	for per := 1; per <= mostLoads; per++ {
		// A line is written anew only after many others.
		code := []string{"ADDQ $640, BX", "ANDQ $8191, BX"}
		// Few enough that no load has the last 12 bits of a store's address.
		for i := range 10 {
			for j := range per {
				code = append(code, load(i*per+j))
			}
			code = append(code, store(i))
		}
		add(fmt.Sprintf("%d+store/%d", per, width), letter, code, 10)
	}
	add(fmt.Sprintf("nop/%d", width), letter, repeat(400, "BYTE $0x90"), 400)
	add(fmt.Sprintf("waiting/%d", width), letter, behind(width, "VADDPS RA, RD, RE"), 1)
	add(fmt.Sprintf("flying/%d", width), letter, behind(width, "VADDPS RA, RB, RE"), 1)
	for i, c := range classes {
		if c.text(width, false, 0) == "" {
			continue
		}
		var alone []string
		for j := range 32 {
			alone = append(alone, c.text(width, false, j%10))
		}
		add(fmt.Sprintf("%s/%d", c.name, width), letter, alone, 32)
		if chain := c.text(width, true, 0); chain != "" {
			add(fmt.Sprintf("%s-latency/%d", c.name, width), letter, repeat(16, chain), 16)
		}
		for _, d := range classes[i+1:] {
			if d.text(width, false, 0) == "" {
				continue
			}
			var both []string
			for j := range 20 {
				both = append(both, c.text(width, false, j%10), d.text(width, false, 10+j%2))
			}
			if d.name == "fma" {
				both = both[:0]
				for j := range 20 {
					both = append(both, d.text(width, false, j%10), c.text(width, false, 10+j%2))
				}
			}
			add(fmt.Sprintf("%s+%s/%d", c.name, d.name, width), letter, both, 20)
		}
	}
}

// mostLoads is the largest number of loads for each store that is measured.
const mostLoads = 3

// A turn of behind is a chain of divisions, begun anew in each, and fillers. If these need its result, only so many wait
// for it before the next chain can begin, or if they do not, only so many are done and wait for their turn to retire.
const (
	fillers = 800
	chained = 20
)

func behind(width int, filler string) []string {
	text := func(model string) string { return class{model: model}.text(width, false, 0) }
	code := append([]string{text("VMOVAPS RA, RD")}, repeat(chained, text("VDIVPS RA, RD, RD"))...)
	return append(code, repeat(fillers, text(filler))...)
}

// widths are those of the registers that functions use.
func widths(all []*function) []int {
	list := []int{32}
	for _, f := range all {
		if f.width() == 64 {
			return append(list, 64)
		}
	}
	return list
}

// width is that of the registers of an amd64 function.
func (f *function) width() int {
	if strings.HasSuffix(f.name, "AVX512") {
		return 64
	}
	return 32
}

func repeat(n int, code string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = code
	}
	return list
}
