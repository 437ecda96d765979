package main

import (
	"fmt"
	"slices"

	"github.com/simmer-go/simmer/fallback"
)

// The kernels of this file work on a row-major matrix with so few columns that a row would leave most of a register
// empty. They take one row per lane instead: register c holds element c of several rows. Each element meets the same
// operations in the same order as in the row kernels, so the bits are theirs.
//
// They handle as many rows as fill whole registers and return that number.

// ExpSumColumns computes per row the largest element m and s = Σ exp(x−m) over the elements but one m,
// and leaves exp(x−m) in tile, in the order that ScaleColumns reads.
type ExpSumColumns struct{ Mem Lane }

func (k *ExpSumColumns) function() string { return "ExpSumColumns" + k.Mem.String() }

func (k *ExpSumColumns) signature() string {
	return fmt.Sprintf("func(x, tile, work *%s, m, s *float64, cols, rows int) (done int)", k.Mem.goType())
}

func (k *ExpSumColumns) call() call {
	t := k.Mem.goType()
	return call{
		params:  []string{"x, tile, work []" + t, "m, s []float64", "cols, rows int"},
		results: "int", slices: []string{"x", "tile", "work", "m", "s"}, scalars: []string{"cols", "rows"},
		wide:     map[string]bool{"m": true, "s": true},
		noLength: true, otherwise: "return 0 // row by row, then",
	}
}

func (k *ExpSumColumns) emit(e *emitter) {
	m := e.mach
	c := newColumns(e, k.Mem, "x")
	tile, work, outM, outS := c.arg("tile"), c.arg("work"), c.arg("m"), c.arg("s")
	// The largest elements of all rows first: exponentials would wait for those of their own rows.
	t, top := m.move(e, tile), m.move(e, outM)
	c.groups(func() {
		k.turn(c, t, top)
		m.addScaled(e, c.rowMajor, c.stride, m.width(k.Mem))
	})
	c.groups(func() {
		largest, count := c.loadWide(outM), m.constant(e, k.Mem, 0)
		k.exps(c, tile, work, largest, count)
		c.finish(count, work, outS)
		m.addImm(e, outM, m.width(k.Mem)*8)
	})
	c.done()
}

// turn writes the columns of a group of rows to t, a register each, and the largest elements to outM.
func (k *ExpSumColumns) turn(c *columns, t, outM register) {
	e, m := c.emitter, c.mach
	largest := m.constant(e, k.Mem, minusInf(k.Mem))
	p := m.move(e, c.rowMajor)
	c.loop(2, func(columns int) {
		for i, x := range m.loadStrided(e, k.Mem, p, c.stride, columns) {
			m.store(e, k.Mem, x, memory{Base: t, Disp: i * c.bytes()})
			b := &B{Lane: k.Mem}
			e.lower(b, b.Max(input(k.Mem, x), accumulator(k.Mem, largest)))
		}
		m.addImm(e, p, columns*k.Mem.size())
		m.addImm(e, t, columns*c.bytes())
	})
	c.storeWide(largest, outM)
	m.addImm(e, outM, m.width(k.Mem)*8)
}

// exps replaces x in t by exp(x−m), and writes it without the m themselves, which it counts, to work.
func (k *ExpSumColumns) exps(c *columns, t, work, largest, count register) {
	e, m := c.emitter, c.mach
	w := m.move(e, work)
	c.loop(2, func(columns int) {
		x := &value{op: opInput, lane: k.Mem, regs: make([]register, columns)}
		for i := range columns {
			x.mem = append(x.mem, memory{Base: t, Disp: i * c.bytes()})
		}
		b := &B{Lane: k.Mem}
		exp, isMax := expBelow(b, x, input(k.Mem, repeated(largest, columns)...))
		counted := b.CountIf(accumulator(k.Mem, repeated(count, columns)...), isMax)
		others := b.Drop(isMax, exp)
		e.lower(b, exp, counted, others)
		for i := range columns {
			m.store(e, k.Mem, e.reg(exp, i), memory{Base: t, Disp: i * c.bytes()})
			m.store(e, k.Mem, others.regs[i], memory{Base: w, Disp: i * c.bytes()})
		}
		m.addImm(e, t, columns*c.bytes())
		m.addImm(e, w, columns*c.bytes())
	})
}

// finish stores s = (count − 1) + Σ. A lane of the row kernel's sum is a register here, folded alike;
// of the lanes that hold no element, +0 all, the upper halves are left out.
func (c *columns) finish(count, work, outS register) {
	e, m := c.emitter, c.mach
	counts := e.counted(c.mem, []register{count})
	if c.mem == F32 {
		counts = e.widened(counts)
	}
	finished := e.newLabel("finished")
	for lanes := 2; lanes <= fallback.FewColumns; lanes *= 2 {
		more := e.newLabel("more")
		if lanes < fallback.FewColumns {
			m.branch(e, c.cols, ">", lanes, more)
		}
		c.storeSums(c.foldWork(work, lanes), counts, outS)
		if lanes < fallback.FewColumns {
			m.jump(e, finished)
			e.label(more)
		}
	}
	e.label(finished)
	m.addImm(e, outS, m.width(c.mem)*8)
}

// foldWork adds the first registers of work by halves.
func (c *columns) foldWork(work register, lanes int) V {
	b := &B{Lane: c.mem}
	sums := make([]V, lanes)
	for j := range sums {
		at := memory{Base: work, Disp: j * c.bytes()}
		sums[j] = &value{op: opInput, lane: c.mem, regs: make([]register, 1), mem: []memory{at}}
	}
	for half := lanes / 2; half > 0; half /= 2 {
		for j := range half {
			sums[j] = b.Add(sums[j], sums[j+half])
		}
	}
	c.lower(b, sums[0])
	return input(c.mem, sums[0].regs[0])
}

