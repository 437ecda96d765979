package fallback
import ("testing";"math/big";"math/rand/v2";"github.com/simmer-go/simmer/internal/testkit/ref")
func regs(t *testing.T, n string, f func(float64)float64, g func(*big.Float)*big.Float) {
  r := rand.New(rand.NewPCG(1, 2))
  edges := []float64{-20,-10,-6,-5,-4.5,-4,-3.5,-3,-2.5,-2,-1.5,-0.5,-0.45,-0.4,-0.35,-0.3,-0.25,-0.2,-0.1,0,0.5,1,2}
  s:=""
  for i:=0;i+1<len(edges);i++ { worst:=0.0
   for j:=0;j<20000;j++ { x:=between(edges[i],edges[i+1])(r); e:=ref.ULP64(f(x),g(ex(x))); worst=max(worst,e) }
   s+= " "+big.NewFloat(edges[i]).Text('g',4)+": "+big.NewFloat(worst).Text('f',2) }
  t.Log(n,s)
}
func TestZReg(t *testing.T) {
 regs(t,"silu",siluSlope64,func(x *big.Float)*big.Float{return exGateSlope(x,x)})
 regs(t,"gelu",geluSlope64,func(x *big.Float)*big.Float{return exAdd(ref.BigNormal(x), exMul(x, ref.BigNormalDensity(x)))})
 regs(t,"gelutanh",geluTanhSlope64,func(x *big.Float)*big.Float{y,v:=exGELUTanh(x);return exGateSlope(y,v)})
 parts := func(x *big.Float) (e, n2 *big.Float) { e = ref.BigExp(x); return e, exAdd(exMul(e, exAdd(e, ex(2))), ex(2)) }
 regs(t,"mish",mishSlope64,func(x *big.Float)*big.Float{ e, n2 := parts(x); top := exAdd(exMul(exAdd(e, ex(2)), n2), exMul(ex(4), x, exAdd(e, ex(1)))); return exQuo(exMul(e, top), exMul(n2, n2)) })
}
