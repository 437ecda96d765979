package main

import (
	"fmt"
	"math"
)

// Lane is the type of one vector lane.
type Lane int

// The lane types.
const (
	F32 Lane = iota
	F64
)

// size is the number of bytes of one lane.
func (l Lane) size() int { return 4 << l }

// String is the suffix that names of kernels carry.
func (l Lane) String() string { return [...]string{"F32", "F64"}[l] }

// goType is the Go type of one lane.
func (l Lane) goType() string { return [...]string{"float32", "float64"}[l] }

// op is one operation of the vocabulary that every machine offers with the same bits.
type op int

const (
	opInput   op = iota // a register made outside the body: a load, an accumulator, a parameter
	opConst             // the same bits in every lane
	opAdd               // a + b
	opSub               // a - b
	opMul               // a * b
	opDiv               // a / b
	opFMA               // a*b + c, rounded once
	opFNMA              // c - a*b, rounded once
	opMax               // a > b ? a : b (b if either is NaN or both are zeros)
	opMin               // a < b ? a : b
	opAnd               // bitwise
	opOr                // bitwise
	opXor               // bitwise
	opShl               // integer lanes << n
	opShr               // integer lanes >> n, zeros shifted in
	opIAdd              // integer lanes, wrapping
	opISub              // integer lanes, wrapping
	opLT                // a < b, a mask; false if either is NaN
	opLE                // a <= b
	opEQ                // a == b
	opUnord             // a or b is NaN
	opMaskAnd           // both masks
	opMaskOr            // either mask
	opSelect            // mask ? a : b
	opKeep              // mask ? a : +0
	opDrop              // mask ? +0 : a
	opCount             // integer lanes a, plus 1 where the mask holds
	opWiden             // float32 lanes to float64 lanes: twice the registers
	opNarrow            // float64 lanes to float32 lanes, rounded to nearest even
)

// V is a value of a kernel's body: one logical vector, or a mask.
// It spans as many registers as its machine wants, so that latencies overlap.
type V = *value

type value struct {
	op   op
	lane Lane
	mask bool
	args []V
	bits uint64 // opConst: the lane's bits; shifts: the count
	acc  bool   // opInput: an accumulator, which its last reader overwrites

	// Filled by the lowering.
	last int             // index of the last instruction of the body that reads the value
	regs []register      // one per register of the logical vector
	mem  []memory        // for a load that is folded into its only user
	load func() register // for a load that has no operand: of a tail
}

// B records the straight-line body of a kernel.
// Lane is the type that its arithmetic is done in.
type B struct {
	Lane Lane
	body []V
}

func (b *B) emit(o op, lane Lane, args ...V) V {
	for _, a := range args {
		if a == nil {
			panic(fmt.Sprintf("operation %d: nil operand", o))
		}
	}
	v := &value{op: o, lane: lane, args: args}
	b.body = append(b.body, v)
	return v
}

// prune drops what no result needs.
func (b *B) prune(results []V) {
	needed := map[V]bool{}
	for _, r := range results {
		needed[r] = true
	}
	kept := len(b.body)
	for i := len(b.body) - 1; i >= 0; i-- {
		v := b.body[i]
		if !needed[v] {
			continue
		}
		for _, a := range v.args {
			needed[a] = true
		}
		kept--
		b.body[kept] = v
	}
	b.body = b.body[kept:]
}

