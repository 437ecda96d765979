package fallback

import "math/bits"

// Threefry4x32-20 makes a block of four random words of 32 bits from a counter and a key of four words each. It is the
// generator of J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, “Parallel random numbers: as easy as 1, 2, 3”,
// SC'11: twenty rounds of the block cipher Threefish with fewer bits, made of additions, rotations and exclusive ors
// only, so that any block can be computed alone.

// Where the words of ThreefryWords lie. The first four are sums of counter and key.
const (
	ThreefryKey   = 4 // the five words of the extended key
	ThreefryRound = 9 // what is added to the last word of the block, once in four rounds: a word of the key and the count
	ThreefryCount = ThreefryRound + ThreefryRounds/4
)

// threefryParity makes the fifth word of the extended key.
const threefryParity = 0x1bd11bda

// ThreefryRotations are the bits by which the words rotate: two of them in each round, eight rounds, then from the
// start.
var ThreefryRotations = [8][2]int{{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}}

// ThreefryRounds is the number of rounds.
const ThreefryRounds = 20

// ThreefryWords writes what all blocks of a key have in common. The halves of the counter and of the key are two words
// each, the first the lower. It returns nothing, since the compiler would copy that 16 bytes at a time, and wait for
// the words.
func ThreefryWords(words *[ThreefryCount]uint32, counterLow, counterHigh, keyLow, keyHigh uint64) {
	k0, k1, k2, k3 := uint32(keyLow), uint32(keyLow>>32), uint32(keyHigh), uint32(keyHigh>>32)
	k4 := threefryParity ^ k0 ^ k1 ^ k2 ^ k3
	words[0], words[1] = uint32(counterLow)+k0, uint32(counterLow>>32)+k1
	words[2], words[3] = uint32(counterHigh)+k2, uint32(counterHigh>>32)+k3
	words[4], words[5], words[6], words[7], words[8] = k0, k1, k2, k3, k4
	words[9], words[10], words[11], words[12], words[13] = k4+1, k0+2, k1+3, k2+4, k3+5
}

// threefry is the block whose counter is that of the words, plus lane in its first word.
func threefry(words *[ThreefryCount]uint32, lane uint32) [4]uint32 {
	a, b, c, d := words[0]+lane, words[1], words[2], words[3]
	for i := range ThreefryRounds / 4 {
		r := (*[4][2]int)(ThreefryRotations[i%2*4:])
		a, b, c, d = threefryRounds(a, b, c, d, r)
		a += words[ThreefryKey+(i+1)%5]
		b += words[ThreefryKey+(i+2)%5]
		c += words[ThreefryKey+(i+3)%5]
		d += words[ThreefryRound+i]
	}
	return [4]uint32{a, b, c, d}
}

// threefryPair is the block of lane, and in the upper halves the next.
func threefryPair(words *[ThreefryCount]uint32, lane uint32) (pair [4]uint64) {
	low, high := threefry(words, lane), threefry(words, lane+1)
	for j := range pair {
		pair[j] = uint64(high[j])<<32 | uint64(low[j])
	}
	return pair
}

// threefryRounds is four rounds: the words mix with one neighbour, then with the other.
func threefryRounds(a, b, c, d uint32, r *[4][2]int) (_, _, _, _ uint32) {
	a, b = threefryMix(a, b, r[0][0])
	c, d = threefryMix(c, d, r[0][1])
	a, d = threefryMix(a, d, r[1][0])
	c, b = threefryMix(c, b, r[1][1])
	a, b = threefryMix(a, b, r[2][0])
	c, d = threefryMix(c, d, r[2][1])
	a, d = threefryMix(a, d, r[3][0])
	c, b = threefryMix(c, b, r[3][1])
	return a, b, c, d
}

// threefryMix is one half of a round.
func threefryMix(x, y uint32, rotation int) (sum, mixed uint32) {
	sum = x + y
	return sum, bits.RotateLeft32(y, rotation) ^ sum
}
