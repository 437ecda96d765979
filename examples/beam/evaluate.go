package main

// evaluation compares predictions with labels.
type evaluation struct {
	Count int64
}

func newEvaluation(o options) *evaluation { return &evaluation{} }

func (e *evaluation) add(probabilities []float32, labels []int) error {
	e.Count += int64(len(labels))
	return nil
}

func (e *evaluation) merge(other *evaluation) error {
	e.Count += other.Count
	return nil
}

type metrics struct{ Count int64 }

func (e *evaluation) metrics() *metrics { return &metrics{e.Count} }
