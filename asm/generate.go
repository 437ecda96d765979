package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// kernel is a description that can be emitted for any machine.
type kernel interface {
	function() string  // name of the block function, with the lane: SoftplusF32
	signature() string // of the assembly function
	emit(e *emitter)
	call() call
}

var machines = []machine{avx2, avx512, neon{}}

// generate returns the contents of all generated files by name.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, m := range machines {
		for _, k := range kernels() {
			name := fmt.Sprintf("zz_%s_%s_%s.s", strings.ToLower(k.function()), strings.ToLower(m.name()), m.goarch())
			text, err := assemble(m, k)
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %w", k.function(), m.name(), err)
			}
			files[name] = text
		}
	}
	if err := goFiles(files); err != nil {
		return nil, err
	}
	return files, nil
}

// asmName is the name of the assembly function of k on m.
func asmName(k kernel, m machine) string {
	f := k.function()
	return strings.ToLower(f[:1]) + f[1:] + m.name()
}

// assemble prints the assembly file of one kernel on one machine, with as many constants in registers as fit.
func assemble(m machine, k kernel) (text []byte, err error) {
	e, f, err := emit(m, k, nil)
	if err != nil {
		return nil, err
	}
	keep := e.consts.byCost()
	for n := min(len(keep), m.registers()-mostLive(e.fn)); n > 0; n-- {
		if _, more, err := emit(m, k, keep[:n]); err == nil {
			f = more
			break
		}
	}
	text, err = printer.NewGoAsm(printer.Config{Name: "asm"}).Print(f)
	if err != nil {
		return nil, err
	}
	return constrain(text), nil
}

// emit makes the file of one kernel on one machine, with some constants in registers.
func emit(m machine, k kernel, keep []constant) (*emitter, *ir.File, error) {
	p := newPool()
	e, err := newEmitter(m, p, asmName(k, m), k.signature())
	if err != nil {
		return nil, nil, err
	}
	e.fn.Attributes = attr.NOSPLIT
	e.consts.keep = keep
	k.emit(e)
	f := ir.NewFile()
	f.Includes = []string{"textflag.h"}
	f.AddSection(e.fn)
	for _, g := range p.globals {
		if g.Size == 0 {
			g.Append(operand.U64(0))
		}
		f.AddSection(g)
	}
	return e, f, compile(m, f)
}

// constraint keeps assembly out of builds that asked for portable Go.
const constraint = "//go:build !purego && !noasm\n"

// constrain puts the build constraint behind the first line.
func constrain(text []byte) []byte {
	first, rest, _ := strings.Cut(string(text), "\n")
	return []byte(first + "\n\n" + constraint + rest)
}

// compile runs avo's passes. NEON takes fewer, since some assume x86: 32-bit writes that clear
// the upper half, BP saved by the callee, moves to itself that can go.
func compile(m machine, f *ir.File) error {
	passes := []pass.Interface{
		pass.FunctionPass(pass.PruneJumpToFollowingLabel),
		pass.FunctionPass(pass.PruneDanglingLabels),
		pass.FunctionPass(pass.LabelTarget),
		pass.FunctionPass(pass.CFG),
		pass.FunctionPass(pass.Liveness),
		pass.FunctionPass(pass.AllocateRegisters),
		pass.FunctionPass(pass.BindRegisters),
		pass.FunctionPass(pass.VerifyAllocation),
	}
	if m.goarch() == "amd64" {
		passes = append(passes, pass.FunctionPass(pass.EnsureBasePointerCalleeSaved))
	}
	if err := pass.Concat(passes...).Execute(f); err != nil {
		return err
	}
	for _, fn := range f.Functions() {
		if m == avx2 {
			if err := onlyLowRegisters(fn); err != nil {
				return err
			}
		}
		if n, ok := m.(neon); ok {
			n.spell(fn)
		}
	}
	return nil
}

var errHighRegister = errors.New("more than 16 vector registers are live at once; unroll less")

// onlyLowRegisters rejects Y16 to Y31, which avo hands out under pressure: Go would encode them
// with EVEX, and a CPU without AVX-512 would fault.
func onlyLowRegisters(fn *ir.Function) error {
	for _, i := range fn.Instructions() {
		for _, r := range i.Registers() {
			if r.Kind() == reg.KindVector && reg.ToPhysical(r).PhysicalIndex() >= 16 {
				return errHighRegister
			}
		}
	}
	return nil
}
