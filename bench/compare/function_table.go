package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// promised are the greatest ratios of times, with AVX-512 and with AVX2.
var promised = map[string][2]float64{
	"exp float32 SLEEF": {1, 1}, "tanh float32 SLEEF": {0.4, 0.4}, "erf float32 SLEEF": {0.4, 0.4},
	"tanh float64 SLEEF": {0.6, 0.6}, "erf float64 SLEEF": {0.6, 0.6},
	"softplus float32 libmvec": {0.5, 0.65}, "softplus float64 libmvec": {0.5, 0},
	"tanh float32 PyTorch": {0.2, 0.3}, "mish float32 PyTorch": {0.15, 0.25}, "silu float32 PyTorch": {0.45, 0.85},
	"squared_error float32 vek": {1.15, 1.15}, "squared_error float64 vek": {1.15, 1.15},
	"logsumexp float64 gonum": {1.0 / 12, 1.0 / 12},
}

// compareFunctions prints a line for each function, type, length and library.
func (s *settings) compareFunctions(ctx context.Context) error {
	var err error
	if s.dir, err = os.MkdirTemp("", "compare"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	fmt.Printf("one thread, %s\n", machine())
	peers, stop := s.functionPeers(ctx)
	defer stop()
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "\n\t\t\tns per element\t\t\t\tours/theirs\t\t\tworst ULP, usual\t\tanywhere\t\t")
	fmt.Fprintln(w, "function\ttype\tn\tavx512\tavx2\tlibrary\ttheirs\tavx512\tavx2\t\t"+
		"ours\ttheirs\tours\ttheirs\tof x\tis\tshould be\t")
	if err := functionTable[float32](ctx, s, w, peers); err != nil {
		return err
	}
	return functionTable[float64](ctx, s, w, peers)
}

func functionTable[T kernels.Float](ctx context.Context, s *settings, w io.Writer, peers []peer) error {
	libraries := rivals[T](peers)
	for _, f := range functions[T]() {
		if !s.only.MatchString(fmt.Sprintf("%s float%d", f.name, bitsOf[T]())) {
			continue
		}
		c := comparisonOf[T]{function: &f, settings: s, rivals: libraries}
		if err := c.judge(); err != nil {
			return err
		}
		for _, n := range s.lengths {
			if err := c.measure(ctx, w, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// rivals are those of this process, and of the others, once for each width of registers.
func rivals[T kernels.Float](peers []peer) []rival[T] {
	var all []rival[T]
	for _, l := range goLibraries[T]() {
		if l.functions != nil {
			all = append(all, rival[T]{name: l.name, here: l.functions})
		}
	}
	for _, p := range peers {
		if p.name == "PyTorch" {
			all = append(all, rival[T]{name: p.name, process: p.process})
			continue
		}
		for _, set := range widths() {
			bits := map[isa.ISA]int{isa.AVX512: 512, isa.AVX2: 256}[set]
			name := fmt.Sprintf("%s, %d bits", p.name, bits)
			all = append(all, rival[T]{name: name, held: set, process: p.process, bits: bits})
		}
	}
	return all
}

// comparisonOf a function with its rivals.
type comparisonOf[T kernels.Float] struct {
	*function[T]
	*settings
	rivals []rival[T]
	ours   worst
	theirs []*worst // nil for what a rival does not have
}

// judge finds the worst errors.
func (c *comparisonOf[T]) judge() error {
	fmt.Fprintf(os.Stderr, "%s float%d\n", c.name, bitsOf[T]())
	c.theirs = make([]*worst, len(c.rivals))
	samples := c.samples()
	for i := range samples {
		samples[i].file = filepath.Join(c.dir, fmt.Sprintf("%s%d-%d", c.name, bitsOf[T](), i))
		if err := writeFile(samples[i].file, samples[i].x); err != nil {
			return err
		}
	}
	us := rival[T]{here: map[string]func(dst, x []T){c.name: c.function.ours}}
	var err error
	if c.ours, _, err = us.accuracy(samples, c.dir); err != nil {
		return err
	}
	for i := range c.rivals {
		w, ok, err := c.rivals[i].accuracy(samples, c.dir)
		if err != nil {
			return fmt.Errorf("%s: %w", c.rivals[i].name, err)
		}
		if ok {
			c.theirs[i] = &w
		}
	}
	return nil
}

// measure times n elements and prints the lines.
func (c *comparisonOf[T]) measure(ctx context.Context, w io.Writer, n int) error {
	x, err := newCall(c.function, n, c.dir)
	if err != nil {
		return err
	}
	sets := widths()
	var timed []timing.Timed
	for _, set := range sets {
		timed = append(timed, c.with(set, x))
	}
	for i := range c.rivals {
		timed = append(timed, c.rivals[i].timed(x))
	}
	ns, err := c.plan.CompareTimed(ctx, timed)
	if err != nil {
		return err
	}
	ours := map[isa.ISA]float64{isa.AVX512: math.NaN(), isa.AVX2: math.NaN()}
	for i, set := range sets {
		ours[set] = ns[i] / float64(n)
	}
	for i, theirs := range ns[len(sets):] {
		if isTime(theirs) && c.theirs[i] != nil {
			c.print(w, n, i, ours, theirs/float64(n))
		}
	}
	return nil
}

// with times simmer with an instruction set.
func (c *comparisonOf[T]) with(set isa.ISA, x *call[T]) timing.Timed {
	dst := make([]T, len(x.x))
	timed := warm(repeat(func() { c.function.ours(dst, x.x) }))
	return func(reps int) float64 {
		defer isa.Use(set)()
		return timed(reps)
	}
}

func (c *comparisonOf[T]) print(w io.Writer, n, i int, ours map[isa.ISA]float64, theirs float64) {
	r, e := &c.rivals[i], c.theirs[i]
	typ := fmt.Sprintf("float%d", bitsOf[T]())
	fmt.Fprintf(w, "%s\t%s\t%d\t%.3f\t%.3f\t", c.name, typ, n, ours[isa.AVX512], ours[isa.AVX2])
	fmt.Fprintf(w, "%s\t%.3f\t", r.name, theirs)
	library, _, _ := strings.Cut(r.name, ",")
	limits := promised[c.name+" "+typ+" "+library]
	verdict := ""
	for j, set := range []isa.ISA{isa.AVX512, isa.AVX2} {
		ratio := ours[set] / theirs
		if math.IsNaN(ratio) || r.held != isa.Generic && r.held != set {
			fmt.Fprint(w, "\t")
			continue
		}
		fmt.Fprintf(w, "%.2f\t", ratio)
		if limits[j] != 0 && ratio > limits[j] {
			verdict += fmt.Sprintf("MISS %.2f ", limits[j])
		}
	}
	fmt.Fprintf(w, "%s\t", verdict)
	for _, f := range []failure{c.ours.usual, e.usual, c.ours.anywhere, e.anywhere} {
		fmt.Fprintf(w, "%s\t", digits(f.ulp))
	}
	shown := e.usual
	if shown.ulp <= wrong {
		shown = e.anywhere
	}
	if shown.ulp <= wrong {
		fmt.Fprintln(w, "\t\t\t")
		return
	}
	fmt.Fprintf(w, "%v\t%v\t%v\t\n", T(shown.x), T(shown.got), T(shown.want))
}

// wrong is what shows the result.
const wrong = 4

// digits are as many of an error as mean something.
func digits(ulp float64) string {
	switch {
	case ulp < 100:
		return fmt.Sprintf("%.2f", ulp)
	case ulp < 1e5:
		return fmt.Sprintf("%.0f", ulp)
	}
	return fmt.Sprintf("%.1g", ulp)
}
