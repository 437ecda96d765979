package bnn_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/bnn/internal/safetensors"
)

// random gives all parameters of a model values, and its output layer a temperature.
func random[T bnn.Float](t testing.TB, s *bnn.Sequential[T]) *bnn.Sequential[T] {
	return randomOf(t, s, 1, 0.75)
}

// otherwise gives them other values than random does.
func otherwise[T bnn.Float](t testing.TB, s *bnn.Sequential[T]) *bnn.Sequential[T] {
	return randomOf(t, s, 2, 1.25)
}

func randomOf[T bnn.Float](t testing.TB, s *bnn.Sequential[T], seed uint64, temperature T) *bnn.Sequential[T] {
	s.XavierNormal(bnn.Key{Seed: seed})
	for i := range s.Params() {
		s.Params()[i] += T(i%7-3) / 8
	}
	if err := s.Output().SetTemperature(temperature); err != nil {
		t.Fatal(err)
	}
	return s
}

// rewritten is a file after a change.
func rewritten(t testing.TB, file []byte, change func(f *safetensors.File)) []byte {
	f := parsed(t, file)
	change(f)
	var b bytes.Buffer
	if err := safetensors.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func renamed(t testing.TB, file []byte, name func(string) string) []byte {
	return rewritten(t, file, func(f *safetensors.File) {
		for i := range f.Tensors {
			f.Tensors[i].Name = name(f.Tensors[i].Name)
		}
	})
}

func wantError(t *testing.T, name string, err error, want string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), "bnn: ") || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %s", name, err, want)
	}
}

