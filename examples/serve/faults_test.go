package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// one is the JSON of a request with one input of these members.
func one(members string) string { return `{"inputs":[{` + members + `}]}` }

// zeros are n of them in JSON.
func zeros(n int) string { return "[0" + strings.Repeat(",0", n-1) + "]" }

const input1 = `"name":"input","datatype":"FP32","shape":[1,64]`

// TestBadRequests are answered by what is wrong.
func TestBadRequests(t *testing.T) {
	h := loadedServer(t, testConfig()).handler()
	ok := `"inputs":[{` + input1 + `,"data":` + zeros(64) + `}]`
	for _, c := range []struct {
		body, header string
		status       int
		want         string
	}{
		{"", "", 400, "at byte 0: it ends where there should be an object"},
		{"[]", "", 400, `at byte 0: "[]" is not an object`},
		{`{"inputs":`, "", 400, "at byte 10: it ends where there should be an array"},
		{`{` + ok + `}x`, "", 400, `"x" is not its end`},
		{`{` + ok + `,}`, "", 400, `"}" is not a string`},
		{`{` + ok + `,"inputs":[]}`, "", 400, `"inputs" occurs twice`},
		{`{` + ok + `,"id":7}`, "", 400, `"7}" is not a string`},
		{`{` + ok + `,"x":tru}`, "", 400, `"tru}" is not true`},
		{`{` + ok + `,"x":"a` + "\n" + `"}`, "", 400, "control character 0xa"},
		{`{` + ok + `,"x":"\q"}`, "", 400, "invalid character 'q' in string escape"},
		{`{` + ok + `,"x":` + strings.Repeat("[", 1000) + `}`, "", 400, "too many values in each other"},
		{`{` + ok + `,"x":` + strings.Repeat(`{"a":`, 1000) + `}`, "", 400, "too many values in each other"},
		{`{` + ok + `,"parameters":{"draws":0}}`, "", 400, "parameter draws is 0, want at least 1"},
		{`{` + ok + `,"parameters":{"draws":-1}}`, "", 400, `"-1}}" is not a natural number`},
		{`{` + ok + `,"parameters":{"draws":2.5}}`, "", 400, `"2.5}}" is not a natural number`},
		{`{` + ok + `,"parameters":{"draws":"2"}}`, "", 400, `is not a number`},
		{`{` + ok + `,"parameters":{"draws":1001}}`, "", 400, "parameter draws is 1001, more than 1000"},
		{`{` + ok + `,"parameters":{"draws":1}}`, "", 400, "mean and variance take at least 2"},
		{`{` + ok + `,"parameters":{"seed":18446744073709551616}}`, "", 400, "is not a natural number below 2⁶⁴"},
		{`{` + ok + `,"parameters":{"binary_data_output":1}}`, "", 400, "is not true or false"},
		{`{` + ok + `,"outputs":[{"name":"logits"}]}`, "", 400, `there is no output "logits", only ["mean" "variance" "prob`},
		{`{` + ok + `,"outputs":[{}]}`, "", 400, `there is no output ""`},
		{`{` + ok + `,"outputs":[{"name":"mean"},{"name":"mean"}]}`, "", 400, `output "mean" is asked for twice`},
		{`{}`, "", 400, `there are 0 inputs, want one, "input"`},
		{`{"inputs":[{},{}]}`, "", 400, `there are 2 inputs`},
		{`{"inputs":[{"name":"x"}]}`, "", 400, `there is no input "x", only "input"`},
		{one(`"name":"input"`), "", 400, `input "input" has the datatype "", want FP32, FP64`},
		{one(`"name":"input","datatype":"INT64"`), "", 400, `has the datatype "INT64"`},
		{one(`"name":"input","datatype":"FP32"`), "", 400, `has the shape [], want [rows, 64]`},
		{one(`"name":"input","datatype":"FP32","shape":[64]`), "", 400, `has the shape [64], want [rows, 64]`},
		{one(`"name":"input","datatype":"FP32","shape":[1,63]`), "", 400, `has the shape [1 63]`},
		{one(`"name":"input","datatype":"FP32","shape":[0,64]`), "", 400, `has the shape [0 64]`},
		{one(`"name":"input","datatype":"FP32","shape":[-1,64]`), "", 400, `is not a natural number`},
		{one(`"name":"input","datatype":"FP32","shape":[4097,64]`), "", 400, `has 4097 rows, more than 4096`},
		{one(`"name":"input","datatype":"FP32","shape":[18446744073709551615,64]`), "", 400, `more than 4096`},
		{one(`"name":"input","datatype":"FP32","shape":"1x64"`), "", 400, `is not an array`},
		{one(input1), "", 400, `input "input" has no array of data`},
		{one(input1 + `,"data":0`), "", 400, `input "input" has no array of data`},
		{one(input1 + `,"data":[]`), "", 400, `has 0 elements, but its shape [1 64] takes 64`},
		{one(input1 + `,"data":` + zeros(63)), "", 400, `has 63 elements`},
		{one(input1 + `,"data":` + zeros(65)), "", 400, `has more than the 64 elements`},
		{one(input1 + `,"data":[[0,1]]`), "", 400, `neither flat nor rows of 64`},
		{one(input1 + `,"data":[0,` + zeros(63) + `]`), "", 400, `neither flat nor rows of 64`},
		{one(input1 + `,"data":[` + zeros(32) + `,` + zeros(32) + `]`), "", 400, `neither flat nor rows of 64`},
		{one(input1 + `,"data":[[` + zeros(64) + `]]`), "", 400, `neither flat nor rows of 64`},
		{one(input1 + `,"data":[[],` + zeros(64) + `]`), "", 400, `neither flat nor rows of 64`},
		{one(input1 + `,"data":[` + zeros(64) + `,[]]`), "", 400, `neither flat nor rows of 64`},
		{one(`"name":"input","datatype":"FP32","shape":[2,64],"data":[` + zeros(128) + `]`), "", 400,
			`neither flat nor rows of 64`},
		{one(input1 + `,"data":[1,"2"]`), "", 400, `element 1 of input "input" is no number, but "\"2\"]`},
		{one(input1 + `,"data":[true]`), "", 400, `element 0 of input "input" is no number, but "true]`},
		{one(input1 + `,"data":[NaN]`), "", 400, `"NaN]}]}" is not a number`},
		{one(input1 + `,"data":[1e39]`), "", 400, `element 0 of input "input" is 1e39, beyond FP32`},
		{one(input1 + `,"data":[01]`), "", 400, `is not a number`},
		{one(input1 + `,"data":[.5]`), "", 400, `is not a number`},
		{one(input1 + `,"data":[1.]`), "", 400, `is not a number`},
		{one(input1 + `,"data":[1e]`), "", 400, `is not a number`},
		{one(`"name":"input","datatype":"FP64","shape":[1,64],"data":[1e39]`), "", 400, `is 1e39, beyond`},
		{one(`"name":"input","datatype":"FP16","shape":[1,64],"data":` + zeros(64)), "", 400, `FP16, which has to come in binary`},
		{one(input1 + `,"parameters":{"binary_data_size":256}`), "", 400, `binary_data_size 256, but 0 bytes follow the JSON`},
		{one(input1+`,"parameters":{"binary_data_size":255}`) + strings.Repeat("x", 255), "-255", 400,
			`binary_data_size 255, but FP32 of the shape [1 64] take 256`},
		{one(input1+`,"parameters":{"binary_data_size":256}`) + strings.Repeat("x", 255), "-255", 400, `but 255 bytes follow`},
		{one(input1+`,"data":`+zeros(64)+`,"parameters":{"binary_data_size":256}`) + strings.Repeat("x", 256), "-256", 400,
			`input "input" has data, and binary_data_size`},
		{one(input1+`,"data":`+zeros(64)) + "x", "-1", 400, "1 bytes follow the JSON, but no input has binary_data_size"},
		{"{}", "3", 400, `Inference-Header-Content-Length is "3", but the body has 2 bytes`},
		{"{}", "two", 400, `Inference-Header-Content-Length is "two"`},
		{"", "0", 400, `the body has 0 bytes, want a multiple of the 256 of a row`},
		{strings.Repeat("x", 257), "0", 400, `the body has 257 bytes`},
		{strings.Repeat("x", 4097*256), "0", 400, `has 4097 rows, more than 4096`},
		{`{"inputs":[{"name":"input","datatype":"FP32","shape":[4096,64],"data":` + zeros(4096*64) +
			`}],"outputs":[{"name":"draws"}]}`, "", 400, `100 draws of 4096 rows are more than`},
		{strings.Repeat(" ", 16<<20+1), "", 413, "the body has more than 16777216 bytes"},
	} {
		r := httptest.NewRequest("POST", "/v2/models/digits/infer", strings.NewReader(c.body))
		if strings.HasPrefix(c.header, "-") { // so many bytes are not JSON
			var n int
			fmt.Sscan(c.header[1:], &n)
			c.header = fmt.Sprint(len(c.body) - n)
		}
		if c.header != "" {
			r.Header.Set(headerLength, c.header)
		}
		wantRefusal(t, h, r, c.status, c.want)
	}
	r := httptest.NewRequest("POST", "/v2/models/digits/infer", strings.NewReader("{"+ok+"}"))
	r.Header.Set("Content-Encoding", "gzip")
	wantRefusal(t, h, r, 415, `Content-Encoding is "gzip", want none`)
	r = httptest.NewRequest("POST", "/v2/models/digits/infer", strings.NewReader("{}"))
	r.Header.Set("Content-Encoding", "Identity") // names of encodings have no case
	wantRefusal(t, h, r, 400, `there are 0 inputs`)
}

