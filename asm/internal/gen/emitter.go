package gen

import (
	"fmt"
	"slices"

	"github.com/mmcloughlin/avo/gotypes"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type (
	register = reg.Register
	memory   = operand.Mem
)

// emitter builds one assembly function through avo's representation.
type emitter struct {
	mach   Machine
	fn     *ir.Function
	pool   *pool // constants of the file
	regs   *reg.Collection
	labels int
	base   register // NEON: the address of the constants
	words  register // of a Fill: their address
	index  int      // of the body's operation that is being lowered
	quiet  bool     // no steps: they are those of the code before
	kept   keptConstants
}

func newEmitter(m Machine, p *pool, name, signature string) (*emitter, error) {
	sig, err := gotypes.ParseSignature(signature)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	fn := ir.NewFunction(name)
	fn.SetSignature(sig)
	e := &emitter{mach: m, fn: fn, pool: p, regs: reg.NewCollection()}
	m.prologue(e)
	return e, nil
}

// param is the address of a parameter or result by name.
func (e *emitter) param(name string) memory {
	c := e.fn.Signature.Params().Lookup(name)
	b, err := c.Resolve()
	if err != nil {
		b, err = e.fn.Signature.Results().Lookup(name).Resolve()
	}
	if err != nil {
		panic(err)
	}
	return b.Addr
}

// ins emits an instruction that reads all operands but the last and writes that.
func (e *emitter) ins(opcode string, ops ...operand.Op) {
	n := len(ops) - 1
	e.fn.AddInstruction(&ir.Instruction{
		Opcode: opcode, Operands: ops, Inputs: slices.Clone(ops[:n]), Outputs: written(ops[n]),
	})
}

// rmw emits an instruction that reads all operands and writes the last as well.
// Liveness goes wrong if the last is not listed among the inputs.
func (e *emitter) rmw(opcode string, ops ...operand.Op) {
	n := len(ops) - 1
	e.fn.AddInstruction(&ir.Instruction{
		Opcode: opcode, Operands: ops, Inputs: slices.Clone(ops), Outputs: written(ops[n]),
	})
}

// written is what an instruction writes besides its last operand: of a vector register also the part behind, as 0.
func written(last operand.Op) []operand.Op {
	if r, ok := last.(reg.Vec); ok {
		last = r.AsZ()
	}
	return []operand.Op{last}
}

// reads emits an instruction that writes no register: a comparison.
func (e *emitter) reads(opcode string, ops ...operand.Op) {
	e.fn.AddInstruction(&ir.Instruction{Opcode: opcode, Operands: ops, Inputs: slices.Clone(ops)})
}

func (e *emitter) branchTo(opcode, label string, conditional bool) {
	e.fn.AddInstruction(&ir.Instruction{
		Opcode: opcode, Operands: []operand.Op{operand.LabelRef(label)}, IsBranch: true, IsConditional: conditional,
	})
}

// comment goes between the instructions before and those that follow.
func (e *emitter) comment(lines ...string) { e.fn.AddComment(lines...) }

func (e *emitter) newLabel(hint string) string {
	e.labels++
	return fmt.Sprintf("%s%d", hint, e.labels)
}

func (e *emitter) label(l string) { e.fn.AddLabel(ir.Label(l)) }

func (e *emitter) gp() register { return e.regs.GP64() }

// sum makes the register that an addition or such writes: the accumulator itself if it consumes one.
func (e *emitter) sum(v V, i int) register {
	for _, a := range v.args {
		if a.acc && e.dies(a) {
			v.regs[i] = a.regs[i]
			return a.regs[i]
		}
	}
	return e.fresh(v, i)
}

// fresh makes the register that instruction i of v writes.
func (e *emitter) fresh(v V, i int) register {
	r := e.mach.vector(e)
	v.regs[i] = r
	return r
}

// reg is register i of v, to be read. Constants and loads that were not folded are loaded here.
func (e *emitter) reg(v V, i int) register {
	if v.op == opConst {
		if r := e.keptConstant(v, asLoad); r != nil {
			return r
		}
		return e.constant(v.literal())
	}
	if v.same {
		i = 0
	}
	if v.regs[i] == nil && v.fetch != nil {
		v.regs[i] = v.fetch()
	}
	if v.regs[i] == nil {
		v.regs[i] = e.mach.load(e, v.lane, v.mem[i])
	}
	return v.regs[i]
}

// constant is a new register with c in every lane.
func (e *emitter) constant(c literal) register {
	if c.word > 0 {
		return e.mach.broadcast(e, c.lane, e.wordAt(c))
	}
	return e.mach.constant(e, c)
}

// wordAt is where a Fill finds a word.
func (e *emitter) wordAt(c literal) memory { return memory{Base: e.words, Disp: 4 * (c.word - 1)} }

// overwritable is register i of v if nothing else reads it, or a copy.
func (e *emitter) overwritable(v V, i int) register {
	r := e.reg(v, i)
	if e.dies(v) || v.op == opConst && !e.isKept(r) {
		return r
	}
	return e.mach.copy(e, v.lane, r)
}

// dies reports whether register i of v is a temporary that nothing reads after the current instruction.
func (e *emitter) dies(v V) bool {
	return v.op != opConst && !v.same && (v.op != opInput || v.mem != nil || v.acc) && v.last == e.index
}

// lower emits the recorded body.
func (e *emitter) lower(b *B, results ...V) {
	b.prune(results)
	b.widenLate()
	for i, v := range b.body {
		for _, a := range v.args {
			a.last = i
		}
	}
	for _, r := range results {
		if r != nil {
			r.last = len(b.body)
		}
	}
	for idx, v := range b.body {
		e.index = idx
		if len(v.steps) > 0 && !e.quiet {
			e.comment(v.steps...)
		}
		switch v.op {
		case opPresent:
			v.regs = e.presentLanes(v.args[0], v.mem[0], Lane(v.bits))
			continue
		case opTotal:
			v.regs, v.same = []register{e.total(v.args[0])}, true
			continue
		}
		v.same = ofConstants(v)
		n := registers(v)
		v.regs = make([]register, n)
		if v.op == opWiden { // which makes two at a time
			n /= 2
		}
		for i := 0; i < n; i++ {
			e.mach.operation(e, v, i)
		}
	}
}

// registers is the number of registers that v spans.
func registers(v V) int {
	if len(v.regs) > 0 { // lowered
		return max(len(v.regs), len(v.mem))
	}
	switch v.op {
	case opConst:
		return 0
	case opInput:
		return len(v.mem)
	case opWiden:
		return 2 * registers(v.args[0])
	case opNarrow:
		return max(registers(v.args[0])/2, 1) // 1 of what is the same in all registers
	}
	n := 0
	for _, a := range v.args {
		n = max(n, registers(a))
	}
	return max(n, 1)
}

// ofConstants reports whether v is an operation on nothing but constants: the same in all registers, so that one is
// enough.
func ofConstants(v V) bool {
	return !slices.ContainsFunc(v.args, func(a V) bool { return a.op != opConst && !a.same })
}
