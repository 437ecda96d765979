package bnn

import (
	"fmt"

	"github.com/simmer-go/simmer/kernels"
)

// keptDraws are the standard normals from place 0 on of the stream of a key.
type keptDraws[T Float] struct {
	key     Key
	normals []T
}

// of returns n normals from a place on in the stream of the key, or nil if not all of them were kept.
func (k keptDraws[T]) of(key Key, place, n int) []T {
	if key != k.key || place > len(k.normals)-n {
		return nil
	}
	return k.normals[place : place+n]
}

// KeepDraws returns the predictor with the standard normals of draws 0 to draws−1 of the key in memory,
// draws·NumNormals elements, so that requests with this key need not make them again. It shares everything else with p,
// and its results are the same to the bit.
//
// Errors: draws below 1, and more than 2³¹ normals (2²⁶ where an int has 32 bits).
func (p *Predictor[T]) KeepDraws(key Key, draws int) (*Predictor[T], error) {
	if err := checkDraws("KeepDraws", draws, 1); err != nil {
		return nil, err
	}
	n := p.NumNormals()
	if n > 0 && draws > maxParams/n {
		return nil, fmt.Errorf("bnn: KeepDraws: draws is %d, of %d normals each: more than %d", draws, n, maxParams)
	}
	c := *p
	c.kept = keptDraws[T]{key, kernels.NormalTo(make([]T, draws*n), key, 0)}
	return &c, nil
}
