package kernels_test

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// bigSum is the sum of finite numbers, rounded once.
func bigSum(x []float64) float64 { return bigSumOf(x, 2400) }

// bigSumOf is the same of numbers that so many bits are enough for.
func bigSumOf(x []float64, bits uint) float64 {
	sum, term := new(big.Float).SetPrec(bits), new(big.Float)
	for _, v := range x {
		sum.Add(sum, term.SetFloat64(v))
	}
	f, _ := sum.Float64()
	return f
}

// exactBytes is the encoding, which equal sums share.
func exactBytes(s *kernels.ExactSum) string {
	b, err := s.MarshalBinary()
	if err != nil {
		panic(err)
	}
	return string(b)
}

// anyFinite is a finite number of any exponent.
func anyFinite(r *rand.Rand) float64 {
	for {
		if v := math.Float64frombits(r.Uint64()); v-v == 0 {
			return v
		}
	}
}

// hard are the inputs that tests of exact sums try: each element depends on those before.
var hard = map[string]func(r *rand.Rand, before []float64) float64{
	"equal exponents":   func(r *rand.Rand, _ []float64) float64 { return 1 + r.Float64() },
	"alternating signs": func(r *rand.Rand, x []float64) float64 { return (1 + r.Float64()) * float64(1-len(x)%2*2) },
	"normal":            func(r *rand.Rand, _ []float64) float64 { return r.NormFloat64() },
	"all exponents":     func(r *rand.Rand, _ []float64) float64 { return anyFinite(r) },
	"zeros":             func(r *rand.Rand, _ []float64) float64 { return max(0, r.NormFloat64()) },
	"subnormal":         func(r *rand.Rand, _ []float64) float64 { return float64(r.IntN(9)-4) * 0x1p-1074 },
	"barely normal":     func(r *rand.Rand, _ []float64) float64 { return r.NormFloat64() * 0x1p-1020 },
	"overflow that cancels": func(r *rand.Rand, _ []float64) float64 {
		return math.Copysign(math.MaxFloat64, r.Float64()-0.5) * float64(1-r.IntN(2)*r.IntN(2))
	},
	"edge of the levels": func(r *rand.Rand, _ []float64) float64 {
		return math.Ldexp(1+r.Float64(), -r.IntN(81))
	},
	"what is left of a level": func(r *rand.Rand, _ []float64) float64 {
		return math.Ldexp(math.Copysign(1, r.Float64()-0.5), -r.IntN(4)*44-r.IntN(3)+3)
	},
	"cancelling": func(r *rand.Rand, x []float64) float64 {
		if len(x) == 0 || r.IntN(2) == 0 {
			return anyFinite(r)
		}
		return -x[r.IntN(len(x))]
	},
	"ties": func(r *rand.Rand, x []float64) float64 {
		switch {
		case len(x) == 0:
			return 1 + float64(r.IntN(4))*0x1p-52
		case len(x) == 1:
			return 0x1p-53
		}
		return float64(r.IntN(3)-1) * 0x1p-1074
	},
}

func hardInput(r *rand.Rand, kind string, n int) []float64 {
	x := make([]float64, 0, n)
	for len(x) < n {
		x = append(x, hard[kind](r, x))
	}
	return x
}

// Every way of adding gives math/big's sum, and one encoding.
func TestExactSum(t *testing.T) {
	for kind := range hard {
		t.Run(kind, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for _, n := range []int{0, 1, 2, 3, 8, 24, 25, 26, 27, 28, 255, 257, 1023, 1281, 2310} {
				x := hardInput(r, kind, n)
				want := bigSum(x)
				var one kernels.ExactSum
				for _, v := range x {
					one.Add(v)
				}
				if got := one.Value(); got != want {
					t.Fatalf("%d elements: %v, want %v", n, got, want)
				}
				for _, i := range isa.Available() {
					restore := isa.Use(i)
					checkSlices(t, fmt.Sprintf("%d elements, %v", n, i), x, exactBytes(&one))
					restore()
				}
			}
		})
	}
}

