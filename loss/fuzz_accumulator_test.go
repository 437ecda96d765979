package loss_test

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// Bytes are refused, or they are those of the accumulator that they make; whatever that holds, it can be merged.
func FuzzAccumulator(f *testing.F) {
	var a, weighted loss.Accumulator
	x, w, y := []float64{0.5, 0.25, 0, 1}, []float64{0.1, 3}, []int{0, 1}
	_ = loss.MSE[float64]{}.Accumulate(&a, make([]float64, 4), x, x)
	_ = loss.CrossEntropy[float64]{Weight: w}.Accumulate(&weighted, make([]float64, 2), x, y)
	d := &loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, 2)}
	_ = loss.Reliability[float64]{}.Accumulate(d, x, y)
	for _, m := range []encoding.BinaryAppender{&loss.Accumulator{}, &a, &weighted, &loss.ReliabilityDiagram{}, d} {
		data, _ := m.AppendBinary(nil)
		f.Add(data[:len(data)-4])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = new(loss.Accumulator).UnmarshalBinary(data) // whose checksum is wrong
		data = binary.LittleEndian.AppendUint32(data[:len(data):len(data)], crc32.ChecksumIEEE(data))
		var a loss.Accumulator
		if a.UnmarshalBinary(data) == nil {
			expectSame(t, &a, data)
			_, _ = a.Mean(), a.String()
			if count := a.Count(); a.Merge(&a) == nil && a.Count() != 2*count {
				t.Errorf("%d elements and as many are %d", count, a.Count())
			}
		}
		var d loss.ReliabilityDiagram
		if d.UnmarshalBinary(data) == nil {
			expectSame(t, &d, data)
			_, _ = loss.ExpectedCalibrationError(d.Bins), d.Merge(&d)
		}
	})
}

func expectSame(t *testing.T, m encoding.BinaryMarshaler, data []byte) {
	t.Helper()
	if got := marshal(t, m); !bytes.Equal(got, data) {
		t.Errorf("%x becomes %x", data, got)
	}
}
