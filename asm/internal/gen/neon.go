package gen

import (
	"cmp"
	"fmt"
	"math/bits"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/reg"
)

// neon is the 128-bit vector unit of every 64-bit ARM.
//
// avo knows x86 only, but its liveness and register allocation do not care: XMM registers stand for
// V0–V31, general registers for R0–R15. An opcode here is a template in which %0, %1 … are the operands;
// after allocation finish replaces it by what Go's assembler reads, or by a WORD where it lacks the instruction.
type neon struct{}

// NEON is the vector unit of 64-bit ARM, with registers of 16 bytes.
var NEON Machine = neon{}

func (m neon) name() string               { return "NEON" }
func (m neon) goarch() string             { return "arm64" }
func (m neon) registers() int             { return 32 }
func (m neon) width(l Lane) int           { return 16 / l.size() }
func (m neon) narrower() Machine          { return nil }
func (m neon) vector(e *emitter) register { return e.regs.XMM() }

// passes are none: those left out assume x86 (32-bit writes that clear the upper half, BP saved by the callee, moves to
// itself that can go).
func (m neon) passes() []pass.Interface { return nil }

func (m neon) prologue(e *emitter) {
	e.base = e.gp()
	e.pool.global("constants", func(*ir.Global) {})
	e.ins("MOVD $constants<>(SB), %0", e.base)
}

// arrangement is how Go's assembler names the lanes of a register.
func arrangement(l Lane) string { return [...]string{".S4", ".D2"}[l] }

// vectors is a template of three operands that all carry the same arrangement.
func vectors(op, arr string) string {
	return fmt.Sprintf("%s V%%0%s, V%%1%[2]s, V%%2%[2]s", op, arr)
}

func (m neon) constant(e *emitter, c literal) register {
	r := m.vector(e)
	if c.bits == 0 {
		m.zero(e, r)
		return r
	}
	e.ins("FMOVQ %0, F%1 // "+c.name, memory{Base: e.base, Disp: e.pool.offset(c)}, r)
	return r
}

func (m neon) zero(e *emitter, r register) {
	e.fn.AddInstruction(&ir.Instruction{
		Opcode: "VEOR V%0.B16, V%0.B16, V%0.B16", Operands: []operand.Op{r}, Outputs: []operand.Op{r},
	})
}

func (m neon) copy(e *emitter, l Lane, r register) register {
	t := m.vector(e)
	m.copyTo(e, l, r, t)
	return t
}

func (m neon) copyTo(e *emitter, _ Lane, r, dst register) { e.ins("VMOV V%0.B16, V%1.B16", r, dst) }

func (m neon) broadcast(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	e.ins([...]string{"FMOVS", "FMOVD"}[l]+" %0, F%1", mem, r)
	return m.spread(e, l, r)
}

func (m neon) spread(e *emitter, l Lane, r register) register {
	d := m.vector(e)
	e.ins([...]string{"VDUP V%0.S[0], V%1.S4", "VDUP V%0.D[0], V%1.D2"}[l], r, d)
	return d
}

func (m neon) widenFirst(e *emitter, r register) register {
	d := m.vector(e)
	e.ins("WORD FCVTL", r, d)
	return d
}

func (m neon) narrowFirst(e *emitter, r register) register {
	d := m.vector(e)
	e.ins("WORD FCVTN", r, d)
	return d
}

func (m neon) load(e *emitter, l Lane, mem memory) register {
	r := m.vector(e)
	m.loadTo(e, l, mem, r)
	return r
}

func (m neon) loadTo(e *emitter, _ Lane, mem memory, r register) { e.ins("FMOVQ %0, F%1", mem, r) }

func (m neon) store(e *emitter, l Lane, r register, mem memory) { e.ins("FMOVQ F%0, %1", r, mem) }

func (m neon) prefetch(e *emitter, mem memory) { e.reads("PRFM %0, PLDL1KEEP", mem) }

