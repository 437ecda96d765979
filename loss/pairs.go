package loss

// pairs is what the losses of numbers have in common: predictions and targets that are compared one by one, the targets
// once for each sample.
type pairs struct {
	reduction Reduction
	samples   int
	mask      []bool // of the targets; nil keeps all
}

// check checks all lengths but that of what is written.
func (p *pairs) check(pred, target int) error {
	if err := p.reduction.check(); err != nil {
		return err
	}
	if err := checkSamples("pred", p.samples, pred, target); err != nil {
		return err
	}
	return checkMask(p.mask, target)
}

// size is what the mean divides by: how many elements count.
func (p *pairs) size(target int) float64 {
	return float64(sampleCount(p.samples)) * float64(countKept(p.mask, target))
}

// samplesOption is the number of samples, an option of an accumulator.
func (p *pairs) samplesOption() float64 { return float64(sampleCount(p.samples)) }

// gradScale is the derivative of the reduced value with respect to an element; 0 if none counts.
func (p *pairs) gradScale(size float64) float64 {
	if size == 0 {
		return 0
	}
	return p.reduction.gradScale(size)
}

// maskPart is n entries of the mask from position j on; nil stays nil.
func (p *pairs) maskPart(j, n int) []bool {
	if p.mask == nil {
		return nil
	}
	return p.mask[j : j+n]
}

// part is n elements of what is written, from position i on; nil stays nil.
func part[T Float](dst []T, i, n int) []T {
	if dst == nil {
		return nil
	}
	return dst[i : i+n]
}
