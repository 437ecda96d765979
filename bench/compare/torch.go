package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/simmer-go/simmer/bench/internal/timing"
)

//go:embed torch_cases.py
var torchCases string

// torch is a Python process that times or computes what it is told, by torch_cases.py.
type torch struct {
	version string
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	err     error // the first; nothing is asked after it
}

func startTorch(ctx context.Context, python string) (*torch, error) {
	p := exec.CommandContext(ctx, python, "-c", torchCases, "--serve")
	p.Stderr = os.Stderr
	in, err := p.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.Start(); err != nil {
		return nil, fmt.Errorf("torch: %w (-python names a Python that has torch)", err)
	}
	t := &torch{process: p, in: in, out: bufio.NewScanner(out)}
	t.version = t.line()
	return t, t.err
}

func (t *torch) line() string {
	if t.err == nil && !t.out.Scan() {
		t.err = fmt.Errorf("torch: the process ended: %v", t.process.Wait())
	}
	return t.out.Text()
}

// ask sends a request and returns the number that comes back.
func (t *torch) ask(format string, args ...any) float64 {
	if t.err != nil {
		return 0
	}
	if _, err := fmt.Fprintf(t.in, format+"\n", args...); err != nil {
		t.err = fmt.Errorf("torch: %w", err)
		return 0
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(t.line()), 64)
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("torch: %w", err)
	}
	return v
}

// time is a competitor that measures itself, so that the way between the processes does not count.
func (t *torch) time(name string) timing.Timed {
	return func(reps int) float64 { return t.ask("time %s %d", name, reps) }
}

func (t *torch) value(name string) float64 { return t.ask("value %s", name) }

// stop ends the process.
func (t *torch) stop() {
	t.in.Close()
	t.process.Wait()
}
