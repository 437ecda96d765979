package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// x86 is AVX2 with FMA (32 bytes) or AVX-512 F, BW, DQ, VL (64 bytes).
// Operands stand in Go's order: sources first, destination last.
type x86 struct{ bytes int }

var (
	avx2   = x86{32}
	avx512 = x86{64}
)

func (m x86) wide() bool { return m.bytes == 64 }

func (m x86) name() string {
	if m.wide() {
		return "AVX512"
	}
	return "AVX2"
}

func (m x86) goarch() string      { return "amd64" }
func (m x86) registers() int      { return m.bytes / 2 } // 16 of 32 bytes, 32 of 64
func (m x86) width(l Lane) int    { return m.bytes / l.size() }
func (m x86) prologue(e *emitter) {}
func (m x86) vector(e *emitter) register {
	if m.wide() {
		return e.regs.ZMM()
	}
	return e.regs.YMM()
}

// maskRegister holds a mask: a vector of ones and zeros, or an opmask register.
func (m x86) maskRegister(e *emitter, v V, i int) register {
	if !m.wide() {
		return e.fresh(v, i)
	}
	v.regs[i] = e.regs.K()
	return v.regs[i]
}

// float is the mnemonic with the suffix of the lane: ADD gives VADDPS or VADDPD.
func float(op string, l Lane) string { return "V" + op + [...]string{"PS", "PD"}[l] }

// integer is the mnemonic with the suffix of the integer lane.
func integer(op string, l Lane) string { return "VP" + op + [...]string{"D", "Q"}[l] }

// constMem is a constant as a memory operand: a whole register of it on AVX2, one lane
// that the instruction broadcasts on AVX-512.
func (m x86) constMem(e *emitter, l Lane, bits uint64) memory {
	copies := m.width(l)
	if m.wide() {
		copies = 1
	}
	return e.pool.constant(l, bits, copies)
}

func (m x86) constant(e *emitter, l Lane, bits uint64) register {
	r := m.vector(e)
	switch {
	case bits == 0 && m.wide():
		e.zero("VPXORQ", r)
	case bits == 0:
		e.zero("VXORPS", r)
	case m.wide():
		e.ins(broadcastOp(l), m.constMem(e, l, bits), r)
	default:
		e.ins(float("MOVU", l), m.constMem(e, l, bits), r)
	}
	return r
}

// zero clears r without reading it.
func (e *emitter) zero(opcode string, r register) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: opcode, Operands: []operand.Op{r, r, r}, Outputs: []operand.Op{r}})
}

func broadcastOp(l Lane) string { return [...]string{"VBROADCASTSS", "VBROADCASTSD"}[l] }

func (m x86) copy(e *emitter, l Lane, r register) register {
	t := m.vector(e)
	e.ins(float("MOVA", l), r, t)
	return t
}

func (m x86) broadcast(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	e.ins(broadcastOp(l), mem, r)
	return r
}

func (m x86) load(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	e.ins(float("MOVU", l), mem, r)
	return r
}

func (m x86) store(e *emitter, l Lane, r register, mem memory) {
	e.ins(float("MOVU", l), r, mem)
}

// last is an operand that may come from memory: x86 takes one, as the last source.
func (m x86) last(e *emitter, v V, i int) (op operand.Op, suffix string) {
	if v.op == opConst {
		if v.bits == 0 {
			return e.reg(v, i), ""
		}
		cost, suffix := asOperand, ""
		if m.wide() {
			cost, suffix = asBroadcast, ".BCST"
		}
		if r := e.keptConstant(v, cost); r != nil {
			return r, ""
		}
		return m.constMem(e, v.lane, v.bits), suffix
	}
	if v.mem != nil && v.regs[i] == nil && e.dies(v) {
		return v.mem[i], ""
	}
	return e.reg(v, i), ""
}

// commutes lists operations whose operands may be exchanged, to bring a constant to the end.
var commutes = map[op]bool{opAdd: true, opMul: true, opAnd: true, opOr: true, opXor: true, opIAdd: true, opEQ: true}

