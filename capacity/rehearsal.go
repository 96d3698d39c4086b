package capacity

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// How an ensemble rehearses, chosen on the odd series of the public sets.
const (
	rehearsalShare    = 0.8   // of the history from which origins are taken
	recentOrigins     = 0.35  // half-life of origins, as a share of them all
	weightPower       = 5     // of the inverse error that is a member's weight
	bandShare         = 4     // the errors of a quarter of the horizon on either side make the weights of a step,
	bandDraw          = 0.5   // and half as much the errors of the whole horizon
	longestRehearsal  = 2016  // steps ahead
	rehearsedForecast = 40000 // steps of all origins together, but at least 20 origins
	smallestForecast  = 1e-6  // of the unit, where errors stop to shrink
)

// rehearsal is what an ensemble would have forecast from origins in the past, and
// how wrong it would have been. Everything is in units of the prepared history.
type rehearsal struct {
	history *prepared
	members []member
	// weights of the members, [member][step ahead]; they sum to 1 at each step.
	weights [][]float64
	// ahead is how many steps ahead were rehearsed; a forecast may be longer.
	ahead   int
	origins []int
	recent  []float64 // weight of each origin
	span    int       // steps from the first origin to the end
	// combined is the ensemble's forecasts, ahead of them for each origin.
	combined []float64
	// residuals are (observed − combined)/(spread·phase·magnitude), NaN where
	// nothing was observed; sorted holds the others.
	residuals []float64
	sorted    []residual
	spread    []float64 // mean size of errors for each step ahead
	phase     []float64 // relative to that, for each place of the season
	missed    float64   // mean absolute error of the ensemble
	naive     float64   // and of the seasonal naive forecast
}

type residual struct {
	value, weight float64
	fold          int
}

// folds is into how many parts origins are divided to measure coverage.
const folds = 4

// rehearse takes members of which at least one has room for an origin. most is
// the largest number of origins.
func rehearse(ctx context.Context, p *prepared, members []member, horizon, most int) (*rehearsal, error) {
	n := len(p.clean)
	r := &rehearsal{history: p}
	r.ahead = min(horizon, longestRehearsal, max(1, n/4))
	first := max(1, n-int(rehearsalShare*float64(n)))
	for _, m := range members {
		// A member that leaves too few origins to the others stays out.
		if m.reach <= n-r.ahead-min(5, n/4) {
			r.members = append(r.members, m)
			first = max(first, m.reach)
		}
	}
	room := n - r.ahead - first
	count := min(most, max(20, rehearsedForecast/r.ahead), room+1)
	r.origins = make([]int, count)
	r.recent = make([]float64, count)
	for o := range r.origins {
		r.origins[o] = n - r.ahead
		if count > 1 {
			r.origins[o] -= ((count-1-o)*room + (count-1)/2) / (count - 1)
		}
		r.recent[o] = math.Exp2(-float64(count-1-o) / (recentOrigins * float64(count)))
	}
	r.span = n - r.origins[0]
	forecasts := make([][]float64, len(r.members))
	for k, m := range r.members {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		forecasts[k] = make([]float64, count*r.ahead)
		for o, t := range r.origins {
			m.forecast(t, forecasts[k][o*r.ahead:(o+1)*r.ahead])
		}
	}
	r.weigh(forecasts)
	r.combined = make([]float64, count*r.ahead)
	for k, f := range forecasts {
		for j, x := range f {
			r.combined[j] += r.weights[k][j%r.ahead] * x
		}
	}
	r.measure()
	return r, ctx.Err()
}

// weigh sets the weights of members for each step ahead from their absolute errors
// around that step against the clean history, recent origins first, to the power
// of −5.
func (r *rehearsal) weigh(forecasts [][]float64) {
	h := r.ahead
	band := max(1, h/bandShare)
	r.weights = make([][]float64, len(forecasts))
	sums := make([]float64, h+1)
	for k, f := range forecasts {
		errors := make([]float64, h)
		for o, t := range r.origins {
			for i := range h {
				if !r.history.missing(t + i) {
					errors[i] += r.recent[o] * math.Abs(r.history.clean[t+i]-f[o*h+i])
				}
			}
		}
		for i, e := range errors {
			sums[i+1] = sums[i] + e
		}
		for i := range errors {
			low, high := max(0, i-band), min(h, i+band+1)
			errors[i] = (sums[high]-sums[low])/float64(high-low) + bandDraw*sums[h]/float64(h)
		}
		r.weights[k] = errors
	}
	for i := range h {
		least, total := math.Inf(1), 0.0
		for _, w := range r.weights {
			least = min(least, w[i])
		}
		for _, w := range r.weights {
			if w[i] > 0 {
				w[i] = math.Pow(least/w[i], weightPower)
			} else {
				w[i] = 1
			}
			total += w[i]
		}
		for _, w := range r.weights {
			w[i] /= total
		}
	}
}

