// Inputs runs all 2³² float32 inputs of every function of one argument on every implementation that this processor has,
// and ten million float64 inputs, most of them where the error is large; and says where the result is farthest from the
// exact one, and how many results are not the nearest number.
//
//	go run ./trust/inputs                     all functions: minutes each, with two processors
//	go run ./trust/inputs -run '^(Exp|Log)To' some
//	go run ./trust/inputs -type float64       float64 only
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
	"time"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func main() {
	log.SetFlags(0)
	var (
		run     = flag.String("run", "", "only functions whose names match this regular expression")
		kind    = flag.String("type", "", "only float32 or float64")
		samples = flag.Int("n", 10_000_000, "how many float64 inputs")
		folder  = flag.String("dir", filepath.Join("internal", "testkit", "ref", "testdata"), "where the results are kept")
		write   = flag.Bool("write", false, "write the results there")
	)
	flag.Parse()
	pattern, err := regexp.Compile(*run)
	if err != nil {
		log.Fatalf("-run: %v", err)
	}
	if *kind != "" && *kind != "float32" && *kind != "float64" {
		log.Fatalf("-type %s: want float32 or float64", *kind)
	}
	debug.SetGCPercent(400) // math/big makes little but garbage
	for _, f := range ref.Functions() {
		if !pattern.MatchString(f.Name) {
			continue
		}
		var found []result
		if *kind != "float64" {
			found = append(found, timed(func() result { return all32(f, 1, os.Stderr) }))
		}
		if *kind != "float32" {
			found = append(found, timed(func() result { return some64(f, *samples, os.Stderr) }))
		}
		for _, r := range found {
			if *write {
				if err := save(*folder, r); err != nil {
					log.Fatal(err)
				}
			}
		}
	}
}

// timed prints what f found, and how long it took.
func timed(f func() result) result {
	start := time.Now()
	r := f()
	m := r.measured
	fmt.Printf("%-16s %s  worst %.4f ULP at %x, %.3g of %.3g not the nearest, %v\n", m.Name, m.Type, m.ULP, m.X,
		float64(m.Misrounded), float64(m.Inputs), time.Since(start).Round(time.Second))
	return r
}