// TestRenamedKeys reads what wrappers of modules save.
func TestRenamedKeys(t *testing.T) {
	file := written(t, random(t, weighted[float64](t)))
	prefixed := renamed(t, file, func(s string) string { return "_orig_mod.module." + s })
	shifted := renamed(t, file, func(s string) string { return strings.Replace(s, "2.", "net.3.", 1) })
	for name, c := range map[string]bnn.Checkpoint{
		"prefix": {Reader: bytes.NewReader(prefixed), Prefix: "_orig_mod.module."},
		"both": {Reader: bytes.NewReader(prefixed), Prefix: "_orig_mod.", Rename: func(s string) string {
			return strings.TrimPrefix(s, "module.")
		}},
		"dropout": {Reader: bytes.NewReader(shifted), Rename: func(s string) string {
			return strings.Replace(s, "net.3.", "2.", 1)
		}},
		"nothing to strip":         {Reader: bytes.NewReader(file), Prefix: "model."},
		"nothing at the beginning": {Reader: bytes.NewReader(file), Prefix: "params."},
	} {
		s := weighted[float64](t)
		if err := s.ReadCheckpoint(c); err != nil || !bytes.Equal(written(t, s), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := weighted[float64](t)
	wantError(t, "prefix not stripped", s.ReadWeights(bytes.NewReader(prefixed)),
		`key "0.params.bias" is missing; the file has "_orig_mod.module.0.params.bias"`)
	wantError(t, "numbers", s.ReadWeights(bytes.NewReader(shifted)),
		`key "2.params.bias" is missing; the file has "0.params.bias", "0.params.weight", "0.params.cov.scale.bias" and 6 more`)
	c := bnn.Checkpoint{Reader: bytes.NewReader(file), Rename: func(string) string { return "0.params.bias" }}
	wantError(t, "all one", s.ReadCheckpoint(c),
		`keys "0.params.bias" and "0.params.weight" are both "0.params.bias" in the model`)
	bad := rewritten(t, prefixed, func(f *safetensors.File) { f.Tensors[0].Shape = []int{2, 2} })
	c = bnn.Checkpoint{Reader: bytes.NewReader(bad), Prefix: "_orig_mod.module."}
	wantError(t, "shape", s.ReadCheckpoint(c), `key "_orig_mod.module.0.params.bias" has shape [2 2], want [4]`)
	wantError(t, "no tensors", s.ReadWeights(strings.NewReader("\x02\x00\x00\x00\x00\x00\x00\x00{}")),
		`key "0.params.bias" is missing; the file has no tensors`)
}

// withPlainKeys is a file of a deterministic model as torch saves it.
func withPlainKeys(t testing.TB, file []byte) []byte {
	return rewritten(t, file, func(f *safetensors.File) {
		f.Tensors = slices.DeleteFunc(f.Tensors, func(t safetensors.Tensor) bool {
			return strings.HasSuffix(t.Name, "temperature")
		})
		for i := range f.Tensors {
			f.Tensors[i].Name = strings.Replace(f.Tensors[i].Name, "params.", "", 1)
		}
	})
}

// TestPlainKeys reads deterministic layers as torch.nn.Linear saves them, also beside a Gaussian one.
func TestPlainKeys(t *testing.T) {
	mixed, err := bnn.NewMLP[float64]([]int{3, 4, 2}, bnn.Tanh, nil, bnn.Diagonal{})
	if err != nil {
		t.Fatal(err)
	}
	file := written(t, random(t, mixed))
	plain := renamed(t, file, func(s string) string { return strings.Replace(s, "0.params.", "0.", 1) })
	s, err := bnn.NewMLP[float64]([]int{3, 4, 2}, bnn.Tanh, nil, bnn.Diagonal{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ReadWeights(bytes.NewReader(plain)); err != nil || !bytes.Equal(written(t, s), file) {
		t.Errorf("a plain layer: %v", err)
	}

	deterministic, err := bnn.NewMLP[float64]([]int{3, 4, 2}, bnn.Tanh)
	if err != nil {
		t.Fatal(err)
	}
	file = written(t, random(t, deterministic))
	plain = withPlainKeys(t, file)
	if err := deterministic.ReadWeights(bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
	if got := deterministic.Output().Temperature(); got != 1 {
		t.Errorf("temperature %v, want 1, as the file has none", got)
	}
	s = weighted[float64](t)
	wantError(t, "Gaussian", s.ReadWeights(bytes.NewReader(plain)),
		`key "0.params.bias" is missing; the file has "0.bias"`)
	lacking := rewritten(t, plain, func(f *safetensors.File) { f.Tensors = f.Tensors[1:] })
	wantError(t, "no bias", deterministic.ReadWeights(bytes.NewReader(lacking)), `key "0.bias" is missing; the file has "0.weight"`)
	both := rewritten(t, file, func(f *safetensors.File) {
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "0.weight", DType: safetensors.F32, Shape: []int{0}})
	})
	wantError(t, "both", deterministic.ReadWeights(bytes.NewReader(both)), `key "0.weight" is none of this model's`)
	hidden := bnn.LinearConfig{In: 3, Out: 2}
	one, err := bnn.NewSequential[float64](hidden)
	if err != nil {
		t.Fatal(err)
	}
	hidden.Type = bnn.Output
	output, err := bnn.NewSequential[float64](hidden)
	if err != nil {
		t.Fatal(err)
	}
	file = rewritten(t, written(t, output), func(f *safetensors.File) { f.Metadata = nil })
	wantError(t, "temperature", one.ReadWeights(bytes.NewReader(file)),
		`key "0.params.temperature" is none of this model's: is the Type of module 0 Output?`)
}

// sharded is a model in two files and an index.
func sharded(t *testing.T, file []byte) fstest.MapFS {
	index := map[string]any{"metadata": map[string]int{"total_size": 1}}
	files := fstest.MapFS{}
	where := map[string]string{}
	for k := range 2 {
		name := fmt.Sprintf("model-0000%d-of-00002.safetensors", k+1)
		b := rewritten(t, file, func(f *safetensors.File) {
			f.Tensors = slices.DeleteFunc(f.Tensors, func(t safetensors.Tensor) bool { return len(t.Name)%2 == k })
			for _, t := range f.Tensors {
				where[t.Name] = name
			}
		})
		files["saved/"+name] = &fstest.MapFile{Data: b}
	}
	index["weight_map"] = where
	text, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	files["saved/model.safetensors.index.json"] = &fstest.MapFile{Data: text}
	return files
}

func TestShards(t *testing.T) {
	file := written(t, random(t, weighted[float64](t)))
	const index, first = "saved/model.safetensors.index.json", "saved/model-00001-of-00002.safetensors"
	read := func(files fstest.MapFS) error {
		s := otherwise(t, weighted[float64](t))
		before := written(t, s)
		err := s.ReadCheckpoint(bnn.Checkpoint{FS: files, Name: index})
		want := file
		if err != nil {
			want = before
		}
		if !bytes.Equal(written(t, s), want) {
			t.Errorf("error %v, and the model has other parameters", err)
		}
		return err
	}
	if err := read(sharded(t, file)); err != nil {
		t.Fatal(err)
	}
	made, err := bnn.NewFromCheckpoint[float64](bnn.Checkpoint{FS: sharded(t, file), Name: index})
	if err != nil || !bytes.Equal(written(t, made), file) {
		t.Errorf("made of two files: %v", err)
	}
	dir := t.TempDir()
	for name, f := range sharded(t, file) {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := weighted[float64](t)
	if err := s.ReadCheckpoint(bnn.Checkpoint{Name: filepath.Join(dir, filepath.Base(index))}); err != nil ||
		!bytes.Equal(written(t, s), file) {
		t.Errorf("files of the operating system: %v", err)
	}

	change := func(name string, edit func(b []byte) []byte) error {
		files := sharded(t, file)
		files[name] = &fstest.MapFile{Data: edit(files[name].Data)}
		return read(files)
	}
	cut := func(b []byte) []byte { return b[:len(b)-1] }
	wantError(t, "damaged file", change(first, cut), `file "model-00001-of-00002.safetensors": safetensors: key `)
	wantError(t, "damaged index", change(index, cut), "safetensors: index: ")
	wantError(t, "key that no file has", change(index, func(b []byte) []byte {
		return bytes.Replace(b, []byte(`"weight_map":{`), []byte(`"weight_map":{"x":"model-00002-of-00002.safetensors",`), 1)
	}), `file "model-00002-of-00002.safetensors" lacks the key "x", which the index has there`)
	wantError(t, "key that the index lacks", change(first, func(b []byte) []byte {
		return renamed(t, b, func(s string) string { return strings.Replace(s, "scale", "shale", 1) })
	}), `which the index has nowhere`)
	wantError(t, "key in the wrong file", change(index, func(b []byte) []byte {
		return bytes.Replace(b, []byte("00001-of"), []byte("00002-of"), 1)
	}), `which the index has in "model-00002-of-00002.safetensors"`)
	wantError(t, "file outside", change(index, func(b []byte) []byte {
		return bytes.Replace(b, []byte("model-00001"), []byte("../model-00001"), 1)
	}), `expected the name of a file, found "../model-`)
	twice := sharded(t, file)
	twice["saved/model-00002-of-00002.safetensors"] = twice[first]
	wantError(t, "key in two files", read(twice),
		`file "model-00002-of-00002.safetensors": another file has the key "0.params.bias" too`)
	files := sharded(t, file)
	delete(files, first)
	wantError(t, "missing file", read(files), "open saved/model-00001-of-00002.safetensors: file does not exist")
	missing := filepath.Join(t.TempDir(), "none.safetensors")
	wantError(t, "missing file of the operating system", s.ReadCheckpoint(bnn.Checkpoint{Name: missing}), "open "+missing)
	wantError(t, "no name", s.ReadCheckpoint(bnn.Checkpoint{}), "a Checkpoint without Name and Reader")
}

// changing calls change before it opens the file of that name, and after so many bytes of it have been read.
type changing struct {
	fstest.MapFS
	name   string
	after  int
	change func()
}

func (c *changing) Open(name string) (fs.File, error) {
	f, err := c.MapFS.Open(name)
	if err == nil && name == c.name {
		f = &changingFile{f, c}
	}
	return f, err
}

type changingFile struct {
	fs.File
	c *changing
}

func (f *changingFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b[:min(len(b), 100)])
	if f.c.after -= n; f.c.after <= 0 && f.c.change != nil {
		f.c.change()
		f.c.change = nil
	}
	return n, err
}

// TestChangingFiles replaces a file by another model's while one of the files is read, or cuts it off: the model is
// never made of two.
func TestChangingFiles(t *testing.T) {
	old, next := written(t, random(t, weighted[float64](t))), written(t, otherwise(t, weighted[float64](t)))
	const index, first, second = "saved/model.safetensors.index.json", "saved/model-00001-of-00002.safetensors",
		"saved/model-00002-of-00002.safetensors"
	later := time.Unix(1, 0)
	for _, replaced := range []string{first, second} {
		for _, reading := range []string{index, first, second} {
			for after := 50; after < len(old); after += 150 {
				files, others := sharded(t, old), sharded(t, next)
				c := &changing{files, reading, after, func() {
					files[replaced] = &fstest.MapFile{Data: others[replaced].Data, ModTime: later}
					if after%100 == 0 { // known by its size
						files[replaced] = &fstest.MapFile{Data: append(others[replaced].Data, 0)}
					}
				}}
				s := weighted[float64](t)
				before := written(t, s)
				err := s.ReadCheckpoint(bnn.Checkpoint{FS: c, Name: index})
				if got := written(t, s); c.change == nil && err == nil && reading != index || err != nil && !bytes.Equal(got, before) {
					t.Errorf("%s while %s was read: %v, or a mixture", replaced, reading, err)
				}
			}
		}
	}

	// A file of the operating system, changed in its place: it is longer than what is read at once.
	wide, err := bnn.NewMLP[float64]([]int{300, 40}, bnn.ReLU)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "model.safetensors")
	for what, change := range map[string]func() error{
		"cut off":  func() error { return os.Truncate(name, 5000) },
		"appended": func() error { return os.WriteFile(name, append(written(t, wide), 0), 0o600) },
		"written again": func() error {
			return errors.Join(os.WriteFile(name, written(t, wide), 0o600), os.Chtimes(name, later, later))
		},
		"renamed": func() error {
			return errors.Join(os.WriteFile(name+"2", written(t, wide), 0o600), os.Chtimes(name+"2", later, later),
				os.Rename(name+"2", name))
		},
	} {
		if err := os.WriteFile(name, written(t, random(t, wide)), 0o600); err != nil {
			t.Fatal(err)
		}
		files := &changingFolder{os.DirFS(filepath.Dir(name)), change}
		s := otherwise(t, wide)
		before := written(t, s)
		err := s.ReadCheckpoint(bnn.Checkpoint{FS: files, Name: "model.safetensors"})
		if err == nil || !bytes.Equal(written(t, s), before) {
			t.Errorf("%s: %v, or the model has changed", what, err)
		}
	}
}

// changingFolder calls change after the header of a file has been read.
type changingFolder struct {
	fs.FS
	change func() error
}

func (c *changingFolder) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	return &changingFile{f, &changing{after: 200, change: func() { _ = c.change() }}}, err
}

// TestMetadata reads a file into models that its metadata contradict, though all tensors fit.
func TestMetadata(t *testing.T) {
	model := func(modules ...bnn.Module) *bnn.Sequential[float64] {
		s, err := bnn.NewSequential[float64](modules...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	in, out := bnn.LinearConfig{In: 2, Out: 3, Type: bnn.Input}, bnn.LinearConfig{In: 3, Out: 2, Type: bnn.Output}
	out.Covariance = bnn.Kronecker{InputRank: 1, Layout: bnn.Sampled}
	s := model(in, bnn.ReLU, out)
	file := written(t, s)
	if got := parsed(t, file).Metadata["simmer.modules"]; got != "input ReLU output(sampled)" {
		t.Errorf("modules are %q", got)
	}
	other := func(change func(in, out *bnn.LinearConfig)) []bnn.Module {
		in, out := in, out
		change(&in, &out)
		return []bnn.Module{in, bnn.ReLU, out}
	}
	for want, modules := range map[string][]bnn.Module{
		`module 1 is "ReLU" in the file (simmer.modules), but "Tanh" in the model`: {in, bnn.Tanh, out},
		`module 0 is "input" in the file (simmer.modules), but "hidden" in the model`: other(func(in, _ *bnn.LinearConfig) {
			in.Type = bnn.Hidden
		}),
		`module 2 is "output(sampled)" in the file (simmer.modules), but "output(kron)" in the model`: other(
			func(_, out *bnn.LinearConfig) { out.Covariance = bnn.Kronecker{InputRank: 1} }),
		`the file has 3 modules (simmer.modules), the model 1`: {in},
	} {
		wantError(t, "file", model(modules...).ReadWeights(bytes.NewReader(file)), want)
	}
	with := func(list string) []byte {
		return rewritten(t, file, func(f *safetensors.File) { f.Metadata["simmer.modules"] = list })
	}
	for _, list := range []string{"", "  input\tReLU  output ", "input ReLU output(sampled)"} {
		if err := s.ReadWeights(bytes.NewReader(with(list))); err != nil {
			t.Errorf("%q: %v", list, err)
		}
	}
	wantError(t, "nonsense", s.ReadWeights(bytes.NewReader(with("input ELU output"))), `module 1 is "ELU" in the file`)
	wantError(t, "contradiction", s.ReadCheckpoint(bnn.Checkpoint{Reader: bytes.NewReader(file), Modules: "input ReLU output"}),
		`the metadata say simmer.modules = "input ReLU output(sampled)", which contradicts "input ReLU output"`)
	wantError(t, "contradiction of the same length",
		s.ReadCheckpoint(bnn.Checkpoint{Reader: bytes.NewReader(file), Modules: "input Tanh output(sampled)"}),
		`the metadata say simmer.modules = "input ReLU output(sampled)", which contradicts "input Tanh output(sampled)"`)
}

// TestNewFromCheckpoint makes models of their files.
func TestNewFromCheckpoint(t *testing.T) {
	for _, modules := range [][]bnn.Module{
		{bnn.LinearConfig{In: 1, Out: 1}},
		{bnn.LinearConfig{In: 2, Out: 3, NoBias: true}, bnn.GELU, bnn.LogSigmoid, bnn.LinearConfig{In: 3, Out: 1, Type: bnn.Output}},
		{bnn.LinearConfig{In: 2, Out: 3, Type: bnn.Input, Covariance: bnn.Diagonal{}}, bnn.Mish,
			bnn.LinearConfig{In: 3, Out: 2, Type: bnn.Output, Covariance: bnn.Factorized{}}},
		{bnn.LinearConfig{In: 2, Out: 3, NoBias: true, Covariance: bnn.Factorized{}}, bnn.SiLU,
			bnn.LinearConfig{In: 3, Out: 2, Covariance: bnn.LowRank{Rank: 7}}},
		{bnn.LinearConfig{In: 2, Out: 3, Covariance: bnn.Kronecker{InputRank: 5, Layout: bnn.Sampled}}, bnn.Sigmoid,
			bnn.LinearConfig{In: 3, Out: 2, Covariance: bnn.Kronecker{OutputRank: 1}}},
	} {
		s, err := bnn.NewSequential[float64](modules...)
		if err != nil {
			t.Fatal(err)
		}
		s.KaimingNormal(bnn.Key{Seed: 3})
		file := written(t, s)
		made, err := bnn.NewFromCheckpoint[float64](bnn.Checkpoint{Reader: bytes.NewReader(file)})
		if err != nil || !bytes.Equal(written(t, made), file) || made.NumParams() != s.NumParams() {
			t.Errorf("%v: %v", modules, err)
		}
	}
	whole := written(t, weighted[float64](t))
	for n := range len(whole) {
		if _, err := bnn.NewFromCheckpoint[float64](bnn.Checkpoint{Reader: bytes.NewReader(whole[:n])}); err == nil {
			t.Fatalf("%d of %d bytes were accepted", n, len(whole))
		}
	}
}

func TestBadCheckpoints(t *testing.T) {
	kronecker, err := bnn.NewMLP[float64]([]int{3, 2}, bnn.ReLU, bnn.Kronecker{})
	if err != nil {
		t.Fatal(err)
	}
	plain := func(b []byte) []byte { return rewritten(t, b, func(f *safetensors.File) { f.Metadata = nil }) }
	layers, one := plain(written(t, weighted[float64](t))), plain(written(t, kronecker))
	shaped := func(key string, shape ...int) []byte {
		return rewritten(t, layers, func(f *safetensors.File) {
			i := slices.IndexFunc(f.Tensors, func(t safetensors.Tensor) bool { return t.Name == key })
			f.Tensors[i].Shape = shape
			n := 8
			for _, d := range shape {
				n *= d
			}
			f.Tensors[i].Data = make([]byte, n)
		})
	}
	for _, c := range []struct {
		file          []byte
		modules, want string
	}{
		{layers, "", "the file does not tell its activations (metadata simmer.modules), and Modules is empty"},
		{layers, "input ELU output", `module 1, "ELU": it is none of ReLU, Tanh, SiLU`},
		{layers, "input Tanh output(kron", `module 2, "output(kron": it is none of`},
		{layers, "input Tanh", `the first and the last module must be linear layers`},
		{layers, "input Tanh hidden", `is the Type of module 2 Output?`},
		{layers, "input hidden output", `module 1, "hidden": key "1.params.weight" is missing; the file has "0.params.bias"`},
		{layers, "input(kron) Tanh output", `module 0 is "input(kron)" in the file (simmer.modules), but "input" in the model`},
		{one, "output", `key "0.params.cov.output_factor" is that of a Kronecker covariance, so its layout has to be told`},
		{shaped("0.params.weight", 12), "input Tanh output", `key "0.params.weight" has shape [12]`},
		{shaped("0.params.weight", 4, 0), "input Tanh output", `key "0.params.weight" has shape [4 0]`},
		{shaped("0.params.weight", 4, 2), "input Tanh output", `key "0.params.cov.scale.weight" has shape [4 3], want [4 2]`},
		{shaped("2.params.cov.factor.weight", 2, 4), "input Tanh output", `key "2.params.cov.factor.weight" has shape [2 4]`},
		{shaped("2.params.cov.factor.weight", 2, 4, 1), "input Tanh output",
			`key "2.params.cov.factor.bias" has shape [2 2], want [2 1]`},
		{shaped("2.params.weight", 2, 5), "input Tanh output", "module 2: In is 5, but the layer before has Out 4"},
	} {
		checkpoint := bnn.Checkpoint{Reader: bytes.NewReader(c.file), Modules: c.modules}
		_, err := bnn.NewFromCheckpoint[float64](checkpoint)
		wantError(t, c.modules, err, c.want)
	}
	var many strings.Builder
	for i := range 1<<16 + 1 {
		fmt.Fprintf(&many, `,"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, i)
	}
	text := "{" + many.String()[1:] + "}"
	_, err = bnn.NewFromCheckpoint[float64](bnn.Checkpoint{Modules: "output", Reader: io.MultiReader(
		bytes.NewReader(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))), strings.NewReader(text))})
	wantError(t, "many tensors", err, `key "65536": the first after the 65536 tensors that are wanted`)

	// Sizes that only a header has take no memory.
	header := `{"0.weight":{"dtype":"F16","shape":[1073741824,1],"data_offsets":[0,2147483648]}}`
	file := append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...)
	if n := testing.AllocsPerRun(1, func() {
		_, err := bnn.NewFromCheckpoint[float64](bnn.Checkpoint{Reader: bytes.NewReader(file), Modules: "output"})
		wantError(t, "header only", err, `key "0.weight": data end at byte 2147483648, but there are only 0`)
	}); n > 1000 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzNewFromCheckpoint makes a model of any bytes. If it can, the model has finite parameters, and its file makes it
// again.
func FuzzNewFromCheckpoint(f *testing.F) {
	for _, name := range []string{"digits_diagonal", "digits_kronecker", "odd_lowrank_binary", "torch/plain_bf16"} {
		b, err := os.ReadFile("testdata/" + name + ".safetensors")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "input ReLU output(sampled)")
		f.Add(b, "input SiLU output")
	}
	f.Add(written(f, weighted[float64](f)), "")
	f.Fuzz(func(t *testing.T, b []byte, modules string) {
		s, err := bnn.NewFromCheckpoint[float32](bnn.Checkpoint{Reader: bytes.NewReader(b), Modules: modules})
		if err != nil {
			if s != nil || len(err.Error()) > 10_000 {
				t.Errorf("a model, or an error of %d bytes", len(err.Error()))
			}
			return
		}
		if i := slices.IndexFunc(s.Params(), func(v float32) bool { return v-v != 0 }); i >= 0 {
			t.Errorf("parameter %d is %v", i, s.Params()[i])
		}
		text := written(t, s)
		again, err := bnn.NewFromCheckpoint[float32](bnn.Checkpoint{Reader: bytes.NewReader(text)})
		if err != nil || !bytes.Equal(text, written(t, again)) {
			t.Errorf("the model made again differs: %v", err)
		}
	})
}
