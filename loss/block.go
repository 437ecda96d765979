package loss

// blockLen is the length of the buffers that losses keep on the stack where kernels do not take an option, such as a
// mask: two or three of them fit in the first-level cache, and clearing them costs less than a call of a kernel over
// them.
const blockLen = 256

// convert writes src in the type of dst.
func convert[D, S Float](dst []D, src []S) {
	for i, v := range src {
		dst[i] = D(v)
	}
}
