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
	// narrower is a machine whose functions are faster where a slice fits one of its registers, or nil. Where m runs, it
	// does.
	narrower() Machine
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
	copyTo(e *emitter, l Lane, r, dst register)
	// broadcast loads a scalar parameter into every lane.
	broadcast(e *emitter, l Lane, m memory) register
	load(e *emitter, l Lane, m memory) register
	loadTo(e *emitter, l Lane, m memory, r register)
	store(e *emitter, l Lane, r register, m memory)
	// prefetch brings m to the first-level cache, soon. Any address will do.
	prefetch(e *emitter, m memory)

	// present is where -1 is in the first min(n, width) lanes, for n ≥ 1, and 0 in the others.
	present(e *emitter, l Lane, n register) memory
	// behind is -Inf in the lanes from n on, for n from 1 to width, and 0 in the others.
	behind(e *emitter, l Lane, n register) register
	// tail chooses the lanes that present marks: for many loads, or for few, between which no vector register is held.
	tail(e *emitter, l Lane, n register, many bool) tail
	// loadTail loads the lanes of t and zeros the others, reading nothing else.
	loadTail(e *emitter, l Lane, m memory, t tail) register
	// storeTail stores the lanes of t, of which there must be fewer than the register has.
	storeTail(e *emitter, l Lane, r register, m memory, t tail)

	// loadBytes loads as many bytes as a register has lanes, each as the integer in a lane; loadBytesTail does so for the
	// lanes of t, and leaves zeros in the others.
	loadBytes(e *emitter, l Lane, m memory) register
	loadBytesTail(e *emitter, l Lane, m memory, t tail) register

	// loadPiece loads size bytes, a power of two, to the first lanes of r, and zeros behind them; loadBelow moves as many of
	// those before behind them.
	loadPiece(e *emitter, m memory, size int, r register)
	loadBelow(e *emitter, m memory, size int, r register)
	// storePiece stores the first size bytes of r, and shiftDown moves those behind them to the front.
	storePiece(e *emitter, r register, m memory, size int)
	shiftDown(e *emitter, r register, size int)

	// fromEnd is the memory of the last size bytes of n lanes at p.
	fromEnd(e *emitter, l Lane, p, n register, size int) memory

	// swap exchanges lane i and lane i xor distance, distance being a power of two.
	swap(e *emitter, l Lane, r register, distance int) register
	// spread copies lane 0 to all lanes.
	spread(e *emitter, l Lane, r register) register
	// widenFirst converts lane 0, a float32, to float64, and narrowFirst rounds it to float32.
	widenFirst(e *emitter, r register) register
	narrowFirst(e *emitter, r register) register
	// storeScalar stores lane 0, a float64.
	storeScalar(e *emitter, r register, m memory)

	// walk calls do with the addresses p, p+stride, … of n rows in turn.
	walk(e *emitter, p, stride register, n int, do func(i int, at memory))
	// loadStrided gathers one lane from each of p, p+stride, … and, of two columns, one for another register from the
	// element behind it; storeStrided scatters one column.
	loadStrided(e *emitter, l Lane, p, stride register, columns int) []register
	storeStrided(e *emitter, l Lane, r, p, stride register)

	// insertQuarter loads 16 bytes into a quarter of r: quarter 0 makes a register, the others follow in order.
	insertQuarter(e *emitter, r register, quarter int, m memory) register
	// storeQuarter stores quarter 0.
	storeQuarter(e *emitter, r register, m memory)
	// turn makes columns of rows, in the squares that the quarters of the registers hold, or only in quarter 0.
	turn(e *emitter, l Lane, rows []register, first bool) (columns []register)
	copyElement(e *emitter, l Lane, from, to memory)

	// laneNumbers is 0, 1, 2, … in lanes of 32 bits.
	laneNumbers(e *emitter) register
	// sortQuarters makes of four registers those that hold, in this order, the first quarter of each, the second, and
	// so on.
	sortQuarters(e *emitter, regs []register) []register

	// tiles are the shapes of a Product's tiles that leave registers for everything else.
	tiles() tiles
	// rows addresses so many rows of a matrix, which begin at p and lie row bytes apart.
	rows(e *emitter, p, row register, height int) rows
	// addProduct adds x·element to sum, rounded once, element being what a rowReader returned.
	addProduct(e *emitter, l Lane, x, element, sum register)
	// readRows begins to read such rows by columns step bytes apart.
	readRows(e *emitter, l Lane, p, row, step register, height int) rowReader

	// Integer registers and control flow.
	loadArg(e *emitter, m memory) register
	addImm(e *emitter, r register, imm int)
	number(e *emitter, imm int) register
	move(e *emitter, src register) register
	moveTo(e *emitter, src, dst register)
	scaled(e *emitter, src register, factor int) register // src·factor, a power of two
	addScaled(e *emitter, r, src register, factor int)    // r += src·factor
	roundDown(e *emitter, r register, unit int)           // to a multiple of a power of two
	storeInt(e *emitter, r register, m memory)
	// branch jumps to the label if r cond imm.
	branch(e *emitter, r register, cond string, imm int, label string)
	// branchUnless jumps to the label unless bit, a power of two, is set in r.
	branchUnless(e *emitter, r register, bit int, label string)
	jump(e *emitter, label string)
	ret(e *emitter)
	// prologue sets up what the machine needs at the start of a function.
	prologue(e *emitter)
}

// tail is some of the first lanes, by whatever means the machine chooses them.
type tail struct {
	n       register // how many
	present memory   // if there are few loads
	lanes   register // AVX2, if there are many: what is there
	opmask  register // AVX-512: the same
}

// rows are the addresses of some rows.
type rows interface {
	// at is the address in row i.
	at(i int) memory
	// advance moves all addresses, that of row 0 being the register that the rows were made with.
	advance(bytes register)
}

// rowReader loads, in turn, the columns of some rows.
type rowReader interface {
	// element is the element of row i in the current column, as addProduct takes it.
	element(i int) register
	// next goes on to the next column, as advance does. Every row must have been read, in ascending order.
	next()
}
