package kernels_test

import (
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/digest"
	"github.com/simmer-go/simmer/kernels"
)

// TestDigest compares a hash of the results of every kernel with the committed one.
func TestDigest(t *testing.T) { digest.Test(t, "testdata/digests.txt", digests) }

// digests computes the hashes of all kernels with the implementation in use.
func digests(*testing.T) map[string]string {
	list := map[string]string{}
	for _, k := range catalog.Kernels[float32]() {
		list[k.Name+" float32"] = digestOf(k).String()
	}
	for _, k := range catalog.Kernels[float64]() {
		list[k.Name+" float64"] = digestOf(k).String()
	}
	return list
}

// digestOf covers usual values and random bits at lengths around lane and block boundaries.
// It is the same in short tests: it is what emulated machines are for.
func digestOf[T kernels.Float](k catalog.Kernel[T]) digest.Hash {
	h := digest.New()
	for at, s := range digestShapes(k.Rows) {
		for _, values := range bothValues {
			if s.n() > 300 && (values == catalog.RandomBits) != (at%2 == 0) {
				continue // one kind of input each, for the sake of slow emulators
			}
			a := k.RandomArgs(s.n(), s.cols, values, uint64(at))
			sum := k.Call(a)
			for _, out := range a.Out {
				digest.Add(h, out...)
			}
			digest.Add(h, sum)
		}
	}
	return h
}

func digestShapes(rows bool) (list []shape) {
	if rows {
		for _, cols := range []int{1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 31, 33, 64, 65, 130} {
			for _, r := range []int{0, 1, 2, 7, 8, 9, 17, 33} {
				list = append(list, shape{r, cols})
			}
		}
		return append(list, shape{67, 10}, shape{1, fallback.WorkBlock + 1}, shape{2, fallback.Block + 3})
	}
	for n := range 70 {
		list = append(list, shape{n, 1})
	}
	for _, n := range []int{127, 128, 129, 255, 256, 257} {
		list = append(list, shape{n, 1})
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		list = append(list, shape{block - 1, 1}, shape{block + 1, 1}, shape{block + 9, 1}, shape{2*block + 17, 1})
	}
	return list
}
