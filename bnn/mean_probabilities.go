package bnn

import "fmt"

// MeanProbabilities writes the class probabilities averaged over draws to p (rows×classes) for logits of
// samples×rows×classes: softmax, or for one class σ. Afterwards logits holds the probabilities of each draw.
//
// Errors: classes below 1, a p that is empty or not a multiple of classes long, logits that are empty or not a multiple
// of p long; nothing is written then. NaN in logits propagates.
func MeanProbabilities[T Float](p, logits []T, classes int) error {
	if classes < 1 || len(p)%classes != 0 {
		return fmt.Errorf("bnn: MeanProbabilities: p has length %d, want a multiple of classes = %d", len(p), classes)
	}
	if len(p) == 0 || len(logits) == 0 || len(logits)%len(p) != 0 {
		return fmt.Errorf("bnn: MeanProbabilities: logits has length %d, want a multiple of the %d of p", len(logits),
			len(p))
	}
	softmax(logits, classes)
	samples := float64(len(logits) / len(p))
	for i := range p {
		sum := 0.0
		for k := i; k < len(logits); k += len(p) {
			sum += float64(logits[k])
		}
		p[i] = T(sum / samples)
	}
	return nil
}
