package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// Stream is a kernel that passes once over slices of equal length:
// it writes a slice, returns sums, or both.
type Stream struct {
	Name   string   // of the block function, without the lane: Softplus
	Inputs []string // names of the input slices
	Output string   // name of the output slice, or ""
	Params []string // names of scalar parameters
	Sums   []Sum    // what it returns, as float64

	// Mem is the type of the slices, Arith the type of the arithmetic: float64 lanes may serve float32 slices.
	Mem, Arith Lane
	// Lanes is the number of virtual lanes of a sum: element i of a block goes to lane i mod Lanes.
	// Block is the largest number of elements of a call.
	Lanes int
	Block int
	// Wide names the kernel that repeats a block whose sum is too large, or too small, for float32 lanes.
	Wide string
	// Unroll is the number of registers of Mem lanes in a pass of the body, for machines where it is not 1.
	Unroll map[string]int

	// Prepare makes from the parameters what Body gets instead of them, once per call.
	Prepare func(b *B, params []V) []V
	// Body computes one output vector (nil if there is no output) and adds to the sums by b.Sum or b.SumFMA.
	Body func(b *S, in, params []V) V
}

// Sum is a reduction that a Stream returns.
type Sum struct {
	Name string
	Lane Lane // type of the lanes
	Kind SumKind
}

// SumKind says what is reduced and how.
type SumKind int

// The kinds of reductions.
const (
	Wide    SumKind = iota // a sum, whose lanes are folded as float64
	Short                  // a sum, whose lanes are folded in their own type: see fallback.ShortLanes
	Count                  // of lanes where a mask holds; the lanes hold integers
	Largest                // the largest element, by a > b ? a : b
)

// S is what the body of a Stream works with: the vocabulary, and the sums.
type S struct {
	B
	sums []V // the accumulators now
	live V   // in a tail: -1 in the lanes that hold an element, of type Mem
}

// Sum adds term to sum j in the lanes that hold an element.
func (s *S) Sum(j int, term V) {
	if term.lane != s.sums[j].lane {
		term = s.Widen(term)
	}
	if s.live != nil {
		mark := s.live
		if mark.lane != term.lane {
			mark = s.Widen(mark)
		}
		term = s.Keep(s.LT(mark, s.zero(term)), term)
	}
	s.sums[j] = s.Add(s.sums[j], term)
}

// Count counts the lanes of the mask that hold an element.
func (s *S) Count(j int, m V) {
	if s.live != nil {
		m = s.Both(m, s.LT(s.live, s.zero(s.live)))
	}
	s.sums[j] = s.CountIf(s.sums[j], m)
}

// Largest keeps the larger of x and sum j, lane by lane, and ignores NaN.
func (s *S) Largest(j int, x V) {
	if s.live != nil {
		x = s.Select(s.LT(s.live, s.zero(s.live)), x, s.Const(math.Inf(-1)))
	}
	s.sums[j] = s.Max(x, s.sums[j])
}

// Again is an input loaded once more, so that no register holds it between the first use and the last.
func (s *S) Again(x V) V {
	return &value{op: opInput, lane: x.lane, regs: make([]register, len(x.regs)), mem: x.mem, load: x.load}
}

func (s *S) zero(like V) V { return &value{op: opConst, lane: like.lane} }

// SumFMA adds x·y to sum j with one rounding. The product must be 0 where the inputs are 0,
// as they are in the lanes of a tail that hold no element.
func (s *S) SumFMA(j int, x, y V) { s.sums[j] = s.FMA(x, y, s.sums[j]) }

// function is the name of the block function, as in fallback.
func (k *Stream) function() string { return k.Name + k.Mem.String() }

// signature is the Go signature of the assembly function.
func (k *Stream) signature() string {
	var pointers []string
	if k.Output != "" {
		pointers = append(pointers, k.Output)
	}
	pointers = append(pointers, k.Inputs...)
	s := fmt.Sprintf("func(%s *%s, n int", strings.Join(pointers, ", "), k.Mem.goType())
	for _, p := range k.Params {
		s += fmt.Sprintf(", %s %s", p, k.Mem.goType())
	}
	s += ")"
	if len(k.Sums) > 0 {
		s += fmt.Sprintf(" (%s float64)", strings.Join(k.sumNames(), ", "))
	}
	return s
}

// streamEmitter holds the registers of one emission of a Stream.
type streamEmitter struct {
	*emitter
	k        *Stream
	pointers []register // output first, if there is one
	n        register
	params   []register
	sums     [][]register // per sum, the registers of its lanes
}

// emit writes the function:
//
//	small: at most one register, for sums, so that a short slice pays for one register only
//	main:  whole groups of registers
//	tail:  single registers, the last one partly filled
//	fold:  sum the lanes
func (k *Stream) emit(e *emitter) {
	s := &streamEmitter{emitter: e, k: k}
	s.arguments()
	width := e.mach.width(k.Mem)
	group := k.group(e.mach)
	if len(k.Sums) > 0 {
		e.mach.branch(e, s.n, ">", width, "large")
		s.clearSums(width)
		s.single(0)
		s.finish()
		e.label("large")
		s.clearSums(k.Lanes)
	}
	e.mach.branch(e, s.n, "<", group*width, "tail")
	e.keepConstants()
	e.label("main")
	for r := 0; r < group; r += k.unroll(e.mach) {
		s.whole(r)
	}
	s.advance(group * width)
	e.mach.branch(e, s.n, ">=", group*width, "main")
	e.dropConstants()
	e.label("tail")
	if len(k.Sums) == 0 {
		e.mach.branch(e, s.n, "<=", 0, "done")
		s.single(0)
		e.mach.jump(e, "tail")
		e.label("done")
		e.mach.ret(e)
		return
	}
	for r := 0; r < group; r++ {
		e.mach.branch(e, s.n, "<=", 0, "fold")
		s.single(r)
	}
	e.label("fold")
	s.finish()
}

