package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// A loss of classes has the same bits for positions as for rows, for one row as for many, and on every implementation.
func TestClassLossLayouts(t *testing.T) {
	t.Run("float32", testClassLossLayouts[float32])
	t.Run("float64", testClassLossLayouts[float64])
}

// classShapes are batch × class × position, around lanes, tiles, and the sizes at which rows collide.
func classShapes() [][3]int {
	list := [][3]int{
		{1, 3, 1}, {9, 1, 1}, {70, 2, 1}, {9, 10, 1}, {17, 17, 1}, {130, 21, 1}, {9, 32, 1}, {9, 33, 1}, {9, 65, 1}, {2, 1025, 1},
		{2, 1, 2}, {1, 2, 7}, {3, 4, 5}, {2, 10, 16}, {1, 16, 33}, {2, 17, 65}, {1, 21, 130}, {2, 40, 128}, {1, 66, 64},
		{1, 20, 1024}, {1, 1024, 3}, {1, 1025, 9}, {1, 2100, 5},
	}
	if testing.Short() {
		return list[:len(list)-3]
	}
	return list
}

// classOptions are all ways to make a loss of classes.
func classOptions[T kernels.Float](s [3]int, seed uint64) map[string]kernels.ClassTargets[T] {
	rows, cols := s[0]*s[2], s[1]
	target, keep := make([]int, rows), make([]bool, rows)
	catalog.FillClasses(target, cols, seed)
	prob, weight, alpha := make([]T, rows*cols), make([]T, cols), make([]T, cols)
	catalog.Fill(prob, catalog.Probability, seed+1)
	catalog.Fill(weight, catalog.Probability, seed+2)
	catalog.Fill(alpha, catalog.Probability, seed+3)
	for r := range keep {
		keep[r] = r%5 != 2
	}
	for i := range prob {
		if i%4 == 1 {
			prob[i] = 0
		}
	}
	ignore := target[0]
	type o = kernels.ClassTargets[T]
	list := map[string]o{
		"plain":                   {Target: target},
		"weights":                 {Target: target, Weight: weight},
		"ignored":                 {Target: target, Ignore: &ignore, Keep: keep},
		"smoothing":               {Target: target, Smoothing: 0.1},
		"smoothing, weights":      {Target: target, Smoothing: 0.3, Weight: weight, Ignore: &ignore},
		"smoothing of 1":          {Target: target, Smoothing: 1},
		"probabilities":           {Prob: prob},
		"probabilities, kept":     {Prob: prob, Keep: keep},
		"probabilities, weights":  {Prob: prob, Weight: weight},
		"probabilities, smoothed": {Prob: prob, Smoothing: 0.2},
		"probabilities, all":      {Prob: prob, Smoothing: 0.2, Weight: weight, Keep: keep},
		"focal":                   {Target: target, Focal: true, Gamma: 2, Weight: weight},
		"focal, 2.5":              {Target: target, Focal: true, Gamma: 2.5, Alpha: alpha, Keep: keep},
	}
	for name, l := range list {
		l.Cols, l.Positions = cols, s[2]
		list[name] = l
	}
	return list
}

func testClassLossLayouts[T kernels.Float](t *testing.T) {
	for at, s := range classShapes() {
		x := make([]T, s[0]*s[1]*s[2])
		catalog.Fill(x, catalog.Real, uint64(at))
		if at%3 == 2 {
			special := catalog.Specials[T]()
			for i := 1; i < len(x); i += 37 {
				x[i] = special[i%len(special)]
			}
		}
		for name, l := range classOptions[T](s, uint64(at)) {
			t.Run(fmt.Sprintf("%v %s", s, name), func(t *testing.T) { testClassLossLayout(t, s, x, l) })
		}
	}
}

func testClassLossLayout[T kernels.Float](t *testing.T, s [3]int, x []T, l kernels.ClassTargets[T]) {
	rows := s[0] * s[2]
	want, wantGrad := make([]T, rows), make([]T, len(x))
	restore := isa.Use(isa.Generic)
	for r := range rows {
		row, gradRow := classRow(x, s, r), make([]T, s[1])
		one := l
		one.Positions = 0
		if l.Target != nil {
			one.Target = l.Target[r : r+1]
		}
		if l.Prob != nil {
			one.Prob = classRow(l.Prob, s, r)
		}
		if l.Keep != nil {
			one.Keep = l.Keep[r : r+1]
		}
		kernels.ClassLossTo(want[r:r+1], row, one)
		kernels.ClassLossGrad(gradRow, row, one, 0.25)
		for c, g := range gradRow {
			wantGrad[r/s[2]*s[1]*s[2]+c*s[2]+r%s[2]] = g
		}
	}
	restore()
	var sum float64
	for at, i := range isa.Available() {
		restore := isa.Use(i)
		got, gotGrad := make([]T, rows), make([]T, len(x))
		kernels.ClassLossTo(got, x, l)
		if at := catalog.Difference(got, want); at >= 0 {
			t.Errorf("%v: loss %d of %d is %v, alone %v", i, at, rows, got[at], want[at])
		}
		v := kernels.ClassLoss(x, l)
		again := kernels.ClassLossGrad(gotGrad, x, l, 0.25)
		if at == 0 {
			sum = v
		}
		if catalog.Bits(v) != catalog.Bits(sum) || catalog.Bits(again) != catalog.Bits(sum) {
			t.Errorf("%v: sums %v and %v, want %v", i, v, again, sum)
		}
		if at := catalog.Difference(gotGrad, wantGrad); at >= 0 {
			t.Errorf("%v: gradient %d of %d is %v, alone %v", i, at, len(x), gotGrad[at], wantGrad[at])
		}
		restore()
	}
}

