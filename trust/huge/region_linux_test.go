package huge

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/simmer-go/simmer/kernels"
)

// region is a slice of one period so many times, and of a tail that is as long as a period and has its own contents.
// All periods are the same pages of memory: what is written to one is in all.
type region[T any] struct {
	x      []T
	period int
}

// tail is what follows the periods.
func (r region[T]) tail() []T { return r.x[len(r.x)-r.period:] }

// newRegion maps one file again and again to consecutive addresses.
func newRegion[T kernels.Float | int](t *testing.T, count, period int) region[T] {
	t.Helper()
	var element T
	size := period * int(unsafe.Sizeof(element))
	fd, err := unix.MemfdCreate("huge", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, int64(2*size)); err != nil { // the period, the tail
		t.Fatal(err)
	}
	all := uintptr(count+1) * uintptr(size)
	place, err := unix.MmapPtr(-1, 0, nil, all, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.MunmapPtr(place, all); err != nil {
			t.Error(err)
		}
	})
	for i := range count + 1 {
		_, err := unix.MmapPtr(fd, int64(i/count*size), unsafe.Add(place, i*size), uintptr(size),
			unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_FIXED)
		if err != nil {
			t.Fatalf("period %d of %d: %v", i, count, err)
		}
	}
	return region[T]{unsafe.Slice((*T)(place), (count+1)*period), period}
}
