package bnn_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/digest"
)

const digestFile = "testdata/digests.txt"

// TestDigest compares hashes of what trained models predict, and of gradients, with the committed ones.
func TestDigest(t *testing.T) {
	digest.Test(t, digestFile, digests)
}

// digests computes the hashes of all models. It is the same in short tests: it is what emulated machines are for.
func digests(t *testing.T) map[string]string {
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	list := map[string]string{}
	for _, file := range files {
		path := strings.TrimSuffix(file, ".safetensors")
		m, weights := readModel(t, path)
		name := filepath.Base(path)
		maps.Copy(list, digestsOf[float32](t, name, m, weights))
		maps.Copy(list, digestsOf[float64](t, name, m, weights))
	}
	return list
}

// covarianceKinds are the kinds of covariance in the model.
func (m *model) covarianceKinds() (kinds []string) {
	for _, l := range m.Layers {
		if l.Cov != nil {
			kinds = append(kinds, l.Cov.Kind)
		}
	}
	return kinds
}

func digestsOf[T bnn.Float](t *testing.T, name string, m *model, weights []byte) map[string]string {
	d := digestRun[T]{t, map[string]digest.Hash{}}
	kinds := m.covarianceKinds()
	d.model(name, trained[T](t, m, weights, bnn.Kron))
	if slices.Contains(kinds, "kronecker") {
		d.model(name+"_sampled", trained[T](t, m, weights, bnn.Sampled))
	}
	if len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k string) bool { return k != "diagonal" }) {
		d.divergence(name, trained[T](t, m, weights, bnn.Kron)) // the others go through a decomposition
	}
	list := map[string]string{}
	for line, h := range d.hashes {
		list[line+" "+catalog.TypeName[T]()] = h.String()
	}
	return list
}

// digestRun gathers the hashes of a model, of which each line has one.
type digestRun[T bnn.Float] struct {
	t      *testing.T
	hashes map[string]digest.Hash
}

// add adds results to a line.
func (d *digestRun[T]) add(line string, err error, results ...[]T) {
	if err != nil {
		d.t.Fatalf("%s: %v", line, err)
	}
	h, ok := d.hashes[line]
	if !ok {
		h = digest.New()
		d.hashes[line] = h
	}
	for _, x := range results {
		digest.Add(h, x...)
	}
}

// model goes through batches on both sides of the sizes of tiles, one of them with special values.
func (d *digestRun[T]) model(name string, s *bnn.Sequential[T]) {
	for _, rows := range []int{1, 2, 13, 65} {
		b := newDigestBatch(s, rows)
		d.predictions(name, s.Eval(), b)
		d.predictor(name, s.Eval(), b)
		d.draws(name, s.Eval(), b)
		d.gradients(name, s.Train(), b)
		d.drawGradients(name, s.Train(), b)
		d.outputLayer(name, s.Eval().Output(), b)
	}
}

// digestBatch is what the methods of a model are called with, all of it made of integers, and room for what they write.
type digestBatch[T bnn.Float] struct {
	rows                        int
	x, eps, dY, dVariance, dPhi []T
	y, variance, phi, dX        []T
	work, dParams               []T
}

func newDigestBatch[T bnn.Float](s *bnn.Sequential[T], rows int) *digestBatch[T] {
	n, phi := rows*s.Out(), rows*s.Output().In()
	b := &digestBatch[T]{
		rows: rows,
		x:    digestInput[T](rows*s.In(), 1), eps: digestInput[T](s.NumNormals(), 2),
		dY: digestInput[T](n, 3), dVariance: digestInput[T](n, 4), dPhi: digestInput[T](phi, 5),
		y: make([]T, n), variance: make([]T, n), phi: make([]T, phi), dX: make([]T, rows*s.In()),
		work: make([]T, s.GradWorkLen(rows)), dParams: make([]T, s.NumParams()),
	}
	if rows == 13 {
		for r, v := range catalog.Specials[T]() { // one for each row
			b.x[r*s.In()+r%s.In()] = v
		}
	}
	return b
}

func digestInput[T bnn.Float](n int, seed uint64) []T {
	x := make([]T, n)
	catalog.Fill(x, catalog.Domain{MinExp: -6, MaxExp: 1, Signed: true}, seed)
	return x
}

