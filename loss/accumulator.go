package loss

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// Accumulator evaluates a loss or a metric over more rows than one call, one process or one machine has: the method
// Accumulate of a loss adds the elements of a batch, [Accumulator.Merge] those of another accumulator, and
//
//	Mean = (Σ elements) / (Σ weights)
//
// where both sums are exact until each is rounded to a float64, once. So Mean, and every bit that MarshalBinary writes,
// is the same however the rows are cut into batches and accumulators, in whatever order these are merged, and on every
// machine. Value, which adds in one pass in a fixed order, may differ from it in the last digits. It adds before
// elements are rounded to T, whereas an accumulator adds the elements that ElementsTo writes: one that overflows T is
// infinite.
//
// The weights are what the mean of the loss divides by: class weights, or 1 for each element that counts. Elements that
// a mask or the ignored index leaves out are not added. Reduction is ignored: there are Mean and Sum.
//
// An accumulator knows of what loss, of which element type, options and number of classes and samples it holds the
// elements, and refuses others. It cannot know the weights of single rows, nor the parameters of a layer.
//
// The zero value is empty, and takes the first batch of anything; a batch of no rows leaves an accumulator as it is. An
// error leaves it, and dst, untouched. It is copied by assignment and needs a lock where goroutines share it. One for
// each goroutine or shard, merged in the end, needs none.
//
// An accumulator takes 1112 bytes of memory, and marshalled some 60: how many depends on how far apart the exponents of
// the elements are, hardly on their number, and 600 are the most.
type Accumulator struct {
	kind   kind
	count  int64
	weight kernels.ExactSum
	sum    kernels.ExactSum
}

// Mean is the sum of the elements divided by that of their weights, NaN if there are none.
func (a *Accumulator) Mean() float64 { return a.sum.Value() / a.weight.Value() }

// Sum is the sum of the elements, 0 if there are none.
func (a *Accumulator) Sum() float64 { return a.sum.Value() }

// Weight is the sum of the weights, which Mean divides by.
func (a *Accumulator) Weight() float64 { return a.weight.Value() }

// Count is the number of elements, without those that are left out. A caller who knows the number of rows can check
// that none was lost or added twice.
func (a *Accumulator) Count() int64 { return a.count }

// Merge adds what b holds. It is an error if that is of another loss, or of the same with other options.
func (a *Accumulator) Merge(b *Accumulator) error {
	if b.kind == (kind{}) {
		return nil
	}
	if err := a.admit(b.kind, b.count); err != nil {
		return err
	}
	a.kind = b.kind
	a.count += b.count
	a.weight.Merge(&b.weight)
	a.sum.Merge(&b.sum)
	return nil
}

// admit checks that so many elements of a kind may be added.
func (a *Accumulator) admit(k kind, count int64) error {
	if err := a.kind.admit(k); err != nil {
		return err
	}
	if count > math.MaxInt64-a.count {
		return inputError("loss: the accumulator holds %d elements: no room for %d more", a.count, count)
	}
	return nil
}

// admitBatch is admit for a batch, which no rows always are.
func (a *Accumulator) admitBatch(k kind, elements int, count float64) error {
	if elements == 0 {
		return nil
	}
	return a.admit(k, int64(count))
}

// add adds elements that were admitted, of which so many count, and together weigh so much.
func add[T Float](a *Accumulator, k kind, elements []T, count, weight float64) {
	if len(elements) > 0 {
		kernels.ExactAdd(&a.sum, elements)
		a.addWeight(k, count, weight)
	}
}

// addWeight does all but add the elements.
func (a *Accumulator) addWeight(k kind, count, weight float64) {
	a.kind = k
	a.count += int64(count)
	a.weight.Add(weight)
}

// accumulatorFormat is the first byte of a marshalled [Accumulator].
const accumulatorFormat = 'A'

// AppendBinary appends what [Accumulator.MarshalBinary] returns. It allocates only if b is too short.
func (a *Accumulator) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = a.kind.append(append(b, accumulatorFormat, formatVersion))
	b = binary.LittleEndian.AppendUint64(b, uint64(a.count))
	return seal(appendSum(appendSum(b, &a.weight), &a.sum), start), nil
}

// MarshalBinary returns the accumulator as bytes, the same ones for the same rows on every machine.
func (a *Accumulator) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary makes the accumulator what data, from MarshalBinary, holds. Bytes of another type or version, and
// damaged ones, which a checksum finds, are an error that leaves it untouched.
func (a *Accumulator) UnmarshalBinary(data []byte) error {
	r, err := open(data, accumulatorFormat, "an Accumulator")
	if err != nil {
		return err
	}
	var read Accumulator
	read.kind = r.kind()
	read.count = int64(r.uint64())
	r.sum(&read.weight)
	r.sum(&read.sum)
	if read.count < 0 || read.kind == (kind{}) && read != (Accumulator{}) {
		r.fail("a count of %d elements of %v", read.count, read.kind)
	}
	if err := r.end(); err != nil {
		return err
	}
	*a = read
	return nil
}

// String says what an accumulator holds.
func (a *Accumulator) String() string {
	if a.kind == (kind{}) {
		return "nothing"
	}
	return fmt.Sprintf("%v of %d elements: %v", a.kind, a.count, a.Mean())
}
