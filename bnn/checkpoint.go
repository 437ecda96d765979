package bnn

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/simmer-go/simmer/bnn/internal/safetensors"
)

// Checkpoint is a model that was saved: one .safetensors file, or several with their index, and what has to be said
// about it. Only Name, or Reader, must be set.
//
// # Keys
//
// Module k of the model is module k of the torch.nn.Sequential, or the inferno.models.MLP, that was saved. Activations
// count: with one between two layers, the layers are modules 0 and 2. What Dropout or Flatten add to the count, Rename
// has to take away. A layer has the following tensors, row-major, in any order:
//
//	key                              shape               of which layers
//	k.params.bias                    out                 with a bias
//	k.params.weight                  out, in             all
//	k.params.temperature             1                   of Type Output
//	k.params.cov.scale.bias          out                 Diagonal, with a bias
//	k.params.cov.scale.weight        out, in             Diagonal
//	k.params.cov.factor.bias         out, rank           LowRank and Factorized, with a bias
//	k.params.cov.factor.weight       out, in, rank       LowRank and Factorized
//	k.params.cov.input_factor.bias   1, input rank       Kronecker, with a bias
//	k.params.cov.input_factor.weight in, input rank      Kronecker
//	k.params.cov.output_factor       out, output rank    Kronecker
//
// or, if it is deterministic, those of torch.nn.Linear, when its temperature is 1:
//
//	k.bias                           out                 with a bias
//	k.weight                         out, in             all
//
// The rank of Factorized is P = out·in, or out·(in+1) with a bias. Elements are F16, BF16, F32 or F64.
//
// # Metadata
//
// What tensors do not show, WriteWeights writes to the metadata of its file, under the name simmer.modules: a word for
// each module, which is an activation or the Type of a layer, with the layout behind it if its covariance is Kronecker.
// In Python the same is
//
//	save_file(model.state_dict(), "m.safetensors", metadata={"simmer.modules": "input ReLU output(sampled)"})
//
// for torch.nn.Sequential(Linear, ReLU, Linear). Where a file has it, it is compared with the model.
type Checkpoint struct {
	// FS and Name say where the file is; without an FS it is one of the operating system's. A Name that ends in .json
	// is an index: an object whose "weight_map" has the file of each key, in the same folder.
	FS   fs.FS
	Name string

	// Reader, if it is not nil, is read instead.
	Reader io.Reader

	// Prefix is taken away from keys that begin with it: "module.", which torch.nn.DataParallel puts there,
	// "_orig_mod." of torch.compile, or "model.".
	Prefix string

	// Rename, if it is not nil, returns the model's key for one of the file, after the Prefix has been taken away.
	// Errors name the file's.
	Rename func(key string) string

	// Modules is the entry simmer.modules for files that lack it, for [NewFromCheckpoint].
	Modules string
}

// key is the model's key for one of the file.
func (c Checkpoint) key(name string) string {
	name = strings.TrimPrefix(name, c.Prefix)
	if c.Rename != nil {
		name = c.Rename(name)
	}
	return name
}

// ReadCheckpoint does what [Sequential.ReadWeights] does, as strictly, with files that have other keys, or with
// several. Of these each must have exactly the keys that the index says it has. Modules, if it is set, is compared with
// the model.
//
// A file that changes while it is read, or another in its place, as its size and its time of modification tell, is an
// error, so that a model is not made of parts of two. Who saves a model should write another file and rename it: that
// is never seen half done. A Reader is read as it is.
func (s *Sequential[T]) ReadCheckpoint(c Checkpoint) error {
	src := newSource(c)
	defer src.close()
	err := src.open(c, s.mostTensors())
	if err == nil {
		err = s.read(src)
	}
	if err != nil {
		return fmt.Errorf("bnn: ReadCheckpoint: %w", err)
	}
	return nil
}

// source is the tensors of one or several files.
type source struct {
	Checkpoint
	tensors map[string]*safetensors.Tensor // by the key that they have in the model; their names are those of the file
	keys    []string                       // of the model, in the order of the files
	modules string
	files   []weightsFile
	opened  []openedFile
}

// openedFile is a file as it was when it was opened.
type openedFile struct {
	fs.File
	files fs.FS
	name  string
	info  fs.FileInfo
}

// unchanged returns an error if the file has changed, or there is another of its name.
func (f *openedFile) unchanged() error {
	now, err := f.Stat()
	if err != nil {
		return err
	}
	there, err := fs.Stat(f.files, f.name)
	if err != nil {
		return err
	}
	for _, info := range []fs.FileInfo{now, there} {
		if info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
			return fmt.Errorf("file %s changed while it was read", safetensors.Quote(f.name))
		}
	}
	return nil
}

// weightsFile is a file of which the header has been read.
type weightsFile struct {
	*safetensors.File
	name string // "" if there is only this one
	rest io.Reader
}

func newSource(c Checkpoint) *source {
	return &source{Checkpoint: c, tensors: map[string]*safetensors.Tensor{},
		modules: strings.Join(strings.Fields(c.Modules), " ")}
}

func (src *source) close() {
	for _, f := range src.opened {
		f.Close()
	}
}

