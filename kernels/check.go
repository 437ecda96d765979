package kernels

import "fmt"

// sameLength panics if b has not the length of a, naming both.
func sameLength(function, a string, lenA int, b string, lenB int) {
	if lenA != lenB {
		panic(lengthError(function, a, lenA, b, lenB))
	}
}

// lengthError is apart so that sameLength is inlined.
func lengthError(function, a string, lenA int, b string, lenB int) string {
	return fmt.Sprintf("kernels: %s: len(%s) = %d, len(%s) = %d: lengths must match", function, a, lenA, b, lenB)
}
