package kernels_test
import ("testing";"math";"math/rand/v2";"github.com/simmer-go/simmer/kernels";"github.com/simmer-go/simmer/internal/testkit/catalog")
func benchT[T kernels.Float](b *testing.B, sfx string) {
 for _,n := range []string{"ExpTo","SigmoidTo","SoftplusTo","TanhTo","SiLUTo","GELUTo","GELUTanhTo","ErfTo","LogSigmoidTo","MishTo","TanhGradTo","SiLUGradTo","GELUGradTo","GELUTanhGradTo","ErfGradTo","LogSigmoidGradTo","MishGradTo"} {
  k := catalog.Find[T](n)
  in := [][]T{}
  for range k.Inputs { x:=make([]T,4096); for i := range x { x[i]=T(rand.NormFloat64()*2) }; in=append(in,x) }
  a := catalog.Args[T]{Out:[][]T{make([]T,4096)}, In: in}
  b.Run(n+sfx, func(b *testing.B){ best:=math.Inf(1); for b.Loop(){ }; for range 40 { r:=testing.Benchmark; _=r; s:=timeit(func(){for range 20 {k.Call(a)}}); best=min(best,s) }; b.ReportMetric(best/20/4096,"ns/elt")})
 }
}
func BenchmarkTmp(b *testing.B) { benchT[float32](b,"32"); benchT[float64](b,"64") }
