// Inputs runs all 2³² float32 inputs of every function of one argument on every implementation that this processor has,
// ten million float64 inputs, half of them where the error is large, and half a million of functions of several arguments;
// and says where the result is farthest from the exact one, and how many results are not the nearest number.
//
//	go run ./trust/inputs                     all functions: minutes each, with two processors
//	go run ./trust/inputs -run '^(Exp|Log)To' some
//	go run ./trust/inputs -type float64       float64 only
//	go run ./trust/inputs -type regions       the mean errors of the regions that tests compare with
//	go run ./trust/inputs -write              and write the results to internal/testkit/ref/testdata
//
// The exact results are those of package math in float64, for float64 inputs of 106 bits, and of math/big where these
// cannot tell. They are formed once for each input: the bits of the other implementations are compared with the first's.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"time"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func main() {
	log.SetFlags(0)
	var (
		run     = flag.String("run", "", "only functions whose names match this regular expression")
		kind    = flag.String("type", "", "only float32, float64, or regions")
		samples = flag.Int("n", 10_000_000, "how many float64 inputs")
		folder  = flag.String("dir", filepath.Join("internal", "testkit", "ref", "testdata"), "where the results are kept")
		write   = flag.Bool("write", false, "write the results there")
	)
	flag.Parse()
	pattern, err := regexp.Compile(*run)
	if err != nil {
		log.Fatalf("-run: %v", err)
	}
	if !slices.Contains([]string{"", "float32", "float64", "regions"}, *kind) {
		log.Fatalf("-type %s: want float32, float64 or regions", *kind)
	}
	if *kind == "regions" {
		if err := regions(pattern, *folder, *write); err != nil {
			log.Fatal(err)
		}
		return
	}
	debug.SetGCPercent(400) // math/big makes little but garbage
	known, err := ref.ReadHard(filepath.Join(*folder, "hard.txt"))
	if err != nil {
		log.Fatal(err)
	}
	keep := func(r result) {
		if *write {
			if err := save(*folder, r); err != nil {
				log.Fatal(err)
			}
		}
	}
	for _, f := range ref.Functions() {
		if !pattern.MatchString(f.Name) {
			continue
		}
		if *kind != "float64" {
			keep(timed(func() result { return all32(f, 1, os.Stderr) }))
		}
		if *kind != "float32" {
			keep(timed(func() result { return some64(f, known, *samples, os.Stderr) }))
		}
	}
	for _, f := range ref.AllSeveral() {
		if !pattern.MatchString(f.Name) {
			continue
		}
		if *kind != "float64" {
			keep(timed(func() result { return several[float32](f, known, *samples/20, os.Stderr) }))
		}
		if *kind != "float32" {
			keep(timed(func() result { return several[float64](f, known, *samples/20, os.Stderr) }))
		}
	}
}

// timed prints what f found, and how long it took.
func timed(f func() result) result {
	start := time.Now()
	r := f()
	m := r.measured
	fmt.Printf("%-16s %s  worst %.4f ULP at %x, %.3g of %.3g not the nearest, %v\n", m.Name, m.Type, m.ULP, m.Args,
		float64(m.Misrounded), float64(m.Inputs), time.Since(start).Round(time.Second))
	return r
}
