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
// offset moves the slices against registers and cache lines; cols is for kernels that work on rows or multiply matrices.
func run[T kernels.Float](f *testing.F, name string) {
	k := catalog.Find[T](name)
	seed(f, k)
	f.Fuzz(func(t *testing.T, data []byte, offset byte, cols uint16) {
		a := decode(k, data, cols)
		for _, i := range isa.Available() {
			if err := k.Agree(i, a, int(offset)%32); err != nil {
				t.Errorf("offset %d, %+v: %v", offset%32, a.Shape, err)
			}
		}
	})
}

// maxCols allows rows of more than one block.
const maxCols = fallback.WorkBlock + 70

// decode makes a call of the bytes: scalars first, then the rows, or elements, of all inputs side by side.
func decode[T kernels.Float](k catalog.Kernel[T], data []byte, cols uint16) catalog.Args[T] {
	numbers := decodeNumbers[T](data)
	if k.Product {
		return decodeProduct(k, numbers, cols)
	}
	if k.Draws {
		return decodeDraw(k, data)
	}
	row := catalog.Vector(1)
	if k.Rows {
		row.Cols += int(cols) % maxCols
	}
	rows := max(0, len(numbers)-len(k.Scalars)) / max(1, perRow(k, row))
	a := k.NewArgs(catalog.Shape{Rows: rows, Cols: row.Cols})
	for _, x := range append([][]T{a.Scalars}, a.In...) {
		numbers = numbers[copy(x, numbers):]
	}
	for r := range a.Target {
		a.Target[r] = int(catalog.Bits(numbers[r])%uint64(a.Cols+1)) - 1 // -1: left out
	}
	for i := range a.Keep {
		a.Keep[i] = data[i%len(data)]&1 == 0
	}
	return a
}

// decodeDraw takes the key and the offset from the first bytes, and the length from how many follow.
func decodeDraw[T kernels.Float](k catalog.Kernel[T], data []byte) catalog.Args[T] {
	var start [24]byte
	data = data[copy(start[:], data):]
	number := func(i int) uint64 { return binary.LittleEndian.Uint64(start[8*i:]) }
	a := k.NewArgs(catalog.Vector(len(data)))
	a.Key, a.Offset = kernels.Key{Seed: number(0), Stream: number(1)}, number(2)
	return a
}

// seedDraws gives lengths around those of groups, and offsets in them.
func seedDraws(f *testing.F) {
	for at, n := range seedLengths(false) {
		data := make([]byte, 24+n)
		binary.LittleEndian.PutUint64(data[at%2*8:], uint64(at))
		binary.LittleEndian.PutUint64(data[16:], uint64(at%3)<<34-uint64(at*at)%70)
		f.Add(data, byte(at), uint16(0))
	}
}

// The products that are fuzzed have fewer rows and columns than these, and depths of one byte. With few columns, where
// rows may be in lanes, the rows are manyTimes as many.
const (
	maxProductRows = 27
	maxProductCols = 71
	fewProductCols = 4
	manyTimes      = 7
)

// decodeProduct takes the number of rows from how many numbers there are, and the columns and the depth from the bytes
// of cols. The numbers serve again where they do not suffice: few bytes make a large product.
func decodeProduct[T kernels.Float](k catalog.Kernel[T], numbers []T, cols uint16) catalog.Args[T] {
	s := catalog.Shape{Rows: len(numbers) % maxProductRows, Cols: int(cols&255) % maxProductCols, Depth: int(cols >> 8)}
	if s.Cols < fewProductCols {
		s.Rows *= manyTimes
	}
	a := k.NewArgs(s)
	at := 0
	for _, x := range a.In {
		for i := range x {
			if len(numbers) > 0 {
				x[i] = numbers[at%len(numbers)]
			}
			at++
		}
	}
	return a
}

// perRow is how many numbers a row, or an element, takes.
func perRow[T kernels.Float](k catalog.Kernel[T], row catalog.Shape) int {
	n := 0
	for _, o := range k.Inputs {
		n += o.Elements(row)
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
	if k.Product {
		seedProducts[T](f)
		return
	}
	if k.Draws {
		seedDraws(f)
		return
	}
	for at, n := range seedLengths(k.Rows) {
		cols := 1
		if k.Rows {
			cols = []int{1, 2, 3, 7, 10, 16, 17, 64, 130}[at%9]
		}
		numbers := make([]T, n*perRow(k, catalog.Shape{Rows: 1, Cols: cols}))
		if at%2 == 0 {
			catalog.Fill(numbers, k.Inputs[0].Domain, uint64(at))
		} else {
			catalog.FillBits(numbers, uint64(at))
		}
		f.Add(encodeNumbers(append(k.ScalarsAt(0), numbers...)), byte(at), uint16(cols-1))
	}
	if k.Rows {
		long := make([]T, 2*perRow(k, catalog.Shape{Rows: 1, Cols: maxCols}))
		catalog.Fill(long, catalog.Real, 1)
		f.Add(encodeNumbers(long), byte(1), uint16(maxCols-1))
	}
}

// seedProducts gives rows and columns around those of tiles, and depths around those of chunks.
func seedProducts[T kernels.Float](f *testing.F) {
	depths := []int{0, 1, 2, 63, 64, 65, 127, 128, 129, 255}
	for at, cols := range []int{0, 1, 2, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 40, 48, 63, 64, 65, 70} {
		numbers := make([]T, 8*maxProductRows+(5*at+15)%maxProductRows)
		switch at % 3 {
		case 0:
			catalog.Fill(numbers, catalog.Real, uint64(at))
		case 1:
			catalog.FillExponents(numbers, uint64(at))
		default:
			catalog.FillBits(numbers, uint64(at))
		}
		f.Add(encodeNumbers(numbers), byte(at), uint16(depths[at%len(depths)]<<8|cols))
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
	a := decode(k, encodeNumbers(x[:7*(5+2)+3]), 4)
	if len(a.In[0]) != 35 || len(a.In[1]) != 7 || len(a.Out[0]) != 35 || len(a.Out[1]) != 7 || len(a.Target) != 7 {
		t.Errorf("%s: %d, %d, %d, %d and %d numbers", catalog.TypeName[T](),
			len(a.In[0]), len(a.In[1]), len(a.Out[0]), len(a.Out[1]), len(a.Target))
	}
	p := decode(catalog.Find[T]("AffineTo"), encodeNumbers(x[:3*maxProductRows+8]), 130<<8|33)
	if want := (catalog.Shape{Rows: 8, Cols: 33, Depth: 130}); p.Shape != want || p.In[2][32] != x[(8*130+33*130+32)%89] {
		t.Errorf("%s: %+v", catalog.TypeName[T](), p.Shape)
	}
}
