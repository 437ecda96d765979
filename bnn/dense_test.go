package bnn_test

import (
	"math"
	"math/big"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// The divergence from its definition, with the P×P matrix that package bnn avoids, in math/big: nothing here is shared
// with the code under test but the order of the parameters, which is stated again.

// spread returns the rows of the S (P×R) that the parameters s of a covariance stand for.
func spread(cfg bnn.LinearConfig, s []float64) [][]float64 {
	rows := make([][]float64, meanParams(cfg))
	for p := range rows {
		switch c := cfg.Covariance.(type) {
		case bnn.Diagonal:
			rows[p] = make([]float64, len(rows))
			rows[p][p] = s[p]
		case bnn.Kronecker:
			in, out := kroneckerRows(cfg, c, s, p)
			for _, x := range in {
				for _, y := range out {
					rows[p] = append(rows[p], x*y) // of at most 26 bits each, so that this is exact
				}
			}
		default:
			rank := len(s) / len(rows)
			rows[p] = s[p*rank:][:rank]
		}
	}
	return rows
}

// collect turns the gradient g by the rows of S into the gradient with respect to s.
func collect(cfg bnn.LinearConfig, s []float64, g [][]float64) []float64 {
	ds := make([]float64, 0, len(s))
	switch c := cfg.Covariance.(type) {
	case bnn.Diagonal:
		for p := range g {
			ds = append(ds, g[p][p])
		}
	case bnn.Kronecker:
		ds = ds[:len(s)]
		for p := range g {
			in, out := kroneckerRows(cfg, c, s, p)
			dIn, dOut := kroneckerRows(cfg, c, ds, p)
			for a, x := range in {
				for b, y := range out {
					dIn[a] += g[p][a*len(out)+b] * y
					dOut[b] += g[p][a*len(out)+b] * x
				}
			}
		}
	default:
		for _, row := range g {
			ds = append(ds, row...)
		}
	}
	return ds
}

// kroneckerRows returns the rows of S_in and S_out whose product is row p of S.
func kroneckerRows(cfg bnn.LinearConfig, c bnn.Kronecker, s []float64, p int) (in, out []float64) {
	bias := 1
	if cfg.NoBias {
		bias = 0
	}
	rin, rout := c.InputRank, c.OutputRank
	if rin == 0 {
		rin = cfg.In + bias
	}
	if rout == 0 {
		rout = cfg.Out
	}
	i, o := p/cfg.Out, p%cfg.Out
	if q := p - bias*cfg.Out; c.Layout == bnn.Kron && q >= 0 {
		i, o = bias+q%cfg.In, q/cfg.In
	}
	return s[i*rin:][:rin], s[(cfg.In+bias)*rin+o*rout:][:rout]
}

func meanParams(cfg bnn.LinearConfig) int {
	if cfg.NoBias {
		return cfg.In * cfg.Out
	}
	return (cfg.In + 1) * cfg.Out
}

// gaussian is N(mu, S Sᵀ + eps I) with its prior N(loc, diag(scale² + eps)), in float64.
type gaussian struct {
	mu, loc, scale []float64
	s              [][]float64
	eps            float64
}

// divergence is what can be said about a gaussian exactly.
type divergence struct {
	kl       float64
	dMu      []float64
	dS       [][]float64
	terms    [][]float64 // |Σq⁻¹S| + |Σ⁻¹S|, of which dS is the difference
	singular bool        // then kl is +Inf and there is nothing else
	// How much log det Σ may move, in units of u, if Σ changes by u of its norm: tr Σ tr Σ⁻¹; and if an entry of Σ
	// changes by u √(Σ_ii Σ_jj) at most: Σ_p Σ_pp (Σ⁻¹)_pp.
	kappa, scaledKappa float64
}

// arith is math/big at one precision.
type arith struct{ prec uint }

func (a arith) num(x float64) *big.Float       { return new(big.Float).SetPrec(a.prec).SetFloat64(x) }
func (a arith) add(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(a.prec).Add(x, y) }
func (a arith) sub(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(a.prec).Sub(x, y) }
func (a arith) mul(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(a.prec).Mul(x, y) }
func (a arith) quo(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(a.prec).Quo(x, y) }
func (a arith) sqrt(x *big.Float) *big.Float   { return new(big.Float).SetPrec(a.prec).Sqrt(x) }
func (a arith) square(x *big.Float) *big.Float { return a.mul(x, x) }
func (a arith) dot(x, y []*big.Float) *big.Float {
	sum := a.num(0)
	for i := range x {
		sum = a.add(sum, a.mul(x[i], y[i]))
	}
	return sum
}

// lift converts rows to math/big.
func (a arith) lift(rows [][]float64) [][]*big.Float {
	out := make([][]*big.Float, len(rows))
	for i, row := range rows {
		for _, v := range row {
			out[i] = append(out[i], a.num(v))
		}
	}
	return out
}

// divergence computes ½ [tr(Σq⁻¹Σ) + dᵀΣq⁻¹d − P − log det(Σq⁻¹Σ)] and its gradient (μ−μq)/vq, Σq⁻¹S − Σ⁻¹S.
func (g *gaussian) divergence(prec uint) (d divergence) {
	a, n := arith{prec}, len(g.mu)
	s := a.lift(g.s)
	l, diag, ok := a.cholesky(s, g.eps)
	if !ok {
		return divergence{kl: math.Inf(1), singular: true}
	}
	sum, det := a.num(-float64(n)), a.num(1)
	vq := make([]*big.Float, n)
	for p := range vq {
		vq[p] = a.add(a.square(a.num(g.scale[p])), a.num(g.eps))
		diff := a.sub(a.num(g.mu[p]), a.num(g.loc[p]))
		sum = a.add(sum, a.quo(a.add(diag[p], a.square(diff)), vq[p]))
		det = a.mul(det, a.quo(a.square(l[p][p]), vq[p]))
		v, _ := a.quo(diff, vq[p]).Float64()
		d.dMu = append(d.dMu, v)
	}
	d.kl, _ = a.mul(a.num(0.5), a.sub(sum, ref.BigLog(det))).Float64()
	inv := a.inverse(l)
	trace, traceInv, scaled := a.num(0), a.num(0), a.num(0)
	for p := range inv {
		trace, traceInv = a.add(trace, diag[p]), a.add(traceInv, inv[p][p])
		scaled = a.add(scaled, a.mul(diag[p], inv[p][p]))
		row, terms := make([]float64, len(s[p])), make([]float64, len(s[p]))
		for r := range row {
			x, y := a.quo(s[p][r], vq[p]), a.num(0)
			for k := range inv {
				y = a.add(y, a.mul(inv[p][k], s[k][r]))
			}
			row[r], _ = a.sub(x, y).Float64()
			xf, _ := x.Float64()
			yf, _ := y.Float64()
			terms[r] = math.Abs(xf) + math.Abs(yf)
		}
		d.dS, d.terms = append(d.dS, row), append(d.terms, terms)
	}
	d.kappa, _ = a.mul(trace, traceInv).Float64()
	d.scaledKappa, _ = scaled.Float64()
	return d
}

// cholesky returns L with L Lᵀ = S Sᵀ + eps I, and the diagonal of that matrix; ok is false if it is singular.
func (a arith) cholesky(s [][]*big.Float, eps float64) (l [][]*big.Float, diag []*big.Float, ok bool) {
	// What is left of a pivot of 0 after rounding. No test has a pivot in between.
	none := new(big.Float).SetMantExp(a.num(1), -int(a.prec)/2)
	for i := range s {
		row := make([]*big.Float, i+1)
		for j := range row {
			row[j] = a.dot(s[i], s[j])
			if i == j {
				row[i] = a.add(row[i], a.num(eps))
				diag = append(diag, row[i])
			}
			head := row[:j]
			if i != j {
				row[j] = a.quo(a.sub(row[j], a.dot(head, l[j][:j])), l[j][j])
				continue
			}
			row[i] = a.sub(row[i], a.dot(head, head))
			if row[i].Cmp(a.mul(diag[i], none)) <= 0 {
				return nil, nil, false
			}
			row[i] = a.sqrt(row[i])
		}
		l = append(l, row)
	}
	return l, diag, true
}

// inverse returns (L Lᵀ)⁻¹.
func (a arith) inverse(l [][]*big.Float) [][]*big.Float {
	n := len(l)
	m := make([][]*big.Float, n) // row k is column k of L⁻¹
	for k := range m {
		m[k] = make([]*big.Float, n)
		for i := range m[k] {
			x := a.num(0)
			if i == k {
				x = a.num(1)
			}
			for j := k; j < i; j++ {
				x = a.sub(x, a.mul(l[i][j], m[k][j]))
			}
			m[k][i] = a.quo(x, l[i][i])
		}
	}
	inv := make([][]*big.Float, n)
	for i := range inv {
		for j := range n {
			inv[i] = append(inv[i], a.dot(m[i], m[j]))
		}
	}
	return inv
}
