package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// Across is a Stream for the columns of a matrix instead of its rows: position p of each row of the matrix goes to a lane
// of its own, and the rows, one for each class, are gone through in turn. Every number meets the same operations in the
// same order as in the Stream called on the column, so the bits are its.
//
// A call handles at most a block of the Stream, and any number of positions. The rows of each matrix may lie as far apart
// as they like. What the Stream takes as parameters and what it returns are slices with an element for each position, of
// float64 and with room for whole registers, whatever the type of the matrices.
type Across struct {
	Row    *Stream
	Suffix string // of the name: what is special about it
	// PerClass names inputs that have one element for each class, the same at all positions.
	PerClass []string
	Unroll   Unroll
}

// foldLanesAcross is the number of lanes that a sum of a Stream has that is described across too. Class c adds to lane
// c mod foldLanesAcross, and what lanes fold to first, s_j for j below ShortLanes, is the sum of lanes j, j + ShortLanes, …
// So classes are taken in the order of their lanes: one lane and one s are in registers at a time, and what each s came to
// waits in memory for the end.
const foldLanesAcross = min(fallback.WorkLanes32, fallback.WorkLanes64)

const (
	// prefetchAhead is the number of positions from those that are read to those that are prefetched: a tile of package
	// kernels, which meanwhile has all its kernels called.
	prefetchAhead = 64
	cacheLine     = 64 // bytes
)

// Function is the name of the block function.
func (k *Across) Function() string { return k.Row.Name + "Across" + k.Suffix + k.Row.Mem.String() }

// InFallback is false: without assembly, column by column goes to the function of the Stream.
func (k *Across) InFallback() bool { return false }

// matrices are the slices that have rows.
func (k *Across) matrices() []string {
	return slices.DeleteFunc(slices.Clone(k.Row.slices()), func(s string) bool { return slices.Contains(k.PerClass, s) })
}

// hasLanes reports whether some sum has lanes.
func (k *Across) hasLanes() bool {
	return slices.ContainsFunc(k.Row.Sums, func(s Sum) bool { return s.Kind == FoldOwn })
}

// float64s are the slices with an element for each position, the room for lanes among them.
func (k *Across) float64s() []string {
	list := slices.Clone(k.Row.Params)
	if k.hasLanes() {
		list = append(list, "lanes")
	}
	return append(list, k.Row.sumNames()...)
}

// sizes are the distances of rows, and the numbers of rows and of positions.
func (k *Across) sizes() (list []string) {
	for _, s := range k.matrices() {
		list = append(list, s+"Row")
	}
	return append(list, "classes", "positions")
}

func (k *Across) signature() string {
	s := fmt.Sprintf("func(%s *%s", strings.Join(k.Row.slices(), ", "), k.Row.Mem.goType())
	if f := k.float64s(); len(f) > 0 {
		s += fmt.Sprintf(", %s *float64", strings.Join(f, ", "))
	}
	return fmt.Sprintf("%s, %s int)", s, strings.Join(k.sizes(), ", "))
}

func (k *Across) call() call {
	c := call{
		params:   []string{strings.Join(k.Row.slices(), ", ") + " []" + k.Row.Mem.goType()},
		slices:   append(slices.Clone(k.Row.slices()), k.float64s()...),
		scalars:  k.sizes(),
		float64s: map[string]bool{},
		noLength: true, otherwise: k.columnByColumn(),
	}
	if f := k.float64s(); len(f) > 0 {
		c.params = append(c.params, strings.Join(f, ", ")+" []float64")
	}
	c.params = append(c.params, strings.Join(k.sizes(), ", ")+" int")
	for _, f := range k.float64s() {
		c.float64s[f] = true
	}
	return c
}

// columnByColumn is Go that copies columns to rows, and back, for the fallback of the Stream.
func (k *Across) columnByColumn() string {
	var rooms, args []string
	var before, after strings.Builder
	for _, s := range k.Row.slices() {
		if slices.Contains(k.PerClass, s) {
			args = append(args, s+"[:classes]")
			continue
		}
		column := s + "Column"
		rooms, args = append(rooms, column), append(args, column+"[:classes]")
		if s == k.Row.Output {
			fmt.Fprintf(&after, "scatter(%s[p:], %s[:classes], %[1]sRow)\n", s, column)
		} else {
			fmt.Fprintf(&before, "gather(%s[:classes], %s[p:], %[2]sRow)\n", column, s)
		}
	}
	for _, p := range k.Row.Params {
		args = append(args, fmt.Sprintf("%s(%s[p])", k.Row.Mem.goType(), p))
	}
	results := ""
	for i, s := range k.Row.sumNames() {
		if i > 0 {
			results += ", "
		}
		results += s + "[p]"
	}
	if results != "" {
		results += " = "
	}
	return fmt.Sprintf("var %s [fallback.WorkBlock]%s\nfor p := range positions {\n%s%sfallback.%s(%s)\n%s}",
		strings.Join(rooms, ", "), k.Row.Mem.goType(), &before, results, k.Row.Function(), strings.Join(args, ", "), &after)
}

