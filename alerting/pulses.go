package alerting

import (
	"math"
	"time"
)

// PulseTrain is a regular train of outages: in every Period the error ratio is
// ErrorRatio for Burst and the baseline for the rest.
//
// For pairs without holds no train spends more than the lowest threshold does
// in a steady burn: if one of the two windows of a pair is at or below the
// threshold at every instant, history can be tiled with such windows, and its
// mean is at or below it too. What a train can do is spend it in outages of
// everything, unseen. A hold changes that: whatever ends before the hold is
// over is not seen however bad it is.
type PulseTrain struct {
	ErrorRatio float64 `json:"error_ratio"`
	// Endless is set when nothing stops the outage from lasting for ever; Burst
	// and Period are then zero.
	Endless bool          `json:"endless"`
	Burst   time.Duration `json:"burst_seconds"`  // of the longest such outage; an alert fires for anything above it
	Period  time.Duration `json:"period_seconds"` // from one start to the next
	Duty    float64       `json:"duty"`           // Burst/Period
	// BurnRate is the mean burn rate, the baseline included, Exhaustion the time
	// in which it spends the whole budget (zero when nothing is spent).
	BurnRate   float64       `json:"burn_rate"`
	Exhaustion time.Duration `json:"exhaustion_seconds"`

	mean float64 // error ratio
}

// MarshalJSON writes durations in seconds.
func (t PulseTrain) MarshalJSON() ([]byte, error) { return marshalStruct(t) }

// UnmarshalJSON reads what MarshalJSON writes.
func (t *PulseTrain) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, t) }

// price fills in what the train costs.
func (t *PulseTrain) price(budget, period float64) {
	t.BurnRate = t.mean / budget
	if t.BurnRate > 0 {
		t.Exhaustion = seconds(period / t.BurnRate)
	}
}

// pulsed is a window as a train of pulses sees it: it trips while more than
// allowed of its length seconds are outage.
type pulsed struct{ length, allowed float64 }

type pulsedPair struct {
	windows [2]pulsed // long, short
	hold    float64
	share   float64 // allowed/length, the same for both windows
}

// worstPulses is the train of outages with the given error ratio that trips none
// of the pairs and spends most; of several that spend the same, the one with the
// longest outages. With holds it is found by search over periods, in which the
// longest burst is piecewise linear, to half a percent of what it spends.
func worstPulses(pairs []BoundPair, ratio, baseline float64) PulseTrain {
	t := PulseTrain{ErrorRatio: ratio, mean: baseline}
	if ratio <= baseline {
		return t
	}
	var pulsedPairs []pulsedPair
	for _, p := range pairs {
		if baseline > p.Threshold {
			return t // fires without any pulse
		}
		if p.Threshold >= ratio {
			continue // no outage of that ratio trips it
		}
		q := pulsedPair{hold: p.For.Seconds(), share: (p.Threshold - baseline) / (ratio - baseline)}
		for i, w := range [2]time.Duration{p.Long, p.Short} {
			q.windows[i] = pulsed{w.Seconds(), w.Seconds() * q.share}
		}
		pulsedPairs = append(pulsedPairs, q)
	}
	if len(pulsedPairs) == 0 {
		t.Endless, t.Duty, t.mean = true, 1, ratio
		return t
	}
	burst, period := searchPulses(pulsedPairs)
	t.Burst, t.Period, t.Duty = seconds(burst), seconds(period), burst/period
	t.mean = baseline + t.Duty*(ratio-baseline)
	return t
}

// line is value at one period and its slope in the period.
type line struct{ value, slope float64 }

func lower(a, b line) line {
	if b.value < a.value || b.value == a.value && b.slope < a.slope {
		return b
	}
	return a
}

func higher(a, b line) line {
	if b.value > a.value || b.value == a.value && b.slope > a.slope {
		return b
	}
	return a
}

// whole is how many whole periods fit into the window.
func (w pulsed) whole(period float64) float64 {
	n := math.Floor(w.length / period)
	if (n+1)*period-w.length <= 1e-9*period {
		n++
	}
	return n
}

// longestBurst is the longest burst that does not fire the pair at a period; at
// is a period in the same cell, that is with as many whole periods in each
// window.
//
// With n whole periods in the window and the rest r = L - n·p, the outage in the
// window is n·d and a trapezoid that rises from max(0, r+d-p) to min(r, d). It is
// above the allowed A never if A - n·d >= min(r, d); otherwise from x = A - n·d to
// d + r - x after the start of each burst, unless it is above A always. Each of
// these is linear in d, so that d can be told for which the time during which
// both windows are tripped is at most the hold.
func (p pulsedPair) longestBurst(period, at float64) line {
	var n, rest [2]float64
	var open [2]line // longest burst that leaves an instant untripped
	best := line{}
	for i, w := range p.windows {
		n[i] = w.whole(at)
		rest[i] = math.Max(0, w.length-n[i]*period)
		open[i] = line{period - (w.length-w.allowed)/(n[i]+1), 1}
		best = higher(best, line{w.allowed / (n[i] + 1), 0})
		if n[i] > 0 {
			open[i] = lower(open[i], line{w.allowed / n[i], 0})
			best = higher(best, line{(w.allowed - rest[i]) / n[i], 1})
		}
		run := line{(p.hold + 2*w.allowed - rest[i]) / (2*n[i] + 1), n[i] / (2*n[i] + 1)}
		best = higher(best, lower(open[i], run))
	}
	for i := range p.windows { // tripped from window i's rise to window j's fall
		j := 1 - i
		k := 1 + n[0] + n[1]
		run := line{(p.hold + p.windows[0].allowed + p.windows[1].allowed - rest[j]) / k, n[j] / k}
		best = higher(best, lower(lower(open[0], open[1]), run))
	}
	return lower(best, line{period, 1})
}

