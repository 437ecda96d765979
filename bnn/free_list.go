package bnn

import (
	"sync/atomic"
	"unsafe"
)

// freeList keeps the scratch of calls that have ended for those to come: as many as were ever needed at once, up to the
// number of its places. Unlike a sync.Pool it is not emptied by the collector, so that a server that has warmed up
// allocates nothing.
type freeList[T Float] struct {
	length int // of each scratch
	places [64]atomic.Pointer[scratch[T]]
}

type scratch[T Float] struct{ memory []T }

// take returns scratch that nobody else has until it is put back.
func (f *freeList[T]) take() *scratch[T] {
	first := f.place()
	for i := range uintptr(len(f.places)) {
		place := &f.places[(first+i)%uintptr(len(f.places))]
		if s := place.Load(); s != nil && place.CompareAndSwap(s, nil) {
			return s
		}
	}
	return &scratch[T]{make([]T, f.length)}
}

// put gives s back; if all places are taken, to the collector.
func (f *freeList[T]) put(s *scratch[T]) {
	first := f.place()
	for i := range uintptr(len(f.places)) {
		place := &f.places[(first+i)%uintptr(len(f.places))]
		if place.Load() == nil && place.CompareAndSwap(nil, s) {
			return
		}
	}
}

// place is where a goroutine looks first: its own as a rule, told by the address of its stack, so that goroutines do
// not wait for each other, and find what is in the caches of their core.
func (f *freeList[T]) place() uintptr {
	var here byte
	const golden = 0x9e3779b9 // the fraction of the golden ratio, which scatters multiples of the size of a stack
	return uintptr(uint32(uintptr(unsafe.Pointer(&here))>>11) * golden >> 26)
}
