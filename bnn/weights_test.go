package bnn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/bnn/internal/safetensors"
)

// weighted is a small model with a temperature, a diagonal and a low-rank layer.
func weighted[T bnn.Float](t testing.TB) *bnn.Sequential[T] {
	s, err := bnn.NewMLP[T]([]int{3, 4, 2}, bnn.Tanh, bnn.Diagonal{}, bnn.LowRank{Rank: 2})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// written is the file of a model.
func written[T bnn.Float](t testing.TB, s *bnn.Sequential[T]) []byte {
	var b bytes.Buffer
	if err := s.WriteWeights(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parsed(t testing.TB, b []byte) *safetensors.File {
	r := bytes.NewReader(b)
	f, err := safetensors.ReadHeader(r, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ReadData(r); err != nil {
		t.Fatal(err)
	}
	for i := range f.Tensors { // of its own, to be changed
		f.Tensors[i].Data = bytes.Clone(f.Tensors[i].Data)
	}
	return f
}

// TestBadWeights reads files that are well formed, but not this model's: the error names the key, and nothing changes.
func TestBadWeights(t *testing.T) {
	tensor := func(f *safetensors.File, key string) *safetensors.Tensor {
		return &f.Tensors[slices.IndexFunc(f.Tensors, func(t safetensors.Tensor) bool { return t.Name == key })]
	}
	set := func(key string, i int, v float64) func(f *safetensors.File) {
		return func(f *safetensors.File) {
			binary.LittleEndian.PutUint64(tensor(f, key).Data[8*i:], math.Float64bits(v))
		}
	}
	for _, c := range []struct {
		name   string
		change func(f *safetensors.File)
		want   string
	}{
		{"missing", func(f *safetensors.File) { tensor(f, "0.params.bias").Name = "0.params.Bias" },
			`key "0.params.bias" is missing`},
		{"surplus", func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "3.params.weight", DType: safetensors.F32,
				Shape: []int{0}})
		}, `key "3.params.weight" is none of this model's`},
		{"transposed", func(f *safetensors.File) { tensor(f, "2.params.weight").Shape = []int{4, 2} },
			`key "2.params.weight" has shape [4 2], want [2 4]`},
		{"flat", func(f *safetensors.File) { tensor(f, "2.params.cov.factor.weight").Shape = []int{16} },
			`key "2.params.cov.factor.weight" has shape [16], want [2 4 2]`},
		{"scalar", func(f *safetensors.File) { tensor(f, "2.params.temperature").Shape = []int{} },
			`key "2.params.temperature" has shape [], want [1]`},
		{"NaN", set("0.params.weight", 5, math.NaN()), `key "0.params.weight": entry 5 is NaN`},
		{"Inf", set("0.params.cov.scale.bias", 3, math.Inf(-1)), `key "0.params.cov.scale.bias": entry 3 is -Inf`},
		{"beyond float32", set("2.params.bias", 1, 1e39), `key "2.params.bias": entry 1 is 1e+39, beyond float32`},
		{"temperature 0", set("2.params.temperature", 0, 0), `key "2.params.temperature" is 0, want a finite number above 0`},
		{"temperature of no inverse", set("2.params.temperature", 0, 1e-40), `key "2.params.temperature" is 1e-40`},
		{"temperature below 0", set("2.params.temperature", 0, -1), `key "2.params.temperature" is -1`},
		{"temperature that is 0 in float32", set("2.params.temperature", 0, 1e-50),
			`key "2.params.temperature" is 1e-50`},
	} {
		file := rewritten(t, written(t, random(t, weighted[float64](t))), c.change)
		s := otherwise(t, weighted[float32](t))
		before := written(t, s)
		err := s.ReadWeights(bytes.NewReader(file))
		if err == nil || !strings.HasPrefix(err.Error(), "bnn: ReadWeights: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
		if !bytes.Equal(before, written(t, s)) {
			t.Errorf("%s: the model has changed", c.name)
		}
	}
}

// TestBadFilesChangeNothing spoils one thing at a time, in every tensor and at every byte of the header's length or of
// the data, and reads the file into a model of other parameters.
func TestBadFilesChangeNothing(t *testing.T) {
	mlp := func(covs ...bnn.Covariance) *bnn.Sequential[float64] {
		s, err := bnn.NewMLP[float64]([]int{2, 3, 2}, bnn.ReLU, covs...)
		if err != nil {
			t.Fatal(err)
		}
		return random(t, s)
	}
	kronecker, deterministic, gaussian := mlp(nil, bnn.Kronecker{InputRank: 2}), mlp(), random(t, weighted[float64](t))
	for _, c := range []struct {
		s    *bnn.Sequential[float64]
		file []byte
	}{
		{gaussian, written(t, gaussian)},
		{kronecker, written(t, kronecker)},
		{deterministic, withPlainKeys(t, written(t, deterministic))},
	} {
		s, file, params := c.s, c.file, slices.Clone(c.s.Params())
		otherwise(t, s)
		before := written(t, s)
		refuse := func(what string, r func() io.Reader) {
			t.Helper()
			for name, err := range map[string]error{
				"ReadWeights":    s.ReadWeights(r()),
				"ReadCheckpoint": s.ReadCheckpoint(bnn.Checkpoint{Reader: r()}),
			} {
				if err == nil || !bytes.Equal(before, written(t, s)) {
					t.Errorf("%s, %s: error %v, or the model has changed", name, what, err)
				}
			}
		}
		for i, tensor := range parsed(t, file).Tensors {
			for what, change := range map[string]func(x *safetensors.Tensor){
				"NaN at the end": func(x *safetensors.Tensor) {
					binary.LittleEndian.PutUint64(x.Data[len(x.Data)-8:], math.Float64bits(math.NaN()))
				},
				"shape": func(x *safetensors.Tensor) { x.Shape = append(slices.Clone(x.Shape), 1) },
				"name":  func(x *safetensors.Tensor) { x.Name += "s" },
			} {
				bad := rewritten(t, file, func(f *safetensors.File) { change(&f.Tensors[i]) })
				refuse(tensor.Name+": "+what, func() io.Reader { return bytes.NewReader(bad) })
			}
		}
		for n := range file {
			refuse(fmt.Sprintf("%d bytes", n), func() io.Reader { return bytes.NewReader(file[:n]) })
			refuse(fmt.Sprintf("an error after %d bytes", n), func() io.Reader {
				return io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(io.ErrClosedPipe))
			})
		}
		refuse("a byte more", func() io.Reader { return io.MultiReader(bytes.NewReader(file), strings.NewReader("x")) })
		refuse("metadata", func() io.Reader {
			return bytes.NewReader(bytes.Replace(file, []byte("output"), []byte("hidden"), 1))
		})
		if err := s.ReadWeights(iotest.OneByteReader(bytes.NewReader(file))); err != nil || !slices.Equal(s.Params(), params) {
			t.Errorf("byte by byte: %v, or the model has other parameters", err)
		}
	}
}

// TestSurplusKeys says what the model has where a key is that it does not know.
func TestSurplusKeys(t *testing.T) {
	s, err := bnn.NewSequential[float32](bnn.LinearConfig{In: 2, Out: 3, NoBias: true, Covariance: bnn.LowRank{Rank: 2}},
		bnn.GELU, bnn.LinearConfig{In: 3, Out: 1, Type: bnn.Output})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"2.params.cov.factor.bias": "module 2 has no covariance, and the keys params.bias, params.weight, " +
			"params.temperature",
		"0.params.bias": "module 0 has covariance low_rank(2), and the keys params.weight, " +
			"params.cov.factor.weight",
		"1.params.weight":       "module 1 is the activation GELU",
		"3.params.weight":       "its modules are 0 to 2",
		"-1.params.weight":      "its modules are 0 to 2",
		"model.0.params.weight": `keys begin with the number of a module, as "0.params.weight"`,
		"":                      `keys begin with the number of a module, as "0.params.weight"`,
	} {
		f := parsed(t, written(t, s))
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: key, DType: safetensors.F32, Shape: []int{0}})
		var b bytes.Buffer
		if err := safetensors.Write(&b, f); err != nil {
			t.Fatal(err)
		}
		want = fmt.Sprintf("bnn: ReadWeights: key %q is none of this model's: %s", key, want)
		if err := s.ReadWeights(&b); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestLargeHeaders reads legal files whose header is far larger than their data.
