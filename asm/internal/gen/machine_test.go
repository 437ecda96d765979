package gen

import (
	"strings"
	"testing"
)

// TestEncodingsDiffer guards the table against a copied line.
func TestEncodingsDiffer(t *testing.T) {
	seen := map[uint32]string{}
	for name, e := range encodings {
		if other, ok := seen[e.bits]; ok {
			t.Errorf("%s and %s have the same encoding", name, other)
		}
		seen[e.bits] = name
	}
}

// TestHighRegisters checks that a body with too many live values is refused for AVX2 and not for AVX-512.
func TestHighRegisters(t *testing.T) {
	k := &Stream{
		Name: "Greedy", Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst", Unroll: Unroll{AVX2: 12, AVX512: 12},
		Body: func(b *S, in, _ []V) V { return b.Add(in[0], b.Mul(in[0], in[0])) },
	}
	if _, err := assemble(AVX2, k, ""); err == nil {
		t.Error("AVX2: more than 16 registers were handed out")
	}
	if _, err := assemble(AVX512, k, ""); err != nil {
		t.Errorf("AVX-512: %v", err)
	}
}

// TestSnake has every kind of name that kernels have.
func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"ExpToF32": "exp_to_f32", "Log1pToF64": "log1p_to_f64", "BCEWithLogitsGradF32": "bce_with_logits_grad_f32",
		"GaussianKLLogVarToF64": "gaussian_kl_log_var_to_f64", "Sum": "sum", "BCE": "bce",
	} {
		if got := snake(name); got != want {
			t.Errorf("snake(%s) = %s, want %s", name, got, want)
		}
	}
}

// TestMistakes wants an error that says what to do for what a description can get wrong.
func TestMistakes(t *testing.T) {
	sum := func(b *S, in, _ []V) V {
		b.Sum(0, in[0])
		return nil
	}
	for want, k := range map[string]*Stream{
		"one must be a multiple of the other": {
			Mem: F32, Arith: F32, Inputs: []string{"x"}, Reduction: CheapSum(F32), Unroll: Unroll{AVX2: 3}, Body: sum,
		},
		"described nowhere": {
			Mem: F32, Arith: F32, Inputs: []string{"x"}, Reduction: CheapSum(F32), Retry: "Missing", Body: sum,
		},
		"FMA: operands of different kinds": {
			Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst",
			Body: func(b *S, in, _ []V) V { return b.FMA(in[0], in[0], b.Widen(in[0])) },
		},
		"only integers of 32 bits can be converted": {
			Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst",
			Body: func(b *S, in, _ []V) V { return b.FromInt(b.Widen(in[0])) },
		},
		"only lanes of 32 bits make pairs": {
			Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst",
			Body: func(b *S, in, _ []V) V { return b.Pair(b.Widen(in[0])) },
		},
		"the constant 0p1 = 0.1 is no float32": {
			Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst",
			Body: func(b *S, in, _ []V) V { return b.Add(in[0], b.Const(0.1)) },
		},
	} {
		k.Name = "Mistake"
		_, err := Generate([]Family{{Name: "mistakes", Kernels: []Kernel{k}}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "MistakeF32") {
			t.Errorf("%v, want MistakeF32 and %q", err, want)
		}
	}
}
