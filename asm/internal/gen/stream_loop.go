package gen

import (
	"fmt"
	"math"
	"slices"
)

// streamEmitter holds the registers of one emission of a Stream.
type streamEmitter struct {
	*emitter
	k        *Stream
	pointers []register // output first, if there is one
	flags    register
	totals   []register
	n        register
	params   []register   // of lanes of type Arith
	wide     []register   // of float64 lanes
	sums     [][]register // per sum, the registers of its lanes
}

// emit writes the function.
func (k *Stream) emit(e *emitter) {
	k.checkUnroll(e.mach)
	s := &streamEmitter{emitter: e, k: k}
	s.arguments()
	if len(k.Sums) == 0 {
		s.elements()
	} else {
		s.reduce()
	}
}

// elements writes a function without sums, for n ≥ 1:
//
//	tail: single registers, the last one partly filled: first, since short calls feel a jump
//	main: whole groups of registers
func (s *streamEmitter) elements() {
	k, m, e := s.k, s.mach, s.emitter
	width, group := m.width(k.Mem), k.group(m)*m.width(k.Mem)
	m.branch(e, s.n, ">=", group, "main")
	e.label("tail")
	e.comment(fmt.Sprintf("What is left: %d elements at a time, the last time fewer.", width))
	switch {
	case len(k.Totals) > 0:
		s.storeSingle(s.body(s.loadSingle(), nil, nil, 0, 1))
		s.advance(width)
	case k.Flags != "":
		s.single(0)
	default:
		s.few()
	}
	m.branch(e, s.n, ">", 0, "tail")
	m.ret(e)

	e.label("main")
	s.groups()
	m.branch(e, s.n, ">", 0, "tail")
	m.ret(e)
}

// few is single without sums and flags, for elements in another order: lanes that hold no element may hold anything.
func (s *streamEmitter) few() {
	k, m, e := s.k, s.mach, s.emitter
	width := m.width(k.Mem)
	var in []V
	var regs []register
	for range s.inputs() {
		r := m.vector(e)
		regs, in = append(regs, r), append(in, input(k.Mem, r))
	}
	m.branch(e, s.n, ">=", width, "whole")
	e.loadFew(k.Mem, s.inputs(), s.n, regs)
	e.label("body")
	out := s.reg(s.body(in, nil, nil, 0, 1), 0)
	m.branch(e, s.n, ">=", width, "store")
	e.storeFew(k.Mem, out, s.pointers[0], s.n)

	e.label("whole")
	for i, p := range s.inputs() {
		m.loadTo(e, k.Mem, memory{Base: p}, regs[i])
	}
	m.jump(e, "body")
	e.label("store")
	m.store(e, k.Mem, out, memory{Base: s.pointers[0]})
	s.advance(width)
}

// groups writes the main loop, for at least a group of registers.
func (s *streamEmitter) groups() {
	k, m, e := s.k, s.mach, s.emitter
	unroll, group := k.unroll(m), k.group(m)
	elements := group * m.width(k.Mem)
	e.keepConstants()
	e.label("turn")
	e.comment(turnOf(elements, unroll*m.width(k.Mem)))
	for r := 0; r < group; r += unroll {
		s.whole(r)
	}
	s.advance(elements)
	m.branch(e, s.n, ">=", elements, "turn")
	e.dropConstants()
}

// reduce writes a function with sums:
//
//	small: at most one register, so that a short slice pays for one register of each sum only
//	main:  whole groups of registers
//	tail:  single registers, the last one partly filled
//	fold:  sum the lanes
func (s *streamEmitter) reduce() {
	k, m, e := s.k, s.mach, s.emitter
	width, group := m.width(k.Mem), k.group(m)
	e.comment(fmt.Sprintf("At most %d elements: one register of each sum, then return.", width))
	m.branch(e, s.n, ">", width, "large")
	s.clearSums(min(width, k.Lanes))
	s.single(0)
	s.finish()
	e.label("large")
	s.clearSums(k.Lanes)
	m.branch(e, s.n, "<", group*width, "tail")
	s.groups()
	e.label("tail")
	e.comment(fmt.Sprintf("What is left: %d elements at a time, the last time fewer.", width))
	for r := 0; r < group; r++ {
		m.branch(e, s.n, "<=", 0, "fold")
		s.single(r)
		e.quiet = true // the rest repeats the first
	}
	e.quiet = false
	e.label("fold")
	s.finish()
}

