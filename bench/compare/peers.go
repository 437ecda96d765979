package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/internal/isa"
)

// The programs that call C libraries are compiled when they are needed, so that this one builds without the libraries.
//
//go:embed peers
var peerSources embed.FS

// peer is a library in a process with an environment of its own.
type peer struct {
	name string
	way  string // suffix of the names of its tasks: it may have several ways to do them
	free bool   // not held to the vector width of the table, so not among the worst
	*process
}

// library is how to start one.
type library struct {
	name  string
	needs string // what to install
	start func(ctx context.Context, env []string) (*process, error)
	env   []string // NAME=value, or NAME to unset it
	free  bool
	ways  []string
}

// host starts processes.
type host struct {
	dir         string // for the programs
	python      string // has torch
	onnxruntime string // the path of its shared library
}

var (
	oneThread = []string{"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"}

	// ownChoice lets OpenBLAS take the kernels that it likes best on this processor.
	ownChoice = []string{"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}

	// avx2 holds libraries to 256 bits, but ONNX Runtime, which has no such setting.
	avx2 = []string{
		"OPENBLAS_CORETYPE=Haswell", "OPENBLAS_L2_SIZE", "ONEDNN_MAX_CPU_ISA=AVX2", "ATEN_CPU_CAPABILITY=avx2",
	}
)

// productLibraries are those to compare with products by set. What others can be held to, they are.
func (h *host) productLibraries(set isa.ISA) []library {
	blas := library{name: "OpenBLAS", needs: "Debian: libopenblas-dev", start: h.program("openblas", "-lopenblas")}
	dnn := library{name: "oneDNN", needs: "Debian: libdnnl-dev", start: h.program("onednn", "-ldnnl")}
	onnx := library{name: "ONNX Runtime", needs: "npm: onnxruntime-node", start: h.program("onnxruntime", "-ldl")}
	torch := h.torch(set)
	blas.env = ownChoice
	if set == isa.AVX2 {
		blas.env, dnn.env, onnx.free = avx2, avx2, has(isa.AVX512)
		return []library{blas, dnn, onnx, torch}
	}
	if os.Getenv("OPENBLAS_CORETYPE") == "" {
		return []library{blas, dnn, onnx, torch}
	}
	asked := blas
	asked.name, asked.env = "OpenBLAS as asked", nil // by the environment
	return []library{asked, blas, dnn, onnx, torch}
}

// torch is PyTorch, whose products are OpenBLAS's if that is installed.
func (h *host) torch(set isa.ISA, ways ...string) library {
	l := library{name: "PyTorch", needs: "Debian: python3-torch, libopenblas0", env: ownChoice, ways: ways}
	l.start = func(ctx context.Context, env []string) (*process, error) { return startTorch(ctx, h.python, env) }
	if set == isa.AVX2 {
		l.env = avx2
	}
	return l
}

// peers starts libraries, and says which are not here.
func (h *host) peers(ctx context.Context, libraries []library) []peer {
	var all []peer
	for _, l := range libraries {
		p, err := l.start(ctx, environment(oneThread, l.env, []string{"ONNXRUNTIME=" + h.onnxruntime}))
		if err != nil {
			fmt.Printf("without %s (%s): %v\n", l.name, l.needs, err)
			continue
		}
		fmt.Printf("%s: %s\n", l.name, p.version)
		if l.ways == nil {
			all = append(all, peer{l.name, "", l.free, p})
		}
		for _, way := range l.ways {
			all = append(all, peer{l.name + " " + way, "-" + way, l.free, p})
		}
	}
	return all
}

// environment is ours with changes: NAME=value, or NAME to unset it.
func environment(changes ...[]string) []string {
	env := os.Environ()
	for _, change := range slices.Concat(changes...) {
		name, _, set := strings.Cut(change, "=")
		env = slices.DeleteFunc(env, func(s string) bool { return strings.HasPrefix(s, name+"=") })
		if set {
			env = append(env, change)
		}
	}
	return env
}

// program starts a program of the folder peers, which it compiles with that flag for the linker.
func (h *host) program(name, link string) func(context.Context, []string) (*process, error) {
	return func(ctx context.Context, env []string) (*process, error) {
		path := filepath.Join(h.dir, name)
		if _, err := os.Stat(path); err != nil {
			if err := h.compile(ctx, path, name+".c", link); err != nil {
				return nil, err
			}
		}
		c := exec.CommandContext(ctx, path)
		c.Env = env
		return startProcess(c)
	}
}

func (h *host) compile(ctx context.Context, path, source, link string) error {
	for _, file := range []string{"serve.h", "functions.h", source} {
		text, err := peerSources.ReadFile("peers/" + file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(h.dir, file), text, 0o644); err != nil {
			return err
		}
	}
	c := exec.CommandContext(ctx, "cc", "-O3", "-march=native", "-o", path, source, link, "-lm")
	c.Dir = h.dir
	if out, err := c.CombinedOutput(); err != nil {
		return errors.New(complaint(string(out), err))
	}
	return nil
}

// complaint is the line with which a compiler gives up.
func complaint(out string, err error) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, "error") || strings.Contains(line, "cannot find") {
			return strings.TrimSpace(line)
		}
	}
	return err.Error()
}
