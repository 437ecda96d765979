package ref

import (
	"math"
	"runtime"
	"sync"
)

// Worst is the largest error that a sweep found, in ULP, and the input it belongs to.
type Worst[T float32 | float64] struct {
	ULP float64
	X   T
}

// NearZero is where the derivatives of SiLU, GELU and Mish change their sign, and relative errors mean little.
func NearZero(x float64) bool { return -3 < x && x < -0.125 }

// Sweep32 compares a kernel with the function on the float32 inputs of which the bits are a multiple of stride, give or
// take: the first one of each run of 2¹⁶ bit patterns moves with the run, so that the last bits take all values. All
// processors take part.
func Sweep32(f Function, kernel func(dst, x []float32), stride uint32) Worst[float32] {
	const run = 1 << 16
	var (
		wait  sync.WaitGroup
		lock  sync.Mutex
		worst Worst[float32]
	)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			var x, got [1024]float32
			var mine Worst[float32]
			n := 0
			flush := func() {
				kernel(got[:n], x[:n])
				for i, y := range got[:n] {
					if e := f.Error32(y, float64(x[i])); e > mine.ULP {
						mine = Worst[float32]{e, x[i]}
					}
				}
				n = 0
			}
			for r := uint32(w); r < 1<<32/run; r += uint32(workers) {
				for i := r * 7919 % stride; i < run; i += stride {
					x[n] = math.Float32frombits(r*run + i)
					if n++; n == len(x) {
						flush()
					}
				}
			}
			flush()
			lock.Lock()
			defer lock.Unlock()
			// Which of equal errors is reported must not depend on the schedule.
			if mine.ULP > worst.ULP || mine.ULP == worst.ULP && mine.X < worst.X {
				worst = mine
			}
		})
	}
	wait.Wait()
	return worst
}