// storeSums stores (count − 1) + sum as float64.
func (c *columns) storeSums(sum V, counts []register, outS register) {
	b := &B{Lane: F64}
	if c.mem == F32 {
		sum = b.Widen(sum)
	}
	s := b.Add(b.Sub(&value{op: opInput, lane: F64, regs: counts}, b.Const(1)), sum)
	c.lower(b, s)
	for i, r := range s.regs {
		c.mach.store(c.emitter, F64, r, memory{Base: outS, Disp: i * c.mach.width(F64) * 8})
	}
}

// ScaleColumns writes scale·tile back as rows, each row with a scale of its own.
type ScaleColumns struct{ Mem Lane }

func (k *ScaleColumns) function() string { return "ScaleColumns" + k.Mem.String() }

func (k *ScaleColumns) signature() string {
	return fmt.Sprintf("func(dst, tile, scale *%s, cols, rows int) (done int)", k.Mem.goType())
}

func (k *ScaleColumns) call() call {
	return call{
		params:  []string{"dst, tile, scale []" + k.Mem.goType(), "cols, rows int"},
		results: "int", slices: []string{"dst", "tile", "scale"}, scalars: []string{"cols", "rows"},
		noLength: true, otherwise: "return 0",
	}
}

func (k *ScaleColumns) emit(e *emitter) {
	m := e.mach
	c := newColumns(e, k.Mem, "dst")
	tile, scale := c.arg("tile"), c.arg("scale")
	c.groups(func() {
		factor := m.load(e, k.Mem, memory{Base: scale})
		p := m.move(e, c.rowMajor)
		c.loop(1, func(int) {
			b := &B{Lane: k.Mem}
			v := b.Mul(input(k.Mem, factor), input(k.Mem, m.load(e, k.Mem, memory{Base: tile})))
			e.lower(b, v)
			m.storeStrided(e, k.Mem, v.regs[0], p, c.stride)
			m.addImm(e, p, k.Mem.size())
			m.addImm(e, tile, c.bytes())
		})
		m.addImm(e, scale, c.bytes())
		m.addScaled(e, c.rowMajor, c.stride, m.width(k.Mem))
	})
	c.done()
}

// columns is the loop over groups of rows that fill a register.
type columns struct {
	*emitter
	mem                          Lane
	rowMajor, stride, cols, rows register
}

func newColumns(e *emitter, l Lane, matrix string) *columns {
	c := &columns{emitter: e, mem: l}
	c.rowMajor = c.arg(matrix)
	c.cols = c.arg("cols")
	c.rows = c.arg("rows")
	c.stride = e.mach.scaled(e, c.cols, l.size())
	return c
}

func (c *columns) arg(name string) register { return c.mach.loadArg(c.emitter, c.param(name)) }

// bytes is the size of a register.
func (c *columns) bytes() int { return c.mach.width(c.mem) * c.mem.size() }

// groups repeats body while there are rows for a whole register.
func (c *columns) groups(body func()) {
	e, m := c.emitter, c.mach
	width := m.width(c.mem)
	group, end := c.newLabel("group"), c.newLabel("end")
	left := m.move(e, c.rows)
	m.branch(e, left, "<", width, end)
	e.label(group)
	body()
	m.addImm(e, left, -width)
	m.branch(e, left, ">=", width, group)
	e.label(end)
}

// done returns the number of rows in whole registers.
func (c *columns) done() {
	e, m := c.emitter, c.mach
	m.roundDown(e, c.rows, m.width(c.mem))
	m.storeInt(e, c.rows, c.param("done"))
	m.ret(e)
}

// loop goes through the columns, so many at a time, and one by one through the rest.
func (c *columns) loop(step int, body func(columns int)) {
	e, m := c.emitter, c.mach
	n := m.move(e, c.cols)
	for ; step > 0; step /= 2 {
		again, rest := c.newLabel("columns"), c.newLabel("rest")
		m.branch(e, n, "<", step, rest)
		c.label(again)
		body(step)
		m.addImm(e, n, -step)
		m.branch(e, n, ">=", step, again)
		c.label(rest)
	}
}

// loadWide loads a register of lanes that are kept as float64, and storeWide keeps them so.
func (c *columns) loadWide(p register) register {
	b := &B{Lane: F64}
	v := &value{op: opInput, lane: F64}
	for i := range F64.size() / c.mem.size() {
		v.regs = append(v.regs, c.mach.load(c.emitter, F64, memory{Base: p, Disp: i * c.mach.width(F64) * 8}))
	}
	if c.mem == F64 {
		return v.regs[0]
	}
	v = b.Narrow(v)
	c.lower(b, v)
	return v.regs[0]
}

func (c *columns) storeWide(r, p register) {
	regs := []register{r}
	if c.mem == F32 {
		regs = c.widened(regs)
	}
	for i, r := range regs {
		c.mach.store(c.emitter, F64, r, memory{Base: p, Disp: i * c.mach.width(F64) * 8})
	}
}

func input(l Lane, regs ...register) V { return &value{op: opInput, lane: l, regs: regs} }

func accumulator(l Lane, regs ...register) V {
	return &value{op: opInput, lane: l, acc: true, regs: regs}
}

func repeated(r register, n int) []register { return slices.Repeat([]register{r}, n) }