func wantRefusal(t *testing.T, h http.Handler, r *http.Request, status int, want string) {
	t.Helper()
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	var e struct{ Error string }
	if err := json.Unmarshal(answer.Body.Bytes(), &e); err != nil || answer.Code != status || !strings.Contains(e.Error, want) {
		t.Errorf("%d %s, want %d %s", answer.Code, answer.Body, status, want)
	}
	if len(e.Error) > 500 {
		t.Errorf("an error of %d bytes", len(e.Error))
	}
}

// TestNotFinite sends a NaN, and 1e38 from which infinities come: JSON cannot say the answer, binary can.
func TestNotFinite(t *testing.T) {
	s := start[float32](t, testConfig())
	for _, v := range []float64{math.NaN(), 1e38} {
		x := digit(1)
		for i := range x {
			x[i] = float32(v)
		}
		r := infer(t, s.url, request{x: x, binary: true})
		if r.status != 422 || !strings.Contains(r.Error, "JSON cannot say") {
			t.Errorf("%v: %+v", v, r)
		}
		r = infer(t, s.url, request{x: x, binary: true, members: `,"parameters":{"binary_data_output":true}`})
		want := expected(t, x, 0, 0)
		for name, y := range want {
			for i := range y {
				if got := r.tensor(t, name)[i]; math.Float64bits(got) != math.Float64bits(y[i]) && got == got {
					t.Errorf("%v: %s is %v, want %v", v, name, got, y[i])
				}
			}
			if name == "variance" && (y[0]-y[0] == 0) {
				t.Errorf("%v gives variance %v", v, y[0])
			}
		}
	}
}