// magnitude is by what errors scale: the root of a forecast where all values are
// above 0, which is between errors that do not depend on it and those that are in
// proportion; else 1.
func (r *rehearsal) magnitude(forecast float64) float64 {
	if r.history.logs == nil {
		return 1
	}
	return math.Sqrt(max(math.Abs(forecast), smallestForecast))
}

// measure sets residuals, spread and phase.
func (r *rehearsal) measure() {
	h, m := r.ahead, r.history.period
	r.residuals = make([]float64, len(r.combined))
	spread, seen := make([]float64, h), make([]float64, h)
	missed, naive, counted := 0.0, 0.0, 0.0
	for o, t := range r.origins {
		for i := range h {
			j := o*h + i
			if r.history.missing(t + i) {
				r.residuals[j] = math.NaN()
				continue
			}
			e := r.history.raw[t+i] - r.combined[j]
			missed += r.recent[o] * math.Abs(e)
			naive += r.recent[o] * math.Abs(r.history.raw[t+i]-r.history.raw[max(0, t-m)+i%m])
			counted += r.recent[o]
			r.residuals[j] = e / r.magnitude(r.combined[j])
			spread[i] += r.recent[o] * math.Abs(r.residuals[j])
			seen[i] += r.recent[o]
		}
	}
	if counted > 0 {
		r.missed, r.naive = missed/counted, naive/counted
	}
	// Spread: smoothed over two steps on either side.
	r.spread = make([]float64, h)
	for i := range h {
		sum, count := 0.0, 0.0
		for j := max(0, i-2); j <= min(h-1, i+2); j++ {
			if seen[j] > 0 {
				sum += spread[j] / seen[j]
				count++
			}
		}
		if count > 0 {
			r.spread[i] = sum / count
		} else if i > 0 {
			r.spread[i] = r.spread[i-1]
		}
	}
	// Phase: drawn to 1 as by twenty residuals of mean size.
	r.phase = make([]float64, m)
	perPhase, total, all := make([]float64, m), 0.0, 0.0
	for o, t := range r.origins {
		for i := range h {
			if e := r.residuals[o*h+i]; r.spread[i] > 0 && !math.IsNaN(e) {
				size := math.Abs(e) / r.spread[i]
				r.phase[(t+i)%m] += size
				perPhase[(t+i)%m]++
				total += size
				all++
			}
		}
	}
	for q := range r.phase {
		if m == 1 || total == 0 {
			r.phase[q] = 1
			continue
		}
		mean := total / all
		r.phase[q] = (r.phase[q] + 20*mean) / (perPhase[q] + 20) / mean
	}
	keys := make([]uint64, 0, len(r.residuals))
	for o, t := range r.origins {
		for i := range h {
			j := o*h + i
			size := r.spread[i] * r.phase[(t+i)%m]
			switch {
			case math.IsNaN(r.residuals[j]):
				continue
			case size > 0:
				r.residuals[j] /= size
			default:
				r.residuals[j] = 0
			}
			keys = append(keys, sortKey(r.residuals[j], j))
		}
	}
	keys = sortKeys(keys)
	r.sorted = make([]residual, len(keys))
	for k, key := range keys {
		j := int(key & (1<<indexBits - 1))
		o := j / h
		r.sorted[k] = residual{r.residuals[j], r.recent[o], o * folds / len(r.origins)}
	}
}

// indexBits are those of a key that hold the index of a residual; all residuals of
// a rehearsal have one. What the other 48 cannot tell apart differs by less than a
// part in 10¹⁰.
const (
	indexBits = 16
	_         = uint(1<<indexBits - max(rehearsedForecast, 20*longestRehearsal))
)

// sortKey rises with x, up to its last 16 bits, in whose place stands an index.
func sortKey(x float64, index int) uint64 {
	b := math.Float64bits(x)
	if b>>63 == 0 {
		b |= 1 << 63
	} else {
		b = ^b
	}
	return b>>indexBits<<indexBits | uint64(index)
}

// sortKeys sorts all but the index, bytes of least weight first (Knuth 1998,
// algorithm 5.2.5R), and destroys keys.
func sortKeys(keys []uint64) []uint64 {
	to := make([]uint64, len(keys))
	for shift := indexBits; shift < 64; shift += 8 {
		var place [256]int
		for _, k := range keys {
			place[byte(k>>shift)]++
		}
		n := 0
		for i, c := range place {
			place[i] = n
			n += c
		}
		for _, k := range keys {
			b := byte(k >> shift)
			to[place[b]] = k
			place[b]++
		}
		keys, to = to, keys
	}
	return keys
}

