package gen

import (
	"fmt"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// Product is a kernel that multiplies matrices: it writes, for some rows i and the first columns j,
//
//	dst[i][j] = Finish(s),  s = start[i][j] + Σ over p < k of a[i][p]·b[p][j]
//
// in the order of fallback/product.go: k in chunks, each a chain of fused multiply-adds from +0 that is added to s. The
// order knows nothing of tiles, so the bits are those of any other shape of tile. Rows are so many elements apart: dstRow,
// startRow (0: one row for all), aRow, bRow; aStep apart are the neighbours of a row of a. The columns of dst, start and b
// are neighbours.
//
// It takes the first columns that fill the machine's tile, or all if they are fewer, and returns their number.
// k must not be 0. In scratch there must be room for a tile.
type Product struct {
	Name   string // of the block function, without the type
	Mem    Lane
	Finish func(b *B, s V) V // nil: nothing
}

// The parameters of a Product.
var (
	productSlices = []string{"dst", "start", "a", "b", "scratch"}
	productSizes  = []string{"rows", "n", "k", "dstRow", "startRow", "aRow", "aStep", "bRow"}
)

// Function is the name of the block function, as in fallback.
func (k *Product) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *Product) InFallback() bool { return true }

func (k *Product) signature() string {
	return fmt.Sprintf("func(%s *%s, %s int) (done int)",
		strings.Join(productSlices, ", "), k.Mem.goType(), strings.Join(productSizes, ", "))
}

func (k *Product) call() call {
	return call{
		params:  []string{strings.Join(productSlices, ", ") + " []" + k.Mem.goType(), strings.Join(productSizes, ", ") + " int"},
		results: "int", slices: productSlices, scalars: productSizes, noLength: true,
	}
}

// tiles are the shapes that a machine keeps in registers.
type tiles struct {
	heights []int // rows, the largest first, the last 1
	columns int   // registers in a row
	single  int   // registers in a row that is the only one: a line of the cache, or two, is read at once
	chunks  int   // that a single row does at a time: the sums of one alone would wait for each other
	groups  int   // of rows in lanes, for the same reason
}

// productEmitter holds what all tiles of one function share.
type productEmitter struct {
	*emitter
	k     *Product
	shape tiles
	width int   // registers in a row of the tile
	last  *tail // of the last of them, nil if it is full
}

// emit writes the function: for each number of registers that the columns may take, full or not, and each height of a
// tile, a loop over tiles. What only changes from tile to tile stays in the parameters' memory.
func (k *Product) emit(e *emitter) {
	m, shape := e.mach, e.mach.tiles()
	for _, name := range []string{"dstRow", "startRow", "aRow", "aStep", "bRow"} {
		m.storeInt(e, m.scaled(e, m.loadArg(e, e.param(name)), k.Mem.size()), e.param(name))
	}
	n := m.loadArg(e, e.param("n"))
	lanes := m.width(k.Mem)
	if shape.single > shape.columns {
		m.branch(e, n, "<", shape.single*lanes, "several")
		m.branch(e, m.loadArg(e, e.param("rows")), ">", 1, "several")
		m.storeInt(e, m.number(e, shape.single*lanes), e.param("done"))
		k.strip(e, tiles{heights: []int{1}, chunks: shape.chunks * shape.columns / shape.single}, shape.single, nil)
		e.label("several")
	}
	m.branch(e, n, "<", shape.columns*lanes, "partial")
	m.storeInt(e, m.number(e, shape.columns*lanes), e.param("done"))
	k.strip(e, shape, shape.columns, nil)
	e.label("partial")
	m.storeInt(e, n, e.param("done"))
	for w := shape.columns; w > 0; w-- {
		next := e.newLabel("narrower")
		if w > 1 {
			m.branch(e, n, "<=", (w-1)*lanes, next)
		}
		columns := m.move(e, n) // of the last register
		m.addImm(e, columns, -(w-1)*lanes)
		last := m.tail(e, k.Mem, columns, true)
		k.strip(e, shape, w, &last)
		if w > 1 {
			e.label(next)
		}
	}
}

