package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// asked is a request and the only right answer, computed alone.
type asked struct {
	request request
	answer  []byte
}

// questions are requests of all kinds; each has its number as its id.
func questions(t testing.TB, number int) []asked {
	h := loadedServer(t, testConfig()).handler()
	kinds := []struct {
		members string
		binary  bool
	}{
		{``, false}, {``, true}, {`,"parameters":{"binary_data_output":true}`, true},
		{`,"parameters":{"draws":20},"outputs":[{"name":"probabilities"}]`, false},
		{`,"parameters":{"draws":20},"outputs":[{"name":"probabilities"}]`, true},
		{`,"parameters":{"draws":20,"seed":9},"outputs":[{"name":"probabilities"}]`, true},
		{`,"parameters":{"draws":3,"binary_data_output":true}`, true},
	}
	all := make([]asked, number)
	for i := range all {
		k := kinds[i%len(kinds)]
		r := request{x: digitRows(i, 1+i%3), binary: k.binary, members: fmt.Sprintf(`,"id":"%d"%s`, i, k.members)}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r.httpRequest(""))
		if answer.Code != 200 {
			t.Fatalf("%d: %s", answer.Code, answer.Body)
		}
		all[i] = asked{r, answer.Body.Bytes()}
	}
	return all
}

// attack sends the questions to a server, so many each second, and gives each result to f.
func attack(t testing.TB, url string, all []asked, perSecond int, length time.Duration, f func(*vegeta.Result)) {
	var asked atomic.Uint64
	targets := vegeta.Targeter(func(target *vegeta.Target) error {
		question := all[asked.Add(1)%uint64(len(all))].request
		h := question.httpRequest(url)
		body, _ := question.body()
		target.Method, target.URL, target.Header, target.Body = h.Method, h.URL.String(), h.Header, body
		return nil
	})
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	attacker := vegeta.NewAttacker(vegeta.Client(&client), vegeta.Workers(8), vegeta.MaxWorkers(64))
	for r := range attacker.Attack(targets, vegeta.Rate{Freq: perSecond, Per: time.Second}, length, "") {
		f(r)
	}
}

// check says that an answer is not that which the question had alone.
func check(all []asked, r *vegeta.Result) error {
	var id struct{ ID string }
	head, _, _ := bytes.Cut(r.Body, []byte(`,"outputs"`))
	if err := json.Unmarshal(append(head[:len(head):len(head)], '}'), &id); err != nil {
		return fmt.Errorf("%w: %.200s", err, r.Body)
	}
	i, err := strconv.Atoi(id.ID)
	if err == nil && !bytes.Equal(r.Body, all[i].answer) {
		err = fmt.Errorf("question %d gets another answer than alone", i)
	}
	return err
}

// observed is how often a histogram observed something, and the sum.
func observed(t testing.TB, h prometheus.Histogram) (count, sum float64) {
	t.Helper()
	var m dto.Metric
	if err := h.Write(&m); err != nil {
		t.Fatal(err)
	}
	return float64(m.GetHistogram().GetSampleCount()), m.GetHistogram().GetSampleSum()
}

// TestLoad asks up to a thousand times in a second, while the weights are read again and again: every answer has the bits that it
// has alone.
func TestLoad(t *testing.T) {
	all := questions(t, 70)
	c := testConfig()
	c.batchWait = 5 * time.Millisecond
	s := start[float32](t, c)
	done := make(chan bool)
	go func() {
		for range 10 {
			time.Sleep(80 * time.Millisecond)
			s.reload <- os.Interrupt
		}
		close(done)
	}()
	answers := 0
	attack(t, s.url, all, 1000, time.Second, func(r *vegeta.Result) {
		answers++
		if r.Code != 200 || r.Error != "" {
			t.Errorf("%d %s %s", r.Code, r.Error, r.Body)
		} else if err := check(all, r); err != nil {
			t.Error(err)
		}
	})
	<-done
	if answers < 100 { // a slow machine is asked less often
		t.Errorf("only %d answers", answers)
	}
	if count, sum := observed(t, s.metrics.batches); sum != float64(answers) || count == sum {
		t.Errorf("%v requests in %v batches: none were computed together", sum, count)
	}
}

// TestShutdownUnderLoad ends a server that is being asked: as many get an answer as have been read, the others find no
// connection, or one that is closed.
func TestShutdownUnderLoad(t *testing.T) {
	all := questions(t, 14)
	s := start[float32](t, testConfig())
	go func() {
		time.Sleep(400 * time.Millisecond)
		s.stop()
	}()
	answered, refused := 0, 0
	attack(t, s.url, all, 1000, time.Second, func(r *vegeta.Result) {
		switch {
		case strings.Contains(r.Error, "connection re"), strings.HasSuffix(r.Error, "EOF"): // refused, reset
			refused++
		case r.Code != 200 || r.Error != "":
			t.Errorf("%d %s %s", r.Code, r.Error, r.Body)
		default:
			answered++
			if err := check(all, r); err != nil {
				t.Error(err)
			}
		}
	})
	if answered < 30 || refused < 30 {
		t.Errorf("%d were answered, %d refused", answered, refused)
	}
	if got := value(t, s.metrics.requests.WithLabelValues("infer", "200")); got != float64(answered) {
		t.Errorf("%v were read, but %d answered", got, answered)
	}
}

// TestBatches computes calls together: each gets its own bits, and other draws are none of its batch.
func TestBatches(t *testing.T) {
	c := testConfig()
	c.batchWait, c.batchRows, c.batchAll = 200*time.Millisecond, 8, true
	s := start[float32](t, c)
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			number, seed, members := 4, uint64(i%2), fmt.Sprintf(`,"parameters":{"draws":4,"seed":%d}`, i%2)
			if i%4 > 1 {
				number, seed, members = 0, 0, ``
			}
			x := digitRows(i, 1+i%3)
			want := expected(t, x, number, seed)
			got := infer(t, s.url, request{x: x, members: members})
			for _, name := range outputNames[:draws] {
				sameNumbers(t, fmt.Sprint(i, name), got.tensor(t, name), want[name])
			}
			for k := range len(want["draws"]) {
				row, draw, class := k/(number*10), k/10%number, k%10
				if got.tensor(t, "draws")[k] != want["draws"][(draw*len(x)/64+row)*10+class] {
					t.Errorf("draw %d of row %d differs", draw, row)
				}
			}
		})
	}
	wait.Wait()
	if count, sum := observed(t, s.metrics.batches); sum != 16 || count > 14 {
		t.Errorf("%v requests in %v batches", sum, count)
	}
}

var raceDetector bool // which makes a sync.Pool forget

// TestAllocations bounds what a request allocates beside what net/http does.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	s := loadedServer(t, testConfig())
	for name, r := range map[string]request{"binary": {x: digit(1), binary: true, members: `,"parameters":{"binary_data_output":true}`},
		"JSON": {x: digit(1)}} {
		body, _ := r.body()
		h, w, reader := r.httpRequest(""), discard{http.Header{}}, bytes.NewReader(body)
		h.SetPathValue("model", "digits")
		h.Body = reading{reader}
		if n := testing.AllocsPerRun(100, func() {
			reader.Reset(body)
			if err := s.infer(w, h); err != nil {
				t.Fatal(err)
			}
		}); n > 12 {
			t.Errorf("%s: %v allocations", name, n)
		} else {
			t.Logf("%s: %v allocations", name, n)
		}
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

type reading struct{ *bytes.Reader }

func (reading) Close() error { return nil }
