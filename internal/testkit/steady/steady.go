// Package steady is for tests that count allocations.
package steady

import "testing"

// Allocations skips a test that counts allocations where they are not those of the program: what is counted for the
// coverage keeps functions from being inlined, so that slices escape that do not otherwise.
func Allocations(t testing.TB) {
	t.Helper()
	if mode := testing.CoverMode(); mode != "" {
		t.Skipf("with -covermode=%s functions are not inlined that are otherwise, and allocate", mode)
	}
}
