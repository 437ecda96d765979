package main

import (
	"fmt"
	"strings"
)

// encoding is the bit pattern of a vector instruction with all registers 0.
type encoding struct {
	bits        uint32
	source      string // arrangement of the sources
	destination string
}

// encodings are the instructions that Go's arm64 assembler lacks, from the Arm Architecture Reference Manual
// (A64, Advanced SIMD). A test decodes what is emitted and compares it with its comment.
var encodings = map[string]encoding{
	"FADD.S4":  {0x4e20d400, "4S", "4S"},
	"FADD.D2":  {0x4e60d400, "2D", "2D"},
	"FSUB.S4":  {0x4ea0d400, "4S", "4S"},
	"FSUB.D2":  {0x4ee0d400, "2D", "2D"},
	"FMUL.S4":  {0x6e20dc00, "4S", "4S"},
	"FMUL.D2":  {0x6e60dc00, "2D", "2D"},
	"FDIV.S4":  {0x6e20fc00, "4S", "4S"},
	"FDIV.D2":  {0x6e60fc00, "2D", "2D"},
	"FCMEQ.S4": {0x4e20e400, "4S", "4S"},
	"FCMEQ.D2": {0x4e60e400, "2D", "2D"},
	"FCMGE.S4": {0x6e20e400, "4S", "4S"},
	"FCMGE.D2": {0x6e60e400, "2D", "2D"},
	"FCMGT.S4": {0x6ea0e400, "4S", "4S"},
	"FCMGT.D2": {0x6ee0e400, "2D", "2D"},
	"BIC.B16":  {0x4e601c00, "16B", "16B"},
	"NOT.B16":  {0x6e205800, "16B", "16B"},
	"FCVTL":    {0x0e617800, "2S", "2D"},
	"FCVTL2":   {0x4e617800, "4S", "2D"},
	"FCVTN":    {0x0e616800, "2D", "2S"},
	"FCVTN2":   {0x4e616800, "2D", "4S"},
}

// word spells an instruction as a number, with its meaning in Arm's syntax as the comment.
// The registers are in Go's order: last source first, destination last.
func word(name string, regs []uint32) string {
	enc, ok := encodings[name]
	if !ok {
		panic("no encoding for " + name)
	}
	d, n := regs[len(regs)-1], regs[len(regs)-2]
	bits := enc.bits | n<<5 | d
	mnemonic, _, _ := strings.Cut(name, ".")
	text := fmt.Sprintf("%s V%d.%s, V%d.%s", mnemonic, d, enc.destination, n, enc.source)
	if len(regs) == 3 {
		bits |= regs[0] << 16
		text += fmt.Sprintf(", V%d.%s", regs[0], enc.source)
	}
	return fmt.Sprintf("WORD $0x%08x // %s", bits, text)
}
