package gen

import "fmt"

// Fill is a kernel that reads no slice: it fills one with what it makes of the place in it and of a few numbers of 32
// bits, its words.
//
// The slice is a number of groups of 64 bytes. Body makes each from four neighbouring lanes of 32 bits, so that a
// machine makes as many groups at once as its registers have quarters of 16 bytes, and the bits do not depend on that.
type Fill struct {
	Name   string // of the block function, without the type
	Mem    Lane
	Words  int
	Unroll Unroll // of lanes of 32 bits

	// Body gets the numbers of the lanes, 0 for the first of the first group, and the words, the same in every lane.
	// Quarter q of the four vectors that it returns, one after the other, is a group.
	Body func(b *B, lane V, words []V) [4]V
}

// Function is the name of the block function, as in fallback.
func (k *Fill) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *Fill) InFallback() bool { return true }

// wordsType is the Go type of the words.
func (k *Fill) wordsType() string { return fmt.Sprintf("words *[%d]uint32", k.Words) }

func (k *Fill) signature() string {
	return fmt.Sprintf("func(dst *%s, n int, %s)", k.Mem.goType(), k.wordsType())
}

func (k *Fill) call() call {
	return call{
		params: []string{"dst []" + k.Mem.goType(), k.wordsType()},
		slices: []string{"dst"}, scalars: []string{"words"},
	}
}

// fillEmitter holds the registers of one emission of a Fill.
type fillEmitter struct {
	*emitter
	k      *Fill
	dst, n register
	lane   register
}

// emit writes the loop: Unroll registers of each vector at a time, then one, of which the last time fewer groups are
// stored.
func (k *Fill) emit(e *emitter) {
	m := e.mach
	f := &fillEmitter{emitter: e, k: k, dst: m.loadArg(e, e.param("dst")), n: m.loadArg(e, e.param("n"))}
	e.words = m.loadArg(e, e.param("words"))
	f.lane = m.laneNumbers(e)
	unroll, turn := max(1, k.Unroll[m]), 4*m.width(k.Mem)
	m.branch(e, f.n, "<", unroll*turn, "rest")
	e.keepConstants()
	e.label("main")
	e.comment(turnOf(unroll*turn, unroll*turn))
	for i, regs := range f.body(unroll) {
		for j, r := range regs {
			m.store(e, k.Mem, r, f.at(4*i+j))
		}
	}
	f.advance(unroll * turn)
	m.branch(e, f.n, ">=", unroll*turn, "main")
	e.dropConstants()
	e.label("rest")
	m.branch(e, f.n, "<=", 0, "done")
	e.quiet = true // it repeats the loop
	e.comment(fmt.Sprintf("What is left: %d elements at a time, the last time fewer.", turn))
	group := 64 / k.Mem.size()
	for j, r := range f.body(1)[0] {
		m.store(e, k.Mem, r, f.at(j))
		if stored := (j + 1) * m.width(k.Mem); stored%group == 0 && stored < turn {
			m.branch(e, f.n, "<=", stored, "done")
		}
	}
	f.advance(turn)
	m.branch(e, f.n, ">", 0, "rest")
	e.label("done")
	m.ret(e)
}

// at is the memory of register i of the slice.
func (f *fillEmitter) at(i int) memory {
	return memory{Base: f.dst, Disp: i * f.mach.width(f.k.Mem) * f.k.Mem.size()}
}

// body lowers Body for count registers, leaves the number of the lane after them in f.lane, and returns for each
// register of lanes the four that it fills, in the order of the slice.
func (f *fillEmitter) body(count int) (filled [][]register) {
	e, width := f.emitter, f.mach.width(F32)
	lanes := []register{f.lane}
	for i := 1; i < count; i++ {
		b := &B{Lane: F32}
		next := b.IAdd(input(F32, f.lane), integer32(b, i*width))
		f.lower(b, next)
		lanes = append(lanes, next.regs...)
	}
	b := &B{Lane: F32}
	var words []V
	for i := range f.k.Words {
		words = append(words, &value{op: opConst, lane: F32, name: fmt.Sprint("word ", i), word: i + 1})
	}
	vectors := f.k.Body(b, input(F32, lanes...), words)
	f.lower(b, vectors[:]...)
	for i := range count {
		var regs []register
		for _, v := range vectors {
			regs = append(regs, v.regs[i])
		}
		filled = append(filled, f.mach.sortQuarters(e, regs))
	}
	b = &B{Lane: F32}
	f.lower(b, b.IAdd(accumulator(F32, f.lane), integer32(b, count*width)))
	return filled
}

// integer32 is the integer n in lanes of 32 bits.
func integer32(b *B, n int) V { return b.Bits(fmt.Sprintf("integer_%d", n), uint64(n)) }

func (f *fillEmitter) advance(elements int) {
	f.mach.addImm(f.emitter, f.dst, elements*f.k.Mem.size())
	f.mach.addImm(f.emitter, f.n, -elements)
}
