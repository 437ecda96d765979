package kernels

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// The encoding of an ExactSum, all integers little-endian:
//
//	byte 0       exactVersion
//	byte 1       a kind
//	             and, if the kind is exactPositive or exactNegative,
//	bytes 2, 3   p, at most 271
//	bytes 4 …    the sum's absolute value, in units of 2^(8·p-1074), lowest byte first; neither the first nor
//	             the last is 0
//	             and always
//	4 bytes      CRC-32 (IEEE) of those before
//
// A sum has one encoding only.
const exactVersion = 1

// The kinds of sums.
const (
	exactEmpty = iota
	exactMinusZero
	exactZero
	exactPositive
	exactNegative
	exactInf
	exactMinusInf
	exactNaN
	exactKinds
)

const (
	exactHead   = 2 // version and kind
	exactPlace  = 2
	exactCheck  = 4
	mostEncoded = exactHead + exactPlace + digitBits/8*(digitCount+1) + exactCheck
)

// AppendBinary appends the encoding of s to b. Equal sums have equal encodings, whatever led to them; that of the empty
// sum differs from that of other zeros, as adding -0 to them does. A sum of numbers of similar size takes some 20
// bytes, and none more than 280. The error is nil.
func (s *ExactSum) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	t := *s
	t.carry()
	m, negative := t.digits.magnitude()
	kind := t.kind(&m, negative)
	b = append(b, exactVersion, kind)
	if kind == exactPositive || kind == exactNegative {
		var all [digitBits / 8 * len(m)]byte
		for i, d := range m {
			binary.LittleEndian.PutUint32(all[digitBits/8*i:], d)
		}
		first, end := 0, len(all)
		for all[first] == 0 {
			first++
		}
		for all[end-1] == 0 {
			end--
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(first))
		b = append(b, all[first:end]...)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:])), nil
}

func (s *ExactSum) kind(m *magnitude, negative bool) byte {
	switch s.seen {
	case 0:
		return exactEmpty
	case seenMinusZero:
		return exactMinusZero
	case seenInf:
		return exactInf
	case seenMinusInf:
		return exactMinusInf
	case seenNaN:
		return exactNaN
	}
	switch {
	case negative:
		return exactNegative
	case *m == magnitude{}:
		return exactZero
	}
	return exactPositive
}

// MarshalBinary is AppendBinary to a new slice.
func (s *ExactSum) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary makes s the sum that b encodes. If b is not the output of AppendBinary, it returns an error and
// leaves s as it is.
func (s *ExactSum) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return errors.New("kernels: ExactSum: no bytes")
	}
	if b[0] != exactVersion {
		return fmt.Errorf("kernels: ExactSum: version %d: this is version %d", b[0], exactVersion)
	}
	if len(b) < exactHead+exactCheck || len(b) > mostEncoded {
		return fmt.Errorf("kernels: ExactSum: %d bytes: must be %d to %d", len(b), exactHead+exactCheck, mostEncoded)
	}
	body, check := b[:len(b)-exactCheck], binary.LittleEndian.Uint32(b[len(b)-exactCheck:])
	if got := crc32.ChecksumIEEE(body); got != check {
		return fmt.Errorf("kernels: ExactSum: damaged or cut off: checksum %08x, not %08x", got, check)
	}
	t, err := decodeExact(body[1], body[exactHead:])
	if err != nil {
		return err
	}
	*s = t
	return nil
}

// decodeExact is the sum of that kind; number is its place and bytes.
func decodeExact(kind byte, number []byte) (s ExactSum, err error) {
	switch kind {
	case exactPositive, exactNegative:
		return decodeNumber(kind == exactNegative, number)
	case exactEmpty:
	case exactMinusZero:
		s.seen = seenMinusZero
	case exactZero:
		s.seen = seenOther
	case exactInf:
		s.seen = seenInf
	case exactMinusInf:
		s.seen = seenMinusInf
	case exactNaN:
		s.seen = seenNaN
	default:
		return s, fmt.Errorf("kernels: ExactSum: kind %d: must be below %d", kind, exactKinds)
	}
	if len(number) > 0 {
		return s, fmt.Errorf("kernels: ExactSum: %d bytes too many for kind %d", len(number), kind)
	}
	return s, nil
}

func decodeNumber(negative bool, number []byte) (s ExactSum, err error) {
	if len(number) <= exactPlace {
		return s, errors.New("kernels: ExactSum: a number without digits")
	}
	first, number := int(binary.LittleEndian.Uint16(number)), number[exactPlace:]
	if number[0] == 0 || number[len(number)-1] == 0 {
		return s, errors.New("kernels: ExactSum: a number that begins or ends with 0")
	}
	var all [digitBits/8*(digitCount-1) + 8]byte
	if first+len(number) > len(all) {
		return s, errTooLarge(first, number)
	}
	copy(all[first:], number)
	for i := range digitCount - 1 {
		s.digits[i] = int64(binary.LittleEndian.Uint32(all[digitBits/8*i:]))
	}
	upper := binary.LittleEndian.Uint64(all[digitBits/8*(digitCount-1):])
	s.digits[digitCount-1] = int64(min(upper, math.MaxInt64))
	if negative {
		s.digits.negate()
	}
	s.seen = seenOther
	if s.carry(); s.seen != seenOther {
		return s, errTooLarge(first, number)
	}
	return s, nil
}

func errTooLarge(first int, number []byte) error {
	return fmt.Errorf("kernels: ExactSum: a number of %d bytes from byte %d on is too large", len(number), first)
}
