package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// llvm finds a tool of LLVM 19, whose models the tables name, or of the LLVM that is installed.
func llvm(tool string) (string, error) {
	if path, err := exec.LookPath(tool + "-19"); err == nil {
		return path, nil
	}
	return exec.LookPath(tool)
}

// estimate is what llvm-mca says of a turn of a loop.
type estimate struct {
	ports  float64 // the least that the ports take
	cycles float64 // what it takes with latencies, when it has come into its stride
}

// loopTexts are the innermost loops in LLVM's syntax, by function and index.
type loopTexts map[string]map[int]string

// disassemble returns the innermost loops of all functions in a program.
func disassemble(ctx context.Context, h *harness, all []*function) (loopTexts, error) {
	tool, err := llvm("llvm-objdump")
	if err != nil {
		return nil, err
	}
	var symbols []string
	for _, f := range all {
		symbols = append(symbols, "main."+f.name+".abi0")
	}
	only := "--disassemble-symbols=" + strings.Join(symbols, ",")
	c := exec.CommandContext(ctx, tool, "-d", "--no-show-raw-insn", only, h.program)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tool, err)
	}
	listings := split(out, map[string]string{"amd64": " #", "arm64": " //"}[h.arch])
	loops := loopTexts{}
	for _, f := range all {
		l := listings[f.name]
		targets := l.backTargets()
		if len(targets) != f.backTargets() {
			return nil, fmt.Errorf("%s: %d loops in its code, %d in its text", f.name, len(targets), f.backTargets())
		}
		loops[f.name] = map[int]string{}
		for _, loop := range f.loops {
			loops[f.name][loop.index] = l.loop(targets[loop.index])
		}
	}
	return loops, nil
}

// listing is the code of a function: addresses and instructions.
type listing struct {
	at   []uint64
	text []string
}

var (
	symbolLine = regexp.MustCompile(`^[0-9a-f]+ <main\.(\w+)\.abi0>:$`)
	codeLine   = regexp.MustCompile(`^\s*([0-9a-f]+):\s+(.*)$`)
	jump       = regexp.MustCompile(`^(j[a-z]+|b|b\.[a-z]+|cbn?z)\s.*?0x([0-9a-f]+)`)
)

// split cuts the output of llvm-objdump into functions, and off what stands behind the mark of a comment.
func split(out []byte, comment string) map[string]*listing {
	all := map[string]*listing{}
	var l *listing
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if m := symbolLine.FindStringSubmatch(lines.Text()); m != nil {
			l = &listing{}
			all[m[1]] = l
		} else if m := codeLine.FindStringSubmatch(lines.Text()); m != nil && l != nil {
			at, _ := strconv.ParseUint(m[1], 16, 64)
			text, _, _ := strings.Cut(m[2], " <")
			text, _, _ = strings.Cut(text, comment)
			l.at, l.text = append(l.at, at), append(l.text, strings.TrimSpace(text))
		}
	}
	return all
}

// backTargets are the addresses that a later jump goes to.
func (l *listing) backTargets() (targets []uint64) {
	for i, text := range l.text {
		if to, ok := jumpTo(text); ok && to <= l.at[i] && to >= l.at[0] {
			targets = append(targets, to)
		}
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}

func jumpTo(text string) (uint64, bool) {
	m := jump.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	to, err := strconv.ParseUint(m[2], 16, 64)
	return to, err == nil
}

// loop is the code from an address to the last jump back to it, without this jump: what llvm-mca repeats anyway.
func (l *listing) loop(from uint64) string {
	first, last := slices.Index(l.at, from), 0
	code := slices.Clone(l.text)
	for i, text := range l.text {
		to, ok := jumpTo(text)
		if ok && to == from {
			last = i
		}
		if ok {
			code[i] = strings.Replace(text, fmt.Sprintf("%#x", to), "8", 1) // as a distance it would be too large
		}
	}
	return strings.Join(code[first:last], "\n")
}

// estimates asks llvm-mca about all loops, as it models a processor.
func estimates(ctx context.Context, arch, processor string, loops loopTexts) (map[string]map[int]estimate, error) {
	short, err := simulate(ctx, arch, processor, loops, 100)
	if err != nil {
		return nil, err
	}
	long, err := simulate(ctx, arch, processor, loops, 200)
	if err != nil {
		return nil, err
	}
	all := map[string]map[int]estimate{}
	for name, r := range long {
		function, index, _ := strings.Cut(name, ":")
		i, err := strconv.Atoi(index)
		if err != nil {
			return nil, err
		}
		if all[function] == nil {
			all[function] = map[int]estimate{}
		}
		all[function][i] = estimate{r.BlockRThroughput, (r.TotalCycles - short[name].TotalCycles) / 100}
	}
	return all, nil
}

type summary struct{ BlockRThroughput, TotalCycles float64 }

func simulate(ctx context.Context, arch, processor string, loops loopTexts, turns int) (map[string]summary, error) {
	tool, err := llvm("llvm-mca")
	if err != nil {
		return nil, err
	}
	triple := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch]
	var in strings.Builder
	for name, list := range loops {
		for i, code := range list {
			fmt.Fprintf(&in, "# LLVM-MCA-BEGIN %s:%d\n%s\n# LLVM-MCA-END\n", name, i, code)
		}
	}
	c := exec.CommandContext(ctx, tool, "-mtriple="+triple, "-mcpu="+processor, fmt.Sprint("-iterations=", turns),
		"-json", "-resource-pressure=false", "-instruction-info=false")
	var stderr strings.Builder
	c.Stdin, c.Stderr = strings.NewReader(in.String()), &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s -mcpu=%s: %w\n%s", tool, processor, err, stderr.String())
	}
	var report struct {
		CodeRegions []struct {
			Name        string
			SummaryView summary
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, fmt.Errorf("%s: %w", tool, err)
	}
	all := map[string]summary{}
	for _, r := range report.CodeRegions {
		all[r.Name] = r.SummaryView
	}
	return all, nil
}
