package gen

import "testing"

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
