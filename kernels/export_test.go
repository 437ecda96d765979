package kernels

// Data is where the packed weights lie, with their padding; tests look at them, and put them elsewhere.
func (p *Packed[T]) Data() *[]T { return &p.data }
