package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/simmer-go/simmer/bnn"
)

const weights = "../" + digitsWeights // tests run in the folder of the package

// testConfig is the defaults, but for what takes time.
func testConfig() config {
	var c config
	c.defineFlags(flag.NewFlagSet("", flag.PanicOnError))
	c.weights, c.modules, c.drain = weights, digitsModules, 100*time.Millisecond
	return c
}

// running is a server that runs.
type running[T bnn.Float] struct {
	*server[T]
	url, address string
	reload       chan os.Signal
	stop         func() // and wait
}

// start runs a server until the end of the test.
func start[T bnn.Float](t testing.TB, c config) *running[T] {
	t.Helper()
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running[T]{server: newServer[T](c, slog.New(slog.DiscardHandler)), address: listener.Addr().String(),
		reload: make(chan os.Signal, 1)}
	r.url = "http://" + r.address
	ended := make(chan error, 1)
	go func() { ended <- r.run(ctx, listener, r.reload) }()
	stopped := false
	r.stop = func() {
		http.DefaultClient.CloseIdleConnections() // also those that were never used, which the server would wait for
		if cancel(); !stopped {
			stopped = true
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(r.stop)
	waitUntil(t, "ready", func() bool { return r.model.Load() != nil })
	return r
}

func waitUntil(t testing.TB, what string, f func() bool) {
	t.Helper()
	for range 1000 {
		if f() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("it is not %s", what)
}

// digit is a row of the inputs.
func digit(row int) []float32 {
	x := make([]float32, 64)
	for i := range x {
		x[i] = float32((7*i+3*row+i*row%5)%17) / 16
	}
	return x
}

func digitRows(from, rows int) (x []float32) {
	for r := range rows {
		x = append(x, digit(from+r)...)
	}
	return x
}

// request is an inference request in the making.
type request struct {
	members   string // such as ,"id":"7"
	inputType string
	binary    bool
	x         []float32
}

// body returns the body and how much of it is JSON, 0 for all.
func (r request) body() (body []byte, header int) {
	if r.inputType == "" {
		r.inputType = "FP32"
	}
	if !r.binary {
		data, err := json.Marshal(r.x)
		if err != nil {
			panic(err)
		}
		return fmt.Appendf(nil, `{"inputs":[{"name":"input","datatype":%q,"shape":[%d,64],"data":%s}]%s}`, r.inputType,
			len(r.x)/64, data, r.members), 0
	}
	data := encode(nil, r.x)
	head := fmt.Appendf(nil, `{"inputs":[{"name":"input","datatype":%q,"shape":[%d,64],"parameters":{"binary_data_size":%d}}]%s}`,
		r.inputType, len(r.x)/64, len(data), r.members)
	return append(head, data...), len(head)
}

// httpRequest is for a server at url.
func (r request) httpRequest(url string) *http.Request {
	body, header := r.body()
	h, err := http.NewRequest("POST", url+"/v2/models/digits/infer", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	h.Header.Set("Content-Type", "application/json")
	if r.binary {
		h.Header.Set("Content-Type", "application/octet-stream")
		h.Header.Set(headerLength, strconv.Itoa(header))
	}
	return h
}

// response is what an inference request gets.
type response struct {
	status    int
	Error     string
	ModelName string `json:"model_name"`
	ID        string
	Outputs   []responseOutput
}

type responseOutput struct {
	Name, Datatype string
	Shape          []int
	Parameters     struct {
		Size int `json:"binary_data_size"`
	}
	Data []float64
}

// tensor returns the numbers of an output.
func (r *response) tensor(t testing.TB, name string) []float64 {
	t.Helper()
	for _, o := range r.Outputs {
		if o.Name == name {
			return o.Data
		}
	}
	t.Fatalf("there is no output %q: %+v", name, r)
	return nil
}

// readResponse reads an answer, of which binary tensors become Data.
func readResponse(h *http.Response) (*response, error) {
	defer h.Body.Close()
	body, err := io.ReadAll(h.Body)
	if err != nil {
		return nil, err
	}
	text, data := body, []byte(nil)
	if n := h.Header.Get(headerLength); n != "" {
		k, err := strconv.Atoi(n)
		if err != nil {
			return nil, err
		}
		text, data = body[:k], body[k:]
	}
	if h.ContentLength != int64(len(body)) {
		return nil, fmt.Errorf("Content-Length %d, and %d bytes", h.ContentLength, len(body))
	}
	r := &response{status: h.StatusCode}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		for k, v := range o.Data {
			if o.Datatype == "FP32" {
				o.Data[k] = float64(float32(v)) // which is what these digits stand for
			}
		}
		for at := 0; at < o.Parameters.Size; at += elementSize[o.Datatype] {
			if o.Datatype == "FP64" {
				o.Data = append(o.Data, math.Float64frombits(binary.LittleEndian.Uint64(data[at:])))
				continue
			}
			o.Data = append(o.Data, float64(math.Float32frombits(binary.LittleEndian.Uint32(data[at:]))))
		}
		data = data[o.Parameters.Size:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes are left", len(data))
	}
	return r, nil
}

// infer sends a request.
func infer(t testing.TB, url string, r request) *response {
	t.Helper()
	h, err := http.DefaultClient.Do(r.httpRequest(url))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := readResponse(h)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// expected computes the outputs of rows without a server.
func expected(t testing.TB, x []float32, number int, seed uint64) map[string][]float64 {
	t.Helper()
	c := testConfig()
	p, err := load[float32](c)
	if err != nil {
		t.Fatal(err)
	}
	n := len(x) / 64 * 10
	results := map[string][]float64{}
	var r [numOutputs][]float32
	for i, k := range [numOutputs]int{n, n, n, n * number} {
		r[i] = make([]float32, k)
	}
	if err := compute(p, job{moments: true, probabilities: true, draws: number, raw: number, seed: seed}, x, r); err != nil {
		t.Fatal(err)
	}
	for i, y := range r {
		for _, v := range y {
			results[outputNames[i]] = append(results[outputNames[i]], float64(v))
		}
	}
	return results
}

func sameNumbers(t testing.TB, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, v := range want {
		if got[i] != v {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], v)
		}
	}
}

// TestOutputs asks for all outputs in all ways, and gets the numbers of the model to the bit.
func TestOutputs(t *testing.T) {
	s := start[float32](t, testConfig())
	x := digitRows(0, 3)
	closed, drawn := expected(t, x, 0, 0), expected(t, x, 5, 7)
	for _, binaryIn := range []bool{false, true} {
		for _, members := range []string{``, `,"parameters":{"binary_data_output":true}`,
			`,"outputs":[{"name":"variance","parameters":{"binary_data":true}},{"name":"probabilities"},{"name":"mean"}]`,
			`,"outputs":[{"name":"probabilities","parameters":{"binary_data":false}},{"name":"mean"},{"name":"variance"}],` +
				`"parameters":{"binary_data_output":true,"other":[1,{"a":null}]}`} {
			r := infer(t, s.url, request{x: x, binary: binaryIn, members: members})
			if r.status != 200 || len(r.Outputs) != 3 {
				t.Fatalf("%s: %+v", members, r)
			}
			for _, name := range outputNames[:draws] {
				sameNumbers(t, members+" "+name, r.tensor(t, name), closed[name])
			}
		}
		r := infer(t, s.url, request{x: x, binary: binaryIn, members: `,"parameters":{"draws":5,"seed":7},"id":"x\u0020\"y"`})
		if len(r.Outputs) != 4 || r.ID != `x "y` || fmt.Sprint(r.Outputs[draws].Shape) != "[3 5 10]" {
			t.Fatalf("%+v", r)
		}
		for _, name := range outputNames[:draws] {
			sameNumbers(t, "draws: "+name, r.tensor(t, name), drawn[name])
		}
		for row := range 3 {
			for d := range 5 {
				sameNumbers(t, "draws", r.tensor(t, "draws")[(row*5+d)*10:][:10], drawn["draws"][(d*3+row)*10:][:10])
			}
		}
	}
	// The order is that of the request, and the default seed is the server's.
	r := infer(t, s.url, request{x: x, members: `,"outputs":[{"name":"draws"},{"name":"mean"}]`})
	if r.Outputs[0].Name != "draws" || r.Outputs[1].Name != "mean" || fmt.Sprint(r.Outputs[0].Shape) != "[3 100 10]" {
		t.Errorf("%+v", r)
	}
	sameNumbers(t, "default draws", r.Outputs[0].Data[:10], expected(t, x, 2, 1)["draws"][:10])
	sameNumbers(t, "mean beside draws", r.Outputs[1].Data, closed["mean"])
}

// TestInputTypes sends the same numbers in all datatypes that may have them.
func TestInputTypes(t *testing.T) {
	s := start[float32](t, testConfig())
	x := digit(1) // sixteenths, which all of them have
	want := expected(t, x, 0, 0)["mean"]
	send := func(datatype string, data []byte) *response {
		head := fmt.Sprintf(`{"inputs":[{"name":"input","datatype":%q,"shape":[1,64],"parameters":{"binary_data_size":%d}}]}`,
			datatype, len(data))
		h, err := http.NewRequest("POST", s.url+"/v2/models/digits/versions/1/infer", bytes.NewReader(append([]byte(head), data...)))
		if err != nil {
			t.Fatal(err)
		}
		h.Header.Set(headerLength, strconv.Itoa(len(head)))
		return do(t, h)
	}
	var half, brain, double []byte
	for _, v := range x {
		bits := math.Float32bits(v)
		brain = binary.LittleEndian.AppendUint16(brain, uint16(bits>>16))
		double = binary.LittleEndian.AppendUint64(double, math.Float64bits(float64(v)))
		h := uint16(0)
		if v != 0 {
			h = uint16(bits>>23-127+15)<<10 | uint16(bits>>13)&0x3ff
		}
		half = binary.LittleEndian.AppendUint16(half, h)
	}
	for datatype, data := range map[string][]byte{"FP16": half, "BF16": brain, "FP32": encode(nil, x), "FP64": double} {
		sameNumbers(t, datatype, send(datatype, data).tensor(t, "mean"), want)
	}
	sameNumbers(t, "FP64 in JSON", infer(t, s.url, request{x: x, inputType: "FP64"}).tensor(t, "mean"), want)
	rows, err := json.Marshal([][]float32{x, digit(2)})
	if err != nil {
		t.Fatal(err)
	}
	nested := postJSON(t, s.url, `{"inputs":[{"data": `+strings.ReplaceAll(string(rows), ",", " ,\n")+
		`,"shape":[2,64],"datatype":"FP32","name":"input"}]}`)
	sameNumbers(t, "rows of arrays", nested.tensor(t, "mean"), expected(t, digitRows(1, 2), 0, 0)["mean"])
	raw, err := http.NewRequest("POST", s.url+"/v2/models/digits/infer", bytes.NewReader(encode(nil, digitRows(1, 2))))
	if err != nil {
		t.Fatal(err)
	}
	raw.Header.Set(headerLength, "0")
	answer := do(t, raw)
	if answer.Outputs[0].Parameters.Size != 2*10*4 {
		t.Errorf("a raw request gets %+v", answer)
	}
	sameNumbers(t, "nothing but numbers", answer.tensor(t, "mean"), expected(t, digitRows(1, 2), 0, 0)["mean"])
}

func do(t testing.TB, h *http.Request) *response {
	t.Helper()
	answer, err := http.DefaultClient.Do(h)
	if err != nil {
		t.Fatal(err)
	}
	r, err := readResponse(answer)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func postJSON(t testing.TB, url, body string) *response {
	t.Helper()
	h, err := http.NewRequest("POST", url+"/v2/models/digits/infer", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, h)
}

// TestFloat64 serves a network in float64.
func TestFloat64(t *testing.T) {
	c := testConfig()
	c.datatype = "FP64"
	s := start[float64](t, c)
	got := infer(t, s.url, request{x: digit(1)})
	for i, v := range expected(t, digit(1), 0, 0)["mean"] {
		if m := got.tensor(t, "mean")[i]; math.Abs(m-v) > 1e-5*math.Abs(v) || m == float64(float32(m)) {
			t.Errorf("mean %v, and %v in FP32", m, v)
		}
	}
	binary := infer(t, s.url, request{x: digit(1), binary: true, members: `,"parameters":{"binary_data_output":true}`})
	sameNumbers(t, "in binary", binary.tensor(t, "mean"), got.tensor(t, "mean"))
}

// TestReload replaces the weights: by others, by files that are damaged or half copied, and by a model of another shape.
func TestReload(t *testing.T) {
	c := testConfig()
	c.weights = filepath.Join(t.TempDir(), "weights.safetensors")
	copyFile(t, c.weights, weights)
	s := start[float32](t, c)
	before := infer(t, s.url, request{x: digit(1)}).tensor(t, "mean")
	reload := func(result string) {
		t.Helper()
		counter := s.metrics.loads.WithLabelValues(result)
		old := value(t, counter)
		s.reload <- os.Interrupt
		waitUntil(t, "reloaded", func() bool { return value(t, counter) > old })
	}
	whole, err := os.ReadFile(weights)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, []byte("broken"), whole[:100], whole[:len(whole)/2], append(slices.Clip(whole), 0)} {
		if err := os.WriteFile(c.weights, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		reload("failed")
		sameNumbers(t, "the old weights", infer(t, s.url, request{x: digit(1)}).tensor(t, "mean"), before)
	}
	tiny, err := bnn.NewMLP[float32]([]int{3, 2, 10}, bnn.ReLU)
	if err != nil {
		t.Fatal(err)
	}
	writeModel(t, c.weights, tiny)
	reload("failed")
	other, err := bnn.NewMLP[float32]([]int{64, 32, 10}, bnn.ReLU, nil, bnn.LowRank{Rank: 1})
	if err != nil {
		t.Fatal(err)
	}
	other.KaimingNormal(bnn.Key{Seed: 1})
	writeModel(t, c.weights, other)
	reload("ok")
	after := infer(t, s.url, request{x: digit(1)}).tensor(t, "mean")
	if fmt.Sprint(after) == fmt.Sprint(before) {
		t.Error("the weights are the old ones")
	}
}

func copyFile(t testing.TB, to, from string) {
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func writeModel(t testing.TB, path string, m *bnn.Sequential[float32]) {
	var b bytes.Buffer
	if err := m.WriteWeights(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestStart refuses flags and weights that cannot be.
func TestStart(t *testing.T) {
	for want, change := range map[string]func(c *config){
		"-max-rows is 0, want at least 1":                 func(c *config) { c.maxRows = 0 },
		"-draws is 100, more than the 10 of -max-draws":   func(c *config) { c.maxDraws = 10 },
		"-read-timeout is -1s, want at least 1ns":         func(c *config) { c.readTimeout = -time.Second },
		`-datatype is "FP16", want FP32 or FP64`:          func(c *config) { c.datatype = "FP16" },
		`-name is "" and -version "1", want something`:    func(c *config) { c.name = "" },
		"open none.safetensors: no such file":             func(c *config) { c.weights = "none.safetensors" },
		"open no/such/none.safetensors: no such file":     func(c *config) { c.weights = "no/such/none.safetensors" },
		"the file does not tell its activations":          func(c *config) { c.modules = "" },
		"lookup nowhere.invalid":                          func(c *config) { c.addr = "nowhere.invalid:1" },
		`module 1, "Elu": it is none of ReLU, Tanh, SiLU`: func(c *config) { c.modules = "input Elu output" },
	} {
		c := testConfig()
		c.addr = "127.0.0.1:0"
		change(&c)
		if err := c.run(slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
