package gen

import (
	"fmt"
	"slices"
	"strings"
)

// Transpose is a kernel that copies: dst[c][r] = src[r][c] for r < rows, c < columns. Rows of src are srcRow elements
// apart, those of dst dstRow.
//
// Squares of 16 bytes a side are turned in registers, as many as a register has quarters of 16 bytes at a time.
type Transpose struct {
	Name string // of the block function, without the type
	Mem  Lane
}

// The parameters of a Transpose.
var (
	transposeSlices = []string{"dst", "src"}
	transposeSizes  = []string{"rows", "columns", "srcRow", "dstRow"}
)

// Function is the name of the block function, as in fallback.
func (k *Transpose) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *Transpose) InFallback() bool { return true }

func (k *Transpose) signature() string {
	return fmt.Sprintf("func(%s *%s, %s int)",
		strings.Join(transposeSlices, ", "), k.Mem.goType(), strings.Join(transposeSizes, ", "))
}

func (k *Transpose) call() call {
	return call{
		params: []string{strings.Join(transposeSlices, ", ") + " []" + k.Mem.goType(), strings.Join(transposeSizes, ", ") + " int"},
		slices: transposeSlices, scalars: transposeSizes, noLength: true,
	}
}

// emit writes bands of rows: as many as a register has lanes, then as many as a square has, then one by one.
func (k *Transpose) emit(e *emitter) {
	m, size := e.mach, k.Mem.size()
	side := 16 / size
	arg := func(name string) register { return m.loadArg(e, e.param(name)) }
	dst, src, rows, srcRow, dstRow := arg("dst"), arg("src"), arg("rows"), arg("srcRow"), arg("dstRow")
	srcRow, dstRow = m.scaled(e, srcRow, size), m.scaled(e, dstRow, size)
	for _, height := range slices.Compact([]int{m.width(k.Mem), side, 1}) {
		band, end := e.newLabel("band"), e.newLabel("end")
		m.branch(e, rows, "<", height, end)
		e.label(band)
		e.comment(fmt.Sprintf("%d rows.", height))
		from, to, columns := m.move(e, src), m.move(e, dst), arg("columns")
		k.band(e, height, side, from, to, columns, srcRow, dstRow)
		k.band(e, height, 1, from, to, columns, srcRow, dstRow)
		m.addScaled(e, src, srcRow, height)
		m.addImm(e, dst, height*size)
		m.addImm(e, rows, -height)
		m.branch(e, rows, ">=", height, band)
		e.label(end)
	}
	m.ret(e)
}

// band does so many rows, as many columns at a time while there are as many.
func (k *Transpose) band(e *emitter, height, width int, from, to, columns, srcRow, dstRow register) {
	m, size := e.mach, k.Mem.size()
	again, end := e.newLabel("columns"), e.newLabel("rest")
	m.branch(e, columns, "<", width, end)
	e.label(again)
	if height > 1 && width > 1 {
		k.squares(e, height, width, from, to, srcRow, dstRow)
	} else {
		k.elements(e, height, width, from, to, srcRow, dstRow)
	}
	m.addImm(e, from, width*size)
	m.addScaled(e, to, dstRow, width)
	m.addImm(e, columns, -width)
	m.branch(e, columns, ">=", width, again)
	e.label(end)
}

// squares turns height/side of them.
func (k *Transpose) squares(e *emitter, height, side int, from, to, srcRow, dstRow register) {
	m := e.mach
	regs := turned(e, k.Mem, from, srcRow, height)
	m.walk(e, to, dstRow, side, func(i int, at memory) {
		if height == side {
			m.storeQuarter(e, regs[i], at)
		} else {
			m.store(e, k.Mem, regs[i], at)
		}
	})
}

// turned loads squares of so many rows, and returns their columns: register i takes row i of each square, so that turning
// all at once leaves the columns in order.
func turned(e *emitter, l Lane, from, row register, height int) (columns []register) {
	m, side := e.mach, 16/l.size()
	regs := make([]register, side)
	m.walk(e, from, row, height, func(i int, at memory) {
		regs[i%side] = m.insertQuarter(e, regs[i%side], i/side, at)
	})
	return m.turn(e, l, regs, height == side)
}

// elements copies a column of so many elements, or a row.
func (k *Transpose) elements(e *emitter, height, width int, from, to, srcRow, dstRow register) {
	size := k.Mem.size()
	if width > 1 {
		e.mach.walk(e, to, dstRow, width, func(i int, at memory) {
			e.mach.copyElement(e, k.Mem, memory{Base: from, Disp: i * size}, at)
		})
		return
	}
	e.mach.walk(e, from, srcRow, height, func(i int, at memory) {
		e.mach.copyElement(e, k.Mem, at, memory{Base: to, Disp: i * size})
	})
}
