// Dropin takes code that calls gonum, or loops over package math, and has the same code call kernels instead: what
// changes in the source, in the results and in the time. From the root of the repository, in some seconds:
//
//	go run -C examples ./dropin
//
// On Zen 5 with AVX-512 and Go 1.26 it says, of a row (softmax and sigmoid are called for one row at a time):
//
//	                                   before    after   ratio
//	softmax regression, line by line     217 ns   121 ns   1.8×  floats.Dot and LogSumExp; kernels.Dot and LogSumExp
//	  the whole batch at once            218 ns    23 ns   9.3×  kernels.AffineTo and CrossEntropyRowsTo
//	kernel density, line by line      115.6 µs   9.5 µs    12×  floats.Distance and LogSumExp; SquaredError and LogSumExp
//	softmax of 2 logits, float32          18 ns    14 ns   1.3×  max, math.Exp, division; kernels.SoftmaxRowsTo
//	softmax of 6                          51 ns    14 ns   3.6×
//	softmax of 1000                     9668 ns   232 ns    42×
//	sigmoid of 1 logit, float32          9.8 ns   7.9 ns   1.2×  1/(1+math.Exp(−x)); kernels.SigmoidTo
//	sigmoid of 28                        190 ns    11 ns    18×
//	sigmoid of 1000                     6732 ns   159 ns    42×
//
// With SIMMER_ISA=avx2 the ratios are the same for up to six numbers, and for the others 1.6, 5.6 and 11, then 28, 14 and
// 22. The results differ by 7e-14 at most in float64, and by 3e-8 in float32.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/simmer-go/simmer/kernels"
)

func main() {
	data := flag.String("data", "../bnn/testdata/digits.csv.gz", "read the digits from this `file`")
	rounds := flag.Int("rounds", 300, "time each way this `many` times, and take the best")
	flag.Parse()
	if err := run(os.Stdout, *data, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "dropin:", err)
		os.Exit(1)
	}
}

// run prints the table; results that differ by more than they may are an error.
func run(w io.Writer, data string, rounds int) error {
	if rounds < 1 {
		return fmt.Errorf("-rounds is %d, want at least 1", rounds)
	}
	consumers, err := floatsTrials(data)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "ns a row, %s\n", kernels.Implementation())
	for _, part := range []struct {
		before string
		trials []trial
	}{{"gonum, float64", consumers}, {"a loop over math.Exp, float32", loopTrials()}} {
		fmt.Fprintf(w, "\n%-36s %10s %10s %7s %12s %10s\n", part.before, "before", "after", "ratio", "difference", "allowed")
		for _, t := range part.trials {
			if err := report(w, t, rounds); err != nil {
				return err
			}
		}
	}
	return nil
}

func report(w io.Writer, t trial, rounds int) error {
	m := t.measure(rounds)
	d := t.difference()
	fmt.Fprintf(w, "%-36s %10.1f %10.1f %6.1f× %12.1e %10.1e\n", t.name, m.before, m.after, m.ratio(), d, t.tolerance)
	if d > t.tolerance {
		return fmt.Errorf("%s: results differ by %g, want at most %g", t.name, d, t.tolerance)
	}
	return nil
}
