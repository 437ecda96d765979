package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/memfs"
)

// asCommand makes the test binary the command, for tests that kill it.
const asCommand = "SIMMER_BEAM_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	flag.Parse()
	beam.Init()
	os.Exit(m.Run())
}

// run runs the command with these flags, and returns what it prints.
func run(t testing.TB, args ...string) string {
	t.Helper()
	out, err := try(args...)
	if err != nil {
		t.Fatalf("beam %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func try(args ...string) (string, error) {
	c, args, err := parse(args...)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = c.run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

// parse reads flags, and returns the arguments behind them.
func parse(args ...string) (c config, rest []string, err error) {
	flags := flag.NewFlagSet("beam", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c.defineFlags(flags)
	if err := flags.Parse(args); err != nil {
		return c, nil, err
	}
	return c, flags.Args(), c.complete("")
}

// newTestJob is what the command makes of these flags before it begins.
func newTestJob(t testing.TB, args ...string) (config, job, *model) {
	t.Helper()
	c, _, err := parse(args...)
	if err != nil {
		t.Fatal(err)
	}
	j, m, err := newJob(context.Background(), c.options, c.input)
	if err != nil {
		t.Fatal(err)
	}
	return c, j, m
}

// rowsFile writes so many synthetic rows to a file of that name in a new folder.
func rowsFile(t testing.TB, name string, count int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := generate(path, count); err != nil {
		t.Fatal(err)
	}
	return path
}

// withBadRows makes some of the rows of a csv file bad, and returns their number.
func withBadRows(t testing.TB, path string) int {
	t.Helper()
	lines := bytes.SplitAfter(read(t, path), []byte{'\n'})
	count := 0
	for i := 0; i < len(lines)-1; i += 997 {
		lines[i] = []byte(fmt.Sprintf("%d,not a number\n", i))
		count++
	}
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	return count
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// results is the report, the predictions and the dead letters of a folder, the lines sorted.
type results struct {
	report                   string
	predictions, deadLetters []string
}

func readResults(t testing.TB, folder string) results {
	t.Helper()
	return results{string(read(t, folder+"/"+reportName)), sortedLines(t, folder+"/predictions-*"),
		sortedLines(t, folder+"/dead-letters-*")}
}

func sortedLines(t testing.TB, pattern string) (lines []string) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		lines = append(lines, strings.SplitAfter(string(read(t, name)), "\n")...)
	}
	slices.Sort(lines)
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

func (r results) check(t testing.TB, how string, want results) {
	t.Helper()
	if r.report != want.report {
		t.Errorf("%s: report\n%swant\n%s", how, r.report, want.report)
	}
	if !slices.Equal(r.predictions, want.predictions) {
		t.Errorf("%s: %d predictions differ from the %d of the plain loop", how, len(r.predictions), len(want.predictions))
	}
	if !slices.Equal(r.deadLetters, want.deadLetters) {
		t.Errorf("%s: %d dead letters differ from the %d of the plain loop", how, len(r.deadLetters), len(want.deadLetters))
	}
}

// plain scores in one process without Beam.
func plain(t testing.TB, args ...string) results {
	t.Helper()
	return shards(t, 1, args...)
}

// shards scores in so many shards, one after the other in random order, and merges them in another.
func shards(t testing.TB, n int, args ...string) results {
	t.Helper()
	folder := t.TempDir()
	for _, i := range rand.Perm(n) {
		run(t, append(slices.Clone(args), "-output", folder, "-shard", fmt.Sprintf("%d/%d", i, n))...)
	}
	names := partials(t, folder)
	rand.Shuffle(n, func(i, j int) { names[i], names[j] = names[j], names[i] })
	run(t, append([]string{"-output", folder, "-merge"}, names...)...)
	return readResults(t, folder)
}

func partials(t testing.TB, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(folder + "/partial-*.json")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// onPrism scores on the runner that is part of Beam.
func onPrism(t testing.TB, workers int, args ...string) results {
	t.Helper()
	folder := t.TempDir()
	run(t, append(slices.Clone(args), "-output", folder, "-workers", fmt.Sprint(workers))...)
	return readResults(t, folder)
}

// Prism with any number of workers, shards and batches of any size have the bits of the plain loop.
func TestOneResult(t *testing.T) {
	const rows = 10_000
	path := rowsFile(t, "rows.csv", rows)
	bad := withBadRows(t, path)
	args := []string{"-input", path, "-label", "64", "-outputs", "probabilities,mean,variance"}
	want := plain(t, args...)
	if len(want.predictions) != rows-bad || len(want.deadLetters) != bad {
		t.Fatalf("%d predictions and %d dead letters of %d rows, %d of them bad", len(want.predictions),
			len(want.deadLetters), rows, bad)
	}
	onPrism(t, 1, args...).check(t, "1 worker", want)
	onPrism(t, 2, append(args, "-part-bytes", "100000")...).check(t, "2 workers, many parts", want)
	onPrism(t, 8, args...).check(t, "8 workers", want)
	shards(t, 7, args...).check(t, "7 shards", want)
	shards(t, 3, append(args, "-batch", "1")...).check(t, "3 shards, batches of 1", want)
	shards(t, 2, append(args, "-batch", "61")...).check(t, "2 shards, batches of 61", want)
}

// The rows of a binary file have the results of the same rows as text.
func TestFormats(t *testing.T) {
	want := plain(t, "-input", rowsFile(t, "rows.csv", 300), "-label", "64")
	for _, name := range []string{"rows.fp32", "rows.fp64"} {
		got := shards(t, 3, "-input", rowsFile(t, name, 300), "-label", "64")
		if got := values(got.predictions); !slices.Equal(got, values(want.predictions)) {
			t.Errorf("%s has other predictions than rows.csv", name)
		}
	}
}

// values is the predictions without where the rows are, sorted.
func values(predictions []string) (all []string) {
	for _, line := range predictions {
		all = append(all, strings.SplitN(line, ",", 3)[2])
	}
	slices.Sort(all)
	return all
}

// Other file systems than the local one serve too, also if they cannot seek.
func TestFileSystems(t *testing.T) {
	path := rowsFile(t, "rows.csv", 300)
	want := plain(t, "-input", path, "-label", "64")
	memfs.Write("memfs://in/rows.csv", read(t, path))
	args := []string{"-input", "memfs://in/*.csv", "-label", "64", "-output"}
	report := run(t, append(args, "memfs://beam", "-workers", "3")...)
	for _, shard := range []string{"2/3", "0/3", "1/3"} {
		run(t, append(args, "memfs://shards", "-shard", shard)...)
	}
	if merged := run(t, "-output", "memfs://shards", "-merge"); merged != report {
		t.Errorf("shards have the report\n%swant\n%s", merged, report)
	}
	var evaluations [2]struct{ Evaluation json.RawMessage }
	for i, text := range []string{report, want.report} {
		if err := json.Unmarshal([]byte(text), &evaluations[i]); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := string(evaluations[0].Evaluation), string(evaluations[1].Evaluation); got != want || got == "" {
		t.Errorf("evaluation\n%s\nwant\n%s", got, want)
	}
}

// Files and folders may be named relative to the working folder.
func TestRelativeNames(t *testing.T) {
	weights, err := filepath.Abs(digitsWeights)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(rowsFile(t, "rows.csv", 20)))
	args := []string{"-input", "./*.csv", "-weights", weights, "-modules", digitsModules}
	run(t, append(args, "-output", "./scored/")...)
	run(t, append(args, "-output", "./shard/", "-shard", "0/1")...)
	run(t, "-output", "./shard", "-merge")
}

// Draws do not depend on the batch or the shard either.
func TestDraws(t *testing.T) {
	args := []string{"-input", rowsFile(t, "rows.fp32", 100), "-label", "64", "-draws", "7",
		"-outputs", "variance,probabilities"}
	want := plain(t, args...)
	shards(t, 3, append(args, "-batch", "5")...).check(t, "3 shards", want)
	if other := plain(t, append(args, "-seed", "2")...); slices.Equal(other.predictions, want.predictions) {
		t.Error("another seed has the same draws")
	}
}
