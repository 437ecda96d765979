package isa

import (
	"fmt"
	"slices"
	"strings"
)

// choose decides what to use: what is wished for where it is available, else the best.
// A wish that cannot be served gets a line that says so, never a crash: the same
// environment may be set on every machine of a fleet.
func choose(wish string, available []ISA) (choice ISA, complaint string) {
	best := available[len(available)-1]
	if wish == "" {
		return best, ""
	}
	at := slices.IndexFunc(available, func(i ISA) bool { return strings.EqualFold(i.String(), wish) })
	if at >= 0 {
		return available[at], ""
	}
	return best, fmt.Sprintf("simmer: SIMMER_ISA=%q is not one of %v, which run here; using %v", wish, available, best)
}
