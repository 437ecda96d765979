// Command limit compares each kernel with what the processor allows: the cycles per element that its main loops take at
// least on the ports, and waiting for their own results, beside the cycles that it takes.
//
//	go run ./bench/limit [-only REGEXP]
//
// The loops are found in the generated assembly, so that a new kernel has its lines at once. What this processor can do
// is measured in the same run, by class of instruction: models.go. The clock is a chain of dependent additions.
//
// Loops below 0.85 of their bound are listed with what else takes time. That is mostly the window: an instruction that
// waits for its operands takes one of a few places, and chains of dependent instructions are so long that the processor
// runs out of places before it comes to the next independent chain. What helps then is more chains in a turn, shorter
// ones, and constants in registers, since an instruction that reads memory waits for that too.
//
// Where LLVM is installed, llvm-mca adds its models of other processors, with which nothing is measured (its apple-m1
// is that of an older core with three ports); NEON also needs qemu-aarch64, which counts turns.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"slices"

	"github.com/simmer-go/simmer/internal/isa"
)

func main() {
	only := flag.String("only", "", "the kernels whose assembly functions match this `REGEXP`, such as (?i)exp.*F32")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "limit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string) error {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	for _, p := range platforms() {
		if err := p.run(ctx, root, pattern); err != nil {
			return fmt.Errorf("%s: %w", p.arch, err)
		}
	}
	return nil
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/simmer-go/simmer").Output()
	return string(bytes.TrimSpace(out)), err
}

// platform is an architecture with its instruction sets, and the processors that llvm-mca models for each.
type platform struct {
	arch string
	with []string // what runs its programs here: nothing, or an emulator, which cannot measure
	sets []set
}

type set struct {
	isa    isa.ISA
	suffix string // of its files
	width  int    // bytes in a register
	models []string
}

// platforms are those whose loops can be counted here: this one if it is amd64, and arm64.
func platforms() []platform {
	var all []platform
	x86 := platform{arch: "amd64"}
	for _, s := range []set{
		{isa.AVX512, "avx512_amd64", 64, []string{"sapphirerapids"}},
		{isa.AVX2, "avx2_amd64", 32, []string{"znver4", "skylake"}},
	} {
		if slices.Contains(isa.Available(), s.isa) {
			x86.sets = append(x86.sets, s)
		}
	}
	if x86.sets != nil {
		all = append(all, x86)
	}
	neon := set{isa.NEON, "neon_arm64", 16, []string{"neoverse-n1", "neoverse-v1", "apple-m1"}}
	arm := platform{arch: "arm64", sets: []set{neon}}
	if runtime.GOARCH != "arm64" {
		arm.with = []string{"qemu-aarch64"}
	}
	if _, err := exec.LookPath(arm.program()); err == nil {
		return append(all, arm)
	}
	fmt.Printf("without NEON: %s is not installed\n", arm.program())
	return all
}

func (p platform) program() string { return append(p.with, "go")[0] }

func (p platform) run(ctx context.Context, root string, only *regexp.Regexp) error {
	var all []*function
	var tables []table
	for _, s := range p.sets {
		list, err := functions(root, s.suffix)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(f *function) bool { return !only.MatchString(f.name) })
		if len(list) > 0 {
			tables = append(tables, table{set: s, functions: list})
		}
		all = append(all, list...)
	}
	if all == nil {
		return nil
	}
	dir, err := os.MkdirTemp("", "limit")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h, err := newHarness(ctx, dir, p.arch, all)
	if err != nil {
		return err
	}
	results, models, err := h.run(ctx, p.with...)
	if err != nil {
		return err
	}
	loops, err := disassemble(ctx, h, all)
	if err != nil {
		fmt.Printf("without the models of llvm-mca: %v\n", err)
	}
	for i := range tables {
		t := &tables[i]
		t.results = results
		if len(models) > 0 {
			t.here = newProcessor(t.set.width, models)
		}
		if err := t.model(ctx, p.arch, loops); err != nil {
			return err
		}
		t.print()
	}
	return nil
}
