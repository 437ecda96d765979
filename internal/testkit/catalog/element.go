package catalog

// Element calls an elementwise kernel for one element of each input, and then of its scalars. What args does not have is 1,
// as what a derivative is multiplied by.
func (k Kernel[T]) Element(args []float64) T {
	a := k.NewArgs(Vector(1))
	for i := range a.In {
		a.In[i][0] = 1
	}
	for i, x := range args {
		if i < len(a.In) {
			a.In[i][0] = T(x)
		} else {
			a.Scalars[i-len(a.In)] = T(x)
		}
	}
	return k.Do(a).Out[0][0]
}
