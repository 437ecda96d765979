// Latency measures how long kernels keep goroutines from being preempted: assembly cannot be, so whoever stops the world,
// as the garbage collector does, waits for the end of the call.
//
//	go run ./trust/latency                 every kernel, with the implementation in use
//	go run ./trust/latency -run '^Affine'  some
//	SIMMER_ISA=avx2 go run ./trust/latency
//
// For each kernel it prints the time that the work of its longest call of assembly takes: a block of a vector or of a row,
// some positions of a block of classes, or the most products that a call computes. That is an upper bound of the longest
// call, as the kernel may make several of it; TopKRows with many elements is a loop in Go. Beside it stands what package runtime/metrics has as
// /sched/pauses/stopping/other:seconds, the time from the decision to stop the world until it stands still, while another
// goroutine does nothing but call the kernel on large slices; and the same while it runs a plain loop, which can be
// preempted everywhere: what the scheduler and other processes do to both.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

func main() {
	log.SetFlags(0)
	run := flag.String("run", "", "only kernels whose names match this regular expression")
	spent := flag.Duration("time", 20*time.Millisecond, "how long each kernel is stopped again and again")
	flag.Parse()
	pattern, err := regexp.Compile(*run)
	if err != nil {
		log.Fatalf("-run: %v", err)
	}
	if runtime.GOMAXPROCS(0) < 2 {
		log.Fatal("there is one processor: a goroutine that stops another needs its own")
	}
	lines := append(measure[float32](pattern, *spent), measure[float64](pattern, *spent)...)
	if len(lines) == 0 {
		log.Fatalf("-run %s: no kernel has such a name", *run)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return int(b.longest - a.longest) })
	loop := stops(plainLoop(), max(*spent, 200*time.Millisecond))
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%v\tlongest call, at most\tstopping: median\t99 of 100\t\n", kernels.Implementation())
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%.1f µs\t%.1f µs\t%.1f µs\t\n", l.name, us(l.longest), us(l.stop.median), us(l.stop.most))
	}
	fmt.Fprintf(w, "plain loop\t\t%.1f µs\t%.1f µs\t\n", us(loop.median), us(loop.most))
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	above := slices.IndexFunc(lines, func(l line) bool { return us(l.longest) <= limit })
	if above < 0 {
		above = len(lines)
	}
	fmt.Printf("%d of %d may take more than %d µs\n", above, len(lines), limit)
}

// limit is what a call should take at most, in microseconds.
const limit = 20

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// line is the result for one kernel.
type line struct {
	name    string
	longest time.Duration
	stop    delays
}

func measure[T kernels.Float](pattern *regexp.Regexp, spent time.Duration) (lines []line) {
	for _, k := range catalog.Kernels[T]() {
		if !pattern.MatchString(k.Name) {
			continue
		}
		longest := k.Ready(k.RandomArgs(longestCall[T](k), catalog.Usual, 1))
		large := k.Ready(k.RandomArgs(largeCall(k), catalog.Usual, 1))
		lines = append(lines, line{
			name:    k.Name + " " + catalog.TypeName[T](),
			longest: least(func() { k.Call(longest) }),
			stop:    stops(func() { k.Call(large) }, spent),
		})
	}
	return lines
}

// least is the shortest time that f takes.
func least(f func()) time.Duration {
	best := time.Hour
	for range 30 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}
