package gen

import "fmt"

// ColumnArgMax writes, for each of as many rows as fill whole registers, the number of the first column that holds the
// row's largest element, −1 if one is NaN; it returns the number of these rows. It takes one row per lane.
type ColumnArgMax struct {
	Name string // of the block function, without the type
	Mem  Lane
}

// Function is the name of the block function.
func (k *ColumnArgMax) Function() string { return k.Name + k.Mem.String() }

// InFallback is false: without assembly, rows are taken one by one.
func (k *ColumnArgMax) InFallback() bool { return false }

func (k *ColumnArgMax) signature() string {
	return fmt.Sprintf("func(x, place *%s, cols, rows int) (done int)", k.Mem.goType())
}

func (k *ColumnArgMax) call() call {
	return call{
		params:  []string{"x, place []" + k.Mem.goType(), "cols, rows int"},
		results: "int", slices: []string{"x", "place"}, scalars: []string{"cols", "rows"},
		noLength: true, otherwise: "return 0 // row by row, then",
	}
}

func (k *ColumnArgMax) emit(e *emitter) {
	m := e.mach
	c := newColumns(e, k.Mem, "x")
	place := c.arg("place")
	zero := literal{lane: k.Mem}
	c.groups(func() {
		largest, first := m.constant(e, minusInf(k.Mem)), m.constant(e, zero)
		nans, column := m.constant(e, zero), m.constant(e, zero)
		p := m.move(e, c.rowMajor)
		c.loop(2, func(columns int) {
			for _, x := range m.loadStrided(e, k.Mem, p, c.stride, columns) {
				k.column(e, x, largest, first, nans, column)
			}
			m.addImm(e, p, columns*k.Mem.size())
		})
		b := &B{Lane: k.Mem}
		some := b.LT(b.Const(0), input(k.Mem, e.counted(k.Mem, []register{nans})...))
		at := b.Select(some, b.Const(-1), input(k.Mem, first))
		e.lower(b, at)
		m.store(e, k.Mem, at.regs[0], memory{Base: place})
		m.addImm(e, place, c.bytes())
		m.addScaled(e, c.rowMajor, c.stride, m.width(k.Mem))
	})
	c.done()
}

// column takes the next column: where x > largest, it becomes the first one with the largest element.
func (k *ColumnArgMax) column(e *emitter, x, largest, first, nans, column register) {
	b := &B{Lane: k.Mem}
	v, top, at := input(k.Mem, x), accumulator(k.Mem, largest), accumulator(k.Mem, column)
	larger := b.GT(v, top)
	e.lower(b,
		b.CountIf(accumulator(k.Mem, nans), b.IsNaN(v)),
		b.Max(b.Keep(larger, at), accumulator(k.Mem, first)), // columns ascend
		b.Max(v, top),
		b.Add(at, b.Const(1)))
}
