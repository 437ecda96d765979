package main

import (
	"fmt"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

const (
	pictureWidth  = 26 * vg.Centimeter
	pictureHeight = 13 * vg.Centimeter
	margin        = 0.3 * vg.Centimeter
	dotsPerInch   = 150
)

var (
	grey   = color.Gray{0x99}
	orange = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	blue   = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	green  = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	red    = color.NRGBA{0xb0, 0x00, 0x20, 0xff}
)

// drawPicture writes a PNG file: on the left the reliability diagram, on the right the most uncertain digits.
func drawPicture(path string, test dataset, before, after result, temperature float32) error {
	plot.DefaultFont.Variant = "Sans"
	diagram, err := reliabilityDiagram(
		curve{"mean weights", orange, draw.CircleGlyph{}, before.mean.bins},
		curve{fmt.Sprintf("mean weights, temperature %.2f", temperature), green, draw.PyramidGlyph{}, after.mean.bins},
		curve{fmt.Sprintf("average over draws, temperature %.2f", temperature), blue, draw.BoxGlyph{}, after.averaged.bins},
	)
	if err != nil {
		return err
	}
	canvas := vgimg.NewWith(vgimg.UseWH(pictureWidth, pictureHeight), vgimg.UseDPI(dotsPerInch))
	page := draw.Crop(draw.New(canvas), margin, -margin, margin, -margin)
	diagram.Draw(draw.Crop(page, 0, pictureHeight-pictureWidth, 0, 0)) // a square on the left
	drawStrip(draw.Crop(page, pictureHeight+margin, 0, 0, 0), test, after)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
