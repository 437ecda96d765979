package safetensors

import (
	"encoding/binary"
	"math"
	"testing"
)

// at is the value of one element of two bytes.
func at(d DType, b uint16) float64 {
	return (&Tensor{DType: d, Data: binary.LittleEndian.AppendUint16(nil, b)}).At(0)
}

// TestFloat16 counts through all positive values, which stand in the order of their bits: spacing is 2⁻²⁴ up to twice
// the smallest normal number 2⁻¹⁴, and doubles with every power of 2 after that.
func TestFloat16(t *testing.T) {
	want, step := 0.0, math.Ldexp(1, -24)
	for b := uint16(0); b < 0x7c00; b++ {
		if got := at(F16, b); got != want || math.Signbit(got) {
			t.Fatalf("%#04x is %v, want %v", b, got, want)
		}
		if got := at(F16, b|0x8000); got != -want || !math.Signbit(got) {
			t.Fatalf("%#04x is %v, want %v", b|0x8000, got, -want)
		}
		if b >= 0x0400 && b&0x3ff == 0 && b > 0x0400 {
			step *= 2
		}
		want += step
	}
	if want != 65536 {
		t.Errorf("the values end below %v, want 65536", want)
	}
	if got := at(F16, 0x7c00); !math.IsInf(got, 1) {
		t.Errorf("0x7c00 is %v", got)
	}
	if got := at(F16, 0xfc00); !math.IsInf(got, -1) {
		t.Errorf("0xfc00 is %v", got)
	}
	for b := uint16(0x7c01); b < 0x8000; b++ {
		if got := at(F16, b); got == got {
			t.Errorf("%#04x is %v", b, got)
		}
	}
}

// TestBFloat16 compares all values with the float32 whose upper half they are.
func TestBFloat16(t *testing.T) {
	for i := range 1 << 16 {
		want := float64(math.Float32frombits(uint32(i) << 16))
		if got := at(BF16, uint16(i)); math.Float64bits(got) != math.Float64bits(want) && got == got {
			t.Fatalf("%#04x is %v, want %v", i, got, want)
		}
	}
}
