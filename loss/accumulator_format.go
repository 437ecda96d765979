package loss

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/simmer-go/simmer/kernels"
)

// A marshalled accumulator is a letter for its type, a version, what it holds, with numbers in little endian and each
// sum after its length, and a checksum (CRC-32, IEEE) of all that.

// formatVersion changes if the meaning of the bytes does.
const formatVersion = 1

const checksumLen = 4

// seal appends the checksum of b from start on.
func seal(b []byte, start int) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

func appendSum(b []byte, s *kernels.ExactSum) []byte {
	at := len(b)
	b, _ = s.AppendBinary(append(b, 0, 0)) // of which the error is nil, and the length below 300
	binary.LittleEndian.PutUint16(b[at:], uint16(len(b)-at-2))
	return b
}

// reader reads what a marshalled accumulator holds. After an error all it reads is 0.
type reader struct {
	data []byte
	what string
	err  error
}

// open checks what all types have in common.
func open(data []byte, format byte, what string) (reader, error) {
	r := reader{what: what}
	n := len(data) - checksumLen
	switch {
	case n < 2:
		r.fail("%d bytes are too few", len(data))
	case data[0] != format:
		r.fail("byte 0 is %#x: want %#x", data[0], format)
	case data[1] != formatVersion:
		r.fail("version %d: want %d", data[1], formatVersion)
	case binary.LittleEndian.Uint32(data[n:]) != crc32.ChecksumIEEE(data[:n]):
		r.fail("the checksum of its %d bytes is wrong", len(data))
	default:
		r.data = data[2:n]
	}
	return r, r.err
}

// fail keeps the first error.
func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = inputError("loss: data is not %s: %s", r.what, fmt.Sprintf(format, args...))
	}
	r.data = nil
}

// take returns the next n bytes, nil if there are fewer.
func (r *reader) take(n int) []byte {
	if r.err != nil || len(r.data) < n {
		r.fail("it ends too early")
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) kind() kind {
	b := r.take(10)
	if b == nil {
		return kind{}
	}
	k := kind{of: source(b[0]), bits: b[1], options: binary.LittleEndian.Uint64(b[2:])}
	if !k.valid() {
		r.fail("loss %d of float%d is unknown", k.of, k.bits)
		return kind{}
	}
	return k
}

func (r *reader) sum(s *kernels.ExactSum) {
	length := r.take(2)
	if length == nil {
		return
	}
	if b := r.take(int(binary.LittleEndian.Uint16(length))); b != nil {
		if err := s.UnmarshalBinary(b); err != nil {
			r.fail("%v", err)
		}
	}
}

// end returns the error, one if there are bytes left.
func (r *reader) end() error {
	if len(r.data) > 0 {
		r.fail("%d bytes too many", len(r.data))
	}
	return r.err
}
