package kernels

import (
	"errors"
	"math"
	"os"

	"github.com/simmer-go/simmer/internal/isa"
)

// Implementation names the instruction set that the kernels use: "avx512", "avx2", "neon" or "generic". It is decided
// once, at start-up, from the processor, the build tags purego and noasm, the features that GODEBUG turns off
// (cpu.avx512f=off, cpu.all=off and so on, as for the standard library), and the environment variable SIMMER_ISA. All
// of them give the same bits; they differ in speed.
//
// The go command repeats the cached result of a test unless a variable that the test asked for has changed, and what is
// read at start-up does not count: a test that calls Implementation has asked for SIMMER_ISA.
func Implementation() string {
	os.Getenv("SIMMER_ISA")
	return isa.Active.String()
}

// CheckFloatMode returns an error unless floating-point arithmetic on the calling thread is what the kernels need:
// subnormal numbers are neither taken as zero (DAZ) nor flushed to zero (FTZ), and results are rounded to nearest, ties
// to even. Go sets this up, but the mode belongs to the thread, and a C library built with -ffast-math may change it
// for the threads that load or call it. Results on such a thread differ from those of other threads.
//
// The answer holds for the current thread: call [runtime.LockOSThread] first, and check again after calls into C that
// are suspected.
func CheckFloatMode() error {
	m := &modeInputs
	switch {
	case m.smallest32*m.large32 == 0, m.smallest64*m.large64 == 0:
		return errors.New("kernels: this thread takes subnormal numbers as zero (DAZ)")
	case m.normal32/m.two32 == 0, m.normal64/m.two64 == 0:
		return errors.New("kernels: this thread flushes subnormal results to zero (FTZ)")
	case !roundsToEven(m.one32, m.half32), !roundsToEven(m.one64, m.half64):
		return errors.New("kernels: this thread does not round to nearest even")
	}
	return nil
}

// roundsToEven reports whether sums of one and multiples of half, half an ULP of it, round to nearest even.
func roundsToEven[T Float](one, half T) bool {
	odd := one + (half + half)
	return one+half == one && -one-half == -one && odd+half == odd+(half+half)
}

// modeInputs are variables, so that the processor computes and not the compiler. Each half is half an ULP of one.
var modeInputs = struct {
	smallest32, large32, normal32, two32, one32, half32 float32
	smallest64, large64, normal64, two64, one64, half64 float64
}{
	math.SmallestNonzeroFloat32, 0x1p100, 0x1p-126, 2, 1, 0x1p-24,
	math.SmallestNonzeroFloat64, 0x1p100, 0x1p-1022, 2, 1, 0x1p-53,
}
