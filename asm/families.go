package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// families lists the kernels by the files that describe them. What a function computes, and why so, stands in the file
// of that name in package fallback; here are its operations, in an order that needs few registers.
func families() []gen.Family {
	return []gen.Family{
		{Name: "absolute_error", Kernels: absoluteErrors()},
		{Name: "arg_max", Kernels: argMaxes()},
		{Name: "bce", Kernels: bces()},
		{Name: "bce_with_logits", Kernels: bcesWithLogits()},
		{Name: "binary_focal", Kernels: binaryFocals()},
		{Name: "elementwise", Kernels: elementwise()},
		{Name: "erf", Kernels: erfs()},
		{Name: "exact_sum", Kernels: exactSums()},
		{Name: "exp", Kernels: exps()},
		{Name: "expm1", Kernels: expm1s()},
		{Name: "focal", Kernels: focals()},
		{Name: "gaussian_kl", Kernels: gaussianKLs()},
		{Name: "gaussian_kl_log_var", Kernels: gaussianKLLogVars()},
		{Name: "gaussian_nll", Kernels: gaussianNLLs()},
		{Name: "gelu", Kernels: gelus()},
		{Name: "gelu_tanh", Kernels: geluTanhs()},
		{Name: "huber", Kernels: hubers()},
		{Name: "layer_norm", Kernels: layerNorms()},
		{Name: "log", Kernels: logs()},
		{Name: "log1p", Kernels: log1ps()},
		{Name: "log_sigmoid", Kernels: logSigmoids()},
		{Name: "log_sum_exp", Kernels: logSumExps()},
		{Name: "mish", Kernels: mishes()},
		{Name: "normal", Kernels: normalFills()},
		{Name: "pow", Kernels: pows()},
		{Name: "product", Kernels: products()},
		{Name: "sigmoid", Kernels: sigmoids()},
		{Name: "silu", Kernels: silus()},
		{Name: "soft_cross_entropy", Kernels: softCrossEntropies()},
		{Name: "softmax_grad", Kernels: softmaxGrads()},
		{Name: "softmax_mask", Kernels: softmaxMasks()},
		{Name: "softplus", Kernels: softpluses()},
		{Name: "squared_error", Kernels: squaredErrors()},
		{Name: "sums", Kernels: sums()},
		{Name: "tanh", Kernels: tanhs()},
		{Name: "transpose", Kernels: transposes()},
		{Name: "uniform", Kernels: uniforms()},
	}
}
