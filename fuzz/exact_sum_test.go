package fuzz

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// exactPair is an exact sum, and what it should be by math/big and IEEE 754.
type exactPair struct {
	sum       kernels.ExactSum
	finite    big.Float
	special   float64 // the sum of infinities and NaN, 0 if there are none
	any, zero bool    // anything, and nothing but -0
}

func newExactPair() *exactPair {
	p := &exactPair{zero: true}
	p.finite.SetPrec(2500)
	return p
}

func (p *exactPair) note(v float64) {
	p.any = true
	p.zero = p.zero && v == 0 && math.Signbit(v)
	if v-v != 0 {
		p.special += v
		return
	}
	p.finite.Add(&p.finite, new(big.Float).SetFloat64(v))
}

func (p *exactPair) merge(q *exactPair) {
	p.sum.Merge(&q.sum)
	p.any, p.zero = p.any || q.any, p.zero && q.zero
	p.special += q.special
	p.finite.Add(&p.finite, &q.finite)
}

func (p *exactPair) check(t *testing.T) {
	t.Helper()
	want, _ := p.finite.Float64()
	switch {
	case p.special != 0:
		want = p.special
	case p.any && p.zero:
		want = math.Copysign(0, -1)
	case want == 0:
		want = 0
	}
	if got := p.sum.Value(); math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

// FuzzExactSum adds, merges and encodes as the bytes say, and compares with math/big.
func FuzzExactSum(f *testing.F) {
	numbers := []byte{0}
	for i := range 300 {
		numbers = binary.LittleEndian.AppendUint64(numbers, math.Float64bits(math.Ldexp(1+float64(i), i%90)))
	}
	f.Add(numbers)
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 3, 4, 2, 0, 0, 0x80, 0x3f, 0, 0, 0x80, 0xbf, 5, 3, 4})
	f.Fuzz(func(t *testing.T, data []byte) {
		here, there := newExactPair(), newExactPair()
		doubled := 0
		for len(data) > 0 {
			op := data[0]
			data = data[1:]
			switch op % 6 {
			case 0: // what is left of the bytes, as slices of either type
				addSlices(t, here, data)
				data = nil
			case 1:
				if len(data) >= 8 {
					v := math.Float64frombits(binary.LittleEndian.Uint64(data))
					here.sum.Add(v)
					here.note(v)
					data = data[8:]
				}
			case 2:
				if len(data) >= 8 {
					x := math.Float32frombits(binary.LittleEndian.Uint32(data))
					y := math.Float32frombits(binary.LittleEndian.Uint32(data[4:]))
					here.sum.AddProduct(x, y)
					here.note(float64(x) * float64(y))
					data = data[8:]
				}
			case 3:
				here, there = there, here
			case 4:
				if doubled++; doubled < 50 {
					here.merge(there)
				}
			case 5:
				if doubled++; doubled < 50 {
					here.merge(here)
				}
				reencode(t, &here.sum)
			}
		}
		here.check(t)
		there.check(t)
	})
}

// addSlices adds all numbers in data as slices, by every implementation.
func addSlices(t *testing.T, p *exactPair, data []byte) {
	wide, narrow := decodeNumbers[float64](data), decodeNumbers[float32](data)
	half := len(narrow) / 2
	before := p.sum
	var first []byte
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		p.sum = before
		kernels.ExactAdd(&p.sum, wide)
		kernels.ExactAdd(&p.sum, narrow)
		kernels.ExactAddProducts(&p.sum, narrow[:half], narrow[half:2*half])
		restore()
		b := reencode(t, &p.sum)
		if first == nil {
			first = b
		}
		if !bytes.Equal(b, first) {
			t.Fatalf("%v: encoded as %x, want %x", i, b, first)
		}
	}
	for _, v := range wide {
		p.note(v)
	}
	for i, v := range narrow {
		p.note(float64(v))
		if i < half {
			p.note(float64(v) * float64(narrow[half+i]))
		}
	}
}

// reencode replaces s by what is decoded from its encoding.
func reencode(t *testing.T, s *kernels.ExactSum) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var back kernels.ExactSum
	if err := back.UnmarshalBinary(b); err != nil {
		t.Fatalf("%x: %v", b, err)
	}
	if again, _ := back.MarshalBinary(); !bytes.Equal(again, b) {
		t.Fatalf("encoded as %x, and again as %x", b, again)
	}
	*s = back
	return b
}

// FuzzExactSumDecode decodes any bytes, with a right checksum or as they are: what is not refused has this encoding.
func FuzzExactSumDecode(f *testing.F) {
	for _, x := range [][]float64{nil, {1}, {-1, 0x1p-1074}, {math.MaxFloat64}, {math.Inf(1)}} {
		var s kernels.ExactSum
		kernels.ExactAdd(&s, x)
		b, _ := s.MarshalBinary()
		f.Add(b, false)
		f.Add(b[:len(b)-4], true)
	}
	f.Fuzz(func(t *testing.T, b []byte, check bool) {
		if check {
			b = binary.LittleEndian.AppendUint32(bytes.Clone(b), crc32.ChecksumIEEE(b))
		}
		var s kernels.ExactSum
		s.Add(5)
		before := s
		if err := s.UnmarshalBinary(b); err != nil {
			if s != before {
				t.Fatalf("%x: changed, though %v", b, err)
			}
			return
		}
		if again, _ := s.MarshalBinary(); !bytes.Equal(again, b) {
			t.Fatalf("%x: encoded again as %x", b, again)
		}
		before.Merge(&s)
		before.Value()
	})
}
