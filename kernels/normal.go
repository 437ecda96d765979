package kernels

// NormalTo writes standard normal random numbers to dst and returns dst: dst[i] is number offset+i of the stream of
// key.
//
// A number depends on the key and on its place in the stream alone; places are counted modulo 2⁶⁴. So any part can be
// computed by itself, in any order and by any number of goroutines, with the same bits on every machine. The stream of
// float64 has nothing in common with that of float32, nor has either with those of [UniformTo]. They pass the usual
// statistical tests, but are not cryptographically secure.
//
// Two by two, the numbers are √(−2·log u)·cos θ and √(−2·log u)·sin θ, the transform of Box and Muller, of uniform u
// and θ. These are one word each of Threefry4x32-20, the generator of Salmon, Moraes, Dror and Shaw (“Parallel random
// numbers: as easy as 1, 2, 3”, 2011, and the library Random123): of 32 bits for float32, and rounded; of 64 bits for
// float64, of which u and θ keep 51 and 53. As u is at least 2⁻³² (float32) or 2⁻⁵² (float64), no number is larger than
// 6.661 or 8.491 in magnitude; the probability of that is 2.7e-11 or 2.1e-17 in the normal distribution. None is NaN.
// In float32 u is 1 with probability 2⁻²⁵, and both numbers are 0 then; in float64 none is 0.
//
// Error, against that transform of the rounded u and θ: ≤ 3.7 ULP (float32), ≤ 4 ULP (float64).
func NormalTo[T Float](dst []T, key Key, offset uint64) []T {
	draw(normal, dst, key, offset)
	return dst
}
