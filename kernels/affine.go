package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// Packed is a matrix of weights, n outputs by k inputs, in the order in which [AffineTo] reads it. Only Repack changes
// it: any number of goroutines may use it while none calls Repack. A copy of a Packed shares its weights.
//
// It takes the memory of n·k elements, n rounded up to a multiple of 64 bytes: of 16 elements (float32) or 8 (float64).
type Packed[T Float] struct {
	n, k int
	data []T // panels: of 128 bytes of each column, the last of 64 or 128, padded with zeros
}

// Pack copies the weights w of n outputs and k inputs, in torch's order: element (i, j), of output i and input j, is
// w[i·stride+j]. Packing takes about as long as a product of a dozen rows: do it once for a model, or once for a step
// of training.
//
// It panics if n or k is negative, stride is less than k, or len(w) is less than (n−1)·stride + k.
func Pack[T Float](w []T, n, k, stride int) *Packed[T] {
	checkPack("Pack", len(w), n, k, stride)
	p := &Packed[T]{n: n, k: k, data: make([]T, PackedLen[T](n, k))}
	p.pack(w, stride)
	return p
}

// PackedLen is the number of elements that packed weights of n outputs and k inputs take. It panics if n or k is
// negative, or an int cannot hold the number.
func PackedLen[T Float](n, k int) int {
	if n < 0 || k < 0 || n > maxInt-panelBytes || k > maxInt/max(1, padded[T](n)) {
		panic(fmt.Sprintf("kernels: PackedLen: n = %d, k = %d: must not be negative or too large", n, k))
	}
	return k * padded[T](n)
}

// PackedIn returns the packed weights of n outputs and k inputs that data holds, for callers that have the memory:
// Repack puts weights there, and whoever wants them later may call PackedIn again. Nothing is copied or allocated.
//
// It panics if len(data) is not PackedLen(n, k), and where PackedLen does.
func PackedIn[T Float](data []T, n, k int) Packed[T] {
	if want := PackedLen[T](n, k); len(data) != want {
		panic(fmt.Sprintf("kernels: PackedIn: len(data) = %d: must be PackedLen(%d, %d) = %d", len(data), n, k, want))
	}
	return Packed[T]{n: n, k: k, data: data}
}

// Repack replaces the weights by others of the same shape, which it copies as Pack does, without allocating. It panics
// if stride is less than K() or w is too short.
func (p *Packed[T]) Repack(w []T, stride int) {
	checkPack("Repack", len(w), p.n, p.k, stride)
	p.pack(w, stride)
}

// N returns the number of outputs.
func (p *Packed[T]) N() int { return p.n }

// K returns the number of inputs.
func (p *Packed[T]) K() int { return p.k }

func checkPack(function string, length, n, k, stride int) {
	if n < 0 || k < 0 || stride < k {
		panic(fmt.Sprintf("kernels: %s: n = %d, k = %d, stride = %d: must not be negative, stride not less than k",
			function, n, k, stride))
	}
	if n > 0 && (length < k || stride > 0 && (length-k)/stride < n-1) {
		panic(fmt.Sprintf("kernels: %s: len(w) = %d: must be at least (n−1)·stride + k = (%d−1)·%d + %d",
			function, length, n, stride, k))
	}
}

// padded is n rounded up to half a panel.
func padded[T Float](n int) int {
	half := panelLen[T]() / 2
	return (n + half - 1) / half * half
}

// packMost is the number of elements of a row that are packed at a time, since assembly cannot be preempted.
const packMost = 512

func (p *Packed[T]) pack(w []T, stride int) {
	if p.k == 0 {
		return
	}
	for j := 0; j < p.n; j += panelLen[T]() {
		data, width := p.panel(j)
		for first := 0; first < p.k; first += packMost {
			simd.Transpose(data[first*width:], w[j*stride+first:], min(width, p.n-j), min(packMost, p.k-first), stride, width)
		}
	}
}

// panel is the panel that begins at output j, and its width.
func (p *Packed[T]) panel(j int) (data []T, width int) {
	width = min(panelLen[T](), padded[T](p.n)-j)
	return p.data[j*p.k:][:p.k*width], width
}

// AffineTo writes x·Wᵀ + bias, the affine layer of neural networks, to dst and returns dst. The rows of x have w.K()
// elements, those of dst w.N(); bias has w.N(), or is nil for 0. dst must not overlap x or bias.
//
// The products of an element are cut into chunks of 64 neighbours. A chunk is summed by fused multiply-adds from +0 in
// ascending order; then the sums of the chunks are added to the bias, one by one, in ascending order. The order depends
// on w.K() alone, so a row has the same bits in any batch, at any place in it.
//
// Error: at most (min(k, 64) + ⌈k/64⌉)·u·(|bias| + Σ|x·w|) and a few u² more, u = 2⁻²⁴ (float32) or 2⁻⁵³ (float64), and
// k·2⁻¹⁵⁰ or k·2⁻¹⁰⁷⁵ where products underflow. NaN and Inf always propagate: 0·NaN and 0·Inf are NaN. Without a bias
// no result is −0. It panics if the lengths do not fit. It is torch.nn.functional.linear(x, W, bias).
//
// Portable Go takes 0.9 ns a multiplication in float32 and 0.4 in float64 on amd64 (Zen 5), 2.4 and 28 under wasm (node
// 20 on the same machine), where float64 has no fused multiply-add; under emulation arm64 takes 22 and 6.3, riscv64 26
// and 6.2.
func AffineTo[T Float](dst, x []T, w *Packed[T], bias []T) []T {
	affine("AffineTo", false, dst, x, w, bias)
	return dst
}

