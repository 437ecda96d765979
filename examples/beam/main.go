// Beam scores more rows than one machine would in good time: on Apache Beam, or in shards that know nothing of each
// other. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
)

// config is what the flags say.
type config struct {
	options
	input     string
	outputs   string
	shard     string
	merge     bool
	generate  int
	workers   int
	partBytes int64
}

func (c *config) defineFlags(f *flag.FlagSet) {
	f.StringVar(&c.input, "input", "", "score the rows of these files: a `pattern`, such as 'rows/*.csv'")
	f.StringVar(&c.Output, "output", "", "write the results to this `folder`")
	f.StringVar(&c.Format, "format", "",
		"rows are `csv`, FP32 or FP64; by default as the input's name ends: .csv, .fp32, .fp64")
	f.BoolVar(&c.Header, "header", false, "the first line of each csv file is none of its rows")
	f.IntVar(&c.Label, "label", -1, "the `column`, from 0 on, that has the class of a row")
	f.StringVar(&c.Weights, "weights", digitsWeights, "read the model from this .safetensors `file`")
	f.StringVar(&c.Prefix, "prefix", "", "take this `prefix` away from the keys of the file, such as module.")
	f.StringVar(&c.Modules, "modules", "",
		"the `modules` of the model, such as \"input ReLU output\", if the file's metadata do not list them")
	f.StringVar(&c.outputs, "outputs", "probabilities", "write `these` of each row: "+strings.Join(outputNames, ","))
	f.IntVar(&c.Draws, "draws", 0, "average over so many `draws` of the weights; 0 is the closed form")
	f.Uint64Var(&c.Seed, "seed", 1, "`seed` of the draws")
	f.IntVar(&c.Bins, "bins", 15, "`number` of bins of the calibration")
	f.IntVar(&c.Batch, "batch", 256, "score so many `rows` together")
	f.StringVar(&c.shard, "shard", "", "without Beam: score share `i/n`, i from 0 to n-1")
	f.BoolVar(&c.merge, "merge", false,
		"without Beam: merge the partial results of all shards, those named or all of -output")
	f.IntVar(&c.generate, "generate", 0, "write so many synthetic `rows` to the file -output, and do nothing else")
	f.IntVar(&c.workers, "workers", 0, "cut the input in so many `parts` before the runner does; 0 is one for each "+
		"processor on Prism, which otherwise begins with one worker, and 1 elsewhere")
	f.Int64Var(&c.partBytes, "part-bytes", 64<<20, "have the runner cut the input in parts of so many `bytes`")
}

// complete sets what other flags imply, and says which flag cannot be.
func (c *config) complete(runner string) error {
	if c.Output == "" {
		return errors.New("-output is missing")
	}
	c.Output = strings.TrimRight(c.Output, "/")
	if c.generate < 0 {
		return fmt.Errorf("-generate is %d, want at least 1", c.generate)
	}
	if c.generate != 0 || c.merge {
		return nil
	}
	if c.input == "" {
		return errors.New("-input is missing")
	}
	if c.Format == "" {
		c.Format = formatOf(c.input)
	}
	if c.outputs != "" {
		c.Outputs = strings.Split(c.outputs, ",")
	}
	if c.Weights == digitsWeights && c.Modules == "" {
		c.Modules = digitsModules
	}
	if c.Draws == 0 {
		c.Seed = 0 // has no part in the results
	}
	if c.workers == 0 {
		c.workers = 1
		if runner == "" || strings.HasPrefix(strings.ToLower(runner), "prism") {
			c.workers = runtime.GOMAXPROCS(0)
		}
	}
	if c.workers < 1 || c.partBytes < 1 {
		return fmt.Errorf("-workers is %d and -part-bytes %d, want at least 1", c.workers, c.partBytes)
	}
	return c.options.check()
}

func main() {
	var c config
	c.defineFlags(flag.CommandLine)
	flag.Parse()
	beam.Init() // a worker that a runner has started does not come back from here
	if err := c.complete(*runners.Runner); err != nil {
		fmt.Fprintln(os.Stderr, "beam:", err)
		os.Exit(2)
	}
	if err := c.run(context.Background(), flag.Args(), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "beam:", err)
		os.Exit(1)
	}
}

// run does what the flags say, and prints the report where there is one.
func (c *config) run(ctx context.Context, args []string, out, log io.Writer) error {
	if len(args) > 0 && !c.merge {
		return fmt.Errorf("unexpected argument %q", args[0])
	}
	switch {
	case c.generate != 0:
		return generate(c.Output, c.generate)
	case c.merge:
		if err := runMerge(ctx, c.Output, args); err != nil {
			return err
		}
	case c.shard != "":
		i, n, err := parseShard(c.shard)
		if err != nil {
			return err
		}
		return runShard(ctx, c.options, c.input, i, n, log)
	default:
		result, err := runBeam(ctx, c.options, c.input, c.workers, c.partBytes)
		if err != nil {
			return err
		}
		printCounters(log, result)
	}
	return printReport(ctx, c.Output, out)
}

// parseShard reads i/n.
func parseShard(s string) (i, n int, err error) {
	var rest string
	if count, _ := fmt.Sscanf(s, "%d/%d%s", &i, &n, &rest); count != 2 || i < 0 || i >= n {
		return 0, 0, fmt.Errorf("-shard is %q, want i/n with i from 0 to n-1", s)
	}
	return i, n, nil
}

// printCounters prints what the runner has counted.
func printCounters(log io.Writer, result beam.PipelineResult) {
	sums := map[string]int64{}
	for _, counter := range result.Metrics().AllMetrics().Counters() {
		if counter.Namespace() == counterNamespace {
			sums[counter.Name()] += counter.Result()
		}
	}
	fmt.Fprintf(log, "counters: %d rows, %d bad rows, %d batches\n", sums["rows"], sums["bad_rows"], sums["batches"])
}

func printReport(ctx context.Context, folder string, out io.Writer) error {
	f, err := openAt(ctx, folder+"/"+reportName, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(out, f)
	return err
}
