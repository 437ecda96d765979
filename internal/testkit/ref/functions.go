package ref

import (
	"math"
	"math/big"
	"math/rand/v2"
)

// Function is a kernel of one argument, with three references of growing precision. Of a kernel that multiplies a
// derivative by a second argument it is the derivative.
type Function struct {
	Name    string                        // in package kernels
	Float64 func(x float64) float64       // for float32, where it is right for special values too
	Double  func(x Double) Double         // to sift results of float64: see Sifts
	Big     func(x *big.Float) *big.Float // for finite x in the domain
	Slope   bool                          // it is a derivative
	Slack   Bound                         // [NearZero], an error counts if it is more
	Above   float64                       // the domain is what lies above
	Edges   []float64                     // where the function, or how it is computed, changes
	Step    float64                       // at odd multiples of half of it the argument of exp is reduced the least
}

var everywhere = math.Inf(-1)

// crossing is the slack of derivatives that change their sign.
var crossing = Bound{Float32: 0x1p-27, Float64: 0x1p-52}

// Functions are all of one argument.
func Functions() []Function {
	const ln2 = math.Ln2
	var (
		both  = []float64{-746, -708.4, -104, -87.3, -40, -37, -18, -2, -1, -ln2 / 2, 0, ln2 / 2, 1, 2, 18, 37, 40, 88, 709, 746}
		gates = []float64{-752, -745, -708.4, -110, -87.3, -37, -18, -4, -2, -1.278, -0.7, -ln2 / 2, 0, ln2 / 2, 1, 2.4, 4, 18, 37, 44}
		gauss = []float64{-38.7, -37.5, -20, -14.5, -8, -4, -1.4, -0.75, -0.3, 0, 0.3, 0.75, 1.4, 4, 8, 14.5}
	)
	return []Function{
		{Name: "ExpTo", Float64: Exp, Double: Double.exp, Big: bigExp, Above: everywhere, Step: ln2, Edges: []float64{
			-746, -745.133, -708.396, -104, -87.3365, -1, -ln2 / 2, 0, ln2 / 2, 1, 88.7228, 709.7827}},
		{Name: "Expm1To", Float64: Expm1, Double: Double.expm1, Big: bigExpm1, Above: everywhere, Step: ln2, Edges: []float64{
			-40, -37, -1, -ln2 / 2, 0, ln2 / 2, 1, 88.7228, 709.7827}},
		{Name: "LogTo", Float64: Log, Double: Double.log, Big: BigLog, Edges: []float64{
			0x1p-1022, 0x1p-126, 0.5, ln2, math.Sqrt2 / 2, 0.75, 1, math.Sqrt2, 1.5, 2, 0x1p64}},
		{Name: "Log1pTo", Float64: Log1p, Double: Double.log1p, Big: BigLog1p, Above: -1, Edges: []float64{
			-0.75, -0.5, -0.25, 0, 0.5, 1, 2, 3, 0x1p53}},
		{Name: "SoftplusTo", Float64: Softplus, Double: Double.softplus, Big: BigSoftplus, Above: everywhere, Step: ln2, Edges: both},
		{Name: "SigmoidTo", Float64: Sigmoid, Double: Double.sigmoid, Big: BigSigmoid, Above: everywhere, Step: ln2, Edges: both},
		{Name: "LogSigmoidTo", Float64: LogSigmoid, Double: Double.logSigmoid, Big: bigLogSigmoid, Above: everywhere,
			Step: ln2, Edges: both},
		{Name: "LogSigmoidGradTo", Float64: LogSigmoidSlope, Double: Double.logSigmoidSlope, Big: bigLogSigmoidSlope,
			Slope: true, Above: everywhere, Step: ln2, Edges: both},
		{Name: "TanhTo", Float64: Tanh, Double: Double.tanh, Big: bigTanh, Above: everywhere, Step: ln2 / 2, Edges: []float64{
			-20, -17, -10, -1, -ln2 / 4, -0x1p-12, -0x1p-27, 0, 0x1p-27, 0x1p-12, ln2 / 4, 1, 10, 17, 20}},
		{Name: "TanhGradTo", Float64: TanhSlope, Double: Double.tanhSlope, Big: bigTanhSlope,
			Slope: true, Above: everywhere, Step: ln2 / 2, Edges: []float64{
				-373, -354, -100, -19, -1, -ln2 / 4, 0, ln2 / 4, 1, 19, 100, 354, 373}},
		{Name: "ErfTo", Float64: Erf, Double: Double.erf, Big: bigErf, Above: everywhere, Edges: []float64{
			-6, -3.9375, -1.3, -1, -0.5, 0, 0.5, 1, 1.3, 3.9375, 6}},
		{Name: "ErfGradTo", Float64: ErfSlope, Double: Double.erfSlope, Big: bigErfSlope,
			Slope: true, Above: everywhere, Edges: []float64{
				-27.375, -26.6, -14.25, -9.3, -1, -0.6, 0, 0.6, 1, 9.3, 14.25, 26.6, 27.375}},
		{Name: "SiLUTo", Float64: SiLU, Double: Double.silu, Big: bigSiLU, Above: everywhere, Step: ln2, Edges: gates},
		{Name: "SiLUGradTo", Float64: SiLUSlope, Double: Double.siluSlope, Big: bigSiLUSlope,
			Slope: true, Slack: crossing, Above: everywhere, Step: ln2, Edges: gates},
		{Name: "GELUTo", Float64: GELU, Double: Double.gelu, Big: bigGELU, Above: everywhere, Edges: gauss},
		{Name: "GELUGradTo", Float64: GELUSlope, Double: Double.geluSlope, Big: bigGELUSlope,
			Slope: true, Slack: crossing, Above: everywhere, Edges: gauss},
		{Name: "GELUTanhTo", Float64: GELUTanh, Double: Double.geluTanh, Big: bigGELUTanh, Above: everywhere, Edges: []float64{
			-21.59375, -21, -10.875, -8, -4, -1.4, -0.75, -0.3, 0, 0.3, 0.75, 1.4, 4, 8, 10.875}},
		{Name: "GELUTanhGradTo", Float64: GELUTanhSlope, Double: Double.geluTanhSlope, Big: bigGELUTanhSlope,
			Slope: true, Slack: crossing, Above: everywhere, Edges: []float64{
				-21.59375, -21, -13.75, -8, -4, -1.4, -0.75, -0.3, 0, 0.3, 0.75, 1.4, 4, 8, 13.75}},
		{Name: "MishTo", Float64: Mish, Double: Double.mish, Big: bigMish, Above: everywhere, Step: ln2, Edges: gates},
		{Name: "MishGradTo", Float64: MishSlope, Double: Double.mishSlope, Big: bigMishSlope,
			Slope: true, Slack: crossing, Above: everywhere, Step: ln2, Edges: gates},
	}
}

