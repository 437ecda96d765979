package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/simmer-go/simmer/bench/internal/timing"
)

// process is a program that times or computes what it is told, a line each way. Its first line names it.
type process struct {
	version string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	err     error // the first; nothing is asked after it
}

func startProcess(c *exec.Cmd) (*process, error) {
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{command: c, in: in, out: bufio.NewScanner(out)}
	p.version = p.line()
	return p, p.err
}

func (p *process) line() string {
	if p.err == nil && !p.out.Scan() {
		p.err = fmt.Errorf("%s ended: %v", p.command.Path, p.command.Wait())
	}
	return p.out.Text()
}

// ask sends a request and returns the number that comes back, NaN for none.
func (p *process) ask(format string, args ...any) float64 {
	if p.err != nil {
		return math.NaN()
	}
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		p.err = fmt.Errorf("%s: %w", p.command.Path, err)
		return math.NaN()
	}
	answer := strings.TrimSpace(p.line())
	if answer == "none" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(answer, 64)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("%s: %w", p.command.Path, err)
	}
	return v
}

// time is a competitor that measures itself, so that the way between the processes does not count. One that has failed
// never comes to an end.
func (p *process) time(name string) timing.Timed {
	return func(reps int) float64 {
		ns := p.ask("time %s %d", name, reps)
		if p.err != nil {
			return math.Inf(1)
		}
		return ns
	}
}

func (p *process) value(name string) float64 { return p.ask("value %s", name) }

// stop ends the process.
func (p *process) stop() {
	p.in.Close()
	p.command.Wait()
}

// warm times run as the processes time theirs: not the first repetition, since competitors took turns in the caches.
func warm(run timing.Run) timing.Timed {
	if run == nil {
		return nil
	}
	clock := timing.Clock(run)
	return func(reps int) float64 {
		if reps > 1 {
			run(1)
		}
		return clock(reps)
	}
}