func TestLargeHeaders(t *testing.T) {
	s := weighted[float64](t)
	f := parsed(t, written(t, s))
	f.Metadata = map[string]string{"config": strings.Repeat("all that was known of the training; ", 100_000)}
	var b bytes.Buffer
	if err := safetensors.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	if err := s.ReadWeights(&b); err != nil {
		t.Errorf("with long metadata: %v", err)
	}
	deep, err := bnn.NewMLP[float32](slices.Repeat([]int{1}, 8000), bnn.ReLU)
	if err != nil {
		t.Fatal(err)
	}
	text := written(t, deep)
	if header := binary.LittleEndian.Uint64(text); header < 1<<20 {
		t.Fatalf("a header of %d bytes only", header)
	}
	if err := deep.ReadWeights(bytes.NewReader(text)); err != nil {
		t.Errorf("with 8000 layers: %v", err)
	}
}

// endless gives the bytes of a file, then zeros without end, and counts them.
type endless struct {
	head []byte
	n    int
}

func (e *endless) Read(b []byte) (int, error) {
	clear(b)
	if e.n < len(e.head) {
		copy(b, e.head[e.n:])
	}
	e.n += len(b)
	if e.n > 1<<20 {
		return 0, io.ErrNoProgress
	}
	return len(b), nil
}