// acrossEmitter holds the registers of one emission of an Across.
type acrossEmitter struct {
	*emitter
	k            *Across
	rows         map[string]register // the bytes from a row to the one after the next three, or to the next if there are no lanes
	offset, left register            // to the positions that are next, in bytes, and their number
}

// acrossGroup is some registers of positions, which go through the classes together.
type acrossGroup struct {
	*acrossEmitter
	count   int   // registers
	tail    *tail // if the only one may be partly filled
	params  []V
	sums    [][]register        // of each sum, its lane if it has lanes
	pointer map[string]register // to the class
}

// emit writes the function: groups of whole registers of positions, and then single ones, the last partly filled.
func (k *Across) emit(e *emitter) {
	m := e.mach
	k.check()
	a := &acrossEmitter{emitter: e, k: k, rows: map[string]register{}}
	for _, s := range k.matrices() {
		a.rows[s] = m.scaled(e, m.loadArg(e, e.param(s+"Row")), k.rowStep()*k.Row.Mem.size())
	}
	a.offset, a.left = m.number(e, 0), m.loadArg(e, e.param("positions"))
	count, width := max(1, k.Unroll[m]), m.width(k.Row.Mem)
	m.branch(e, a.left, "<", count*width, "rest")
	e.label("group")
	e.comment(fmt.Sprintf("%d positions.", count*width))
	a.group(count, nil)
	m.branch(e, a.left, ">=", count*width, "group")
	e.label("rest")
	m.branch(e, a.left, "<=", 0, "done")
	e.comment(fmt.Sprintf("What is left: %d positions at a time, the last time fewer.", width))
	e.quiet = true
	t := m.tail(e, k.Row.Mem, a.left, true)
	a.group(1, &t)
	m.jump(e, "rest")
	e.label("done")
	m.ret(e)
}

// check panics unless the Stream has sums that are the same across.
func (k *Across) check() {
	for _, s := range k.Row.Sums {
		if s.Kind == FoldF64 || s.Kind == FoldOwn && k.Row.Lanes != foldLanesAcross {
			panic(k.Row.Name + ": its sum does not fold as Across does")
		}
	}
	if k.Row.Prepare != nil || k.Row.Arith != k.Row.Mem {
		panic(k.Row.Name + ": Across does not prepare parameters, nor widen what it reads")
	}
}

// rowStep is the number of rows from a lane to the next that adds to the same s, or from class to class.
func (k *Across) rowStep() int {
	if k.hasLanes() {
		return fallback.ShortLanes
	}
	return 1
}

// group emits the classes of so many registers of positions.
func (a *acrossEmitter) group(count int, t *tail) {
	m, e := a.mach, a.emitter
	g := &acrossGroup{acrossEmitter: a, count: count, tail: t}
	if bytes := fallback.ShortLanes * g.laneBytes(); bytes > 8*fallback.LanesAcross {
		panic(fmt.Sprintf("%s: its lanes take %d bytes, more than there is room for", a.k.Row.Name, bytes))
	}
	g.begin()
	if t == nil {
		e.keepConstants()
	}
	if a.k.hasLanes() {
		quiet := e.quiet
		for j := range fallback.ShortLanes {
			g.lanes(j)
			e.quiet = true // the same again
		}
		e.quiet = quiet
	} else {
		g.pointer = g.pointers(0)
		g.classes(m.loadArg(e, e.param("classes")), 1)
	}
	if t == nil {
		e.dropConstants()
	}
	g.finish()
	m.addImm(e, a.offset, count*g.registerBytes())
	m.addImm(e, a.left, -count*m.width(a.k.Row.Mem))
}

func (g *acrossGroup) registerBytes() int { return g.mach.width(F32) * 4 }

// laneRegisters is the number of registers that lanes of a sum take.
func (g *acrossGroup) laneRegisters(s Sum) int {
	if s.Kind != FoldOwn {
		return 0
	}
	return g.count * g.k.Row.ratio(s)
}

// laneBytes is the size of a lane, of all sums.
func (g *acrossGroup) laneBytes() (bytes int) {
	for _, s := range g.k.Row.Sums {
		bytes += g.laneRegisters(s) * g.registerBytes()
	}
	return bytes
}

// begin loads what belongs to the positions, and clears the sums without lanes.
func (g *acrossGroup) begin() {
	m, e, row := g.mach, g.emitter, g.k.Row
	for _, p := range row.Params {
		g.params = append(g.params, input(row.Mem, g.loadFloat64s(g.float64At(p))...))
	}
	for _, s := range row.Sums {
		var regs []register
		for range g.count {
			switch s.Kind {
			case Count:
				regs = append(regs, m.constant(e, literal{lane: row.Mem}))
			case Largest:
				regs = append(regs, m.constant(e, minusInf(row.Mem)))
			}
		}
		g.sums = append(g.sums, regs)
	}
}