// bitOps names the bitwise operations: AVX2 has them for floats, AVX-512 F for integers.
func (m x86) bitOp(o op, l Lane) string {
	name := map[op]string{opAnd: "AND", opOr: "OR", opXor: "XOR"}[o]
	if m.wide() {
		return integer(name, l)
	}
	return float(name, l)
}

func (m x86) lower(e *emitter, v V, i int) {
	switch v.op {
	case opAdd, opSub, opMul, opDiv, opMax, opMin:
		name := map[op]string{opAdd: "ADD", opSub: "SUB", opMul: "MUL", opDiv: "DIV", opMax: "MAX", opMin: "MIN"}[v.op]
		m.binary(e, float(name, v.lane), v, i)
	case opAnd, opOr, opXor:
		m.binary(e, m.bitOp(v.op, v.lane), v, i)
	case opIAdd:
		m.binary(e, integer("ADD", v.lane), v, i)
	case opISub:
		m.binary(e, integer("SUB", v.lane), v, i)
	case opShl:
		e.ins(integer("SLL", v.lane), operand.U8(v.bits), e.reg(v.args[0], i), e.fresh(v, i))
	case opShr:
		e.ins(integer("SRL", v.lane), operand.U8(v.bits), e.reg(v.args[0], i), e.fresh(v, i))
	case opFMA, opFNMA:
		m.fma(e, v, i)
	case opLT, opLE, opEQ, opUnord:
		m.compare(e, v, i)
	case opMaskAnd, opMaskOr:
		m.maskOp(e, v, i)
	case opSelect:
		m.selectOp(e, v, i)
	case opKeep, opDrop:
		m.keep(e, v, i)
	case opCount:
		m.count(e, v, i)
	case opWiden:
		m.widen(e, v, i)
	case opNarrow:
		m.narrow(e, v, i)
	default:
		panic("x86: unknown operation")
	}
}

func (m x86) binary(e *emitter, opcode string, v V, i int) {
	a, b := v.args[0], v.args[1]
	if commutes[v.op] && !a.acc && (a.op == opConst || a.mem != nil && a.regs[i] == nil && e.dies(a)) && b.op != opConst {
		a, b = b, a
	}
	ra := e.reg(a, i)
	rb, suffix := m.last(e, b, i)
	e.ins(opcode+suffix, rb, ra, e.sum(v, i))
}

// fma picks the form whose overwritten operand is no longer needed:
// 231 adds to it, 213 and 132 multiply it.
func (m x86) fma(e *emitter, v V, i int) {
	name := "FMADD"
	if v.op == opFNMA {
		name = "FNMADD"
	}
	a, b, c := v.args[0], v.args[1], v.args[2]
	if a.op == opConst { // keep the factor that may be overwritten first
		a, b = b, a
	}
	if !e.dies(a) && e.dies(b) {
		a, b = b, a
	}
	switch {
	case e.dies(c):
		rc, ra := e.reg(c, i), e.reg(a, i)
		rb, suffix := m.last(e, b, i)
		e.rmw(float(name+"231", v.lane)+suffix, rb, ra, rc)
		v.regs[i] = rc
	case e.dies(a) && c.op == opConst:
		ra, rb := e.reg(a, i), e.reg(b, i)
		rc, suffix := m.last(e, c, i)
		e.rmw(float(name+"213", v.lane)+suffix, rc, rb, ra)
		v.regs[i] = ra
	case e.dies(a):
		ra, rc := e.reg(a, i), e.reg(c, i)
		rb, suffix := m.last(e, b, i)
		e.rmw(float(name+"132", v.lane)+suffix, rb, rc, ra)
		v.regs[i] = ra
	default:
		rc := e.overwritable(c, i)
		ra := e.reg(a, i)
		rb, suffix := m.last(e, b, i)
		e.rmw(float(name+"231", v.lane)+suffix, rb, ra, rc)
		v.regs[i] = rc
	}
}

// predicates are VCMPPS immediates, all quiet.
var predicates = map[op]uint64{opLT: 0x11, opLE: 0x12, opEQ: 0x00, opUnord: 0x03}

func (m x86) compare(e *emitter, v V, i int) {
	ra := e.reg(v.args[0], i)
	var rb operand.Op = ra
	suffix := ""
	if v.args[1] != v.args[0] {
		rb, suffix = m.last(e, v.args[1], i)
	}
	e.ins(float("CMP", v.lane)+suffix, operand.U8(predicates[v.op]), rb, ra, m.maskRegister(e, v, i))
}

