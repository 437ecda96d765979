package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// products describes start + a·b of matrices and of a matrix and a vector, and the same with what is negative replaced
// by 0.
func products() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		ks = append(ks,
			&gen.Product{Name: "Product", Mem: l}, &gen.Product{Name: "ProductRelu", Mem: l, Finish: relu},
			&gen.ProductColumn{Name: "ProductColumn", Mem: l}, &gen.ProductColumn{Name: "ProductColumnRelu", Mem: l, Finish: relu})
	}
	return ks
}

// relu is 0 > s ? 0 : s, which keeps NaN and −0.
func relu(b *B, s V) V { return b.Max(b.Const(0), s) }
