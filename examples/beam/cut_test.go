package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readPart returns where the rows of a part begin, and what is wrong with them.
func readPart(t *testing.T, o options, p part, inputs int) (places []int64, reasons []string) {
	t.Helper()
	rows, err := openRows(context.Background(), o, p.File.Name, p.From, inputs, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	x := make([]float32, inputs)
	for at := rows.offset(); at < p.To; at = rows.offset() {
		_, err := rows.read(x)
		var why badRow
		if err != nil && !errors.As(err, &why) {
			t.Fatalf("offset %d: %v", at, err)
		}
		places, reasons = append(places, at), append(reasons, string(why))
	}
	return places, reasons
}

// write writes a file to a new folder.
func write(t *testing.T, name, text string) inputFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return inputFile{path, int64(len(text))}
}

// Wherever a file is cut, each of its rows is in one part.
func TestCutAnywhere(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          options
		rows       int
	}{
		{"csv", "1,2\n3,4\n\n5,6\n,\n7,8\n", options{Format: "csv", Label: -1}, 6},
		{"no end of line", "1,2\r\n3,4\r\n5,6", options{Format: "csv", Label: -1}, 3},
		{"header", "first,second\n3,4\n5,6\n", options{Format: "csv", Label: -1, Header: true}, 2},
		{"only a header", "first,second", options{Format: "csv", Label: -1, Header: true}, 0},
		{"binary", strings.Repeat("12345678", 3), options{Format: "FP32", Label: -1}, 3},
		{"binary with half a row", strings.Repeat("12345678", 3) + "1234", options{Format: "FP32", Label: -1}, 4},
	} {
		f := write(t, "rows", c.text)
		want, wantReasons := readPart(t, c.o, part{File: f, To: f.Size}, 2)
		if len(want) != c.rows {
			t.Errorf("%s: rows begin at %d, want %d rows", c.name, want, c.rows)
		}
		for i := range f.Size + 1 {
			for j := i; j <= f.Size; j++ {
				var places []int64
				var reasons []string
				for _, p := range []part{{File: f, To: i}, {File: f, From: i, To: j}, {File: f, From: j, To: f.Size}} {
					if p.From == p.To {
						continue
					}
					more, why := readPart(t, c.o, p, 2)
					places, reasons = append(places, more...), append(reasons, why...)
				}
				if !slices.Equal(places, want) || !slices.Equal(reasons, wantReasons) {
					t.Fatalf("%s: cut at %d and %d rows begin at %d, want %d", c.name, i, j, places, want)
				}
			}
		}
	}
}

// The shares of any number of shards have every byte once, in order.
func TestShares(t *testing.T) {
	files := []inputFile{{"a", 5}, {"empty", 0}, {"b", 1}, {"c", 1<<62 - 3}}
	for _, n := range []int{1, 2, 3, 7, 64, 100_000} {
		var p partial
		for _, i := range []int{0, 1, n / 2, n - 2, n - 1} {
			if i < 0 || i >= n {
				continue
			}
			for _, c := range cut(files, i, n) {
				if next := cut(files, min(i+1, n-1), n); i < n-1 && c.Index == next[0].Index && c.To != next[0].From {
					t.Errorf("share %d of %d ends at %d, the next one begins at %d", i, n, c.To, next[0].From)
				}
			}
		}
		if n > 100 {
			continue
		}
		for i := range n {
			for _, c := range cut(files, i, n) {
				p.Parts = append(p.Parts, donePart{part: c})
			}
		}
		if err := p.checkComplete(files); err != nil {
			t.Errorf("%d shares: %v", n, err)
		}
	}
}

func TestBadRows(t *testing.T) {
	long := strings.Repeat("1", longestLine+1)
	text := "1,2,3\n1,2\n1,2,3,4\n1,x,3\n1,NaN,3\n1,1e39,3\n1,2,10\n1,2,0.5\n1,2,-1\n" + long + ",2,3\n 1 ,\t-2e-3,9\n\n"
	f := write(t, "rows.csv", text)
	_, got := readPart(t, options{Format: "csv", Label: 2}, part{File: f, To: f.Size}, 2)
	want := []string{
		"",
		"2 columns, want 3",
		"4 columns, want 3",
		`column 1: "x" is no number of float32`,
		"column 1 is NaN, not finite in float32",
		`column 1: "1e39" is no number of float32`,
		"column 2: the label 10 is none of 10 classes",
		"column 2: the label 0.5 is none of 10 classes",
		"column 2: the label -1 is none of 10 classes",
		fmt.Sprintf("the line has more than %d bytes", longestLine),
		"",
		`column 0: "" is no number of float32`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// The place of a dead letter leads to the row.
func TestDeadLetters(t *testing.T) {
	path := rowsFile(t, "rows.csv", 20)
	text := string(read(t, path))
	row := strings.Repeat("3e38,", pixels) + "5\n" // too large for the model, not for float32
	text += row + text
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got := plain(t, "-input", path, "-label", "64")
	want := fmt.Sprintf(`{"file":%q,"offset":%d,"reason":"probabilities 0 is NaN"}`+"\n", path, strings.Index(text, row))
	if len(got.predictions) != 40 || len(got.deadLetters) != 1 || got.deadLetters[0] != want {
		t.Errorf("%d predictions and dead letters %q, want 40 and %s", len(got.predictions), got.deadLetters, want)
	}
}

// Whatever a file is called, its predictions are CSV.
func TestFileName(t *testing.T) {
	for name, want := range map[string]string{"a b.csv": "a b.csv", "a,b.csv": `"a,b.csv"`, `a"b`: `"a""b"`} {
		if got := string(appendField(nil, name)); got != want {
			t.Errorf("%s is written as %s, want %s", name, got, want)
		}
	}
}

// A file that has become shorter is no end of its rows.
func TestFileEndsEarly(t *testing.T) {
	for _, name := range []string{"rows.csv", "rows.fp32"} {
		path := rowsFile(t, name, 20)
		_, j, m := newTestJob(t, "-input", path, "-output", t.TempDir())
		if err := os.Truncate(path, j.Files[0].Size/2/260*260); err != nil {
			t.Fatal(err)
		}
		s, err := newScorer(j.options, m, "test")
		if err != nil {
			t.Fatal(err)
		}
		p := cut(j.Files, 0, 1)[0]
		if _, _, err := s.score(context.Background(), p, func(int64) bool { return true }); err == nil ||
			!strings.Contains(err.Error(), "the file ends at") {
			t.Errorf("%s: error %v, want that the file ends", name, err)
		}
	}
}
