// Package charts draws what bench measured: SVGs made of JSON files that are committed beside it, so that the same
// numbers give the same bytes.
package charts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Chart is one picture.
type Chart struct {
	Title    string
	Measured string // on what, by which command
	X, Y     string // what the axes show
	LogX     bool
	LogY     bool
	// Labels have a group of bars each, one bar of each series, or points if LogY is set; without Labels the series are
	// lines.
	Labels []string `json:",omitempty"`
	// Limit is a horizontal line, if it is not 0.
	Limit  float64 `json:",omitempty"`
	Series []Series
}

// Series is a line, or a bar of each group. Of a bar that was not measured Y is null.
type Series struct {
	Name string
	X    []float64 `json:",omitempty"`
	Y    []*float64
}

// Names lists the charts.
var Names = []string{
	"speed", "peers", "products", "losses", "error_softplus", "error_exp", "error_tanh", "error_gelu",
}

// Read returns the chart of a file in the folder data.
func Read(data fs.FS, name string) (*Chart, error) {
	text, err := fs.ReadFile(data, name+".json")
	if err != nil {
		return nil, err
	}
	c := new(Chart)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// Write replaces the file of a chart in the folder data.
func (c *Chart) Write(folder, name string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte(`{"Name"`), []byte("\n"+`{"Name"`)) // a line for each series
	return os.WriteFile(filepath.Join(folder, name+".json"), append(text, '\n'), 0o666)
}