func (m x86) maskOp(e *emitter, v V, i int) {
	name := map[op]string{opMaskAnd: "AND", opMaskOr: "OR"}[v.op]
	opcode := float(name, v.lane)
	if m.wide() {
		opcode = "K" + name + "W"
	}
	e.ins(opcode, v.args[1].regs[i], v.args[0].regs[i], m.maskRegister(e, v, i))
}

func (m x86) selectOp(e *emitter, v V, i int) {
	mask, x, y := v.args[0].regs[i], v.args[1], v.args[2]
	ry := e.reg(y, i)
	rx, suffix := m.last(e, x, i)
	if m.wide() {
		e.ins(float("BLENDM", v.lane)+suffix, rx, ry, mask, e.fresh(v, i))
		return
	}
	e.ins(float("BLENDV", v.lane), mask, rx, ry, e.fresh(v, i))
}

func (m x86) keep(e *emitter, v V, i int) {
	mask := v.args[0].regs[i]
	if !m.wide() {
		name := map[op]string{opKeep: "AND", opDrop: "ANDN"}[v.op]
		rx, _ := m.last(e, v.args[1], i)
		e.ins(float(name, v.lane), rx, mask, e.fresh(v, i))
		return
	}
	if v.op == opDrop {
		not := e.regs.K()
		e.ins("KNOTW", mask, not)
		mask = not
	}
	e.ins(float("MOVA", v.lane)+".Z", e.reg(v.args[1], i), mask, e.fresh(v, i))
}

func asX(r register) register { return r.(reg.Vec).AsX() }

// count subtracts a mask of ones, which is -1, or adds 1 under an opmask; it overwrites the counts.
func (m x86) count(e *emitter, v V, i int) {
	mask, n := v.args[0].regs[i], e.reg(v.args[1], i)
	if m.wide() {
		e.fn.AddInstruction(&ir.Instruction{
			Opcode: integer("ADD", v.lane) + ".BCST", Operands: []operand.Op{e.pool.constant(v.lane, 1, 1), n, mask, n},
			Inputs: []operand.Op{n, mask}, Outputs: []operand.Op{n},
		})
	} else {
		e.ins(integer("SUB", v.lane), mask, n, n)
	}
	v.regs[i] = n
}

func asZ(r register) register { return r.(reg.Vec).AsZ() }
func asY(r register) register { return r.(reg.Vec).AsY() }

// half is the lower half of r.
func (m x86) half(r register) register {
	if m.wide() {
		return asY(r)
	}
	return asX(r)
}

func (m x86) upperHalf(e *emitter, r register) register {
	h := m.half(m.vector(e))
	if m.wide() {
		e.ins("VEXTRACTF64X4", operand.U8(1), r, h)
	} else {
		e.ins("VEXTRACTF128", operand.U8(1), r, h)
	}
	return h
}

func (m x86) widen(e *emitter, v V, i int) {
	if a := v.args[0]; a.mem != nil && a.regs[i] == nil && e.dies(a) {
		e.ins("VCVTPS2PD", a.mem[i], e.fresh(v, 2*i))
		e.ins("VCVTPS2PD", a.mem[i].Offset(m.bytes/2), e.fresh(v, 2*i+1))
		return
	}
	x := e.reg(v.args[0], i)
	e.ins("VCVTPS2PD", m.half(x), e.fresh(v, 2*i))
	e.ins("VCVTPS2PD", m.upperHalf(e, x), e.fresh(v, 2*i+1))
}

func (m x86) narrow(e *emitter, v V, i int) {
	lo, hi := m.vector(e), m.vector(e)
	convert, insert := "VCVTPD2PSY", "VINSERTF128"
	if m.wide() {
		convert, insert = "VCVTPD2PS", "VINSERTF64X4"
	}
	e.ins(convert, e.reg(v.args[0], 2*i), m.half(lo))
	e.ins(convert, e.reg(v.args[0], 2*i+1), m.half(hi))
	e.ins(insert, operand.U8(1), m.half(hi), lo, e.fresh(v, i))
}

