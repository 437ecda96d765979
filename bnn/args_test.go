package bnn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// args are the slices of one call, by parameter name.
type args map[string][]float64

// call is a method with slices as arguments.
type call struct {
	name    string
	lengths map[string]int
	outputs []string // what it writes, save work
	run     func(a args) error
}

const canary = 77

// refuse runs a call with arguments that change makes bad: the error begins with the package and the method and has
// want in it, and nothing is written.
func (c *call) refuse(t *testing.T, what, want string, change func(a args)) {
	t.Helper()
	a := args{}
	for name, n := range c.lengths {
		a[name] = slices.Repeat([]float64{0.5}, n)
	}
	for _, name := range c.outputs {
		a[name] = slices.Repeat([]float64{canary}, c.lengths[name])
	}
	change(a)
	err := c.run(a)
	method := c.name[strings.Index(c.name, ".")+1:]
	if err == nil || !strings.HasPrefix(err.Error(), "bnn: "+method+": ") || !strings.Contains(err.Error(), want) {
		t.Errorf("%s, %s: got %v, want %q", c.name, what, err, want)
	}
	for _, name := range c.outputs {
		if slices.ContainsFunc(a[name], func(v float64) bool { return v != canary }) {
			t.Errorf("%s, %s: an error, but %s was written", c.name, what, name)
		}
	}
}

// argsRows are the rows of all calls.
const argsRows = 2

func linearCalls(l *bnn.Linear[float64]) []call {
	x, y := argsRows*l.In(), argsRows*l.Out()
	return []call{
		{"Linear.Predict", map[string]int{"mean": y, "variance": y, "phi": x, "work": l.WorkLen(argsRows)},
			[]string{"mean", "variance"},
			func(a args) error { return l.Predict(a["mean"], a["variance"], a["phi"], a["work"]) }},
		{"Linear.PredictGrad", map[string]int{"dPhi": x, "dParams": l.NumParams(), "phi": x, "dMean": y, "dVar": y,
			"work": l.WorkLen(argsRows)},
			[]string{"dPhi", "dParams"},
			func(a args) error {
				return l.PredictGrad(a["dPhi"], a["dParams"], a["phi"], a["dMean"], a["dVar"], a["work"])
			}},
		{"Linear.PredictCovariance", map[string]int{"cov": y * l.Out(), "phi": x, "work": l.CovarianceWorkLen()},
			[]string{"cov"},
			func(a args) error { return l.PredictCovariance(a["cov"], a["phi"], a["work"]) }},
		{"Linear.Sample", map[string]int{"theta": l.NumMeanParams(), "eps": l.NumNormals(),
			"work": l.SampleWorkLen()}, []string{"theta"},
			func(a args) error { return l.Sample(a["theta"], a["eps"], a["work"]) }},
		{"Linear.SampleGrad", map[string]int{"dParams": l.NumParams(), "dTheta": l.NumMeanParams(),
			"eps": l.NumNormals(), "work": l.SampleWorkLen()},
			[]string{"dParams"},
			func(a args) error { return l.SampleGrad(a["dParams"], a["dTheta"], a["eps"], a["work"]) }},
	}
}

