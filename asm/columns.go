package main

import (
	"fmt"

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
	tile, outM, outS := c.arg("tile"), c.arg("m"), c.arg("s")
	work := c.arg("work")
	c.groups(func() {
		// The largest element of each row, and the rows turned into columns.
		p, t, n := m.move(e, c.rowMajor), m.move(e, tile), m.move(e, c.cols)
		largest := m.constant(e, k.Mem, minusInf(k.Mem))
		c.loop(n, func() {
			x := m.loadStrided(e, k.Mem, p, c.stride)
			m.store(e, k.Mem, x, memory{Base: t})
			b := &B{Lane: k.Mem}
			e.lower(b, b.Max(input(k.Mem, x), accumulator(k.Mem, largest)))
			m.addImm(e, p, k.Mem.size())
			m.addImm(e, t, c.bytes())
		})
		// exp(x−m): kept in the tile, and without the m themselves in work.
		count := m.constant(e, k.Mem, 0)
		w, n := m.move(e, work), m.move(e, c.cols)
		t = m.move(e, tile)
		c.loop(n, func() {
			b := &B{Lane: k.Mem}
			x := m.load(e, k.Mem, memory{Base: t})
			exp, isMax := expBelow(b, input(k.Mem, x), input(k.Mem, largest))
			counted := b.CountIf(accumulator(k.Mem, count), isMax)
			others := b.Drop(isMax, exp)
			e.lower(b, exp, counted, others)
			m.store(e, k.Mem, e.reg(exp, 0), memory{Base: t})
			m.store(e, k.Mem, others.regs[0], memory{Base: w})
			m.addImm(e, t, c.bytes())
			m.addImm(e, w, c.bytes())
		})
		c.finish(largest, count, work, outM, outS)
		c.advance(tile, c.cols)
	})
}

// finish stores m and s = (count − 1) + Σ. A lane of the row kernel's sum is a register here, folded alike;
// of the lanes that hold no element, +0 all, the upper halves are left out.
func (c *columns) finish(largest, count, work, outM, outS register) {
	e, m := c.emitter, c.mach
	counts, maxima := e.counted(c.mem, []register{count}), []register{largest}
	if c.mem == F32 {
		counts, maxima = e.widened(counts), e.widened(maxima)
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
	bytes := m.width(F64) * 8
	for i, r := range maxima {
		m.store(e, F64, r, memory{Base: outM, Disp: i * bytes})
	}
	m.addImm(e, outS, len(maxima)*bytes)
	m.addImm(e, outM, len(maxima)*bytes)
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
		p, n := m.move(e, c.rowMajor), m.move(e, c.cols)
		c.loop(n, func() {
			b := &B{Lane: k.Mem}
			v := b.Mul(input(k.Mem, factor), input(k.Mem, m.load(e, k.Mem, memory{Base: tile})))
			e.lower(b, v)
			m.storeStrided(e, k.Mem, v.regs[0], p, c.stride)
			m.addImm(e, p, k.Mem.size())
			m.addImm(e, tile, c.bytes())
		})
		m.addImm(e, scale, c.bytes())
	})
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

// groups repeats body while there are rows for a whole register, and returns the number of rows done.
func (c *columns) groups(body func()) {
	e, m := c.emitter, c.mach
	width := m.width(c.mem)
	left := m.move(e, c.rows)
	m.branch(e, left, "<", width, "done")
	e.label("group")
	body()
	m.addScaled(e, c.rowMajor, c.stride, width)
	m.addImm(e, left, -width)
	m.branch(e, left, ">=", width, "group")
	e.label("done")
	m.sub(e, c.rows, left)
	m.storeInt(e, c.rows, c.param("done"))
	m.ret(e)
}

// loop repeats body n times, counting n down.
func (c *columns) loop(n register, body func()) {
	l := c.newLabel("column")
	c.label(l)
	body()
	c.mach.addImm(c.emitter, n, -1)
	c.mach.branch(c.emitter, n, ">", 0, l)
}

// advance moves p behind n registers.
func (c *columns) advance(p, n register) { c.mach.addScaled(c.emitter, p, n, c.bytes()) }

func input(l Lane, r register) V { return &value{op: opInput, lane: l, regs: []register{r}} }

func accumulator(l Lane, r register) V {
	return &value{op: opInput, lane: l, acc: true, regs: []register{r}}
}
