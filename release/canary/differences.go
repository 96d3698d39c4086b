package canary

import (
	"math"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// differences is all x − y of two ascending samples, computed in float64, seen
// through their order. Subtraction rounds monotonically, so that rows and columns of
// the table of differences are in order.
type differences struct{ x, y []float64 }

func newDifferences(x, y []float64) differences {
	return differences{sortedValues(x), sortedValues(y)}
}

// size is the number of differences.
func (d differences) size() int64 { return int64(len(d.x)) * int64(len(d.y)) }

// sigma is the standard deviation of Mann-Whitney's statistic of x − s and y, s such
// that only values of the same arm are equal.
func (d differences) sigma() float64 {
	n, m := float64(len(d.x)), float64(len(d.y))
	size := n + m
	ties := within(d.x) + within(d.y)
	return math.Sqrt(math.Max(0, n/12*m*(size+1-ties/(size*(size-1)))))
}

// within is Σ(t³ − t) over groups of equal values.
func within(x []float64) float64 {
	var sum float64
	for i := 0; i < len(x); {
		j := i + 1
		for j < len(x) && x[j] == x[i] {
			j++
		}
		t := float64(j - i)
		sum += t * (t - 1) * (t + 1)
		i = j
	}
	return sum
}

// count returns the number of differences ≤ v, the largest of them and the
// smallest of the others; −Inf and +Inf if there are none.
func (d differences) count(v float64) (atMost int64, largest, above float64) {
	largest, above = math.Inf(-1), math.Inf(1)
	y := d.y
	j := 0
	for _, x := range d.x {
		for j < len(y) && x-y[j] > v {
			j++
		}
		atMost += int64(len(y) - j)
		if j < len(y) {
			largest = max(largest, x-y[j])
		}
		if j > 0 {
			above = min(above, x-y[j-1])
		}
	}
	return atMost, largest, above
}

// gather appends the differences within (low, high] to to.
func (d differences) gather(low, high float64, to []float64) []float64 {
	first, last := 0, 0
	for _, x := range d.x {
		for first < len(d.y) && x-d.y[first] > high {
			first++
		}
		for last < len(d.y) && x-d.y[last] > low {
			last++
		}
		for _, y := range d.y[first:max(first, last)] {
			to = append(to, x-y)
		}
	}
	return to
}

// medianAndEnds returns the median of the differences, and the k-th smallest and
// k-th largest, 1 ≤ k.
func (d differences) medianAndEnds(k int64) (median, low, high float64) {
	s := d.selector()
	all := d.size()
	k = min(k, (all+1)/2)
	low = s.rank(k)
	median = s.rank((all + 1) / 2)
	if all%2 == 0 {
		if atMost, _, above := d.count(median); atMost == all/2 {
			median += (above - median) / 2
		}
	}
	return median, low, s.rank(all + 1 - k)
}

// selector finds order statistics of the differences. The differences between a
// few evenly spaced values of both samples tell about where a rank lies; counting at
// a guess and interpolating between two guesses narrows that down, each pass in
// O(n+m), until what is left is few enough to be written out.
type selector struct {
	differences
	lattice []float64 // sorted differences between the few
	left    []float64 // scratch for what is left
}

func (d differences) selector() *selector {
	few := 8
	if d.size() > 1<<20 {
		few = 48
	}
	a, b := spaced(d.x, few), spaced(d.y, few)
	s := &selector{differences: d, lattice: make([]float64, 0, len(a)*len(b))}
	for _, x := range a {
		for _, y := range b {
			s.lattice = append(s.lattice, x-y)
		}
	}
	slices.Sort(s.lattice)
	return s
}

// spaced returns the middles of at most count equal parts of x.
func spaced(x []float64, count int) []float64 {
	count = min(count, len(x))
	out := make([]float64, count)
	for i := range out {
		out[i] = x[(2*i+1)*len(x)/(2*count)]
	}
	return out
}

// rank returns the k-th smallest difference, counted from 1.
func (s *selector) rank(k int64) float64 {
	n, m := len(s.x), len(s.y)
	all := s.size()
	enough := int64(n + m + 64)
	// Always: fewer than k differences are ≤ low, at least k are ≤ high, high is a
	// difference, and next is the smallest difference above low.
	low, high := math.Inf(-1), s.x[n-1]-s.y[0]
	next := s.x[0] - s.y[m-1]
	atLow, atHigh := int64(0), all
	guess := func(v float64) {
		atMost, largest, above := s.count(v)
		if atMost >= k {
			high, atHigh = largest, atMost
		} else {
			low, atLow, next = v, atMost, above
		}
	}
	at := float64(k) / float64(all) * float64(len(s.lattice))
	for _, step := range [2]float64{-1, 1} {
		i := int(at + step*math.Sqrt(float64(len(s.lattice)))/4)
		if v := s.lattice[max(0, min(len(s.lattice)-1, i))]; v > low && v < high {
			guess(v)
		}
	}
	for pass := 0; next < high && atHigh-atLow > enough; pass++ {
		var v float64
		switch pass % 4 {
		case 2:
			v = next + (high-next)/2
		case 3:
			// Many equal differences at high.
			v = math.Nextafter(high, math.Inf(-1))
		default:
			// Aim a little beside k, so that the next guess falls on its other side and
			// little is left between both.
			aim := float64(k-atLow) + float64(enough)/4
			if k-atLow > (atHigh-atLow)/2 {
				aim = float64(k-atLow) - float64(enough)/4
			}
			v = next + (high-next)*max(0, min(1, aim/float64(atHigh-atLow)))
		}
		guess(min(max(v, next), math.Nextafter(high, math.Inf(-1))))
	}
	if next >= high {
		return high
	}
	if int64(cap(s.left)) < atHigh-atLow {
		s.left = make([]float64, 0, enough)
	}
	s.left = s.gather(low, high, s.left[:0])
	return stat.SelectInPlace(s.left, int(k-atLow)-1)
}