func (m neon) operation(e *emitter, v V, i int) {
	arr := arrangement(v.lane)
	arg := func(n int) register { return e.reg(v.args[n], i) }
	word := func(name string, ops ...operand.Op) { e.ins("WORD "+name+arr, ops...) }
	switch v.op {
	case opAdd, opSub, opMul, opDiv:
		name := map[op]string{opAdd: "FADD", opSub: "FSUB", opMul: "FMUL", opDiv: "FDIV"}[v.op]
		a, b := arg(0), arg(1)
		word(name, b, a, e.sum(v, i))
	case opMax, opMin: // FMAX differs on NaN and zeros: compare and choose
		a, b := arg(0), arg(1)
		first, second := a, b
		if v.op == opMin {
			first, second = b, a
		}
		if v.args[1].acc && e.dies(v.args[1]) {
			mask := m.vector(e)
			word("FCMGT", second, first, mask)
			e.rmw("VBIT V%0.B16, V%1.B16, V%2.B16", mask, a, b)
			v.regs[i] = b
			return
		}
		d := e.fresh(v, i)
		word("FCMGT", second, first, d)
		e.rmw("VBSL V%0.B16, V%1.B16, V%2.B16", b, a, d)
	case opAnd, opOr, opXor, opMaskAnd, opMaskOr:
		name := map[op]string{opAnd: "VAND", opOr: "VORR", opXor: "VEOR", opMaskAnd: "VAND", opMaskOr: "VORR"}[v.op]
		a, b := arg(0), arg(1)
		e.ins(vectors(name, ".B16"), b, a, e.fresh(v, i))
	case opIAdd, opISub:
		name := map[op]string{opIAdd: "VADD", opISub: "VSUB"}[v.op]
		a, b := arg(0), arg(1)
		e.ins(vectors(name, arr), b, a, e.sum(v, i))
	case opShl, opShr:
		name := map[op]string{opShl: "VSHL", opShr: "VUSHR"}[v.op]
		e.ins(fmt.Sprintf("%s $%d, V%%0%s, V%%1%s", name, v.bits, arr, arr), arg(0), e.fresh(v, i))
	case opRotate: // shift, then shift the rest in
		x, size := arg(0), 8*v.lane.size()
		d := e.fresh(v, i)
		e.ins(fmt.Sprintf("VSHL $%d, V%%0%s, V%%1%s", v.bits, arr, arr), x, d)
		e.rmw(fmt.Sprintf("VSRI $%d, V%%0%s, V%%1%s", size-int(v.bits), arr, arr), x, d)
	case opSqrt:
		word("FSQRT", arg(0), e.fresh(v, i))
	case opFromInt:
		word("SCVTF", arg(0), e.fresh(v, i))
	case opPair:
		v.regs[i] = e.overwritable(v.args[0], i)
	case opFMA, opFNMA:
		name := map[op]string{opFMA: "VFMLA", opFNMA: "VFMLS"}[v.op]
		a, b := arg(0), arg(1)
		c := e.overwritable(v.args[2], i)
		e.rmw(vectors(name, arr), b, a, c)
		v.regs[i] = c
	case opLT, opLE: // a < b is b > a
		name := map[op]string{opLT: "FCMGT", opLE: "FCMGE"}[v.op]
		a, b := arg(0), arg(1)
		word(name, a, b, e.fresh(v, i))
	case opEQ:
		a, b := arg(0), arg(1)
		word("FCMEQ", b, a, e.fresh(v, i))
	case opUnord:
		a := arg(0)
		equal := m.vector(e)
		word("FCMEQ", a, a, equal)
		e.ins("WORD MVN.B16", equal, e.fresh(v, i))
	case opSelect:
		a, b := arg(1), arg(2)
		d := e.overwritable(v.args[0], i)
		e.rmw("VBSL V%0.B16, V%1.B16, V%2.B16", b, a, d)
		v.regs[i] = d
	case opKeep:
		mask, a := arg(0), arg(1)
		e.ins(vectors("VAND", ".B16"), a, mask, e.fresh(v, i))
	case opDrop:
		mask, a := arg(0), arg(1)
		e.ins("WORD BIC.B16", mask, a, e.fresh(v, i))
	case opCount: // a mask of ones is -1
		mask, n := arg(0), arg(1)
		e.ins(vectors("VSUB", arr), mask, n, n)
		v.regs[i] = n
	case opWiden:
		a := arg(0)
		e.ins("WORD FCVTL", a, e.fresh(v, 2*i))
		e.ins("WORD FCVTL2", a, e.fresh(v, 2*i+1))
	case opNarrow:
		lo, hi := e.reg(v.args[0], 2*i), e.reg(v.args[0], 2*i+1)
		d := e.fresh(v, i)
		e.ins("WORD FCVTN", lo, d)
		e.rmw("WORD FCVTN2", hi, d)
	default:
		panic("NEON: unknown operation")
	}
}

