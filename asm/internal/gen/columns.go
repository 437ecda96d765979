package gen

import (
	"fmt"
	"slices"

	"github.com/simmer-go/simmer/fallback"
)

// The kernels of this file work on a row-major matrix with so few columns that a row would leave most of a register
// empty. They take one row per lane instead: register c holds element c of several rows. Each element meets the same
// operations in the same order as in the kernels that take a row at a time, so the bits are theirs.
//
// They handle as many rows as fill whole registers and return that number.

// ColumnSums computes per row the largest element m and (the number of elements equal to m) − 1 + Σ Element(x, m) over
// the others, and leaves what Element gives in tile, by columns, where a [ColumnMap] finds it.
type ColumnSums struct {
	Name string // of the block function, without the type
	Mem  Lane
	// Element is a function of an element x and its row's m, and the mask of the lanes where x is m.
	Element func(b *B, x, m V) (y, isMax V)
}

// Function is the name of the block function.
func (k *ColumnSums) Function() string { return k.Name + k.Mem.String() }

// InFallback is false: without assembly, rows are taken one by one.
func (k *ColumnSums) InFallback() bool { return false }

func (k *ColumnSums) signature() string {
	return fmt.Sprintf("func(x, tile *%s, m, s *float64, cols, rows int) (done int)", k.Mem.goType())
}

func (k *ColumnSums) call() call {
	t := k.Mem.goType()
	return call{
		params:  []string{"x, tile []" + t, "m, s []float64", "cols, rows int"},
		results: "int", slices: []string{"x", "tile", "m", "s"}, scalars: []string{"cols", "rows"},
		float64s: map[string]bool{"m": true, "s": true},
		noLength: true, otherwise: "return 0 // row by row, then",
	}
}

func (k *ColumnSums) emit(e *emitter) {
	m := e.mach
	c := newColumns(e, k.Mem, "x")
	tile, outM, outS := c.arg("tile"), c.arg("m"), c.arg("s")
	// The largest elements of all rows first: the sums would wait for those of their own rows.
	t, top := m.move(e, tile), m.move(e, outM)
	e.comment("Groups of rows: columns to the tile, and the largest element of each row.")
	c.groups(func() {
		k.turn(c, t, top)
		m.addScaled(e, c.rowMajor, c.stride, m.width(k.Mem))
	})
	e.keepConstants()
	e.comment("Groups of rows again: the sums.")
	c.groups(func() {
		g := newSumGroup(c, k, tile, c.loadFloat64(outM))
		g.run()
		g.store(outS)
		m.addImm(e, outM, m.width(k.Mem)*8)
		m.addImm(e, outS, m.width(k.Mem)*8)
	})
	c.done()
}

// turn writes the columns of a group of rows to t, a register each, and the largest elements to outM.
func (k *ColumnSums) turn(c *columns, t, outM register) {
	e, m := c.emitter, c.mach
	largest := m.constant(e, minusInf(k.Mem))
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
	c.storeFloat64(c.float64s(largest), outM)
	m.addImm(e, outM, m.width(k.Mem)*8)
}

// sumGroup replaces x in t by Element(x, m) for a group of rows, counts the m themselves, and adds up the others:
// element c of a row to sum c mod ShortLanes, in the order in which the lanes of a row are folded.
type sumGroup struct {
	*columns
	k                 *ColumnSums
	t, largest, count register
	sums              []register
}

func newSumGroup(c *columns, k *ColumnSums, t, largest register) *sumGroup {
	zero := literal{lane: c.mem}
	g := &sumGroup{columns: c, k: k, t: t, largest: largest, count: c.mach.constant(c.emitter, zero)}
	for range fallback.ShortLanes {
		g.sums = append(g.sums, c.mach.constant(c.emitter, zero))
	}
	return g
}

// run goes through the columns in pairs, four at a time, and then through what is left.
func (g *sumGroup) run() {
	e, m := g.emitter, g.mach
	n := m.move(e, g.cols)
	four, rest, one := g.newLabel("four"), g.newLabel("rest"), g.newLabel("one")
	third, done := g.newLabel("third"), g.newLabel("done")
	m.branch(e, n, "<", 4, rest)
	e.label(four)
	g.take(g.sums[:2])
	g.take(g.sums[2:])
	m.addImm(e, n, -4)
	m.branch(e, n, ">=", 4, four)
	e.label(rest)
	m.branch(e, n, "<", 2, one)
	g.take(g.sums[:2])
	m.branch(e, n, ">", 2, third)
	m.jump(e, done)
	e.label(one)
	m.branch(e, n, "<", 1, done)
	g.take(g.sums[:1])
	m.jump(e, done)
	e.label(third)
	g.take(g.sums[2:3])
	e.label(done)
}

