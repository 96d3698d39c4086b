package capacity

import (
	"cmp"
	"math"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// prepared is a history made fit to learn from, in units of its largest absolute
// value. Gaps are filled, spikes are clipped and the past is moved to the level
// that holds since the latest lasting shift: all of that for the location of
// forecasts only. Their errors are measured against raw, which keeps its spikes.
type prepared struct {
	unit        float64   // of all values
	period      int       // steps of the season, 1 without
	longer      int       // steps of a longer season, 0 without
	asMeasured  []float64 // gaps filled
	raw         []float64 // and the level shift followed
	clean       []float64 // and spikes clipped
	logs        []float64 // of clean; nil unless all of it is above 0
	gap         []bool    // nil without gaps
	low, high   float64   // of clean
	growth      float64   // of clean, a step, from its first half to its second
	nonNegative bool      // no observation was below 0
	filled      int       // gaps
	clipped     int       // spikes
	shift       levelShift
}

// levelShift is a lasting change of level, the latest. ago is 0 where there is none.
type levelShift struct {
	ago      int // steps before the end
	from, to float64
}

// prepare takes at least one observed value.
func prepare(values []float64, gap []bool, period, longer int) *prepared {
	p := &prepared{period: period, longer: longer, gap: gap, nonNegative: true}
	for i, v := range values {
		if gap == nil || !gap[i] {
			p.unit = max(p.unit, math.Abs(v))
			p.nonNegative = p.nonNegative && v >= 0
		}
	}
	if p.unit == 0 {
		p.unit = 1
	}
	p.asMeasured = make([]float64, len(values))
	for i, v := range values {
		if gap == nil || !gap[i] {
			p.asMeasured[i] = v / p.unit
		}
	}
	p.fill()
	p.raw = p.followShift()
	p.clipSpikes()
	p.setRange()
	if p.low > 1e-9*p.high {
		p.logs = make([]float64, len(p.clean))
		for i, v := range p.clean {
			p.logs[i] = math.Log(v)
		}
	}
	return p
}

func (p *prepared) missing(i int) bool { return p.gap != nil && p.gap[i] }

// fill gives each gap the mean of what the two nearest seasons that were observed
// at this place say, moved by how the level around the gap differs from the level
// there; and else a line between its neighbours.
func (p *prepared) fill() {
	if p.gap == nil {
		return
	}
	v, n, m := p.asMeasured, len(p.asMeasured), p.period
	last := -1
	for i := 0; i <= n; i++ {
		if i < n && p.gap[i] {
			continue
		}
		for j := last + 1; j < i; j++ {
			switch {
			case last < 0:
				v[j] = v[i]
			case i == n:
				v[j] = v[last]
			default:
				v[j] = v[last] + (v[i]-v[last])*(float64(j-last)/float64(i-last))
			}
		}
		last = i
	}
	half := min(12, max(2, m/8))
	around := make([]float64, 0, 2*half+1)
	for t := range v {
		if !p.gap[t] {
			continue
		}
		p.filled++
		sum, sources := 0.0, 0
		for k := 0; k < 6 && sources < 2 && m > 1; k++ {
			u := t + m*(k/2+1)*(2*(k%2)-1)
			if u < 0 || u >= n || p.gap[u] {
				continue
			}
			around = around[:0]
			for d := -half; d <= half; d++ {
				if a, b := t+d, u+d; a >= 0 && a < n && b >= 0 && b < n && !p.gap[a] && !p.gap[b] {
					around = append(around, v[a]-v[b])
				}
			}
			estimate := v[u]
			if len(around) > 0 {
				estimate += sortedMedian(around)
			}
			if p.nonNegative {
				estimate = max(0, estimate)
			}
			sum += estimate
			sources++
		}
		if sources > 0 {
			v[t] = sum / float64(sources)
		}
	}
}

// sortedMedian sorts a few numbers in place; NaN for none.
func sortedMedian(x []float64) float64 {
	for i := 1; i < len(x); i++ {
		for j := i; j > 0 && x[j] < x[j-1]; j-- {
			x[j], x[j-1] = x[j-1], x[j]
		}
	}
	if len(x) == 0 {
		return math.NaN()
	}
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// clipSpikes sets clean to raw, each value held within a distance of the median
// of the three seasons on either side at its place (without a season: of the
// three values). The distance is the larger of four standard deviations, as their
// median absolute deviation tells, and twice what 95 of 100 values keep. Of what
// is more than twice that far the less remains the further it is.
func (p *prepared) clipSpikes() {
	n := len(p.raw)
	p.clean = slices.Clone(p.raw)
	expected, distance := make([]float64, n), make([]float64, n)
	var near [6]float64
	for t := range p.raw {
		k := 0
		for j := -3; j <= 3; j++ {
			if u := t + j*p.period; j != 0 && u >= 0 && u < n {
				near[k] = p.raw[u]
				k++
			}
		}
		if k == 0 {
			expected[t] = p.raw[t]
			continue
		}
		expected[t] = sortedMedian(near[:k])
		distance[t] = math.Abs(p.raw[t] - expected[t])
	}
	byDistance := slices.Clone(distance)
	slices.Sort(byDistance)
	limit := max(4*1.4826*byDistance[n/2], 2*byDistance[(n-1)*95/100])
	if limit == 0 {
		limit = 5 * stat.Total(byDistance) / float64(n)
	}
	if limit == 0 {
		return
	}
	for t, d := range distance {
		if d > limit {
			p.clean[t] = expected[t] + math.Copysign(limit*min(1, 2*limit/d), p.raw[t]-expected[t])
			p.clipped++
		}
	}
}

// What makes a change of level a lasting shift, chosen on the odd series of the
// public sets.
const (
	shiftUnusual  = 1.2 // times the 95th percentile of the changes that are usual in this series
	shiftDominant = 0.4 // deviations from the new level, relative to those from the old one
	shiftAbrupt   = 0.6 // share of the change that happens within a quarter of a season
)

// followShift is asMeasured, or where the level shifted for good within the last
// seven seasons, asMeasured with the past moved to the new level: by a factor
// where the spread changed with the level, else by a difference.
//
// It works on medians of blocks of a 24th of a season, less the median season.
// The shift is where two levels explain the last fourteen seasons best (least
// squares, as in Bai 1994). It counts where it lasts a season (half of one if
// nothing else varies), is abrupt, exceeds what changes between
// neighbouring stretches of its length usually are, so that weekends are none,
// and explains the values since.
func (p *prepared) followShift() []float64 {
	v, n, m := p.asMeasured, len(p.asMeasured), p.period
	if m == 1 || n < 6*m {
		return v
	}
	block := max(1, m/24)
	perSeason := m / block
	season := make([]float64, m)
	var some []float64
	for t := range season {
		some = some[:0]
		for u := n - 1 - (n-1-t)%m; u >= max(0, n-28*m); u -= m {
			some = append(some, v[u])
		}
		slices.Sort(some)
		season[t] = (some[(len(some)-1)/2] + some[len(some)/2]) / 2
	}
	blocks := n / block
	offset := n - blocks*block
	level, sums := make([]float64, blocks), make([]float64, blocks+1)
	for b := range level {
		some = some[:0]
		for u := offset + b*block; u < offset+(b+1)*block; u++ {
			some = append(some, v[u]-season[u%m])
		}
		slices.Sort(some)
		level[b] = (some[(len(some)-1)/2] + some[len(some)/2]) / 2
		sums[b+1] = sums[b] + level[b]
	}
	mean := func(from, to int) float64 { return (sums[to] - sums[from]) / float64(to-from) }
	begin, at, best := max(0, blocks-14*perSeason), 0, -1.0
	earliest := max(begin+perSeason, blocks-7*perSeason)
	for t := earliest; t <= blocks-max(3, perSeason/2); t++ {
		d := mean(t, blocks) - mean(begin, t)
		after, before := float64(blocks-t), float64(t-begin)
		if gain := d * d * after * before / (after + before); gain > best {
			best, at = gain, t
		}
	}
	if at <= earliest+1 {
		return v
	}
	length := min(blocks-at, 2*perSeason)
	to, from := stat.Median(level[at:]), stat.Median(level[max(0, at-max(length, perSeason)):at])
	change := to - from
	usual := make([]float64, 0, blocks)
	for t := length; t+length <= at; t++ {
		usual = append(usual, math.Abs(mean(t, t+length)-mean(t-length, t)))
	}
	if len(usual) < 2*perSeason || change == 0 {
		return v
	}
	slices.Sort(usual)
	if math.Abs(change) <= shiftUnusual*usual[(len(usual)-1)*95/100] {
		return v
	}
	fromNew, fromOld := 0.0, 0.0
	for _, x := range level[at:] {
		fromNew += math.Abs(x - to)
		fromOld += math.Abs(x - from)
	}
	if fromNew > shiftDominant*fromOld || blocks-at < perSeason && fromNew > 0.1*fromOld {
		return v
	}
	quarter := max(2, perSeason/6)
	if math.Abs(mean(at, min(blocks, at+quarter))-mean(at-quarter, at)) < shiftAbrupt*math.Abs(change) {
		return v
	}
	t, some := offset+at*block, some[:0]
	newMiddle, newSpread := middleAndSpread(v[t:])
	oldMiddle, oldSpread := middleAndSpread(v[max(0, t-max(n-t, m)):t])
	if l := p.longer; l > 0 && n-t <= l && t >= l {
		// Half of it from the same part of the last longer season: a day of a week
		// differs from the days around it.
		for u := t; u < n; u++ {
			some = append(some, v[u]-v[u-l])
		}
		slices.Sort(some)
		change = (change + some[len(some)/2]) / 2
	}
	p.shift = levelShift{n - t, oldMiddle, newMiddle}
	moved := slices.Clone(v)
	ratio := newMiddle / oldMiddle
	if newMiddle > 0 && oldMiddle > 0 && newSpread > 0 && oldSpread > 0 && finite(ratio) &&
		math.Abs(math.Log(newSpread/oldSpread)-math.Log(ratio)) < math.Abs(math.Log(newSpread/oldSpread)) {
		for u := range t {
			moved[u] *= ratio
		}
		return moved
	}
	for u := range t {
		moved[u] += change
		if p.nonNegative {
			moved[u] = max(0, moved[u])
		}
	}
	return moved
}

// middleAndSpread is the median and the distance of the 10th from the 90th
// percentile.
func middleAndSpread(x []float64) (middle, spread float64) {
	s := slices.Clone(x)
	slices.SortFunc(s, cmp.Compare[float64])
	return s[len(s)/2], s[len(s)*9/10] - s[len(s)/10]
}
