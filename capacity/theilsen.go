package capacity

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// slopes is the slopes (y_j − y_i)/(x_j − x_i) of all pairs of points, for rising x, in no
// other form than the points. Single ones are selected by rank in O(n·log n) expected time
// and O(n) memory (Matoušek 1991, Information Processing Letters 39, "Randomized optimal
// algorithm for slope selection"): the number of slopes below θ is the number of inversions
// between the order of the points along x and that of y − θx. The random numbers have a
// fixed seed and decide the time only.
type slopes struct {
	ctx  context.Context
	x, y []float64
	// Orders of points, and room to merge them.
	order, room []keyed
	greatestX   float64
	greatestY   float64
}

// keyed is a point and y − θx there.
type keyed struct {
	key float64
	i   int32
}

func newSlopes(ctx context.Context, x, y []float64) *slopes {
	s := &slopes{ctx: ctx, x: x, y: y, order: make([]keyed, len(x)), room: make([]keyed, len(x))}
	for i := range x {
		s.greatestX, s.greatestY = max(s.greatestX, math.Abs(x[i])), max(s.greatestY, math.Abs(y[i]))
	}
	return s
}

// pairs is how many slopes there are.
func (s *slopes) pairs() int64 { return int64(len(s.x)) * int64(len(s.x)-1) / 2 }

func (s *slopes) slope(i, j int32) float64 {
	return clampFinite((s.y[j] - s.y[i]) / (s.x[j] - s.x[i]))
}

// sort merges the order into that of θ, in which the later of two points comes first where
// their slope is below θ, and returns the number of inversions. visit, unless nil, is told of
// each run of them: the points that are overtaken, and by which.
func (s *slopes) sort(theta float64, visit func(overtaken []keyed, by int32)) (inversions int64) {
	doubt := 0.
	if math.IsInf(theta, 1) {
		for k := range s.order {
			s.order[k].key = -float64(s.order[k].i)
		}
	} else {
		doubt = 4e-16 * (s.greatestY + math.Abs(theta)*s.greatestX)
		for k, p := range s.order {
			s.order[k].key = s.y[p.i] - theta*s.x[p.i]
		}
	}
	n := len(s.order)
	from, to := s.order, s.room
	for width := 1; width < n; width *= 2 {
		if width >= 1<<12 && s.ctx.Err() != nil {
			break
		}
		for start := 0; start < n; start += 2 * width {
			middle, end := min(start+width, n), min(start+2*width, n)
			i, j, k := start, middle, start
			for ; i < middle && j < end; k++ {
				p, q := from[i], from[j]
				overtaken := p.key > q.key
				if math.Abs(p.key-q.key) <= doubt { // rounding decides: ask the slope itself
					overtaken = (p.i < q.i) == (s.slope(min(p.i, q.i), max(p.i, q.i)) < theta)
				}
				if overtaken {
					inversions += int64(middle - i)
					if visit != nil {
						visit(from[i:middle], q.i)
					}
					to[k] = q
					j++
				} else {
					to[k] = p
					i++
				}
			}
			k += copy(to[k:], from[i:middle])
			copy(to[k:], from[j:end])
		}
		from, to = to, from
	}
	s.order, s.room = from, to
	return inversions
}

// along puts the points in the order of x.
func (s *slopes) along() {
	for i := range s.order {
		s.order[i] = keyed{i: int32(i)}
	}
}

// below is how many slopes are below θ.
func (s *slopes) below(theta float64) int64 {
	s.along()
	return s.sort(theta, nil)
}

// between returns those slopes in [low, high) that have the given rising places in an
// order of no meaning, or all of them for nil.
func (s *slopes) between(low, high float64, places []int64) []float64 {
	s.along()
	if !math.IsInf(low, -1) {
		s.sort(low, nil)
	}
	var out []float64
	at := int64(0)
	s.sort(high, func(overtaken []keyed, by int32) {
		if places == nil {
			for _, p := range overtaken {
				out = append(out, s.slope(min(p.i, by), max(p.i, by)))
			}
			return
		}
		for ; len(places) > 0 && places[0] < at+int64(len(overtaken)); places = places[1:] {
			p := overtaken[places[0]-at].i
			out = append(out, s.slope(min(p, by), max(p, by)))
		}
		at += int64(len(overtaken))
	})
	return out
}

// atLeast is the least slope that is not below θ: that of two neighbours in its order.
func (s *slopes) atLeast(theta float64) float64 {
	s.below(theta)
	least := math.Inf(1)
	for i := 1; i < len(s.order); i++ {
		p, q := s.order[i-1].i, s.order[i].i
		if v := s.slope(min(p, q), max(p, q)); v >= theta {
			least = min(least, v)
		}
	}
	return clampFinite(least)
}

// ranked returns the slopes of rank k and k+1, counted from 0; the latter is that of rank k
// if there is no other. There must be two points.
func (s *slopes) ranked(k int64) (at, next float64, err error) {
	low, high := math.Inf(-1), math.Inf(1) // the slope of rank k is in [low, high),
	under, until := int64(0), s.pairs()    // as those of these ranks
	cut := func(theta float64) bool {
		c := s.below(theta)
		if c <= k {
			low, under = theta, c
			return true
		}
		high, until = theta, c
		return false
	}
	n := len(s.x)
	random := rand.New(rand.NewPCG(uint64(n), 1991))
	for until-under > int64(max(4*n, 1024)) {
		before := until - under
		places := make([]int64, max(n, 256))
		for i := range places {
			places[i] = random.Int64N(before)
		}
		slices.Sort(places)
		sample := s.between(low, high, places)
		if err := s.ctx.Err(); err != nil {
			return 0, 0, err
		}
		if len(sample) == 0 { // as below
			return low, low, nil
		}
		slices.Sort(sample)
		place := float64(k-under) * float64(len(sample)) / float64(before)
		margin := 1.5 * math.Sqrt(float64(len(sample)))
		if first := sample[max(0, int(place-margin))]; first > low {
			cut(first)
		}
		if last := math.Nextafter(sample[min(len(sample)-1, int(place+margin))], math.Inf(1)); last > low && last < high {
			cut(last)
		}
		// Where many slopes are equal, cut out the value in the middle.
		middle := sample[min(len(sample)-1, int(place))]
		if until-under > before/2 && middle >= low && middle < high {
			if middle == low || cut(middle) {
				if above := math.Nextafter(middle, math.Inf(1)); above < high && cut(above) {
					continue
				}
			}
		}
		if err := s.ctx.Err(); err != nil {
			return 0, 0, err
		}
		if math.Nextafter(low, math.Inf(1)) >= high { // one value is left
			if k+1 < until {
				return low, low, nil
			}
			return low, s.atLeast(high), s.ctx.Err()
		}
		if until-under == before { // what is left differs by rounding, which no order can tell
			return middle, middle, nil
		}
	}
	rest := s.between(low, high, nil)
	if err := s.ctx.Err(); err != nil {
		return 0, 0, err
	}
	if len(rest) == 0 {
		return low, low, nil
	}
	at = stat.SelectInPlace(rest, min(int(k-under), len(rest)-1))
	switch {
	case k+1 < until:
		next = stat.SelectInPlace(rest, min(int(k+1-under), len(rest)-1))
	case k+1 < s.pairs():
		next = s.atLeast(high)
	default:
		next = at
	}
	return at, next, s.ctx.Err()
}

// median is the median of all slopes.
func (s *slopes) median() (float64, error) {
	n := s.pairs()
	a, b, err := s.ranked((n - 1) / 2)
	if n%2 == 1 {
		b = a
	}
	return a + (b-a)/2, err
}
