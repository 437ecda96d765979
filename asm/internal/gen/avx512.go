package gen

import (
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// AVX512 has registers of 64 bytes, with the instructions of F, BW, DQ and VL. Masks are opmask registers.
var AVX512 Machine = x86{avx512{}}

type avx512 struct{}

func (avx512) name() string               { return "AVX512" }
func (avx512) bytes() int                 { return 64 }
func (avx512) registers() int             { return 32 }
func (avx512) narrower() Machine          { return AVX2 }
func (avx512) vector(e *emitter) register { return e.regs.ZMM() }

// constantOperand is one lane, which the instruction broadcasts.
func (avx512) constantOperand(e *emitter, c literal) (mem memory, cost int, suffix string) {
	return e.pool.constant(c, 1), asBroadcast, ".BCST"
}

func (avx512) wordOperand(e *emitter, c literal) (m memory, suffix string, ok bool) {
	return e.wordAt(c), ".BCST", true
}

func (m avx512) constant(e *emitter, c literal) register {
	r := m.vector(e)
	if c.bits == 0 {
		e.clear("VPXORQ", r, r, r)
		return r
	}
	mem, _, _ := m.constantOperand(e, c)
	e.ins(broadcast(c.lane), mem, r)
	return r
}

func (avx512) mask(e *emitter, v V, i int) register {
	v.regs[i] = e.regs.K()
	return v.regs[i]
}

// bitwise operations are integer ones in AVX-512 F.
func (avx512) bitwise(o op, l Lane) string {
	return integer(map[op]string{opAnd: "AND", opOr: "OR", opXor: "XOR"}[o], l)
}

func (avx512) masks(o op, l Lane) string {
	return map[op]string{opMaskAnd: "KANDW", opMaskOr: "KORW"}[o]
}

func (avx512) blend(e *emitter, v V, mask, x operand.Op, suffix string, y register, i int) {
	e.ins(float("BLENDM", v.lane)+suffix, x, y, mask, e.fresh(v, i))
}

func (avx512) keep(e *emitter, v V, mask register, i int) {
	if v.op == opDrop {
		not := e.regs.K()
		e.ins("KNOTW", mask, not)
		mask = not
	}
	e.ins(float("MOVA", v.lane)+".Z", e.reg(v.args[1], i), mask, e.fresh(v, i))
}

// count adds 1 under the mask.
func (avx512) count(e *emitter, l Lane, mask, n register) {
	one := e.pool.constant(literal{lane: l, bits: 1, name: "integer_1"}, 1)
	e.fn.AddInstruction(&ir.Instruction{
		Opcode: integer("ADD", l) + ".BCST", Operands: []operand.Op{one, n, mask, n},
		Inputs: []operand.Op{n, mask}, Outputs: []operand.Op{n},
	})
}

func (avx512) rotate(e *emitter, v V, i int) {
	e.ins(integer("ROL", v.lane), operand.U8(v.bits), e.reg(v.args[0], i), e.fresh(v, i))
}

// choose takes the sign bits of lanes.
func (m avx512) choose(e *emitter, l Lane, t *tail, _ bool) {
	t.opmask = e.regs.K()
	e.ins([...]string{"VPMOVD2M", "VPMOVQ2M"}[l], x86{m}.load(e, l, t.present), t.opmask)
}

func (avx512) loadTail(e *emitter, l Lane, m memory, t tail) register {
	r := e.regs.ZMM()
	e.ins(float("MOVU", l)+".Z", m, t.opmask, r)
	return r
}

func (avx512) storeTail(e *emitter, l Lane, r register, m memory, t tail) {
	e.ins(float("MOVU", l), r, t.opmask, m)
}

func (avx512) loadBytesTail(e *emitter, l Lane, m memory, t tail) register {
	r := e.regs.ZMM()
	e.ins(widenBytes(l)+".Z", m, t.opmask, r)
	return r
}

// tiles: 16 sums of 32 registers. More rows would collide in the first-level cache where they lie 4096 bytes apart.
func (avx512) tiles() tiles {
	return tiles{heights: []int{8, 4, 2, 1}, columns: 2, single: 2, chunks: 4, groups: 3}
}

func (avx512) lowerHalf(r register) register { return asY(r) }

func (avx512) upperHalf(e *emitter, r register) register {
	h := asY(e.regs.ZMM())
	e.ins("VEXTRACTF64X4", operand.U8(1), r, h)
	return h
}

func (avx512) narrowing() (convert, insert string) { return "VCVTPD2PS", "VINSERTF64X4" }

func (avx512) inserting() string  { return "VINSERTF32X4" }
func (avx512) extracting() string { return "VEXTRACTF32X4" }

func (avx512) swapQuarters(e *emitter, r register, distance int, d register) {
	order := map[int]uint8{1: 0xb1, 2: 0x4e}[distance]
	e.ins("VSHUFF64X2", operand.U8(order), r, r, d)
}

func (avx512) sortQuarters(e *emitter, regs []register) []register {
	// pick takes two quarters of a, then the same two of b.
	pick := func(a, b register, first, second uint8) register {
		r := e.regs.ZMM()
		e.ins("VSHUFF32X4", operand.U8((first|second<<2)*0x11), b, a, r)
		return r
	}
	a, b, c, d := regs[0], regs[1], regs[2], regs[3]
	abLow, cdLow, abHigh, cdHigh := pick(a, b, 0, 1), pick(c, d, 0, 1), pick(a, b, 2, 3), pick(c, d, 2, 3)
	return []register{
		pick(abLow, cdLow, 0, 2), pick(abLow, cdLow, 1, 3), pick(abHigh, cdHigh, 0, 2), pick(abHigh, cdHigh, 1, 3),
	}
}

func (avx512) joinHalves(e *emitter, halves []register) register {
	r := e.regs.ZMM()
	e.ins("VINSERTF64X4", operand.U8(1), halves[1], asZ(halves[0]), r)
	return r
}

func (m avx512) halves(e *emitter, r register) []register {
	return []register{asY(r), m.upperHalf(e, r)}
}

func (avx512) finish(*ir.Function) error { return nil }
