package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// enough is the share of the bound that needs no reason.
const enough = 0.85

// table is of one instruction set.
type table struct {
	set       set
	functions []*function
	results   map[string]*result
	here      *processor // nil: this processor does not run it
	models    []map[string]map[int]estimate
}

// model asks llvm-mca about every loop.
func (t *table) model(ctx context.Context, arch string, loops loopTexts) error {
	if loops == nil {
		t.set.models = nil
		return nil
	}
	own := loopTexts{}
	for _, f := range t.functions {
		own[f.name] = loops[f.name]
	}
	for _, m := range t.set.models {
		e, err := estimates(ctx, arch, m, own)
		if err != nil {
			return err
		}
		t.models = append(t.models, e)
	}
	return nil
}

// limit is what bounds a function here, in cycles per element, or per multiply-add.
type limit struct {
	ports, chain float64
	which        string // the ports, of the loop that takes longest
	window       float64
	memory       float64
}

func (t *table) limit(f *function) limit {
	var sum limit
	most := 0.0
	for _, l := range f.loops {
		n := t.turns(f, l.index)
		ports, which := t.here.portCycles(l.code)
		sum.ports += n * ports
		if !l.inner { // else its chains end soon, and those of the next time overlap
			sum.chain += n * chainCycles(l.code, t.here.latency)
		}
		sum.window += n * t.here.windowCycles(l.code)
		sum.memory += n * t.here.memoryCycles(l.code)
		if n*ports > most {
			most, sum.which = n*ports, which
		}
	}
	return sum
}

// turns of a loop per element.
func (t *table) turns(f *function, index int) float64 {
	r := t.results[f.name]
	return r.turns[index] / r.work
}

// perTurn is the number of elements in a turn of the loop that takes most of them.
func (t *table) perTurn(f *function) float64 {
	most, turns := 0.0, 0.0
	for _, l := range f.loops {
		if n := t.turns(f, l.index); n*float64(len(l.code)) > most {
			most, turns = n*float64(len(l.code)), n
		}
	}
	return 1 / turns
}

func (t *table) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "\n%v, cycles per element\ttype\ta turn\t", t.set.isa)
	if t.here != nil {
		fmt.Fprint(w, "ports\tof\tchain\tbound\tmeasured\tbound/measured\t")
	}
	for _, m := range t.set.models {
		fmt.Fprintf(w, "%s ports\tall\t", m)
	}
	fmt.Fprintln(w)
	var reasons []string
	for _, f := range t.functions {
		kernel, typ := f.kernel()
		fmt.Fprintf(w, "%s\t%s\t%.0f\t", kernel, typ, t.perTurn(f))
		if t.here != nil {
			l, measured := t.limit(f), t.results[f.name].cycles
			bound := max(l.ports, l.chain)
			share := bound / measured
			fmt.Fprintf(w, "%.3f\t%s\t%.3f\t%.3f\t%.3f\t%.2f\t", l.ports, l.which, l.chain, bound, measured, share)
			if share < enough {
				reasons = append(reasons, fmt.Sprintf("%s\t%s\t%.2f\t%s", kernel, typ, share, l.reason(measured)))
			}
		}
		for _, m := range t.models {
			e := t.estimate(f, m[f.name])
			fmt.Fprintf(w, "%.3f\t%.3f\t", e.ports, e.cycles)
		}
		fmt.Fprintln(w)
	}
	if len(reasons) > 0 {
		fmt.Fprintf(w, "\n%v below %v\ttype\t\twhy\n%s\n", t.set.isa, enough, strings.Join(reasons, "\n"))
	}
	w.Flush()
	if t.here != nil {
		fmt.Printf("The window has room for %d instructions that wait for operands, and %d in all.\n",
			t.here.behind("waiting"), t.here.behind("flying"))
	}
}

func (t *table) estimate(f *function, of map[int]estimate) estimate {
	var sum estimate
	for _, l := range f.loops {
		n := t.turns(f, l.index)
		sum.ports += n * of[l.index].ports
		sum.cycles += n * of[l.index].cycles
	}
	return sum
}

// reason says what else the measured time comes from: the greatest of what is known to bound it, and how much of it
// that is. What exceeds the measured time does not hold for this loop: one in another ends before its chains are waited for.
func (l limit) reason(measured float64) string {
	name, most := "", 1.02*max(l.ports, l.chain)
	if most < l.window && l.window <= 1.15*measured {
		name, most = "window", l.window
	}
	if most < l.memory && l.memory <= 1.15*measured {
		name, most = "loads and stores in turn", l.memory
	}
	if name == "" {
		return "unknown"
	}
	return fmt.Sprintf("%s: %.3f cycles, %.0f %% of the time", name, most, 100*most/measured)
}

// kernel is the name of the function without type and instruction set, as package fallback has it.
func (f *function) kernel() (name, typ string) {
	for _, set := range []string{"AVX512", "AVX2", "NEON"} {
		name, _ = strings.CutSuffix(f.name, set)
		if name != f.name {
			break
		}
	}
	at := len(name) - len("F32")
	return strings.ToUpper(name[:1]) + name[1:at], map[string]string{"F32": "float32", "F64": "float64"}[name[at:]]
}