// take does as many columns as there are sums.
func (g *sumGroup) take(sums []register) {
	e, m := g.emitter, g.mach
	x := input(g.mem, make([]register, len(sums))...)
	for i := range sums {
		x.mem = append(x.mem, memory{Base: g.t, Disp: i * g.bytes()})
	}
	b := &B{Lane: g.mem}
	y, isMax := g.k.Element(b, x, input(g.mem, slices.Repeat([]register{g.largest}, len(sums))...))
	counted := b.CountIf(accumulator(g.mem, slices.Repeat([]register{g.count}, len(sums))...), isMax)
	added := b.Add(accumulator(g.mem, sums...), b.Drop(isMax, y))
	e.lower(b, y, counted, added)
	for i := range sums {
		m.store(e, g.mem, e.reg(y, i), memory{Base: g.t, Disp: i * g.bytes()})
	}
	m.addImm(e, g.t, len(sums)*g.bytes())
}

// store writes (count − 1) + Σ as float64 to outS.
func (g *sumGroup) store(outS register) {
	count := g.float64s(g.counted(g.mem, []register{g.count})[0])
	b := &B{Lane: g.mem}
	sum := func(i int) V { return input(g.mem, g.sums[i]) }
	all := b.Add(b.Add(sum(0), sum(2)), b.Add(sum(1), sum(3)))
	b.Lane = F64
	if g.mem == F32 {
		all = b.Widen(all)
	}
	s := b.Add(b.Sub(input(F64, count...), b.Const(1)), all)
	g.lower(b, s)
	g.storeFloat64(s.regs, outS)
}

// ColumnMap writes Element of each entry of tile and the scale of its row back as rows.
type ColumnMap struct {
	Name    string // of the block function, without the type
	Mem     Lane
	Element func(b *B, x, scale V) V
}

// Function is the name of the block function.
func (k *ColumnMap) Function() string { return k.Name + k.Mem.String() }

// InFallback is false: without assembly, rows are taken one by one.
func (k *ColumnMap) InFallback() bool { return false }

func (k *ColumnMap) signature() string {
	return fmt.Sprintf("func(dst, tile, scale *%s, cols, rows int) (done int)", k.Mem.goType())
}

func (k *ColumnMap) call() call {
	return call{
		params:  []string{"dst, tile, scale []" + k.Mem.goType(), "cols, rows int"},
		results: "int", slices: []string{"dst", "tile", "scale"}, scalars: []string{"cols", "rows"},
		noLength: true, otherwise: "return 0",
	}
}

func (k *ColumnMap) emit(e *emitter) {
	m := e.mach
	c := newColumns(e, k.Mem, "dst")
	tile, scale := c.arg("tile"), c.arg("scale")
	c.groups(func() {
		factor := m.load(e, k.Mem, memory{Base: scale})
		p := m.move(e, c.rowMajor)
		c.loop(1, func(int) {
			b := &B{Lane: k.Mem}
			v := k.Element(b, input(k.Mem, m.load(e, k.Mem, memory{Base: tile})), input(k.Mem, factor))
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

// float64s is a register of lanes as float64.
func (c *columns) float64s(r register) []register {
	if c.mem == F64 {
		return []register{r}
	}
	return c.widened([]register{r})
}

// storeFloat64 stores what float64s made, and loadFloat64 loads it and takes it back.
func (c *columns) storeFloat64(regs []register, p register) {
	for i, r := range regs {
		c.mach.store(c.emitter, F64, r, memory{Base: p, Disp: i * c.mach.width(F64) * 8})
	}
}

func (c *columns) loadFloat64(p register) register {
	v := input(F64)
	for i := range F64.size() / c.mem.size() {
		v.regs = append(v.regs, c.mach.load(c.emitter, F64, memory{Base: p, Disp: i * c.mach.width(F64) * 8}))
	}
	if c.mem == F32 {
		b := &B{Lane: F64}
		v = b.Narrow(v)
		c.lower(b, v)
	}
	return v.regs[0]
}

func input(l Lane, regs ...register) V { return &value{op: opInput, lane: l, regs: regs} }

func accumulator(l Lane, regs ...register) V {
	return &value{op: opInput, lane: l, acc: true, regs: regs}
}
