package huge

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/simmer-go/simmer/kernels"
)

// region is a slice of parts, each of which is one period of elements so many times. The periods of a part are the same
// pages of memory: what is written to one is in all.
type region[T any] struct {
	x     []T
	parts [][]T // the first period of each
}

// newRegion maps each part again and again to consecutive addresses, as often as times says.
func newRegion[T kernels.Float | int](t *testing.T, period int, times ...int) region[T] {
	t.Helper()
	var element T
	size, total := period*int(unsafe.Sizeof(element)), 0
	for _, n := range times {
		total += n
	}
	all := uintptr(total) * uintptr(size)
	place, err := unix.MmapPtr(-1, 0, nil, all, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.MunmapPtr(place, all); err != nil {
			t.Error(err)
		}
	})
	r := region[T]{x: unsafe.Slice((*T)(place), total*period)}
	first := 0
	for _, n := range times {
		mapPart(t, unsafe.Add(place, first*size), size, n)
		r.parts = append(r.parts, r.x[first*period:][:period:period])
		first += n
	}
	return r
}

// mapPart maps one file of so many bytes to consecutive addresses.
func mapPart(t *testing.T, place unsafe.Pointer, size, times int) {
	t.Helper()
	fd, err := unix.MemfdCreate("huge", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		t.Fatal(err)
	}
	for i := range times {
		_, err := unix.MmapPtr(fd, 0, unsafe.Add(place, i*size), uintptr(size), unix.PROT_READ|unix.PROT_WRITE,
			unix.MAP_SHARED|unix.MAP_FIXED)
		if err != nil {
			t.Fatalf("period %d of %d: %v", i, times, err)
		}
	}
}
