// Command bench shows on real input, the handwritten digits that it carries, that every implementation of the
// kernels that this processor has gives the same bits as the portable fallback, and then what the best known of them cost,
// what short calls cost at worst, and how all compare with loops in plain Go.
//
//	go run ./bench                          one screen
//	go run ./bench -all                     every kernel, in both types and several sizes, in about a minute and a half
//	go run ./bench -kernel softplus,sum     kernels with one of these names, or with names that contain it
//	go run ./bench -n 8,100000              other numbers of elements (of row kernels: all that fill rows;
//	                                        of products: results)
//	go run ./bench -json                    one JSON document instead of tables
//
// It exits with 1 if an implementation disagrees, naming kernel, type, implementation, position and both values;
// with 2 if the command line is wrong, and with 130 when interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options is the command line.
type options struct {
	kernels []string // names or parts of them in lower case; none means all
	sizes   []int    // none means the usual
	json    bool
	all     bool
	time    time.Duration
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	p := newProgress(stderr)
	defer p.clear()
	colour := isTerminal(stdout) && os.Getenv("NO_COLOR") == ""
	stdout, stderr = p.below(stdout), p.below(stderr)
	var to report = newScreen(stdout, colour)
	switch {
	case o.json:
		to = &document{w: stdout}
	case !o.screen():
		to = &text{w: stdout}
	}
	err = bench(ctx, o, to, p)
	if ended := to.end(err == nil); err == nil {
		err = ended
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "bench: interrupted")
		return 130
	case err != nil:
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var names, sizes string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&names, "kernel", "", "only kernels of these `names`, or with names that contain them, separated by commas")
	flags.StringVar(&sizes, "n", "", "`numbers` of elements, separated by commas (default 8,128,4096,2097152)")
	flags.BoolVar(&o.all, "all", false, "time every kernel, in both types and several sizes")
	flags.BoolVar(&o.json, "json", false, "print one JSON document, of every kernel")
	flags.DurationVar(&o.time, "time", 30*time.Millisecond, "time for each line of the table, if calls are short")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return o, o.set(names, sizes)
}

// screen reports whether there are no options that ask for more.
func (o *options) screen() bool { return !o.all && !o.json && o.kernels == nil && o.sizes == nil }

// maxElements keeps a slip of the finger from filling the memory: 4 slices of float64 take 4 GB.
const maxElements = 1 << 27

func (o *options) set(names, sizes string) error {
	if o.time <= 0 {
		return fmt.Errorf("-time %v: must be positive", o.time)
	}
	if sizes != "" {
		for field := range strings.SplitSeq(sizes, ",") {
			n, err := strconv.Atoi(field)
			if err != nil || n < 1 || n > maxElements {
				return fmt.Errorf("-n %q: must be numbers from 1 to %d", sizes, maxElements)
			}
			o.sizes = append(o.sizes, n)
		}
	}
	if names != "" {
		o.kernels = strings.Split(strings.ToLower(names), ",")
	}
	for _, part := range o.kernels {
		if !knownPart(part) {
			return fmt.Errorf("-kernel %q: no kernel's name contains %q; there are %s", names, part, strings.Join(kernelNames(), ", "))
		}
	}
	return nil
}

func kernelNames() []string {
	var all []string
	for _, k := range catalog.Kernels[float64]() {
		all = append(all, k.Name)
	}
	return all
}

func knownPart(part string) bool {
	for _, name := range kernelNames() {
		if matches(part, name) {
			return true
		}
	}
	return false
}

// wants says whether a kernel is asked for.
func (o *options) wants(name string) bool {
	for _, part := range o.kernels {
		if matches(part, name) {
			return true
		}
	}
	return len(o.kernels) == 0
}

// matches says whether name contains part, or is part if that is a whole name: "sum" is Sum alone.
func matches(part, name string) bool {
	if part == "" {
		return false
	}
	for _, whole := range kernelNames() {
		if strings.EqualFold(part, whole) {
			return whole == name
		}
	}
	return strings.Contains(strings.ToLower(name), part)
}