// TestHugeStreams gives streams that do not end: no more is read than the model needs, and headers.
func TestHugeStreams(t *testing.T) {
	s := weighted[float64](t)
	right := written(t, s)
	wrong := fmt.Appendf(nil, `{"0.params.bias":{"dtype":"F64","shape":[%d],"data_offsets":[0,%d]}}`, int64(1)<<28,
		int64(1)<<31)
	wrong = append(binary.LittleEndian.AppendUint64(nil, uint64(len(wrong))), wrong...)
	for want, head := range map[string][]byte{
		"goes on after the last tensor":                           right,
		`"0.params.bias" has shape [268435456], want [4]`:         wrong,
		"header of 18446744073709551615 bytes, more than the lim": []byte("\xff\xff\xff\xff\xff\xff\xff\xff"),
	} {
		r := &endless{head: head}
		if err := s.ReadWeights(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if r.n > len(head)+1 {
			t.Errorf("%s: %d bytes were read, %d after the file", want, r.n, r.n-len(head))
		}
	}
}

// TestBadWrites has parameters that cannot be saved, and a disk that is full.
func TestBadWrites(t *testing.T) {
	s := weighted[float64](t)
	if err := s.WriteWeights(fullDisk{}); !errors.Is(err, io.ErrShortWrite) || !strings.HasPrefix(err.Error(),
		"bnn: WriteWeights: ") {
		t.Errorf("got %v", err)
	}
	s.Linear(2).Params()[1] = math.Inf(1)
	var b bytes.Buffer
	if err := s.WriteWeights(&b); err == nil || err.Error() != "bnn: WriteWeights: module 2: parameter[1] is +Inf" ||
		b.Len() != 0 {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// FuzzReadWeights reads any bytes into a model. An error leaves it as it was; else it has finite parameters, and
// writing and reading them changes nothing.
func FuzzReadWeights(f *testing.F) {
	model := func(t testing.TB) *bnn.Sequential[float64] {
		s, err := bnn.NewMLP[float64]([]int{4, 3, 2}, bnn.Tanh)
		if err != nil {
			t.Fatal(err)
		}
		return otherwise(t, s)
	}
	tiny, err := os.ReadFile("testdata/tiny_deterministic.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(tiny)
	f.Add(tiny[:len(tiny)-1])
	f.Add(append(tiny[:len(tiny):len(tiny)], 0))
	f.Add(bytes.Replace(tiny, []byte("F64"), []byte("F32"), 1))
	f.Add(bytes.Replace(tiny, []byte("bias"), []byte("Bias"), 1))
	f.Add(written(f, model(f)))
	f.Add(written(f, weighted[float64](f)))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := model(t)
		before := written(t, s)
		if err := s.ReadWeights(bytes.NewReader(b)); err != nil {
			if !bytes.Equal(before, written(t, s)) {
				t.Error("the model has changed")
			}
			return
		}
		for k := range s.Len() {
			if l := s.Linear(k); l != nil && slices.ContainsFunc(l.Params(), func(v float64) bool { return v-v != 0 }) {
				t.Errorf("module %d: %v", k, l.Params())
			}
		}
		if temp := s.Output().Temperature(); !(temp > 0) || math.IsInf(temp, 0) {
			t.Errorf("temperature %v", temp)
		}
		text, again := written(t, s), model(t)
		if err := again.ReadWeights(bytes.NewReader(text)); err != nil || !bytes.Equal(text, written(t, again)) {
			t.Errorf("the model read again differs: %v", err)
		}
	})
}
