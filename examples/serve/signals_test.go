package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain is the server, if the environment says so.
func TestMain(m *testing.M) {
	if os.Getenv("SIMMER_TEST_SERVE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestSignals runs the server as a process: SIGHUP reads the weights, and SIGTERM lets it finish a request of which it has
// half.
func TestSignals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	copyFile(t, path, weights)
	process := exec.Command(os.Args[0], "-addr", "127.0.0.1:0", "-weights", path, "-modules", digitsModules, "-drain", "100ms")
	process.Env = append(os.Environ(), "SIMMER_TEST_SERVE=1")
	log, err := process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	defer process.Process.Kill()
	lines := bufio.NewScanner(log)
	next := func(want string) string {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return lines.Text()
			}
		}
		t.Fatalf("the log has no %s", want)
		return ""
	}
	address := regexp.MustCompile(`address=(\S+)`).FindStringSubmatch(next("listening"))[1]
	next("weights read")
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	process.Process.Signal(syscall.SIGHUP)
	if line := next("level=ERROR"); !strings.Contains(line, "the old weights go on") {
		t.Error(line)
	}
	r := request{x: digit(1)}
	if got := infer(t, "http://"+address, r); got.status != 200 {
		t.Errorf("%+v", got)
	}
	http.DefaultClient.CloseIdleConnections()
	body, _ := r.body()
	c := dial(t, address, "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n")
	waitUntil(t, "read", func() bool { // by the header, which the server has when it says so
		return strings.Contains(metricsOf(t, address), "simmer_requests_under_way 1")
	})
	process.Process.Signal(syscall.SIGTERM)
	next("draining")
	time.Sleep(200 * time.Millisecond)
	if _, err := c.Write(body); err != nil {
		t.Fatal(err)
	}
	h, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readResponse(h); err != nil || got.status != 200 || !h.Close {
		t.Errorf("%v %+v", err, got)
	}
	next("all requests are answered")
	if err := process.Wait(); err != nil {
		t.Error(err)
	}
}

func metricsOf(t *testing.T, address string) string {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // a connection without use would be waited for
	h, err := client.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Body.Close()
	text, err := io.ReadAll(h.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