// checkSlices adds x as a whole, and in two parts that are merged.
func checkSlices(t *testing.T, what string, x []float64, want string) {
	t.Helper()
	var whole, part, rest kernels.ExactSum
	kernels.ExactAdd(&whole, x)
	kernels.ExactAdd(&rest, x[:len(x)/3])
	kernels.ExactAdd(&part, x[len(x)/3:])
	part.Merge(&rest)
	if got := exactBytes(&whole); got != want {
		t.Fatalf("%s: encoded as %x, one by one as %x", what, got, want)
	}
	if got := exactBytes(&part); got != want {
		t.Fatalf("%s: encoded as %x if merged, one by one as %x", what, got, want)
	}
}

// Float32 and products of float32, too.
func TestExactSum32(t *testing.T) {
	kinds := map[string]func(r *rand.Rand) float32{
		"equal exponents": func(r *rand.Rand) float32 { return 1 + r.Float32() },
		"normal":          func(r *rand.Rand) float32 { return float32(r.NormFloat64()) },
		"all exponents": func(r *rand.Rand) float32 {
			for {
				if v := math.Float32frombits(r.Uint32()); v-v == 0 {
					return v
				}
			}
		},
	}
	for kind, make1 := range kinds {
		r := rand.New(rand.NewPCG(3, 4))
		for _, n := range []int{0, 1, 5, 25, 30, 256, 1300, 2311} {
			x, y := make([]float32, n), make([]float32, n)
			wide, products := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i], y[i] = make1(r), make1(r)
				wide[i], products[i] = float64(x[i]), float64(x[i])*float64(y[i])
			}
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				var s, p, one kernels.ExactSum
				kernels.ExactAdd(&s, x)
				kernels.ExactAddProducts(&p, x, y)
				for j := range x {
					one.AddProduct(x[j], y[j])
				}
				if got, want := s.Value(), bigSum(wide); got != want {
					t.Errorf("%s, %d elements, %v: %v, want %v", kind, n, i, got, want)
				}
				if got, want := p.Value(), bigSum(products); got != want || exactBytes(&p) != exactBytes(&one) {
					t.Errorf("%s, %d products, %v: %v, want %v", kind, n, i, got, want)
				}
				restore()
			}
		}
	}
}

func TestExactSumOfMillion(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	for _, kind := range []string{"equal exponents", "normal", "edge of the levels"} {
		x := hardInput(rand.New(rand.NewPCG(5, 6)), kind, n)
		var s kernels.ExactSum
		kernels.ExactAdd(&s, x)
		if got, want := s.Value(), bigSumOf(x, 300); got != want {
			t.Errorf("%s, %d elements: %v, want %v", kind, n, got, want)
		}
	}
}

// The order, which decides about kernels.Sum, is nothing to an exact sum.
func TestExactSumShuffled(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x := hardInput(r, "normal", 1000)
	var first kernels.ExactSum
	kernels.ExactAdd(&first, x)
	want, plain, changed := exactBytes(&first), kernels.Sum(x), 0
	for range 300 {
		r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		if kernels.Sum(x) != plain {
			changed++
		}
		parts := make([]kernels.ExactSum, 1+r.IntN(9))
		for rest := x; len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			kernels.ExactAdd(&parts[r.IntN(len(parts))], rest[:n])
			rest = rest[n:]
		}
		for i := range parts[1:] {
			parts[0].Merge(&parts[i+1])
		}
		if got := exactBytes(&parts[0]); got != want {
			t.Fatalf("shuffled and merged from %d: encoded as %x, want %x", len(parts), got, want)
		}
	}
	if changed == 0 {
		t.Error("no shuffle changes kernels.Sum: this input shows nothing")
	}
}

