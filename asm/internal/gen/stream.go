package gen

import (
	"fmt"
	"math"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// Stream is a kernel that passes once over slices of equal length: it writes a slice, returns sums, or both.
// stream_loop.go has the loop around Body.
type Stream struct {
	Name   string   // of the block function, without the type: SoftplusTo
	Inputs []string // names of the input slices
	Output string   // name of the output slice, or ""
	Flags  string   // name of a slice of bools beside the inputs, or ""
	Totals []string // names of float64 slices with room for whole registers: Body adds to them as to Sums
	Params []string // names of scalar parameters
	Wide   []string // names of scalar parameters that are of float64 whatever Mem is

	// Mem is the type of the slices, Arith the type of the arithmetic: float64 lanes may serve float32 slices.
	Mem, Arith Lane
	// Reduction is what it returns, if anything.
	Reduction
	// Retry names the kernel that repeats a block whose sum is too large, or too small, for float32 lanes: a Stream of the
	// same inputs with Mem F32 and Arith F64, described beside this one, which gets the blocks of this one. It is ignored
	// where Mem is F64.
	Retry  string
	Unroll Unroll

	// Prepare makes from the parameters what Body gets instead of them, once per call.
	Prepare func(b *B, params []V) []V
	// Body computes one output vector (nil if there is no output) and adds to the sums by b.Sum, b.SumFMA and so on.
	// Its params are Params, then Wide; behind the inputs comes the mask of the lanes whose flag is set.
	Body func(b *S, in, params []V) V
}

// Unroll is the number of registers of Mem lanes that one copy of Body handles together, so that latencies overlap, for
// machines where it is not 1. In a sum, the registers that hold its lanes must be a multiple of it, or it of them.
type Unroll map[Machine]int

// Reduction is what a Stream returns, as float64.
type Reduction struct {
	Sums []Sum
	// Lanes is the number of virtual lanes of a sum: element i of a block goes to lane i mod Lanes.
	// Block is the largest number of elements of a call.
	Lanes, Block int
}

// Sum is one number that a Stream returns.
type Sum struct {
	Name string
	Lane Lane // type of the lanes
	Kind SumKind
}

// SumKind says what is reduced and how.
type SumKind int

// The kinds of reductions.
const (
	FoldF64 SumKind = iota // a sum, whose lanes are folded as float64
	FoldOwn                // a sum, whose lanes are folded in their own type: see fallback.ShortLanes
	Count                  // of lanes where a mask holds; the lanes hold integers
	Largest                // the largest element, by a > b ? a : b
)

// CheapSum is the sum of terms that cost next to nothing: many lanes, of the type of the slices.
func CheapSum(mem Lane) Reduction {
	return Reduction{
		Sums:  []Sum{{Name: "sum", Lane: mem}},
		Lanes: [...]int{fallback.Lanes32, fallback.Lanes64}[mem],
		Block: fallback.Block,
	}
}

// WorkSum is the sum of terms that take many operations, or of float32 terms that are added up as float64: few lanes, of
// float64.
func WorkSum(mem Lane) Reduction {
	return Reduction{
		Sums:  []Sum{{Name: "sum", Lane: F64}},
		Lanes: [...]int{fallback.WorkLanes32, fallback.WorkLanes64}[mem],
		Block: fallback.WorkBlock,
	}
}

// S is what the body of a Stream works with: the vocabulary, and the sums.
type S struct {
	B
	sums    []V // the accumulators now, or what is to be in Totals
	present V   // in a tail: -1 in the lanes that hold an element, of type Mem
}

// Sum adds term to sum j in the lanes that hold an element.
func (s *S) Sum(j int, term V) {
	if term.lane != s.sums[j].lane {
		term = s.Widen(term)
	}
	s.sums[j] = s.Add(s.sums[j], s.Present(term))
}

// Present is x in the lanes that hold an element, 0 in the others.
func (s *S) Present(x V) V {
	if s.present == nil {
		return x
	}
	return s.Keep(s.holding(x), x)
}

// holding is the mask of the lanes, of the type of like, that hold an element.
func (s *S) holding(like V) V {
	present := s.present
	if present.lane != like.lane {
		present = s.Widen(present)
	}
	return s.LT(present, zero(like))
}

// SumFMA adds x·y to sum j with one rounding. The product must be 0 where the inputs are 0,
// as they are in the lanes of a tail that hold no element; [S.Present] makes it so.
func (s *S) SumFMA(j int, x, y V) { s.sums[j] = s.FMA(x, y, s.sums[j]) }

// Count counts, as sum j, the lanes of the mask that hold an element.
func (s *S) Count(j int, m V) {
	if s.present != nil {
		m = s.Both(m, s.LT(s.present, zero(s.present)))
	}
	s.sums[j] = s.CountIf(s.sums[j], m)
}

// Largest keeps the larger of x and sum j, lane by lane, and ignores NaN.
func (s *S) Largest(j int, x V) {
	if s.present != nil {
		x = s.Select(s.holding(x), x, s.Const(math.Inf(-1)))
	}
	s.sums[j] = s.Max(x, s.sums[j])
}

// Again is an input loaded once more, so that no register holds it between the first use and the last.
func (s *S) Again(x V) V {
	if x.mem == nil && x.fetch == nil {
		return x
	}
	return &value{op: opInput, lane: x.lane, regs: make([]register, len(x.regs)), mem: x.mem, fetch: x.fetch}
}

// zero is 0 in lanes of the type of like.
func zero(like V) V { return &value{op: opConst, lane: like.lane} }

// Function is the name of the block function, as in fallback.
func (k *Stream) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *Stream) InFallback() bool { return true }

// signature is the Go signature of the assembly function.
func (k *Stream) signature() string {
	s := fmt.Sprintf("func(%s *%s", strings.Join(k.slices(), ", "), k.Mem.goType())
	if k.Flags != "" {
		s += fmt.Sprintf(", %s *bool", k.Flags)
	}
	if len(k.Totals) > 0 {
		s += fmt.Sprintf(", %s *float64", strings.Join(k.Totals, ", "))
	}
	s += ", n int"
	for _, p := range k.Params {
		s += fmt.Sprintf(", %s %s", p, k.Mem.goType())
	}
	for _, p := range k.Wide {
		s += fmt.Sprintf(", %s float64", p)
	}
	s += ")"
	if len(k.Sums) > 0 {
		s += fmt.Sprintf(" (%s float64)", strings.Join(k.sumNames(), ", "))
	}
	return s
}

// slices are the names of all slices of type Mem, the output first.
func (k *Stream) slices() []string {
	if k.Output == "" {
		return k.Inputs
	}
	return append([]string{k.Output}, k.Inputs...)
}

// sumNames are the names of the results.
func (k *Stream) sumNames() []string {
	var names []string
	for _, s := range k.Sums {
		names = append(names, s.Name)
	}
	return names
}