func turnOf(elements, together int) string {
	if elements == together {
		return fmt.Sprintf("A turn: %d elements, all at once.", elements)
	}
	return fmt.Sprintf("A turn: %d elements, %d at a time.", elements, together)
}

// checkUnroll panics unless each copy of the body finds the registers of its lanes.
func (k *Stream) checkUnroll(m Machine) {
	unroll, lanes := k.unroll(m), max(1, k.Lanes/m.width(k.Mem))
	if len(k.Sums) > 0 && unroll%lanes != 0 && lanes%unroll != 0 {
		panic(fmt.Sprintf("Unroll is %d, but the sum's %d lanes take %d registers: one must be a multiple of the other",
			unroll, k.Lanes, lanes))
	}
}

func (k *Stream) unroll(m Machine) int { return max(1, k.Unroll[m]) }

// ratio is the number of registers of the sum's lanes per register of memory lanes.
func (k *Stream) ratio(sum Sum) int { return sum.Lane.size() / k.Mem.size() }

// group is the number of registers of memory lanes in a turn of the main loop.
func (k *Stream) group(m Machine) int {
	if len(k.Sums) == 0 {
		return k.unroll(m)
	}
	return max(k.unroll(m), k.Lanes/m.width(k.Mem))
}

func (s *streamEmitter) arguments() {
	k, m := s.k, s.mach
	for _, p := range k.slices() {
		s.pointers = append(s.pointers, m.loadArg(s.emitter, s.param(p)))
	}
	if k.Flags != "" {
		s.flags = m.loadArg(s.emitter, s.param(k.Flags))
	}
	for _, t := range k.Totals {
		s.totals = append(s.totals, m.loadArg(s.emitter, s.param(t)))
	}
	s.n = m.loadArg(s.emitter, s.param("n"))
	for _, p := range k.Wide {
		s.wide = append(s.wide, m.broadcast(s.emitter, F64, s.param(p)))
	}
	for _, p := range k.Params {
		r := m.broadcast(s.emitter, k.Mem, s.param(p))
		if k.Arith != k.Mem {
			r = s.widened([]register{r})[0] // both halves are alike
		}
		s.params = append(s.params, r)
	}
	if k.Prepare == nil {
		return
	}
	b := &B{Lane: k.Arith}
	var params []V
	for _, r := range s.params {
		params = append(params, input(k.Arith, r))
	}
	prepared := k.Prepare(b, params)
	s.lower(b, prepared...)
	s.params = nil
	for _, v := range prepared {
		s.params = append(s.params, s.reg(v, 0))
	}
}

// clearSums makes registers for the given number of lanes of each sum.
func (s *streamEmitter) clearSums(lanes int) {
	s.sums = nil
	for _, sum := range s.k.Sums {
		var regs []register
		for i := 0; i < max(1, lanes/s.mach.width(sum.Lane)); i++ {
			start := literal{lane: sum.Lane}
			if sum.Kind == Largest {
				start = minusInf(sum.Lane)
			}
			regs = append(regs, s.mach.constant(s.emitter, start))
		}
		s.sums = append(s.sums, regs)
	}
}

func minusInf(l Lane) literal {
	return literal{lane: l, bits: [...]uint64{0xff800000, 0xfff0000000000000}[l], name: digits(math.Inf(-1))}
}

