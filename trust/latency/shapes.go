package main

import (
	"strings"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// What one call of assembly handles at most, as in package kernels.
const (
	smallPart  = 256     // elements of a function that goes part by part
	products32 = 1 << 19 // of float32
	products64 = 1 << 18 // of float64
	panel32    = 32      // columns of a product of float32
)

// longestCall is the shape of as much work as the longest call of assembly does.
func longestCall[T kernels.Float](k catalog.Kernel[T]) catalog.Shape {
	switch {
	case k.Product:
		work, panel := products32, panel32
		if catalog.TypeName[T]() == "float64" {
			work, panel = products64, panel32/2
		}
		panel = max(1, panel/k.Terms())
		return catalog.Shape{Rows: work / panel / k.Terms() / fallback.Chunk, Cols: panel, Depth: fallback.Chunk}
	case k.Columns: // the exponentials of a block of classes; a tile of more positions takes cheaper calls
		positions := panel32
		if catalog.TypeName[T]() == "float64" {
			positions /= 2
		}
		return catalog.Shape{Rows: positions, Cols: fallback.WorkBlock}
	case k.Rows:
		return catalog.Shape{Rows: 1, Cols: fallback.Block}
	case strings.HasPrefix(k.Function, "BinaryFocal"):
		return catalog.Vector(smallPart)
	}
	return catalog.Vector(fallback.Block)
}

// largeCall is a shape of several hundred blocks, which is still no matter of seconds.
func largeCall[T kernels.Float](k catalog.Kernel[T]) catalog.Shape {
	switch {
	case k.Product:
		return catalog.Shape{Rows: 256, Cols: max(1, 256/k.Terms()), Depth: 512}
	case k.Columns:
		return catalog.Shape{Rows: 256, Cols: 4096}
	case k.Rows:
		return catalog.Shape{Rows: 64, Cols: 16 * fallback.WorkBlock}
	}
	return catalog.Vector(1 << 20)
}
