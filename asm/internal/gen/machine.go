package gen

import (
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/pass"
)

// machines lists the instruction sets that are written, within an architecture from the slowest to the fastest.
var machines = []Machine{NEON, AVX2, AVX512}

// Machine is an instruction set: how to spell the vocabulary, memory access and loop control. Everything that a kernel
// means is decided before a machine sees it.
type Machine interface {
	// name is the suffix of its functions, and its constant in package isa: AVX2, AVX512 or NEON.
	name() string
	goarch() string
	// registers is the number of vector registers.
	registers() int
	// passes are those of avo that this machine needs besides those that all take.
	passes() []pass.Interface
	// finish checks, or changes, a function whose registers are allocated.
	finish(fn *ir.Function) error
	// width is the number of lanes in a register.
	width(Lane) int
	// vector makes a virtual vector register.
	vector(e *emitter) register
	// operation emits register i of v; its operands are there already.
	operation(e *emitter, v V, i int)

	// constant loads a constant into a new register.
	constant(e *emitter, c literal) register
	// copy is a register with the same contents.
	copy(e *emitter, l Lane, r register) register
	// broadcast loads a scalar parameter into every lane.
	broadcast(e *emitter, l Lane, m memory) register
	load(e *emitter, l Lane, m memory) register
	store(e *emitter, l Lane, r register, m memory)

	// tailMask is -1 in the first min(n, width) lanes and 0 in the others.
	tailMask(e *emitter, l Lane, n register) register
	// loadTail loads min(n, width) lanes and zeros the others, reading nothing else; mask is tailMask of n.
	loadTail(e *emitter, l Lane, p, n, mask register) register
	// storeTail stores the first n < width lanes.
	storeTail(e *emitter, l Lane, r, p, n, mask register)

	// swap exchanges lane i and lane i xor distance, distance being a power of two.
	swap(e *emitter, l Lane, r register, distance int) register
	// storeScalar stores lane 0, a float64.
	storeScalar(e *emitter, r register, m memory)

	// loadStrided gathers one lane from each of p, p+stride, … and, of two columns, one for another register from the
	// element behind it; storeStrided scatters one column.
	loadStrided(e *emitter, l Lane, p, stride register, columns int) []register
	storeStrided(e *emitter, l Lane, r, p, stride register)

	// Integer registers and control flow.
	loadArg(e *emitter, m memory) register
	addImm(e *emitter, r register, imm int)
	move(e *emitter, src register) register
	scaled(e *emitter, src register, factor int) register // src·factor, a power of two
	addScaled(e *emitter, r, src register, factor int)    // r += src·factor
	roundDown(e *emitter, r register, unit int)           // to a multiple of a power of two
	storeInt(e *emitter, r register, m memory)
	// branch jumps to the label if r cond imm.
	branch(e *emitter, r register, cond string, imm int, label string)
	jump(e *emitter, label string)
	ret(e *emitter)
	// prologue sets up what the machine needs at the start of a function.
	prologue(e *emitter)
}
