package main

// families are the descriptions, in the order of their files. What a function computes, and why so, stands in the file
// of that name in fallback; here are its operations, in an order that needs few registers.
func families() [][]*Stream {
	return [][]*Stream{
		absoluteErrors(),
		bces(),
		bcesWithLogits(),
		elementwise(),
		exps(),
		expm1s(),
		gaussianKLs(),
		gaussianKLLogVars(),
		logs(),
		log1ps(),
		logSumExps(),
		pows(),
		sigmoids(),
		softpluses(),
		squaredErrors(),
		sums(),
	}
}

// kernels lists what is generated.
func kernels() []kernel {
	var ks []kernel
	for _, family := range families() {
		for _, k := range family {
			ks = append(ks, k)
		}
	}
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &ExpSumColumns{l}, &ScaleColumns{l})
	}
	return ks
}
