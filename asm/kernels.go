package main

// kernels lists what is generated, in the order of the files.
func kernels() []kernel {
	var ks []kernel
	for _, group := range [][]*Stream{
		squaredErrors(),
	} {
		for _, k := range group {
			ks = append(ks, k)
		}
	}
	return ks
}
