package bnn

// drawn is how a [Predictor] draws. The first Gaussian layer has the same inputs in all draws, so that its outputs may
// be drawn instead of its parameters.
type drawn[T Float] struct {
	first   int            // module: the first Gaussian layer
	outputs *drawnLayer[T] // the same, if its outputs are drawn
	rest    int            // modules from here on draw parameters, if they are Gaussian
	affines []T            // of the linear layers among them
	normals int            // of a draw
	theta   int            // parameters of the mean of the largest of them, at most
	packed  int            // what those that draw are packed to
	tile    int            // rows at most
	scratch *freeList[T]
}

// drawnLayer is a layer whose outputs are drawn.
type drawnLayer[T Float] struct {
	*Linear[T]
	sampling outputSampling[T]
	affine   []T
	pre      prepared[T]
}

func newDrawn[T Float](p *Predictor[T]) (d drawn[T]) {
	s := p.model
	d.normals, d.affines = s.NumNormals(), p.affines
	for d.first < len(s.linears) && !s.linears[d.first].isGaussian() {
		if l := s.linears[d.first]; l != nil {
			_, d.affines = room(d.affines, affineLen[T](l.dims))
		}
		d.first++
	}
	if d.rest = d.first; d.first < len(s.linears) {
		d.setOutputs(p, s.linears[d.first])
	}
	for _, l := range s.linears[d.rest:] {
		if l.isGaussian() {
			d.theta = max(d.theta, l.NumMeanParams())
			d.packed += aligned(affineLen[T](l.dims))
		}
	}
	d.setScratch(s)
	return d
}

// setOutputs sets outputs, if it is cheaper to draw those of l, which is first.
func (d *drawn[T]) setOutputs(p *Predictor[T], l *Linear[T]) {
	o, ok := l.cov.(outputSampling[T])
	if !ok || !o.short() {
		return
	}
	d.outputs = &drawnLayer[T]{Linear: l, sampling: o, pre: p.pre}
	d.outputs.affine, d.affines = room(d.affines, affineLen[T](l.dims))
	if l != p.model.last {
		d.outputs.pre, _ = l.prepareCovariance(make([]T, aligned(l.cov.preparedLen())))
	}
	d.rest++
}

// groupDraws and groupNumbers are how many draws are made before they are added up: at least that many, or that many
// outputs. batchNumbers is about how many numbers the draws have that share a call of a kernel.
const groupDraws, groupNumbers, batchNumbers = 8, 1 << 14, 1 << 13

// setScratch says how many rows are worked on at once, and how much scratch that needs.
func (d *drawn[T]) setScratch(s *Sequential[T]) {
	width := s.width
	if o := d.outputs; o != nil {
		width = max(width, o.sampling.projectionWidth())
	}
	d.tile = tileRows(width)
	y := d.tile * s.Out()
	shared := aligned(d.tile*s.cols(d.first)) + aligned(groupLen(y)) + scratch64Len[T](2*y)
	if o := d.outputs; o != nil {
		shared += aligned(d.tile*o.out) + aligned(d.tile*o.sampling.projectionWidth())
	}
	part := max(batchNumbers, d.each(d.tile)) + 4*aligned(1)
	if d.rest < len(s.modules) {
		part += aligned(d.theta) + d.packed + max(s.largest((*Linear[T]).sampleLen), 3*aligned(d.tile*s.width))
	}
	d.scratch = &freeList[T]{length: max(shared, part)}
}

// groupLen is the length of the outputs of a group of draws, of which each has n.
func groupLen(n int) int { return max(groupNumbers, groupDraws*n) }

// each is what a draw of so many rows needs of scratch, but for what follows the layer whose outputs are drawn.
func (d *drawn[T]) each(rows int) int {
	n := d.normals
	if o := d.outputs; o != nil {
		n += o.NumNormals() + o.sampling.outputsLen() + rows*o.out
	}
	return n
}

// share computes what all draws of the outputs of the rows x have in common.
func (l *drawnLayer[T]) share(mean, projection, x []T, rows int) {
	l.forward(mean, x, l.affine, false, false)
	l.sampling.project(projection, x, l.pre, rows)
}

// drawOutputs writes draws of the outputs to y, made from the first of the normals of each draw of the model.
func (l *drawnLayer[T]) drawOutputs(y, mean, projection, eps, scratch []T, draws, rows int) {
	own, scratch := room(scratch, draws*l.NumNormals())
	for i := range draws {
		copy(own[i*l.NumNormals():(i+1)*l.NumNormals()], eps[i*(len(eps)/draws):])
		copy(y[i*len(mean):], mean)
	}
	l.sampling.addDraws(y, projection, own, l.pre, scratch, draws, rows)
}

// drawParameters writes the outputs y that the modules of rest make of x with parameters made from the last of the
// normals of a draw.
func (d *drawn[T]) drawParameters(s *Sequential[T], y, x, eps, scratch []T, rows int) {
	theta, scratch := room(scratch, d.theta)
	packed, scratch := cut(scratch, d.packed)
	memory := packed
	for _, l := range s.linears[d.rest:] {
		if l.isGaussian() {
			var own, affine []T
			own, eps = cut(eps, l.NumNormals())
			affine, memory = room(memory, affineLen[T](l.dims))
			l.setAffine(affine, theta, own, scratch)
		}
	}
	p := pass[T]{modules: s.modules[d.rest:], linears: s.linears[d.rest:], width: s.width, tile: rows, drawn: true,
		affines: d.affines, draws: packed}
	p.run(y, x, scratch, rows)
}
