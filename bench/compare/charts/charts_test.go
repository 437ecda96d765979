package charts

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"testing"
)

// The committed pictures are those of the committed numbers, and the same numbers give the same bytes.
func TestPictures(t *testing.T) {
	for _, name := range Names {
		c, err := Read(os.DirFS("data"), name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := c.SVG()
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile("../../../docs/charts/" + name + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, committed) {
			t.Errorf("docs/charts/%s.svg is not what its data give: go run -C bench/compare . charts", name)
		}
		for d := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if bytes.Contains(text, []byte("Liberation Sans;")) {
			t.Errorf("%s: a font without a generic one behind it", name)
		}
		if c.Measured == "" {
			t.Errorf("%s does not say what it was measured on", name)
		}
	}
}
