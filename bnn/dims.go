package bnn

import "math/bits"

// dims are the sizes of a linear layer; bias is 1 if it has one.
type dims struct{ in, out, bias int }

// inputs counts the bias as an input that is 1: it is the length of φ̃ = (1, φ).
func (d dims) inputs() int { return d.in + d.bias }

// numMeanParams is the number P of mean parameters, the first numBias of which are the bias.
func (d dims) numMeanParams() int { return d.out * d.inputs() }
func (d dims) numBias() int       { return d.out * d.bias }

// numParams is how many entries all tensors have, those of c included if it is not nil; or some number above maxParams.
func (d dims) numParams(c Covariance) int {
	n := 0
	for _, t := range d.tensors(c) {
		n += t.len()
	}
	return n
}

// tensors lists the parts of a layer's parameters in their order: those of the mean, then those of c, which may be nil.
func (d dims) tensors(c Covariance) []tensorSpec {
	specs := d.withBias(tensorSpec{"params.bias", []int{d.out}}, tensorSpec{"params.weight", []int{d.out, d.in}})
	if c != nil {
		specs = append(specs, c.tensors(d)...)
	}
	return specs
}

// withBias leaves the bias part out if the layer has none.
func (d dims) withBias(bias, weight tensorSpec) []tensorSpec {
	if d.bias == 0 {
		return []tensorSpec{weight}
	}
	return []tensorSpec{bias, weight}
}

// tensorSpec is the name and shape of a tensor.
type tensorSpec struct {
	name  string
	shape []int
}

func (t tensorSpec) len() int { return product(t.shape...) }

// maxParams is how many parameters a model may have, and how many normals a draw may take: sizes may come from a file,
// and must not overflow.
const maxParams = 1 << min(31, bits.UintSize-6)

// product multiplies sizes of at least 1; what is above maxParams comes out as maxParams+1.
func product(sizes ...int) int {
	n := 1
	for _, d := range sizes {
		if d > maxParams/n {
			return maxParams + 1
		}
		n *= d
	}
	return n
}
