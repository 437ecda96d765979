package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// ShortRows is a kernel over rows of at most Columns elements, whose results may depend on sums over the row. A row stays
// in registers from its elements to its results, and one call does many: where rows are this short, calls for each of
// their sums would take longer than all arithmetic.
//
// It is written for the narrowest registers of an architecture only: wider ones would be empty, and divide more slowly.
type ShortRows struct {
	Name      string   // of the block function, without the type
	Inputs    []string // names of the matrices that it reads, row after row
	Output    string   // of the one that it writes
	PerColumn []string // names of slices with an element for each column
	Totals    []string // names of float64 slices with room for Columns elements, to which Body adds as to Sums
	Params    []string // names of scalar parameters
	Mem       Lane     // of the slices
	Columns   int
	Count     bool // Body gets the number of columns behind the params, as count

	// Body computes a row of results, in the type of the slices or in float64. The params are in float64. Lanes that hold
	// no element are 0 in the inputs.
	Body func(r *R, in, perColumn, params []V) V
	// Stops reports whether Body calls [R.Within] for float32, and results say how many rows are left.
	Stops bool
}

// R is what the body of a ShortRows works with: the vocabulary, the totals as sums, and the sums over the row.
type R struct {
	S
	mem    Lane
	marks  memory // -1 where a lane of a row's last register holds an element
	within V      // its exponent must be from least to most
	least  int
	most   int
}

// Present is x, of float64 lanes, in the lanes that hold an element, 0 in the others.
func (r *R) Present(x V) V {
	v := r.arith(opPresent, x)
	v.mem = []memory{r.marks}
	v.bits = uint64(r.mem)
	return v
}

// Total is the sum of all lanes, in every lane: they are added by halves, as fallback/lanes.go says. None may be −0.
func (r *R) Total(x V) V { return r.arith(opTotal, x) }

// Wide is x in float64 lanes, and Own what is then left in those of the slices.
func (r *R) Wide(x V) V {
	if x.lane == F64 {
		return x
	}
	return r.Widen(x)
}

func (r *R) Own(x V) V {
	if x.lane == r.mem {
		return x
	}
	return r.Narrow(x)
}

// Within ends the call before the row unless 2^least ≤ x < 2^most.
func (r *R) Within(x V, least, most int) {
	r.within, r.least, r.most = r.Shr(x, 52), 1023+least, 1023+most
}

// Function is the name of the block function, as in fallback.
func (k *ShortRows) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *ShortRows) InFallback() bool { return true }

func (k *ShortRows) slices() []string {
	return append(append([]string{k.Output}, k.Inputs...), k.PerColumn...)
}

func (k *ShortRows) signature() string {
	s := fmt.Sprintf("func(%s *%s", strings.Join(k.slices(), ", "), k.Mem.goType())
	if len(k.Totals) > 0 {
		s += fmt.Sprintf(", %s *float64", strings.Join(k.Totals, ", "))
	}
	s += ", cols, rows int"
	if k.Count {
		s += ", count float64"
	}
	if len(k.Params) > 0 {
		s += fmt.Sprintf(", %s %s", strings.Join(k.Params, ", "), k.Mem.goType())
	}
	return s + ")" + k.results()
}

func (k *ShortRows) results() string {
	if k.Stops {
		return " (left int)"
	}
	return ""
}

func (k *ShortRows) call() call {
	c := call{
		slices: k.slices(), scalars: []string{"cols", "rows"}, floats: k.Params,
		noLength: true, narrowest: true, float64s: map[string]bool{},
	}
	c.params = append(c.params, strings.Join(c.slices, ", ")+" []"+k.Mem.goType())
	if len(k.Totals) > 0 {
		c.slices = append(c.slices, k.Totals...)
		c.params = append(c.params, strings.Join(k.Totals, ", ")+" []float64")
		for _, t := range k.Totals {
			c.float64s[t] = true
		}
	}
	c.params = append(c.params, "cols, rows int")
	if k.Count {
		c.scalars = append(c.scalars, "count")
		c.params = append(c.params, "count float64")
	}
	if len(k.Params) > 0 {
		c.params = append(c.params, strings.Join(k.Params, ", ")+" "+k.Mem.goType())
	}
	if k.Stops {
		c.results = "int"
	}
	return c
}