// dial sends bytes to a server.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

func head(length string) string {
	return "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n"
}

// TestFaultyClients are slow, or go away, or send what is too much; the server answers them, and others.
func TestFaultyClients(t *testing.T) {
	c := testConfig()
	c.readTimeout = 300 * time.Millisecond
	c.maxBody = 1 << 20 // arrives in less than that
	s := start[float32](t, c)
	fine := func() {
		t.Helper()
		if r := infer(t, s.url, request{x: digit(1)}); r.status != 200 {
			t.Errorf("%+v", r)
		}
	}
	answer := func(name string, c net.Conn, status int, want string) {
		t.Helper()
		h, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if r, err := readResponse(h); err != nil || r.status != status || !strings.Contains(r.Error, want) {
			t.Errorf("%s: %v %+v", name, err, r)
		}
	}
	// A thousand connections: half a header, or half a body, or nothing.
	var connections []net.Conn
	for i := range 1000 {
		text := []string{"", "POST /v2", head("Content-Length: 1000") + "{"}[i%3]
		connections = append(connections, dial(t, s.address, text))
	}
	fine()
	answer("slow body", connections[2], 408, "did not arrive in time")
	if _, err := io.ReadAll(connections[1]); err != nil { // it is closed
		t.Error(err)
	}
	fine()

	before := allocated()
	answer("1 GB", dial(t, s.address, head("Content-Length: 1073741824")), 413, "more than 1048576 bytes")
	if n := allocated() - before; n > 1<<20 {
		t.Errorf("a promise of 1 GB allocates %d bytes", n)
	}
	endless := dial(t, s.address, head("Transfer-Encoding: chunked"))
	go func() {
		chunk := "100000\r\n" + strings.Repeat(" ", 1<<20) + "\r\n"
		for range 1024 {
			if _, err := io.WriteString(endless, chunk); err != nil {
				return
			}
		}
	}()
	answer("endless chunks", endless, 413, "more than 1048576 bytes")
	long := dial(t, s.address, "GET /v2 HTTP/1.1\r\nX: "+strings.Repeat("x", 1<<20))
	if h, err := http.ReadResponse(bufio.NewReader(long), nil); err != nil || h.StatusCode != 431 {
		t.Errorf("a long header: %v %+v", err, h)
	}

	half := dial(t, s.address, head("Content-Length: 1000")+"{")
	half.Close()
	waitUntil(t, "noted", func() bool { return value(t, s.metrics.requests.WithLabelValues("infer", "400")) > 0 })
	fine()
}

