package fallback

import "testing"

// TestThreefry has the known answers that Random123 publishes (tests/kat_vectors): no bits, all bits, digits of π.
func TestThreefry(t *testing.T) {
	const ones = 1<<64 - 1
	for _, c := range []struct {
		counterLow, counterHigh, keyLow, keyHigh uint64
		want                                     [4]uint32
	}{
		{0, 0, 0, 0, [4]uint32{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8}},
		{ones, ones, ones, ones, [4]uint32{0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732}},
		{
			0x85a308d3_243f6a88, 0x03707344_13198a2e, 0x299f31d0_a4093822, 0xec4e6c89_082efa98,
			[4]uint32{0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84},
		},
	} {
		for _, lane := range []uint32{0, 1, 1234567} {
			var words [ThreefryCount]uint32
			low := c.counterLow>>32<<32 | uint64(uint32(c.counterLow)-lane)
			ThreefryWords(&words, low, c.counterHigh, c.keyLow, c.keyHigh)
			if got := threefry(&words, lane); got != c.want {
				t.Errorf("%#x, lane %d: %#x", c, lane, got)
			}
		}
	}
}