func sequentialCalls(s *bnn.Sequential[float64]) []call {
	x, phi, y := argsRows*s.In(), argsRows*s.Output().In(), argsRows*s.Out()
	work, eps := s.WorkLen(argsRows), s.NumNormals()
	return []call{
		{"Sequential.Forward", map[string]int{"y": y, "x": x, "work": work}, []string{"y"},
			func(a args) error { return s.Forward(a["y"], a["x"], a["work"]) }},
		{"Sequential.Representation", map[string]int{"phi": phi, "x": x, "work": work}, []string{"phi"},
			func(a args) error { return s.Representation(a["phi"], a["x"], a["work"]) }},
		{"Sequential.Predict", map[string]int{"mean": y, "variance": y, "x": x, "work": work}, []string{"mean",
			"variance"},
			func(a args) error { return s.Predict(a["mean"], a["variance"], a["x"], a["work"]) }},
		{"Sequential.ForwardSample", map[string]int{"y": y, "x": x, "eps": eps, "work": work}, []string{"y"},
			func(a args) error { return s.ForwardSample(a["y"], a["x"], a["eps"], a["work"]) }},
		{"Sequential.RepresentationSample", map[string]int{"phi": phi, "x": x, "eps": eps, "work": work}, []string{"phi"},
			func(a args) error { return s.RepresentationSample(a["phi"], a["x"], a["eps"], a["work"]) }},
		{"Sequential.ForwardSamples", map[string]int{"y": 3 * y, "x": x, "eps": eps, "work": work}, []string{"y"},
			func(a args) error {
				return s.ForwardSamples(a["y"], a["x"], rand.New(rand.NewPCG(1, 2)), a["eps"], a["work"])
			}},
	}
}

// klModel is what Linear and Sequential have in common.
type klModel interface {
	NumMeanParams() int
	NumParams() int
	KLWorkLen() int
	KL(priorLoc, priorScale []float64, eps float64, work []float64) (float64, error)
	KLGrad(dParams, priorLoc, priorScale []float64, eps, scale float64, work []float64) (float64, error)
}

// klCalls have a prior for each parameter, and eps, scale and the result as slices of one.
func klCalls(name string, m klModel) []call {
	lengths := map[string]int{"priorLoc": m.NumMeanParams(), "priorScale": m.NumMeanParams(), "eps": 1,
		"work": m.KLWorkLen()}
	withGrad := map[string]int{"dParams": m.NumParams(), "scale": 1}
	for k, v := range lengths {
		withGrad[k] = v
	}
	return []call{
		{name + ".KL", lengths, nil, func(a args) error {
			kl, err := m.KL(a["priorLoc"], a["priorScale"], a["eps"][0], a["work"])
			a["result"] = []float64{kl}
			return err
		}},
		{name + ".KLGrad", withGrad, []string{"dParams"}, func(a args) error {
			kl, err := m.KLGrad(a["dParams"], a["priorLoc"], a["priorScale"], a["eps"][0], a["scale"][0], a["work"])
			a["result"] = []float64{kl}
			return err
		}},
	}
}

// eachArgsModel has a layer and a network for each covariance; params are what their calls depend on.
func eachArgsModel(t *testing.T, f func(params []float64, calls, klCalls []call)) {
	for _, cov := range append(covariances(), nil) {
		l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 3, Out: 2, Covariance: cov})
		if err != nil {
			t.Fatal(err)
		}
		s, err := bnn.NewSequential[float64](bnn.MLP([]int{3, 3, 2}, bnn.SiLU, []bnn.Covariance{nil, cov})...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Params() {
			l.Params()[i] = math.Sin(float64(i * i))
		}
		for i := range s.Params() {
			s.Params()[i] = math.Sin(float64(i * i))
		}
		f(l.Params(), linearCalls(l), klCalls("Linear", l))
		f(s.Params(), sequentialCalls(s), klCalls("Sequential", s))
	}
}

// TestWrongLengths makes every slice of every call one shorter and one longer.
func TestWrongLengths(t *testing.T) {
	eachArgsModel(t, func(_ []float64, calls, klCalls []call) {
		for _, c := range append(calls, klCalls...) {
			for name, n := range c.lengths {
				if strings.Contains(c.name, ".KL") && (name == "eps" || name == "scale") {
					continue // numbers
				}
				for _, length := range []int{n - 1, n + 1} {
					if length < 0 || name == "work" && length > n {
						continue
					}
					c.refuse(t, fmt.Sprintf("%s of %d instead of %d", name, length, n),
						fmt.Sprintf("%s has length %d", name, length), func(a args) {
							a[name] = slices.Repeat([]float64{canary}, length)
						})
				}
			}
		}
	})
}

