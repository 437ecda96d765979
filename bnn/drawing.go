package bnn

import "github.com/simmer-go/simmer/kernels"

// want is what draws are for: their outputs, mean and variance of these, or the mean of class probabilities.
type want int

const (
	wantOutputs want = iota
	wantMoments
	wantProbabilities
)

// drawing is one call of a method with draws: tile by tile of rows, and for each of these group by group of draws. As a
// [job] it makes the draws of a group; the caller's goroutine adds them up, in their order.
type drawing[T Float] struct {
	*Predictor[T]
	want        want
	x           []T
	rows        int // of x
	key         Key
	first       int // draw
	draws       int
	y, variance []T

	tile             int // rows
	from, group      int // draws
	size             int // of a part of the group
	input            []T // what the modules before the first Gaussian layer make of x
	mean, projection []T // if outputs are drawn
	made             []T // group×tile×Out
	sums, squares    []float64
}

// draw does a call.
func (p *Predictor[T]) draw(d drawing[T]) {
	d.Predictor = p
	s := p.drawn.scratch.take()
	for r := 0; r < d.rows; r += p.drawn.tile {
		d.tile = min(p.drawn.tile, d.rows-r)
		d.share(d.x[r*d.In():][:d.tile*d.In()], s.memory)
		d.rowsFrom(r)
	}
	p.drawn.scratch.put(s)
}

// share computes what all draws have in common for the rows x.
func (d *drawing[T]) share(x, scratch []T) {
	d.input = x
	if n := d.drawn.first; n > 0 {
		d.input, scratch = room(scratch, d.tile*d.model.cols(n))
		d.serve(d.input, nil, x, n, nil, d.tile, false)
	}
	if o := d.drawn.outputs; o != nil {
		d.mean, scratch = room(scratch, d.tile*o.out)
		d.projection, scratch = room(scratch, d.tile*o.sampling.projectionWidth())
		o.share(d.mean, d.projection, d.input, d.tile)
	}
	n := d.tile * d.Out()
	d.made, scratch = room(scratch, groupLen(n))
	sums := scratch64(scratch, 2*n)
	clear(sums)
	d.sums, d.squares = sums[:n], sums[n:]
}

// rowsFrom makes all draws for the tile that begins at row r.
func (d drawing[T]) rowsFrom(r int) {
	n, at := d.tile*d.Out(), r*d.Out()
	most := len(d.made) / n
	for done := 0; done < d.draws; done += most {
		d.from, d.group = d.first+done, min(most, d.draws-done)
		var parts int
		parts, d.size = shareDraws(d.group, d.model.workers)
		do(d, parts)
		for i := range d.group {
			y := d.made[i*n : (i+1)*n]
			switch d.want {
			case wantOutputs:
				copy(d.y[(done+i)*d.rows*d.Out()+at:], y)
			case wantMoments:
				addMoments(d.sums, d.squares, y, done+i)
			case wantProbabilities:
				addTo(d.sums, y)
			}
		}
	}
	switch d.want {
	case wantMoments:
		divide(d.y[at:], d.sums, 1)
		divide(d.variance[at:], d.squares, d.draws-1)
	case wantProbabilities:
		divide(d.y[at:], d.sums, d.draws)
	}
}

// part makes its draws of the group.
func (d drawing[T]) part(i int) {
	s := d.drawn.scratch.take()
	most := max(1, batchNumbers/max(1, d.drawn.each(d.tile)))
	end := min(d.group, (i+1)*d.size)
	for n := i * d.size; n < end; n += most {
		d.batch(n, min(most, end-n), s.memory)
	}
	d.drawn.scratch.put(s)
}

// batch makes so many draws of the group, from draw n of it on.
func (d *drawing[T]) batch(n, draws int, scratch []T) {
	each, normals, o := d.tile*d.Out(), d.drawn.normals, d.drawn.outputs
	y := d.made[n*each : (n+draws)*each]
	eps, scratch := room(scratch, draws*normals)
	if kept := d.kept.of(d.key, (d.from+n)*normals, len(eps)); kept != nil {
		eps = kept
	} else {
		kernels.NormalTo(eps, d.key, uint64(d.from+n)*uint64(normals))
	}
	switch {
	case o == nil:
		for i := range draws {
			d.drawn.drawParameters(d.model, y[i*each:(i+1)*each], d.input, eps[i*normals:], scratch, d.tile)
		}
	case o.Linear == d.model.last:
		o.drawOutputs(y, d.mean, d.projection, eps, scratch, draws, d.tile)
	default:
		hidden, scratch := room(scratch, draws*len(d.mean))
		o.drawOutputs(hidden, d.mean, d.projection, eps, scratch, draws, d.tile)
		for i := range draws {
			x, own := hidden[i*len(d.mean):][:len(d.mean)], eps[i*normals+o.NumNormals():]
			d.drawn.drawParameters(d.model, y[i*each:(i+1)*each], x, own, scratch, d.tile)
		}
	}
	if d.want == wantProbabilities {
		softmax(y, d.Out())
	}
}

// shareDraws cuts a group into parts for so many workers, each of at most size draws.
func shareDraws(draws, workers int) (parts, size int) {
	parts = max(1, min(draws, workers))
	size = (draws + parts - 1) / parts
	return (draws + size - 1) / size, size
}