// strip writes the loops over tiles of so many registers in a row, of which the last holds only so many columns.
func (k *Product) strip(e *emitter, shape tiles, width int, last *tail) {
	m := e.mach
	p := &productEmitter{emitter: e, k: k, shape: shape, width: width, last: last}
	for i, height := range shape.heights {
		again, lower := e.newLabel("tile"), e.newLabel("lower")
		e.label(again)
		e.comment(fmt.Sprintf("%d rows of %d registers.", height, width))
		rows := m.loadArg(e, e.param("rows"))
		m.branch(e, rows, "<", height, lower)
		m.addImm(e, rows, -height)
		m.storeInt(e, rows, e.param("rows"))
		p.tile(height)
		m.jump(e, again)
		e.label(lower)
		if i == len(shape.heights)-1 {
			m.ret(e)
		}
	}
}

// tile computes the tile that begins at a, start and dst, and moves them on.
func (p *productEmitter) tile(height int) {
	e, m, l := p.emitter, p.mach, p.k.Mem
	arg := func(name string) register { return m.loadArg(e, p.param(name)) }
	a, aStep, b, bRow, left := arg("a"), arg("aStep"), arg("b"), arg("bRow"), arg("k")
	src, srcRow := arg("start"), arg("startRow")
	chunk, last, totals, next := e.newLabel("chunk"), e.newLabel("last"), e.newLabel("totals"), e.newLabel("sum")
	moveOn := e.newLabel("next")
	if height == 1 {
		p.chunks(a, aStep, b, bRow, left, src, chunk, moveOn)
	}
	rows := m.readRows(e, l, a, arg("aRow"), aStep, height)

	e.label(chunk)
	var sums [][]register
	for range height {
		sums = append(sums, p.zeros())
	}
	count := m.number(e, fallback.Chunk)
	m.branch(e, left, ">=", fallback.Chunk, next)
	m.moveTo(e, left, count)
	e.label(next)
	p.chain(rows, sums, b, bRow, count)

	m.addImm(e, left, -fallback.Chunk)
	m.branch(e, left, "<=", 0, last)
	e.label(totals)
	e.comment("The totals so far.")
	scratch := arg("scratch")
	m.walk(e, src, srcRow, height, func(i int, at memory) {
		p.addFrom(sums[i], at)
		for j, r := range sums[i] {
			m.store(e, l, r, memory{Base: scratch, Disp: (i*p.width + j) * m.width(l) * l.size()})
		}
	})
	m.moveTo(e, scratch, src)
	m.moveTo(e, m.number(e, p.width*m.width(l)*l.size()), srcRow)
	m.jump(e, chunk)

	e.label(last)
	e.comment("The last totals.")
	m.walk(e, src, srcRow, height, func(i int, at memory) { p.addFrom(sums[i], at) })
	for i := range sums {
		sums[i] = p.finish(sums[i])
	}
	m.walk(e, arg("dst"), arg("dstRow"), height, func(i int, at memory) { p.storeRow(sums[i], at) })
	if height == 1 {
		e.label(moveOn)
	}
	for _, moving := range [][2]string{{"a", "aRow"}, {"start", "startRow"}, {"dst", "dstRow"}} {
		at, row := arg(moving[0]), arg(moving[1])
		for height := height; height > 0; height &= height - 1 { // a power of two at a time
			m.addScaled(e, at, row, height&-height)
		}
		m.storeInt(e, at, p.param(moving[0]))
	}
}