// pointers are those to class j.
func (g *acrossGroup) pointers(j int) map[string]register {
	m, e, size := g.mach, g.emitter, g.k.Row.Mem.size()
	list := map[string]register{}
	for _, s := range g.k.Row.slices() {
		p := m.loadArg(e, e.param(s))
		list[s] = p
		if g.rows[s] == nil {
			m.addImm(e, p, j*size)
			continue
		}
		m.addScaled(e, p, g.offset, 1)
		for bit := 1; bit <= j; bit *= 2 {
			if j&bit != 0 {
				m.addScaled(e, p, m.loadArg(e, e.param(s+"Row")), bit*size)
			}
		}
	}
	return list
}

// lanes emits the classes that add to s_j, lane by lane, and stores it.
func (g *acrossGroup) lanes(j int) {
	m, e := g.mach, g.emitter
	e.comment(fmt.Sprintf("Lanes %d, %d, …", j, j+fallback.ShortLanes))
	left := m.loadArg(e, e.param("classes"))
	m.addImm(e, left, -j)
	first, lanes := g.pointers(j), m.number(e, foldLanesAcross/fallback.ShortLanes)
	totals := g.zeros()
	lane, done := e.newLabel("lane"), e.newLabel("lanes")
	e.label(lane)
	m.branch(e, left, "<=", 0, done)
	zeros := g.zeros()
	g.pointer = map[string]register{}
	for i, s := range g.k.Row.Sums {
		if g.laneRegisters(s) > 0 {
			g.sums[i] = zeros[i]
		}
	}
	for _, s := range g.k.Row.slices() {
		g.pointer[s] = m.move(e, first[s])
	}
	g.classes(m.move(e, left), foldLanesAcross)
	for i, s := range g.k.Row.Sums {
		if g.laneRegisters(s) > 0 {
			b := &B{Lane: s.Lane}
			sum := b.Add(accumulator(s.Lane, totals[i]...), input(s.Lane, g.sums[i]...))
			e.lower(b, sum)
			g.stays(sum, totals[i])
		}
	}
	g.advance(first, fallback.ShortLanes)
	m.addImm(e, left, -fallback.ShortLanes)
	m.addImm(e, lanes, -1)
	m.branch(e, lanes, ">", 0, lane)
	e.label(done)
	room, at := m.loadArg(e, e.param("lanes")), j*g.laneBytes()
	for i, s := range g.k.Row.Sums {
		for _, r := range totals[i] {
			m.store(e, s.Lane, r, memory{Base: room, Disp: at})
			at += g.registerBytes()
		}
	}
}

// zeros are registers for the sums with lanes.
func (g *acrossGroup) zeros() (regs [][]register) {
	for _, s := range g.k.Row.Sums {
		var list []register
		for range g.laneRegisters(s) {
			list = append(list, g.mach.constant(g.emitter, literal{lane: s.Lane}))
		}
		regs = append(regs, list)
	}
	return regs
}

// classes emits the loop over every so manieth of the classes that are left.
func (g *acrossGroup) classes(left register, step int) {
	m, e, class := g.mach, g.emitter, g.newLabel("class")
	e.label(class)
	g.body()
	g.advance(g.pointer, step)
	m.addImm(e, left, -step)
	m.branch(e, left, ">", 0, class)
}

// float64At is the address of what such a slice has for the positions.
func (g *acrossGroup) float64At(slice string) register {
	p := g.mach.loadArg(g.emitter, g.param(slice))
	g.mach.addScaled(g.emitter, p, g.offset, F64.size()/g.k.Row.Mem.size())
	return p
}

// loadFloat64s loads a number for each position, in the type of the matrices.
func (g *acrossGroup) loadFloat64s(p register) []register {
	m, l := g.mach, g.k.Row.Mem
	v := input(F64)
	for i := range g.count * F64.size() / l.size() {
		v.regs = append(v.regs, m.load(g.emitter, F64, memory{Base: p, Disp: i * g.registerBytes()}))
	}
	if l == F64 {
		return v.regs
	}
	b := &B{Lane: F64}
	v = b.Narrow(v)
	g.lower(b, v)
	return v.regs
}

// storeFloat64s stores registers of l as float64.
func (g *acrossGroup) storeFloat64s(l Lane, regs []register, p register, first int) {
	if l == F32 {
		regs = g.widened(regs)
		first *= 2
	}
	for i, r := range regs {
		g.mach.store(g.emitter, F64, r, memory{Base: p, Disp: (first + i) * g.registerBytes()})
	}
}