// whole emits the body for the registers r, r+1, … of a group.
func (s *streamEmitter) whole(r int) {
	k, m := s.k, s.mach
	count := k.unroll(m)
	bytes := m.width(k.Mem) * k.Mem.size()
	at := func(p register, i int) memory { return memory{Base: p, Disp: (r + i) * bytes} }
	var in []V
	for _, p := range s.inputs() {
		v := input(k.Mem, make([]register, count)...)
		for i := 0; i < count; i++ {
			v.mem = append(v.mem, at(p, i))
		}
		in = append(in, v)
	}
	var flags []register
	for i := 0; i < count && k.Flags != ""; i++ {
		at := memory{Base: s.flags, Disp: (r + i) * m.width(k.Mem)}
		flags = append(flags, m.loadBytes(s.emitter, k.Mem, at))
	}
	out := s.body(in, flags, nil, r, count)
	for i := 0; out != nil && i < count; i++ {
		m.store(s.emitter, k.Mem, s.reg(out, i), at(s.pointers[0], i))
	}
}

func (s *streamEmitter) inputs() []register {
	return s.pointers[len(s.pointers)-len(s.k.Inputs):]
}

// single emits the body for one register, whole or not, into sum register r, and advances.
func (s *streamEmitter) single(r int) {
	k, m, e := s.k, s.mach, s.emitter
	width := m.width(k.Mem)
	if k.Output == "" {
		t := m.tail(e, k.Mem, s.n, false)
		s.body(s.masked(t), s.flagsOf(t), s.marks(t.present), r, 1)
		s.advance(width)
		return
	}
	in := s.loadSingle()
	var t tail
	if k.Flags == "" {
		t.present = m.present(e, k.Mem, s.n)
	} else {
		t = m.tail(e, k.Mem, s.n, false)
	}
	s.storeSingle(s.body(in, s.flagsOf(t), s.marks(t.present), r, 1))
	s.advance(width)
}

// storeSingle stores a register of output, whole or not, if there is an output.
func (s *streamEmitter) storeSingle(out V) {
	if out == nil {
		return
	}
	k, m, e := s.k, s.mach, s.emitter
	part, stored := e.newLabel("part"), e.newLabel("stored")
	m.branch(e, s.n, "<", m.width(k.Mem), part)
	m.store(e, k.Mem, s.reg(out, 0), memory{Base: s.pointers[0]})
	m.jump(e, stored)
	e.label(part)
	e.storePart(k.Mem, out.regs[0], s.pointers[0], s.n)
	e.label(stored)
}

// masked are inputs of which only the lanes of t are loaded, where they are first read.
func (s *streamEmitter) masked(t tail) (in []V) {
	for _, p := range s.inputs() {
		fetch := func() register { return s.mach.loadTail(s.emitter, s.k.Mem, memory{Base: p}, t) }
		in = append(in, &value{op: opInput, lane: s.k.Mem, regs: make([]register, 1), fetch: fetch})
	}
	return in
}

// marks is -1 in the lanes that hold an element.
func (s *streamEmitter) marks(present memory) V {
	return &value{op: opInput, lane: s.k.Mem, regs: make([]register, 1), mem: []memory{present}}
}

// flagsOf are the flags of the lanes of t, if there are any.
func (s *streamEmitter) flagsOf(t tail) []register {
	if s.k.Flags == "" {
		return nil
	}
	return []register{s.mach.loadBytesTail(s.emitter, s.k.Mem, memory{Base: s.flags}, t)}
}

// loadSingle loads a register of each input, with zeros behind the last element.
func (s *streamEmitter) loadSingle() (in []V) {
	k, m, e := s.k, s.mach, s.emitter
	var regs []register
	for range s.inputs() {
		r := m.constant(e, literal{lane: k.Mem})
		regs, in = append(regs, r), append(in, input(k.Mem, r))
	}
	part, loaded := e.newLabel("part"), e.newLabel("loaded")
	m.branch(e, s.n, "<", m.width(k.Mem), part)
	for i, p := range s.inputs() {
		m.loadTo(e, k.Mem, memory{Base: p}, regs[i])
	}
	m.jump(e, loaded)
	e.label(part)
	e.loadPart(k.Mem, s.inputs(), s.n, regs)
	e.label(loaded)
	return in
}

