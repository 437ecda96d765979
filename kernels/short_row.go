package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// shortRow is the largest number of elements whose sum is made here: a call would take longer.
const shortRow = 16

// shortSum is the sum of at most shortRow elements, each in a lane of its own that begins at 0, the lanes added by
// halves, as kernels do.
func shortSum[T Float](x []T) float64 {
	s := firstFour(x)
	if len(x) > 4 {
		second := firstFour(x[4:])
		if len(x) > 8 {
			s = s.plus(firstFour(x[8:]))
		}
		if len(x) > 12 {
			second = second.plus(firstFour(x[12:]))
		}
		s = s.plus(second)
	}
	return ((s.a + s.c) + (s.b + s.d)) + 0 // no −0
}

// four are the sums of the lanes whose numbers differ by multiples of four.
type four struct{ a, b, c, d float64 }

// firstFour are the first four elements, 0 where there are fewer.
func firstFour[T Float](x []T) (f four) {
	switch len(x) {
	default:
		f.d = float64(x[3])
		fallthrough
	case 3:
		f.c = float64(x[2])
		fallthrough
	case 2:
		f.b = float64(x[1])
		fallthrough
	case 1:
		f.a = float64(x[0])
	case 0:
	}
	return f
}

func (f four) plus(g four) four { return four{f.a + g.a, f.b + g.b, f.c + g.c, f.d + g.d} }

// fewDifferences is the largest number of elements of which sums of errors and their gradients are made here: two calls
// would take longer.
const fewDifferences = 6

// fits reports whether a sum of squares or magnitudes is what the kernels' float32 lanes give, and not what repeats it.
func fits[T Float](sum float64) bool { return !simd.Is32[T]() || simd.Fits32(sum) }
