package bnn_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// refuseConfig makes a layer, and a model with it, that cannot be.
func refuseConfig(t *testing.T, cfg bnn.LinearConfig, want string) {
	t.Helper()
	if _, err := bnn.NewLinear[float64](cfg); err == nil || !strings.HasPrefix(err.Error(), "bnn: NewLinear: ") ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err := bnn.NewSequential[float64](bnn.LinearConfig{In: 1, Out: 3}, bnn.ReLU, cfg)
	if err == nil || !strings.HasPrefix(err.Error(), "bnn: NewSequential: module 2: ") ||
		!strings.Contains(err.Error(), want) || strings.Count(err.Error(), "bnn: ") > 1 {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestBadConfigs makes layers and models that cannot be.
func TestBadConfigs(t *testing.T) {
	type wrapped struct{ bnn.Diagonal }
	for want, cfg := range map[string]bnn.LinearConfig{
		"In is 0 and Out is 2":  {Out: 2},
		"In is 3 and Out is -1": {In: 3, Out: -1},
		"Type is 3":             {In: 1, Out: 1, Type: 3},
		"Type is -1":            {In: 1, Out: 1, Type: -1},
		"LowRank.Rank is 0":     {In: 1, Out: 1, Covariance: bnn.LowRank{}},
		"Kronecker ranks are 1 and -2": {In: 1, Out: 1,
			Covariance: bnn.Kronecker{InputRank: 1, OutputRank: -2}},
		"KroneckerLayout(2) is not a layout":               {In: 1, Out: 1, Covariance: bnn.Kronecker{Layout: 2}},
		"Covariance is a *bnn.Diagonal, want a covariance": {In: 1, Out: 1, Covariance: &bnn.Diagonal{}},
		"Covariance is a bnn_test.wrapped":                 {In: 1, Out: 1, Covariance: wrapped{}},
		"is a *bnn.LowRank":                                {In: 1, Out: 1, Covariance: (*bnn.LowRank)(nil)},
	} {
		refuseConfig(t, cfg, want)
	}
	one := bnn.LinearConfig{In: 1, Out: 1}
	for want, modules := range map[string][]bnn.Module{
		"the first and the last module must be linear layers": {},
		"first and the last":                                {bnn.ReLU, one},
		"the last module must":                              {one, bnn.ReLU},
		"module 1: it is a <nil>":                           {one, nil, one},
		"module 1: it is a *bnn.LinearConfig":               {one, &one},
		"module 1: Activation(8) is no activation":          {one, bnn.LogSigmoid + 1, one},
		"module 2: In is 2, but the layer before has Out 1": {one, bnn.Tanh, bnn.LinearConfig{In: 2, Out: 1}},
	} {
		if _, err := bnn.NewSequential[float64](modules...); err == nil || !strings.Contains(err.Error(),
			"bnn: NewSequential: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestHugeConfigs has sizes as a file may have them, whose products overflow or take all memory: they are refused
// before anything is allocated.
func TestHugeConfigs(t *testing.T) {
	const huge = math.MaxInt
	pow2 := func(n int) int { return 1 << n } // which compiles, and vets, where an int has 32 bits
	if pow2(31) < 0 {
		t.Skip("the numbers are those of 64 bits")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, cfg := range []bnn.LinearConfig{ // without the covariance already
		{In: pow2(62), Out: 4},
		{In: pow2(36), Out: pow2(30)},
		{In: huge, Out: 1},
		{In: 1, Out: huge, Covariance: bnn.Diagonal{}},
		{In: huge, Out: huge, NoBias: true, Covariance: bnn.Kronecker{}},
		{In: pow2(32), Out: 1, Covariance: bnn.Factorized{}},
		{In: pow2(30), Out: 2}, // the bias is too much
	} {
		refuseConfig(t, cfg, fmt.Sprintf("In is %d and Out is %d: more than 2147483648 parameters", cfg.In, cfg.Out))
	}
	for _, cfg := range []bnn.LinearConfig{
		{In: 1 << 30, Out: 1, Covariance: bnn.Diagonal{}},
		{In: 300, Out: 300, Covariance: bnn.Factorized{}},
		{In: pow2(31), Out: 1, NoBias: true, Covariance: bnn.Factorized{}},
		{In: 300, Out: 300, Covariance: bnn.LowRank{Rank: huge}},
		{In: 1 << 20, Out: 64, Covariance: bnn.LowRank{Rank: 32}},
		{In: 1, Out: 1, Covariance: bnn.Kronecker{InputRank: huge, OutputRank: huge}},
		{In: 3, Out: 1, Covariance: bnn.Kronecker{InputRank: pow2(62)}},
		{In: 1 << 16, Out: 1, Covariance: bnn.Kronecker{}},
		{In: 1, Out: 1, Covariance: bnn.Kronecker{InputRank: 1 << 17, OutputRank: 1 << 17}}, // normals
	} {
		refuseConfig(t, cfg, fmt.Sprintf("In is %d, Out is %d and Covariance is %v: more than 2147483648 parameters, or ",
			cfg.In, cfg.Out, cfg.Covariance))
	}
	gigabyte := bnn.LinearConfig{In: 1 << 14, Out: 1 << 14}
	_, err := bnn.NewSequential[float32](slices.Repeat([]bnn.Module{gigabyte}, 8)...)
	if err == nil || !strings.Contains(err.Error(), "module 7: In is 16384 and Out is 16384: more than 2147483648") {
		t.Errorf("got %v", err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
	if _, err := bnn.NewLinear[float32](bnn.LinearConfig{In: 2, Out: 3, Covariance: bnn.LowRank{Rank: huge}}); err != nil {
		t.Errorf("a rank that is capped: %v", err)
	}
}