// body emits the formula for one class.
func (g *acrossGroup) body() {
	e, row := g.emitter, g.k.Row
	b := &S{B: B{Lane: row.Arith}}
	var in []V
	for _, s := range row.Inputs {
		in = append(in, g.input(s))
		g.prefetch(s)
	}
	for i, s := range row.Sums {
		l := row.Mem
		if s.Kind == FoldOwn {
			l = s.Lane
		}
		b.sums = append(b.sums, accumulator(l, g.sums[i]...))
	}
	out := row.Body(b, in, g.params)
	e.lower(&b.B, append([]V{out}, b.sums...)...)
	if out != nil {
		g.store(out)
	}
	for i, sum := range b.sums {
		g.stays(sum, g.sums[i])
	}
}

// stays panics unless a sum is where the loop expects it.
func (g *acrossGroup) stays(sum V, regs []register) {
	if !slices.Equal(sum.regs, regs) {
		panic(g.k.Row.Name + ": a sum left its register, where the loop expects it")
	}
}

// prefetch asks for what a call for the next positions will read of a matrix. Its rows are many and far apart, so
// that the machine does not see by itself where they go on.
func (g *acrossGroup) prefetch(slice string) {
	if g.rows[slice] == nil || g.tail != nil {
		return
	}
	ahead := prefetchAhead * g.k.Row.Mem.size()
	for at := 0; at < g.count*g.registerBytes(); at += cacheLine {
		g.mach.prefetch(g.emitter, memory{Base: g.pointer[slice], Disp: ahead + at})
	}
}

// input is what the body reads of a slice.
func (g *acrossGroup) input(slice string) V {
	m, e, l := g.mach, g.emitter, g.k.Row.Mem
	p := g.pointer[slice]
	switch {
	case slices.Contains(g.k.PerClass, slice):
		return input(l, slices.Repeat([]register{m.broadcast(e, l, memory{Base: p})}, g.count)...)
	case g.tail != nil:
		fetch := func() register { return m.loadTail(e, l, memory{Base: p}, *g.tail) }
		return &value{op: opInput, lane: l, regs: make([]register, 1), fetch: fetch}
	}
	v := input(l, make([]register, g.count)...)
	for i := range g.count {
		v.mem = append(v.mem, memory{Base: p, Disp: i * g.registerBytes()})
	}
	return v
}

// store writes the output of one class.
func (g *acrossGroup) store(out V) {
	m, e, l := g.mach, g.emitter, g.k.Row.Mem
	at := memory{Base: g.pointer[g.k.Row.Output]}
	if g.tail == nil {
		for i := range g.count {
			m.store(e, l, e.reg(out, i), at.Offset(i*g.registerBytes()))
		}
		return
	}
	part, stored := e.newLabel("part"), e.newLabel("next")
	m.branch(e, g.left, "<", m.width(l), part)
	m.store(e, l, e.reg(out, 0), at)
	m.jump(e, stored)
	e.label(part)
	m.storeTail(e, l, out.regs[0], at, *g.tail)
	e.label(stored)
}

// advance moves pointers on by so many classes.
func (g *acrossGroup) advance(pointers map[string]register, classes int) {
	for _, s := range g.k.Row.slices() {
		if row := g.rows[s]; row != nil {
			g.mach.addScaled(g.emitter, pointers[s], row, classes/g.k.rowStep())
		} else {
			g.mach.addImm(g.emitter, pointers[s], classes*g.k.Row.Mem.size())
		}
	}
}

// finish adds up what lanes folded to, and stores what there is for each position.
func (g *acrossGroup) finish() {
	e, at := g.emitter, 0
	for j, s := range g.k.Row.Sums {
		p := g.float64At(s.Name)
		switch s.Kind {
		case Count:
			g.storeFloat64s(g.k.Row.Mem, e.counted(g.k.Row.Mem, g.sums[j]), p, 0)
		case Largest:
			g.storeFloat64s(g.k.Row.Mem, g.sums[j], p, 0)
		default:
			for i := range g.laneRegisters(s) {
				g.storeFloat64s(s.Lane, g.folded(s.Lane, at), p, i)
				at += g.registerBytes()
			}
		}
	}
}

// folded is the sum of each s that has a register at the given place, which is that of lanes.
func (g *acrossGroup) folded(l Lane, at int) []register {
	m, e := g.mach, g.emitter
	room := m.loadArg(e, e.param("lanes"))
	var sums [fallback.ShortLanes][]register
	for j := range sums {
		sums[j] = []register{m.load(e, l, memory{Base: room, Disp: j*g.laneBytes() + at})}
	}
	even := e.join((*B).Add, l, sums[0], sums[2])
	odd := e.join((*B).Add, l, sums[1], sums[3])
	return e.join((*B).Add, l, even, odd)
}
