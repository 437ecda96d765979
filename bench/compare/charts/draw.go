package charts

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// palette is that of Okabe and Ito, which the colour-blind can tell apart.
var palette = []color.RGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {230, 159, 0, 255}, {86, 180, 233, 255},
	{100, 100, 100, 255},
}

const (
	width  = 7.2 * vg.Inch
	height = 3.6 * vg.Inch
)

// SVG draws the chart on white, which serves light and dark pages.
func (c *Chart) SVG() ([]byte, error) {
	p := plot.New()
	p.BackgroundColor = color.White
	for _, s := range []*font.Font{
		&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font,
		&p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font,
	} {
		s.Variant = "Sans"
		s.Size = 10
	}
	p.Title.Text = c.Title
	p.Title.TextStyle.Font.Size = 12
	p.Title.Padding = 6
	p.X.Label.Text, p.Y.Label.Text = c.X, c.Y
	p.Legend.Top, p.Legend.Left = true, true // text to the right, where a reader's wider font has room
	p.Legend.XOffs = 8
	p.Legend.Padding = 2
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{230}, color.Gray{230}
	p.Add(grid)
	scale(&p.X, c.LogX)
	scale(&p.Y, c.LogY)
	add := c.addLines
	switch {
	case c.Labels != nil && c.LogY:
		add = c.addPoints
	case c.Labels != nil:
		add = c.addBars
	}
	if err := add(p); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Title, err)
	}
	c.addLimit(p)
	return render(p)
}

func scale(a *plot.Axis, log bool) {
	if log {
		a.Scale, a.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
}

func (c *Chart) addLines(p *plot.Plot) error {
	for i, s := range slices.Backward(c.Series) { // the first on top
		if len(s.X) != len(s.Y) {
			return fmt.Errorf("%s has %d X and %d Y", s.Name, len(s.X), len(s.Y))
		}
		points := make(plotter.XYs, 0, len(s.X))
		for j, x := range s.X {
			if y := s.Y[j]; y != nil {
				points = append(points, plotter.XY{X: x, Y: *y})
			}
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		line.Color, line.Width = palette[i%len(palette)], 1.6
		p.Add(line)
		defer p.Legend.Add(s.Name, line)
	}
	c.makeRoom(p)
	return nil
}

// makeRoom leaves some for the legend.
func (c *Chart) makeRoom(p *plot.Plot) {
	share := 0.1 + 0.06*float64(len(c.Series))
	if c.LogY {
		p.Y.Max *= math.Pow(p.Y.Max/p.Y.Min, share)
	} else {
		p.Y.Max += share * (p.Y.Max - p.Y.Min)
	}
}

// addPoints has a column for each label, where a logarithmic axis has no 0 for bars to stand on.
func (c *Chart) addPoints(p *plot.Plot) error {
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}}
	for i, s := range c.Series {
		var points plotter.XYs
		for j, y := range s.Y {
			if y != nil {
				points = append(points, plotter.XY{X: float64(j), Y: *y})
			}
		}
		scatter, err := plotter.NewScatter(points)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		scatter.GlyphStyle = draw.GlyphStyle{Color: palette[i%len(palette)], Radius: 3.5, Shape: shapes[i%len(shapes)]}
		p.Add(scatter)
		p.Legend.Add(s.Name, scatter)
	}
	p.Y.Min = min(p.Y.Min, 0.9)
	c.makeRoom(p)
	c.name(p)
	return nil
}

// name writes the labels under the axis.
func (c *Chart) name(p *plot.Plot) {
	p.NominalX(c.Labels...)
	p.X.Tick.Label.Rotation = math.Pi / 6
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YTop
}

// addBars has a group for each label.
func (c *Chart) addBars(p *plot.Plot) error {
	group := float64(width) * 0.82 / float64(len(c.Labels))
	each := vg.Length(group * 0.8 / float64(len(c.Series)))
	for i, s := range c.Series {
		if len(s.Y) != len(c.Labels) {
			return fmt.Errorf("%s has %d Y for %d labels", s.Name, len(s.Y), len(c.Labels))
		}
		values := make(plotter.Values, len(s.Y))
		for j, y := range s.Y {
			if y != nil {
				values[j] = *y
			}
		}
		bars, err := plotter.NewBarChart(values, each)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		bars.Color, bars.LineStyle.Width = palette[i%len(palette)], 0
		bars.Offset = each * vg.Length(float64(i)-float64(len(c.Series)-1)/2)
		p.Add(bars)
		p.Legend.Add(s.Name, bars)
	}
	p.Y.Min = 0
	c.makeRoom(p)
	c.name(p)
	return nil
}

func (c *Chart) addLimit(p *plot.Plot) {
	if c.Limit == 0 {
		return
	}
	line := plotter.NewFunction(func(float64) float64 { return c.Limit })
	line.Color, line.Dashes = color.Gray{60}, []vg.Length{4, 3}
	p.Add(line)
}

// fontFamily is the name that vgsvg writes, of a font that not every reader has.
var fontFamily = regexp.MustCompile(`font-family:Liberation Sans`)

func render(p *plot.Plot) ([]byte, error) {
	canvas := vgsvg.New(width, height)
	p.Draw(draw.Crop(draw.New(canvas), 6, -12, 4, -6))
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return nil, err
	}
	return fontFamily.ReplaceAll(text.Bytes(), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif")), nil
}
