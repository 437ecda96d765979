package gen

import (
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
)

// Columns of row-major matrices: the elements of one come from, and go to, places that are a stride apart.

// strided returns the address p + lane·stride; it must be asked in ascending order, and keeps one pointer only.
func (m x86) strided(e *emitter, p, stride register) func(lane int) memory {
	triple := m.move(e, stride)
	e.rmw("LEAQ", memory{Base: triple, Index: stride, Scale: 2}, triple)
	return func(lane int) memory {
		switch lane % 4 {
		case 1, 2:
			return memory{Base: p, Index: stride, Scale: uint8(lane % 4)}
		case 3:
			return memory{Base: p, Index: triple, Scale: 1}
		}
		if lane > 0 {
			next := e.gp()
			e.ins("LEAQ", memory{Base: p, Index: stride, Scale: 4}, next)
			p = next
		}
		return memory{Base: p}
	}
}

func (m x86) walk(e *emitter, p, stride register, n int, do func(i int, at memory)) {
	if n < 4 {
		at := m.move(e, p)
		for i := range n {
			if i > 0 {
				e.rmw("ADDQ", stride, at)
			}
			do(i, memory{Base: at})
		}
		return
	}
	at := m.strided(e, p, stride)
	for i := range n {
		do(i, at(i))
	}
}

// loadStrided fills quarters by inserting lanes: on the CPUs at hand that beats VGATHER.
func (m x86) loadStrided(e *emitter, l Lane, p, stride register, columns int) []register {
	at := m.strided(e, p, stride)
	if columns == 2 {
		return m.loadPairs(e, l, at)
	}
	var quarters []register
	for lane := 0; lane < m.width(l); lane += 16 / l.size() {
		q := e.regs.XMM()
		if l == F64 {
			low := e.regs.XMM()
			e.ins("VMOVSD", at(lane), low)
			e.ins("VMOVHPD", at(lane+1), low, q)
		} else {
			parts := []register{e.regs.XMM(), e.regs.XMM(), e.regs.XMM(), q}
			e.ins("VMOVSS", at(lane), parts[0])
			for i := 1; i < 4; i++ {
				e.ins("VINSERTPS", operand.U8(i<<4), at(lane+i), parts[i-1], parts[i])
			}
		}
		quarters = append(quarters, q)
	}
	return []register{m.join(e, quarters)}
}

// loadPairs loads two neighbours at once, those of even and of odd rows into quarters of their own, and sorts
// the neighbours into two registers.
func (m x86) loadPairs(e *emitter, l Lane, at func(lane int) memory) []register {
	var halves [2][]register // of a register: in float32 two pairs in each quarter, in float64 one
	for lane := 0; lane < m.width(l); {
		for i := range halves {
			q := e.regs.XMM()
			if l == F64 {
				e.ins("VMOVUPD", at(lane), q)
				lane++
			} else {
				low := e.regs.XMM()
				e.ins("VMOVSD", at(lane), low)
				e.ins("VMOVHPD", at(lane+1), low, q)
				lane += 2
			}
			halves[i] = append(halves[i], q)
		}
	}
	x, y := m.join(e, halves[0]), m.join(e, halves[1])
	first, second := m.vector(e), m.vector(e)
	if l == F64 {
		e.ins("VUNPCKLPD", y, x, first)
		e.ins("VUNPCKHPD", y, x, second)
	} else {
		e.ins("VSHUFPS", operand.U8(0b10_00_10_00), y, x, first) // of each quarter, elements 0 and 2 of x, then of y
		e.ins("VSHUFPS", operand.U8(0b11_01_11_01), y, x, second)
	}
	return []register{first, second}
}

// join makes a register of its quarters.
func (m x86) join(e *emitter, quarters []register) register {
	var halves []register
	for i := 0; i < len(quarters); i += 2 {
		h := e.regs.YMM()
		e.ins("VINSERTF128", operand.U8(1), quarters[i+1], asY(quarters[i]), h)
		halves = append(halves, h)
	}
	return m.joinHalves(e, halves)
}

