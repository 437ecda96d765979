package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var page []byte

// handler has the paths of the protocol, the metrics and the page.
func (s *server[T]) handler() http.Handler {
	mux := http.NewServeMux()
	const model, version = "/v2/models/{model}", "/versions/{version}"
	s.route(mux, "GET", "metadata", s.serverMetadata, "/v2", "/v2/{$}")
	s.route(mux, "GET", "live", s.serverLive, "/v2/health/live")
	s.route(mux, "GET", "ready", s.serverReady, "/v2/health/ready")
	s.route(mux, "GET", "metadata", s.modelMetadata, model, model+version)
	s.route(mux, "GET", "ready", s.modelReady, model+"/ready", model+version+"/ready")
	s.route(mux, "POST", "infer", s.infer, model+"/infer", model+version+"/infer")
	s.route(mux, "GET", "page", s.page, "/{$}")
	s.route(mux, "GET", "other", func(_ http.ResponseWriter, r *http.Request) error {
		return errorf(http.StatusNotFound, "there is nothing at %.200q", r.URL.Path)
	}, "/")
	metrics := s.metrics.handler()
	s.route(mux, "GET", "metrics", func(w http.ResponseWriter, r *http.Request) error {
		metrics.ServeHTTP(w, r)
		return nil
	}, "/metrics")
	return mux
}

// handler answers a request, or returns an error that says how to.
type handler func(http.ResponseWriter, *http.Request) error

// route serves paths with one method, or answers why not.
func (s *server[T]) route(mux *http.ServeMux, method, name string, f handler, paths ...string) {
	observed := s.metrics.route(name)
	h := s.observe(observed, f)
	wrong := s.observe(observed, func(w http.ResponseWriter, r *http.Request) error {
		allow := method
		if method == "GET" {
			allow = "GET, HEAD"
		}
		w.Header().Set("Allow", allow)
		return errorf(http.StatusMethodNotAllowed, "%.200s needs the method %s, not %.20q", r.URL.Path, method, r.Method)
	})
	for _, path := range paths {
		if path == "/" {
			mux.HandleFunc(path, h)
			continue
		}
		mux.HandleFunc(method+" "+path, h)
		mux.HandleFunc(path, wrong)
	}
}

// observe answers with f or its error, and notes how.
func (s *server[T]) observe(observed func(int, time.Duration), f handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start, status := time.Now(), http.StatusOK
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		if err := f(w, r); err != nil {
			status = s.answerError(w, r, err)
		}
		observed(status, time.Since(start))
	}
}

// statusError is an error with the status of its answer.
type statusError struct {
	status int
	text   string
}

func (e statusError) Error() string { return e.text }

func errorf(status int, format string, args ...any) error {
	return statusError{status, fmt.Sprintf(format, args...)}
}

// badRequest is the most frequent status.
func badRequest(format string, args ...any) error {
	return errorf(http.StatusBadRequest, format, args...)
}

// answerError writes {"error": "…"}.
func (s *server[T]) answerError(w http.ResponseWriter, r *http.Request, err error) int {
	status := http.StatusInternalServerError
	var e statusError
	if errors.As(err, &e) {
		status = e.status
	}
	level := s.log.Debug
	if status >= http.StatusInternalServerError {
		level = s.log.Warn
	}
	level("request refused", "status", status, "error", err, "path", r.URL.Path, "client", r.RemoteAddr)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	answer(w, status, map[string]string{"error": err.Error()})
	return status
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil { // there is nothing in it that could not be written
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text) // an error is the client's: it is gone
}

func (s *server[T]) serverLive(w http.ResponseWriter, _ *http.Request) error {
	answer(w, http.StatusOK, map[string]bool{"live": true})
	return nil
}

// serverReady has both the member that the protocol's text names and the one that it must have meant.
func (s *server[T]) serverReady(w http.ResponseWriter, _ *http.Request) error {
	ready := s.model.Load() != nil && !s.draining.Load()
	answer(w, readyStatus(ready), map[string]bool{"live": true, "ready": ready})
	return nil
}

func (s *server[T]) modelReady(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkModel(r); err != nil {
		return err
	}
	ready := s.model.Load() != nil && !s.draining.Load()
	answer(w, readyStatus(ready), map[string]any{"name": s.name, "ready": ready})
	return nil
}

func readyStatus(ready bool) int {
	if ready {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

// checkModel says that the path names another model or version.
func (s *server[T]) checkModel(r *http.Request) error {
	if name := r.PathValue("model"); name != s.name {
		return errorf(http.StatusNotFound, "there is no model %.200q, only %q", name, s.name)
	}
	if v := r.PathValue("version"); v != s.version && v != "" {
		return errorf(http.StatusNotFound, "model %q has no version %.200q, only %q", s.name, v, s.version)
	}
	return nil
}

func (s *server[T]) serverMetadata(w http.ResponseWriter, _ *http.Request) error {
	answer(w, http.StatusOK, map[string]any{"name": "simmer", "version": buildVersion(),
		"extensions": []string{"binary_tensor_data"}})
	return nil
}

// buildVersion is that of the library, which is "(devel)" in its own repository.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	modules := append(slices.Clone(info.Deps), &info.Main)
	i := slices.IndexFunc(modules, func(m *debug.Module) bool { return strings.HasSuffix(m.Path, "/simmer") })
	if i < 0 {
		return "unknown"
	}
	return modules[i].Version
}

// tensorMetadata describes an input or output; -1 stands for any size.
type tensorMetadata struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
}

func (s *server[T]) modelMetadata(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkModel(r); err != nil {
		return err
	}
	p, err := s.ready()
	if err != nil {
		return err
	}
	matrix := []int{-1, p.Out()}
	answer(w, http.StatusOK, map[string]any{
		"name": s.name, "versions": []string{s.version}, "platform": "simmer_safetensors",
		"inputs": []tensorMetadata{{inputName, s.datatype, []int{-1, p.In()}}},
		"outputs": []tensorMetadata{{outputNames[mean], s.datatype, matrix}, {outputNames[variance], s.datatype, matrix},
			{outputNames[probabilities], s.datatype, matrix}, {outputNames[draws], s.datatype, []int{-1, -1, p.Out()}}},
	})
	return nil
}

func (s *server[T]) page(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'")
	w.Write(bytes.ReplaceAll(page, []byte("{{model}}"), []byte(url.PathEscape(s.name))))
	return nil
}
