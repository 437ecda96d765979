package main

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawStrip draws the most uncertain test digits.
func drawStrip(c draw.Canvas, test dataset, r result) {
	frame := plot.New()
	frame.Title.Text = "Test digits on which the draws differ most (wrong ones in red)"
	frame.HideAxes()
	frame.Draw(c)
	tiles := draw.Tiles{Rows: 3, Cols: 4, PadTop: 3 * margin, PadX: margin, PadY: margin}
	for k, i := range mostUncertain(r, tiles.Rows*tiles.Cols) {
		digitPlot(test, r, i).Draw(tiles.At(c, k%tiles.Cols, k/tiles.Cols))
	}
}

// mostUncertain returns the n rows whose predicted class has the probability that varies most between the draws.
func mostUncertain(r result, n int) []int {
	sd := make([]float32, len(r.sd)/classes)
	rows := make([]int, len(sd))
	for i := range rows {
		class, _ := mostProbable(r.averaged.p, i)
		rows[i], sd[i] = i, r.sd[i*classes+class]
	}
	slices.SortStableFunc(rows, func(i, j int) int { return cmp.Compare(sd[j], sd[i]) })
	return rows[:min(n, len(rows))]
}

// digitPlot shows row i: the image, the predicted digit, its averaged probability and how far that varies between draws.
func digitPlot(test dataset, r result, i int) *plot.Plot {
	class, probability := mostProbable(r.averaged.p, i)
	sd, label := r.sd[i*classes+class], test.labels[i]
	p := plot.New()
	p.HideAxes()
	p.Title.Text = fmt.Sprintf("%d: p = %.2f ± %.2f\n(it is %d)", class, probability, sd, label)
	p.Title.TextStyle.Font.Size = vg.Points(9)
	if class != label {
		p.Title.TextStyle.Color = red
	}
	p.Add(plotter.NewImage(enlarge(test.image(i)), 0, 0, 1, 1))
	return p
}

// enlarge makes a picture of which each pixel is a square of 16×16, so that scaling cannot blur it, in a grey frame.
func enlarge(pixel []float32) image.Image {
	const scale = 16
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for y := range side * scale {
		for x := range side * scale {
			if x == 0 || y == 0 || x == side*scale-1 || y == side*scale-1 {
				img.SetGray(x, y, grey)
				continue
			}
			img.SetGray(x, y, color.Gray{uint8(255 * (1 - pixel[y/scale*side+x/scale]))})
		}
	}
	return img
}
