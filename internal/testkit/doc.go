// Package testkit is the root of what only tests, fuzzing and bench use:
//
//   - catalog: every public kernel once, with the one maker of arguments, runner and comparator of results
//   - digest: committed hashes of results
//   - cases: reference cases, computed by Python
//   - ref: exact references, the error in ULP, and the table of the bounds that are promised
//   - mxcsr: other floating-point modes
//
// Its own tests look at the source of the whole project: which folder may import which, and what a new kernel still lacks.
package testkit
