package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// file makes a file of a header and data.
func file(header, data string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// read reads a whole file.
func read(b []byte) (*File, error) {
	r := bytes.NewReader(b)
	f, err := ReadHeader(r, math.MaxInt)
	if err != nil {
		return nil, err
	}
	return f, f.ReadData(r)
}

// one is a header with the tensor "w" of the given fields.
func one(fields string) string { return `{"w":{` + fields + `}}` }

// w is a header with the tensor "w".
func w(dtype, shape, offsets string) string {
	return one(fmt.Sprintf(`"dtype":%q,"shape":%s,"data_offsets":%s`, dtype, shape, offsets))
}

// What errors say of numbers in a shape.
const natural = `key "w": "shape": expected a natural number`

const w4 = `"dtype":"F32","shape":[1],"data_offsets":[0,4]`

// bad are files to refuse, with a part of the error: the key, where there is one, and what is wrong with it.
var bad = []struct {
	name string
	file []byte
	want string
}{
	{"empty", nil, "0 bytes, too short"},
	{"short length", []byte("1234567"), "7 bytes, too short"},
	{"header of 2⁶⁴−1", []byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"),
		"header of 18446744073709551615 bytes, more than the limit"},
	{"header above the limit", binary.LittleEndian.AppendUint64(nil, MaxHeader+1), "more than the limit of 100000000"},
	{"web page", []byte("<!DOCTYPE html><html>"), `begins with "<!DOCTYP" looks like no safetensors file`},
	{"truncated header", file(one(w4), "")[:20], "bytes, but only 12 follow"},
	{"no header", file("", ""), "does not begin with '{'"},
	{"space before the header", file(" {}", ""), "does not begin with '{'"},
	{"array", file("[]", ""), "does not begin with '{'"},
	{"not UTF-8", file("{\"a\xff\":{"+w4+"}}", "1234"), "not UTF-8"},
	{"not closed", file(`{"w":{`+w4+`}`, "1234"), "header: "},
	{"wrong bracket", file(`{"w":{`+w4+`]}`, "1234"), `key "w"`},
	{"comma at the end", file(`{"w":{`+w4+`},}`, "1234"), "header: "},
	{"second object", file(one(w4)+"{}", "1234"), "goes on after its object"},
	{"newline at the end", file(one(w4)+"\n ", "1234"), "goes on after its object, at byte"},
	{"number as a key", file(`{1:{}}`, ""), "header: "},
	{"key twice", file(`{"w":{`+w4+`},"w":{`+w4+`}}`, "1234"), `key "w" occurs twice`},
	{"key twice, escaped", file(`{"w":{`+w4+`},"\u0077":{`+w4+`}}`, "1234"), `key "w" occurs twice`},
	{"metadata twice", file(`{"__metadata__":{},"__metadata__":{}}`, ""), `key "__metadata__" occurs twice`},
	{"metadata key twice", file(`{"__metadata__":{"a":"","a":""}}`, ""), `key "__metadata__": "a" occurs twice`},
	{"metadata number", file(`{"__metadata__":{"a":1}}`, ""), `key "__metadata__": "a": expected a string, found "1"`},
	{"metadata null", file(`{"__metadata__":null}`, ""), `key "__metadata__": expected an object`},
	{"metadata nested", file(`{"__metadata__":{"a":{}}}`, ""), `key "__metadata__": "a": expected a string, found "{"`},
	{"deep nesting", file(`{"w":`+strings.Repeat("[", 1000), ""), `key "w": expected an object, found "["`},
	{"deep nesting in a shape", file(`{"w":{"shape":`+strings.Repeat("[", 1000), ""), natural + `, found "["`},
	{"string for an entry", file(`{"w":"F32"}`, ""), `key "w": expected an object, found "F32"`},
	{"no fields", file(one(``), ""), `key "w": needs dtype, shape and data_offsets`},
	{"field missing", file(one(`"dtype":"F32","shape":[1]`), "1234"), `key "w": needs dtype, shape and data_offsets`},
	{"field twice", file(one(w4+`,"dtype":"F32"`), "1234"), `key "w": "dtype" occurs twice`},
	{"field too many", file(one(w4+`,"strides":[1]`), "1234"), `key "w": "strides": not a field`},
	{"unknown dtype", file(w("F8_E4M3", "[2]", "[0,2]"), "12"),
		`key "w": "dtype": "F8_E4M3", but only F16, BF16, F32 and F64`},
	{"dtype of integers", file(w("I64", "[1]", "[0,8]"), "12345678"), `key "w": "dtype": "I64", but only`},
	{"half too large", file(w("F16", "[1]", "[0,4]"), "1234"), `key "w": shape [1] of F16 does not fit 4 bytes`},
	{"number as dtype", file(one(`"dtype":32,"shape":[1],"data_offsets":[0,4]`), "1234"),
		`key "w": "dtype": "32", but only`},
	{"dtype in lower case", file(w("f32", "[1]", "[0,4]"), "1234"), `key "w": "dtype": "f32", but only`},
	{"shape a number", file(one(`"dtype":"F32","shape":1,"data_offsets":[0,4]`), "1234"),
		`key "w": "shape": expected an array, found "1"`},
	{"negative", file(w("F32", "[-1]", "[0,4]"), "1234"), natural + ` below 2⁶⁴, found "-1"`},
	{"minus 0", file(w("F32", "[-0]", "[0,0]"), ""), natural + ` below 2⁶⁴, found "-0"`},
	{"fraction", file(w("F32", "[1.0]", "[0,4]"), "1234"), natural + ` below 2⁶⁴, found "1.0"`},
	{"exponent", file(w("F32", "[1]", "[0,4e0]"), "1234"),
		`key "w": "data_offsets": expected a natural number below 2⁶⁴, found "4e0"`},
	{"2⁶⁴", file(w("F32", "[18446744073709551616]", "[0,4]"), "1234"), natural + ` below 2⁶⁴`},
	{"null as a dimension", file(w("F32", "[null]", "[0,4]"), "1234"), natural + `, found "null"`},
	{"65 dimensions", file(w("F32", "[1"+strings.Repeat(",1", 64)+"]", "[0,4]"), "1234"),
		`key "w": "shape": more than 64`},
	{"three offsets", file(w("F32", "[1]", "[0,4,4]"), "1234"), `key "w": "data_offsets": 3 numbers`},
	{"no offsets", file(w("F32", "[1]", "[]"), "1234"), `key "w": "data_offsets": 0 numbers`},
	{"backwards", file(w("F32", "[1]", "[4,0]"), "1234"), `key "w": data_offsets end at 0 before they begin at 4`},
	{"shape too large", file(w("F32", "[2]", "[0,4]"), "1234"), `key "w": shape [2] of F32 does not fit 4 bytes`},
	{"dtype too large", file(w("F64", "[1]", "[0,4]"), "1234"), `key "w": shape [1] of F64 does not fit 4 bytes`},
	{"product overflows to 4", file(w("F32", "[9223372036854775809,2147483648,2]", "[0,4]"), "1234"), `key "w": shape`},
	{"product overflows to 0", file(w("F32", "[4294967296,4294967296]", "[0,0]"), ""), `key "w": shape`},
	{"dimension above int", file(w("F32", "[0,9223372036854775808]", "[0,0]"), ""), `key "w": shape`},
	{"huge but consistent", file(w("F32", "[536870911]", "[0,2147483644]"), "1234"),
		`key "w": data end at byte 2147483644, but there are only 4`},
	{"truncated data", file(one(w4), "123"), `key "w": data end at byte 4, but there are only 3`},
	{"trailing byte", file(one(w4), "12345"), "goes on after the last tensor"},
	{"data without a tensor", file("{}", "1"), "goes on after the last tensor"},
	{"gap at the begin", file(w("F32", "[1]", "[4,8]"), "12345678"), `key "w": data begin at byte 4, after a gap from 0`},
	{"gap", file(`{"w":{`+w4+`},"x":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, "123456789012"),
		`key "x": data begin at byte 8, after a gap from 4`},
	{"overlap", file(`{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"x":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}}`, "123456789012"),
		`key "x": data begin at byte 4, inside the tensor that ends at 8`},
	{"same bytes", file(`{"x":{`+w4+`},"w":{`+w4+`}}`, "1234"),
		`key "x": data begin at byte 0, inside the tensor that ends at 4`},
	{"empty inside another", file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}`, "1234"),
		`key "x": data begin at byte 2, inside`},
	{"long number", file(w("F32", "["+strings.Repeat("9", 1000)+"]", "[0,4]"), "1234"), `… (1000 bytes)`},
}

