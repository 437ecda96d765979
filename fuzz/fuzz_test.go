package fuzz

import (
	"encoding/binary"
	"testing"
	"unsafe"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// run fuzzes one kernel. The bytes are the bits of its numbers, so that NaN, Inf and subnormals come by themselves;
// offset moves the slices against registers and cache lines; cols is for kernels that work on rows.
func run[T kernels.Float](f *testing.F, name string) {
	k := catalog.Find[T](name)
	seed(f, k)
	f.Fuzz(func(t *testing.T, data []byte, offset byte, cols uint16) {
		a := decode(k, data, 1+int(cols)%maxCols)
		for _, i := range isa.Available() {
			if err := k.Agree(i, a, int(offset)%32); err != nil {
				t.Errorf("offset %d, %d columns: %v", offset%32, a.Cols, err)
			}
		}
	})
}

// maxCols allows rows of more than one block.
const maxCols = fallback.WorkBlock + 70

// decode makes a call of the bytes: scalars first, then the rows, or elements, of all inputs side by side.
func decode[T kernels.Float](k catalog.Kernel[T], data []byte, cols int) catalog.Args[T] {
	if !k.Rows {
		cols = 1
	}
	numbers := decodeNumbers[T](data)
	rows := max(0, len(numbers)-len(k.Scalars)) / max(1, perRow(k, cols))
	a := k.NewArgs(rows*cols, cols)
	for _, x := range append([][]T{a.Scalars}, a.In...) {
		numbers = numbers[copy(x, numbers):]
	}
	for r := range a.Target {
		a.Target[r] = int(catalog.Bits(numbers[r])%uint64(cols+1)) - 1 // -1: left out
	}
	return a
}

// perRow is how many numbers a row, or an element, takes.
func perRow[T kernels.Float](k catalog.Kernel[T], cols int) int {
	n := 0
	for _, o := range k.Inputs {
		n += o.Elements(cols, cols)
	}
	if k.Classes {
		n++
	}
	return n
}

func decodeNumbers[T kernels.Float](data []byte) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	numbers := make([]T, len(data)/size)
	for i := range numbers {
		var word [8]byte
		copy(word[:], data[i*size:(i+1)*size])
		numbers[i] = catalog.FromBits[T](binary.LittleEndian.Uint64(word[:]))
	}
	return numbers
}

func encodeNumbers[T kernels.Float](numbers []T) []byte {
	var zero T
	size := int(unsafe.Sizeof(zero))
	data := make([]byte, 0, len(numbers)*size)
	for _, v := range numbers {
		data = append(data, binary.LittleEndian.AppendUint64(nil, catalog.Bits(v))[:size]...)
	}
	return data
}

// seed gives lengths around those of lanes and blocks, which coverage cannot see in assembly.
func seed[T kernels.Float](f *testing.F, k catalog.Kernel[T]) {
	for at, n := range seedLengths(k.Rows) {
		cols := 1
		if k.Rows {
			cols = []int{1, 2, 3, 7, 10, 16, 17, 64, 130}[at%9]
		}
		numbers := make([]T, n*perRow(k, cols))
		if at%2 == 0 {
			catalog.Fill(numbers, k.Inputs[0].Domain, uint64(at))
		} else {
			catalog.FillBits(numbers, uint64(at))
		}
		f.Add(encodeNumbers(append(k.ScalarsAt(0), numbers...)), byte(at), uint16(cols-1))
	}
	if k.Rows {
		long := make([]T, 2*perRow(k, maxCols))
		catalog.Fill(long, catalog.Real, 1)
		f.Add(encodeNumbers(long), byte(1), uint16(maxCols-1))
	}
}

func seedLengths(rows bool) []int {
	list := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65}
	if rows {
		return list
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		list = append(list, block-1, block, block+1)
	}
	return list
}

// Encoding is the inverse of decoding, or the seeds would not be what they are meant to be.
func TestEncoding(t *testing.T) {
	testEncoding[float32](t)
	testEncoding[float64](t)
}

func testEncoding[T kernels.Float](t *testing.T) {
	x := make([]T, 1000)
	catalog.FillBits(x, 1)
	if at := catalog.Difference(decodeNumbers[T](encodeNumbers(x)), x); at >= 0 {
		t.Errorf("%s: element %d", catalog.TypeName[T](), at)
	}
	k := catalog.Find[T]("CrossEntropyRowsGradTo")
	a := decode(k, encodeNumbers(x[:7*(5+2)+3]), 5)
	if len(a.In[0]) != 35 || len(a.In[1]) != 7 || len(a.Out[0]) != 35 || len(a.Out[1]) != 7 || len(a.Target) != 7 {
		t.Errorf("%s: %d, %d, %d, %d and %d numbers", catalog.TypeName[T](),
			len(a.In[0]), len(a.In[1]), len(a.Out[0]), len(a.Out[1]), len(a.Target))
	}
}
