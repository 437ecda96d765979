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

// digestOf covers usual values and random bits at lengths around lane and block boundaries. It is the same in short
// tests: it is what emulated machines are for.
func digestOf[T kernels.Float](k catalog.Kernel[T]) digest.Hash {
	h := digest.New()
	kinds := bothValues
	if k.Product {
		kinds = append(kinds, catalog.AllExponents)
	}
	for at, s := range digestShapes(k) {
		for _, values := range kinds {
			if !k.Product && s.Len() > 300 && (values == catalog.RandomBits) != (at%2 == 0) {
				continue // one kind of input each, for the sake of slow emulators
			}
			r := k.Do(k.RandomArgs(s, values, uint64(at)))
			for _, out := range r.Out {
				digest.Add(h, out...)
			}
			digest.Add(h, r.Sum)
		}
	}
	return h
}

func digestShapes[T kernels.Float](k catalog.Kernel[T]) (list []catalog.Shape) {
	if k.Product {
		for at, cols := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 15, 16, 17, 24, 31, 32, 33, 48, 49, 64, 65} {
			for i, rows := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 17, 33} {
				s := product(rows, []int{1, 2, 3, 5, 8, 63, 64, 65, 66, 130}[(at+3*i)%10], cols)
				if k.Work(s) < 1<<17 { // for the sake of slow emulators
					list = append(list, s)
				}
			}
		}
		list = append(list, product(0, 5, 7), product(3, 0, 20), product(65, 66, 3))
		if k.Terms() == 1 {
			list = append(list, product(25, 129, 33), product(3, 641, 17), product(49, 1345, 5))
		}
		return list
	}
	if k.Rows {
		for _, cols := range []int{1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 31, 33, 64, 65, 130} {
			for _, r := range []int{0, 1, 2, 7, 8, 9, 17, 33} {
				list = append(list, matrix(r, cols))
			}
		}
		return append(list, matrix(67, 10), matrix(1, fallback.WorkBlock+1), matrix(2, fallback.Block+3))
	}
	for n := range 70 {
		list = append(list, catalog.Vector(n))
	}
	for _, n := range []int{127, 128, 129, 255, 256, 257} {
		list = append(list, catalog.Vector(n))
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		for _, n := range []int{block - 1, block + 1, block + 9, 2*block + 17} {
			list = append(list, catalog.Vector(n))
		}
	}
	return list
}