// tail: loads and stores go by n.
func (m neon) tail(e *emitter, l Lane, n register, many bool) tail {
	t := tail{n: n}
	if !many {
		t.present = m.present(e, l, n)
	}
	return t
}

func (m neon) present(e *emitter, l Lane, n register) memory {
	w := m.width(l)
	e.comment(fmt.Sprintf("The lanes that hold an element: the first min(n, %d).", w))
	skip, table := e.gp(), e.gp()
	e.ins(fmt.Sprintf("MOVD $%d, %%0", w), skip)
	e.rmw("SUBS %0, %1, %1", n, skip)
	ok := e.newLabel("masked")
	e.branchTo("BGE", ok, true)
	e.ins("MOVD $0, %0", skip)
	e.label(ok)
	e.pool.tailMasks(l, w)
	e.ins(fmt.Sprintf("MOVD $%s<>(SB), %%0", tailMasks(l)), table)
	e.rmw(fmt.Sprintf("ADD %%0<<%d, %%1, %%1", l+2), skip, table)
	return memory{Base: table}
}

func (m neon) behind(e *emitter, l Lane, n register) register {
	e.pool.minusInfBehind(l, m.width(l))
	end, skip := e.gp(), m.scaled(e, n, l.size())
	e.ins(fmt.Sprintf("MOVD $%s<>+16(SB), %%0", minusInfBehind(l)), end)
	e.rmw("SUB %0, %1, %1", skip, end)
	return m.load(e, l, memory{Base: end})
}

// loadTail reads single lanes, since NEON has no masked load.
func (m neon) loadTail(e *emitter, l Lane, at memory, t tail) register {
	r := m.vector(e)
	few, done := e.newLabel("few"), e.newLabel("loaded")
	m.branch(e, t.n, "<", m.width(l), few)
	e.ins("FMOVQ %0, F%1", at, r)
	m.jump(e, done)
	e.label(few)
	if l == F64 {
		e.ins("FMOVD %0, F%1", at, r)
		e.label(done)
		return r
	}
	two := e.newLabel("two")
	m.branch(e, t.n, ">=", 2, two)
	e.ins("FMOVS %0, F%1", at, r)
	m.jump(e, done)
	e.label(two)
	e.ins("FMOVD %0, F%1", at, r)
	m.branch(e, t.n, "<", 3, done)
	third := m.vector(e)
	e.ins("FMOVS %0, F%1", at.Offset(8), third)
	e.rmw("VMOV V%0.S[0], V%1.S[2]", third, r)
	e.label(done)
	return r
}

func (m neon) storeTail(e *emitter, l Lane, r register, at memory, t tail) {
	if l == F64 {
		e.ins("FMOVD F%0, %1", r, at)
		return
	}
	two, done := e.newLabel("two"), e.newLabel("stored")
	m.branch(e, t.n, ">=", 2, two)
	e.ins("FMOVS F%0, %1", r, at)
	m.jump(e, done)
	e.label(two)
	e.ins("FMOVD F%0, %1", r, at)
	m.branch(e, t.n, "<", 3, done)
	third := m.vector(e)
	e.ins("VDUP V%0.S[2], V%1.S4", r, third)
	e.ins("FMOVS F%0, %1", third, at.Offset(8))
	e.label(done)
}

func (m neon) loadBytes(e *emitter, l Lane, mem memory) register {
	bytes := m.vector(e)
	if l == F32 {
		e.ins("FMOVS %0, F%1", mem, bytes)
	} else {
		both := e.gp()
		e.ins("MOVHU %0, %1", mem, both)
		e.ins("FMOVD %0, F%1", both, bytes)
	}
	r := m.vector(e)
	m.widenBytes(e, l, bytes, r)
	return r
}

