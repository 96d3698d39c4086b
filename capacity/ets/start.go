package ets

import "math"

// outline is what the first seasons of a series say about its initial state.
type outline struct {
	level, trend float64
	season       []float64 // additive, or factors
	size         float64   // mean of the seasons read
}

// sketch reads an initial state off the first seasons: a straight line through
// the means of whole cycles, and for each place of the season the mean of what
// is left. It reads at most cycles seasons. A place never observed gets no
// season.
func sketch(y []float64, mask []bool, period int, season Component, cycles int) outline {
	m := max(period, 1)
	if season == None {
		return line(y, mask, 10)
	}
	n := min(len(y), m*max(cycles, 1))
	k := (n + m - 1) / m
	// Means per cycle, at the mean position of what was observed.
	var st, sv, stt, stv, count float64
	for c := range k {
		var sum, at float64
		seen := 0
		for t := c * m; t < min((c+1)*m, n); t++ {
			if mask == nil || !mask[t] {
				sum += y[t]
				at += float64(t)
				seen++
			}
		}
		if 2*seen < m && c > 0 || seen == 0 {
			continue
		}
		v, x := sum/float64(seen), at/float64(seen)
		count++
		st += x
		sv += v
		stt += float64(x * x)
		stv += float64(x * v)
	}
	var o outline
	if count > 0 {
		mx, mv := st/count, sv/count
		if spread := stt - float64(st*mx); count > 1 && spread > 0 {
			o.trend = (stv - float64(st*mv)) / spread
		}
		o.level = mv - float64(o.trend*mx)
		o.size = mv
		if season == Multiplicative && !(o.level-o.trend > 0.1*mv) {
			o.level, o.trend = mv, 0 // a steep start must not cross zero
		}
	}
	o.season = make([]float64, m)
	seen := make([]int, m)
	for t := range n {
		if mask != nil && mask[t] {
			continue
		}
		f := o.level + float64(o.trend*float64(t))
		j := t % m
		if season == Additive {
			o.season[j] += y[t] - f
		} else {
			if f <= 0 {
				f = o.size
			}
			o.season[j] += y[t] / f
		}
		seen[j]++
	}
	neutral := 0.0
	if season == Multiplicative {
		neutral = 1
	}
	for j := range o.season {
		if seen[j] == 0 {
			o.season[j] = neutral
			continue
		}
		o.season[j] /= float64(seen[j])
		if season == Multiplicative && !(o.season[j] > 0.01) {
			o.season[j] = 0.01
		}
	}
	// The line meets t = 0 at the first step; the state is one step before.
	o.level -= o.trend
	return o
}

// line is least squares through the first points observed.
func line(y []float64, mask []bool, points int) outline {
	var st, sv, stt, stv, count float64
	for t, v := range y {
		if mask != nil && mask[t] {
			continue
		}
		x := float64(t + 1)
		count++
		st += x
		sv += v
		stt += float64(x * x)
		stv += float64(x * v)
		if int(count) >= points {
			break
		}
	}
	if count == 0 {
		return outline{}
	}
	mx, mv := st/count, sv/count
	o := outline{level: mv}
	if spread := stt - float64(st*mx); count > 1 && spread > 0 {
		o.trend = (stv - float64(st*mv)) / spread
		o.level = mv - float64(o.trend*mx)
	}
	return o
}

// roughness is the mean absolute difference between neighbours observed one
// season apart (one step, without season): a scale of the noise.
func roughness(y []float64, mask []bool, lag int) float64 {
	sum, count := 0.0, 0
	for t := lag; t < len(y); t++ {
		if mask != nil && (mask[t] || mask[t-lag]) {
			continue
		}
		sum += math.Abs(y[t] - y[t-lag])
		count++
	}
	if count == 0 {
		return 0
	}
	return sum / float64(count)
}
