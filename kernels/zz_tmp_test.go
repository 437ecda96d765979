package kernels_test
import ("testing";"math/rand/v2";"github.com/simmer-go/simmer/kernels")
func BenchmarkTmp(b *testing.B) {
 x:=make([]float32,4096); y:=make([]float64,4096); for i:=range x { x[i]=float32(rand.NormFloat64()*3); y[i]=float64(x[i]) }
 d:=make([]float32,4096); e:=make([]float64,4096)
 for n,f := range map[string]func([]float32,[]float32)[]float32{"exp":kernels.ExpTo[float32],"sig":kernels.SigmoidTo[float32],"softp":kernels.SoftplusTo[float32]} { b.Run(n,func(b *testing.B){ for b.Loop(){f(d,x)}; b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096,"ns/elt")})}
 for n,f := range map[string]func([]float64,[]float64)[]float64{"exp":kernels.ExpTo[float64],"sig":kernels.SigmoidTo[float64],"softp":kernels.SoftplusTo[float64]} { b.Run(n+"64",func(b *testing.B){ for b.Loop(){f(e,y)}; b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096,"ns/elt")})}
}
