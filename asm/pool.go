package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// pool holds the read-only data of one assembly file.
type pool struct {
	globals []*ir.Global
	offsets map[string]int // of a constant in the table that NEON addresses by a register
}

func newPool() *pool { return &pool{offsets: map[string]int{}} }

func (p *pool) global(name string, fill func(*ir.Global)) *ir.Global {
	for _, g := range p.globals {
		if g.Symbol.Name == name {
			return g
		}
	}
	g := ir.NewStaticGlobal(name)
	g.Attributes = attr.RODATA | attr.NOPTR
	fill(g)
	p.globals = append(p.globals, g)
	return g
}

func laneBits(l Lane, bits uint64) operand.Constant {
	if l == F32 {
		return operand.U32(bits)
	}
	return operand.U64(bits)
}

// constant is the address of some copies of a constant, in a symbol of its own.
func (p *pool) constant(l Lane, bits uint64, copies int) memory {
	return p.global(fmt.Sprintf("const%s_%x", l, bits), func(g *ir.Global) {
		for i := 0; i < copies; i++ {
			g.Append(laneBits(l, bits))
		}
	}).Base()
}

// offset is the place of a constant, 16 bytes of it, in the table of the file.
func (p *pool) offset(l Lane, bits uint64) int {
	g := p.global("constants", func(*ir.Global) {})
	key := fmt.Sprint(l, bits)
	off, ok := p.offsets[key]
	if !ok {
		off = g.Size
		p.offsets[key] = off
		for i := 0; i < 16/l.size(); i++ {
			g.Append(laneBits(l, bits))
		}
	}
	return off
}

// live is a table of w times -1 and w times 0: a window of w lanes into it marks the first lanes.
// Minus one serves as a number to compare and, by its sign bit, as a mask for VMASKMOV.
func (p *pool) live(l Lane, w int) memory {
	return p.global("live"+l.String(), func(g *ir.Global) {
		for i := 0; i < 2*w; i++ {
			bits := map[Lane]uint64{F32: 0xbf800000, F64: 0xbff0000000000000}[l]
			if i >= w {
				bits = 0
			}
			g.Append(laneBits(l, bits))
		}
	}).Base()
}
