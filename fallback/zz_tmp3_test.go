package fallback
import ("testing";"math";"github.com/simmer-go/simmer/internal/testkit/ref")
func TestTmp32(t *testing.T) {
 w := ref.Sweep32(func(dst,x []float32){ for i:=range x { dst[i]=tanh32(x[i]) } }, math.Tanh, 101)
 t.Logf("tanh %.4f at %x (%g)", w.ULP, w.X, w.X)
}
