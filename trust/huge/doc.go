// Package huge has tests of slices of more than 2³¹ elements, which 32 bits cannot count. On Linux,
//
//	go test ./trust/huge -huge -timeout 1h -v
//
// takes minutes, and little memory, as it maps the same pages again and again. Without -huge the slices are short, so that
// what the tests themselves do is tried by every run.
package huge
