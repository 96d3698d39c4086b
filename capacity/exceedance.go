package capacity

import (
	"context"
	"math"
	"slices"
)

// Exceedance is how likely the largest value of the coming steps is above a limit.
type Exceedance struct {
	Limit   float64 `json:"limit"`
	Horizon int     `json:"horizon"` // steps
	// Probability that at least one value within the horizon is above Limit, in
	// [0.05, 0.95] where there was a rehearsal: the past of one series does not
	// tell rarer things.
	Probability float64   `json:"probability"`
	Warnings    []Warning `json:"warnings,omitempty"`
}

// How the maximum of a horizon is foretold, chosen on the odd cases of the public
// set of exceedances.
const (
	forecastShare = 0.4  // of the forecast maximum in the geometric mean with the latest maxima
	maximumKernel = 0.05 // standard deviation, in logarithms, by which past ratios are smoothed
	maximumFloor  = 0.05 // least probability of either answer
	peakWidening  = 1.2  // of the paths that the peak's upper line is read from
	peakPower     = 1.5  // of the ratio of past maxima at that level
)

// maxima is what the past says on the largest value of a horizon: how it compared
// with the mean of the three largest values of three such horizons before, and
// with what the ensemble forecast.
type maxima struct {
	usable    bool
	recent    float64 // mean of the latest three maxima
	forecast  float64 // largest value forecast
	plain     []weighted
	foretold  []weighted // ratio to forecast^0.4·recent^0.6
	geometric []float64  // ratio to √(forecast·recent)
}

type weighted struct{ value, weight float64 }

// maxima reads them from a rehearsal and its forecast.
func (r *rehearsal) maxima(mean []float64) maxima {
	p, h, n := r.history, len(mean), len(r.history.clean)
	m := maxima{forecast: slices.Max(mean)}
	if !p.nonNegative || n < 5*h || h != r.ahead {
		return m
	}
	window := runningMaximum(p.asMeasured, h)
	before := func(t int) float64 { return (window[t-h] + window[t-2*h] + window[t-3*h]) / 3 }
	m.recent = before(n)
	if m.usable = m.recent > 0; !m.usable {
		return m
	}
	halfLife := 60 * float64(p.period)
	if p.period == 1 {
		halfLife = float64(n)
	}
	weight := func(t int) float64 { return math.Exp2(-float64(n-h-t) / halfLife) }
	for t := n - h; t >= 3*h; t -= max(1, h/4) {
		if b := before(t); b > 0 {
			m.plain = append(m.plain, weighted{window[t] / b, weight(t)})
		}
	}
	for o, t := range r.origins {
		if t < 3*h {
			continue
		}
		f, b := slices.Max(r.combined[o*h:(o+1)*h]), before(t)
		if f > 0 && b > 0 {
			m.foretold = append(m.foretold, weighted{window[t] / geometricMean(f, b, forecastShare), weight(t)})
			m.geometric = append(m.geometric, window[t]/geometricMean(f, b, 0.5))
		}
	}
	m.usable = len(m.plain) > 3 && len(m.foretold) > 3 && m.forecast > 0
	slices.Sort(m.geometric)
	return m
}

// geometricMean is a^share·b^(1−share).
func geometricMean(a, b, share float64) float64 {
	return math.Exp(share*math.Log(a) + (1-share)*math.Log(b))
}

// runningMaximum is the maximum of each window [i, i+h); len(x)-h+1 of them.
func runningMaximum(x []float64, h int) []float64 {
	out := make([]float64, len(x)-h+1)
	var queue []int // indices of falling values
	for i, v := range x {
		for len(queue) > 0 && x[queue[len(queue)-1]] <= v {
			queue = queue[:len(queue)-1]
		}
		queue = append(queue, i)
		if queue[0] <= i-h {
			queue = queue[1:]
		}
		if i >= h-1 {
			out[i-h+1] = x[queue[0]]
		}
	}
	return out
}

// above is the share of past ratios that were above a limit in their units, each
// smoothed by a normal kernel in logarithms.
func above(limit float64, ratios []weighted) float64 {
	if limit <= 0 {
		return 1
	}
	sum, total := 0.0, 0.0
	for _, r := range ratios {
		total += r.weight
		if r.value > 0 {
			sum += r.weight * 0.5 * math.Erfc(math.Log(limit/r.value)/(maximumKernel*math.Sqrt2))
		}
	}
	return sum / total
}

