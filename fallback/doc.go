// Package fallback states every kernel in portable Go: the same operations in the same order as the assembly, so the same
// bits. It is the specification, and what runs where there is no assembly.
//
// # Its price
//
// Time per element, as a multiple of that of the plain loop over package math that bench compares with (slices of
// 2000 elements on a Zen 5, wasm under node 20). Of the kernels with an exponential, a logarithm or a power:
//
//	                     float32                                        float64
//	amd64 with FMA       up to 2.6                                      up to 2.9; gelu 4.3
//	amd64 without FMA    up to 2.7; pow 3.8, sums of KL 7.7 to 14       up to 17; KL of logarithms 20, gelu 36
//	wasm                 up to 2.4; sums of KL 3.7 to 9.3               up to 12; gelu 26
//
// What emulates float32 fused multiply-adds, products of matrices above all, takes up to 3.7 times the loop; products in
// float64 take 2.2 times the loop with FMA, 14 without. Random numbers cost 4 to 8 times math/rand/v2, and 17 in float64
// without FMA: they are those of a counter, the same on all machines.
package fallback
