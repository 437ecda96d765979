// Command mutate plants small faults in a copy of this module, one at a time, and looks for a test that notices each: it
// shows what the tests are worth.
//
//	go run ./trust/mutate                         all faults, which takes hours
//	go run ./trust/mutate -run 'softplus|exp'     those whose names match
//	go run ./trust/mutate -random 10 -seed 7      ten at random; without a seed one of the day
//	go run ./trust/mutate -resume                 go on where the last run ended, if no file has changed since
//	go run ./trust/mutate -list                   the faults and why they are there
//
// The faults are in faults/*.txt. One in a description or in a coefficient has its assembly generated anew, so that all
// implementations have it and only tests of what is right can notice. Digests are not such tests: one command renews them.
// A fault that nothing but a digest notices counts as one that survives, and is listed apart.
//
// Every fault gets the tests named with it first and then all that could notice, up to the first that fails. Progress goes to
// standard error, the summary to standard output. The exit code is 1 if a fault survived, 2 if something else went wrong.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

type options struct {
	match   *regexp.Regexp
	random  int
	seed    uint64
	limit   time.Duration
	timeout time.Duration
	results string
	resume  bool
	list    bool
}

func main() {
	o, err := parseFlags(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	if err != nil {
		os.Exit(2) // parseFlags has said why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	good, err := mutate(ctx, o)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	case !good:
		os.Exit(1)
	}
}

func parseFlags(args []string) (o options, err error) {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	today := uint64(time.Now().Unix() / (24 * 60 * 60))
	flags.Func("run", "only faults whose names match the regular `expression`", func(s string) (err error) {
		o.match, err = regexp.Compile(s)
		return err
	})
	flags.IntVar(&o.random, "random", 0, "only so many faults, chosen at random")
	flags.Uint64Var(&o.seed, "seed", today, "of the choice at random")
	flags.DurationVar(&o.limit, "limit", 15*time.Minute, "time for each fault")
	flags.DurationVar(&o.timeout, "timeout", 0, "time in all, after which no fault is begun and the last is given up; 0 for any")
	flags.StringVar(&o.results, "results", filepath.Join(os.TempDir(), "simmer-mutate.jsonl"), "the `file` that results go to")
	flags.BoolVar(&o.resume, "resume", false, "take the results that are in the file, if no file of the module has changed")
	flags.BoolVar(&o.list, "list", false, "list the faults, and plant none")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.random < 0 || o.limit <= 0 || o.timeout < 0 {
		err = fmt.Errorf("unexpected arguments %q, or a negative number", flags.Args())
		fmt.Fprintln(flags.Output(), "mutate:", err)
	}
	return o, err
}

// choose picks faults by their names, then at random: of these the quick ones, without new assembly, come first, since time
// may be short. Otherwise they keep their order.
func (o options) choose(list []Fault) []Fault {
	if o.match != nil {
		list = slices.DeleteFunc(list, func(f Fault) bool { return !o.match.MatchString(f.Name) })
	}
	if o.random == 0 || o.random >= len(list) {
		return list
	}
	picks := rand.New(rand.NewPCG(o.seed, 0)).Perm(len(list))[:o.random]
	slices.Sort(picks)
	var chosen []Fault
	for _, i := range picks {
		chosen = append(chosen, list[i])
	}
	slices.SortStableFunc(chosen, func(a, b Fault) int {
		switch {
		case a.regenerates() == b.regenerates():
			return 0
		case b.regenerates():
			return -1
		}
		return 1
	})
	return chosen
}

func mutate(ctx context.Context, o options) (good bool, err error) {
	list, err := faults()
	if err != nil {
		return false, err
	}
	all := len(list)
	list = o.choose(list)
	if o.list {
		for _, f := range list {
			fmt.Printf("%-40s %s\n", f.Name, f.Why)
		}
		return true, nil
	}
	files, err := snapshot(".")
	if err != nil {
		return false, err
	}
	folder, err := os.MkdirTemp("", "simmer-mutate-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	t := &tree{folder, files}
	if err := t.restore(); err != nil {
		return false, err
	}
	fmt.Fprintf(os.Stderr, "%d of %d faults", len(list), all)
	if o.random > 0 {
		fmt.Fprintf(os.Stderr, ", at random by -seed %d", o.seed)
	}
	fmt.Fprintln(os.Stderr)
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	results, err := plantAll(ctx, o, t, list)
	summarize(os.Stdout, list, results)
	return !slices.ContainsFunc(results, func(r Result) bool { return r.Outcome != Killed }), err
}

// plantAll plants one fault after the other, and stops when the time is up.
func plantAll(ctx context.Context, o options, t *tree, list []Fault) (results []Result, err error) {
	hash := sum(t.files)
	known, err := earlier(o, hash)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(o.results)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	out := json.NewEncoder(file)
	for _, result := range known { // without a line that was not finished
		if err := out.Encode(result); err != nil {
			return nil, err
		}
	}
	r := &runner{tree: t, limit: o.limit, sound: map[string]bool{}}
	for i, f := range list {
		if ctx.Err() != nil {
			break
		}
		result, ok := known[f.Name]
		if !ok {
			if result, err = r.run(ctx, &f); err != nil {
				return results, err
			}
			if result.Outcome == TooLong && ctx.Err() != nil {
				break // in all, not for this fault
			}
			result.Tree = hash
			if err := out.Encode(result); err != nil {
				return results, err
			}
		}
		results = append(results, result)
		fmt.Fprintf(os.Stderr, "%3d/%d  %5.1f s  %s: %s %s\n",
			i+1, len(list), result.Seconds, f.Name, result.Outcome, result.By)
	}
	return results, nil
}

// earlier are the results of the same files that the file of results has, if they are wanted.
func earlier(o options, hash string) (map[string]Result, error) {
	if !o.resume {
		return nil, nil
	}
	file, err := os.Open(o.results)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	known := map[string]Result{}
	for d := json.NewDecoder(file); ; {
		var r Result
		switch err := d.Decode(&r); {
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF): // it ends where a run was stopped
			return known, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", o.results, err)
		case r.Tree == hash:
			known[r.Fault] = r
		}
	}
}

// summarize lists the faults that were not killed, by outcome, and counts all.
func summarize(w io.Writer, list []Fault, results []Result) {
	why := map[string]string{}
	for _, f := range list {
		why[f.Name] = f.Why
	}
	count, seconds := map[Outcome]int{}, 0.0
	for _, r := range results {
		count[r.Outcome]++
		seconds += r.Seconds
	}
	for _, outcome := range []Outcome{Survived, OnlyDigest, TooLong, Broken} {
		for _, r := range results {
			if r.Outcome == outcome {
				fmt.Fprintf(w, "%s: %s (%s) %s\n", outcome, r.Fault, why[r.Fault], r.By)
			}
		}
	}
	fmt.Fprintf(w, "%d faults: %d killed, %d survived, %d noticed by a digest only, %d without an answer, %d that do not build",
		len(results), count[Killed], count[Survived], count[OnlyDigest], count[TooLong], count[Broken])
	if left := len(list) - len(results); left > 0 {
		fmt.Fprintf(w, ", %d not planted", left)
	}
	fmt.Fprintf(w, "; %.0f s\n", seconds)
}
