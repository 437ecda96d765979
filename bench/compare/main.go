// Command compare times simmer against other libraries on this machine, single thread, in one run.
//
//	go run .                  against C with glibc's vector maths, gonum, vek and plain Go (needs gcc)
//	go run -tags sleef .      the same and SLEEF (Debian: libsleef-dev)
//	go run . losses           against PyTorch (Debian: python3-torch)
//	go run . predictive       predictive mean and variance of Gaussian layers against PyTorch
//	go run -tags openblas . predictive
//	                          the same with OpenBLAS in place of gonum's own BLAS (Debian: libopenblas-dev)
//
// Competitors take turns, many times, and the least time of each counts. A ratio is simmer's time divided by
// the other's; the limit is what simmer promises.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/simmer-go/simmer/bench/internal/timing"
)

// torchWork is what is compared with PyTorch.
var torchWork = map[string]func() []torchCase{"losses": lossCases, "predictive": predictiveCases}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	n := flags.Int("n", 4096, "elements of a slice (kernels only)")
	each := flags.Duration("time", 500*time.Millisecond, "time for each line of the table")
	python := flags.String("python", "/usr/bin/python3", "Python that has torch (losses and predictive)")
	var cases func() []torchCase
	if len(args) > 0 {
		if cases = torchWork[args[0]]; cases != nil {
			args = args[1:]
		}
	}
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return nil
		}
		return err
	}
	if flags.NArg() > 0 || *n < 8 || *n%8 != 0 || *each <= 0 {
		return fmt.Errorf("usage: compare [losses | predictive] [flags]; -n must be a positive multiple of 8, "+
			"-time positive; got %q", args)
	}
	plan := timing.Plan{Time: *each, Sample: 300 * time.Microsecond}
	if cases != nil {
		return compareTorch(ctx, plan, *python, cases())
	}
	return compareKernels(ctx, plan, *n)
}
