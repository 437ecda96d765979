// Package gen turns descriptions of kernels into Go assembly for several instruction sets, and into the Go files that
// declare and call it. It knows no formula.
//
//   - vocabulary.go, body.go: what a description is made of
//   - stream.go, stream_loop.go, row.go, short_rows.go, columns.go, fold.go: the shapes of kernels, and how the lanes of
//     a sum become a number
//   - product.go, product_column.go, transpose.go, fill.go, across.go: shapes with loops of their own
//   - emitter.go, part.go, kept.go, pool.go: from a description to instructions; what fills no register; constants in
//     registers and in memory
//   - machine.go, neon.go, avx2.go, avx512.go: the instruction sets; x86.go, x86_strided.go: what the last two share
//   - generate.go, go_files.go, go_stream.go: the files
//
// Registers are allocated and assembly printed by avo.
package gen

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// Family is the kernels that one file of package main describes.
type Family struct {
	Name    string // of the file, without .go
	Kernels []Kernel
}

// Kernel is a description that can be emitted for any machine: a *Stream, or one of the shapes with loops of their own.
type Kernel interface {
	// Function is the name of the block function, with the type: SoftplusToF32.
	Function() string
	// InFallback reports whether package fallback has a function of that name.
	InFallback() bool

	signature() string // of the assembly function
	emit(e *emitter)
	call() call
}

// The folders that files go to, from the root of the module.
const (
	simdFolder = "kernels/internal/simd/"
	isaFolder  = "internal/isa/"
)

// Folders are those that hold generated files, all of which have names that begin with zz_.
var Folders = []string{simdFolder, isaFolder}

// Generate returns the contents of all generated files by their paths from the root of the module.
func Generate(families []Family) (map[string][]byte, error) {
	if err := checkRetries(families); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, m := range machines {
		for _, f := range families {
			for _, k := range f.Kernels {
				if !emitted(k, m) {
					continue
				}
				path := fmt.Sprintf("%szz_%s_%s_%s.s", simdFolder, snake(k.Function()), strings.ToLower(m.name()), m.goarch())
				if _, ok := files[path]; ok {
					return nil, fmt.Errorf("two kernels are called %s", k.Function())
				}
				text, err := assemble(m, k, f.Name)
				if err != nil {
					return nil, fmt.Errorf("%s on %s: %w", k.Function(), m.name(), err)
				}
				files[path] = text
			}
		}
	}
	return files, goFiles(files, families)
}

// checkRetries holds the names in Retry to what there is.
func checkRetries(families []Family) error {
	names := map[string]bool{}
	for _, f := range families {
		for _, k := range f.Kernels {
			names[k.Function()] = true
		}
	}
	for _, f := range families {
		for _, k := range f.Kernels {
			if s, ok := k.(*Stream); ok && s.Mem == F32 && s.Retry != "" && !names[s.Retry+"F32"] {
				return fmt.Errorf("%s: its Retry, %s, is described nowhere", s.Function(), s.Retry)
			}
		}
	}
	return nil
}

// words finds the words of a name: BCEWithLogitsToF32 is BCE, With, Logits, To, F32.
var words = regexp.MustCompile(`[A-Z]+[0-9]+|[A-Z]+[a-z0-9]*`)

// snake is a name with its words apart: bce_with_logits_to_f32.
func snake(name string) string {
	list := words.FindAllString(name, -1)
	var parts []string
	for _, w := range list {
		// Of a run of capitals the last begins a word: KLLog is KL, Log.
		if n := len(w) - len(strings.TrimLeft(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")); n > 1 && n < len(w) && w[n] >= 'a' {
			parts = append(parts, w[:n-1], w[n-1:])
		} else {
			parts = append(parts, w)
		}
	}
	return strings.ToLower(strings.Join(parts, "_"))
}

// asmName is the name of the assembly function of k on m.
func asmName(k Kernel, m Machine) string {
	f := k.Function()
	return strings.ToLower(f[:1]) + f[1:] + m.name()
}

// assemble prints the assembly file of one kernel on one machine, with as many constants in registers as fit.
func assemble(m Machine, k Kernel, family string) (text []byte, err error) {
	e, f, err := write(m, k, nil)
	if err != nil {
		return nil, err
	}
	keep := e.kept.byCost()
	for n := min(len(keep), m.registers()-mostLive(e.fn)); n > 0; n-- {
		if _, more, err := write(m, k, keep[:n]); err == nil {
			f = more
			break
		}
	}
	text, err = printer.NewGoAsm(printer.Config{Name: generator(family)}).Print(f)
	if err != nil {
		return nil, err
	}
	return constrain(text), nil
}

// generator is what the first line of a file says of its origin.
func generator(family string) string {
	if family == "" {
		return "go run ./asm"
	}
	return "go run ./asm from asm/" + family + ".go"
}

// write makes the file of one kernel on one machine, with some constants in registers. What the vocabulary panics with is
// a mistake in the description: an error.
func write(m Machine, k Kernel, keep []literal) (e *emitter, f *ir.File, err error) {
	defer func() {
		switch mistake := recover().(type) {
		case nil:
		case string:
			err = errors.New(mistake)
		default:
			panic(mistake)
		}
	}()
	p := newPool()
	e, err = newEmitter(m, p, asmName(k, m), k.signature())
	if err != nil {
		return nil, nil, err
	}
	e.fn.Attributes = attr.NOSPLIT
	e.kept.keep = keep
	k.emit(e)
	f = ir.NewFile()
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

// compile runs avo's passes, and then the machine's own.
func compile(m Machine, f *ir.File) error {
	passes := []pass.Interface{
		pass.FunctionPass(pass.PruneJumpToFollowingLabel),
		pass.FunctionPass(pass.PruneDanglingLabels),
		pass.FunctionPass(pass.LabelTarget),
		pass.FunctionPass(pass.CFG),
		pass.FunctionPass(pass.Liveness),
		pass.FunctionPass(allocateRegisters),
		pass.FunctionPass(pass.BindRegisters),
		pass.FunctionPass(pass.VerifyAllocation),
	}
	if err := pass.Concat(append(passes, m.passes()...)...).Execute(f); err != nil {
		return err
	}
	for _, fn := range f.Functions() {
		if err := m.finish(fn); err != nil {
			return err
		}
	}
	return nil
}
