package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/fallback"
)

// call of a Stream.
func (k *Stream) call() call {
	c := call{slices: k.slices(), scalars: slices.Concat(k.Params, k.Wide), short: &k.Mem}
	c.params = append(c.params, strings.Join(c.slices, ", ")+" []"+k.Mem.goType())
	if k.Flags != "" {
		c.slices = append(slices.Clip(c.slices), k.Flags)
		c.params = append(c.params, k.Flags+" []bool")
	}
	if len(k.Totals) > 0 {
		c.slices = slices.Concat(c.slices, k.Totals)
		c.params = append(c.params, strings.Join(k.Totals, ", ")+" []float64")
		c.float64s = map[string]bool{}
		for _, t := range k.Totals {
			c.float64s[t] = true
		}
	}
	if len(k.Params) > 0 {
		c.params = append(c.params, strings.Join(k.Params, ", ")+" "+k.Mem.goType())
	}
	if len(k.Wide) > 0 {
		c.params = append(c.params, strings.Join(k.Wide, ", ")+" float64")
	}
	switch len(k.Sums) {
	case 0:
	case 1:
		c.results = "float64"
	default:
		c.results = "(" + strings.Join(k.sumNames(), ", ") + " float64)"
	}
	return c
}

// generic is the function over slices of any length: it goes from block to block and adds up their sums.
func (k *Stream) generic() string {
	var b strings.Builder
	c := k.call()
	fmt.Fprintf(&b, "// %s is %[1]sF32 or %[1]sF64 for slices of any length.\n", k.Name)
	params := strings.ReplaceAll(strings.Join(c.params, ", "), "float32", "T")
	fmt.Fprintf(&b, "func %s[T Float](%s) %s {\n", k.Name, params, c.results)
	for _, sum := range k.Sums {
		kind := "total.Sum"
		if sum.Kind == Largest {
			kind = "maximum"
		}
		fmt.Fprintf(&b, "var %ss %s\n", sum.Name, kind)
	}
	fmt.Fprintf(&b, "if Is32[T]() {\n%s} else {\n%s}\n", k.blocks("32"), k.blocks("64"))
	var values []string
	for _, sum := range k.sumNames() {
		values = append(values, sum+"s.Value()")
	}
	if len(values) > 0 {
		fmt.Fprintf(&b, "return %s\n", strings.Join(values, ", "))
	}
	b.WriteString("}\n\n")
	return b.String()
}

// blocks is the loop over blocks for one type.
func (k *Stream) blocks(bits string) string {
	c := k.call()
	var b strings.Builder
	var converted, rest, args []string
	for _, s := range k.slices() {
		converted = append(converted, fmt.Sprintf("As%s(%s)", bits, s))
	}
	fmt.Fprintf(&b, "%s := %s\n", strings.Join(k.slices(), ", "), strings.Join(converted, ", "))
	for _, s := range c.slices {
		rest = append(rest, s+"[n:]")
		args = append(args, s+"[:n]")
	}
	for _, s := range k.Params {
		args = append(args, fmt.Sprintf("float%s(%s)", bits, s))
	}
	args = append(args, k.Wide...)
	names, arguments := strings.Join(c.slices, ", "), strings.Join(args, ", ")
	whole := strings.Join(slices.Concat(c.slices, args[len(c.slices):]), ", ")
	fmt.Fprintf(&b, "if n := len(%s); 0 < n && n <= %d {\n%s}\n", c.slices[0], k.blockSize(), k.oneBlock(bits, whole))
	fmt.Fprintf(&b, "for len(%s) > 0 {\nn := min(len(%s), %d)\n", c.slices[0], c.slices[0], k.blockSize())
	b.WriteString(k.block(bits, arguments))
	for _, s := range k.sumNames() {
		fmt.Fprintf(&b, "%ss.Add(%s)\n", s, s)
	}
	fmt.Fprintf(&b, "%s = %s\n}\n", names, strings.Join(rest, ", "))
	return b.String()
}

// oneBlock is what most calls are, and short ones feel.
func (k *Stream) oneBlock(bits, arguments string) string {
	if len(k.Sums) == 0 {
		return k.block(bits, arguments) + "return\n"
	}
	if k.Retry == "" || bits != "32" {
		return fmt.Sprintf("return %sF%s(%s)\n", k.Name, bits, arguments)
	}
	return k.block(bits, arguments) + "return sum\n"
}

// block handles one block.
func (k *Stream) block(bits, arguments string) string {
	var b strings.Builder
	if len(k.Sums) > 0 {
		b.WriteString(strings.Join(k.sumNames(), ", ") + " := ")
	}
	fmt.Fprintf(&b, "%sF%s(%s)\n", k.Name, bits, arguments)
	if k.Retry != "" && bits == "32" {
		fmt.Fprintf(&b, "if !Fits32(sum) {\nsum = %sF32(%s)\n}\n", k.Retry, arguments)
	}
	return b.String()
}

func (k *Stream) blockSize() int {
	if k.Block == 0 {
		return fallback.Block
	}
	return k.Block
}
