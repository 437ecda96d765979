package gen

import (
	"fmt"
	"math/bits"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/reg"
)

// x86 is what AVX2 and AVX-512 have in common. What they have not is in avx2.go and avx512.go, behind variant.
// Operands stand in Go's order: sources first, destination last.
type x86 struct{ variant }

// variant is what an x86 machine is besides: the rest of Machine, and how to spell what x86 uses.
type variant interface {
	name() string
	bytes() int // of a register
	registers() int
	narrower() Machine
	vector(e *emitter) register
	constant(e *emitter, c literal) register
	choose(e *emitter, l Lane, t *tail, many bool) // what loadTail needs
	loadTail(e *emitter, l Lane, m memory, t tail) register
	storeTail(e *emitter, l Lane, r register, m memory, t tail)
	loadBytesTail(e *emitter, l Lane, m memory, t tail) register
	tiles() tiles
	finish(fn *ir.Function) error

	// wordOperand is the same of a word of a Fill; ok reports whether there is such an operand.
	wordOperand(e *emitter, c literal) (m memory, suffix string, ok bool)
	// constantOperand is a constant as a memory operand, what a use of it costs, and the suffix of the opcode.
	constantOperand(e *emitter, c literal) (m memory, cost int, suffix string)
	// mask makes the register that holds mask i of v.
	mask(e *emitter, v V, i int) register
	bitwise(o op, l Lane) string // mnemonics of opAnd, opOr, opXor
	masks(o op, l Lane) string   // of opMaskAnd, opMaskOr

	// blend, keep, count and rotate emit opSelect, opKeep or opDrop, opCount, and opRotate.
	blend(e *emitter, v V, mask, x operand.Op, suffix string, y register, i int)
	keep(e *emitter, v V, mask register, i int)
	count(e *emitter, l Lane, mask, n register)
	rotate(e *emitter, v V, i int)

	lowerHalf(r register) register // the lower half of r
	upperHalf(e *emitter, r register) register
	narrowing() (convert, insert string)
	inserting() string                                             // of 16 bytes
	extracting() string                                            // of 16 bytes
	swapQuarters(e *emitter, r register, distance int, d register) // of 16 bytes
	sortQuarters(e *emitter, regs []register) []register
	joinHalves(e *emitter, halves []register) register // halves of YMM size
	halves(e *emitter, r register) []register          // the same, backwards
}

func (m x86) goarch() string    { return "amd64" }
func (m x86) width(l Lane) int  { return m.bytes() / l.size() }
func (m x86) prologue(*emitter) {}

func (m x86) passes() []pass.Interface {
	return []pass.Interface{pass.FunctionPass(pass.EnsureBasePointerCalleeSaved)}
}

// float is the mnemonic with the suffix of the lane: ADD gives VADDPS or VADDPD.
func float(op string, l Lane) string { return "V" + op + [...]string{"PS", "PD"}[l] }

// integer is the mnemonic with the suffix of the integer lane.
func integer(op string, l Lane) string { return "VP" + op + [...]string{"D", "Q"}[l] }

// clear zeros r without reading it.
func (e *emitter) clear(opcode string, ops ...operand.Op) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: opcode, Operands: ops, Outputs: ops[:1]})
}

func broadcast(l Lane) string { return [...]string{"VBROADCASTSS", "VBROADCASTSD"}[l] }

func (m x86) copy(e *emitter, l Lane, r register) register {
	t := m.vector(e)
	m.copyTo(e, l, r, t)
	return t
}

func (m x86) copyTo(e *emitter, l Lane, r, dst register) { e.ins(float("MOVA", l), r, dst) }

func (m x86) broadcast(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	e.ins(broadcast(l), mem, r)
	return r
}

func (m x86) load(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	m.loadTo(e, l, mem, r)
	return r
}

// widenBytes is the mnemonic that makes integer lanes of bytes.
func widenBytes(l Lane) string { return [...]string{"VPMOVZXBD", "VPMOVZXBQ"}[l] }

func (m x86) loadBytes(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	e.ins(widenBytes(l), mem, r)
	return r
}

func (m x86) loadTo(e *emitter, l Lane, mem memory, r register) { e.ins(float("MOVU", l), mem, r) }

func (m x86) store(e *emitter, l Lane, r register, mem memory) {
	e.ins(float("MOVU", l), r, mem)
}

func (m x86) prefetch(e *emitter, mem memory) { e.reads("PREFETCHT0", mem) }