func TestBadFiles(t *testing.T) {
	for _, c := range bad {
		_, err := read(c.file)
		if err == nil || !strings.HasPrefix(err.Error(), "safetensors: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		} else if len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", c.name, len(err.Error()))
		}
	}
}

// good are files that look odd and are right.
var good = []struct {
	name string
	file []byte
	want File
}{
	{"nothing", file("{}", ""), File{}},
	{"empty metadata", file(`{"__metadata__":{}}`, ""), File{Metadata: map[string]string{}}},
	{"metadata", file(`{"__metadata__":{"format":"pt","":""}}`, ""), File{Metadata: map[string]string{"format": "pt",
		"": ""}}},
	{"scalar", file(w("F32", "[]", "[0,4]"), "1234"),
		File{Tensors: []Tensor{{Name: "w", DType: F32, Shape: []int{}, Data: []byte("1234"), end: 4}}}},
	{"header of 3 bytes", file("{} ", ""), File{}},
	{"padding", file(one(w4)+"        ", "1234"), File{Tensors: []Tensor{{Name: "w", DType: F32, Shape: []int{1},
		Data: []byte("1234"), end: 4}}}},
	{"fields in another order", file("{ \"w\"\n:\t{\"data_offsets\" : [ 0 , 4 ],\"shape\":[1],\"dtype\":\"F32\"}}",
		"1234"),
		File{Tensors: []Tensor{{Name: "w", DType: F32, Shape: []int{1}, Data: []byte("1234"), end: 4}}}},
	{"order of data", file(`{"a":{"dtype":"F64","shape":[1,1],"data_offsets":[4,12]},"w":{`+w4+`}}`, "1234abcdefgh"),
		File{Tensors: []Tensor{{Name: "w", DType: F32, Shape: []int{1}, Data: []byte("1234"), end: 4},
			{Name: "a", DType: F64, Shape: []int{1, 1}, Data: []byte("abcdefgh"), end: 12}}}},
	{"empty tensors", file(`{"b":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]},"w":{`+w4+`},"a":{"dtype":"F64","shape":[2,0],"data_offsets":[0,0]}}`, "1234"),
		File{Tensors: []Tensor{{Name: "a", DType: F64, Shape: []int{2, 0}, Data: []byte{}}, {Name: "w", DType: F32,
			Shape: []int{1}, Data: []byte("1234"), end: 4},
			{Name: "b", DType: F32, Shape: []int{0, 7}, Data: []byte{}, end: 4}}}},
	{"64 dimensions", file(w("F32", "[1"+strings.Repeat(",1", 63)+"]", "[0,4]"), "1234"),
		File{Tensors: []Tensor{{Name: "w", DType: F32, Shape: slices.Repeat([]int{1}, 64), Data: []byte("1234"),
			end: 4}}}},
	{"any name", file(`{"\n\"\\<日\u0000":{`+w4+`}}`, "1234"),
		File{Tensors: []Tensor{{Name: "\n\"\\<日\x00", DType: F32, Shape: []int{1}, Data: []byte("1234"), end: 4}}}},
}

