package bnn

// pass takes a batch through the modules of a model and, if there is one, through the layer that predicts from what
// they make of it: a tile of rows the whole way, while it is in the cache, and then the next one. It is a [job], and
// what its parts share: they only read it, but for rows of y and variance and for scratch, of which each part has its
// own.
type pass[T Float] struct {
	modules []Module
	linears []*Linear[T] // by module; nil for activations
	last    *Linear[T]   // predicts; nil if y is what the modules make of x
	in, out int          // columns of x and y
	width   int          // of the widest layer

	rows, size, tile int  // of the batch, of a part, of a tile at most
	drawn            bool // the parameters in affines
	affines          []T  // of the linear layers one after the other, last of all that of last: see affine
	draws            []T  // the same of layers that draw, unless affines has the draws
	pre              prepared[T]
	x, y, variance   []T
	probabilities    bool // y gets those of the classes, and variance is nil
	scratch          []T
}

// divide cuts the rows into parts and tiles, and returns the number of parts.
func (p *pass[T]) divide(rows, workers int) (parts int) {
	width := p.width
	if p.last != nil {
		width = max(width, p.last.varianceWidth())
	}
	parts, p.size = share(rows, workers)
	p.rows, p.tile = rows, min(p.size, tileRows(width))
	return parts
}

// scratchLen is what a part needs of scratch: the outputs of a module and of the next; then, to predict, what the last
// layer gets, and what its variance needs.
func (p *pass[T]) scratchLen() int {
	run, phi, variance := 0, 0, 0
	if len(p.modules) > 0 {
		run = 2 * aligned(p.tile*p.width)
	}
	if p.last != nil {
		variance = aligned(p.tile * p.last.varianceWidth())
		if p.probabilities {
			variance += aligned(p.tile * p.out)
		}
		if len(p.modules) > 0 {
			phi = aligned(p.tile * p.last.in)
		}
	}
	return phi + max(run, variance)
}

// part does its rows.
func (p pass[T]) part(i int) {
	n := p.scratchLen()
	p.partIn(p.scratch[i*n:(i+1)*n], i)
}

// partIn is part with scratch of its own.
func (p *pass[T]) partIn(scratch []T, i int) {
	end := min(p.rows, (i+1)*p.size)
	for r := i * p.size; r < end; r += p.tile {
		p.do(r, min(p.tile, end-r), scratch)
	}
}

// do does the tile that begins at row r.
func (p *pass[T]) do(r, rows int, scratch []T) {
	x, y := p.x[r*p.in:][:rows*p.in], p.y[r*p.out:][:rows*p.out]
	if p.last == nil {
		p.run(y, x, scratch, rows)
		return
	}
	phi, affines := x, p.affines
	if len(p.modules) > 0 {
		phi, scratch = room(scratch, rows*p.last.in)
		affines = p.run(phi, x, scratch, rows)
	}
	p.last.forward(y, phi, affines, false, false)
	if p.probabilities {
		variance, scratch := room(scratch, rows*p.out)
		p.last.variance(variance, phi, p.pre, scratch, rows)
		probitSoftmax(y, variance, p.out)
		return
	}
	p.last.variance(p.variance[r*p.out:][:rows*p.out], phi, p.pre, scratch, rows)
}

// run writes what the modules make of x to y, and returns the rest of affines.
func (p *pass[T]) run(y, x, scratch []T, rows int) (affines []T) {
	if len(p.modules) == 0 {
		copy(y, x)
		return p.affines
	}
	size := aligned(p.tile * p.width)
	ping, pong := scratch[:size], scratch[size:2*size]
	affines = p.affines
	draws := p.draws
	for k, l := range p.linears {
		switch {
		case l == nil && reluFollows(p.modules, k-1): // done
		case l == nil:
			apply(p.modules[k].(Activation), x)
		default:
			next := ping[:rows*l.out]
			if !hasLinear(p.linears[k+1:]) {
				next = y
			}
			var own []T
			own, affines = room(affines, affineLen[T](l.dims))
			if draws != nil && l.cov != nil {
				own, draws = room(draws, affineLen[T](l.dims))
			}
			l.forward(next, x, own, p.drawn, reluFollows(p.modules, k))
			x, ping, pong = next, pong, ping
		}
	}
	return affines
}

// reluFollows reports whether module k is a linear layer that [ReLU] comes right behind, which kernels do in one.
func reluFollows(modules []Module, k int) bool {
	if k < 0 || k+1 >= len(modules) || modules[k+1] != Module(ReLU) {
		return false
	}
	_, linear := modules[k].(LinearConfig)
	return linear
}

func hasLinear[T Float](linears []*Linear[T]) bool {
	for _, l := range linears {
		if l != nil {
			return true
		}
	}
	return false
}