// widenBytes makes integer lanes of the first bytes.
func (m neon) widenBytes(e *emitter, l Lane, bytes, r register) {
	words := m.vector(e)
	e.ins("VUSHLL $0, V%0.B8, V%1.H8", bytes, words)
	if l == F32 {
		e.ins("VUSHLL $0, V%0.H4, V%1.S4", words, r)
		return
	}
	doubles := m.vector(e)
	e.ins("VUSHLL $0, V%0.H4, V%1.S4", words, doubles)
	e.ins("VUSHLL $0, V%0.S2, V%1.D2", doubles, r)
}

// loadBytesTail collects bytes in an integer register.
func (m neon) loadBytesTail(e *emitter, l Lane, mem memory, t tail) register {
	bytes, r := m.vector(e), m.vector(e)
	collected, one, at, left := m.number(e, 0), e.gp(), m.move(e, mem.Base), e.gp()
	next, counted := e.newLabel("byte"), e.newLabel("bytes")
	m.moveTo(e, t.n, left)
	m.branch(e, left, "<=", m.width(l), counted)
	e.ins(fmt.Sprintf("MOVD $%d, %%0", m.width(l)), left)
	e.label(counted)
	m.addScaled(e, at, left, 1)
	e.label(next) // from the last one on
	e.rmw("LSL $8, %0, %0", collected)
	m.addImm(e, at, -1)
	e.ins("MOVBU %0, %1", memory{Base: at, Disp: mem.Disp}, one)
	e.rmw("ORR %0, %1, %1", one, collected)
	m.addImm(e, left, -1)
	m.branch(e, left, ">", 0, next)
	e.ins("FMOVD %0, F%1", collected, bytes)
	m.widenBytes(e, l, bytes, r)
	return r
}

func (m neon) loadPiece(e *emitter, at memory, size int, r register) {
	e.ins(map[int]string{4: "FMOVS %0, F%1", 8: "FMOVD %0, F%1"}[size], at, r)
}

func (m neon) loadBelow(e *emitter, at memory, size int, r register) { // of 8 bytes
	below := m.vector(e)
	m.loadPiece(e, at, size, below)
	e.rmw("VZIP1 V%0.D2, V%1.D2, V%2.D2", r, below, r)
}

func (m neon) storePiece(e *emitter, r register, at memory, size int) {
	e.ins(map[int]string{4: "FMOVS F%0, %1", 8: "FMOVD F%0, %1"}[size], r, at)
}

func (m neon) shiftDown(e *emitter, r register, _ int) { // by 8 bytes
	e.rmw("VDUP V%0.D[1], V%1.D2", r, r)
}

func (m neon) fromEnd(e *emitter, l Lane, p, n register, size int) memory {
	end := m.move(e, p)
	m.addScaled(e, end, n, l.size())
	return memory{Base: end, Disp: -size}
}

func (m neon) swap(e *emitter, l Lane, r register, distance int) register {
	d := m.vector(e)
	if distance*l.size() == 8 {
		e.ins("VEXT $8, V%0.B16, V%0.B16, V%1.B16", r, d)
	} else {
		e.ins("VREV64 V%0.S4, V%1.S4", r, d)
	}
	return d
}

func (m neon) walk(e *emitter, p, stride register, n int, do func(i int, at memory)) {
	at := m.move(e, p)
	for i := range n {
		if i > 0 {
			e.rmw("ADD %0, %1, %1", stride, at)
		}
		do(i, memory{Base: at})
	}
}

func (m neon) loadStrided(e *emitter, l Lane, p, stride register, columns int) []register {
	if columns == 2 {
		return m.loadPairs(e, l, p, stride)
	}
	r := m.vector(e)
	m.walk(e, p, stride, m.width(l), func(lane int, at memory) {
		single, letter := "FMOVS %0, F%1", "S"
		if l == F64 {
			single, letter = "FMOVD %0, F%1", "D"
		}
		if lane == 0 {
			e.ins(single, at, r)
			return
		}
		t := m.vector(e)
		e.ins(single, at, t)
		e.rmw(fmt.Sprintf("VMOV V%%0.%s[0], V%%1.%s[%d]", letter, letter, lane), t, r)
	})
	return []register{r}
}

