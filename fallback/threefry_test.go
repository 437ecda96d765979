package fallback

import "testing"

// TestThreefry has the known answers that Random123 publishes (tests/kat_vectors): no bits, all bits, digits of π.
func TestThreefry(t *testing.T) {
	const ones = 0xffffffff
	for _, c := range []struct{ counter, key, want [4]uint32 }{
		{want: [4]uint32{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8}},
		{
			[4]uint32{ones, ones, ones, ones}, [4]uint32{ones, ones, ones, ones},
			[4]uint32{0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732},
		},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
			[4]uint32{0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89},
			[4]uint32{0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84},
		},
	} {
		words := ThreefryWords(c.counter, c.key)
		if got := threefry(&words, 0); got != c.want {
			t.Errorf("counter %#x, key %#x: %#x, want %#x", c.counter, c.key, got, c.want)
		}
		const lane = 1234567
		c.counter[0] -= lane
		words = ThreefryWords(c.counter, c.key)
		if got := threefry(&words, lane); got != c.want {
			t.Errorf("counter %#x, lane %d, key %#x: %#x, want %#x", c.counter, lane, c.key, got, c.want)
		}
	}
}
