package gen

import (
	"fmt"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// ProductColumn is a kernel that multiplies a matrix by a vector: for some rows it writes, to dst[i·dstRow],
//
//	Finish(s),  s = start + Σ over p < k of a[i][p]·b[p]
//
// in the order of [Product]. Rows of a are aRow elements apart, elements of b bStep. Its lanes are rows: squares of a are
// turned on the way into the products. It takes as many rows as fill several registers, and returns their number. k must
// not be 0.
type ProductColumn struct {
	Name   string // of the block function, without the type
	Mem    Lane
	Finish func(b *B, s V) V // nil: nothing
}

// The parameters of a ProductColumn.
var (
	columnSlices = []string{"dst", "a", "b"}
	columnSizes  = []string{"rows", "k", "dstRow", "aRow", "bStep"}
)

// Function is the name of the block function, as in fallback.
func (k *ProductColumn) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *ProductColumn) InFallback() bool { return true }

func (k *ProductColumn) signature() string {
	return fmt.Sprintf("func(%s *%s, %s int, start %[2]s) (done int)",
		strings.Join(columnSlices, ", "), k.Mem.goType(), strings.Join(columnSizes, ", "))
}

func (k *ProductColumn) call() call {
	return call{
		params: []string{
			strings.Join(columnSlices, ", ") + " []" + k.Mem.goType(),
			strings.Join(columnSizes, ", ") + " int", "start " + k.Mem.goType(),
		},
		results: "int", slices: columnSlices, scalars: columnSizes, floats: []string{"start"}, noLength: true,
	}
}

// columnEmitter holds what the parts of the function share.
type columnEmitter struct {
	*emitter
	k          *ProductColumn
	b          register // walks through the vector
	from       register // walks through the columns of the rows of a turn
	aRow, step register
	sums       []register // of the chunk, a register for each group of rows
}

// emit writes the loop over groups of rows: those of several registers at a time, as the sums of one would wait for each
// other.
func (k *ProductColumn) emit(e *emitter) {
	m, groups := e.mach, e.mach.tiles().groups
	rows := groups * m.width(k.Mem)
	arg := func(name string) register { return m.loadArg(e, e.param(name)) }
	bytes := func(name string) register { return m.scaled(e, arg(name), k.Mem.size()) }
	c := &columnEmitter{emitter: e, k: k, aRow: bytes("aRow"), step: bytes("bStep")}
	a, dst, dstRow, done := arg("a"), arg("dst"), bytes("dstRow"), m.number(e, 0)
	left := arg("rows")

	group, end := e.newLabel("group"), e.newLabel("end")
	m.branch(e, left, "<", rows, end)
	e.label(group)
	e.comment(fmt.Sprintf("%d rows in %d registers.", rows, groups))
	start := m.broadcast(e, k.Mem, e.param("start"))
	var totals []register
	for range groups {
		totals = append(totals, m.copy(e, k.Mem, start))
	}
	c.from, c.b = m.move(e, a), arg("b")
	c.chunks(totals)
	for _, s := range totals {
		m.storeStrided(e, k.Mem, c.finish(s), dst, dstRow)
		m.addScaled(e, dst, dstRow, m.width(k.Mem))
		m.addScaled(e, a, c.aRow, m.width(k.Mem))
	}
	m.addImm(e, done, rows)
	m.addImm(e, left, -rows)
	m.branch(e, left, ">=", rows, group)
	e.label(end)
	m.storeInt(e, done, e.param("done"))
	m.ret(e)
}

// chunks adds the sums of all chunks to totals.
func (c *columnEmitter) chunks(totals []register) {
	e, m, l := c.emitter, c.mach, c.k.Mem
	side := 16 / l.size()
	left := m.loadArg(e, e.param("k"))
	chunk, full := e.newLabel("chunk"), e.newLabel("full")
	e.label(chunk)
	c.sums = nil
	for range totals {
		c.sums = append(c.sums, m.constant(e, literal{lane: l}))
	}
	count := m.number(e, fallback.Chunk)
	m.branch(e, left, ">=", fallback.Chunk, full)
	m.moveTo(e, left, count)
	e.label(full)
	for _, width := range []int{side, 1} {
		again, rest := e.newLabel("columns"), e.newLabel("rest")
		m.branch(e, count, "<", width, rest)
		e.label(again)
		c.columns(width)
		m.addImm(e, count, -width)
		m.branch(e, count, ">=", width, again)
		e.label(rest)
	}
	for i, s := range totals {
		body := &B{Lane: l}
		v := body.Add(input(l, c.sums[i]), accumulator(l, s))
		e.lower(body, v)
	}
	m.addImm(e, left, -fallback.Chunk)
	m.branch(e, left, ">", 0, chunk)
}

// columns adds the products of so many columns: those of a square, or one.
func (c *columnEmitter) columns(width int) {
	e, m, l := c.emitter, c.mach, c.k.Mem
	at := m.move(e, c.from)
	for _, sum := range c.sums {
		var columns []register
		if width > 1 {
			columns = turned(e, l, at, c.aRow, m.width(l))
		} else {
			columns = m.loadStrided(e, l, at, c.aRow, 1)
		}
		m.walk(e, c.b, c.step, width, func(i int, element memory) { // again for each group: registers are few
			body := &B{Lane: l}
			x, y := input(l, columns[i]), input(l, m.broadcast(e, l, element))
			e.lower(body, body.FMA(x, y, accumulator(l, sum)))
		})
		m.addScaled(e, at, c.aRow, m.width(l))
	}
	m.addImm(e, c.from, width*l.size())
	m.addScaled(e, c.b, c.step, width)
}

func (c *columnEmitter) finish(s register) register {
	if c.k.Finish == nil {
		return s
	}
	body := &B{Lane: c.k.Mem}
	v := c.k.Finish(body, accumulator(c.k.Mem, s))
	c.lower(body, v)
	return v.regs[0]
}
