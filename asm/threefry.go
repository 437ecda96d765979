package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// threefry is the block of each lane: four words.
func threefry(b *B, lane V, words []V) [4]V {
	x := [4]V{b.IAdd(lane, words[0]), words[1], words[2], words[3]}
	for i := range fallback.ThreefryRounds / 4 {
		b.Step("four rounds")
		for j, r := range fallback.ThreefryRotations[i%2*4:][:4] {
			x = threefryRound(b, x, j%2 == 1, r)
		}
		b.Step("the key")
		for j := range 3 {
			x[j] = b.IAdd(x[j], words[fallback.ThreefryKey+(i+1+j)%5])
		}
		x[3] = b.IAdd(x[3], words[fallback.ThreefryRound+i])
	}
	return x
}

// threefryRound mixes each word with a neighbour, at odd with the other one.
func threefryRound(b *B, x [4]V, odd bool, rotations [2]int) [4]V {
	y0, y1 := 1, 3
	if odd {
		y0, y1 = 3, 1
	}
	x[0], x[2] = b.IAdd(x[0], x[y0]), b.IAdd(x[2], x[y1])
	x[y0], x[y1] = b.RotateLeft(x[y0], rotations[0]), b.RotateLeft(x[y1], rotations[1])
	x[y0], x[y1] = b.Xor(x[y0], x[0]), b.Xor(x[y1], x[2])
	return x
}

// drawn describes dst = f of random words, two by two.
func drawn(name string, l Lane, unroll gen.Unroll, f func(b *B, x, y V) (V, V)) *gen.Fill {
	return &gen.Fill{
		Name: name, Mem: l, Words: fallback.ThreefryCount, Unroll: unroll,
		Body: func(b *B, lane V, words []V) (z [4]V) {
			b.Lane = F32
			x := threefry(b, lane, words)
			for i, v := range x {
				if l == F64 {
					x[i] = b.Pair(v)
				}
			}
			b.Lane = l
			z[0], z[1] = f(b, x[0], x[1])
			z[2], z[3] = f(b, x[2], x[3])
			return z
		},
	}
}
