package canary

import "math"

// pairs is what the rank tests need of two ordered samples: how the values of one
// are placed among those of the other. The sums are in halves: the placement of a
// value is twice the number of values of the other arm below it plus the number
// equal to it.
type pairs struct {
	n, m   float64
	above  float64 // pairs with canary > baseline, twice
	below  float64 // pairs with canary < baseline, twice
	equal  float64 // pairs with canary = baseline, once
	ties   float64 // Σ(t³ − t) over groups of equal values of both arms
	groups int     // distinct values
	// Sums of squared placements from below and from above. The smaller of both
	// loses no digits where the arms hardly overlap.
	squaresX, squaresXAbove float64
	squaresY, squaresYAbove float64
}

// add takes the next larger value, found a times in the canary and b times in
// the baseline, with sumA and sumB values below it in the arms.
func (p *pairs) add(a, b, sumA, sumB float64) {
	t := a + b
	p.groups++
	p.ties += t * (t - 1) * (t + 1)
	if a > 0 {
		up, down := 2*sumB+b, 2*(p.m-sumB)-b
		p.above += a * up
		p.below += a * down
		p.squaresX += a * (up * up)
		p.squaresXAbove += a * (down * down)
		p.equal += a * b
	}
	if b > 0 {
		up, down := 2*sumA+a, 2*(p.n-sumA)-a
		p.squaresY += b * (up * up)
		p.squaresYAbove += b * (down * down)
	}
}

// comparePairs orders x and y and counts.
func comparePairs(x, y []float64, margin float64) pairs {
	n, m := len(x), len(y)
	size := max(n, m)
	scratch := make([]uint64, n+m+size)
	other := scratch[n+m:]
	kx := sortedKeys(x, margin, scratch[:n], other)
	free := other
	if n > 0 && &kx[0] != &scratch[0] {
		// The canary ended in the spare slice; its own is free for the baseline if
		// it is long enough.
		copy(scratch[:n], kx)
		kx = scratch[:n]
	}
	ky := sortedKeys(y, 0, scratch[n:n+m], free)
	return pairsOfKeys(kx, ky)
}

// pairsOfKeys counts over sorted keys.
func pairsOfKeys(kx, ky []uint64) pairs {
	p := pairs{n: float64(len(kx)), m: float64(len(ky))}
	n, m := len(kx), len(ky)
	i, j := 0, 0
	for i < n && j < m {
		v, w := kx[i], ky[j]
		switch {
		case v < w && (i+1 == n || kx[i+1] != v):
			// One value of the canary alone, which is what most groups are.
			up, down := float64(2*j), float64(2*(m-j))
			p.above += up
			p.below += down
			p.squaresX += up * up
			p.squaresXAbove += down * down
			p.groups++
			i++
		case w < v && (j+1 == m || ky[j+1] != w):
			up, down := float64(2*i), float64(2*(n-i))
			p.squaresY += up * up
			p.squaresYAbove += down * down
			p.groups++
			j++
		default:
			a, b := nextGroup(kx, ky, i, j)
			p.add(float64(a), float64(b), float64(i), float64(j))
			i, j = i+a, j+b
		}
	}
	for i < n || j < m {
		a, b := nextGroup(kx, ky, i, j)
		p.add(float64(a), float64(b), float64(i), float64(j))
		i, j = i+a, j+b
	}
	return p
}

// nextGroup returns how often the smallest of kx[i:] and ky[j:] is found in each.
func nextGroup(kx, ky []uint64, i, j int) (a, b int) {
	var v uint64
	switch {
	case i == len(kx):
		v = ky[j]
	case j == len(ky):
		v = kx[i]
	default:
		v = min(kx[i], ky[j])
	}
	for i+a < len(kx) && kx[i+a] == v {
		a++
	}
	for j+b < len(ky) && ky[j+b] == v {
		b++
	}
	return a, b
}

// pairsOfHistograms counts over buckets.
func pairsOfHistograms(x, y Histogram) pairs {
	p := pairs{n: x.Total(), m: y.Total()}
	var sumA, sumB float64
	for i, a := range x.Counts {
		b := y.Counts[i]
		if a+b > 0 {
			p.add(a, b, sumA, sumB)
		}
		sumA += a
		sumB += b
	}
	return p
}

// superiority is P(canary > baseline) + ½·P(canary = baseline) over all pairs.
func (p *pairs) superiority() float64 {
	return p.above / (p.above + p.below)
}

// delta is Cliff's: P(canary > baseline) − P(canary < baseline).
func (p *pairs) delta() float64 { return (p.above - p.below) / (p.above + p.below) }

// placementVariances returns Σ(placement − mean)²/(size − 1) for both arms, the
// placements in counts of values, not in halves.
func (p *pairs) placementVariances() (x, y float64) {
	x = centred(p.squaresX, p.above, p.squaresXAbove, p.below, p.n)
	y = centred(p.squaresY, p.below, p.squaresYAbove, p.above, p.m)
	return x / 4 / (p.n - 1), y / 4 / (p.m - 1)
}

// centred is Σ(v − mean)² from Σv² and Σv, or from those of c − v.
func centred(squares, sum, squaresAbove, sumAbove, n float64) float64 {
	if sumAbove < sum {
		squares, sum = squaresAbove, sumAbove
	}
	return math.Max(0, squares-sum*(sum/n))
}

// apart tells whether no value of one arm reaches one of the other.
func (p *pairs) apart() bool { return p.above == 0 || p.below == 0 }
