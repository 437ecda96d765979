package gen

import (
	"errors"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// AVX2 has registers of 32 bytes and fused multiply-adds. Masks are vectors of ones and zeros.
var AVX2 Machine = x86{avx2{}}

type avx2 struct{}

func (avx2) name() string               { return "AVX2" }
func (avx2) bytes() int                 { return 32 }
func (avx2) registers() int             { return 16 }
func (avx2) narrower() Machine          { return nil }
func (avx2) vector(e *emitter) register { return e.regs.YMM() }

// constantOperand is a whole register of copies.
func (m avx2) constantOperand(e *emitter, c literal) (mem memory, cost int, suffix string) {
	return e.pool.constant(c, m.bytes()/c.lane.size()), asOperand, ""
}

// wordOperand: there is none, since an operand fills the register.
func (avx2) wordOperand(*emitter, literal) (m memory, suffix string, ok bool) { return m, "", false }

func (m avx2) constant(e *emitter, c literal) register {
	r := m.vector(e)
	if c.bits == 0 {
		e.clear("VXORPS", r, r, r)
		return r
	}
	mem, _, _ := m.constantOperand(e, c)
	e.ins(float("MOVU", c.lane), mem, r)
	return r
}

func (avx2) mask(e *emitter, v V, i int) register { return e.fresh(v, i) }

func (avx2) bitwise(o op, l Lane) string {
	return float(map[op]string{opAnd: "AND", opOr: "OR", opXor: "XOR"}[o], l)
}

func (avx2) masks(o op, l Lane) string {
	return float(map[op]string{opMaskAnd: "AND", opMaskOr: "OR"}[o], l)
}

func (avx2) blend(e *emitter, v V, mask, x operand.Op, suffix string, y register, i int) {
	e.ins(float("BLENDV", v.lane), mask, x, y, e.fresh(v, i))
}

func (m avx2) keep(e *emitter, v V, mask register, i int) {
	name := map[op]string{opKeep: "AND", opDrop: "ANDN"}[v.op]
	x, _ := x86{m}.last(e, v.args[1], i)
	e.ins(float(name, v.lane), x, mask, e.fresh(v, i))
}

// count subtracts a mask of ones, which is -1.
func (avx2) count(e *emitter, l Lane, mask, n register) { e.ins(integer("SUB", l), mask, n, n) }

func (avx2) rotate(e *emitter, v V, i int) {
	size := uint64(8 * v.lane.size())
	x, low := e.reg(v.args[0], i), e.regs.YMM()
	e.ins(integer("SRL", v.lane), operand.U8(size-v.bits), x, low)
	high := e.fresh(v, i)
	e.ins(integer("SLL", v.lane), operand.U8(v.bits), x, high)
	e.ins("VPOR", low, high, high)
}

func (m avx2) choose(e *emitter, l Lane, t *tail, many bool) {
	if many {
		t.lanes = x86{m}.load(e, l, t.present)
	}
}

func (m avx2) loadTail(e *emitter, l Lane, mem memory, t tail) register {
	if t.lanes == nil {
		t.lanes = x86{m}.load(e, l, t.present)
	}
	r := e.regs.YMM()
	e.ins(float("MASKMOV", l), mem, t.lanes, r)
	return r
}

func (avx2) storeTail(e *emitter, l Lane, r register, m memory, t tail) {
	e.ins(float("MASKMOV", l), r, t.lanes, m)
}

// loadBytesTail collects bytes in an integer register, since AVX2 has no masked load of them.
func (m avx2) loadBytesTail(e *emitter, l Lane, mem memory, t tail) register {
	r, low := e.regs.YMM(), e.regs.XMM()
	whole, next, done := e.newLabel("whole"), e.newLabel("byte"), e.newLabel("bytes")
	x := x86{m}
	x.branch(e, t.n, ">=", x.width(l), whole)
	collected, one, left := e.gp(), e.gp(), x.move(e, t.n)
	e.clear("XORQ", collected, collected)
	e.label(next) // from the last one on
	e.rmw("SHLQ", operand.U8(8), collected)
	e.ins("MOVBQZX", memory{Base: mem.Base, Index: left, Scale: 1, Disp: mem.Disp - 1}, one)
	e.rmw("ORQ", one, collected)
	x.addImm(e, left, -1)
	x.branch(e, left, ">", 0, next)
	e.ins("VMOVQ", collected, low)
	e.ins(widenBytes(l), low, r)
	x.jump(e, done)
	e.label(whole)
	e.ins(widenBytes(l), mem, r)
	e.label(done)
	return r
}

// tiles: 12 sums, two registers of b, one of a, one to choose lanes by.
func (avx2) tiles() tiles {
	return tiles{heights: []int{6, 4, 2, 1}, columns: 2, single: 4, chunks: 4, groups: 3}
}

func (avx2) lowerHalf(r register) register { return asX(r) }

func (avx2) upperHalf(e *emitter, r register) register {
	h := e.regs.XMM()
	e.ins("VEXTRACTF128", operand.U8(1), r, h)
	return h
}

func (avx2) narrowing() (convert, insert string) { return "VCVTPD2PSY", "VINSERTF128" }

func (avx2) inserting() string  { return "VINSERTF128" }
func (avx2) extracting() string { return "VEXTRACTF128" }

func (avx2) swapQuarters(e *emitter, r register, distance int, d register) {
	e.ins("VPERM2F128", operand.U8(1), r, r, d)
}

func (avx2) sortQuarters(e *emitter, regs []register) []register {
	join := func(half uint8, a, b register) register {
		r := e.regs.YMM()
		e.ins("VPERM2F128", operand.U8(0x20|half*0x11), b, a, r)
		return r
	}
	a, b, c, d := regs[0], regs[1], regs[2], regs[3]
	return []register{join(0, a, b), join(0, c, d), join(1, a, b), join(1, c, d)}
}

func (avx2) joinHalves(e *emitter, halves []register) register { return halves[0] }
func (avx2) halves(e *emitter, r register) []register          { return []register{r} }

var errHighRegister = errors.New("more than 16 vector registers are live at once; unroll less")

// finish rejects Y16 to Y31, which avo hands out under pressure: Go would encode them
// with EVEX, and a CPU without AVX-512 would fault.
func (avx2) finish(fn *ir.Function) error {
	for _, i := range fn.Instructions() {
		for _, r := range i.Registers() {
			if r.Kind() == reg.KindVector && reg.ToPhysical(r).PhysicalIndex() >= 16 {
				return errHighRegister
			}
		}
	}
	return nil
}
