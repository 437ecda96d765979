package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/simmer-go/simmer/bench/compare/charts"
)

// The folders, from this one, in which go run is called.
const (
	chartData = "charts/data"
	chartSVGs = "../../docs/charts"
)

// charts measures those asked for, and draws what is committed or was just measured.
func (s *settings) charts(ctx context.Context) error {
	if err := s.measureCharts(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(chartSVGs, 0o777); err != nil {
		return err
	}
	for _, name := range charts.Names {
		c, err := charts.Read(os.DirFS(chartData), name)
		if err != nil {
			return err
		}
		text, err := c.SVG()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(chartSVGs, name+".svg"), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func (s *settings) measureCharts(ctx context.Context) error {
	if s.measure == "" {
		return nil
	}
	again, err := regexp.Compile(s.measure)
	if err != nil {
		return fmt.Errorf("-measure: %w", err)
	}
	if s.dir, err = os.MkdirTemp("", "compare"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	for _, name := range charts.Names {
		if !again.MatchString(name) {
			continue
		}
		var c *charts.Chart
		switch f, isError := strings.CutPrefix(name, "error_"); {
		case isError:
			c, err = s.errorChart(ctx, f)
		case name == "speed":
			c, err = s.speedChart(ctx)
		case name == "peers":
			c, err = s.peersChart(ctx)
		case name == "products":
			c, err = s.productsChart(ctx)
		case name == "losses":
			c, err = s.lossesChart(ctx)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.Measured = machine() + ", " + time.Now().Format(time.DateOnly)
		if err := c.Write(chartData, name); err != nil {
			return err
		}
	}
	return nil
}

// point makes a value of a chart.
func point(v float64) *float64 {
	if !isTime(v) {
		return nil
	}
	return &v
}