// classRow is position r of x, batch × class × position, as a row.
func classRow[T kernels.Float](x []T, s [3]int, r int) []T {
	row := make([]T, s[1])
	for c := range row {
		row[c] = x[r/s[2]*s[1]*s[2]+c*s[2]+r%s[2]]
	}
	return row
}

// Losses of classes are those of their formula, evaluated in float64 with more digits than float32 has.
func TestClassLossFormula(t *testing.T) {
	for at, s := range classShapes() {
		x := make([]float32, s[0]*s[1]*s[2])
		catalog.Fill(x, catalog.Real, uint64(at))
		for name, l := range classOptions[float32](s, uint64(at)) {
			got := kernels.ClassLossTo(make([]float32, s[0]*s[2]), x, l)
			grad := make([]float32, len(x))
			kernels.ClassLossGrad(grad, x, l, 1)
			for r, v := range got {
				want, wantGrad := classFormula(x, s, r, l)
				if !(math.Abs(float64(v)-want) <= 1e-6*want+0x1p-149) {
					t.Fatalf("%v %s: loss %d is %v, want %v", s, name, r, v, want)
				}
				for c, g := range classRow(grad, s, r) {
					if !(math.Abs(float64(g)-wantGrad[c]) <= 2e-6) {
						t.Fatalf("%v %s: gradient %d of position %d is %v, want %v", s, name, c, r, g, wantGrad[c])
					}
				}
			}
		}
	}
}

func classFormula(x []float32, s [3]int, r int, l kernels.ClassTargets[float32]) (v float64, grad []float64) {
	row := classRow(x, s, r)
	grad = make([]float64, len(row))
	if l.Keep != nil && !l.Keep[r] || l.Target != nil && (l.Target[r] < 0 || l.Ignore != nil && l.Target[r] == *l.Ignore) {
		return 0, grad
	}
	top := 0
	for c, v := range row {
		if v > row[top] {
			top = c
		}
	}
	rest := 0.0
	for c, v := range row {
		if c != top {
			rest += math.Exp(float64(v) - float64(row[top]))
		}
	}
	mass, q := 0.0, make([]float64, len(row))
	for c, xc := range row {
		t := 0.0
		if l.Prob != nil {
			t = float64(classRow(l.Prob, s, r)[c])
		} else if l.Target[r] == c {
			t = 1
		}
		q[c] = (1-l.Smoothing)*t + l.Smoothing/float64(len(row))
		if l.Weight != nil {
			q[c] *= float64(l.Weight[c])
		}
		mass += q[c]
		v += q[c] * (float64(row[top]) - float64(xc) + math.Log1p(rest))
	}
	slope := 1.0
	if l.Focal {
		alpha := 1.0
		if l.Alpha != nil {
			alpha = float64(l.Alpha[l.Target[r]])
		}
		a := -math.Expm1(-v)
		slope = 1
		if a > 0 {
			slope = alpha * math.Pow(a, l.Gamma) * (1 + l.Gamma*v*(1-a)/a)
		}
		v *= alpha * math.Pow(a, l.Gamma)
	}
	for c := range grad {
		grad[c] = slope * (mass*math.Exp(float64(row[c])-float64(row[top]))/(1+rest) - q[c])
	}
	return v, grad
}

// A target of 0 leaves out a class of probability 0; a weight of 0 does not, but for probabilities.
func TestClassLossZero(t *testing.T) {
	inf := math.Inf(1)
	type o = kernels.ClassTargets[float64]
	for _, positions := range []int{1, 9} {
		for _, c := range []struct {
			name string
			o    o
			x    [2]float64
			want float64
		}{
			{"no target", o{Prob: []float64{0, 1}}, [2]float64{-inf, 0}, 0},
			{"target", o{Prob: []float64{0.5, 0.5}}, [2]float64{-inf, 0}, inf},
			{"weight of 0, class", o{Target: []int{0}, Weight: []float64{0, 1}}, [2]float64{-inf, 0}, math.NaN()},
			{"weight of 0, other", o{Target: []int{1}, Weight: []float64{0, 1}}, [2]float64{-inf, 0}, 0},
			{"smoothing", o{Target: []int{1}, Smoothing: 0.5}, [2]float64{-inf, 0}, inf},
			{"smoothing, weight of 0", o{Target: []int{1}, Smoothing: 0.5, Weight: []float64{0, 1}}, [2]float64{-inf, 0}, math.NaN()},
			{
				"smoothed probabilities, weight of 0", o{Prob: []float64{0.5, 0.5}, Smoothing: 0.5, Weight: []float64{0, 1}},
				[2]float64{-inf, 0}, 0,
			},
			{"smoothing of 1", o{Target: []int{0}, Smoothing: 1, Weight: []float64{1, 1}}, [2]float64{0, 0}, math.Ln2},
			{"confident", o{Prob: []float64{1, 0}}, [2]float64{40, 0}, math.Exp(-40)},
		} {
			l := c.o
			l.Cols, l.Positions = 2, positions
			x := make([]float64, 2*positions)
			l.Target, l.Prob = nil, nil
			for p := range positions {
				x[p], x[positions+p] = c.x[0], c.x[1]
				if c.o.Target != nil {
					l.Target = append(l.Target, c.o.Target[0])
				}
			}
			for _, q := range c.o.Prob {
				for range positions {
					l.Prob = append(l.Prob, q)
				}
			}
			for _, v := range kernels.ClassLossTo(make([]float64, positions), x, l) {
				if !(math.Abs(v-c.want) <= 1e-15*c.want || v == c.want || v != v && c.want != c.want) {
					t.Errorf("%s, %d positions: %v, want %v", c.name, positions, v, c.want)
				}
			}
		}
	}
}
