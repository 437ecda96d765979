package gen

import "github.com/simmer-go/simmer/fallback"

// How the lanes of a sum become one number: fallback/lanes.go says it in Go.

// foldLanes adds all lanes by halves, lane i to lane i + half, until one is left; or finds the largest.
func (e *emitter) foldLanes(sum Sum, regs []register) register {
	lane := sum.Lane
	combine := (*B).Add
	switch {
	case sum.Kind == FoldOwn:
		regs = e.foldShort(lane, regs)
	case sum.Kind == Largest:
		combine = (*B).Max
	case sum.Kind == Count:
		regs = e.counted(lane, regs)
	case sum.Kind == FoldF64 && lane == F32:
		regs, lane = e.widened(regs), F64
	}
	distance := e.mach.width(lane) / 2
	if sum.Kind == FoldOwn {
		distance = min(distance, fallback.ShortLanes/2)
	}
	for len(regs) > 1 {
		half := len(regs) / 2
		regs = e.join(combine, lane, regs[:half], regs[half:])
	}
	for ; distance > 0; distance /= 2 {
		regs = e.join(combine, lane, regs, []register{e.mach.swap(e, lane, regs[0], distance)})
	}
	return e.first64(lane, regs[0])
}

// first64 is lane 0 as float64, and firstOf64 takes it back.
func (e *emitter) first64(l Lane, r register) register {
	if l == F64 {
		return r
	}
	return e.mach.widenFirst(e, r)
}

func (e *emitter) firstOf64(l Lane, r register) register {
	if l == F64 {
		return r
	}
	return e.mach.narrowFirst(e, r)
}

func (e *emitter) join(combine func(b *B, x, y V) V, l Lane, x, y []register) []register {
	b := &B{Lane: l}
	v := combine(b, input(l, x...), input(l, y...))
	e.lower(b, v)
	return v.regs
}

// foldShort adds lane i + ShortLanes, i + 2·ShortLanes, … to lane i, in this order, for i below ShortLanes.
func (e *emitter) foldShort(l Lane, regs []register) []register {
	width := e.mach.width(l)
	if width < fallback.ShortLanes { // several registers hold them
		n := min(len(regs), fallback.ShortLanes/width)
		sum := regs[:n]
		for i := n; i < len(regs); i += n {
			sum = e.join((*B).Add, l, sum, regs[i:i+n])
		}
		return sum
	}
	sum := regs[:1]
	for i, r := range regs {
		for part := 0; part < width; part += fallback.ShortLanes {
			if i == 0 && part == 0 {
				continue
			}
			sum = e.join((*B).Add, l, sum, []register{e.lanesFrom(l, r, part)})
		}
	}
	return sum
}

// lanesFrom brings the lanes from first on, a multiple of ShortLanes, to the front.
func (e *emitter) lanesFrom(l Lane, r register, first int) register {
	for distance := fallback.ShortLanes; distance <= first; distance *= 2 {
		if first&distance != 0 {
			r = e.mach.swap(e, l, r, distance)
		}
	}
	return r
}

// counted converts integer lanes of less than 2²³ to numbers: as the mantissa of a number whose unit is 1.
func (e *emitter) counted(l Lane, regs []register) []register {
	b := &B{Lane: l}
	one := b.Const([...]float64{0x1p23, 0x1p52}[l])
	n := b.Sub(b.Or(input(l, regs...), one), one)
	e.lower(b, n)
	return n.regs
}

func (e *emitter) widened(regs []register) []register {
	b := &B{Lane: F64}
	w := b.Widen(input(F32, regs...))
	e.lower(b, w)
	return w.regs
}
