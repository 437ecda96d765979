package kernels_test
import "time"
func timeit(f func()) float64 { t:=time.Now(); f(); return float64(time.Since(t).Nanoseconds()) }
