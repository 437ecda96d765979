package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// families lists the kernels by the files that describe them. What a function computes, and why so, stands in the file
// of that name in package fallback; here are its operations, in an order that needs few registers.
func families() []gen.Family {
	return []gen.Family{
		{Name: "absolute_error", Kernels: absoluteErrors()},
		{Name: "bce", Kernels: bces()},
		{Name: "bce_with_logits", Kernels: bcesWithLogits()},
		{Name: "elementwise", Kernels: elementwise()},
		{Name: "exp", Kernels: exps()},
		{Name: "expm1", Kernels: expm1s()},
		{Name: "gaussian_kl", Kernels: gaussianKLs()},
		{Name: "gaussian_kl_log_var", Kernels: gaussianKLLogVars()},
		{Name: "log", Kernels: logs()},
		{Name: "log1p", Kernels: log1ps()},
		{Name: "log_sum_exp", Kernels: logSumExps()},
		{Name: "normal", Kernels: normalFills()},
		{Name: "pow", Kernels: pows()},
		{Name: "product", Kernels: products()},
		{Name: "sigmoid", Kernels: sigmoids()},
		{Name: "softplus", Kernels: softpluses()},
		{Name: "squared_error", Kernels: squaredErrors()},
		{Name: "sums", Kernels: sums()},
		{Name: "transpose", Kernels: transposes()},
		{Name: "uniform", Kernels: uniforms()},
	}
}
