package main

import (
	"slices"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/reg"
)

// constants are those that a main loop keeps in registers that it does not need otherwise: the less it loads, the more
// of its operations are in flight at once. A function is emitted twice: first to count its constants and the registers
// that are left, then for good.
type constants struct {
	keep  []constant            // what to keep
	kept  map[constant]register // in the main loop
	costs map[constant]int      // of those uses
	order []constant            // of first use
}

type constant struct {
	lane Lane
	bits uint64
}

// keepConstants begins a main loop.
func (e *emitter) keepConstants() {
	e.consts.costs = map[constant]int{}
	e.consts.kept = map[constant]register{}
	for _, c := range e.consts.keep {
		e.consts.kept[c] = e.mach.constant(e, c.lane, c.bits)
	}
}

// dropConstants ends it.
func (e *emitter) dropConstants() { e.consts.kept = nil }

// What a use of a constant costs that is not kept: a load of its own and a register, or an operand in memory. AVX-512
// broadcasts its operands from memory for nothing: there, keeping those too made short calls slower. The numbers only rank.
const (
	asLoad      = 4
	asOperand   = 1
	asBroadcast = 0
)

// keptConstant is the register of a constant in a main loop, or nil.
func (e *emitter) keptConstant(v V, cost int) register {
	if e.consts.kept == nil {
		return nil
	}
	c := constant{v.lane, v.bits}
	if cost > 0 && e.consts.costs[c] == 0 {
		e.consts.order = append(e.consts.order, c)
	}
	e.consts.costs[c] += cost
	return e.consts.kept[c]
}

func (e *emitter) isKept(r register) bool {
	for _, k := range e.consts.kept {
		if k == r {
			return true
		}
	}
	return false
}

// byCost lists the constants of the main loop, the dearest first.
func (c *constants) byCost() []constant {
	list := slices.Clone(c.order)
	slices.SortStableFunc(list, func(a, b constant) int { return c.costs[b] - c.costs[a] })
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