// chunks does what it can of a single row several chunks at a time, and goes to moveOn if that is all, else to chunk. The
// totals are then in scratch, which src becomes.
func (p *productEmitter) chunks(a, aStep, b, bRow, left, src register, chunk, moveOn string) {
	e, m, l := p.emitter, p.mach, p.k.Mem
	n := p.shape.chunks
	again, sum := e.newLabel("chunks"), e.newLabel("sums")
	m.branch(e, left, "<", n*fallback.Chunk, chunk)
	e.comment(fmt.Sprintf("One row: %d chunks at a time.", n))
	aChunk, bChunk := m.scaled(e, aStep, fallback.Chunk), m.scaled(e, bRow, fallback.Chunk)
	e.label(again)
	var sums [][]register
	for range n {
		sums = append(sums, p.zeros())
	}
	as, bs := m.readRows(e, l, a, aChunk, aStep, n), m.rows(e, b, bChunk, n)
	count := m.number(e, fallback.Chunk)
	e.label(sum)
	for i, acc := range sums {
		x := as.element(i)
		for j, b := range p.loadRow(bs.at(i)) {
			m.addProduct(e, l, b, x, acc[j])
		}
	}
	as.next()
	bs.advance(bRow)
	m.addImm(e, count, -1)
	m.branch(e, count, ">", 0, sum)

	for rest := n - 1; rest > 0; rest &= rest - 1 { // a and b have moved by one chunk
		m.addScaled(e, a, aChunk, rest&-rest)
		m.addScaled(e, b, bChunk, rest&-rest)
	}
	body := &B{Lane: l}
	total := p.rowValue(memory{Base: src})
	for _, acc := range sums {
		total = body.Add(total, accumulator(l, acc...))
	}
	e.lower(body, total)
	m.moveTo(e, m.loadArg(e, p.param("scratch")), src)
	for j, mem := range p.row(memory{Base: src}) {
		m.store(e, l, total.regs[j], mem)
	}
	m.addImm(e, left, -n*fallback.Chunk)
	m.branch(e, left, ">=", n*fallback.Chunk, again)
	m.branch(e, left, ">", 0, chunk)
	p.storeRow(p.finish(total.regs), memory{Base: m.loadArg(e, p.param("dst"))})
	m.jump(e, moveOn)
}

// rowValue is a row of the tile in memory.
func (p *productEmitter) rowValue(at memory) V {
	v := input(p.k.Mem, make([]register, p.width)...)
	v.mem = p.row(at)
	if p.last != nil {
		v.regs[p.width-1] = p.mach.loadTail(p.emitter, p.k.Mem, v.mem[p.width-1], *p.last)
	}
	return v
}

func (p *productEmitter) zeros() (regs []register) {
	for range p.width {
		regs = append(regs, p.mach.constant(p.emitter, literal{lane: p.k.Mem}))
	}
	return regs
}

// chain adds the products of count elements of each row, and as many rows of b, to sums.
func (p *productEmitter) chain(rows rowReader, sums [][]register, b, bRow, count register) {
	e, m, l := p.emitter, p.mach, p.k.Mem
	again := e.newLabel("product")
	e.label(again)
	columns := p.loadRow(memory{Base: b})
	m.addScaled(e, b, bRow, 1)
	for i, acc := range sums {
		a := rows.element(i)
		for j, sum := range acc {
			m.addProduct(e, l, columns[j], a, sum)
		}
	}
	rows.next()
	m.addImm(e, count, -1)
	m.branch(e, count, ">", 0, again)
}

// row is the memory of a row of the tile.
func (p *productEmitter) row(at memory) (mem []memory) {
	for j := range p.width {
		mem = append(mem, at.Offset(j*p.mach.width(p.k.Mem)*p.k.Mem.size()))
	}
	return mem
}

func (p *productEmitter) loadRow(at memory) (regs []register) {
	v := p.rowValue(at)
	for j := range v.regs {
		regs = append(regs, p.reg(v, j))
	}
	return regs
}

func (p *productEmitter) storeRow(regs []register, at memory) {
	for j, mem := range p.row(at) {
		if j == p.width-1 && p.last != nil {
			p.storeLast(regs[j], mem)
		} else {
			p.mach.store(p.emitter, p.k.Mem, regs[j], mem)
		}
	}
}

// storeLast stores the last register of a row, which may be full all the same.
func (p *productEmitter) storeLast(r register, at memory) {
	e, m, l := p.emitter, p.mach, p.k.Mem
	part, stored := e.newLabel("part"), e.newLabel("stored")
	m.branch(e, p.last.n, "<", m.width(l), part)
	m.store(e, l, r, at)
	m.jump(e, stored)
	e.label(part)
	m.storeTail(e, l, r, at, *p.last)
	e.label(stored)
}

// addFrom makes s + c of the sums c and what stands at a row.
func (p *productEmitter) addFrom(sums []register, row memory) {
	l := p.k.Mem
	body := &B{Lane: l}
	p.lower(body, body.Add(input(l, p.loadRow(row)...), accumulator(l, sums...)))
}

func (p *productEmitter) finish(sums []register) []register {
	if p.k.Finish == nil {
		return sums
	}
	l := p.k.Mem
	body := &B{Lane: l}
	v := p.k.Finish(body, accumulator(l, sums...))
	p.lower(body, v)
	return v.regs
}
