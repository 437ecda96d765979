package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// argMaxes describes the largest element with the number of NaNs, the first place of an element, and both for rows of
// few columns.
func argMaxes() []gen.Kernel {
	var ks []gen.Kernel
	unroll := gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4}
	for _, l := range []Lane{F32, F64} {
		largest := gen.CheapSum(l)
		largest.Lanes /= 2 // two registers for each: more would be too many for NEON
		largest.Sums = []gen.Sum{
			{Name: "largest", Lane: l, Kind: gen.Largest}, {Name: "unordered", Lane: l, Kind: gen.Count},
		}
		place := gen.CheapSum(l)
		place.Sums = []gen.Sum{{Name: "place", Lane: l, Kind: gen.Largest}}
		ks = append(ks, &gen.Stream{
			Name: "MaxUnordered", Mem: l, Arith: l, Inputs: []string{"x"}, Unroll: unroll, Reduction: largest,
			Body: func(b *S, in, _ []V) V {
				b.Count(1, b.IsNaN(in[0]))
				b.Largest(0, in[0])
				return nil
			},
		}, &gen.Stream{
			Name: "PlaceOf", Mem: l, Arith: l, Inputs: []string{"x", "index"}, Params: []string{"m"}, Unroll: unroll,
			Reduction: place,
			Body: func(b *S, in, params []V) V {
				b.Largest(0, b.Keep(b.EQ(in[0], params[0]), in[1]))
				return nil
			},
		}, &gen.ColumnArgMax{Name: "ArgMaxColumns", Mem: l})
	}
	return ks
}
