package gen

import (
	"fmt"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// Row is what [ColumnSums] and [ColumnMap] are together, for one row of at most [fallback.FewColumns] elements, which
// stays in registers from its largest element to its results: m and s = (the number of elements equal to m) − 1 +
// Σ Element(x, m) over the others, what Finish makes of them, and what Map makes of that.
type Row struct {
	Name   string // of the block function, without the type
	Mem    Lane
	Output string   // name of the output slice, or ""
	Params []string // names of scalar parameters
	// Results are the names of the numbers that it returns, of float64.
	Results []string

	// Element is a function of an element x and m, and the mask of the lanes where x is m. Its y must be 0 where x is
	// -Inf and m is finite: such are the lanes that hold no element.
	Element func(b *B, x, m V) (y, isMax V)
	// Finish makes of m, s and the parameters, all in float64, the results and, for Map, a factor.
	Finish func(b *B, m, s V, params []V) (results []V, factor V)
	// Map makes the output of an element, m, what Element gives for it, and the factor rounded to Mem.
	Map func(b *B, x, m, y, factor V) V
}

// Function is the name of the block function, as in fallback.
func (k *Row) Function() string { return k.Name + k.Mem.String() }

// InFallback is true.
func (k *Row) InFallback() bool { return true }

func (k *Row) slices() []string {
	if k.Output == "" {
		return []string{"x"}
	}
	return []string{k.Output, "x"}
}

func (k *Row) results() string {
	if len(k.Results) == 0 {
		return ""
	}
	return "(" + strings.Join(k.Results, ", ") + " float64)"
}

func (k *Row) signature() string {
	s := fmt.Sprintf("func(%s *%s, n int", strings.Join(k.slices(), ", "), k.Mem.goType())
	for _, p := range k.Params {
		s += fmt.Sprintf(", %s %s", p, k.Mem.goType())
	}
	return s + ") " + k.results()
}

func (k *Row) call() call {
	c := call{slices: k.slices(), floats: k.Params, results: k.results(), short: &k.Mem}
	c.params = append(c.params, strings.Join(c.slices, ", ")+" []"+k.Mem.goType())
	if len(k.Params) > 0 {
		c.params = append(c.params, strings.Join(k.Params, ", ")+" "+k.Mem.goType())
	}
	return c
}

// emit writes the row as one register, as two, as four, and so on: a short one pays for no more than it needs.
func (k *Row) emit(e *emitter) {
	m := e.mach
	r := &rowEmitter{emitter: e, k: k}
	for _, p := range k.slices() {
		r.pointers = append(r.pointers, m.loadArg(e, e.param(p)))
	}
	r.n = m.loadArg(e, e.param("n"))
	for _, p := range k.Params {
		r.params = append(r.params, input(F64, e.first64(k.Mem, m.broadcast(e, k.Mem, e.param(p)))))
	}
	width := m.width(k.Mem)
	for count := 1; ; count *= 2 {
		longer := e.newLabel("longer")
		if count*width < fallback.FewColumns {
			m.branch(e, r.n, ">", count*width, longer)
		}
		e.comment(fmt.Sprintf("At most %d elements, in as many lanes.", count*width))
		r.row(count)
		if count*width >= fallback.FewColumns {
			return
		}
		e.label(longer)
		e.quiet = true // the rest repeats the first
	}
}

// rowEmitter holds the registers of a Row.
type rowEmitter struct {
	*emitter
	k        *Row
	pointers []register // output first, if there is one
	n        register
	params   []V // as float64

	x, y    []register
	largest register
	s       V // float64, in lane 0
}

// row writes everything for a row of so many registers, of which it fills more than half.
func (r *rowEmitter) row(count int) {
	r.load(count)
	r.findLargest()
	r.sum()
	factor := r.finish()
	if r.k.Output != "" {
		r.store(factor)
	}
	r.mach.ret(r.emitter)
}

// load loads the row, and -Inf behind its last element.
func (r *rowEmitter) load(count int) {
	k, m, e := r.k, r.mach, r.emitter
	p := r.pointers[len(r.pointers)-1]
	r.x = nil
	for i := range count {
		switch {
		case i < count/2:
			r.x = append(r.x, m.load(e, k.Mem, r.at(p, i)))
		case i == count/2: // of which some lanes are filled
			r.x = append(r.x, m.vector(e))
		default:
			r.x = append(r.x, m.constant(e, minusInf(k.Mem)))
		}
	}
	r.eachLast(count, func(i int) {
		m.loadTo(e, k.Mem, r.at(p, i), r.x[i])
	}, func(i int) {
		part := m.constant(e, literal{lane: k.Mem})
		e.loadPart(k.Mem, []register{p}, r.n, []register{part})
		n := r.n
		if i > 0 {
			n = m.move(e, n)
			m.addImm(e, n, -i*m.width(k.Mem))
		}
		b := &B{Lane: k.Mem}
		v := b.Or(input(k.Mem, part), input(k.Mem, m.behind(e, k.Mem, n)))
		e.lower(b, v)
		m.copyTo(e, k.Mem, v.regs[0], r.x[i])
	})
}

// eachLast does what is given with each register of the second half: whole, part of it, or nothing.
func (r *rowEmitter) eachLast(count int, whole, part func(i int)) {
	m, e := r.mach, r.emitter
	width, done := m.width(r.k.Mem), e.newLabel("done")
	for i := count / 2; i < count; i++ {
		filled := e.newLabel("filled")
		m.branch(e, r.n, ">=", (i+1)*width, filled)
		if i > count/2 {
			m.branch(e, r.n, "<=", i*width, done)
		}
		part(i)
		m.jump(e, done)
		e.label(filled)
		whole(i)
	}
	e.label(done)
}

// at is the memory of register i.
func (r *rowEmitter) at(p register, i int) memory {
	return memory{Base: p, Disp: i * r.mach.width(r.k.Mem) * r.k.Mem.size()}
}

// findLargest leaves the largest element in all lanes; NaN is none, as in Max.
func (r *rowEmitter) findLargest() {
	k, m, e := r.k, r.mach, r.emitter
	r.largest = m.constant(e, minusInf(k.Mem))
	for _, x := range r.x {
		b := &B{Lane: k.Mem}
		e.lower(b, b.Max(input(k.Mem, x), accumulator(k.Mem, r.largest)))
	}
	for distance := m.width(k.Mem) / 2; distance > 0; distance /= 2 {
		other := []register{m.swap(e, k.Mem, r.largest, distance)}
		r.largest = e.join((*B).Max, k.Mem, []register{r.largest}, other)[0]
	}
}

// sum leaves Element of each x in y, and s: each lane of a row has one element at most.
func (r *rowEmitter) sum() {
	k, m, e := r.k, r.mach, r.emitter
	r.y = nil
	count := m.constant(e, literal{lane: k.Mem})
	var others []register
	for _, x := range r.x {
		b := &B{Lane: k.Mem}
		y, isMax := k.Element(b, input(k.Mem, x), input(k.Mem, r.largest))
		other := b.Drop(isMax, y)
		results := []V{b.CountIf(accumulator(k.Mem, count), isMax), other}
		if k.Output != "" {
			results = append(results, y)
		}
		e.lower(b, results...)
		others, r.y = append(others, other.regs...), append(r.y, y.regs...)
	}
	b := &B{Lane: F64}
	counted := input(F64, e.foldLanes(Sum{Lane: k.Mem, Kind: Count}, []register{count}))
	r.s = b.Add(b.Sub(counted, b.Const(1)), input(F64, e.foldLanes(Sum{Lane: k.Mem, Kind: FoldOwn}, others)))
	e.lower(b, r.s)
}

// finish stores the results, and returns the factor in all lanes.
func (r *rowEmitter) finish() register {
	k, m, e := r.k, r.mach, r.emitter
	b := &B{Lane: F64}
	largest := input(F64, e.first64(k.Mem, r.largest))
	results, factor := k.Finish(b, largest, input(F64, r.s.regs...), r.params)
	e.lower(b, append(results, factor)...)
	for i, name := range k.Results {
		m.storeScalar(e, e.reg(results[i], 0), e.param(name))
	}
	if factor == nil {
		return nil
	}
	return m.spread(e, k.Mem, e.firstOf64(k.Mem, factor.regs[0]))
}

// store stores Map of each element.
func (r *rowEmitter) store(factor register) {
	k, m, e := r.k, r.mach, r.emitter
	var out []register
	for i, x := range r.x {
		b := &B{Lane: k.Mem}
		v := k.Map(b, input(k.Mem, x), input(k.Mem, r.largest), input(k.Mem, r.y[i]), input(k.Mem, factor))
		e.lower(b, v)
		out = append(out, v.regs...)
	}
	p := r.pointers[0]
	for i := range len(out) / 2 {
		m.store(e, k.Mem, out[i], r.at(p, i))
	}
	r.eachLast(len(out), func(i int) {
		m.store(e, k.Mem, out[i], r.at(p, i))
	}, func(i int) {
		e.storePart(k.Mem, out[i], p, r.n)
	})
}