// body records and lowers the kernel's formula for count registers of input.
func (s *streamEmitter) body(in []V, flags []register, present V, r, count int) (out V) {
	k := s.k
	b := &S{B: B{Lane: k.Arith}, present: present}
	if k.Arith != k.Mem {
		for i := range in {
			in[i] = b.Widen(in[i])
		}
	}
	if flags != nil {
		in = append(in, flagMask(&b.B, input(k.Mem, flags...)))
	}
	var params []V
	for _, p := range s.params {
		params = append(params, input(k.Arith, slices.Repeat([]register{p}, count*k.Arith.size()/k.Mem.size())...))
	}
	for _, p := range s.wide {
		params = append(params, input(F64, slices.Repeat([]register{p}, count*F64.size()/k.Mem.size())...))
	}
	for j, sum := range k.Sums {
		b.sums = append(b.sums, accumulator(sum.Lane, s.accumulators(j, r, count)...))
	}
	for _, p := range s.totals {
		b.sums = append(b.sums, s.totalsAt(p, r, count))
	}
	totals := slices.Clone(b.sums[len(k.Sums):])
	out = k.Body(b, in, params)
	if out != nil && out.lane != k.Mem {
		out = b.Narrow(out)
	}
	s.lower(&b.B, append([]V{out}, b.sums...)...)
	for j, t := range totals {
		for i, at := range t.mem {
			s.mach.store(s.emitter, F64, s.reg(b.sums[len(k.Sums)+j], i), at)
		}
	}
	for j, v := range b.sums[:len(k.Sums)] {
		if !slices.Equal(v.regs, s.accumulators(j, r, count)) {
			panic(k.Name + ": a sum left its register, where the loop expects it")
		}
	}
	return out
}

// totalsAt are the totals at p that belong to count registers of input, from register r of a group on.
func (s *streamEmitter) totalsAt(p register, r, count int) V {
	m, ratio := s.mach, F64.size()/s.k.Mem.size()
	v := input(F64, make([]register, count*ratio)...)
	for i := range v.regs {
		v.mem = append(v.mem, memory{Base: p, Disp: (r*ratio + i) * m.width(F64) * F64.size()})
	}
	return v
}

// flagMask is the mask of the lanes that are 1 and not 0, as integers: 2 and not 0 as numbers, once shifted.
func flagMask(b *B, flags V) V {
	shifted := b.Shl(flags, 8*flags.lane.size()-2)
	return b.LT(zero(flags), shifted)
}

// accumulators are the registers of sum j that count registers of input add to, from register r of a group on.
// Where the input has more registers than the lanes fill, they take turns: a lane meets its elements in order.
func (s *streamEmitter) accumulators(j, r, count int) []register {
	all, ratio := s.sums[j], s.k.ratio(s.k.Sums[j])
	regs := make([]register, count*ratio)
	for i := range regs {
		regs[i] = all[(r*ratio+i)%len(all)]
	}
	return regs
}

func (s *streamEmitter) advance(elements int) {
	for _, p := range s.pointers {
		s.mach.addImm(s.emitter, p, elements*s.k.Mem.size())
	}
	for _, p := range s.totals {
		s.mach.addImm(s.emitter, p, elements*F64.size())
	}
	if s.flags != nil {
		s.mach.addImm(s.emitter, s.flags, elements)
	}
	s.mach.addImm(s.emitter, s.n, -elements)
}

// finish folds the lanes of each sum and returns.
func (s *streamEmitter) finish() {
	for j, sum := range s.k.Sums {
		s.mach.storeScalar(s.emitter, s.foldLanes(sum, s.sums[j]), s.param(sum.Name))
	}
	s.mach.ret(s.emitter)
}
