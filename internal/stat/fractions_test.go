package stat

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// logRat returns ln r of an exact positive fraction, −Inf for 0.
func logRat(r *big.Rat) float64 {
	if r.Sign() == 0 {
		return math.Inf(-1)
	}
	f := new(big.Float).SetPrec(128).SetRat(r)
	mantissa := new(big.Float)
	e := f.MantExp(mantissa)
	m, _ := mantissa.Float64()
	// For r near 1 take ln(1 + (r−1)) of the exact difference.
	if d, _ := new(big.Rat).Sub(r, big.NewRat(1, 1)).Float64(); math.Abs(d) < 0.5 {
		return math.Log1p(d)
	}
	return math.Log(m) + float64(e)*math.Ln2
}

// exactTails returns ln Σ weight(i) over i ≤ k and over i > k, relative to the sum over all
// i from 0 to n.
func exactTails(k, n int64, weight func(i int64) *big.Rat) (lower, upper, pmf float64) {
	below, above, at := new(big.Rat), new(big.Rat), new(big.Rat)
	for i := range n + 1 {
		w := weight(i)
		if i <= k {
			below.Add(below, w)
		} else {
			above.Add(above, w)
		}
		if i == k {
			at = w
		}
	}
	total := new(big.Rat).Add(below, above)
	return logRat(below.Quo(below, total)), logRat(above.Quo(above, total)), logRat(new(big.Rat).Quo(at, total))
}

func choose(n, k int64) *big.Rat {
	if k < 0 || k > n {
		return new(big.Rat)
	}
	return new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
}

func powRat(r *big.Rat, k int64) *big.Rat {
	e := big.NewInt(k)
	return new(big.Rat).SetFrac(new(big.Int).Exp(r.Num(), e, nil), new(big.Int).Exp(r.Denom(), e, nil))
}

// rising returns a(a+1)…(a+k−1).
func rising(a *big.Rat, k int64) *big.Rat {
	p, f := big.NewRat(1, 1), new(big.Rat).Set(a)
	for range k {
		p.Mul(p, f)
		f.Add(f, big.NewRat(1, 1))
	}
	return p
}

// check compares both tails and the logarithm of a probability of one value, the latter by
// its absolute error.
func check(t *rapid.T, name string, lower, upper, pmf, wantLower, wantUpper, wantPMF, bar float64, args ...any) {
	t.Helper()
	e := max(logError(lower, wantLower), logError(upper, wantUpper), logError(pmf-2, wantPMF-2))
	if !(e <= bar) {
		t.Fatalf("%s%v: got %.17g, %.17g, pmf %.17g, want %.17g, %.17g, %.17g, error %.2g", name, args, lower, upper, pmf, wantLower, wantUpper, wantPMF, e)
	}
}

// These compare with sums of exact fractions: no logarithm, no rounding but the last.

func TestBinomialExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 70).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		p := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Just(1e-9), rapid.Just(1-1.0/(1<<40))).Draw(t, "p")
		if p == 0 || p == 1 || p < 1e-12 {
			p = 0.3
		}
		P := new(big.Rat).SetFloat64(p)
		Q := new(big.Rat).Sub(big.NewRat(1, 1), P)
		lower, upper, pmf := exactTails(k, n, func(i int64) *big.Rat {
			w := choose(n, i)
			w.Mul(w, powRat(P, i))
			return w.Mul(w, powRat(Q, n-i))
		})
		l, u := LogBinomialCDF(uint64(k), uint64(n), p)
		check(t, "binomial", l, u, LogBinomialPMF(uint64(k), uint64(n), p), lower, upper, pmf, 4e-13, k, n, p)
	})
}

func TestHypergeometricExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 3000).Draw(t, "total")
		marked := rapid.Int64Range(0, total).Draw(t, "marked")
		draws := rapid.Int64Range(0, min(total, 300)).Draw(t, "draws")
		k := rapid.Int64Range(0, draws).Draw(t, "k")
		lower, upper, pmf := exactTails(k, draws, func(i int64) *big.Rat {
			w := choose(marked, i)
			return w.Mul(w, choose(total-marked, draws-i))
		})
		a := []uint64{uint64(k), uint64(draws), uint64(marked), uint64(total)}
		l, u := LogHypergeometricCDF(a[0], a[1], a[2], a[3])
		check(t, "hypergeometric", l, u, LogHypergeometricPMF(a[0], a[1], a[2], a[3]), lower, upper, pmf, 4e-13, a)
		l, u = LogHypergeometricCDF(a[0], a[2], a[1], a[3])
		check(t, "hypergeometric with draws and marked exchanged", l, u, pmf, lower, upper, pmf, 4e-13, a)
	})
}

func TestBetaBinomialExact(t *testing.T) {
	shapes := rapid.SampledFrom([]float64{1.0 / 1024, 0.125, 0.5, 1, 1.5, 2, 7.5, 40, 1024, 65536.5})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 60).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		a, b := shapes.Draw(t, "a"), shapes.Draw(t, "b")
		A, B := new(big.Rat).SetFloat64(a), new(big.Rat).SetFloat64(b)
		lower, upper, pmf := exactTails(k, n, func(i int64) *big.Rat {
			w := choose(n, i)
			w.Mul(w, rising(A, i))
			return w.Mul(w, rising(B, n-i))
		})
		l, u := LogBetaBinomialCDF(uint64(k), uint64(n), a, b)
		check(t, "beta-binomial", l, u, LogBetaBinomialPMF(uint64(k), uint64(n), a, b), lower, upper, pmf, 4e-13, k, n, a, b)
	})
}