// exceed is the probability that the maximum exceeds a limit, in the units of the
// prepared history: the mean of what the ratios of past maxima to those before
// them and to forecasts say, or the share of replays.
func (r *rehearsal) exceed(m maxima, mean []float64, limit float64) float64 {
	share := 0.0
	if m.usable {
		share = (above(limit/geometricMean(m.forecast, m.recent, forecastShare), m.foretold) + above(limit/m.recent, m.plain)) / 2
	} else {
		total, path, sizes := 0.0, make([]float64, len(mean)), r.sizes(mean)
		for o, w := range r.recent {
			r.replay(mean, sizes, o, r.widening(), path)
			total += w
			if slices.Max(path) > limit {
				share += w
			}
		}
		share /= total
	}
	return maximumFloor + (1-2*maximumFloor)*share
}

// peak is the median and the upper line of the maximum: the median of replays as they
// were, since widened ones would move it up, and
// the higher of what stretched replays and stretched ratios of past maxima say.
// Paths alone keep too few maxima under their line: those that matter are incidents,
// of which the few horizons of one history hold too few.
func (r *rehearsal) peak(m maxima, mean []float64, level float64) (median, upper float64) {
	path, sizes := make([]float64, len(mean)), r.sizes(mean)
	wide := make([]weighted, len(r.origins))
	plain := make([]weighted, len(r.origins))
	for o, w := range r.recent {
		r.replay(mean, sizes, o, 1, path)
		plain[o] = weighted{slices.Max(path), w}
		r.replay(mean, sizes, o, peakWidening*r.widening(), path)
		wide[o] = weighted{slices.Max(path), w}
	}
	median, upper = weightedQuantile(plain, 0.5), weightedQuantile(wide, level)
	if m.usable && len(m.geometric) > 0 {
		q := m.geometric[min(len(m.geometric)-1, int(level*float64(len(m.geometric))))]
		upper = max(upper, geometricMean(m.forecast, m.recent, 0.5)*math.Pow(max(q, 1), peakPower))
	}
	return median, max(median, upper)
}

// weightedQuantile sorts x in place.
func weightedQuantile(x []weighted, p float64) float64 {
	slices.SortFunc(x, func(a, b weighted) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	total := 0.0
	for _, e := range x {
		total += e.weight
	}
	sum := 0.0
	for _, e := range x {
		if sum += e.weight; sum >= p*total {
			return e.value
		}
	}
	return x[len(x)-1].value
}

// ExceedProbability is the probability that the largest value of the horizon is
// above limit: "will the next day go beyond what we have?". It is read from how
// the maxima of past horizons compared with the maxima before them and with what
// the ensemble would have forecast, which is better calibrated than counting
// paths. Events and bounds apply as in Forecast.
//
// Errors are those of Forecast, and a limit that is not finite. It costs a
// Forecast.
func (d Default) ExceedProbability(ctx context.Context, s Series, limit float64, horizon int) (Exceedance, error) {
	if !finite(limit) {
		return Exceedance{}, problem("limit", number(limit), "not a finite number", "write the value that must not be exceeded")
	}
	run, err := d.run(ctx, s, horizon, false)
	if err != nil {
		return Exceedance{}, err
	}
	f := run.forecast
	x := Exceedance{Limit: limit, Horizon: horizon, Warnings: f.Warnings}
	low, high := d.Bounds.limits(true)
	switch {
	case d.Bounds.High != nil && limit >= high:
		return x, nil
	case d.Bounds.Low != nil && limit < low:
		x.Probability = 1
		return x, nil
	case run.rehearsal == nil:
		// Independent steps, as of the seasonal naive forecast.
		x.Probability = independentExceedance(f, limit)
		return x, nil
	}
	r := run.rehearsal
	// Events of the horizon move the limit, as far as one number can: by what they
	// do to the largest value.
	moved := limit
	if proportional := run.raised - run.added; run.before > 0 && proportional > 0 {
		moved = (limit - run.added) * clampFinite(run.before/proportional)
	} else {
		moved += run.before - run.raised
	}
	scaled := moved / r.history.unit
	x.Probability = r.exceed(r.maxima(run.mean), run.mean, scaled)
	return x, nil
}

// independentExceedance is 1 − ∏ Φ((limit − meanᵢ)/sdᵢ) with the sd of the upper half of intervals.
func independentExceedance(f Forecast, limit float64) float64 {
	below := 1.0
	z := math.Sqrt2 * math.Erfinv(f.Level)
	for i, m := range f.Mean {
		sd := (f.Upper[i] - m) / z
		switch {
		case sd > 0:
			below *= math.Erfc(-(limit-m)/(sd*math.Sqrt2)) / 2
		case m > limit:
			below = 0
		}
	}
	return 1 - below
}