func TestGoodFiles(t *testing.T) {
	for _, c := range good {
		f, err := read(c.file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(f.Tensors) == 0 {
			f.Tensors = nil
		}
		if !reflect.DeepEqual(*f, c.want) {
			t.Errorf("%s: read %+v, want %+v", c.name, *f, c.want)
		}
		checkRoundTrip(t, f)
		checkHeader(t, c.file[8:8+binary.LittleEndian.Uint64(c.file)], f)
	}
}

// checkRoundTrip writes f and reads it again.
func checkRoundTrip(t *testing.T, f *File) {
	t.Helper()
	var first, second bytes.Buffer
	if err := Write(&first, f); err != nil {
		t.Fatal(err)
	}
	again, err := read(first.Bytes())
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	if !slices.EqualFunc(f.Tensors, again.Tensors, func(a, b Tensor) bool { return reflect.DeepEqual(a, b) }) ||
		!reflect.DeepEqual(f.Metadata, again.Metadata) {
		t.Fatalf("wrote %+v and read %+v", *f, *again)
	}
	if err := Write(&second, again); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("the second file differs from the first: %v", err)
	}
	if n := binary.LittleEndian.Uint64(first.Bytes()); n%8 != 0 {
		t.Fatalf("data begin at %d", n+8)
	}
}