func (d *digestRun[T]) predictions(name string, s *bnn.Sequential[T], b *digestBatch[T]) {
	d.add(name+"/forward", s.Forward(b.y, b.x, b.work), b.y)
	d.add(name+"/forward", s.Representation(b.phi, b.x, b.work), b.phi)
	d.add(name+"/predict", s.Predict(b.y, b.variance, b.x, b.work), b.y, b.variance)
}

func (d *digestRun[T]) predictor(name string, s *bnn.Sequential[T], b *digestBatch[T]) {
	const draws = 3
	p, err := bnn.NewPredictor(s)
	d.add(name+"/predictor", err)
	d.add(name+"/predictor", p.Predict(b.y, b.variance, b.x), b.y, b.variance)
	d.add(name+"/predictor", p.Probabilities(b.y, b.x), b.y)
	key, y := bnn.Key{Seed: 1, Stream: 2}, make([]T, draws*len(b.y))
	d.add(name+"/keyedDraw", p.Draws(y, b.x, key, 1<<20), y)
	d.add(name+"/keyedDraw", p.PredictFromDraws(b.y, b.variance, b.x, key, draws), b.y, b.variance)
	d.add(name+"/keyedDraw", p.ProbabilitiesFromDraws(b.y, b.x, key, draws), b.y)
}

func (d *digestRun[T]) draws(name string, s *bnn.Sequential[T], b *digestBatch[T]) {
	d.add(name+"/draw", s.ForwardSample(b.y, b.x, b.eps, b.work), b.y)
	p := make([]T, len(b.y))
	d.add(name+"/draw", bnn.MeanProbabilities(p, b.y, s.Out()), p)
	d.add(name+"/draw", s.RepresentationSample(b.phi, b.x, b.eps, b.work), b.phi)
}

func (d *digestRun[T]) gradients(name string, s *bnn.Sequential[T], b *digestBatch[T]) {
	clear(b.dParams)
	d.add(name+"/gradient", s.ForwardGrad(b.dX, b.dParams, b.x, b.dY, b.work), b.dX, b.dParams)
	d.add(name+"/gradient", s.RepresentationGrad(b.dX, b.dParams, b.x, b.dPhi, b.work), b.dX, b.dParams)
}

func (d *digestRun[T]) drawGradients(name string, s *bnn.Sequential[T], b *digestBatch[T]) {
	clear(b.dParams)
	d.add(name+"/drawGradient", s.ForwardSampleGrad(b.dX, b.dParams, b.x, b.eps, b.dY, b.work), b.dX, b.dParams)
	d.add(name+"/drawGradient", s.RepresentationSampleGrad(b.dX, b.dParams, b.x, b.eps, b.dPhi, b.work), b.dX, b.dParams)
}

// outputLayer takes the place of the representation with dPhi.
func (d *digestRun[T]) outputLayer(name string, l *bnn.Linear[T], b *digestBatch[T]) {
	dPhi, dParams := make([]T, len(b.dPhi)), make([]T, l.NumParams())
	d.add(name+"/predictGradient", l.PredictGrad(dPhi, dParams, b.dPhi, b.dY, b.dVariance, b.work), dPhi, dParams)
	if b.rows <= 13 {
		c := make([]T, b.rows*l.Out()*l.Out())
		d.add(name+"/covariance", l.PredictCovariance(c, b.dPhi, b.work), c)
	}
}

// divergence is from priors of each kind: the standard one, one number, one for each parameter.
func (d *digestRun[T]) divergence(name string, s *bnn.Sequential[T]) {
	work, dParams := make([]T, s.KLWorkLen()), make([]T, s.NumParams())
	for _, n := range []int{0, 1, s.NumMeanParams()} {
		loc, scale := digestInput[T](n, 6), digestInput[T](n, 7)
		kl, err := s.KL(loc, scale, 1e-6, work)
		d.add(name+"/kl", err)
		digest.Add(d.hashes[name+"/kl"], kl)
		_, err = s.KLGrad(dParams, loc, scale, 1e-6, 0.3, work)
		d.add(name+"/kl", err, dParams)
	}
}