func (k *Stream) unroll(m machine) int { return max(1, k.Unroll[m.name()]) }

// ratio is the number of registers of the sum's lanes per register of memory lanes.
func (k *Stream) ratio(sum Sum) int { return sum.Lane.size() / k.Mem.size() }

// group is the number of registers of memory lanes in a turn of the main loop.
func (k *Stream) group(m machine) int {
	if len(k.Sums) == 0 {
		return k.unroll(m)
	}
	return max(k.unroll(m), k.Lanes/m.width(k.Mem))
}

// sumNames are the names of the results.
func (k *Stream) sumNames() []string {
	var names []string
	for _, s := range k.Sums {
		names = append(names, s.Name)
	}
	return names
}

func (s *streamEmitter) arguments() {
	k, m := s.k, s.mach
	names := k.Inputs
	if k.Output != "" {
		names = append([]string{k.Output}, names...)
	}
	for _, p := range names {
		s.pointers = append(s.pointers, m.loadArg(s.emitter, s.param(p)))
	}
	s.n = m.loadArg(s.emitter, s.param("n"))
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
			start := uint64(0)
			if sum.Kind == Largest {
				start = minusInf(sum.Lane)
			}
			regs = append(regs, s.mach.constant(s.emitter, sum.Lane, start))
		}
		s.sums = append(s.sums, regs)
	}
}

func minusInf(l Lane) uint64 { return [...]uint64{0xff800000, 0xfff0000000000000}[l] }

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
	out := s.body(in, nil, r, count)
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
	live := m.live(e, k.Mem, s.n)
	var in []V
	for _, p := range s.inputs() {
		load := func() register { return m.loadTail(e, k.Mem, p, s.n, live) }
		in = append(in, &value{op: opInput, lane: k.Mem, regs: make([]register, 1), load: load})
	}
	out := s.body(in, live, r, 1)
	width := m.width(k.Mem)
	if out != nil {
		part, stored := e.newLabel("part"), e.newLabel("next")
		m.branch(e, s.n, "<", width, part)
		m.store(e, k.Mem, s.reg(out, 0), memory{Base: s.pointers[0]})
		m.jump(e, stored)
		e.label(part)
		m.storeTail(e, k.Mem, out.regs[0], s.pointers[0], s.n, live)
		e.label(stored)
	}
	s.advance(width)
}

// body records and lowers the kernel's formula for count registers of input.
func (s *streamEmitter) body(in []V, live register, r, count int) (out V) {
	k := s.k
	b := &S{B: B{Lane: k.Arith}}
	if k.Arith != k.Mem {
		for i := range in {
			in[i] = b.Widen(in[i])
		}
	}
	var params []V
	for _, p := range s.params {
		v := input(k.Arith)
		for i := 0; i < count*k.Arith.size()/k.Mem.size(); i++ {
			v.regs = append(v.regs, p)
		}
		params = append(params, v)
	}
	if live != nil {
		b.live = input(k.Mem, live)
	}
	for j, sum := range k.Sums {
		b.sums = append(b.sums, accumulator(sum.Lane, s.accumulators(j, r, count)...))
	}
	out = k.Body(b, in, params)
	if out != nil && out.lane != k.Mem {
		out = b.Narrow(out)
	}
	s.lower(&b.B, append([]V{out}, b.sums...)...)
	for j, v := range b.sums {
		if !slices.Equal(v.regs, s.accumulators(j, r, count)) {
			panic(k.Name + ": a sum left its register, where the loop expects it")
		}
	}
	return out
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
	s.mach.addImm(s.emitter, s.n, -elements)
}

// finish folds the lanes of each sum and returns.
func (s *streamEmitter) finish() {
	for j, sum := range s.k.Sums {
		s.mach.storeScalar(s.emitter, s.foldLanes(sum, s.sums[j]), s.param(sum.Name))
	}
	s.mach.ret(s.emitter)
}

// cheapSum makes k return the sum of terms that cost next to nothing: many lanes, of the type of the slices.
func (k *Stream) cheapSum() *Stream {
	k.Sums = []Sum{{Name: "sum", Lane: k.Mem}}
	k.Block = fallback.Block
	k.Lanes = [...]int{fallback.Lanes32, fallback.Lanes64}[k.Mem]
	return k
}

// workSum makes k return the sum of terms that take many operations: few lanes, of float64.
func (k *Stream) workSum() *Stream {
	k.Sums = []Sum{{Name: "sum", Lane: F64}}
	k.Block = fallback.WorkBlock
	k.Lanes = [...]int{fallback.WorkLanes32, fallback.WorkLanes64}[k.Mem]
	return k
}
