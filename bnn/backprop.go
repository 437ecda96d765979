package bnn

import "github.com/simmer-go/simmer/kernels"

// backprop is one call of backward. As a [job] it takes tiles of rows forth and back through all modules, and leaves
// behind what the gradients with respect to the parameters are made of, which are sums over all rows: addParamsGrad.
type backprop[T Float] struct {
	s                *Sequential[T]
	modules          int
	rows, size, tile int  // of the batch, of a part, of a tile at most
	drawn            bool // the parameters
	x, dX, dY        []T
	kept             kept[T]
}

// kept is what modules have of their own, those from some module on: packed weights and parameters of linear layers,
// and for all rows the outputs of all modules and the derivatives with respect to the outputs of linear layers.
type kept[T Float] struct{ affines, params, outputs, derivatives []T }

// backprop is a call without its slices, and its number of parts.
func (s *Sequential[T]) backprop(modules, rows int) (b backprop[T], parts int) {
	b = backprop[T]{s: s, modules: modules, rows: rows}
	parts, b.size = share(rows, s.workers)
	b.tile = min(b.size, tileRows(s.width))
	return b, parts
}

// lens are the lengths of the parts of kept.
func (b *backprop[T]) lens() (affines, params, outputs, derivatives int) {
	cols := 0
	for k, l := range b.s.linears {
		if l != nil {
			cols = l.out
			affines += aligned(affineLen[T](l.dims))
			params += aligned(l.NumMeanParams())
			derivatives += aligned(b.rows * cols)
		}
		if !reluFollows(b.s.modules, k-1) {
			outputs += aligned(b.rows * cols)
		}
	}
	return affines, params, outputs, derivatives
}

// backwardLen is what backward needs of work: what is kept, and, before and after that, room for a draw or its
// gradient.
func (s *Sequential[T]) backwardLen(rows int) int {
	b, _ := s.backprop(len(s.modules), rows)
	affines, params, outputs, derivatives := b.lens()
	return affines + params + outputs + derivatives + s.drawLen()
}

// keep takes the room for what is kept from work, and returns the rest.
func (b *backprop[T]) keep(work []T) (rest []T) {
	affines, params, outputs, derivatives := b.lens()
	b.kept.affines, work = cut(work, affines)
	b.kept.params, work = cut(work, params)
	b.kept.outputs, work = cut(work, outputs)
	b.kept.derivatives, work = cut(work, derivatives)
	return work
}

// layer cuts off what the linear layer l has of its own, but for its output.
func (m kept[T]) layer(l *Linear[T], rows int) (affine, params, derivatives []T, rest kept[T]) {
	affine, m.affines = room(m.affines, affineLen[T](l.dims))
	params, m.params = room(m.params, l.NumMeanParams())
	derivatives, m.derivatives = room(m.derivatives, rows*l.out)
	return affine, params, derivatives, m
}

// output cuts off the output of a module.
func (m kept[T]) output(n int) (y []T, rest kept[T]) {
	y, m.outputs = room(m.outputs, n)
	return y, m
}

// setParams draws parameters, if they are drawn, and packs those of all layers but the last, whose output has no part
// in the gradient.
func (b *backprop[T]) setParams(eps, work []T) {
	m := b.kept
	for _, l := range b.s.linears[:b.modules] {
		if l == nil {
			continue
		}
		var own, affine, params []T
		own, eps = cut(eps, l.NumNormals())
		affine, params, _, m = m.layer(l, b.rows)
		if l.draws(b.drawn) {
			l.draw(params, own, work)
		} else {
			params = l.params[:len(params)]
		}
		if l != b.s.last {
			affineIn(affine, l.dims).set(params)
		}
	}
}

// part does its rows.
func (b backprop[T]) part(i int) {
	t := tile[T]{backprop: &b}
	end := min(b.rows, (i+1)*b.size)
	for t.from = i * b.size; t.from < end; t.from += b.tile {
		t.rows = min(b.tile, end-t.from)
		in := b.s.In()
		var dX []T
		if b.dX != nil {
			dX = t.of(b.dX, in)
		}
		t.module(0, t.of(b.x, in), dX, in, b.kept)
	}
}

// tile is some rows.
type tile[T Float] struct {
	*backprop[T]
	from, rows int
}

// of cuts the tile out of a matrix with a row for each row of the batch.
func (t *tile[T]) of(x []T, cols int) []T { return x[t.from*cols:][:t.rows*cols] }

// module takes x, of so many columns, through the modules from k on, and writes the derivatives with respect to x to
// dx, unless it is nil. m is what these modules keep.
func (t *tile[T]) module(k int, x, dx []T, cols int, m kept[T]) {
	if k == t.modules {
		copy(dx, t.of(t.dY, cols))
		return
	}
	if l := t.s.linears[k]; l != nil {
		t.linear(k, l, x, dx, m)
		return
	}
	a, y := t.s.modules[k].(Activation), x
	if !reluFollows(t.s.modules, k-1) {
		y, m = m.output(t.backprop.rows * cols)
		y = t.of(y, cols)
		copy(y, x)
		apply(a, y)
	}
	t.module(k+1, y, dx, cols, m)
	applyGrad(a, dx, x, y)
}

// linear is module for a linear layer. Its derivatives, those by x Wᵀ + b, remain.
func (t *tile[T]) linear(k int, l *Linear[T], x, dx []T, m kept[T]) {
	affine, params, dy, m := m.layer(l, t.backprop.rows)
	y, m := m.output(t.backprop.rows * l.out)
	y, dy = t.of(y, l.out), t.of(dy, l.out)
	if l != t.s.last {
		l.forward(y, x, affine, t.drawn, reluFollows(t.s.modules, k))
	}
	t.module(k+1, y, dy, l.out, m)
	kernels.ScaleTo(dy, l.factor(t.drawn), dy)
	if !l.draws(t.drawn) {
		params = l.params
	}
	if dx != nil {
		l.backward(dx, dy, params, t.rows)
	}
}

// addParamsGrad adds the gradients with respect to the parameters, from what the tiles have left.
func (b *backprop[T]) addParamsGrad(dParams, eps, work []T) {
	dTheta, work := room(work, b.s.largest((*Linear[T]).NumMeanParams))
	x, cols, m := b.x, b.s.In(), b.kept
	for k, l := range b.s.linears[:b.modules] {
		switch {
		case l != nil:
			g := affineGrad[T]{x: x, rows: b.rows, d: l.dims}
			var own, ownEps []T
			own, dParams = cut(dParams, l.NumParams())
			ownEps, eps = cut(eps, l.NumNormals())
			_, _, g.dy, m = m.layer(l, b.rows)
			if l.draws(b.drawn) {
				g.dTheta = dTheta[:l.NumMeanParams()]
				clear(g.dTheta)
				g.add(b.s.workers)
				l.drawGrad(own, g.dTheta, ownEps, work)
			} else {
				g.dTheta = own[:l.NumMeanParams()]
				g.add(b.s.workers)
			}
			cols = l.out
			x, m = m.output(b.rows * cols)
		case !reluFollows(b.s.modules, k-1):
			x, m = m.output(b.rows * cols)
		}
	}
}
