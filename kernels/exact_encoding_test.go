package kernels_test

import (
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"math"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/kernels"
)

var (
	_ encoding.BinaryAppender    = (*kernels.ExactSum)(nil)
	_ encoding.BinaryMarshaler   = (*kernels.ExactSum)(nil)
	_ encoding.BinaryUnmarshaler = (*kernels.ExactSum)(nil)
)

func exactSumOf(x ...float64) (s kernels.ExactSum) {
	kernels.ExactAdd(&s, x)
	return s
}

// The encodings are for good: what an older program wrote must be read.
func TestExactEncoding(t *testing.T) {
	minusZero := math.Copysign(0, -1)
	for _, c := range []struct {
		sum  kernels.ExactSum
		want string
	}{
		{exactSumOf(), "0100"},
		{exactSumOf(minusZero, minusZero), "0101"},
		{exactSumOf(1, -1), "0102"},
		{exactSumOf(0.25, 0.75), "0103860004"},
		{exactSumOf(-1), "0104860004"},
		{exactSumOf(0x1p-1074), "0103000001"},
		{exactSumOf(-1000, 0x1p-60), "01047e00c0ffffffffffffff9f0f"},
		{exactSumOf(math.MaxFloat64, math.MaxFloat64), "0103ff00c0ffffffffffff07"},
		{exactSumOf(math.Inf(1), 1), "0105"},
		{exactSumOf(math.Inf(-1)), "0106"},
		{exactSumOf(math.NaN(), math.Inf(1), 2), "0107"},
	} {
		got := []byte(exactBytes(&c.sum))
		if text := hex.EncodeToString(got[:len(got)-4]); text != c.want {
			t.Errorf("%v: encoded as %s, want %s", c.sum.Value(), text, c.want)
		}
		var back kernels.ExactSum
		if err := back.UnmarshalBinary(got); err != nil || exactBytes(&back) != string(got) {
			t.Errorf("%x: decoded as %v, error %v", got, back.Value(), err)
		}
	}
}

// checked is an encoding with its checksum.
func checked(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// Damage is an error that says so, and changes nothing.
func TestExactEncodingDamaged(t *testing.T) {
	refuse := func(b []byte, want string) {
		t.Helper()
		s := exactSumOf(5)
		if err := s.UnmarshalBinary(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%x: error %v, want one with %q", b, err, want)
		}
		if s.Value() != 5 {
			t.Errorf("%x: the sum is %v after the error", b, s.Value())
		}
	}
	for want, b := range map[string][]byte{
		"no bytes":                    {},
		"version 2":                   checked("0200"),
		"5 bytes: must be 6 to":       {1, 0, 0, 0, 0},
		"300 bytes: must be 6 to":     append([]byte{1}, make([]byte, 299)...),
		"checksum":                    {1, 0, 0, 0, 0, 0},
		"kind 8":                      checked("0108"),
		"1 bytes too many for kind 2": checked("010200"),
		"a number without digits":     checked("01030000"),
		"begins or ends with 0":       checked("010300000001"),
		"2 bytes from byte 271 on":    checked("01030f010101"),
		"1 bytes from byte 65535 on":  checked("0103ffff01"),
		"1 bytes from byte 271 on is": checked("01040f0121"),
	} {
		refuse(b, want)
	}
	refuse(checked("01030000"+"0100"), "begins or ends with 0")
	refuse(checked("01030f0120"), "too large")
	for _, x := range [][]float64{nil, {1, 0x1p-60}, {-math.MaxFloat64, 0x1p-1074}} {
		sum := exactSumOf(x...)
		b := []byte(exactBytes(&sum))
		for n := range b {
			refuse(b[:n], "kernels: ExactSum: ")
			for bit := range 8 {
				b[n] ^= 1 << bit
				refuse(b, "kernels: ExactSum: ")
				b[n] ^= 1 << bit
			}
		}
		refuse(append(b, 0), "kernels: ExactSum: ")
	}
}