// emit writes a loop over the rows for each number of registers that a row may fill.
func (k *ShortRows) emit(e *emitter) {
	m := e.mach
	r := &shortRowsEmitter{emitter: e, k: k}
	for _, p := range append([]string{k.Output}, k.Inputs...) {
		r.pointers = append(r.pointers, m.loadArg(e, e.param(p)))
	}
	for _, p := range k.PerColumn {
		r.perColumn = append(r.perColumn, m.loadArg(e, e.param(p)))
	}
	for _, p := range k.Totals {
		r.totals = append(r.totals, m.loadArg(e, e.param(p)))
	}
	r.cols, r.rows = m.loadArg(e, e.param("cols")), m.loadArg(e, e.param("rows"))
	for _, p := range k.Params {
		reg := m.broadcast(e, k.Mem, e.param(p))
		if k.Mem != F64 {
			reg = e.widened([]register{reg})[0]
		}
		r.params = append(r.params, reg)
	}
	if k.Count {
		r.params = append(r.params, m.broadcast(e, F64, e.param("count")))
	}
	width := m.width(k.Mem)
	for count := 1; count*width <= k.Columns; count++ {
		longer := e.newLabel("longer")
		if count*width < k.Columns {
			m.branch(e, r.cols, ">", count*width, longer)
		}
		e.comment(fmt.Sprintf("Rows of at most %d elements.", count*width))
		r.loop(count)
		e.label(longer)
		e.quiet = true // the rest repeats the first
	}
}

// shortRowsEmitter holds the registers of a ShortRows.
type shortRowsEmitter struct {
	*emitter
	k          *ShortRows
	pointers   []register // output first
	perColumn  []register
	totals     []register
	cols, rows register
	params     []register // of float64 lanes

	count int  // registers of a row
	last  tail // the elements of the last of them
}

// loop writes the loop over rows of so many registers, of which the last may be partly filled.
func (r *shortRowsEmitter) loop(count int) {
	k, m, e := r.k, r.mach, r.emitter
	width := m.width(k.Mem)
	r.count = count
	inLast := r.cols
	if count > 1 {
		inLast = m.move(e, r.cols)
		m.addImm(e, inLast, -(count-1)*width)
	}
	r.last = m.tail(e, k.Mem, inLast, true)
	if r.last.present.Base == nil {
		r.last.present = m.present(e, k.Mem, inLast)
	}
	row, done := e.newLabel("row"), e.newLabel("done")
	e.label(row)
	r.row(done)
	for _, p := range r.pointers {
		m.addScaled(e, p, r.cols, k.Mem.size())
	}
	m.addImm(e, r.rows, -1)
	m.branch(e, r.rows, ">", 0, row)
	if k.Stops {
		e.label(done)
		m.storeInt(e, r.rows, e.param("left"))
	}
	m.ret(e)
}

// row writes a row.
func (r *shortRowsEmitter) row(done string) {
	k, m, e := r.k, r.mach, r.emitter
	b := &R{mem: k.Mem, marks: r.last.present, S: S{B: B{Lane: F64}}}
	var in, perColumn, params []V
	for _, p := range r.pointers[1:] {
		in = append(in, r.elements(p))
	}
	for _, p := range r.perColumn {
		perColumn = append(perColumn, r.elements(p))
	}
	for _, p := range r.params {
		params = append(params, &value{op: opInput, lane: F64, same: true, regs: []register{p}})
	}
	for _, p := range r.totals {
		b.sums = append(b.sums, r.totalsAt(p))
	}
	totals := slices.Clone(b.sums)
	out := k.Body(b, in, perColumn, params)
	out = b.Own(out)
	e.lower(&b.B, append([]V{out, b.within}, b.sums...)...)
	if b.within != nil {
		left := e.param("left") // as room for an integer
		m.storeScalar(e, e.reg(b.within, 0), left)
		exponent := m.loadArg(e, left)
		m.branch(e, exponent, "<", b.least, done)
		m.branch(e, exponent, ">=", b.most, done)
	}
	for j, t := range totals {
		for i, at := range t.mem {
			m.store(e, F64, e.reg(b.sums[j], i), at)
		}
	}
	r.store(out)
}

