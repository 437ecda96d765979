package cases

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The counts say that nothing was lost on the way into the repository.
var counts = map[string]int{
	"BCELoss": 44, "BCEWithLogitsLoss": 66, "BCEWithLogitsLossVR": 94, "CrossEntropyLoss": 98,
	"CrossEntropyLossVR": 77, "FocalLoss": 146, "L1Loss": 45, "MSELoss": 45, "MSELossVR": 94,
	"NLLLoss": 53, "VariationalFreeEnergy": 84, "kernel_gaussian_kl": 88,
	"kernel_gaussian_kl_standard": 66, "kernel_log_softmax": 181, "kernel_logsumexp": 185,
	"kernel_sigmoid": 19, "kernel_softmax": 181, "kernel_softplus": 19, "kernel_sum_squared_error": 99,
}

func TestEveryFileLoads(t *testing.T) {
	t.Setenv("SIMMER_CASES", "")
	names, err := Names()
	if err != nil || len(names) != len(counts) {
		t.Fatalf("Names: %d files, want %d: %v", len(names), len(counts), err)
	}
	for _, name := range names {
		list, err := Load(name)
		if err != nil {
			t.Error(err)
		}
		if len(list) != counts[name] {
			t.Errorf("%s: %d cases, want %d", name, len(list), counts[name])
		}
		seen := map[string]bool{}
		for _, c := range list {
			if seen[c.Name] {
				t.Errorf("%s: two cases named %s", name, c.Name)
			}
			seen[c.Name] = true
			if c.Exact().Data == nil {
				t.Errorf("%s: %s expects nothing", name, c.Name)
			}
		}
	}
}

const sample = `[{"name":"a","loss":"L","source":"torch","dtype":"float64",
	"options":{"gamma":2.5,"sample_shape":[2,3],"weighted":true,"task":"binary","kl_weight":null,"rank":4,"inf":"Infinity"},
	"inputs":{"x":{"shape":[2,2],"data":["NaN","Infinity","-Infinity",-0.0]},"y":{"shape":[2],"data":[1,-100],"dtype":"int64"}},
	"expected":{"value":{"shape":[],"data":[1.5]},"exact":{"shape":[],"data":[1.25]}},"dev":"Infinity"}]`

func TestParse(t *testing.T) {
	list, err := parse("sample", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	c := list[0]
	x, y := c.Inputs["x"], c.Inputs["y"]
	if !math.IsNaN(x.Data[0]) || !math.IsInf(x.Data[1], 1) || !math.IsInf(x.Data[2], -1) || !math.Signbit(x.Data[3]) {
		t.Errorf("x = %v", x.Data)
	}
	if x.Ints != nil || y.Ints[0] != 1 || y.Ints[1] != -100 || y.Data[1] != -100 {
		t.Errorf("x.Ints = %v, y = %v", x.Ints, y)
	}
	if c.Exact().Scalar() != 1.25 || !math.IsInf(float64(c.Dev), 1) || To[float32](y)[1] != -100 {
		t.Errorf("case = %+v", c)
	}
	o := c.Options
	if o.Float("gamma", 0) != 2.5 || !o.Bool("weighted") || o.Bool("absent") || o.String("task", "") != "binary" ||
		o.Int("rank", 0) != 4 || o.Int("absent", 7) != 7 || len(o.Ints("sample_shape")) != 2 ||
		o.Has("kl_weight") || o.Float("kl_weight", 3) != 3 || !math.IsInf(o.Float("inf", 0), 1) {
		t.Errorf("options = %s", o)
	}
}

func TestBadFilesAreErrors(t *testing.T) {
	for want, text := range map[string]string{
		"holds no cases":  `[]`,
		"no name":         `[{"dtype":"float64"}]`,
		"dtype":           `[{"name":"a","dtype":"int8"}]`,
		"no expected":     `[{"name":"a","dtype":"float32"}]`,
		"with 1 entries":  `[{"name":"a","dtype":"float32","expected":{"value":{"shape":[2],"data":[1]}}}]`,
		"is no integer":   `[{"name":"a","inputs":{"y":{"shape":[1],"data":[1.5],"dtype":"int64"}}}]`,
		"invalid charact": `[{`[:1] + `x`,
	} {
		if _, err := parse("bad", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestOtherDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "L.json"), []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIMMER_CASES", dir)
	if list, err := Load("L"); err != nil || len(list) != 1 {
		t.Fatalf("%d cases, %v", len(list), err)
	}
	if _, err := Load("MSELoss"); err == nil {
		t.Fatal("a file outside SIMMER_CASES was read")
	}
}
