package gen

// A part of a register: the elements that are left where they are fewer than a register holds. They are loaded and stored
// in pieces of 1, 2, 4, … elements, as many as the bits of their number say, the largest first.
//
// Masked instructions would take fewer instructions, but for the processor a masked store writes all of its 32 or 64
// bytes until it is done: what the next call loads from the neighbourhood, which often is its input, waits for it. With
// pieces short calls overlap, and take half the time.

// loadPart loads the first elements at each of the pointers, as many as n says modulo those of a register, to the
// registers given, which hold zeros.
func (e *emitter) loadPart(l Lane, pointers []register, n register, regs []register) {
	bytes := e.mach.scaled(e, n, l.size())
	for size := l.size(); size < e.mach.width(l)*l.size(); size *= 2 {
		e.piece(bytes, size, func(offset register) {
			for i, p := range pointers {
				e.mach.loadBelow(e, memory{Base: p, Index: offset, Scale: 1}, size, regs[i])
			}
		})
	}
}

// storePart stores the first lanes of r, as many as n says modulo those of a register.
func (e *emitter) storePart(l Lane, r, pointer, n register) {
	bytes := e.mach.scaled(e, n, l.size())
	left := e.mach.copy(e, l, r)
	for size := e.mach.width(l) * l.size() / 2; size >= l.size(); size /= 2 {
		e.piece(bytes, size, func(offset register) {
			e.mach.storePiece(e, left, memory{Base: pointer, Index: offset, Scale: 1}, size)
			if size > l.size() {
				e.mach.shiftDown(e, left, size)
			}
		})
	}
}

// piece does what is given with the piece of so many bytes, if there is one: it begins behind the larger ones.
func (e *emitter) piece(bytes register, size int, do func(offset register)) {
	without := e.newLabel("without")
	e.mach.branchUnless(e, bytes, size, without)
	offset := e.mach.move(e, bytes)
	e.mach.roundDown(e, offset, 2*size)
	do(offset)
	e.label(without)
}
