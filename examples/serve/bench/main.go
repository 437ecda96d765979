// Bench measures the server of the folder above: requests per second and latency for one row of the digits, over
// connections of the loopback interface, beside a handler that does nothing and beside PyTorch behind Python's own
// http.server. From the root of the repository, on Linux:
//
//	go run -C examples ./serve/bench
//
// Server and clients are separate processes, each kept on a processor of its own by taskset, so that the server's is the
// one that is busy. Each connection sends its next request when it has the answer. Lines with "torch" need python3 with
// torch.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// subject is a server and what it is asked.
type subject struct {
	name    string
	command []string
	request []byte
	rows    int
}

const address = "127.0.0.1:18391"

func main() {
	only := flag.String("only", "", "measure what matches this regular `expression`")
	rounds := flag.Int("rounds", 1, "measure all lines so `often`, and show the best of each")
	seconds := flag.Duration("time", time.Second, "measure each line for so `long`")
	empty := flag.Bool("empty", false, "serve nothing (for the bench itself)")
	load := flag.String("load", "", "send the requests of this `line` (for the bench itself)")
	connections := flag.Int("connections", 1, "of -load")
	profile := flag.String("profile", "", "write a profile of the processor's time of the server to this `file`")
	flag.Parse()
	var err error
	switch {
	case *empty:
		const long = 10 * time.Second // the server has timeouts too
		h := http.Server{Addr: address, ReadTimeout: long, WriteTimeout: 3 * long, IdleTimeout: 12 * long,
			Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		err = h.ListenAndServe()
	case *load != "":
		err = loadLine(*load, *connections, *seconds)
	default:
		err = run(*only, *rounds, *seconds, *profile)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(only string, rounds int, seconds time.Duration, profile string) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server := filepath.Join(dir, "serve")
	build := exec.Command("go", "build", "-o", server, "./serve")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	all := slices.DeleteFunc(subjects(server, self), func(s subject) bool { return !wanted.MatchString(s.name) })
	best := map[string]measured{}
	for range rounds {
		for _, s := range all {
			if err := s.measure(best, self, seconds, profile); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	fmt.Printf("%-30s %11s %10s %7s %7s %8s %8s %10s\n", "", "connections", "requests/s", "p50 µs", "p99 µs", "allocs",
		"bytes", "GC max µs")
	for _, s := range all {
		for _, n := range connectionCounts {
			m := best[s.name+" "+n]
			fmt.Printf("%-30s %11s %10.0f %7.0f %7.0f %8s %8s %10s\n", s.name, n, m.perSecond, m.p50, m.p99, m.allocs, m.bytes,
				m.pause)
		}
	}
	return nil
}

var connectionCounts = []string{"1", "8", "64"}

// measured is a line of the table; what the server allocates, and its longest pause, are empty if it does not say.
type measured struct {
	perSecond, p50, p99  float64
	allocs, bytes, pause string
}

// subjects lists what is measured.
func subjects(server, self string) []subject {
	serve := func(flags ...string) []string {
		return append([]string{server, "-addr", address, "-drain", "0s", "-pprof", "127.0.0.1:18392"}, flags...)
	}
	torch := []string{"/usr/bin/python3", "serve/bench/torch_server.py", "18391"}
	probabilities := `"outputs":[{"name":"probabilities"}]`
	return []subject{
		{"empty handler", []string{self, "-empty"}, binaryRequest(1, probabilities), 1},
		{"binary", serve(), binaryRequest(1, probabilities), 1},
		{"binary, batched", serve("-batch-all"), binaryRequest(1, probabilities), 1},
		{"JSON", serve(), jsonRequest(1, probabilities), 1},
		{"JSON, batched", serve("-batch-all"), jsonRequest(1, probabilities), 1},
		{"binary, all outputs", serve(), binaryRequest(1, ``), 1},
		{"binary, 64 rows", serve(), binaryRequest(64, probabilities), 64},
		{"JSON, 64 rows", serve(), jsonRequest(64, probabilities), 64},
		{"low rank, 100 draws", serve("-batch-wait", "0"), binaryRequest(1, withDraws), 1},
		{"low rank, 100 draws, batched", serve(), binaryRequest(1, withDraws), 1},
		{"diagonal, 100 draws", serve("-batch-wait", "0", "-weights", diagonal, "-modules", "input ReLU output"),
			binaryRequest(1, withDraws), 1},
		{"diagonal, 100 draws, batched", serve("-weights", diagonal, "-modules", "input ReLU output"),
			binaryRequest(1, withDraws), 1},
		{"torch, 1 row", torch, rawRequest(1), 1},
		{"torch, 64 rows", torch, rawRequest(64), 64},
	}
}

const (
	diagonal  = "../bnn/testdata/digits_diagonal.safetensors"
	withDraws = `"outputs":[{"name":"probabilities"}],"parameters":{"draws":100,"binary_data_output":true}`
)

// measure starts the server on the first processor, and loads from the second.
func (s *subject) measure(best map[string]measured, self string, seconds time.Duration, profile string) error {
	server := exec.Command("taskset", append([]string{"-c", "0"}, s.command...)...)
	var log logBuffer
	server.Stderr = &log
	if err := server.Start(); err != nil {
		return err
	}
	defer server.Wait()
	defer server.Process.Signal(os.Interrupt)
	if err := waitFor(address); err != nil {
		return fmt.Errorf("%w: %s", err, log.text)
	}
	for _, n := range connectionCounts {
		var wrote chan error
		if profile != "" {
			wrote = make(chan error, 1)
			go func() { wrote <- writeProfile(profile, seconds) }()
		}
		before := scrape()
		client := exec.Command("taskset", "-c", "1", self, "-load", s.name, "-connections", n, "-time", seconds.String())
		out, err := client.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		var m measured
		if _, err := fmt.Sscan(string(out), &m.perSecond, &m.p50, &m.p99); err != nil {
			return err
		}
		m.takeMetrics(before, scrape())
		if key := s.name + " " + n; m.perSecond > best[key].perSecond {
			best[key] = m
		}
		if profile != "" {
			if err := <-wrote; err != nil {
				return err
			}
		}
	}
	return nil
}

// writeProfile takes a profile of the server while it is busy.
func writeProfile(path string, seconds time.Duration) error {
	r, err := http.Get(fmt.Sprintf("http://127.0.0.1:18392/debug/pprof/profile?seconds=%d", max(1, int(seconds.Seconds()))))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r.Body)
	return firstError(err, file.Close())
}

func firstError(errs ...error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// logBuffer keeps what a server says, to be shown if it does not start.
type logBuffer struct{ text []byte }

func (b *logBuffer) Write(p []byte) (int, error) {
	b.text = append(b.text, p...)
	return len(p), nil
}
