package loss_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// Every type keeps its values; what no int holds is no class, and not a negative number that may be ignored.
func TestIndices(t *testing.T) {
	type label uint8
	testIndices(t, []int32{3, 0, -100, math.MaxInt32}, []int{3, 0, -100, math.MaxInt32})
	testIndices(t, []int64{3, 0, -100}, []int{3, 0, -100})
	testIndices(t, []uint8{3, 0, 255}, []int{3, 0, 255})
	testIndices(t, []label{3, 0, 255}, []int{3, 0, 255})
	testIndices(t, []int8{-128, 127}, []int{-128, 127})
	testIndices(t, []uint64{7, math.MaxUint64, math.MaxUint64 - 99}, []int{7, math.MaxInt, math.MaxInt})
	if math.MaxInt == math.MaxInt32 {
		testIndices(t, []int64{1 << 32, -1 << 32, 5}, []int{math.MaxInt, math.MinInt, 5})
	}
	testIndices(t, []int{}, []int{})
	_, err := loss.NLL[float64]{Classes: 2}.Value(make([]float64, 2), loss.Indices(nil, []uint64{math.MaxUint64 - 99}))
	if err == nil {
		t.Error("a class of 2⁶⁴ − 100 was ignored")
	}
}

func testIndices[I loss.Integer](t *testing.T, target []I, want []int) {
	t.Helper()
	if got := loss.Indices(nil, target); !slices.Equal(got, want) {
		t.Errorf("%v of %T: %v, want %v", target, target, got, want)
	}
	long := []int{9, 9, 9, 9, 9, 9, 9, 9}
	got := loss.Indices(long, target)
	if !slices.Equal(got, want) || len(got) > 0 && &got[0] != &long[0] {
		t.Errorf("%v of %T: %v, want %v in the slice given", target, target, got, want)
	}
	if n := testing.AllocsPerRun(3, func() { loss.Indices(long, target) }); n != 0 {
		t.Errorf("%v allocations for a slice that is long enough", n)
	}
}
