package gen

import (
	"slices"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/reg"
)

// keptConstants are those that a main loop keeps in registers that it does not need otherwise: the less it loads, the more
// of its operations are in flight at once. A function is emitted twice: first to count its constants and the registers
// that are left, then for good.
type keptConstants struct {
	keep  []literal        // what to keep
	regs  map[key]register // in the main loop
	costs map[key]int      // of uses in the main loop
	order []literal        // of first use
}

// literal is a constant: the bits of each lane, and what the assembly calls it.
type literal struct {
	lane Lane
	bits uint64
	name string
	word int // of a Fill: see value
}

// key tells apart constants that need different registers.
type key struct {
	lane Lane
	bits uint64
	word int
}

func (c literal) key() key { return key{c.lane, c.bits, c.word} }

func (v *value) literal() literal { return literal{v.lane, v.bits, v.name, v.word} }

// keepConstants begins a main loop.
func (e *emitter) keepConstants() {
	e.kept.costs = map[key]int{}
	e.kept.regs = map[key]register{}
	for _, c := range e.kept.keep {
		e.kept.regs[c.key()] = e.constant(c)
	}
}

// dropConstants ends it.
func (e *emitter) dropConstants() { e.kept.regs = nil }

// What a use of a constant costs that is not kept: a load of its own and a register, or an operand in memory. AVX-512
// broadcasts its operands from memory for nothing: there, keeping those too made short calls slower. The numbers only rank.
const (
	asLoad      = 4
	asOperand   = 1
	asBroadcast = 0
)

// keptConstant is the register of a constant in a main loop, or nil.
func (e *emitter) keptConstant(v V, cost int) register {
	if e.kept.regs == nil {
		return nil
	}
	c := v.literal()
	if cost > 0 && e.kept.costs[c.key()] == 0 {
		e.kept.order = append(e.kept.order, c)
	}
	e.kept.costs[c.key()] += cost
	return e.kept.regs[c.key()]
}

func (e *emitter) isKept(r register) bool {
	for _, k := range e.kept.regs {
		if k == r {
			return true
		}
	}
	return false
}

// byCost lists the constants of the main loop, the dearest first.
func (c *keptConstants) byCost() []literal {
	list := slices.Clone(c.order)
	slices.SortStableFunc(list, func(a, b literal) int { return c.costs[b.key()] - c.costs[a.key()] })
	return list
}

// mostLive is the largest number of vector registers that hold a value at the same time.
func mostLive(fn *ir.Function) int {
	most := 0
	for _, i := range fn.Instructions() {
		n := 0
		for id := range i.LiveOut {
			if id.Kind() == reg.KindVector {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
