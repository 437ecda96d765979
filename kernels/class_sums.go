package kernels

import (
	"unsafe"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// layout is how the logits of a tile meet the kernels. The bits do not depend on it.
type layout int

const (
	byRow      layout = iota // rows where they are: as tile.sums takes them, or one after the other
	turnedRows               // rows that are copied so that each lane has one
	inPlace                  // positions where they are, each lane with one
	apart                    // positions where they are, their exponentials in a copy
)

const (
	// fewTurned is the largest number of classes of rows that are turned.
	fewTurned = 64
	// rowsToTurn is the number of rows from which on turning them pays.
	rowsToTurn = 8
)

// choose picks the layout for a batch with so many positions.
func (l *ClassTargets[T]) choose(positions int) layout {
	switch {
	case l.Positions > 1 && l.needs(apart) <= largeRoom && collide[T](l.Cols, l.Positions):
		return apart
	case l.Positions > 1:
		return inPlace
	case positions >= rowsToTurn && l.needs(turnedRows) <= largeRoom && !(l.oneTerm() && l.Cols <= fallback.FewColumns):
		return turnedRows
	}
	return byRow
}

// needs is the room for copies in a layout.
func (l *ClassTargets[T]) needs(how layout) int {
	switch {
	case how == byRow || how == inPlace:
		return 0
	case how == turnedRows && l.Prob != nil:
		return 2 * tileRows * l.Cols
	}
	return tileRows * l.Cols
}

// collide reports whether so many classes of a tile, each so many elements behind the last, take the same places of a
// first-level cache, of which they then push each other out: it repeats after 4096 bytes, and holds some eight times as
// much.
func collide[T Float](classes, distance int) bool {
	bytes := distance * int(unsafe.Sizeof(T(0)))
	places := 4096 / max(tileRows*4, min(4096, bytes&-bytes))
	return classes > 8*places
}

// across is the room that kernels across positions need.
type across struct {
	lanes [fallback.LanesAcross]float64
	count [tileRows]float64
}

// acrossTotals add up the blocks of classes, if there are several.
type acrossTotals struct {
	count, sum                           [tileRows]total.Sum
	evenGap, evenMass, softGap, softMass [tileRows]total.Sum
}

// Room for copies of logits, and of Prob.
const (
	room      = tileRows * fallback.FewColumns
	largeRoom = tileRows * fewTurned
)

// newRoom has room for so many elements. It is small enough to be inlined, which keeps them on the stack.
func newRoom(need int) []float64 {
	switch {
	case need == 0:
		return nil
	case need <= room:
		return new([room]float64)[:]
	}
	return new([largeRoom]float64)[:]
}

// newColumns is what tile.sums needs, if it is to be called.
func (l *ClassTargets[T]) newColumns(how layout, rows int) *columns[T] {
	if how != byRow || l.Cols > fallback.FewColumns || rows <= 1 {
		return nil
	}
	return new(columns[T])
}

// logits are those of a tile: class c of position r is element c·row + r of x, and so on.
type logits[T Float] struct {
	x, exps, prob         []T // exps is nil if exponentials are not wanted
	row, expsRow, probRow int
}

// sumUp fills m, s, at, and even and soft if they are wanted, and leaves exp(x−m) in grad or a copy unless grad is nil:
// across positions, where it says.
func (t *classTile[T]) sumUp(grad, x []T) (l logits[T]) {
	first, n, cols := t.first, t.rows, t.Cols
	from, to := first*cols, (first+n)*cols
	switch {
	case t.layout == byRow && t.oneTerm():
		t.done = t.tile.sums(window(grad, from, to), x[from:to], cols, t.class[:n])
		return l
	case t.layout == byRow:
		t.rowByRow(grad, x)
		return l
	}
	l.row, l.expsRow = tileRows, tileRows
	switch t.layout {
	case turnedRows:
		l.x, l.prob, l.probRow = t.room[:cols*tileRows], t.room[cols*tileRows:], tileRows
		simd.Transpose(l.x, x[from:], n, cols, cols, tileRows)
		if t.Prob != nil {
			simd.Transpose(l.prob, t.Prob[from:], n, cols, cols, tileRows)
		}
		l.exps = l.x
	default:
		l.x, l.row = x[t.base():], t.Positions
		l.exps = t.room
		if t.layout == inPlace && grad != nil {
			l.exps, l.expsRow = grad[t.base():], t.Positions
		}
		if t.Prob != nil {
			l.prob, l.probRow = t.Prob[t.base():], t.Positions
		}
	}
	if grad == nil {
		l.exps = nil
	}
	t.acrossPositions(l)
	return l
}

// window is x[from:to], nil of nil.
func window[T Float](x []T, from, to int) []T {
	if x == nil {
		return nil
	}
	return x[from:to]
}

// base is the place of class 0 of the tile's first position.
func (t *classTile[T]) base() int {
	item, position := t.first/t.Positions, t.first%t.Positions
	return item*t.Cols*t.Positions + position
}

// rowByRow is sumUp for rows with several terms.
func (t *classTile[T]) rowByRow(grad, x []T) {
	cols := t.Cols
	t.targets(x[t.first*cols:], cols, t.class[:t.rows])
	for r := range t.rows {
		from, to := (t.first+r)*cols, (t.first+r+1)*cols
		row := x[from:to]
		m := T(simd.Max(row))
		t.m[r] = float64(m)
		switch {
		case !t.isEven():
		case t.Weight != nil && t.Prob == nil:
			t.even.gap[r], t.even.mass[r] = simd.EvenWeightedSum(row, t.Weight, m)
		case t.Weight != nil:
			t.even.gap[r], t.even.mass[r] = simd.SoftSum(row, t.Weight, m)
		default:
			t.even.gap[r], t.even.mass[r] = simd.EvenSum(row, m), float64(cols)
		}
		switch {
		case t.Prob == nil:
		case t.Weight != nil:
			t.soft.gap[r], t.soft.mass[r] = simd.SoftWeightedSum(row, t.Prob[from:to], t.Weight, m)
		default:
			t.soft.gap[r], t.soft.mass[r] = simd.SoftSum(row, t.Prob[from:to], m)
		}
		var count, sum float64 // last: grad may be x
		if grad == nil {
			count, sum = simd.ExpSum(row, m)
		} else {
			count, sum = simd.ExpSumTo(grad[from:to], row, m)
		}
		t.s[r] = (count - 1) + sum
	}
}

// acrossPositions is sumUp across positions.
func (t *classTile[T]) acrossPositions(l logits[T]) {
	n, x, row := t.rows, l.x, l.row
	for r, y := range t.class[:n] {
		t.at[r] = float64(x[max(y, 0)*row+r])
	}
	if t.Cols <= fallback.WorkBlock {
		simd.MaxAcross(x, t.m[:], row, t.Cols, n)
		t.block(l, 0, t.Cols)
		for r := range n {
			t.s[r] = (t.count[r] - 1) + t.s[r]
		}
		return
	}
	t.manyClasses(l)
}

// manyClasses takes a block of classes after the other.
func (t *classTile[T]) manyClasses(l logits[T]) {
	var totals acrossTotals
	n, x, row := t.rows, l.x, l.row
	simd.MaxAcross(x, t.m[:], row, fallback.WorkBlock, n)
	for c := fallback.WorkBlock; c < t.Cols; c += fallback.WorkBlock {
		simd.MaxAcross(x[c*row:], t.s[:], row, min(fallback.WorkBlock, t.Cols-c), n)
		for r, m := range t.s[:n] {
			if m > t.m[r] {
				t.m[r] = m
			}
		}
	}
	for c := 0; c < t.Cols; c += fallback.WorkBlock {
		t.block(l, c, min(fallback.WorkBlock, t.Cols-c))
		for r := range n {
			totals.count[r].Add(t.count[r])
			totals.sum[r].Add(t.s[r])
			totals.evenGap[r].Add(t.even.gap[r])
			totals.evenMass[r].Add(t.even.mass[r])
			totals.softGap[r].Add(t.soft.gap[r])
			totals.softMass[r].Add(t.soft.mass[r])
		}
	}
	for r := range n {
		t.s[r] = (totals.count[r].Value() - 1) + totals.sum[r].Value()
		t.even.gap[r], t.even.mass[r] = totals.evenGap[r].Value(), totals.evenMass[r].Value()
		t.soft.gap[r], t.soft.mass[r] = totals.softGap[r].Value(), totals.softMass[r].Value()
	}
}

// block adds up so many classes, from class c on.
func (t *classTile[T]) block(l logits[T], c, classes int) {
	n, m, lanes := t.rows, t.m[:], t.lanes[:]
	x := l.x[c*l.row:]
	gap, mass := t.even.gap[:], t.even.mass[:]
	switch {
	case !t.isEven():
	case t.Weight != nil && t.Prob == nil:
		simd.EvenWeightedSumAcrossPerClass(x, t.Weight[c:], m, lanes, gap, mass, l.row, classes, n)
	case t.Weight != nil:
		simd.SoftSumAcrossPerClass(x, t.Weight[c:], m, lanes, gap, mass, l.row, classes, n)
	default:
		simd.EvenSumAcross(x, m, lanes, gap, l.row, classes, n)
		for r := range mass {
			mass[r] = float64(classes)
		}
	}
	gap, mass = t.soft.gap[:], t.soft.mass[:]
	switch {
	case t.Prob == nil:
	case t.Weight != nil:
		simd.SoftWeightedSumAcrossPerClass(
			x, l.prob[c*l.probRow:], t.Weight[c:], m, lanes, gap, mass, l.row, l.probRow, classes, n)
	default:
		simd.SoftSumAcross(x, l.prob[c*l.probRow:], m, lanes, gap, mass, l.row, l.probRow, classes, n)
	}
	// Exponentials take longest, and a call cannot be preempted: with many classes, some of the positions at a time.
	step := n
	if classes > fallback.WorkBlock/4 {
		step = panelLen[T]()
	}
	for r := 0; r < n; r += step {
		few, x, m, count, s := min(step, n-r), x[r:], m[r:], t.count[r:], t.s[r:]
		if l.exps == nil {
			simd.ExpSumAcross(x, m, lanes, count, s, l.row, classes, few)
		} else {
			simd.ExpSumToAcross(l.exps[c*l.expsRow+r:], x, m, lanes, count, s, l.expsRow, l.row, classes, few)
		}
	}
}
