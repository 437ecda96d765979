package bnn

// request is a pass of a [Predictor], whose parts have scratch from its free list.
type request[T Float] struct {
	pass[T]
	free *freeList[T]
}

func (r request[T]) part(i int) {
	s := r.free.take()
	r.partIn(s.memory, i)
	r.free.put(s)
}

// passLen is what a part of any request needs of scratch.
func (p *Predictor[T]) passLen() int {
	s := p.model
	n := len(s.modules)
	forward, _ := s.pass(n, nil, mostTileRows)
	predict, _ := s.pass(n-1, s.last, mostTileRows)
	predict.probabilities = true
	covariance := p.covarianceRequest(mostTileRows)
	return max(forward.scratchLen(), predict.scratchLen(), covariance.scratchLen())
}

// serve takes rows through the first modules, and last unless it is nil.
func (p *Predictor[T]) serve(y, variance, x []T, modules int, last *Linear[T], rows int, probabilities bool) {
	r := request[T]{free: p.passes}
	var parts int
	r.pass, parts = p.model.pass(modules, last, rows)
	r.affines, r.pre, r.probabilities = p.affines, p.pre, probabilities
	r.y, r.variance, r.x = y, variance, x
	do(r, parts)
}

// checkRows checks a batch x and results of so many columns for it.
func (p *Predictor[T]) checkRows(method string, x []T, name string, y []T, cols int) (rows int, err error) {
	rows, err = checkRows(method, "x", len(x), p.In())
	return rows, firstError(err, checkLen(method, name, len(y), rows*cols))
}

// Forward writes the outputs y (rows×Out) for the inputs x (rows×In) with the mean parameters.
func (p *Predictor[T]) Forward(y, x []T) error {
	rows, err := p.checkRows("Forward", x, "y", y, p.Out())
	if err == nil {
		p.serve(y, nil, x, len(p.model.modules), nil, rows, false)
	}
	return err
}

// Representation writes what the output layer gets (rows×Features) for the inputs x (rows×In) with the mean parameters.
func (p *Predictor[T]) Representation(phi, x []T) error {
	rows, err := p.checkRows("Representation", x, "phi", phi, p.Features())
	if err == nil {
		p.serve(phi, nil, x, len(p.model.modules)-1, nil, rows, false)
	}
	return err
}

// Predict writes the predictive mean and variance (rows×Out) of the outputs for the inputs x (rows×In), in closed form:
// those of the output layer, given the representation that the mean parameters of the other layers make of x. What
// other Gaussian layers add to the variance is left out; [Predictor.PredictFromDraws] has it.
func (p *Predictor[T]) Predict(mean, variance, x []T) error {
	rows, err := p.checkRows("Predict", x, "mean", mean, p.Out())
	if err = firstError(err, checkLen("Predict", "variance", len(variance), len(mean))); err == nil {
		p.serve(mean, variance, x, len(p.model.modules)-1, p.model.last, rows, false)
	}
	return err
}

// PredictCovariance writes the covariance (rows×Out×Out) of the outputs for the inputs x (rows×In), given their
// representation as in Predict, to whose variance its diagonal is equal up to rounding. It is 0 for a deterministic
// layer.
func (p *Predictor[T]) PredictCovariance(cov, x []T) error {
	rows, err := p.checkRows("PredictCovariance", x, "cov", cov, p.Out()*p.Out())
	if err != nil {
		return err
	}
	if p.model.last.cov == nil {
		clear(cov)
		return nil
	}
	c := p.covarianceRequest(rows)
	c.x, c.cov = x, cov
	do(c, c.parts)
	return nil
}

// covarianceRequest is one call of PredictCovariance.
type covarianceRequest[T Float] struct {
	request[T] // of the representation
	last       *Linear[T]
	parts      int
	cov        []T
}

func (p *Predictor[T]) covarianceRequest(rows int) covarianceRequest[T] {
	c := covarianceRequest[T]{last: p.model.last}
	c.pass, c.parts = p.model.pass(len(p.model.modules)-1, nil, rows)
	c.affines, c.pre, c.free = p.affines, p.pre, p.passes
	return c
}

func (c *covarianceRequest[T]) scratchLen() int {
	n := c.request.scratchLen()
	if c.last.cov != nil {
		n = max(n, c.last.cov.covarianceLen())
	}
	return aligned(c.tile*c.last.in) + n
}

func (c covarianceRequest[T]) part(i int) {
	s := c.free.take()
	defer c.free.put(s)
	phi, scratch := room(s.memory, c.tile*c.last.in)
	end := min(c.rows, (i+1)*c.size)
	for r := i * c.size; r < end; r += c.tile {
		n := min(c.tile, end-r)
		c.run(phi[:n*c.last.in], c.x[r*c.in:][:n*c.in], scratch, n)
		for k := range n {
			to := c.cov[(r+k)*c.last.out*c.last.out:][:c.last.out*c.last.out]
			c.last.cov.covariance(to, phi[k*c.last.in:][:c.last.in], c.pre, scratch)
		}
	}
}
