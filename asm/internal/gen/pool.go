package gen

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// pool holds the read-only data of one assembly file.
type pool struct {
	globals []*ir.Global
	named   map[string]key // the constants that have a symbol
	offsets map[key]int    // of a constant in the table that NEON addresses by a register
}

func newPool() *pool { return &pool{named: map[string]key{}, offsets: map[key]int{}} }

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

// symbol is the name of a constant's symbol: f32_Log2E32, f64_minus_0p5.
func (c literal) symbol() string { return strings.ToLower(c.lane.String()) + "_" + c.name }

// constant is the address of some copies of a constant, in a symbol of its own.
func (p *pool) constant(c literal, copies int) memory {
	if other, ok := p.named[c.symbol()]; ok && other != c.key() {
		panic(fmt.Sprintf("two constants are named %s: %#x and %#x", c.symbol(), other.bits, c.bits))
	}
	p.named[c.symbol()] = c.key()
	return p.global(c.symbol(), func(g *ir.Global) {
		for i := 0; i < copies; i++ {
			g.Append(laneBits(c.lane, c.bits))
		}
	}).Base()
}

// offset is the place of a constant, 16 bytes of it, in the table of the file.
func (p *pool) offset(c literal) int {
	g := p.global("constants", func(*ir.Global) {})
	off, ok := p.offsets[c.key()]
	if !ok {
		off = g.Size
		p.offsets[c.key()] = off
		for i := 0; i < 16/c.lane.size(); i++ {
			g.Append(laneBits(c.lane, c.bits))
		}
	}
	return off
}

// tailMasks is a table of w times -1 and w times 0: a window of w lanes into it marks the first lanes.
// Minus one serves as a number to compare and, by its sign bit, as a mask for VMASKMOV.
func (p *pool) tailMasks(l Lane, w int) memory {
	return p.steps(tailMasks(l), l, w, map[Lane]uint64{F32: 0xbf800000, F64: 0xbff0000000000000}[l], 0)
}

// minusInfBehind is a table of w times 0 and w times -Inf.
func (p *pool) minusInfBehind(l Lane, w int) memory {
	return p.steps(minusInfBehind(l), l, w, 0, minusInf(l).bits)
}

// steps is a table of w times one number and w times another.
func (p *pool) steps(name string, l Lane, w int, first, second uint64) memory {
	return p.global(name, func(g *ir.Global) {
		for i := range 2 * w {
			bits := first
			if i >= w {
				bits = second
			}
			g.Append(laneBits(l, bits))
		}
	}).Base()
}

// laneNumbers is a table of 0, 1, 2, … for w lanes of 32 bits.
func (p *pool) laneNumbers(w int) memory {
	return p.global(laneNumbers, func(g *ir.Global) {
		for i := range w {
			g.Append(operand.U32(i))
		}
	}).Base()
}

// laneNumbers is the name of the table.
const laneNumbers = "lane_numbers"

// tailMasks and minusInfBehind are the names of the tables.
func tailMasks(l Lane) string      { return strings.ToLower(l.String()) + "_tail_masks" }
func minusInfBehind(l Lane) string { return strings.ToLower(l.String()) + "_minus_inf_behind" }
