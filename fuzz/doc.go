// Package fuzz holds the differential fuzz targets of the kernels: whatever the bytes, every implementation that this
// machine has gives the bits of the fallback. There is one target per kernel and element type:
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzSoftplusTo32$'
//
// Plain go test replays the seeds and the corpora under testdata.
package fuzz
