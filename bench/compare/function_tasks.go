package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// rival is a library that has functions, here or in a process of its own.
type rival[T kernels.Float] struct {
	name string
	held isa.ISA // to the width of an instruction set; Generic: to none
	here map[string]func(dst, x []T)
	*process
	bits int // in its registers
}

// call is a function at a length.
type call[T kernels.Float] struct {
	*function[T]
	x    []T
	file string // has x
}

// newCall makes n usual inputs, in no order that a processor could guess.
func newCall[T kernels.Float](f *function[T], n int, dir string) (*call[T], error) {
	c := &call[T]{function: f, file: filepath.Join(dir, fmt.Sprintf("%s%d", f.name, bitsOf[T]()))}
	for i := range n {
		c.x = append(c.x, T(f.from+(f.to-f.from)*(float64(i*7919%2003)/2003+0x1p-20)))
	}
	return c, writeFile(c.file, c.x)
}

func writeFile[T kernels.Float](path string, x []T) error {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, x); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o666)
}

func readFile[T kernels.Float](path string, n int) ([]T, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	x := make([]T, len(text)*8/bitsOf[T]())
	if err := binary.Read(bytes.NewReader(text), binary.LittleEndian, x); err != nil {
		return nil, err
	}
	if len(x) < n {
		return nil, fmt.Errorf("%s has %d numbers, not %d", path, len(x), n)
	}
	return x[:n], nil
}

// request names a function in a process.
func (r *rival[T]) request(name string, n int, file string) string {
	return fmt.Sprintf("%s:float%d:%d:%d:%s", name, bitsOf[T](), r.bits, n, file)
}

// timed is the competitor, nil if it has no such function.
func (r *rival[T]) timed(c *call[T]) timing.Timed {
	if r.process != nil {
		timed := r.process.time(r.request(c.name, len(c.x), c.file))
		if math.IsNaN(timed(1)) {
			return nil
		}
		return timed
	}
	f := r.here[c.name]
	if f == nil {
		return nil
	}
	dst := make([]T, len(c.x))
	return warm(repeat(func() { f(dst, c.x) }))
}

// results computes a sample; nil for what the rival does not have.
func (r *rival[T]) results(s *sample[T], dir string) ([]T, error) {
	if r.process == nil {
		f := r.here[s.f.name]
		if f == nil {
			return nil, nil
		}
		dst := make([]T, len(s.x))
		f(dst, s.x)
		return dst, nil
	}
	out := filepath.Join(dir, "out")
	if math.IsNaN(r.process.ask("map %s %s", r.request(s.f.name, len(s.x), s.file), out)) {
		return nil, r.process.err
	}
	return readFile[T](out, len(s.want))
}

// accuracy is the rival's worst error; ok is false if it has no such function.
func (r *rival[T]) accuracy(samples []sample[T], dir string) (w worst, ok bool, err error) {
	for i := range samples {
		got, err := r.results(&samples[i], dir)
		if err != nil || got == nil {
			return w, false, err
		}
		samples[i].judge(got, &w)
	}
	return w, true, nil
}
