package loss

import (
	"encoding/binary"
	"math"
)

// ReliabilityDiagram accumulates the bins of [Reliability], as an [Accumulator] does the sums of a mean:
// [Reliability.Accumulate] adds rows, [ReliabilityDiagram.Merge] the rows of another diagram. The numbers of rows are
// integers and the sums of confidences are exact, so the bins, and what [ExpectedCalibrationError] and
// [MaximumCalibrationError] make of them, have the same bits however the rows were cut, in whatever order they come,
// and as those that BinsTo fills in one go.
//
// The caller chooses the number of bins:
//
//	d := loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, 15)}
//
// A bin takes 560 bytes of memory, and marshalled some 30. Rows of other element types, numbers of classes or ignored
// indices than those before are refused, like another number of bins. An error leaves the diagram untouched.
type ReliabilityDiagram struct {
	Bins []ReliabilityBin
	kind kind
}

// Merge adds the rows of other, which must have as many bins.
func (d *ReliabilityDiagram) Merge(other *ReliabilityDiagram) error {
	if err := checkLen("other.Bins", len(other.Bins), "Bins", len(d.Bins)); err != nil {
		return err
	}
	if other.kind == (kind{}) {
		return nil
	}
	if err := d.admit(other.kind, countRows(other.Bins)); err != nil {
		return err
	}
	d.kind = other.kind
	for i := range d.Bins {
		d.Bins[i].merge(&other.Bins[i])
	}
	return nil
}

// admit checks that so many rows of a kind may be added.
func (d *ReliabilityDiagram) admit(k kind, rows int) error {
	if err := d.kind.admit(k); err != nil {
		return err
	}
	if have := countRows(d.Bins); rows > math.MaxInt-have {
		return inputError("loss: the bins hold %d rows: no room for %d more", have, rows)
	}
	return nil
}

// countRows is the number of rows in bins.
func countRows(bins []ReliabilityBin) int {
	rows := 0
	for i := range bins {
		rows += bins[i].Count
	}
	return rows
}

func (b *ReliabilityBin) merge(other *ReliabilityBin) {
	b.Count += other.Count
	b.Correct += other.Correct
	b.confidence.Merge(&other.confidence)
}

// diagramFormat is the first byte of a marshalled [ReliabilityDiagram].
const diagramFormat = 'R'

// leastBin is less than a marshalled bin takes: two integers, and a sum after its length.
const leastBin = 8 + 8 + 2

// AppendBinary appends what [ReliabilityDiagram.MarshalBinary] returns. It allocates only if b is too short.
func (d *ReliabilityDiagram) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = d.kind.append(append(b, diagramFormat, formatVersion))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(d.Bins)))
	for i := range d.Bins {
		bin := &d.Bins[i]
		b = binary.LittleEndian.AppendUint64(b, uint64(bin.Count))
		b = binary.LittleEndian.AppendUint64(b, uint64(bin.Correct))
		b = appendSum(b, &bin.confidence)
	}
	return seal(b, start), nil
}

// MarshalBinary returns the diagram as bytes, the same ones for the same rows on every machine.
func (d *ReliabilityDiagram) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary makes the diagram what data, from MarshalBinary, holds, in new bins. Bytes of another type or
// version, and damaged ones, which a checksum finds, are an error that leaves it untouched.
func (d *ReliabilityDiagram) UnmarshalBinary(data []byte) error {
	r, err := open(data, diagramFormat, "a ReliabilityDiagram")
	if err != nil {
		return err
	}
	read := ReliabilityDiagram{kind: r.kind()}
	if n := r.uint64(); n > uint64(len(r.data)/leastBin) {
		r.fail("%d bins in %d bytes", n, len(data))
	} else {
		read.Bins = make([]ReliabilityBin, n)
	}
	rows := 0
	for i := range read.Bins {
		b := &read.Bins[i]
		r.bin(b)
		if b.Count > math.MaxInt-rows {
			r.fail("more rows than an int holds")
			break
		}
		rows += b.Count
	}
	if err := r.end(); err != nil {
		return err
	}
	*d = read
	return nil
}

func (r *reader) bin(b *ReliabilityBin) {
	count, correct := r.uint64(), r.uint64()
	r.sum(&b.confidence)
	if sum := b.confidence.Value(); correct > count || count > math.MaxInt || !(sum >= 0 && sum <= float64(count)) {
		r.fail("a bin of %d rows, %d of them right, whose confidences add up to %v", count, correct, sum)
	}
	b.Count, b.Correct = int(count), int(correct)
}
