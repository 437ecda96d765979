// Package fallback states every kernel in portable Go: the same operations in the same order as the assembly, so the
// same bits. It is the specification, and what runs where there is no assembly.
//
// To read it, begin with arith.go, what is rounded and when, and lanes.go, the order of every sum; then exp.go and
// log1p.go, on which most functions stand; then the file of the kernel in question.
//
// Its functions check neither lengths nor overlap: package kernels does, so call that. They are exported for the other
// packages of this module, without a promise of compatibility: any of them may change, or go, in any release.
//
// # Its price
//
// Time per element, as a multiple of that of the plain loop over package math that bench compares with (slices of 2000
// elements on a Zen 5, wasm under node 20). Of the kernels with an exponential, a logarithm or a power:
//
//	                     float32                                        float64
//	amd64 with FMA       up to 2.6                                      up to 2.9; gelu 3.9
//	amd64 without FMA    up to 2.7; sums of KL 7.6 to 14                up to 17; KL of logarithms 20, gelu 36
//	wasm                 up to 3.0; sums of KL 4.6 to 9.4               up to 12; gelu 24
//
// What emulates float32 fused multiply-adds, products of matrices and gradients of squares above all, takes up to 3.2
// times the loop; products in float64 take less than twice the loop with FMA, 15 times without. Layer normalization of
// float32 takes 1.9 times the loop with FMA, 3.5 without, and its gradient 6.2, as their sums are in float64. Random
// numbers cost 4 to 8 times math/rand/v2, and 16 in float64 without FMA: they are those of a counter, the same on all
// machines.
package fallback