// AffineReLUTo writes max(x·Wᵀ + bias, 0) to dst and returns dst: [AffineTo], then 0 for what is negative. NaN and −0
// stay.
func AffineReLUTo[T Float](dst, x []T, w *Packed[T], bias []T) []T {
	affine("AffineReLUTo", true, dst, x, w, bias)
	return dst
}

func affine[T Float](function string, relu bool, dst, x []T, w *Packed[T], bias []T) {
	if w == nil {
		panic("kernels: " + function + ": w is nil")
	}
	rows := affineRows(function, len(dst), len(x), w.n, w.k)
	if bias != nil && len(bias) != w.n {
		differentLengths(function+": len(bias), w.N()", len(bias), w.n)
	}
	switch { // all ways give the same bits
	case rows == 0:
	case w.n <= fewOutputs*panelLen[T]()/panelBytes && 0 < w.k && w.k <= lanesLen[T]() && rows >= 2*lanesRows:
		w.columns(relu, dst, x, bias, rows)
	case w.k <= fallback.Chunk:
		w.product(relu, dst, x, bias, rows, nil)
	default:
		var scratch [tileRoom]T
		w.product(relu, dst, x, bias, rows, scratch[:])
	}
}

// affineRows is the number of rows, 0 if there is nothing to write.
func affineRows(function string, dst, x, n, k int) int {
	if n == 0 && dst == 0 && (k == 0 && x == 0 || k > 0 && x%k == 0) {
		return 0
	}
	if n == 0 || dst%n != 0 || !holds(x, dst/n, k) {
		panic(fmt.Sprintf("kernels: %s: len(dst) = %d, len(x) = %d: must be rows of w.N() = %d, and as many of w.K() = %d",
			function, dst, x, n, k))
	}
	return dst / n
}

// fewOutputs are the bytes of the outputs, 3 in float32 and 1 in float64, that are computed each on its own, with rows
// in lanes: next to that, a tile would be mostly padding.
const fewOutputs = 12

// lanesRows is a multiple of the rows that any machine takes at a time then, lanesBytes what a call of assembly reads
// of them: it waits for memory more than it computes.
const (
	lanesRows  = 48
	lanesBytes = 192 << 10
)

// lanesLen is the longest row of which a call reads lanesRows.
func lanesLen[T Float]() int { return lanesBytes / lanesRows * panelLen[T]() / panelBytes }

// columns does as many rows at a time as a call of assembly allows.
func (p *Packed[T]) columns(relu bool, dst, x, bias []T, rows int) {
	_, width := p.panel(0)
	step := max(1, lanesLen[T]()/p.k) * lanesRows
	var scratch [tileRoom]T
	for first := 0; first < rows; first += step {
		count := min(step, rows-first)
		part, from := dst[first*p.n:(first+count)*p.n], x[first*p.k:(first+count)*p.k]
		done := 0
		for j := range p.n {
			start := T(0)
			if bias != nil {
				start = bias[j]
			}
			if relu {
				done = simd.ProductColumnRelu(part[j:], from, p.data[j:], count, p.k, p.n, p.k, width, start)
			} else {
				done = simd.ProductColumn(part[j:], from, p.data[j:], count, p.k, p.n, p.k, width, start)
			}
		}
		p.product(relu, part[done*p.n:], from[done*p.k:], bias, count-done, scratch[:])
	}
}

// product goes through all panels for as many rows as stay in the cache, and so on.
func (p *Packed[T]) product(relu bool, dst, x, bias []T, rows int, scratch []T) {
	step := cachedRows[T](p.k)
	var c calls
	if p.k > 0 {
		c = newCalls[T](p.k)
	}
	for first := 0; first < rows; first += step {
		for j := 0; j < p.n; j += panelLen[T]() {
			data, width := p.panel(j)
			o := operands[T]{
				dst: dst[first*p.n+j:], start: zeros[T](), a: x[first*p.k:], b: data,
				rows: min(step, rows-first), n: min(width, p.n-j), k: p.k, dstRow: p.n, aRow: p.k, aStep: 1, bRow: width,
			}
			if bias != nil {
				o.start = bias[j:]
			}
			if p.k == 0 {
				o.empty(relu)
			} else {
				o.panel(relu, c, scratch)
			}
		}
	}
}