// widenLate moves every widening in front of its first use: until then the value takes half the registers, or none.
func (b *B) widenLate() {
	waiting := map[V]bool{}
	var body []V
	for _, v := range b.body {
		if v.op == opWiden {
			waiting[v] = true
			continue
		}
		for _, a := range v.args {
			if waiting[a] {
				delete(waiting, a)
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

func (b *B) arith(o op, args ...V) V {
	for _, a := range args {
		if a.lane != args[0].lane || a.mask {
			panic(fmt.Sprintf("operation %d: operands of different kinds", o))
		}
	}
	return b.emit(o, args[0].lane, args...)
}

func (b *B) compare(o op, x, y V) V {
	v := b.arith(o, x, y)
	v.mask = true
	return v
}

// Const is the number x in every lane; it must be representable.
func (b *B) Const(x float64) V {
	if b.Lane == F64 {
		return b.Bits(math.Float64bits(x))
	}
	f := float32(x)
	if float64(f) != x && x == x {
		panic(fmt.Sprintf("%x is no float32", x))
	}
	return b.Bits(uint64(math.Float32bits(f)))
}

// Bits is the bit pattern in every lane.
func (b *B) Bits(u uint64) V {
	return &value{op: opConst, lane: b.Lane, bits: u}
}

// Add is x + y.
func (b *B) Add(x, y V) V { return b.arith(opAdd, x, y) }

// Sub is x - y.
func (b *B) Sub(x, y V) V { return b.arith(opSub, x, y) }

// Mul is x·y.
func (b *B) Mul(x, y V) V { return b.arith(opMul, x, y) }

// Div is x/y.
func (b *B) Div(x, y V) V { return b.arith(opDiv, x, y) }

// FMA is x·y + z with one rounding.
func (b *B) FMA(x, y, z V) V { return b.arith(opFMA, x, y, z) }

// FNMA is z - x·y with one rounding.
func (b *B) FNMA(x, y, z V) V { return b.arith(opFNMA, x, y, z) }

// Max is x > y ? x : y, so y if either is NaN or both are zeros.
func (b *B) Max(x, y V) V { return b.arith(opMax, x, y) }

// Min is x < y ? x : y, so y if either is NaN or both are zeros.
func (b *B) Min(x, y V) V { return b.arith(opMin, x, y) }

// And is the bitwise and.
func (b *B) And(x, y V) V { return b.arith(opAnd, x, y) }

// Or is the bitwise or.
func (b *B) Or(x, y V) V { return b.arith(opOr, x, y) }

// Xor is the bitwise exclusive or.
func (b *B) Xor(x, y V) V { return b.arith(opXor, x, y) }

// IAdd is the wrapping sum of integer lanes.
func (b *B) IAdd(x, y V) V { return b.arith(opIAdd, x, y) }

// ISub is the wrapping difference of integer lanes.
func (b *B) ISub(x, y V) V { return b.arith(opISub, x, y) }

// Shl shifts integer lanes left.
func (b *B) Shl(x V, n int) V { v := b.arith(opShl, x); v.bits = uint64(n); return v }

// Shr shifts integer lanes right, bringing in zeros.
func (b *B) Shr(x V, n int) V { v := b.arith(opShr, x); v.bits = uint64(n); return v }

// LT is the mask x < y; LE, GT, GE and EQ likewise, all false for NaN.
func (b *B) LT(x, y V) V { return b.compare(opLT, x, y) }

// LE is the mask x <= y.
func (b *B) LE(x, y V) V { return b.compare(opLE, x, y) }

// GT is the mask x > y.
func (b *B) GT(x, y V) V { return b.compare(opLT, y, x) }

// GE is the mask x >= y.
func (b *B) GE(x, y V) V { return b.compare(opLE, y, x) }

// EQ is the mask x == y.
func (b *B) EQ(x, y V) V { return b.compare(opEQ, x, y) }

// IsNaN is the mask x != x.
func (b *B) IsNaN(x V) V { return b.compare(opUnord, x, x) }

// Both is the mask m and n.
func (b *B) Both(m, n V) V { return b.masks(opMaskAnd, m, n) }

// Either is the mask m or n.
func (b *B) Either(m, n V) V { return b.masks(opMaskOr, m, n) }

func (b *B) masks(o op, m, n V) V {
	if !m.mask || !n.mask || m.lane != n.lane {
		panic("masks of different kinds")
	}
	v := b.emit(o, m.lane, m, n)
	v.mask = true
	return v
}

// Select is m ? x : y.
func (b *B) Select(m, x, y V) V { return b.choose(opSelect, m, x, y) }

// Keep is m ? x : +0.
func (b *B) Keep(m, x V) V { return b.choose(opKeep, m, x) }

// Drop is m ? +0 : x.
func (b *B) Drop(m, x V) V { return b.choose(opDrop, m, x) }

func (b *B) choose(o op, m V, xs ...V) V {
	for _, x := range xs {
		if !m.mask || x.mask || x.lane != m.lane {
			panic("selection between different kinds")
		}
	}
	return b.emit(o, m.lane, append([]V{m}, xs...)...)
}

// CountIf adds 1 to the integer lanes of n where m holds.
func (b *B) CountIf(n, m V) V { return b.choose(opCount, m, n) }

// Widen converts float32 lanes to float64, exactly.
func (b *B) Widen(x V) V {
	if x.lane != F32 {
		panic("only float32 lanes can be widened")
	}
	return b.emit(opWiden, F64, x)
}

// Narrow rounds float64 lanes to float32.
func (b *B) Narrow(x V) V {
	if x.lane != F64 {
		panic("only float64 lanes can be narrowed")
	}
	return b.emit(opNarrow, F32, x)
}

// Abs is |x|.
func (b *B) Abs(x V) V { return b.And(x, b.Bits(1<<(8*x.lane.size()-1)-1)) }

// Neg is -x.
func (b *B) Neg(x V) V { return b.Xor(x, b.signBit()) }

func (b *B) signBit() V { return b.Bits(1 << (8*b.Lane.size() - 1)) }

// Horner evaluates c[0] + c[1]·x + … by fused multiply-adds from the highest power down.
func Horner[T float32 | float64](b *B, x V, c []T) V {
	p := b.Const(float64(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		p = b.FMA(p, x, b.Const(float64(c[i])))
	}
	return p
}
