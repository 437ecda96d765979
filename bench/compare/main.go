// Command compare times simmer against other libraries on this machine, single thread, in one run.
//
//	go run .                  functions, rows and sums: time and worst error of gonum, vek, tphakala/simd, go-highway
//	                          (GOEXPERIMENT=simd go run . builds its assembly), SLEEF, glibc's libmvec and PyTorch
//	go run . losses           against PyTorch (Debian: python3-torch)
//	go run . products         matrix products against gonum, OpenBLAS, oneDNN, ONNX Runtime and PyTorch, and as
//	                          a share of the peak: with the best instruction set, then all held to AVX2
//	go run . predictive       predictive mean and variance of Gaussian layers against PyTorch, likewise
//	go run . predictor        requests to a model that serves, with draws and without, against PyTorch, likewise
//	go run . charts           draws the committed measurements, charts/data, as ../../docs/charts; with -measure . it
//	                          takes them again, with -measure speed those whose names match
//
// Libraries take part that are installed (Debian: gcc, libsleef-dev, libopenblas-dev, libdnnl-dev,
// python3-torch; npm: onnxruntime-node, its shared library named by -onnxruntime).
// ONNX Runtime cannot be held to AVX2: there it is marked as free, and not among the worst. Debian's PyTorch has AVX2
// kernels only, but for its matrix products.
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
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// settings are those of the command line.
type settings struct {
	host
	plan    timing.Plan
	lengths []int
	passes  int
	only    *regexp.Regexp
	show    func(*comparison)
	measure string // the charts to measure
}

func run(ctx context.Context, args []string) error {
	what := "functions"
	if len(args) > 0 && slices.Contains([]string{"losses", "products", "predictive", "predictor", "charts"}, args[0]) {
		what, args = args[0], args[1:]
	}
	s, err := parse(args)
	if err != nil {
		if err == flag.ErrHelp {
			return nil
		}
		return err
	}
	switch what {
	case "charts":
		return s.charts(ctx)
	case "losses":
		cases := slices.DeleteFunc(lossCases(), func(c torchCase) bool { return !s.only.MatchString(c.name) })
		return compareTorch(ctx, s.plan, s.python, cases)
	case "products":
		return s.compareTasks(ctx, "gonum", productTasks, s.productLibraries)
	case "predictive":
		return s.compareTasks(ctx, "", predictiveTasks, func(set isa.ISA) []library {
			return []library{s.torch(set, einsum, products)}
		})
	case "predictor":
		return s.compareTasks(ctx, "product alone", predictorTasks, func(set isa.ISA) []library {
			return []library{s.torch(set, linear, addmm)}
		})
	}
	return s.compareFunctions(ctx)
}

func parse(args []string) (settings, error) {
	s := settings{plan: timing.Plan{Sample: 300 * time.Microsecond}, show: (*comparison).print}
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	lengths := flags.String("n", "4096,65536", "numbers of elements, multiples of 512 (functions only)")
	flags.DurationVar(&s.plan.Time, "time", 500*time.Millisecond, "time for each line of the table")
	flags.IntVar(&s.passes, "passes", 2, "times that each line is measured (products, predictive and predictor)")
	flags.StringVar(&s.python, "python", "/usr/bin/python3", "Python that has torch")
	flags.StringVar(&s.onnxruntime, "onnxruntime", "libonnxruntime.so.1", "shared library of ONNX Runtime")
	flags.StringVar(&s.measure, "measure", "", "regular expression of the charts to measure again (charts)")
	only := flags.String("only", "", "regular expression of the lines to measure")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 || s.plan.Time <= 0 || s.passes < 1 {
		return s, fmt.Errorf("usage: compare [losses | products | predictive | predictor | charts] [flags]; "+
			"-time and -passes must be positive; got %q", args)
	}
	for _, word := range strings.Split(*lengths, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n <= 0 || n%(2*rowLength) != 0 {
			return s, fmt.Errorf("-n: %q is not a positive multiple of %d", word, 2*rowLength)
		}
		s.lengths = append(s.lengths, n)
	}
	var err error
	s.only, err = regexp.Compile(*only)
	return s, err
}