func (m x86) storeStrided(e *emitter, l Lane, r, p, stride register) {
	at := m.strided(e, p, stride)
	perQuarter := 16 / l.size()
	for i, h := range m.halves(e, r) {
		upper := e.regs.XMM()
		e.ins("VEXTRACTF128", operand.U8(1), h, upper)
		for j, q := range []register{asX(h), upper} {
			first := (2*i + j) * perQuarter
			if l == F64 {
				e.ins("VMOVSD", q, at(first))
				e.ins("VMOVHPD", q, at(first+1))
				continue
			}
			e.ins("VMOVSS", q, at(first))
			for lane := 1; lane < 4; lane++ {
				e.ins("VEXTRACTPS", operand.U8(lane), q, at(first+lane))
			}
		}
	}
}

func (m x86) insertQuarter(e *emitter, r register, quarter int, mem memory) register {
	if quarter == 0 {
		r = m.vector(e)
		e.fn.AddInstruction(&ir.Instruction{ // which clears the rest of r
			Opcode: "VMOVUPS", Operands: []operand.Op{mem, asX(r)}, Inputs: []operand.Op{mem}, Outputs: []operand.Op{r},
		})
		return r
	}
	e.rmw(m.inserting(), operand.U8(quarter), mem, r, r)
	return r
}

func (m x86) storeQuarter(e *emitter, r register, mem memory) { e.ins("VMOVUPS", asX(r), mem) }

func (m x86) copyElement(e *emitter, l Lane, from, to memory) {
	r := e.regs.XMM()
	move := [...]string{"VMOVSS", "VMOVSD"}[l]
	e.ins(move, from, r)
	e.ins(move, r, to)
}

func (m x86) turn(e *emitter, l Lane, rows []register, first bool) (columns []register) {
	pick := func(op string, x, y register) register {
		r := m.vector(e)
		if first {
			e.ins(op, asX(y), asX(x), asX(r))
		} else {
			e.ins(op, y, x, r)
		}
		return r
	}
	if l == F64 {
		return []register{pick("VUNPCKLPD", rows[0], rows[1]), pick("VUNPCKHPD", rows[0], rows[1])}
	}
	low01, low23 := pick("VUNPCKLPS", rows[0], rows[1]), pick("VUNPCKLPS", rows[2], rows[3])
	high01, high23 := pick("VUNPCKHPS", rows[0], rows[1]), pick("VUNPCKHPS", rows[2], rows[3])
	return []register{
		pick("VUNPCKLPD", low01, low23), pick("VUNPCKHPD", low01, low23),
		pick("VUNPCKLPD", high01, high23), pick("VUNPCKHPD", high01, high23),
	}
}

// x86Rows addresses rows by two pointers, four rows each.
type x86Rows struct {
	e           *emitter
	row, triple register // one row, three rows
	current     []register
}

func (m x86) rows(e *emitter, p, row register, height int) rows {
	r := &x86Rows{e: e, row: row, current: []register{p}}
	if height > 3 {
		r.triple = e.gp()
		e.ins("LEAQ", memory{Base: row, Index: row, Scale: 2}, r.triple)
	}
	if height > 4 {
		second := e.gp()
		e.ins("LEAQ", memory{Base: p, Index: row, Scale: 4}, second)
		r.current = append(r.current, second)
	}
	return r
}

func (r *x86Rows) at(i int) memory {
	base := r.current[i/4]
	switch i % 4 {
	case 0:
		return memory{Base: base}
	case 3:
		return memory{Base: base, Index: r.triple, Scale: 1}
	}
	return memory{Base: base, Index: r.row, Scale: uint8(i % 4)}
}

func (r *x86Rows) advance(bytes register) {
	for _, p := range r.current {
		r.e.rmw("ADDQ", bytes, p)
	}
}

// x86RowReader broadcasts from memory.
type x86RowReader struct {
	rows
	m    x86
	e    *emitter
	lane Lane
	step register
}

func (m x86) readRows(e *emitter, l Lane, p, row, step register, height int) rowReader {
	return &x86RowReader{m.rows(e, p, row, height), m, e, l, step}
}

func (m x86) addProduct(e *emitter, l Lane, x, element, sum register) {
	e.rmw(float("FMADD231", l), x, element, sum)
}

func (r *x86RowReader) element(i int) register { return r.m.broadcast(r.e, r.lane, r.at(i)) }
func (r *x86RowReader) next()                  { r.advance(r.step) }
