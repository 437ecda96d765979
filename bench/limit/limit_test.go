package main

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// root is the module's, seen from here.
const root = "../.."

// Every generated function can be called, and its loops found.
func TestFunctions(t *testing.T) {
	known := []string{"*float32", "*float64", "*[14]uint32", "*bool", "float32", "float64", "int"}
	for _, suffix := range []string{"avx2_amd64", "avx512_amd64", "neon_arm64"} {
		all, err := functions(root, suffix)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			name, typ := f.kernel()
			if !strings.HasPrefix(typ, "float") {
				t.Errorf("%s is %s of %q", f.name, name, typ)
			}
			for _, p := range f.params {
				if !slices.Contains(known, p.typ) {
					t.Errorf("%s: call knows no %s", f.name, p.typ)
				}
			}
		}
	}
}

const sum = `// func sumF32AVX2(x *float32, n int) (sum float32)
TEXT ·sumF32AVX2(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), AX

outer:
	VXORPS Y0, Y0, Y0

main:
	// A turn.
	VADDPS (AX), Y0, Y0
	VMULPS Y1, Y2, Y3
	VFMADD231PS Y3, Y3, Y1
	ADDQ   $0x20, AX
	SUBQ   $0x08, CX
	JGE    main
	JMP    outer
	RET
`

func TestParse(t *testing.T) {
	f, err := parse(sum)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.loops) != 1 || f.loops[0].label != "main" || f.loops[0].index != 1 || len(f.loops[0].code) != 6 {
		t.Errorf("loops %+v", f.loops)
	}
	if got := f.call(""); got != "func(s size) int { sumF32AVX2(p32[0], s.n); return 0 }" {
		t.Error(got)
	}
	if got := counted(f, "amd64"); !strings.Contains(got, "main:\n\tINCQ ·turns+8(SB)\n") {
		t.Error(got)
	}
}

// testProcessor adds in 3 cycles and multiplies in 4, two at a time, or one of each.
func testProcessor() *processor {
	models := map[string]float64{
		"add/32": 0.5, "mul/32": 0.5, "fma/32": 0.5, "logic/32": 0.25, "load/32": 0.5, "store/32": 1, "nop/32": 0.125,
		"add-latency/32": 3, "mul-latency/32": 4, "fma-latency/32": 4, "logic-latency/32": 1,
		"fma+mul/32": 1, "mul+add/32": 0.5, "fma+add/32": 0.5, "1+store/32": 1, "div32-latency/32": 10,
	}
	models["waiting/32"] = chained*10 + (fillers-60)*0.5
	models["flying/32"] = chained*10 + (fillers-200)*0.5
	return newProcessor(32, models)
}

func TestBounds(t *testing.T) {
	f, err := parse(sum)
	if err != nil {
		t.Fatal(err)
	}
	p, code := testProcessor(), f.loops[0].code
	if ports, which := p.portCycles(code); ports != 1 || which != "fma" { // multiplications and fused ones share ports
		t.Errorf("ports %v of %s", ports, which)
	}
	if got := chainCycles(code, p.latency); got != 8 { // Y1 to Y3 to Y1
		t.Errorf("chain %v", got)
	}
	if w, f := p.behind("waiting"), p.behind("flying"); w != 60 || f != 200 {
		t.Errorf("room for %d and %d", w, f)
	}
	if got := p.windowCycles(code); math.Abs(got-8) > 0.1 {
		t.Errorf("window %v", got)
	}
}

// A chain of 100 additions that is begun anew in each turn keeps the next turn out.
func TestWindow(t *testing.T) {
	code := []instruction{parseInstruction("VXORPS Y0, Y0, Y0")}
	for range 100 {
		code = append(code, parseInstruction("VADDPS Y0, Y1, Y0"))
	}
	p := testProcessor()
	if got := chainCycles(code, p.latency); got != 0 {
		t.Errorf("chain %v", got)
	}
	if got := p.windowCycles(code); got < 100 || got > 300 {
		t.Errorf("window %v", got)
	}
}

func TestRegisters(t *testing.T) {
	for text, want := range map[string]string{
		"VADDPD.BCST f64_One<>+0(SB), Z1, Z2": "[SB V1] [V2]",
		"VFMADD231PD (AX)(BX*8), Y1, Y2":      "[AX BX V1 V2] [V2]",
		"VMOVUPS.Z (CX), K1, Z1":              "[CX K1] [V1]",
		"VMOVAPS Z1, K1, Z2":                  "[V1 K1 V2] [V2]",
		"VBLENDMPS Z1, Z2, K1, Z3":            "[V1 V2 K1] [V3]",
		"VCMPPS $0x01, Z1, Z2, K1":            "[V1 V2] [K1]",
		"VXORPS Y1, Y1, Y2":                   "[] [V2]",
		"ADDQ $0x20, AX":                      "[AX] [AX]",
		"CMPQ AX, $0x20":                      "[AX] []",
		"VMOVUPS Z1, (AX)":                    "[V1 AX] []",
	} {
		reads, writes := parseInstruction(text).registers()
		if got := "[" + strings.Join(reads, " ") + "] [" + strings.Join(writes, " ") + "]"; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

const listed = `
0000000000470000 <main.sumF32AVX2.abi0>:
  470000:      	vxorps	%ymm0, %ymm0, %ymm0
  470004:      	vaddps	0x10(%rip), %ymm0, %ymm0  # 0x47001c <x>
  470008:      	jge	0x470004 <main.sumF32AVX2.abi0+0x4>
  47000a:      	jmp	0x470000 <main.sumF32AVX2.abi0>
  47000c:      	retq
`

func TestListing(t *testing.T) {
	l := split([]byte(listed), " #")["sumF32AVX2"]
	if got := l.backTargets(); !slices.Equal(got, []uint64{0x470000, 0x470004}) {
		t.Fatalf("%x", got)
	}
	if got := l.loop(0x470004); got != "vaddps\t0x10(%rip), %ymm0, %ymm0" {
		t.Errorf("%q", got)
	}
}
