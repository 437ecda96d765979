package fallback

// A sum has one canonical order, the same on every machine: a function of the length alone. Element i of a block is
// added to virtual lane i mod L, all lanes start at +0, and the lanes are then folded by halves: lane i += lane i +
// L/2, and so on until one is left. That happens in float64, except for the sums of exponentials, which stay in the
// type of the slices and are folded by ShortLanes first.
//
// A register that holds no element of a short slice may be left out: its lanes are +0, and so is every lane that is 0,
// which adding them leaves as it is. (Only products that underflow, in Dot, may leave a lane at -0; package kernels has
// the last word there.)
const (
	// Lanes32 and Lanes64 are the lanes of sums of cheap terms in float32 and float64: eight registers of AVX2,
	// enough to hide the latency of an addition.
	Lanes32 = 64
	Lanes64 = 32

	// WorkLanes32 and WorkLanes64 are the lanes of sums over float32 and float64 slices whose
	// terms take many operations: at least the elements of one register of AVX-512.
	WorkLanes32 = 16
	WorkLanes64 = 16

	// LogitLanes32 are the float32 lanes of the sum of binary cross-entropies: four registers of AVX2, beside
	// which four elements fit.
	LogitLanes32 = 32
)

const (
	// Block is the largest number of elements that one call handles. It bounds the time that a goroutine
	// cannot be preempted, fits two inputs in a first-level cache, and with Lanes32 gives each float32 lane
	// at most 64 terms before it goes on in float64.
	Block = 64 * Lanes32

	// WorkBlock is the same for sums of terms that take many operations.
	WorkBlock = 64 * WorkLanes32

	// LogitBlock is the same for sums of binary cross-entropies: 16 terms in a lane keep the error below 1e-6, whatever
	// the data.
	LogitBlock = 16 * LogitLanes32
)

// FewColumns is the largest number of columns that row kernels may take one row per lane: no more than there are lanes
// in a row's sum, so that each lane holds one element at most.
const FewColumns = min(WorkLanes32, WorkLanes64)

// ShortLanes is the number of lanes that the sums of exponentials are folded to one after the other, before it goes on
// by halves: so that a kernel that takes one row per lane adds up to that many columns at a time as it meets them.
const ShortLanes = 4

// LanesAcross is the number of float64 that have room for the lanes of kernels that take one position per lane, and the
// classes in turn.
const LanesAcross = 512

// rowLanes are the elements of a row of FewColumns at most, each a lane of its own, 0 in the others.
type rowLanes [FewColumns]float64

// sum adds up the lanes, of which the first n hold elements, by halves.
func (l *rowLanes) sum(n int) float64 {
	if n <= 4 {
		return (l[0] + l[2]) + (l[1] + l[3])
	}
	return (((l[0] + l[8]) + (l[4] + l[12])) + ((l[2] + l[10]) + (l[6] + l[14]))) +
		(((l[1] + l[9]) + (l[5] + l[13])) + ((l[3] + l[11]) + (l[7] + l[15])))
}

// foldShort adds the lanes in their own type.
func foldShort[T float32 | float64](lanes []T) float64 {
	s := [ShortLanes]T(lanes)
	for i := ShortLanes; i < len(lanes); i++ {
		s[i%ShortLanes] += lanes[i]
	}
	return float64((s[0] + s[2]) + (s[1] + s[3]))
}

// fold adds the lanes, whose number is a power of two, by halves in float64. Of n elements only the first n lanes hold
// any, and halves that hold none are left out.
func fold[T float32 | float64](lanes []T, n int) float64 {
	for half := len(lanes) / 2; half >= max(n, 1); half /= 2 {
		lanes = lanes[:half]
	}
	var sums [Lanes32]float64
	for i, v := range lanes {
		sums[i] = float64(v)
	}
	for half := len(lanes) / 2; half > 0; half /= 2 {
		for i := 0; i < half; i++ {
			sums[i] += sums[i+half]
		}
	}
	return sums[0]
}
