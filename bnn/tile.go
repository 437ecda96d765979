package bnn

// tileRows is how many rows are worked on at once where that takes so many numbers a row: as many as stay in a
// second-level cache, and a multiple of the chunks in which package kernels sums gradients with respect to weights, so
// that these do not depend on it.
func tileRows(width int) int {
	const cache = 1 << 15 // numbers: an eighth to a quarter of the cache, weights need the rest
	return tileChunk * min(max(1, cache/tileChunk/width), mostTileRows/tileChunk)
}

const tileChunk, mostTileRows = 64, 512