// searchPulses is the burst and period of the highest duty that fires none of
// the pairs.
func searchPulses(pairs []pulsedPair) (burst, period float64) {
	share, top, hidden := math.Inf(1), 0.0, false
	for _, p := range pairs {
		// Without a hold on a pair of the lowest threshold nothing is hidden: no
		// train spends more than that.
		if p.share < share {
			share, hidden = p.share, p.hold > 0
		} else if p.share == share {
			hidden = hidden && p.hold > 0
		}
		top = math.Max(top, p.windows[0].length+p.hold)
	}
	longest := func(period, at float64) line {
		all := line{period, 1}
		for _, p := range pairs {
			all = lower(all, p.longestBurst(period, at))
		}
		return all
	}
	// A period that divides all windows keeps every window at the lowest share.
	// Longer ones may do as well, but none better without holds.
	period = divisor(pairs)
	burst = share * period
	consider := func(d, p float64) {
		if duty, best := d/p, burst/period; duty > best*(1+1e-12) || duty >= best*(1-1e-12) && p > period {
			burst, period = d, p
		}
	}
	better := func(d, p float64) bool { return d/p > burst/period*(1+1e-9) }
	if !hidden {
		for _, p := range pairs {
			for _, w := range p.windows {
				for k := 1.0; w.length/k > period; k++ {
					q := w.length / k
					consider(math.Min(longest(q, q).value, share*q), q)
				}
			}
		}
		return burst, period
	}
	// Good guesses first: a burst after which the hold is just not over, with n
	// whole periods in one of the windows.
	for _, p := range pairs {
		for _, w := range p.windows {
			if p.hold == 0 {
				continue
			}
			n := math.Floor(w.length / p.hold)
			for m := math.Max(n-1, 0); m <= n+1; m++ {
				q := p.hold + w.allowed
				if m > 0 {
					q = math.Max(w.allowed/m+(w.length-w.allowed)/(m+1), (w.allowed/m+w.length-p.hold)/m)
				}
				consider(longest(q, q).value, q)
			}
		}
	}
	var counts [16]float64
	k := counts[:0]
	for range pairs {
		k = append(k, 1, 1)
	}
	const cells, slack = 2000, 1.005
	for range cells {
		bottom := 0.0
		for i := range k {
			bottom = math.Max(bottom, pairs[i/2].windows[i%2].length/k[i])
		}
		if bottom < top*(1-1e-12) {
			// Just inside the cell, where lines that meet at its ends differ.
			mid, inside := (bottom+top)/2, 1e-7*(top-bottom)
			right := longest(top-inside, mid)
			if better(right.value, bottom) {
				left := longest(bottom+inside, mid)
				consider(longest(top, mid).value, top)
				consider(left.value, bottom+inside)
				consider(right.value, top-inside)
				consider(longest(bottom, mid).value, bottom)
				kinks(longest, consider, better, mid, bottom+inside, top-inside, left, right, 8)
			}
		}
		for i := range k {
			if pairs[i/2].windows[i%2].length/k[i] >= bottom*(1-1e-12) {
				k[i]++
			}
		}
		top = bottom
		// Below this period a window holds n bursts or more, and no train does
		// better than (n+1)/n of the share, none better than the share without a
		// hold.
		bound := math.Inf(1)
		for _, p := range pairs {
			b := p.share
			if p.hold > 0 {
				n := math.Floor(p.windows[1].length / top * (1 + 1e-12))
				b *= (n + 1) / n // +Inf at 0
			}
			bound = math.Min(bound, b)
		}
		if bound <= slack*burst/period {
			break
		}
	}
	return burst, period
}

// kinks considers the periods between left and right where the longest burst
// passes from one line to another; between kinks the duty is monotone. The burst
// grows with the period within a cell, so a part whose duty cannot be better is
// left out.
func kinks(longest func(period, at float64) line, consider func(d, p float64), better func(d, p float64) bool, at, left, right float64, l, r line, depth int) {
	if depth == 0 || !better(r.value, left) || math.Abs(l.value+l.slope*(right-left)-r.value) <= 1e-12*right {
		return // one line
	}
	// l.value + l.slope·(x-left) = r.value + r.slope·(x-right)
	x := (r.value - l.value + l.slope*left - r.slope*right) / (l.slope - r.slope)
	if !(x > left*(1+1e-12) && x < right*(1-1e-12)) { // also where the slopes are equal
		x = (left + right) / 2
	}
	m := longest(x, at)
	consider(m.value, x)
	kinks(longest, consider, better, at, left, x, l, m, depth-1)
	kinks(longest, consider, better, at, x, right, m, r, depth-1)
}

// divisor is the longest whole number of seconds that divides all windows.
func divisor(pairs []pulsedPair) float64 {
	g := int64(0)
	for _, p := range pairs {
		for _, w := range p.windows {
			for a := int64(w.length); a != 0; {
				g, a = a, g%a
			}
		}
	}
	return float64(g)
}