// open reads the headers of all files.
func (src *source) open(c Checkpoint, most int) error {
	if c.Reader != nil {
		return src.add("", c.Reader, most)
	}
	if c.Name == "" {
		return errors.New("a Checkpoint without Name and Reader")
	}
	if c.FS == nil {
		c.FS, c.Name = folder(filepath.Dir(c.Name)), filepath.Base(c.Name)
	}
	file, err := src.openFile(c.FS, c.Name)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(c.Name, ".json") {
		return src.add("", file, most)
	}
	index, err := safetensors.ReadIndex(file, most)
	if err != nil {
		return err
	}
	return src.addAll(c.FS, path.Dir(c.Name), index)
}

// folder is one of the operating system's. Unlike those of os.DirFS its errors name the whole path.
type folder string

func (f folder) Open(name string) (fs.File, error) {
	return os.Open(filepath.Join(string(f), filepath.FromSlash(name)))
}

func (src *source) openFile(files fs.FS, name string) (io.Reader, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	src.opened = append(src.opened, openedFile{f, files, name, info})
	return f, nil
}

// addAll reads the headers of the files of an index, which are in the folder dir. All are opened first, so that none
// can be replaced unnoticed while another is read.
func (src *source) addAll(files fs.FS, dir string, index *safetensors.Index) error {
	readers := map[string]io.Reader{}
	var names []string
	for _, key := range index.Keys {
		name := index.Files[key]
		if readers[name] != nil {
			continue
		}
		r, err := src.openFile(files, path.Join(dir, name))
		if err != nil {
			return err
		}
		readers[name] = r
		names = append(names, name)
	}
	for _, name := range names {
		if err := src.add(name, readers[name], len(index.Keys)); err != nil {
			return fmt.Errorf("file %s: %w", safetensors.Quote(name), err)
		}
	}
	return src.checkIndex(index)
}

// checkIndex compares what the files have with the index.
func (src *source) checkIndex(index *safetensors.Index) error {
	found := map[string]bool{}
	for _, f := range src.files {
		for _, t := range f.Tensors {
			if want, ok := index.Files[t.Name]; want != f.name {
				where := "nowhere"
				if ok {
					where = "in " + safetensors.Quote(want)
				}
				return fmt.Errorf("file %s has the key %s, which the index has %s", safetensors.Quote(f.name),
					safetensors.Quote(t.Name), where)
			}
			found[t.Name] = true
		}
	}
	for _, key := range index.Keys {
		if !found[key] {
			return fmt.Errorf("file %s lacks the key %s, which the index has there", safetensors.Quote(index.Files[key]),
				safetensors.Quote(key))
		}
	}
	return nil
}

// add reads the header of a file.
func (src *source) add(name string, r io.Reader, most int) error {
	f, err := safetensors.ReadHeader(r, most)
	if err != nil {
		return err
	}
	src.files = append(src.files, weightsFile{f, name, r})
	if list, ok := f.Metadata[modulesKey]; ok {
		list = strings.Join(strings.Fields(list), " ")
		if src.modules != "" && src.modules != list {
			return fmt.Errorf("the metadata say %s = %s, which contradicts %s", modulesKey, safetensors.Quote(list),
				safetensors.Quote(src.modules))
		}
		src.modules = list
	}
	for i := range f.Tensors {
		t := &f.Tensors[i]
		key := src.key(t.Name)
		if other, ok := src.tensors[key]; ok && other.Name == t.Name {
			return fmt.Errorf("another file has the key %s too", safetensors.Quote(t.Name))
		} else if ok {
			return fmt.Errorf("keys %s and %s are both %s in the model", safetensors.Quote(other.Name),
				safetensors.Quote(t.Name), safetensors.Quote(key))
		}
		src.tensors[key] = t
		src.keys = append(src.keys, key)
	}
	return nil
}

// readData reads the tensors of all files, which must not have changed since they were opened.
func (src *source) readData() error {
	for _, f := range src.files {
		if err := f.ReadData(f.rest); err != nil && f.name != "" {
			return fmt.Errorf("file %s: %w", safetensors.Quote(f.name), err)
		} else if err != nil {
			return err
		}
	}
	for _, f := range src.opened {
		if err := f.unchanged(); err != nil {
			return err
		}
	}
	return nil
}

// isPlain reports whether module k is stored as torch.nn.Linear has it.
func (src *source) isPlain(k int) bool {
	return src.has(fmt.Sprintf("%d.weight", k)) && !src.has(fmt.Sprintf("%d.params.weight", k))
}

func (src *source) has(key string) bool { return src.tensors[key] != nil }

// missing says which keys of the file may be meant by one that it lacks: those that end like it, or else the first.
func (src *source) missing(key string) error {
	plain := strings.Replace(key, ".params.", ".", 1)
	var similar, all []string
	for _, k := range src.keys {
		name := src.tensors[k].Name
		all = append(all, name)
		if strings.HasSuffix("."+name, "."+key) || strings.HasSuffix("."+name, "."+plain) {
			similar = append(similar, name)
		}
	}
	if len(similar) > 0 {
		all = similar
	}
	if len(all) == 0 {
		return fmt.Errorf("key %q is missing; the file has no tensors", key)
	}
	const most = 3
	var quoted []string
	for _, name := range all[:min(most, len(all))] {
		quoted = append(quoted, safetensors.Quote(name))
	}
	others := ""
	if len(all) > most {
		others = fmt.Sprintf(" and %d more", len(all)-most)
	}
	return fmt.Errorf("key %q is missing; the file has %s%s", key, strings.Join(quoted, ", "), others)
}
