package loss

// A mask has an entry for each target, which is false if the target is left out; nil keeps all.

// checkMask demands an entry for each target.
func checkMask(mask []bool, targets int) error {
	if mask == nil || len(mask) == targets {
		return nil
	}
	return inputError("loss: len(Mask) = %d: want %d, one for each target", len(mask), targets)
}

// kept says whether the target of element i counts; the mask is repeated for every sample.
func kept(mask []bool, i int) bool { return mask == nil || mask[i%len(mask)] }

// countKept is how many of so many targets count.
func countKept(mask []bool, targets int) int {
	if mask == nil {
		return targets
	}
	n := 0
	for _, k := range mask {
		if k {
			n++
		}
	}
	return n
}

// keepTo copies src to dst with neutral in place of what is left out, and returns dst. There is no branch, which a
// mask without a pattern would mislead.
func keepTo[T Float](dst, src []T, mask []bool, neutral T) []T {
	src, mask = src[:len(dst)], mask[:len(dst)]
	for i, v := range src {
		choice := 0
		if mask[i] {
			choice = 1
		}
		dst[i] = [2]T{neutral, v}[choice]
	}
	return dst
}

// keep is keepTo, or src where there is no mask.
func keep[T Float](dst, src []T, mask []bool, neutral T) []T {
	if mask == nil {
		return src
	}
	return keepTo(dst, src, mask, neutral)
}
