package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// With few outputs most of a tile would be padding. So the roles are exchanged: a panel of rows of x is turned, its rows
// become the columns of the product, and the outputs its rows. The order of an element's sum, and with it its bits, stay.

// fewOutputs is the largest number of outputs for which that is faster, in float32 and with at least a panel of rows; in
// float64 it never is, since turning takes twice as long and padding is half as much.
const fewOutputs = 6

// lanesRoom is the room for one panel of rows, of either type.
type lanesRoom struct {
	turned        [fallback.Chunk * panelBytes / 8]float64
	start, totals [fewOutputs * panelBytes / 8]float64
}

// lanes are its parts: a chunk of x, the bias for all rows, the totals.
type lanes[T Float] struct{ turned, start, totals []T }

func (p *Packed[T]) rowsInLanes(relu bool, dst, x, bias []T, rows int) {
	var room lanesRoom
	l := lanes[T]{simd.Room[T](room.turned[:]), simd.Room[T](room.start[:]), simd.Room[T](room.totals[:])}
	wide := panelLen[T]()
	for j, v := range bias {
		for r := range wide {
			l.start[j*wide+r] = v
		}
	}
	for first := 0; first < rows; first += wide {
		first = min(first, rows-wide) // the last ones may be computed twice
		l.product(relu, p, x[first*p.k:])
		simd.Transpose(dst[first*p.n:], l.totals, p.n, wide, wide, p.n)
	}
}

// product computes totals of the first rows of x.
func (l lanes[T]) product(relu bool, p *Packed[T], x []T) {
	wide := panelLen[T]()
	_, width := p.panel(0)
	o := operands[T]{
		dst: l.totals, start: l.start, b: l.turned, rows: p.n, n: wide,
		dstRow: wide, startRow: wide, aRow: 1, aStep: width, bRow: wide,
	}
	if p.k == 0 {
		o.empty(relu)
	}
	for first := 0; first < p.k; first += fallback.Chunk {
		o.k = min(fallback.Chunk, p.k-first)
		simd.Transpose(l.turned, x[first:], wide, o.k, p.k, wide)
		o.a = p.data[first*width:]
		o.deep(relu && first+o.k == p.k, o.k, p.n, nil)
		o.start = o.dst
	}
}