// FunctionOf is the function of that name, and panics if there is none.
func FunctionOf(name string) Function {
	for _, f := range Functions() {
		if f.Name == name {
			return f
		}
	}
	panic("ref: no function of one argument is named " + name)
}

// Sifts is the result by Double, and whether that can be trusted: no part of it and of x is near where float64 under- or
// overflows.
func (f Function) Sifts(x float64) (Double, bool) {
	if last := f.Edges[len(f.Edges)-1]; math.Abs(x) < 0x1p-200 || x < f.Edges[0] || x > max(last, 709) {
		return Double{}, false
	}
	y := f.Double(Double{Hi: x})
	return y, math.Abs(y.Hi) > 0x1p-900 && math.Abs(y.Hi) < 0x1p1020
}

// Error64 is the error of got for f(x) in ULP, of which less than least matters and may be rough.
func (f Function) Error64(got, x, least float64) float64 {
	if f.Slope && f.Slack.Float64 > 0 && NearZero(x) {
		return f.slopeError64(got, x)
	}
	if y, sure := f.Sifts(x); sure {
		if e := y.ULP(got); e < least-0x1p-30 {
			return e
		}
	}
	return ULP64(got, f.Big(Big(x)))
}

// slopeError64 is Error64 where small absolute errors do not count.
func (f Function) slopeError64(got, x float64) float64 {
	y, sure := f.Sifts(x)
	if d := math.Abs((got - y.Hi) - y.Lo); sure && d < f.Slack.Float64 {
		return 0
	}
	return ULP64(got, f.Big(Big(x)))
}

// Error32 is the error of got for f(x) in ULP.
func (f Function) Error32(got float32, x float64) float64 {
	want := f.Float64(x)
	if f.Slack.Float32 > 0 && NearZero(x) && math.Abs(float64(got)-want) <= f.Slack.Float32 {
		return 0
	}
	return ULP32(got, want)
}

// Sample is a random float64 of the domain: next to an edge, between two, next to where the argument of exp is reduced
// least, or of any magnitude.
func (f Function) Sample(r *rand.Rand) float64 {
	for {
		if x := f.sample(r); x > f.Above && x-x == 0 {
			return x
		}
	}
}

func (f Function) sample(r *rand.Rand) float64 {
	low := r.IntN(len(f.Edges) - 1)
	a, b := f.Edges[low], f.Edges[low+1]
	inside := a + float64((b-a)*r.Float64())
	switch kind := r.IntN(32); {
	case kind == 0: // of any magnitude
		return math.Ldexp(1+r.Float64(), r.IntN(2098)-1074) * float64(1-2*r.IntN(2))
	case kind < 4:
		return math.Ldexp(1+r.Float64(), r.IntN(60)-55) * float64(1-2*r.IntN(2))
	case kind < 8: // next to an edge; 0 has none but of small magnitude
		near := f.Edges[r.IntN(len(f.Edges))]
		if near == 0 {
			near = math.Ldexp(1, -r.IntN(70))
		}
		return near * (1 + math.Ldexp(r.Float64()-0.5, -r.IntN(50)))
	case kind < 16 && f.Step != 0:
		n := math.Floor(inside/f.Step) + 0.5
		return f.Step * n * (1 + math.Ldexp(r.Float64()-0.5, -r.IntN(40)))
	}
	return inside
}