// TestShutdownWaits for the requests of connections that were accepted before: of one that has sent nothing yet, and of one
// that has sent half a header. One that has asked, and is idle, is not waited for.
func TestShutdownWaits(t *testing.T) {
	s := start[float32](t, testConfig())
	request := func(n int) string { return head(fmt.Sprintf("Content-Length: %d", n)) + strings.Repeat(" ", n) }
	answered := func(c net.Conn) {
		t.Helper()
		if h, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Error(err)
		} else if r, err := readResponse(h); err != nil || r.status != 400 {
			t.Errorf("%v %+v", err, r)
		}
	}
	answered(dial(t, s.address, request(7)))
	waitUntil(t, "idle", func() bool { return s.open.busy.Load() == 0 })
	late := []net.Conn{dial(t, s.address, ""), dial(t, s.address, request(7)[:20])}
	waitUntil(t, "accepted", func() bool { return s.open.busy.Load() == 2 })
	stopped := make(chan bool)
	go func() {
		s.stop()
		close(stopped)
	}()
	waitUntil(t, "closed", func() bool {
		c, err := net.Dial("tcp", s.address)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	time.Sleep(20 * time.Millisecond)
	for i, c := range late {
		if _, err := io.WriteString(c, request(7)[20*i:]); err != nil {
			t.Error(err)
		}
		answered(c)
	}
	start := time.Now()
	if <-stopped; time.Since(start) > 4*time.Second {
		t.Errorf("the server ends %v after the last answer", time.Since(start))
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestMemory bounds what bodies that do not end take together.
func TestMemory(t *testing.T) {
	c := testConfig()
	c.maxMemory = 1 << 20
	s := start[float32](t, c)
	for range 8 {
		dial(t, s.address, head("Content-Length: 500000")+strings.Repeat(" ", 200000))
	}
	waitUntil(t, "full", func() bool { return s.memory.used.Load() > 1<<19 })
	large := request{x: digitRows(0, 1000)}
	body, _ := large.body()
	h, err := http.Post(s.url+"/v2/models/digits/infer", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := readResponse(h); err != nil || r.status != 503 || h.Header.Get("Retry-After") == "" {
		t.Errorf("%v %+v", err, r)
	}
	if r := infer(t, s.url, request{x: digit(1)}); r.status != 200 {
		t.Errorf("a small one: %+v", r)
	}
	if most := s.memory.used.Load(); most > 1<<20 {
		t.Errorf("%d bytes", most)
	}
}
