package main

import "container/heap"

// windowCycles is what a turn of the loop takes if instructions come in order, begin as soon as their registers and a
// port are there, and the processor holds no more of them than it can: so many that wait for their registers, and so
// many that are not yet retired. It tells of loops whose chains are too long to overlap with the turns behind.
func (p *processor) windowCycles(code []instruction) float64 {
	const turns = 40
	w := &window{
		processor: p, mostWaiting: p.behind("waiting"), mostFlying: p.behind("flying"),
		ready: map[string]float64{}, free: make([]float64, len(classes)), used: map[slot]float64{},
	}
	var ends [turns]float64
	for turn := range turns {
		for _, in := range code {
			w.run(in)
		}
		ends[turn] = w.end
	}
	return (ends[turns-1] - ends[turns/2-1]) / (turns / 2)
}

// behind is how many instructions fit behind a chain: those that do not are begun, so many per cycle, when it is done.
func (p *processor) behind(what string) int {
	turn, _ := p.model(what)
	chain, _ := p.model("div32-latency")
	each, _ := p.model("add")
	return int(fillers - (turn-chained*chain)/each)
}

// loadLatency is the time from the first-level cache to a vector register: AMD's and Intel's guides say 7 cycles for
// all processors with AVX-512.
const loadLatency = 7

type slot struct{ port, cycle int }

// window is the state of the processor in windowCycles.
type window struct {
	*processor
	mostWaiting, mostFlying int

	ready   map[string]float64 // when the value of a register is there
	free    []float64          // of a group that takes more than a cycle: when it takes the next
	used    map[slot]float64   // the share of a cycle of a group of classes, or of all ports, that is taken
	waiting earliest           // the latest mostWaiting begins
	retired []float64          // when the instruction retires, in order
	decoded float64            // when the last instruction came
	end     float64
}

func (w *window) run(in instruction) {
	issue, _ := w.model("nop")
	w.decoded += issue
	class := classOf(in)
	if class >= 0 {
		w.makeRoom()
	}
	at := w.decoded
	if in.memory() && !in.stores() {
		at += loadLatency
	}
	reads, writes := in.registers()
	for _, r := range reads {
		at = max(at, w.ready[r])
	}
	if class >= 0 {
		at = w.begin(class, at)
		w.hold(at, at+w.latency(in))
	}
	at += w.latency(in)
	for _, r := range writes {
		w.ready[r] = at
	}
	w.end = max(w.end, at)
}

// makeRoom waits until one more instruction may come.
func (w *window) makeRoom() {
	if len(w.waiting) == w.mostWaiting {
		w.decoded = max(w.decoded, w.waiting[0])
	}
	if n := len(w.retired); n >= w.mostFlying {
		w.decoded = max(w.decoded, w.retired[n-w.mostFlying])
	}
}

func (w *window) hold(begins, ends float64) {
	heap.Push(&w.waiting, begins)
	if len(w.waiting) > w.mostWaiting {
		heap.Pop(&w.waiting)
	}
	if n := len(w.retired); n > 0 {
		ends = max(ends, w.retired[n-1])
	}
	w.retired = append(w.retired, ends)
}

// begin finds the first cycle at which the ports of the class, and one of all ports, are free.
func (w *window) begin(class int, at float64) float64 {
	g, cost := w.group[class], w.cycles(class)
	vector, _ := w.model("logic")
	if cost >= 1 {
		at = max(at, w.free[g])
		w.free[g] = at + cost
		return at
	}
	for c := int(at); ; c++ {
		own, all := slot{g, c}, slot{-1, c}
		if w.used[own]+cost > 1.001 || w.used[all]+vector > 1.001 {
			continue
		}
		w.used[own] += cost
		w.used[all] += vector
		return max(at, float64(c))
	}
}

// earliest is a heap of times.
type earliest []float64

func (h earliest) Len() int           { return len(h) }
func (h earliest) Less(i, j int) bool { return h[i] < h[j] }
func (h earliest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *earliest) Push(x any)        { *h = append(*h, x.(float64)) }
func (h *earliest) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
