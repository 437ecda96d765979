package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"strconv"
	"time"
)

// image is a row that has something on it: the inputs of row i differ from those of others.
func image(row int) []float32 {
	x := make([]float32, 64)
	for i := range x {
		x[i] = float32((7*i+3*row)%17) / 16
	}
	return x
}

func rawRows(rows int) []byte {
	var b []byte
	for r := range rows {
		for _, v := range image(r) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

// post makes a request of a body.
func post(header string, body []byte) []byte {
	return fmt.Appendf(nil, "POST /v2/models/digits/infer HTTP/1.1\r\nHost: bench\r\n%sContent-Length: %d\r\n\r\n%s", header,
		len(body), body)
}

// rawRequest has nothing but numbers.
func rawRequest(rows int) []byte { return post("", rawRows(rows)) }

// binaryRequest asks for binary outputs, unless members say otherwise.
func binaryRequest(rows int, members string) []byte {
	if members != withDraws {
		members = `"parameters":{"binary_data_output":true}` + comma(members)
	}
	head := fmt.Sprintf(`{"inputs":[{"name":"input","datatype":"FP32","shape":[%d,64],"parameters":{"binary_data_size":%d}}],%s}`,
		rows, rows*256, members)
	return post(fmt.Sprintf("Inference-Header-Content-Length: %d\r\n", len(head)), append([]byte(head), rawRows(rows)...))
}

func comma(s string) string {
	if s == "" {
		return ""
	}
	return "," + s
}

func jsonRequest(rows int, members string) []byte {
	var data []float32
	for r := range rows {
		data = append(data, image(r)...)
	}
	text, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return post("Content-Type: application/json\r\n",
		fmt.Appendf(nil, `{"inputs":[{"name":"input","datatype":"FP32","shape":[%d,64],"data":%s}]%s}`, rows, text, comma(members)))
}

// loadLine sends the requests of a line over so many connections, and prints what came of it.
func loadLine(name string, connections int, length time.Duration) error {
	all := subjects("", "")
	i := slices.IndexFunc(all, func(s subject) bool { return s.name == name })
	if i < 0 {
		return fmt.Errorf("there is no line %q", name)
	}
	type result struct {
		times []time.Duration
		err   error
	}
	results := make(chan result)
	warm := time.Now().Add(200 * time.Millisecond)
	end := warm.Add(length)
	for range connections {
		go func() {
			times, err := loop(all[i].request, warm, end)
			results <- result{times, err}
		}()
	}
	var times []time.Duration
	for range connections {
		r := <-results
		if r.err != nil {
			return r.err
		}
		times = append(times, r.times...)
	}
	slices.Sort(times)
	if len(times) == 0 {
		return errors.New("nothing was answered")
	}
	micros := func(q float64) float64 { return float64(times[int(q*float64(len(times)-1))]) / 1e3 }
	fmt.Printf("%12.0f %10.0f %10.0f\n", float64(len(times))/length.Seconds(), micros(0.5), micros(0.99))
	return nil
}

// loop sends a request over and over, and returns how long each took that was sent after warm.
func loop(request []byte, warm, end time.Time) (times []time.Duration, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	buffer := make([]byte, 1<<16)
	for now := time.Now(); now.Before(end); {
		if _, err := c.Write(request); err != nil {
			return nil, err
		}
		if err := readAnswer(c, buffer); err != nil {
			return nil, err
		}
		start := now
		now = time.Now()
		if start.After(warm) {
			times = append(times, now.Sub(start))
		}
	}
	return times, nil
}

// readAnswer reads an answer, which has a length, and status 200.
func readAnswer(r io.Reader, buffer []byte) error {
	n := 0
	for {
		k, err := r.Read(buffer[n:])
		if n += k; err != nil {
			return err
		}
		end := bytes.Index(buffer[:n], []byte("\r\n\r\n"))
		if end < 0 {
			continue
		}
		head := buffer[:end+2]
		if !bytes.HasPrefix(head, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("the answer is %q", buffer[:n])
		}
		_, length, _ := bytes.Cut(head, []byte("Content-Length: "))
		length, _, _ = bytes.Cut(length, []byte("\r\n"))
		body, err := strconv.Atoi(string(length))
		if err != nil {
			return err
		}
		_, err = io.ReadFull(r, buffer[n:max(n, end+4+body)])
		return err
	}
}

// waitFor waits until somebody listens.
func waitFor(address string) error {
	for range 300 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			time.Sleep(200 * time.Millisecond) // the weights
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the server does not listen")
}