// TestBadParameters makes each parameter NaN and infinite.
func TestBadParameters(t *testing.T) {
	eachArgsModel(t, func(params []float64, calls, klCalls []call) {
		for i := range params {
			old := params[i]
			for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				params[i] = v
				for _, c := range append(calls, klCalls...) {
					at := fmt.Sprintf("parameter[%d] is %v", i, v)
					if strings.HasPrefix(c.name, "Sequential") { // counts by layer
						at = fmt.Sprintf("] is %v", v)
					}
					c.refuse(t, fmt.Sprintf("parameter %d = %v", i, v), at, func(args) {})
				}
			}
			params[i] = old
		}
	})
}

// TestBadPriors gives priors that are none.
func TestBadPriors(t *testing.T) {
	eachArgsModel(t, func(_ []float64, _, klCalls []call) {
		for _, c := range klCalls {
			for _, name := range []string{"priorLoc", "priorScale"} {
				for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					last := c.lengths[name] - 1
					c.refuse(t, fmt.Sprintf("%s %v", name, v), fmt.Sprintf("%s[%d] is %v", name, last, v),
						func(a args) { a[name][last] = v })
					c.refuse(t, fmt.Sprintf("one %s %v", name, v), fmt.Sprintf("%s[0] is %v", name, v),
						func(a args) { a[name] = []float64{v} })
				}
				c.refuse(t, "two of "+name, name+" has length 2, want 0, 1 or", func(a args) { a[name] = a[name][:2] })
			}
			for _, v := range []float64{-1e-9, math.NaN(), math.Inf(1)} {
				c.refuse(t, fmt.Sprintf("eps %v", v), fmt.Sprintf("eps is %v", v), func(a args) { a["eps"][0] = v })
			}
			c.refuse(t, "a scale of 0", "priorScale[3] is 0, which needs eps above 0",
				func(a args) { a["priorScale"][3], a["eps"][0] = 0, 0 })
			c.refuse(t, "a scale of -0", "priorScale[0] is 0, which needs eps above 0",
				func(a args) { a["priorScale"], a["eps"][0] = []float64{math.Copysign(0, -1)}, 0 })
			if c.outputs == nil {
				continue
			}
			for _, v := range []float64{math.NaN(), math.Inf(-1)} {
				c.refuse(t, fmt.Sprintf("scale %v", v), fmt.Sprintf("scale is %v", v), func(a args) { a["scale"][0] = v })
			}
		}
	})
}