// loadPairs loads two neighbours at once, fills two registers with them, and sorts them into two others.
func (m neon) loadPairs(e *emitter, l Lane, p, stride register) []register {
	pairs := []register{m.vector(e), m.vector(e)}
	m.walk(e, p, stride, m.width(l), func(lane int, at memory) {
		switch half := pairs[lane*l.size()/8]; {
		case l == F64:
			e.ins("FMOVQ %0, F%1", at, half)
		case lane%2 == 0:
			e.ins("FMOVD %0, F%1", at, half)
		default:
			t := m.vector(e)
			e.ins("FMOVD %0, F%1", at, t)
			e.rmw("VMOV V%0.D[0], V%1.D[1]", t, half)
		}
	})
	first, second := m.vector(e), m.vector(e)
	sort := [...]string{"VUZP", "VZIP"}[l]
	for i, r := range []register{first, second} {
		e.ins(vectors(fmt.Sprint(sort, i+1), arrangement(l)), pairs[1], pairs[0], r)
	}
	return []register{first, second}
}

func (m neon) storeStrided(e *emitter, l Lane, r, p, stride register) {
	m.walk(e, p, stride, m.width(l), func(lane int, at memory) {
		t := r
		if lane > 0 {
			t = m.vector(e)
			e.ins(fmt.Sprintf("VDUP V%%0.%s[%d], V%%1%s", [...]string{"S", "D"}[l], lane, arrangement(l)), r, t)
		}
		e.ins([...]string{"FMOVS F%0, %1", "FMOVD F%0, %1"}[l], t, at)
	})
}

func (m neon) insertQuarter(e *emitter, _ register, _ int, mem memory) register {
	return m.load(e, F32, mem)
}

func (m neon) storeQuarter(e *emitter, r register, mem memory) { m.store(e, F32, r, mem) }

func (m neon) copyElement(e *emitter, l Lane, from, to memory) {
	r := m.vector(e)
	single := [...]string{"FMOVS", "FMOVD"}[l]
	e.ins(single+" %0, F%1", from, r)
	e.ins(single+" F%0, %1", r, to)
}

func (m neon) turn(e *emitter, l Lane, rows []register, _ bool) (columns []register) {
	pick := func(op, arr string, x, y register) register {
		r := m.vector(e)
		e.ins(vectors(op, arr), y, x, r)
		return r
	}
	if l == F64 {
		return []register{pick("VZIP1", ".D2", rows[0], rows[1]), pick("VZIP2", ".D2", rows[0], rows[1])}
	}
	low01, low23 := pick("VZIP1", ".S4", rows[0], rows[1]), pick("VZIP1", ".S4", rows[2], rows[3])
	high01, high23 := pick("VZIP2", ".S4", rows[0], rows[1]), pick("VZIP2", ".S4", rows[2], rows[3])
	return []register{
		pick("VZIP1", ".D2", low01, low23), pick("VZIP2", ".D2", low01, low23),
		pick("VZIP1", ".D2", high01, high23), pick("VZIP2", ".D2", high01, high23),
	}
}

func (m neon) laneNumbers(e *emitter) register {
	e.pool.laneNumbers(m.width(F32))
	table := e.gp()
	e.ins(fmt.Sprintf("MOVD $%s<>(SB), %%0", laneNumbers), table)
	return m.load(e, F32, memory{Base: table})
}

// sortQuarters: a register is a quarter.
func (m neon) sortQuarters(_ *emitter, regs []register) []register { return regs }

// tiles: 16 sums of 32 registers.
func (m neon) tiles() tiles {
	return tiles{heights: []int{4, 2, 1}, columns: 4, single: 4, chunks: 2, groups: 4}
}

// neonRows has a pointer for each row.
type neonRows struct {
	e        *emitter
	pointers []register
}

func (m neon) rows(e *emitter, p, row register, height int) rows {
	r := &neonRows{e: e, pointers: []register{p}}
	for i := 1; i < height; i++ {
		next := m.move(e, r.pointers[i-1])
		m.addScaled(e, next, row, 1)
		r.pointers = append(r.pointers, next)
	}
	return r
}

func (r *neonRows) at(i int) memory { return memory{Base: r.pointers[i]} }