// last is an operand that may come from memory: x86 takes one, as the last source.
func (m x86) last(e *emitter, v V, i int) (op operand.Op, suffix string) {
	if v.op == opConst {
		if v.word > 0 {
			if mem, suffix, ok := m.wordOperand(e, v.literal()); ok {
				return mem, suffix
			}
		}
		if v.word > 0 || v.bits == 0 {
			return e.reg(v, i), ""
		}
		mem, cost, suffix := m.constantOperand(e, v.literal())
		if r := e.keptConstant(v, cost); r != nil {
			return r, ""
		}
		return mem, suffix
	}
	if v.mem != nil && v.regs[i] == nil && e.dies(v) {
		return v.mem[i], ""
	}
	return e.reg(v, i), ""
}

// commutes lists operations whose operands may be exchanged, to bring a constant to the end.
var commutes = map[op]bool{opAdd: true, opMul: true, opAnd: true, opOr: true, opXor: true, opIAdd: true, opEQ: true}

// arithmetic names the operations that are one instruction with two operands.
var arithmetic = map[op]string{opAdd: "ADD", opSub: "SUB", opMul: "MUL", opDiv: "DIV", opMax: "MAX", opMin: "MIN"}

func (m x86) operation(e *emitter, v V, i int) {
	switch v.op {
	case opAdd, opSub, opMul, opDiv, opMax, opMin:
		m.binary(e, float(arithmetic[v.op], v.lane), v, i)
	case opAnd, opOr, opXor:
		m.binary(e, m.bitwise(v.op, v.lane), v, i)
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
		e.ins(m.masks(v.op, v.lane), v.args[1].regs[i], v.args[0].regs[i], m.mask(e, v, i))
	case opSelect:
		y := e.reg(v.args[2], i)
		x, suffix := m.last(e, v.args[1], i)
		m.blend(e, v, v.args[0].regs[i], x, suffix, y, i)
	case opKeep, opDrop:
		m.keep(e, v, v.args[0].regs[i], i)
	case opCount: // overwrites the counts
		v.regs[i] = e.reg(v.args[1], i)
		m.count(e, v.lane, v.args[0].regs[i], v.regs[i])
	case opSqrt:
		e.ins(float("SQRT", v.lane), e.reg(v.args[0], i), e.fresh(v, i))
	case opFromInt:
		e.ins("VCVTDQ2PS", e.reg(v.args[0], i), e.fresh(v, i))
	case opRotate:
		m.rotate(e, v, i)
	case opPair:
		v.regs[i] = e.overwritable(v.args[0], i)
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
	e.ins(float("CMP", v.lane)+suffix, operand.U8(predicates[v.op]), rb, ra, m.mask(e, v, i))
}

func asX(r register) register { return r.(reg.Vec).AsX() }
func asY(r register) register { return r.(reg.Vec).AsY() }
func asZ(r register) register { return r.(reg.Vec).AsZ() }

func (m x86) widen(e *emitter, v V, i int) {
	if a := v.args[0]; a.mem != nil && a.regs[i] == nil && e.dies(a) {
		e.ins("VCVTPS2PD", a.mem[i], e.fresh(v, 2*i))
		e.ins("VCVTPS2PD", a.mem[i].Offset(m.bytes()/2), e.fresh(v, 2*i+1))
		return
	}
	x := e.reg(v.args[0], i)
	e.ins("VCVTPS2PD", m.lowerHalf(x), e.fresh(v, 2*i))
	e.ins("VCVTPS2PD", m.upperHalf(e, x), e.fresh(v, 2*i+1))
}

func (m x86) narrow(e *emitter, v V, i int) {
	lo, hi := m.vector(e), m.vector(e)
	convert, insert := m.narrowing()
	e.ins(convert, e.reg(v.args[0], 2*i), m.lowerHalf(lo))
	e.ins(convert, e.reg(v.args[0], 2*i+1), m.lowerHalf(hi))
	e.ins(insert, operand.U8(1), m.lowerHalf(hi), lo, e.fresh(v, i))
}

func (m x86) tail(e *emitter, l Lane, n register, many bool) tail {
	t := tail{n: n, present: m.present(e, l, n)}
	m.choose(e, l, &t, many)
	return t
}

func (m x86) present(e *emitter, l Lane, n register) memory {
	w := m.width(l)
	table, skip := e.gp(), e.gp()
	e.ins("MOVQ", operand.U32(uint32(w)), skip)
	e.rmw("SUBQ", n, skip)
	ok := e.newLabel("masked")
	e.comment(fmt.Sprintf("The lanes that hold an element: the first min(n, %d).", w))
	e.branchTo("JGE", ok, true)
	e.clear("XORQ", skip, skip)
	e.label(ok)
	e.ins("LEAQ", e.pool.tailMasks(l, w), table)
	return memory{Base: table, Index: skip, Scale: uint8(l.size())}
}

func (m x86) behind(e *emitter, l Lane, n register) register {
	end := e.gp()
	e.ins("LEAQ", e.pool.minusInfBehind(l, m.width(l)).Offset(m.bytes()), end)
	before := m.move(e, n)
	e.rmw("NEGQ", before)
	return m.load(e, l, memory{Base: end, Index: before, Scale: uint8(l.size())})
}

// moves are the instructions that load and store pieces, and what they call the register.
var moves = map[int]struct {
	opcode   string
	register func(register) register
}{4: {"VMOVSS", asX}, 8: {"VMOVSD", asX}, 16: {"VMOVUPS", asX}, 32: {"VMOVUPS", asY}}

func (m x86) loadPiece(e *emitter, mem memory, size int, r register) {
	e.ins(moves[size].opcode, mem, moves[size].register(r))
}

func (m x86) loadBelow(e *emitter, mem memory, size int, r register) {
	below := m.vector(e)
	m.loadPiece(e, mem, size, below)
	switch size {
	case 8:
		e.rmw("VUNPCKLPD", asX(r), asX(below), asX(r))
	case 16:
		e.rmw(m.inserting(), operand.U8(1), asX(r), asY(below), asY(r))
	case 32:
		e.rmw("VINSERTF64X4", operand.U8(1), asY(r), asZ(below), asZ(r))
	}
}

func (m x86) storePiece(e *emitter, r register, mem memory, size int) {
	e.ins(moves[size].opcode, moves[size].register(r), mem)
}

func (m x86) fromEnd(_ *emitter, l Lane, p, n register, size int) memory {
	return memory{Base: p, Index: n, Scale: uint8(l.size()), Disp: -size}
}

func (m x86) shiftDown(e *emitter, r register, size int) {
	switch size {
	case 8:
		e.rmw("VUNPCKHPD", asX(r), asX(r), asX(r))
	case 16:
		e.rmw(m.extracting(), operand.U8(1), asY(r), asX(r))
	case 32:
		e.rmw("VEXTRACTF64X4", operand.U8(1), asZ(r), asY(r))
	}
}

func (m x86) swap(e *emitter, l Lane, r register, distance int) register {
	d := m.vector(e)
	switch bytes := distance * l.size(); bytes {
	case 4:
		e.ins("VPERMILPS", operand.U8(0xb1), r, d)
	case 8:
		e.ins("VPERMILPS", operand.U8(0x4e), r, d)
	default:
		m.swapQuarters(e, r, bytes/16, d)
	}
	return d
}

func (m x86) laneNumbers(e *emitter) register {
	r := m.vector(e)
	e.ins("VMOVUPS", e.pool.laneNumbers(m.width(F32)), r)
	return r
}

func (m x86) spread(e *emitter, l Lane, r register) register {
	d := m.vector(e)
	e.ins(broadcast(l), asX(r), d)
	return d
}

func (m x86) widenFirst(e *emitter, r register) register {
	d := m.vector(e)
	e.ins("VCVTPS2PD", asX(r), asX(d))
	return d
}

func (m x86) narrowFirst(e *emitter, r register) register {
	d := m.vector(e)
	e.ins("VCVTPD2PSX", asX(r), asX(d))
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

func (m x86) number(e *emitter, imm int) register {
	r := e.gp()
	e.ins("MOVQ", operand.U32(uint32(imm)), r)
	return r
}

func (m x86) move(e *emitter, src register) register {
	r := e.gp()
	m.moveTo(e, src, r)
	return r
}

func (m x86) moveTo(e *emitter, src, dst register) { e.ins("MOVQ", src, dst) }

func (m x86) scaled(e *emitter, src register, factor int) register {
	r := m.move(e, src)
	e.rmw("SHLQ", operand.U8(bits.TrailingZeros(uint(factor))), r)
	return r
}

func (m x86) addScaled(e *emitter, r, src register, factor int) {
	if factor > 1 {
		src = m.scaled(e, src, factor)
	}
	e.rmw("ADDQ", src, r)
}

func (m x86) roundDown(e *emitter, r register, unit int) { e.rmw("ANDQ", operand.I32(-unit), r) }

func (m x86) storeInt(e *emitter, r register, mem memory) { e.ins("MOVQ", r, mem) }

func (m x86) branch(e *emitter, r register, cond string, imm int, label string) {
	e.reads("CMPQ", r, operand.U32(uint32(imm)))
	e.branchTo(map[string]string{"<": "JLT", "<=": "JLE", ">=": "JGE", ">": "JGT"}[cond], label, true)
}

func (m x86) branchUnless(e *emitter, r register, bit int, label string) {
	e.reads("TESTQ", operand.U32(uint32(bit)), r)
	e.branchTo("JEQ", label, true)
}

func (m x86) jump(e *emitter, label string) { e.branchTo("JMP", label, false) }

// ret leaves the upper halves of the registers clear: with them in use, SSE code that follows would be slow.
func (m x86) ret(e *emitter) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: "VZEROUPPER"})
	e.fn.AddInstruction(&ir.Instruction{Opcode: "RET", IsTerminal: true})
}