// Results that the last bit of a tiny term decides, overflow, and signs of zeros.
func TestExactSumRounding(t *testing.T) {
	const tiny, huge, half = 0x1p-1074, math.MaxFloat64, 0x1p970 // half of the last place of huge
	inf, minusZero := math.Inf(1), math.Copysign(0, -1)
	for _, c := range []struct {
		x    []float64
		want float64
	}{
		{nil, 0}, {[]float64{minusZero}, minusZero}, {[]float64{minusZero, minusZero}, minusZero},
		{[]float64{minusZero, 0}, 0},
		{[]float64{1, -1}, 0}, {[]float64{1, -1, minusZero}, 0},
		{[]float64{1, 0x1p-53}, 1}, {[]float64{1, 0x1p-53, tiny}, 1 + 0x1p-52}, {[]float64{1, 0x1p-53, -tiny}, 1},
		{[]float64{1 + 0x1p-52, 0x1p-53}, 1 + 0x1p-51}, {[]float64{1 + 0x1p-52, 0x1p-53, -tiny}, 1 + 0x1p-52},
		{[]float64{tiny, tiny, tiny}, 3 * tiny}, {[]float64{0x1p-1022, -tiny}, 0x1p-1022 - tiny},
		{[]float64{0x1p-1022, tiny}, 0x1p-1022 + tiny}, {[]float64{0x1p-1021, tiny}, 0x1p-1021},
		{[]float64{0x1p-1021, tiny, tiny}, 0x1p-1021 + 2*tiny}, {[]float64{0x1p-1021, 3 * tiny}, 0x1p-1021 + 4*tiny},
		{[]float64{huge, huge, -huge}, huge}, {[]float64{huge, half}, inf}, {[]float64{huge, half, -tiny}, huge},
		{[]float64{huge, huge}, inf}, {[]float64{-huge, -half}, -inf}, {[]float64{-huge, -half, tiny}, -huge},
		{[]float64{inf, -huge}, inf}, {[]float64{-inf, huge, 1}, -inf}, {[]float64{inf, -inf, 1}, math.NaN()},
		{[]float64{math.NaN(), inf}, math.NaN()}, {[]float64{math.NaN(), 1, minusZero}, math.NaN()},
	} {
		for _, more := range []int{0, 1, 30, 5000} { // of -0, which change nothing unless there is nothing else
			if len(c.x) == 0 && more > 0 {
				continue
			}
			x := make([]float64, more+len(c.x))
			for i := range x {
				x[i] = minusZero
			}
			copy(x[more/2:], c.x)
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				var s kernels.ExactSum
				kernels.ExactAdd(&s, x)
				got := s.Value()
				if math.Float64bits(got) != math.Float64bits(c.want) && !(got != got && c.want != c.want) {
					t.Errorf("%v among %d of -0, %v: %v, want %v", c.x, more, i, got, c.want)
				}
				restore()
			}
		}
	}
}

// Two sums of which one is +Inf and one -Inf are NaN together, products of 0 and Inf are NaN, and so on.
func TestExactSumSpecial(t *testing.T) {
	inf := float32(math.Inf(1))
	var up, down, p kernels.ExactSum
	up.Add(math.Inf(1))
	down.Add(math.Inf(-1))
	up.Merge(&down)
	if v := up.Value(); v == v {
		t.Errorf("+Inf and -Inf: %v", v)
	}
	p.AddProduct(inf, 0)
	if v := p.Value(); v == v {
		t.Errorf("Inf·0: %v", v)
	}
	if p.Reset(); p.Value() != 0 || math.Signbit(p.Value()) || p != (kernels.ExactSum{}) {
		t.Errorf("after Reset: %v", p.Value())
	}
	if p.AddProduct(-1, 0); !math.Signbit(p.Value()) {
		t.Errorf("-1·0: %v", p.Value())
	}
	for at := range 40 {
		x := make([]float32, 40)
		x[at] = -inf
		var s kernels.ExactSum
		if kernels.ExactAdd(&s, x); !math.IsInf(s.Value(), -1) {
			t.Errorf("-Inf at %d: %v", at, s.Value())
		}
	}
}