func TestWriteScalar(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, &File{Tensors: []Tensor{{Name: "x", DType: F32, Data: []byte("1234")}}}); err != nil {
		t.Fatal(err)
	}
	if f, err := read(b.Bytes()); err != nil || len(f.Tensors[0].Shape) != 0 {
		t.Errorf("%v: %s", err, b.Bytes())
	}
}

// failing is a reader or writer that gives up after so many bytes.
type failing struct {
	r    io.Reader
	left int
}

func (f *failing) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, io.ErrClosedPipe
	}
	n, err := f.r.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, err
}

func (f *failing) Write(b []byte) (int, error) {
	if len(b) > f.left {
		return 0, io.ErrClosedPipe
	}
	f.left -= len(b)
	return len(b), nil
}

// TestFailingStreams passes errors on.
func TestFailingStreams(t *testing.T) {
	whole := file(one(w4), "1234")
	f, err := read(whole)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		r := &failing{bytes.NewReader(whole), n}
		f, err := ReadHeader(r, math.MaxInt)
		if err == nil {
			err = f.ReadData(r)
		}
		if err == nil || !strings.Contains(err.Error(), io.ErrClosedPipe.Error()) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		if err := Write(&failing{left: n}, f); err != io.ErrClosedPipe {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// allocated counts the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostileSizes takes headers of megabytes, made to be slow or large: what is allocated stays a multiple of the
// input, and what takes quadratic time would take hours.
func TestHostileSizes(t *testing.T) {
	size := 2 << 20
	if testing.Short() {
		size = 1 << 17
	}
	many := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	for name, header := range map[string]string{
		"long name": `{"` + strings.Repeat("a", size) + `":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
		"escaped name": `{"` + strings.Repeat(`\u0041`,
			size/6) + `":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
		"long metadata": `{"__metadata__":{"a":"` + strings.Repeat("a", size) + `"}}`,
		"much metadata": `{"__metadata__":{` + many(`"%x":"",`) + `}}`,
		"many tensors":  `{` + many(`"%x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`) + `}`,
		"many dimensions": `{` + many(`"%x":{"dtype":"F32","shape":[0`+strings.Repeat(",0",
			maxDims-1)+`],"data_offsets":[0,0]},`) + `}`,
		"spaces":           `{` + strings.Repeat(" ", size) + `}`,
		"padding":          `{}` + strings.Repeat(" ", size),
		"one shape":        w("F32", "["+strings.Repeat("0,", size/2)+"0]", "[0,0]"),
		"one number":       w("F32", "["+strings.Repeat("9", size)+"]", "[0,0]"),
		"not closed":       `{"` + strings.Repeat("a", size),
		"nested":           `{"a":` + strings.Repeat("[", size),
		"nested in fields": one(`"shape":` + strings.Repeat(`{"a":`, size/5)),
	} {
		b := file(header, "")
		if got, most := allocated(func() { _, _ = read(b) }), uint64(100*len(b)); got > most {
			t.Errorf("%s: %d bytes were allocated for %d", name, got, len(b))
		} else {
			t.Logf("%s: %.1f bytes for one", name, float64(got)/float64(len(b)))
		}
	}
}

// TestTooMany meets more tensors than are wanted, or more metadata than anybody needs, and stops there.
func TestTooMany(t *testing.T) {
	const empty = `{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`
	three := file(`{"a":`+empty+`,"b":`+empty+`,"c":`+empty+`}`, "")
	if _, err := ReadHeader(bytes.NewReader(three), 3); err != nil {
		t.Error(err)
	}
	if _, err := ReadHeader(bytes.NewReader(three), 2); err == nil || !strings.Contains(err.Error(), `key "c": the first after the 2`) {
		t.Errorf("a third of two gives %v", err)
	}
	metadata := func(n int) []byte {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%d":""`, i)
		}
		return file(`{"__metadata__":{`+b.String()[1:]+`}}`, "")
	}
	if _, err := ReadHeader(bytes.NewReader(metadata(MaxMetadata)), 0); err != nil {
		t.Error(err)
	}
	if _, err := ReadHeader(bytes.NewReader(metadata(MaxMetadata+1)), 0); err == nil || !strings.Contains(err.Error(), "more than 10000 entries") {
		t.Errorf("more metadata gives %v", err)
	}
}

// TestNothingIsReadAhead reads a header from a stream that has no end.
func TestNothingIsReadAhead(t *testing.T) {
	r := bytes.NewReader(file(one(w4), "1234567"))
	f, err := ReadHeader(r, math.MaxInt)
	if err != nil || r.Len() != 7 || f.Tensors[0].Data != nil {
		t.Fatalf("%v, %d bytes are left", err, r.Len())
	}
	if err := f.ReadData(r); err == nil || r.Len() != 2 || f.Tensors[0].Data != nil {
		t.Errorf("%v, %d bytes are left", err, r.Len())
	}
}

// checkHeader compares a header that was accepted with what encoding/json reads.
func checkHeader(t *testing.T, header []byte, file *File) {
	t.Helper()
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(header, &entries); err != nil {
		t.Fatal(err)
	}
	var meta map[string]string
	if m, ok := entries[metadataKey]; ok {
		if err := json.Unmarshal(m, &meta); err != nil {
			t.Fatal(err)
		}
		delete(entries, metadataKey)
	}
	if len(entries) != len(file.Tensors) || !reflect.DeepEqual(meta, file.Metadata) {
		t.Errorf("%d tensors and metadata %v, want %d and %v", len(file.Tensors), file.Metadata, len(entries), meta)
	}
	for _, x := range file.Tensors {
		var want struct {
			DType   DType     `json:"dtype"`
			Shape   []int     `json:"shape"`
			Offsets [2]uint64 `json:"data_offsets"`
		}
		if err := json.Unmarshal(entries[x.Name], &want); err != nil {
			t.Fatalf("key %q: %v", x.Name, err)
		}
		if want.DType != x.DType || !slices.Equal(want.Shape, x.Shape) || want.Offsets[1] != x.end {
			t.Errorf("key %q: %+v, want %+v", x.Name, x, want)
		}
	}
}

// FuzzRead holds the reader to its promises for any bytes: no panic, memory in proportion, and an accepted file is what
// Write would make of it.
func FuzzRead(f *testing.F) {
	for _, c := range bad {
		f.Add(c.file)
	}
	for _, c := range good {
		f.Add(c.file)
	}
	models, err := filepath.Glob("../../testdata/*.safetensors")
	if err != nil || len(models) == 0 {
		f.Fatalf("no models: %v", err)
	}
	for _, name := range models {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var file *File
		var err error
		if got, most := allocated(func() { file, err = read(b) }), uint64(1<<16+100*len(b)); got > most {
			t.Errorf("%d bytes were allocated for %d", got, len(b))
		}
		if err != nil {
			if len(err.Error()) > 10_000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		at := 8 + int(binary.LittleEndian.Uint64(b))
		checkHeader(t, b[8:at], file)
		for _, x := range file.Tensors {
			n := int(x.DType.size())
			for _, d := range x.Shape {
				n *= d
			}
			if len(x.Data) != n || !bytes.Equal(x.Data, b[at:at+n]) {
				t.Errorf("key %q: shape %v and %d bytes", x.Name, x.Shape, len(x.Data))
			}
			at += n
		}
		if at != len(b) {
			t.Errorf("%d of %d bytes are data or header", at, len(b))
		}
		checkRoundTrip(t, file)
	})
}