// quantile is that of the residuals.
func (r *rehearsal) quantile(p float64) float64 {
	total := 0.0
	for _, e := range r.sorted {
		total += e.weight
	}
	sum, last := 0.0, 0.0
	for _, e := range r.sorted {
		sum, last = sum+e.weight, e.value
		if sum >= p*total {
			break
		}
	}
	return last
}

// widening is by what intervals are stretched because the rehearsal is short: its
// errors overlap, and what happens once in so many horizons may not have happened.
func (r *rehearsal) widening() float64 {
	k := 2.0
	if r.history.period == 1 {
		k = 0.5
	}
	return 1 + k*float64(r.ahead)/float64(r.span)
}

// coverage is the share of the rehearsal's observations that lie in intervals
// whose quantiles come from the other three quarters of it.
func (r *rehearsal) coverage(level float64) float64 {
	if len(r.sorted) == 0 {
		return 0
	}
	all, own := 0.0, [folds]float64{}
	for _, e := range r.sorted {
		all += e.weight
		own[e.fold] += e.weight
	}
	// What the other folds have summed up to so far, and their quantiles.
	var sum, low, high [folds]float64
	for _, e := range r.sorted {
		for f := range folds {
			if f == e.fold {
				continue
			}
			if sum[f] < (1-level)/2*(all-own[f]) {
				low[f] = e.value
			}
			if sum[f] < (1+level)/2*(all-own[f]) {
				high[f] = e.value
			}
			sum[f] += e.weight
		}
	}
	w := r.widening()
	inside := 0.0
	for _, e := range r.sorted {
		if w*low[e.fold] <= e.value && e.value <= w*high[e.fold] {
			inside += e.weight
		}
	}
	return inside / all
}

// size is by what a residual is multiplied for step i of a forecast; beyond the
// rehearsal it grows with the root of the distance.
func (r *rehearsal) size(i int, forecast float64) float64 {
	s := r.spread[min(i, r.ahead-1)]
	if i >= r.ahead {
		s *= math.Sqrt(float64(i+1) / float64(r.ahead))
	}
	return s * r.phase[(len(r.history.clean)+i)%r.history.period] * r.magnitude(forecast)
}

// forecast combines what the members expect of the horizon steps to come.
func (r *rehearsal) forecast(ctx context.Context, horizon int) ([]float64, error) {
	mean, one := make([]float64, horizon), make([]float64, horizon)
	for k, m := range r.members {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.forecast(len(r.history.clean), one)
		for i, x := range one {
			mean[i] += r.weights[k][min(i, r.ahead-1)] * x
		}
	}
	return mean, nil
}

// sizes are those of all steps of a forecast.
func (r *rehearsal) sizes(mean []float64) []float64 {
	out := make([]float64, len(mean))
	for i, v := range mean {
		out[i] = r.size(i, v)
	}
	return out
}

// replay adds the residuals of the rehearsal from origin o on to a forecast of
// these sizes, factor times. Where the forecast is longer it goes on with those of the origin
// that is nearest to a rehearsal later, around the history.
func (r *rehearsal) replay(mean, sizes []float64, o int, factor float64, out []float64) {
	for begin := 0; begin < len(out); begin += r.ahead {
		if begin > 0 {
			next := r.origins[o] + r.ahead
			if next > r.origins[len(r.origins)-1] {
				next -= r.origins[len(r.origins)-1] - r.origins[0] + 1
			}
			o, _ = slices.BinarySearch(r.origins, next)
			o = min(o, len(r.origins)-1)
		}
		end := min(len(out), begin+r.ahead)
		m, s, to := mean[begin:end], sizes[begin:end], out[begin:end]
		for i, e := range r.residuals[o*r.ahead:][:end-begin] {
			if math.IsNaN(e) {
				e = 0
			}
			to[i] = m[i] + factor*e*s[i]
		}
	}
}

// paths are count replays, origins drawn by their weight without more chance than
// needed, each stretched by a factor near 1 so that no two are alike.
func (r *rehearsal) paths(mean []float64, count int, seed uint64) [][]float64 {
	random := rand.New(rand.NewPCG(seed, uint64(len(r.history.clean))))
	total := 0.0
	for _, w := range r.recent {
		total += w
	}
	values, sizes := make([]float64, count*len(mean)), r.sizes(mean)
	paths := make([][]float64, count)
	o, reached := 0, r.recent[0]
	for k := range paths {
		paths[k] = values[k*len(mean) : (k+1)*len(mean) : (k+1)*len(mean)]
		target := (float64(k) + random.Float64()) / float64(count) * total
		for reached < target && o+1 < len(r.origins) {
			o++
			reached += r.recent[o]
		}
		r.replay(mean, sizes, o, r.widening()*math.Exp(0.1*random.NormFloat64()), paths[k])
	}
	random.Shuffle(count, func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	return paths
}
