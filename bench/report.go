package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// machine is what the numbers were measured on.
type machine struct {
	CPU             string   `json:"cpu"`
	Platform        string   `json:"platform"`
	Go              string   `json:"go"`
	GOAMD64         string   `json:"goamd64,omitempty"`
	Implementations []string `json:"implementations"`
	InUse           string   `json:"in_use"`
}

func thisMachine() machine {
	m := machine{
		CPU:      cpuid.CPU.BrandName,
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Go:       runtime.Version(),
		InUse:    kernels.Implementation(),
	}
	if m.CPU == "" {
		m.CPU = "unnamed " + runtime.GOARCH
	}
	for _, i := range isa.Available() {
		m.Implementations = append(m.Implementations, i.String())
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "GOAMD64" {
				m.GOAMD64 = s.Value
			}
		}
	}
	return m
}

// measurement is one kernel, type and shape. Nanoseconds are per element of the slices, those of products per
// multiply-add, and N is the number of these.
type measurement struct {
	Kernel string `json:"kernel"`
	Type   string `json:"type"`
	N      int    `json:"n"`
	Cols   int    `json:"cols,omitempty"`
	Depth  int    `json:"depth,omitempty"`
	// Nanoseconds by implementation; the others are "loop", over package math, and, in float64, "gonum".
	Nanoseconds map[string]float64 `json:"ns_per_element"`
	// TimesFaster is, by implementation and then by what it is compared with, the ratio of the times.
	TimesFaster map[string]map[string]float64 `json:"times_faster"`

	shape string
}

// The columns that each implementation is compared with; generic is the fallback.
const (
	fallback  = "generic"
	loopName  = "loop"
	gonumName = "gonum"
)

// newMeasurement takes nanoseconds per call of each competitor.
func newMeasurement[T kernels.Float](k catalog.Kernel[T], s catalog.Shape, all []competitor, ns []float64) measurement {
	m := measurement{Kernel: k.Name, Type: catalog.TypeName[T](), N: k.Work(s), Depth: s.Depth, shape: shapeText(k, s),
		Nanoseconds: map[string]float64{}, TimesFaster: map[string]map[string]float64{}}
	if k.Rows || k.Product {
		m.Cols = s.Cols
	}
	for i, c := range all {
		if c.run != nil {
			m.Nanoseconds[c.name] = ns[i] / float64(m.N)
		}
	}
	for _, i := range isa.Available() {
		m.TimesFaster[i.String()] = m.ratios(i.String())
	}
	return m
}

func (m *measurement) ratios(implementation string) map[string]float64 {
	all := map[string]float64{}
	for _, other := range []string{fallback, loopName, gonumName} {
		if ns, ok := m.Nanoseconds[other]; ok && other != implementation {
			all[other] = ns / m.Nanoseconds[implementation]
		}
	}
	return all
}

// report is where results go.
type report interface {
	begin(machine)
	agreed(kernel, what string, results int)
	group(title string) // of the measurements that follow
	measured(measurement)
	short(worst *shortCall)
	end(complete bool) error
}

// text is the report for people. Lines appear as they are known.
type text struct {
	w      io.Writer
	kernel string // of the last line; "" before the table
}

func (t *text) begin(m machine) {
	fmt.Fprintf(t.w, "%s, %s, %s", m.CPU, m.Platform, m.Go)
	if m.GOAMD64 != "" {
		fmt.Fprintf(t.w, ", GOAMD64=%s", m.GOAMD64)
	}
	fmt.Fprintf(t.w, "\nimplementations: %s; in use: %s\n\n", strings.Join(m.Implementations, ", "), m.InUse)
	if len(m.Implementations) == 1 {
		fmt.Fprintln(t.w, "Only the fallback runs here, so there is nothing to compare it with.")
		return
	}
	fmt.Fprintf(t.w, "Same bits from %s as from the fallback:\n", strings.Join(m.Implementations[1:], ", "))
}

func (t *text) agreed(_, what string, results int) {
	fmt.Fprintf(t.w, "  %9d results  %s\n", results, what)
}

const tableHead = `
Nanoseconds per element, of products per multiply-add; one thread, the least of many samples taken in turn. The loop is
plain Go with package math, which like gonum works in float64. The right half says how many times faster a line's
implementation is than the others; price is what the fallback takes, divided by what the loop takes.

                                                          ns per element                           times faster than
`

const lineFormat = "%-27s %-7s %11s  %-7s %8s %9s %8s %8s   %9s %7s %7s  %7s\n"

func (t *text) measured(m measurement) {
	switch t.kernel {
	case m.Kernel:
	case "":
		fmt.Fprint(t.w, tableHead)
		fmt.Fprintf(t.w, lineFormat, "kernel", "type", "n", "", "this", "fallback", "loop", "gonum", "fallback", "loop", "gonum", "price")
	default:
		fmt.Fprintln(t.w)
	}
	t.kernel = m.Kernel
	list := isa.Available()
	if len(list) > 1 {
		list = list[1:] // the fallback has its column
	}
	for _, i := range list {
		t.line(m, i.String())
	}
}

func (t *text) line(m measurement, implementation string) {
	ns := func(name string) string { return number(m.Nanoseconds[name], 3) }
	times := func(name string) string { return number(m.TimesFaster[implementation][name], 1) }
	fmt.Fprintf(t.w, lineFormat, m.Kernel, m.Type, m.shape, implementation,
		ns(implementation), ns(fallback), ns(loopName), ns(gonumName),
		times(fallback), times(loopName), times(gonumName), number(1/m.TimesFaster[fallback][loopName], 2))
}

// number is a dash for what is not there.
func number(v float64, digits int) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return fmt.Sprintf("%.*f", digits, v)
}

const shortLine = `
Short calls by %s, 1 to %d elements and 1 to %[2]d rows of 2 to %d, take at worst %.2f of the loop's time: %s %s %s. Not counted are %d ns for one element, and %d for fewer than %d where the loop calls nothing.
`

func (t *text) short(w *shortCall) {
	fmt.Fprintf(t.w, shortLine, w.Implementation, mostShort, mostShortColumns, w.Ratio, w.Kernel, w.Type, w.Shape,
		freeForOne, freeArithmetic, manyElements)
}

func (t *text) group(string) {}

func (t *text) end(bool) error { return nil }

// document is the report for machines: one JSON document, written at the end, even if the end came early.
type document struct {
	w io.Writer

	Machine      machine       `json:"machine"`
	Agreed       []agreement   `json:"agreed"`
	Measurements []measurement `json:"measurements"`
	WorstShort   *shortCall    `json:"worst_short_call,omitempty"`
	Complete     bool          `json:"complete"`
}

// agreement is what was shown to have the same bits by all implementations.
type agreement struct {
	Kernel  string `json:"kernel,omitempty"`
	What    string `json:"what"`
	Results int    `json:"results"`
}

func (d *document) begin(m machine) { d.Machine = m }

func (d *document) agreed(kernel, what string, results int) {
	d.Agreed = append(d.Agreed, agreement{kernel, what, results})
}

func (d *document) group(string) {}

func (d *document) measured(m measurement) { d.Measurements = append(d.Measurements, m) }

func (d *document) short(w *shortCall) { d.WorstShort = w }

func (d *document) end(complete bool) error {
	d.Complete = complete
	encoder := json.NewEncoder(d.w)
	encoder.SetIndent("", " ")
	return encoder.Encode(d)
}
