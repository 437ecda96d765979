package kernels

import (
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
)

func TestImplementation(t *testing.T) {
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		if got := Implementation(); got != i.String() {
			t.Errorf("Implementation() = %q, in use is %v", got, i)
		}
		restore()
	}
}

func TestFloatModeIsFine(t *testing.T) {
	if err := CheckFloatMode(); err != nil {
		t.Error(err)
	}
}
