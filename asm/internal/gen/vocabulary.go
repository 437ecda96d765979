package gen

import (
	"fmt"
	"math"
	"strconv"
	"strings"
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
	opSqrt              // √a, correctly rounded
	opFromInt           // signed integer lanes of 32 bits to float32, rounded to nearest even
	opRotate            // integer lanes rotated left by n
	opPair              // lanes of 32 bits, two by two, as lanes of 64 bits: no instruction
	opPresent           // a in the lanes that hold an element, +0 in the others: of a row, whose last register may have such
	opTotal             // the sum of all float64 lanes of all registers, in every lane: several instructions
)

// names of the operations, for messages.
var opNames = [...]string{
	"input", "Const", "Add", "Sub", "Mul", "Div", "FMA", "FNMA", "Max", "Min", "And", "Or", "Xor", "Shl", "Shr",
	"IAdd", "ISub", "LT", "LE", "EQ", "IsNaN", "Both", "Either", "Select", "Keep", "Drop", "CountIf", "Widen", "Narrow",
	"Sqrt", "FromInt", "RotateLeft", "Pair", "Present", "Total",
}

func (o op) String() string { return opNames[o] }

func (b *B) arith(o op, args ...V) V {
	for _, a := range args {
		if a.lane != args[0].lane || a.mask {
			panic(fmt.Sprintf("%v: operands of different kinds: Widen or Narrow one, or use Both and Either for masks", o))
		}
	}
	return b.record(o, args[0].lane, args...)
}

func (b *B) compare(o op, x, y V) V {
	v := b.arith(o, x, y)
	v.mask = true
	return v
}

// Const is the number x in every lane; it must be representable. The assembly calls it by its digits.
func (b *B) Const(x float64) V { return b.Named(digits(x), x) }

// Named is Const of a number with a name.
func (b *B) Named(name string, x float64) V {
	if b.Lane == F64 {
		return b.Bits(name, math.Float64bits(x))
	}
	f := float32(x)
	if float64(f) != x && x == x {
		panic(fmt.Sprintf("the constant %s = %v is no float32: round it where it is defined", name, x))
	}
	return b.Bits(name, uint64(math.Float32bits(f)))
}

// Bits is the bit pattern u in every lane.
func (b *B) Bits(name string, u uint64) V {
	return &value{op: opConst, lane: b.Lane, bits: u, name: name}
}

// digits spells a number with the characters of an identifier: minus_0p5.
func digits(x float64) string {
	return strings.NewReplacer("-", "minus_", "+", "", ".", "p").Replace(strconv.FormatFloat(x, 'g', -1, 64))
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
	v := b.record(o, m.lane, m, n)
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
	return b.record(o, m.lane, append([]V{m}, xs...)...)
}

// CountIf adds 1 to the integer lanes of n where m holds.
func (b *B) CountIf(n, m V) V { return b.choose(opCount, m, n) }

// Widen converts float32 lanes to float64, exactly.
func (b *B) Widen(x V) V {
	if x.lane != F32 {
		panic("only float32 lanes can be widened")
	}
	return b.record(opWiden, F64, x)
}

// Narrow rounds float64 lanes to float32.
func (b *B) Narrow(x V) V {
	if x.lane != F64 {
		panic("only float64 lanes can be narrowed")
	}
	return b.record(opNarrow, F32, x)
}

// Sqrt is √x, correctly rounded.
func (b *B) Sqrt(x V) V { return b.arith(opSqrt, x) }

// FromInt is the nearest float32 to each signed integer of 32 bits, ties to even.
func (b *B) FromInt(x V) V {
	if x.lane != F32 {
		panic("only integers of 32 bits can be converted")
	}
	return b.arith(opFromInt, x)
}

// RotateLeft rotates integer lanes by n bits.
func (b *B) RotateLeft(x V, n int) V { v := b.arith(opRotate, x); v.bits = uint64(n); return v }

// Pair takes each two lanes of 32 bits for one of 64 bits, the first for its lower half.
func (b *B) Pair(x V) V {
	if x.lane != F32 || x.mask {
		panic("only lanes of 32 bits make pairs")
	}
	return b.record(opPair, F64, x)
}

// Abs is |x|.
func (b *B) Abs(x V) V { return b.And(x, b.Bits("all_but_sign", 1<<(8*x.lane.size()-1)-1)) }

// Neg is -x.
func (b *B) Neg(x V) V { return b.Xor(x, b.SignBit()) }

// SignBit is the bit that holds a number's sign, alone.
func (b *B) SignBit() V { return b.Bits("sign", 1<<(8*b.Lane.size()-1)) }

// Horner evaluates c[0] + c[1]·x + … by fused multiply-adds from the highest power down. The assembly calls c[i] name_i.
func Horner[T float32 | float64](b *B, x V, name string, c []T) V {
	b.Step(name + " by Horner's rule")
	coefficient := func(i int) V { return b.Named(fmt.Sprintf("%s_%d", name, i), float64(c[i])) }
	p := coefficient(len(c) - 1)
	for i := len(c) - 2; i >= 0; i-- {
		p = b.FMA(p, x, coefficient(i))
	}
	return p
}