func (m x86) live(e *emitter, l Lane, n register) register {
	w := m.width(l)
	table, skip := e.gp(), e.gp()
	e.ins("MOVQ", operand.U32(uint32(w)), skip)
	e.rmw("SUBQ", n, skip)
	ok := e.newLabel("whole")
	e.branchTo("JGE", ok, true)
	e.zero2("XORQ", skip)
	e.label(ok)
	e.ins("LEAQ", e.pool.live(l, w), table)
	return m.load(e, l, memory{Base: table, Index: skip, Scale: uint8(l.size())})
}

// zero2 clears a general register without reading it.
func (e *emitter) zero2(opcode string, r register) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: opcode, Operands: []operand.Op{r, r}, Outputs: []operand.Op{r}})
}

// opmask turns the sign bits of live into an opmask register.
func (m x86) opmask(e *emitter, l Lane, live register) register {
	k := e.regs.K()
	e.ins([...]string{"VPMOVD2M", "VPMOVQ2M"}[l], live, k)
	return k
}

func (m x86) loadTail(e *emitter, l Lane, p, n, live register) register {
	r := m.vector(e)
	if m.wide() {
		e.ins(float("MOVU", l)+".Z", memory{Base: p}, m.opmask(e, l, live), r)
	} else {
		e.ins(float("MASKMOV", l), memory{Base: p}, live, r)
	}
	return r
}

func (m x86) storeTail(e *emitter, l Lane, r, p, n, live register) {
	if m.wide() {
		e.ins(float("MOVU", l), r, m.opmask(e, l, live), memory{Base: p})
	} else {
		e.ins(float("MASKMOV", l), r, live, memory{Base: p})
	}
}

func (m x86) swap(e *emitter, l Lane, r register, distance int) register {
	d := m.vector(e)
	switch bytes := distance * l.size(); {
	case bytes == 32:
		e.ins("VSHUFF64X2", operand.U8(0x4e), r, r, d)
	case bytes == 16 && m.wide():
		e.ins("VSHUFF64X2", operand.U8(0xb1), r, r, d)
	case bytes == 16:
		e.ins("VPERM2F128", operand.U8(1), r, r, d)
	case bytes == 8:
		e.ins("VPERMILPS", operand.U8(0x4e), r, d)
	default:
		e.ins("VPERMILPS", operand.U8(0xb1), r, d)
	}
	return d
}

func (m x86) storeScalar(e *emitter, r register, mem memory) { e.ins("VMOVSD", asX(r), mem) }

func (m x86) loadArg(e *emitter, mem memory) register {
	r := e.gp()
	e.ins("MOVQ", mem, r)
	return r
}

func (m x86) addImm(e *emitter, r register, imm int) {
	if imm < 0 {
		e.rmw("SUBQ", operand.U32(uint32(-imm)), r)
		return
	}
	e.rmw("ADDQ", operand.U32(uint32(imm)), r)
}

func (m x86) move(e *emitter, src register) register {
	r := e.gp()
	e.ins("MOVQ", src, r)
	return r
}

func (m x86) scaled(e *emitter, src register, factor int) register {
	r := m.move(e, src)
	e.rmw("SHLQ", operand.U8(bits.TrailingZeros(uint(factor))), r)
	return r
}

func (m x86) addScaled(e *emitter, r, src register, factor int) {
	e.rmw("ADDQ", m.scaled(e, src, factor), r)
}

func (m x86) roundDown(e *emitter, r register, unit int) { e.rmw("ANDQ", operand.I32(-unit), r) }

func (m x86) storeInt(e *emitter, r register, mem memory) { e.ins("MOVQ", r, mem) }

func (m x86) branch(e *emitter, r register, cond string, imm int, label string) {
	e.reads("CMPQ", r, operand.U32(uint32(imm)))
	e.branchTo(map[string]string{"<": "JLT", "<=": "JLE", ">=": "JGE", ">": "JGT"}[cond], label, true)
}

func (m x86) jump(e *emitter, label string) { e.branchTo("JMP", label, false) }

func (m x86) ret(e *emitter) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: "VZEROUPPER"})
	e.fn.AddInstruction(&ir.Instruction{Opcode: "RET", IsTerminal: true})
}