// refuseConfig makes a layer, and a model with it, that cannot be.
func refuseConfig(t *testing.T, cfg bnn.LinearConfig, want string) {
	t.Helper()
	if _, err := bnn.NewLinear[float64](cfg); err == nil || !strings.HasPrefix(err.Error(), "bnn: NewLinear: ") ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err := bnn.NewSequential[float64](bnn.LinearConfig{In: 1, Out: 3}, bnn.ReLU, cfg)
	if err == nil || !strings.HasPrefix(err.Error(), "bnn: NewSequential: module 2: ") ||
		!strings.Contains(err.Error(), want) || strings.Count(err.Error(), "bnn: ") > 1 {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestBadConfigs makes layers and models that cannot be.
func TestBadConfigs(t *testing.T) {
	type wrapped struct{ bnn.Diagonal }
	for want, cfg := range map[string]bnn.LinearConfig{
		"In is 0 and Out is 2":               {Out: 2},
		"In is 3 and Out is -1":              {In: 3, Out: -1},
		"Type is 3":                          {In: 1, Out: 1, Type: 3},
		"Type is -1":                         {In: 1, Out: 1, Type: -1},
		"LowRank.Rank is 0":                  {In: 1, Out: 1, Covariance: bnn.LowRank{}},
		"Kronecker ranks are 1 and -2":       {In: 1, Out: 1, Covariance: bnn.Kronecker{InputRank: 1, OutputRank: -2}},
		"KroneckerLayout(2) is not a layout": {In: 1, Out: 1, Covariance: bnn.Kronecker{Layout: 2}},
		"Covariance is a *bnn.Diagonal":      {In: 1, Out: 1, Covariance: &bnn.Diagonal{}},
		"Covariance is a bnn_test.wrapped":   {In: 1, Out: 1, Covariance: wrapped{}},
		"is a *bnn.LowRank":                  {In: 1, Out: 1, Covariance: (*bnn.LowRank)(nil)},
	} {
		refuseConfig(t, cfg, want)
	}
	one := bnn.LinearConfig{In: 1, Out: 1}
	for want, modules := range map[string][]bnn.Module{
		"the first and the last module must be linear layers": {},
		"first and the last":                                {bnn.ReLU, one},
		"the last module must":                              {one, bnn.ReLU},
		"module 1: it is a <nil>":                           {one, nil, one},
		"module 1: it is a *bnn.LinearConfig":               {one, &one},
		"module 1: Activation(5) is no activation":          {one, bnn.Sigmoid + 1, one},
		"module 2: In is 2, but the layer before has Out 1": {one, bnn.Tanh, bnn.LinearConfig{In: 2, Out: 1}},
	} {
		if _, err := bnn.NewSequential[float64](modules...); err == nil || !strings.Contains(err.Error(),
			"bnn: NewSequential: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestHugeConfigs has sizes as a file may have them, whose products overflow or take all memory: they are refused before
// anything is allocated.
func TestHugeConfigs(t *testing.T) {
	const huge = math.MaxInt
	pow2 := func(n int) int { return 1 << n } // which compiles, and vets, where an int has 32 bits
	if pow2(31) < 0 {
		t.Skip("the numbers are those of 64 bits")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, cfg := range []bnn.LinearConfig{ // without the covariance already
		{In: pow2(62), Out: 4},
		{In: pow2(36), Out: pow2(30)},
		{In: huge, Out: 1},
		{In: 1, Out: huge, Covariance: bnn.Diagonal{}},
		{In: huge, Out: huge, NoBias: true, Covariance: bnn.Kronecker{}},
		{In: pow2(32), Out: 1, Covariance: bnn.Factorized{}},
		{In: pow2(30), Out: 2}, // the bias is too much
	} {
		refuseConfig(t, cfg, fmt.Sprintf("In is %d and Out is %d: more than 2147483648 parameters", cfg.In, cfg.Out))
	}
	for _, cfg := range []bnn.LinearConfig{
		{In: 1 << 30, Out: 1, Covariance: bnn.Diagonal{}},
		{In: 300, Out: 300, Covariance: bnn.Factorized{}},
		{In: pow2(31), Out: 1, NoBias: true, Covariance: bnn.Factorized{}},
		{In: 300, Out: 300, Covariance: bnn.LowRank{Rank: huge}},
		{In: 1 << 20, Out: 64, Covariance: bnn.LowRank{Rank: 32}},
		{In: 1, Out: 1, Covariance: bnn.Kronecker{InputRank: huge, OutputRank: huge}},
		{In: 3, Out: 1, Covariance: bnn.Kronecker{InputRank: pow2(62)}},
		{In: 1 << 16, Out: 1, Covariance: bnn.Kronecker{}},
		{In: 1, Out: 1, Covariance: bnn.Kronecker{InputRank: 1 << 17, OutputRank: 1 << 17}}, // normals
	} {
		refuseConfig(t, cfg, fmt.Sprintf("In is %d, Out is %d and Covariance is %v: more than 2147483648 parameters, or ",
			cfg.In, cfg.Out, cfg.Covariance))
	}
	gigabyte := bnn.LinearConfig{In: 1 << 14, Out: 1 << 14}
	_, err := bnn.NewSequential[float32](slices.Repeat([]bnn.Module{gigabyte}, 8)...)
	if err == nil || !strings.Contains(err.Error(), "module 7: In is 16384 and Out is 16384: more than 2147483648") {
		t.Errorf("got %v", err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
	if _, err := bnn.NewLinear[float32](bnn.LinearConfig{In: 2, Out: 3, Covariance: bnn.LowRank{Rank: huge}}); err != nil {
		t.Errorf("a rank that is capped: %v", err)
	}
}

func TestBadTemperatures(t *testing.T) {
	l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 1, Out: 1, Type: bnn.Output})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if err := l.SetTemperature(v); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("temperature is %v",
			v)) || l.Temperature() != 1 {
			t.Errorf("%v: got %v, and temperature %v", v, err, l.Temperature())
		}
	}
	if l, err = bnn.NewLinear[float64](bnn.LinearConfig{In: 1, Out: 1}); err != nil {
		t.Fatal(err)
	}
	if err := l.SetTemperature(2); err == nil || l.Temperature() != 1 {
		t.Errorf("a hidden layer got %v, and temperature %v", err, l.Temperature())
	}
}

func TestBadMeanProbabilities(t *testing.T) {
	for _, c := range []struct {
		p, logits, classes int
		want               string
	}{
		{6, 12, 0, "classes = 0"},
		{6, 12, -3, "classes = -3"},
		{7, 14, 3, "p has length 7, want a multiple of classes = 3"},
		{6, 15, 3, "logits has length 15, want a multiple of the 6 of p"},
		{6, 0, 3, "logits has length 0"},
		{0, 6, 3, "logits has length 6"},
	} {
		p, logits := slices.Repeat([]float64{canary}, c.p), slices.Repeat([]float64{canary}, c.logits)
		err := bnn.MeanProbabilities(p, logits, c.classes)
		if err == nil || !strings.Contains(err.Error(), "bnn: MeanProbabilities: ") || !strings.Contains(err.Error(),
			c.want) {
			t.Errorf("%v: got %v", c, err)
		}
		if slices.ContainsFunc(append(p, logits...), func(v float64) bool { return v != canary }) {
			t.Errorf("%v: something was written", c)
		}
	}
}

// TestMeanOfManyDraws would lose digits if it added in float32.
func TestMeanOfManyDraws(t *testing.T) {
	const draws = 1 << 20
	logits := slices.Repeat([]float32{0, 1}, draws)
	p := make([]float32, 2)
	if err := bnn.MeanProbabilities(p, logits, 2); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1 / (1 + math.E), math.E / (1 + math.E)} {
		if math.Abs(float64(p[i])-want) > 2e-7 {
			t.Errorf("p[%d] = %v, want %v", i, p[i], want)
		}
	}
}

// TestWorkIsScratch: what work holds before a call makes no difference.
func TestWorkIsScratch(t *testing.T) {
	eachArgsModel(t, func(_ []float64, calls, klCalls []call) {
		for _, c := range append(calls, klCalls...) {
			result := func(fill float64) args {
				a := args{}
				for name, n := range c.lengths {
					a[name] = slices.Repeat([]float64{0.5}, n)
				}
				a["work"] = slices.Repeat([]float64{fill}, c.lengths["work"])
				if err := c.run(a); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				return a
			}
			a, b := result(0), result(math.NaN())
			for _, name := range append([]string{"result"}, c.outputs...) {
				if !slices.Equal(a[name], b[name]) {
					t.Errorf("%s: %s depends on what work was", c.name, name)
				}
			}
		}
	})
}

// TestLargeParametersAreFinite has a sum that is not.
func TestLargeParametersAreFinite(t *testing.T) {
	l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 3, Out: 1})
	if err != nil {
		t.Fatal(err)
	}
	copy(l.Params(), slices.Repeat([]float64{math.MaxFloat64}, 4))
	y := make([]float64, 1)
	err = l.Predict(y, make([]float64, 1), make([]float64, 3), make([]float64, l.WorkLen(1)))
	if err != nil || y[0] != math.MaxFloat64 {
		t.Errorf("%v, %v", y, err)
	}
}
