package kernels

import (
	"runtime"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/mxcsr"
)

func TestFloatModeNotices(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for mode, want := range map[uint32]string{
		mxcsr.DAZ: "(DAZ)", mxcsr.FTZ: "(FTZ)", mxcsr.DAZ | mxcsr.FTZ: "(DAZ)",
		mxcsr.RoundDown: "nearest", mxcsr.RoundUp: "nearest", mxcsr.RoundToZero: "nearest",
	} {
		mxcsr.Set(mode)
		err := CheckFloatMode()
		mxcsr.Set(mxcsr.Default)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("mode %#x: got %v, want %q", mode, err, want)
		}
	}
}
