package gen

// A part of a register: what is left where fewer elements are than a register holds. They are loaded and stored in pieces
// of 1, 2, 4, … elements.
//
// Masked instructions would be fewer, but to the processor a masked store writes all of its 32 or 64 bytes until it is
// done: what the next call loads from the neighbourhood, which often is its input, waits for it. With pieces short calls
// overlap, and take half the time.

// loadFew loads the first n elements, fewer than a register holds, at each of the pointers, in any order and some of them
// twice: the first piece and the last. What is behind them is 0.
func (e *emitter) loadFew(l Lane, pointers []register, n register, regs []register) {
	m, loaded := e.mach, e.newLabel("loaded")
	for size := m.width(l) * l.size() / 2; size > l.size(); size /= 2 {
		fewer := e.newLabel("fewer")
		m.branch(e, n, "<", size/l.size(), fewer)
		for i, p := range pointers {
			m.loadPiece(e, m.fromEnd(e, l, p, n, size), size, regs[i])
			m.loadBelow(e, memory{Base: p}, size, regs[i])
		}
		m.jump(e, loaded)
		e.label(fewer)
	}
	for i, p := range pointers {
		m.loadPiece(e, memory{Base: p}, l.size(), regs[i])
	}
	e.label(loaded)
}

// storeFew stores what was computed of what loadFew loaded, and returns.
func (e *emitter) storeFew(l Lane, r, pointer, n register) {
	m := e.mach
	for size := m.width(l) * l.size() / 2; size > l.size(); size /= 2 {
		fewer := e.newLabel("fewer")
		m.branch(e, n, "<", size/l.size(), fewer)
		m.storePiece(e, r, memory{Base: pointer}, size)
		m.shiftDown(e, r, size)
		m.storePiece(e, r, m.fromEnd(e, l, pointer, n, size), size)
		m.ret(e)
		e.label(fewer)
	}
	m.storePiece(e, r, memory{Base: pointer}, l.size())
	m.ret(e)
}

// Where the order of the elements matters, there are as many pieces as bits in their number.

// loadPart loads the first elements at each of the pointers, as many as n says modulo those of a register, to the
// registers given, which hold zeros.
func (e *emitter) loadPart(l Lane, pointers []register, n register, regs []register) {
	bytes := e.mach.scaled(e, n, l.size())
	for size := l.size(); size < e.mach.width(l)*l.size(); size *= 2 {
		e.piece(bytes, size, func(offset register) {
			load := e.mach.loadBelow
			if size == l.size() {
				load = e.mach.loadPiece
			}
			for i, p := range pointers {
				load(e, memory{Base: p, Index: offset, Scale: 1}, size, regs[i])
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
