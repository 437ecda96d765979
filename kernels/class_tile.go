package kernels

import (
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// classTile is a tile of positions on their way through [ClassLoss]: their sums (class_sums.go), the losses, the
// gradient.
type classTile[T Float] struct {
	tile[T]
	*ClassTargets[T]
	layout    layout
	room      []T // for copies
	across        // for layouts other than byRow
	gradScale float64

	first, rows int
	done        int // rows of which tile.sums left the exponentials elsewhere

	class [tileRows]int     // of each position; negative if it is left out
	hard  [tileRows]float64 // q of the class y but for its even part
	slope [tileRows]float64 // of the focal loss

	// Σ q·(m−x) and Σ q for q = w, which even targets have, and q = w·t.
	even, soft sums
}

// sums are those of each position.
type sums struct{ gap, mass [tileRows]float64 }

// isEven reports whether each class has some target.
func (l *ClassTargets[T]) isEven() bool { return l.Smoothing != 0 }

// oneTerm reports whether only class y has a target.
func (l *ClassTargets[T]) oneTerm() bool { return l.Prob == nil && !l.isEven() }

// load sets out with n positions.
func (t *classTile[T]) load(first, n int) {
	t.first, t.rows = first, n
	class := t.class[:n]
	if t.Prob != nil {
		clear(class)
	} else {
		copy(class, t.Target[first:first+n])
	}
	t.leaveOut(class)
	if t.Prob != nil || t.Weight == nil {
		return
	}
	rest := 1 - t.Smoothing
	for i, y := range class {
		t.hard[i] = float64(rest * float64(t.Weight[max(y, 0)]))
	}
}

// leaveOut makes the classes of positions that are left out negative.
func (t *classTile[T]) leaveOut(class []int) {
	ignore := -1
	if t.Ignore != nil && t.Prob == nil {
		ignore = *t.Ignore
	}
	signs := 0
	for i, y := range class {
		if y == ignore {
			y = -1
			class[i] = y
		}
		signs |= y
	}
	t.leftOut = signs < 0
	if t.Keep == nil {
		return
	}
	for i, keep := range t.Keep[t.first : t.first+len(class)] {
		if !keep {
			class[i], t.leftOut = -1, true
		}
	}
}

// finish leaves the losses in out, 0 for positions that are left out.
func (t *classTile[T]) finish() {
	n := t.rows
	out, m, at, s := t.out[:n], t.m[:n], t.at[:n], t.s[:n]
	if t.oneTerm() {
		if simd.Is32[T]() {
			simd.CrossEntropyMixedToF64(out, m, at, s)
		} else {
			simd.CrossEntropyToF64(out, m, at, s)
		}
		if t.Weight != nil {
			simd.MulToF64(out, out, t.hard[:n])
		}
	} else {
		t.severalTerms()
	}
	if t.Focal {
		t.focal()
	}
	if !t.leftOut {
		return
	}
	for r, y := range t.class[:n] {
		if y < 0 {
			out[r] = 0
		}
	}
}

// severalTerms adds up the terms of class y, of even targets, and of Prob.
func (t *classTile[T]) severalTerms() {
	var zero, rest [tileRows]float64
	n := t.rows
	addLog1p[T](rest[:n], zero[:n], t.s[:n])
	share, part := t.shares()
	for r, l := range rest[:n] {
		sum := 0.0
		if t.Prob == nil && share != 0 {
			sum += float64(t.hard[r] * ((t.m[r] - t.at[r]) + l))
		}
		if t.isEven() {
			sum += float64(part * (t.even.gap[r] + float64(t.even.mass[r]*l)))
		}
		if t.Prob != nil && share != 0 {
			sum += float64(share * (t.soft.gap[r] + float64(t.soft.mass[r]*l)))
		}
		t.out[r] = sum
	}
}

// shares are the factors of t and of 1 in a target: 1−e and e/C.
func (l *ClassTargets[T]) shares() (share, part float64) {
	return 1 - l.Smoothing, l.Smoothing / float64(l.Cols)
}

// focal makes focal losses of the cross-entropies in out, and leaves their derivatives in slope.
func (t *classTile[T]) focal() {
	n, gamma := t.rows, t.Gamma
	var factors [tileRows]float64
	ce, f, slope := t.out[:n], factors[:n], t.slope[:n]
	whole := gamma == 0 || gamma == 1 || gamma == 2 || gamma == 3
	base := gamma
	if !whole {
		base = 1 // which makes 1−exp(−ce)
	}
	if simd.Is32[T]() {
		simd.FocalFactorMixedToF64(f, ce, base)
	} else {
		simd.FocalFactorToF64(f, ce, base)
	}
	if !whole {
		simd.PowToF64(f, f, gamma)
	}
	if simd.Is32[T]() {
		simd.FocalSlopeMixedToF64(slope, ce, f, gamma)
	} else {
		simd.FocalSlopeToF64(slope, ce, f, gamma)
	}
	simd.MulToF64(ce, ce, f)
	if t.Alpha == nil {
		return
	}
	for r, y := range t.class[:n] {
		alpha := float64(t.Alpha[max(y, 0)])
		ce[r] *= alpha
		slope[r] *= alpha
	}
}

// total is the sum of the losses.
func (t *classTile[T]) total() float64 { return simd.Sum(t.out[:t.rows]) }