func (r *neonRows) advance(bytes register) {
	for _, p := range r.pointers {
		r.e.rmw("ADD %0, %1, %1", bytes, p)
	}
}

// neonRowReader loads the elements alone: to repeat them in all lanes would take as long as a product.
type neonRowReader struct {
	*neonRows
	lane Lane
	step register
}

func (m neon) readRows(e *emitter, l Lane, p, row, step register, height int) rowReader {
	return &neonRowReader{m.rows(e, p, row, height).(*neonRows), l, step}
}

func (r *neonRowReader) element(i int) register {
	v := r.e.regs.XMM()
	r.e.ins([...]string{"FMOVS", "FMOVD"}[r.lane]+" %0, F%1", r.at(i), v)
	return v
}

func (r *neonRowReader) next() { r.advance(r.step) }

func (m neon) addProduct(e *emitter, l Lane, x, element, sum register) {
	e.rmw("WORD FMLAE"+arrangement(l), element, x, sum)
}

func (m neon) storeScalar(e *emitter, r register, mem memory) { e.ins("FMOVD F%0, %1", r, mem) }

func (m neon) loadArg(e *emitter, mem memory) register {
	r := e.gp()
	e.ins("MOVD %0, %1", mem, r)
	return r
}

func (m neon) addImm(e *emitter, r register, imm int) {
	if imm < 0 { // which ADD would take a register for
		e.rmw(fmt.Sprintf("SUB $%d, %%0, %%0", -imm), r)
		return
	}
	e.rmw(fmt.Sprintf("ADD $%d, %%0, %%0", imm), r)
}

func (m neon) number(e *emitter, imm int) register {
	r := e.gp()
	e.ins(fmt.Sprintf("MOVD $%d, %%0", imm), r)
	return r
}

func (m neon) move(e *emitter, src register) register {
	r := e.gp()
	m.moveTo(e, src, r)
	return r
}

func (m neon) moveTo(e *emitter, src, dst register) { e.ins("MOVD %0, %1", src, dst) }

func (m neon) scaled(e *emitter, src register, factor int) register {
	r := e.gp()
	e.ins(fmt.Sprintf("LSL $%d, %%0, %%1", bits.TrailingZeros(uint(factor))), src, r)
	return r
}

func (m neon) addScaled(e *emitter, r, src register, factor int) {
	e.rmw(fmt.Sprintf("ADD %%0<<%d, %%1, %%1", bits.TrailingZeros(uint(factor))), src, r)
}

func (m neon) roundDown(e *emitter, r register, unit int) {
	e.rmw(fmt.Sprintf("AND $%d, %%0, %%0", -unit), r)
}

func (m neon) storeInt(e *emitter, r register, mem memory) { e.ins("MOVD %0, %1", r, mem) }

func (m neon) branch(e *emitter, r register, cond string, imm int, label string) {
	e.reads(fmt.Sprintf("CMP $%d, %%0", imm), r)
	e.branchTo(map[string]string{"<": "BLT", "<=": "BLE", ">=": "BGE", ">": "BGT"}[cond], label, true)
}

func (m neon) branchUnless(e *emitter, r register, bit int, label string) {
	e.reads(fmt.Sprintf("TST $%d, %%0", bit), r)
	e.branchTo("BEQ", label, true)
}

func (m neon) jump(e *emitter, label string) { e.branchTo("B", label, false) }

func (m neon) ret(e *emitter) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: "RET", IsTerminal: true})
}

// finish turns the templates of an allocated function into Go's arm64 syntax.
func (m neon) finish(fn *ir.Function) error {
	for _, i := range fn.Instructions() {
		if i.IsBranch || len(i.Operands) == 0 {
			continue
		}
		text := i.Opcode
		if strings.HasPrefix(text, "WORD ") {
			var numbers []uint32
			for _, o := range i.Operands {
				numbers = append(numbers, number(o))
			}
			text = word(strings.TrimPrefix(text, "WORD "), numbers)
		} else {
			for n := len(i.Operands) - 1; n >= 0; n-- {
				text = strings.ReplaceAll(text, fmt.Sprintf("%%%d", n), m.operandText(text, n, i.Operands[n]))
			}
		}
		opcode, rest, _ := strings.Cut(text, " ")
		i.Opcode, i.Operands = opcode, []operand.Op{operand.LabelRef(rest)}
	}
	return nil
}

