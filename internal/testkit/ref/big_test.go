package ref_test

import (
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func TestBig(t *testing.T) {
	sin, cos := ref.BigSinCos(ref.Big(0.5))
	sinMinus, _ := ref.BigSinCos(ref.Big(-0x1p-40))
	// 40 digits each, from a table.
	for _, c := range []struct {
		got  *big.Float
		want string
	}{
		{ref.BigLog(ref.Big(2)), "0.6931471805599453094172321214581765680755001"},
		{ref.BigExp(ref.Big(1)), "2.718281828459045235360287471352662497757247"},
		{ref.BigExp(ref.Big(-100)), "3.720075976020835962959695803863118337358892e-44"},
		{ref.BigExpm1(ref.Big(0.125)), "0.1331484530668263168290072278117938725655031"},
		{ref.BigExpm1(ref.Big(0x1p-10)), "0.000977039492416535242845292611606506465851629"},
		{ref.BigLog1p(ref.Big(0x1p-70)), "8.47032947254300339067963768272774808881235e-22"},
		{ref.BigLog(ref.Big(10)), "2.302585092994045684017991454684364207601101"},
		{sin, "0.70710678118654752440084436210484903928483593"},
		{cos, "0.70710678118654752440084436210484903928483593"},
		{sinMinus, "-0.000000000001428630936784335626026696588551907170420338"},
	} {
		want, _, err := big.ParseFloat(c.want, 10, ref.Prec, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		if d := new(big.Float).Sub(c.got, want); d.Sign() != 0 && d.MantExp(nil)-want.MantExp(nil) > -130 {
			t.Errorf("%.42g, want %s", c.got, c.want)
		}
	}
}