// elements are those of the row at p, with 0 behind the last.
func (r *shortRowsEmitter) elements(p register) V {
	k, m := r.k, r.mach
	v := input(k.Mem, make([]register, r.count)...)
	for i := range r.count {
		v.mem = append(v.mem, memory{Base: p, Disp: i * m.width(k.Mem) * k.Mem.size()})
	}
	v.regs[r.count-1] = m.loadTail(r.emitter, k.Mem, v.mem[r.count-1], r.last)
	return v
}

func (r *shortRowsEmitter) store(out V) {
	k, m, e := r.k, r.mach, r.emitter
	p := r.pointers[0]
	width, last := m.width(k.Mem), r.count-1
	at := func(i int) memory { return memory{Base: p, Disp: i * width * k.Mem.size()} }
	for i := range last {
		m.store(e, k.Mem, e.reg(out, i), at(i))
	}
	part, stored := e.newLabel("part"), e.newLabel("stored")
	m.branch(e, r.cols, "<", r.count*width, part)
	m.store(e, k.Mem, e.reg(out, last), at(last))
	m.jump(e, stored)
	e.label(part)
	e.storePart(k.Mem, e.reg(out, last), p, r.cols)
	e.label(stored)
}

// totalsAt are the totals at p, which stay in memory: AVX2 has no registers for them.
func (r *shortRowsEmitter) totalsAt(p register) V {
	v := input(F64, make([]register, r.count*F64.size()/r.k.Mem.size())...)
	for i := range v.regs {
		v.mem = append(v.mem, memory{Base: p, Disp: i * r.mach.width(F64) * F64.size()})
	}
	return v
}

// presentLanes are the registers of v, the last of which, or the last two of float32 that were widened, keeps the lanes
// that are marked.
func (e *emitter) presentLanes(v V, marks memory, mem Lane) []register {
	defer func(index int) { e.index = index }(e.index)
	var regs []register
	for i := range registers(v) {
		regs = append(regs, e.overwritable(v, i))
	}
	b := &B{Lane: F64}
	mark := input(mem, e.mach.load(e, mem, marks))
	if mem == F32 {
		mark = b.Widen(mark)
	}
	last := regs[len(regs)-F64.size()/mem.size():]
	kept := b.Keep(b.LT(mark, b.Const(0)), input(F64, last...))
	e.lower(b, kept)
	copy(last, kept.regs)
	return regs
}

// total is the sum of the lanes of v, in every lane of one register: halves that hold no element are left out, and where
// two registers or lanes are added, both get the sum.
func (e *emitter) total(v V) register {
	defer func(index int) { e.index = index }(e.index)
	var regs []register
	for i := range registers(v) {
		regs = append(regs, e.reg(v, i))
	}
	half := fallback.FewColumns
	for ; len(regs) > 1; half /= 2 {
		if half < len(regs) {
			regs = append(e.join((*B).Add, F64, regs[:len(regs)-half], regs[half:]), regs[len(regs)-half:half]...)
		}
	}
	for distance := e.mach.width(F64) / 2; distance > 0; distance /= 2 {
		regs = e.join((*B).Add, F64, regs, []register{e.mach.swap(e, F64, regs[0], distance)})
	}
	return regs[0]
}
