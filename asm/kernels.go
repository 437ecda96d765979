package main

// kernels lists what is generated, in the order of the files.
func kernels() []kernel {
	var ks []kernel
	for _, group := range [][]*Stream{
		sums(),
		products(),
		squaredErrors(),
		absoluteErrors(),
		bces(),
		bceWithLogits(),
		gaussianKLs(),
		gaussianKLLogVars(),
		softpluses(),
		elementary32(),
		elementary64(),
		logSumExps(),
	} {
		for _, k := range group {
			ks = append(ks, k)
		}
	}
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &ExpSumColumns{l}, &ScaleColumns{l})
	}
	return ks
}
