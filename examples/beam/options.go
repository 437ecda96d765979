package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// options is what the results depend on, Batch and Output apart.
type options struct {
	Weights string // file
	Prefix  string
	Modules string
	Model   string // SHA-256 of the file

	Format string // csv, FP32 or FP64
	Header bool
	Label  int // column, −1 if there is none

	Outputs []string // of outputNames
	Draws   int      // 0: closed form
	Seed    uint64
	Bins    int

	Batch  int    // rows
	Output string // folder
}

// outputNames is what can be written of each row, by the names that examples/serve has for it.
var outputNames = []string{"probabilities", "mean", "variance"}

// check says which flag cannot be.
func (o *options) check() error {
	for _, name := range o.Outputs {
		if !slices.Contains(outputNames, name) {
			return fmt.Errorf("-outputs has %q, want some of %s", name, strings.Join(outputNames, ","))
		}
	}
	switch {
	case o.Format != "csv" && o.Format != "FP32" && o.Format != "FP64":
		return fmt.Errorf("-format is %q, want csv, FP32 or FP64", o.Format)
	case o.Header && o.Format != "csv":
		return fmt.Errorf("-header is for csv, but -format is %s", o.Format)
	case o.Label < -1:
		return fmt.Errorf("-label is %d, want a column from 0 on, or -1 for none", o.Label)
	case o.Draws < 0 || o.Draws == 1 && (o.want("mean") || o.want("variance")):
		return fmt.Errorf("-draws is %d, want 0 for the closed form, or at least 2 for mean and variance", o.Draws)
	case o.Bins < 1 || o.Bins > 1<<16:
		return fmt.Errorf("-bins is %d, want 1 to %d", o.Bins, 1<<16)
	case o.Batch < 1 || o.Batch > 1<<16:
		return fmt.Errorf("-batch is %d, want 1 to %d", o.Batch, 1<<16)
	}
	return nil
}

func (o *options) want(output string) bool { return slices.Contains(o.Outputs, output) }

// fingerprint is equal for shards of one job: it covers the model, the options that the results depend on, and of the
// input names, sizes and how each file begins.
func fingerprint(ctx context.Context, o options, files []inputFile) (string, error) {
	o.Weights, o.Batch, o.Output = "", 0, ""
	hash := sha256.New()
	if err := json.NewEncoder(hash).Encode(o); err != nil {
		return "", err
	}
	for _, f := range files {
		fmt.Fprintf(hash, "%q %d\n", f.Name, f.Size)
		if err := hashBeginning(ctx, hash, f.Name); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func hashBeginning(ctx context.Context, hash io.Writer, name string) error {
	f, err := openAt(ctx, name, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(hash, io.LimitReader(f, 1<<16))
	return err
}
