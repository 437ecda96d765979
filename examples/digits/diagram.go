package main

import (
	"image/color"

	"github.com/simmer-go/simmer/loss"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curve is one line of a reliability diagram.
type curve struct {
	name  string
	color color.Color
	shape draw.GlyphDrawer
	bins  []loss.ReliabilityBin
}

// reliabilityDiagram plots, for each bin, the fraction of right predictions over their mean probability. A calibrated
// network is on the diagonal, one too sure of itself below it.
func reliabilityDiagram(curves ...curve) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "Reliability on test digits"
	p.X.Label.Text = "probability of the predicted digit"
	p.Y.Label.Text = "fraction of predictions that are right"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.XOffs, p.Legend.YOffs, p.Legend.Padding = vg.Points(8), vg.Points(-6), vg.Points(3)
	diagonal, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return nil, err
	}
	diagonal.Color = grey
	diagonal.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(plotter.NewGrid(), diagonal)
	for _, c := range curves {
		line, points, err := plotter.NewLinePoints(c.points())
		if err != nil {
			return nil, err
		}
		line.Color, line.Width = c.color, vg.Points(1.5)
		points.GlyphStyle = draw.GlyphStyle{Color: c.color, Radius: vg.Points(3.5), Shape: c.shape}
		p.Add(line, points)
		p.Legend.Add(c.name, line, points)
	}
	p.Legend.Add("calibrated", diagonal)
	return p, nil
}

// points are the bins that hold enough rows to say something.
func (c curve) points() plotter.XYs {
	const enough = 5
	var xys plotter.XYs
	for _, b := range c.bins {
		if b.Count >= enough {
			xys = append(xys, plotter.XY{X: b.Confidence(), Y: b.Accuracy()})
		}
	}
	return xys
}