// A sum may be merged with itself: that is how 2⁶⁴ additions are made.
func TestExactSumDoubled(t *testing.T) {
	var s, back kernels.ExactSum
	s.Add(math.MaxFloat64)
	s.Add(0x1p-1074)
	back.Add(-math.MaxFloat64)
	for range 74 {
		s.Merge(&s)
		back.Merge(&back)
	}
	if v := s.Value(); !math.IsInf(v, 1) {
		t.Errorf("2⁷⁴ times the largest number: %v", v)
	}
	far := s
	if s.Merge(&back); s.Value() != 0x1p-1000 {
		t.Errorf("and back: %v, want 2⁷⁴ times the smallest", s.Value())
	}
	far.Merge(&far)
	far.Merge(&far)
	if far.Merge(&back); !math.IsInf(far.Value(), 1) {
		t.Errorf("beyond 2¹⁰⁹⁹: %v", far.Value())
	}
}

// Carries of many equal terms are propagated in time.
func TestExactSumCarries(t *testing.T) {
	for _, v := range []float64{math.MaxFloat64, -math.MaxFloat64, 2 - 0x1p-52, 0x1.fffffffffffffp-1, 0x1p-1074, -1} {
		var s kernels.ExactSum
		const n = 5001
		for range n {
			s.Add(v)
		}
		want, _ := new(big.Float).Mul(big.NewFloat(v), big.NewFloat(n)).Float64()
		if got := s.Value(); got != want {
			t.Errorf("%d times %v: %v, want %v", n, v, got, want)
		}
	}
}

// testdata/fsum.txt has sums of Python's math.fsum; fsum.py beside it made them.
func TestExactSumIsFsum(t *testing.T) {
	text, err := os.ReadFile("testdata/fsum.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var x []float64
		for _, f := range strings.Fields(line) {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatal(err)
			}
			x = append(x, v)
		}
		var s kernels.ExactSum
		if kernels.ExactAdd(&s, x[1:]); s.Value() != x[0] {
			t.Errorf("%v: %v, math.fsum %v", x[1:], s.Value(), x[0])
		}
	}
}

func TestExactSumAllocates(t *testing.T) {
	x, y := make([]float64, 5000), make([]float32, 5000)
	for i := range x {
		x[i], y[i] = math.Ldexp(1, i%2000-1000), float32(i)
	}
	var s, other kernels.ExactSum
	room := make([]byte, 0, 300)
	if count := testing.AllocsPerRun(3, func() {
		s.Reset()
		s.Add(1)
		s.AddProduct(2, 3)
		kernels.ExactAdd(&s, x)
		kernels.ExactAdd(&s, y)
		kernels.ExactAddProducts(&s, y, y)
		other.Merge(&s)
		encoded, err := other.AppendBinary(room)
		if err != nil || s.UnmarshalBinary(encoded) != nil || s.Value() != other.Value() {
			t.Error("decoding changes the sum")
		}
	}); count != 0 {
		t.Errorf("%v allocations", count)
	}
}

func TestExactAddProductsMisuse(t *testing.T) {
	defer func() {
		message, _ := recover().(string)
		if want := "kernels: ExactAddProducts: len(x), len(y) = 3, 2: must be equal"; message != want {
			t.Errorf("panics with %q, want %q", message, want)
		}
	}()
	var s kernels.ExactSum
	kernels.ExactAddProducts(&s, make([]float32, 3), make([]float32, 2))
}

// What is appended stands behind what was there.
func TestExactSumAppends(t *testing.T) {
	var s kernels.ExactSum
	s.Add(-3)
	b, err := s.AppendBinary([]byte("sum "))
	if own := exactBytes(&s); err != nil || !bytes.Equal(b, []byte("sum "+own)) {
		t.Errorf("%x, error %v, want %x behind it", b, err, own)
	}
}
