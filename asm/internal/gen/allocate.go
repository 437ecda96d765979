package gen

import (
	"fmt"
	"math"
	"slices"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/reg"
)

// allocateRegisters gives each virtual register the physical one that avo's pass of this name gives it. For each
// register that it hands out, avo's goes through all pairs that interfere, listed once per instruction: in long
// functions that is most of the generator's time. This one goes to the neighbours only.
func allocateRegisters(f *ir.Function) error {
	possible := map[reg.ID][]reg.ID{} // of the registers not yet allocated
	for _, i := range f.Instructions() {
		for _, r := range i.Registers() {
			if id := r.ID(); id.IsVirtual() && possible[id] == nil {
				possible[id] = allocatable(r.Kind())
			}
		}
	}
	f.Allocation = reg.NewEmptyAllocation()
	near := interference(f)
	use := func(r, physical reg.ID) {
		for other := range near[r] {
			if list, open := possible[other]; open {
				possible[other] = slices.DeleteFunc(list, func(p reg.ID) bool { return p == physical })
			}
		}
	}
	for r := range near {
		if r.IsPhysical() {
			use(r, r)
		}
	}
	for len(possible) > 0 {
		r := mostRestricted(possible)
		if len(possible[r]) == 0 {
			return fmt.Errorf("%s: too few registers", f.Name)
		}
		physical := possible[r][0]
		f.Allocation[r] = physical
		delete(possible, r)
		use(r, physical)
	}
	return nil
}

// interference lists for each register those that must not share its place: what is live when it is written.
func interference(f *ir.Function) map[reg.ID]map[reg.ID]bool {
	near := map[reg.ID]map[reg.ID]bool{}
	add := func(a, b reg.ID) {
		if near[a] == nil {
			near[a] = map[reg.ID]bool{}
		}
		near[a][b] = true
	}
	for _, i := range f.Instructions() {
		for _, d := range i.OutputRegisters() {
			live := i.LiveOut.OfKind(d.Kind())
			live.DiscardRegister(d)
			for other, mask := range live {
				if d.Mask()&mask != 0 {
					add(d.ID(), other)
					add(other, d.ID())
				}
			}
		}
	}
	return near
}

// allocatable lists the registers of a kind, the base pointer last, since it must be saved.
func allocatable(k reg.Kind) (list []reg.ID) {
	var last []reg.ID
	for _, r := range reg.FamilyOfKind(k).Registers() {
		switch {
		case r.Info()&reg.Restricted != 0:
		case r.Info()&reg.BasePointer != 0:
			last = append(last, r.ID())
		default:
			list = append(list, r.ID())
		}
	}
	slices.Sort(list)
	return append(slices.Compact(list), slices.Compact(last)...)
}

// mostRestricted is the register with the fewest possibilities, of several the one with the smallest number.
func mostRestricted(possible map[reg.ID][]reg.ID) (r reg.ID) {
	n := math.MaxInt
	for other, list := range possible {
		if len(list) < n || len(list) == n && other < r {
			r, n = other, len(list)
		}
	}
	return r
}
