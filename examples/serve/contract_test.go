package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// value is what a counter has counted.
func value(t testing.TB, c prometheus.Metric) float64 {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

// contract is the description of the server.
func contract(t testing.TB) routers.Router {
	t.Helper()
	openapi3filter.RegisterBodyDecoder("application/octet-stream", openapi3filter.FileBodyDecoder)
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// checkContract sends a request, which the description must allow unless the answer is 400 or it has nothing at the path,
// and holds the answer to the description.
func checkContract(t *testing.T, router routers.Router, h http.Handler, r *http.Request, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.ServeHTTP(answer, r)
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return answer
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route}
	err = openapi3filter.ValidateRequest(t.Context(), input)
	if err != nil && answer.Code != http.StatusBadRequest && answer.Code != http.StatusUnsupportedMediaType {
		t.Errorf("%s %s: the description refuses what gets %d: %v", r.Method, r.URL, answer.Code, err)
	}
	if err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
		Body:    io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}); err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	return answer
}

// loadedServer is one that nobody listens for.
func loadedServer(t testing.TB, c config) *server[float32] {
	t.Helper()
	s := newServer[float32](c, slog.New(slog.DiscardHandler))
	if err := s.load(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestContract holds the answers of all paths to openapi.yaml: of a server that has read its weights, of one that has not
// yet, and of one that is about to end.
func TestContract(t *testing.T) {
	router := contract(t)
	early := newServer[float32](testConfig(), slog.New(slog.DiscardHandler))
	ready, late := loadedServer(t, testConfig()), loadedServer(t, testConfig())
	late.draining.Store(true)
	get := func(s *server[float32], path string, status int) string {
		t.Helper()
		answer := checkContract(t, router, s.handler(), httptest.NewRequest("GET", path, nil), nil)
		if answer.Code != status {
			t.Errorf("%s: %d, want %d: %s", path, answer.Code, status, answer.Body)
		}
		return answer.Body.String()
	}
	for _, s := range []*server[float32]{early, ready, late} {
		get(s, "/v2", 200)
		get(s, "/v2/health/live", 200)
		get(s, "/metrics", 200)
		get(s, "/v2/models/other", 404)
		get(s, "/v2/models/digits/versions/2", 404)
		get(s, "/v2/models/other/ready", 404)
		get(s, "/v2/models/digits/versions/2/ready", 404)
	}
	for _, path := range []string{"/v2/health/ready", "/v2/models/digits/ready", "/v2/models/digits/versions/1/ready"} {
		for s, status := range map[*server[float32]]int{early: 503, ready: 200, late: 503} {
			if got := get(s, path, status); strings.Contains(got, `"ready":true`) != (status == 200) {
				t.Errorf("%s: %d %s", path, status, got)
			}
		}
	}
	for _, path := range []string{"/v2/models/digits", "/v2/models/digits/versions/1"} {
		get(early, path, 503)
		get(late, path, 200)
		want := `"inputs":[{"name":"input","datatype":"FP32","shape":[-1,64]}]`
		if got := get(ready, path, 200); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := get(ready, "/v2", 200); !strings.Contains(got, `"extensions":["binary_tensor_data"]`) {
		t.Errorf("%s", got)
	}
	x := digit(1)
	for _, c := range []struct {
		s       *server[float32]
		path    string
		request request
		status  int
	}{
		{ready, "/v2/models/digits/infer", request{x: x}, 200},
		{ready, "/v2/models/digits/versions/1/infer", request{x: x, members: `,"id":""`}, 200},
		{ready, "/v2/models/digits/infer", request{x: x, binary: true}, 200},
		{ready, "/v2/models/digits/infer", request{x: x, members: `,"parameters":{"draws":2,"binary_data_output":true}`}, 200},
		{ready, "/v2/models/digits/infer", request{x: x, members: `,"outputs":[{"name":"draws"}],"parameters":{"seed":3}`}, 200},
		{ready, "/v2/models/digits/infer", request{x: x[:63]}, 400},
		{ready, "/v2/models/digits/infer", request{x: x, inputType: "INT64"}, 400},
		{ready, "/v2/models/digits/infer", request{x: x, members: `,"outputs":[{"name":"logits"}]`}, 400},
		{ready, "/v2/models/other/infer", request{x: x}, 404},
		{ready, "/v2/models/digits/versions/2/infer", request{x: x}, 404},
		{early, "/v2/models/digits/infer", request{x: x}, 503},
		{late, "/v2/models/digits/infer", request{x: x}, 200},
	} {
		body, _ := c.request.body()
		r := c.request.httpRequest("")
		r.URL.Path = c.path
		answer := checkContract(t, router, c.s.handler(), r, body)
		if answer.Code != c.status {
			t.Errorf("%s %+v: %d, want %d: %s", c.path, c.request, answer.Code, c.status, answer.Body)
		}
	}
}

// TestOtherPaths gets errors in JSON outside the protocol too.
func TestOtherPaths(t *testing.T) {
	h := loadedServer(t, testConfig()).handler()
	for _, c := range []struct {
		method, path string
		status       int
		want         string
	}{
		{"GET", "/", 200, "<title>"},
		{"HEAD", "/v2", 200, ""},
		{"GET", "/v2/", 200, `"name":"simmer"`},
		{"GET", "/v3", 404, `{"error":"there is nothing at \"/v3\""}`},
		{"GET", "/v2/models", 404, `{"error":`},
		{"POST", "/v2/health/ready", 405, `{"error":"/v2/health/ready needs the method GET, not \"POST\""}`},
		{"GET", "/v2/models/digits/infer", 405, `{"error":"/v2/models/digits/infer needs the method POST, not \"GET\""}`},
		{"POST", "/metrics", 405, `{"error":"/metrics needs the method GET, not \"POST\""}`},
		{"DELETE", "/", 405, `{"error":`},
	} {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest(c.method, c.path, nil))
		if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.want) {
			t.Errorf("%s %s: %d %.100s", c.method, c.path, answer.Code, answer.Body)
		}
		if allow := answer.Header().Get("Allow"); (allow != "") != (c.status == 405) {
			t.Errorf("%s %s: Allow is %q", c.method, c.path, allow)
		}
	}
}