// operandText is a memory operand, a vector register's number (after V or F) or a general register.
func (m neon) operandText(text string, n int, o operand.Op) string {
	switch o := o.(type) {
	case memory:
		if o.Base == reg.FramePointer {
			return o.Asm()
		}
		base, index := o.Base, o.Index
		if index != nil { // of bytes
			return fmt.Sprintf("(R%d)(R%d)", number(base), number(index))
		}
		o.Base = nil
		return fmt.Sprintf("%s(R%d)", strings.TrimSuffix(o.Asm(), "+0"), number(base))
	case reg.Register:
		if o.Kind() == reg.KindVector {
			return fmt.Sprint(number(o))
		}
		return fmt.Sprintf("R%d", number(o))
	}
	panic("NEON: unknown operand")
}

// number is the index of an allocated register.
func number(o operand.Op) uint32 {
	return uint32(reg.ToPhysical(o.(reg.Register)).PhysicalIndex())
}

// What Go's assembler lacks.

// encoding is the bit pattern of a vector instruction with all registers 0.
type encoding struct {
	bits        uint32
	source      string // arrangement of the sources
	destination string
	second      string // of the second source, if it is another
}

// encodings are the instructions that Go's arm64 assembler lacks, from the Arm Architecture Reference Manual
// (A64, Advanced SIMD). A test decodes what is emitted and compares it with its comment.
var encodings = map[string]encoding{
	"FADD.S4":  {0x4e20d400, "4S", "4S", ""},
	"FADD.D2":  {0x4e60d400, "2D", "2D", ""},
	"FSUB.S4":  {0x4ea0d400, "4S", "4S", ""},
	"FSUB.D2":  {0x4ee0d400, "2D", "2D", ""},
	"FMUL.S4":  {0x6e20dc00, "4S", "4S", ""},
	"FMUL.D2":  {0x6e60dc00, "2D", "2D", ""},
	"FDIV.S4":  {0x6e20fc00, "4S", "4S", ""},
	"FDIV.D2":  {0x6e60fc00, "2D", "2D", ""},
	"FCMEQ.S4": {0x4e20e400, "4S", "4S", ""},
	"FCMEQ.D2": {0x4e60e400, "2D", "2D", ""},
	"FCMGE.S4": {0x6e20e400, "4S", "4S", ""},
	"FCMGE.D2": {0x6e60e400, "2D", "2D", ""},
	"FCMGT.S4": {0x6ea0e400, "4S", "4S", ""},
	"FCMGT.D2": {0x6ee0e400, "2D", "2D", ""},
	"FSQRT.S4": {0x6ea1f800, "4S", "4S", ""},
	"FSQRT.D2": {0x6ee1f800, "2D", "2D", ""},
	"SCVTF.S4": {0x4e21d800, "4S", "4S", ""},
	"BIC.B16":  {0x4e601c00, "16B", "16B", ""},
	"MVN.B16":  {0x6e205800, "16B", "16B", ""},
	"FCVTL":    {0x0e617800, "2S", "2D", ""},
	"FCVTL2":   {0x4e617800, "4S", "2D", ""},
	"FCVTN":    {0x0e616800, "2D", "2S", ""},
	"FCVTN2":   {0x4e616800, "2D", "4S", ""},
	"FMLAE.S4": {0x4f801000, "4S", "4S", "S[0]"}, // FMLA by element
	"FMLAE.D2": {0x4fc01000, "2D", "2D", "D[0]"},
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
	mnemonic, _, _ := strings.Cut(strings.Replace(name, "FMLAE", "FMLA", 1), ".")
	text := fmt.Sprintf("%s V%d.%s, V%d.%s", mnemonic, d, enc.destination, n, enc.source)
	if len(regs) == 3 {
		bits |= regs[0] << 16
		text += fmt.Sprintf(", V%d.%s", regs[0], cmp.Or(enc.second, enc.source))
	}
	return fmt.Sprintf("WORD $0x%08x // %s", bits, text)
}
