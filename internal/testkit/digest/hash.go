package digest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Hash is over the bits of numbers, all NaNs counting as one.
type Hash struct{ hash.Hash }

// New is the hash of nothing.
func New() Hash { return Hash{sha256.New()} }

// Add adds numbers to a hash.
func Add[T kernels.Float](h Hash, x ...T) {
	text := make([]byte, 8*len(x))
	for i, v := range x {
		binary.LittleEndian.PutUint64(text[8*i:], catalog.Bits(v))
	}
	h.Write(text)
}

// String is as much of the hash as the files hold.
func (h Hash) String() string { return fmt.Sprintf("%x", h.Sum(nil)[:12]) }
