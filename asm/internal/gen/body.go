package gen

import (
	"fmt"
	"slices"
)

// V is a value of a kernel's body: one logical vector, or a mask.
// It spans as many registers as the kernel's Unroll asks for, so that latencies overlap; twice as many in float64 lanes
// over float32 slices.
type V = *value

type value struct {
	op    op
	lane  Lane
	mask  bool
	args  []V
	bits  uint64 // opConst: the lane's bits; shifts: the count
	name  string // opConst: what the assembly calls it
	word  int    // opConst of a Fill: 1 for its first word, and so on, instead of bits
	acc   bool   // opInput: an accumulator, which its last reader overwrites
	steps []string

	// Filled by the lowering.
	same  bool            // all registers would be the same: there is one
	last  int             // index of the last operation of the body that reads the value
	regs  []register      // one per register of the logical vector
	mem   []memory        // for a load that is folded into its only user
	fetch func() register // for a load that has no operand: of a tail
}

// B records the straight-line body of a kernel.
// Lane is the type that its arithmetic is done in.
type B struct {
	Lane  Lane
	body  []V
	steps []string // of which no operation has been recorded yet
}

// Step says what the operations that follow compute: a comment in front of the first of them in the assembly.
func (b *B) Step(comment string) { b.steps = append(b.steps, comment) }

// record adds an operation to the body.
func (b *B) record(o op, lane Lane, args ...V) V {
	for _, a := range args {
		if a == nil {
			panic(fmt.Sprintf("%v: nil operand", o))
		}
	}
	v := &value{op: o, lane: lane, args: args, steps: b.steps}
	b.steps = nil
	b.body = append(b.body, v)
	return v
}

// prune drops what no result needs.
func (b *B) prune(results []V) {
	needed := map[V]bool{}
	for _, r := range results {
		needed[r] = true
	}
	for _, v := range slices.Backward(b.body) {
		if needed[v] {
			for _, a := range v.args {
				needed[a] = true
			}
		}
	}
	var body []V
	var steps []string // of operations that are gone go to the next that is left
	for _, v := range b.body {
		steps = append(steps, v.steps...)
		if needed[v] {
			v.steps, steps = steps, nil
			body = append(body, v)
		}
	}
	b.body = body
}

// widenLate moves every widening in front of its first use: until then the value takes half the registers, or none.
func (b *B) widenLate() {
	waiting := map[V]bool{}
	var body []V
	var steps []string // of widenings stay where they are
	for _, v := range b.body {
		if v.op == opWiden {
			waiting[v] = true
			v.steps, steps = nil, append(steps, v.steps...)
			continue
		}
		v.steps, steps = append(steps, v.steps...), nil
		for _, a := range v.args {
			if waiting[a] {
				delete(waiting, a)
				a.steps, v.steps = v.steps, nil
				body = append(body, a)
			}
		}
		body = append(body, v)
	}
	for _, v := range b.body { // results that nothing reads
		if waiting[v] {
			body = append(body, v)
		}
	}
	b.body = body
}
