package kernels

import "fmt"

// sameLength panics if two lengths differ; arguments says whose they are, as in "MulTo: len(dst), len(x)". It is small
// enough to be inlined.
func sameLength(arguments string, a, b int) {
	if a != b {
		differentLengths(arguments, a, b)
	}
}

func differentLengths(arguments string, a, b int) {
	panic(fmt.Sprintf("kernels: %s = %d, %d: must be equal", arguments, a, b))
}
