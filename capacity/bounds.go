package capacity

import (
	"math"
	"strconv"
	"time"
)

// Bounds is between which values a series can lie. The zero value knows nothing:
// values are then not below 0 where none ever was, and else free.
type Bounds struct {
	// Low, where not nil, is the least possible value; −Inf allows values below 0
	// where none was observed.
	Low *float64 `json:"low,omitempty"`
	// High, where not nil, is the largest possible value: 100 for a utilization in
	// percent. Where the history reaches it, it tells at least how much was wanted, not
	// how much, and the forecast warns of it.
	High *float64 `json:"high,omitempty"`
}

// Event is something known that changes the values of some time: a sale, a
// launch, a holiday, a migration; or a maintenance or an incident to be ignored.
// In the history its effect is taken out before anything is learned; in the
// forecast it is put in. A step is within an event if it begins there.
type Event struct {
	Name       string    `json:"name,omitempty"`
	Start, End time.Time // [Start, End)
	// Factor is by what values are multiplied, above 0; 0 is 1.
	Factor float64 `json:"factor,omitempty"`
	// Add is what is added after that.
	Add float64 `json:"add,omitempty"`
	// Ignore makes a gap of the event's part of the history; the forecast does not
	// know it.
	Ignore bool `json:"ignore,omitempty"`
}

// Check reports what is wrong with b as an *Error: a bound that is NaN, Low that
// is +Inf or not below High, High that is infinite.
func (b Bounds) Check() error {
	var p problems
	if b.Low != nil && (math.IsNaN(*b.Low) || math.IsInf(*b.Low, 1)) {
		p.add("bounds.low", number(*b.Low), "not a number to be above", "write 0, or leave it out")
	}
	if b.High != nil && !finite(*b.High) {
		p.add("bounds.high", number(*b.High), "not a finite number", "write 100, or leave it out")
	}
	if b.Low != nil && b.High != nil && !(*b.Low < *b.High) {
		p.add("bounds.low", number(*b.Low), "not below the high bound "+number(*b.High), "exchange them")
	}
	return p.err()
}

// limits are the bounds that hold for a series of which none or some values are below 0.
func (b Bounds) limits(nonNegative bool) (low, high float64) {
	low, high = -largestForecast, largestForecast
	if nonNegative {
		low = 0
	}
	if b.Low != nil {
		low = max(-largestForecast, *b.Low)
	}
	if b.High != nil {
		high = *b.High
	}
	return min(low, high), high
}

// largestForecast bounds what comes out of a forecast.
const largestForecast = math.MaxFloat64 / 4

func checkEvents(events []Event) error {
	var p problems
	for i, e := range events {
		path := "events[" + strconv.Itoa(i) + "]"
		if !e.Start.Before(e.End) {
			p.add(path+".end", e.End.Format(time.RFC3339), "not after the start "+e.Start.Format(time.RFC3339), "exchange them")
		}
		if !(e.Factor >= 0) || math.IsInf(e.Factor, 1) {
			p.add(path+".factor", number(e.Factor), "not a finite number above 0", "write 1.3 for a third more; leave it out for none")
		}
		if !finite(e.Add) {
			p.add(path+".add", number(e.Add), "not a finite number", "write what is added")
		}
	}
	return p.err()
}

func (e Event) factor() float64 {
	if e.Factor == 0 {
		return 1
	}
	return e.Factor
}

// steps is which steps of a grid begin within the event.
func (e Event) steps(start time.Time, step time.Duration, n int) (from, to int) {
	index := func(t time.Time) int {
		d := t.Sub(start)
		if d <= 0 {
			return 0
		}
		return int(min(int64(n), int64((d-1)/step)+1))
	}
	return index(e.Start), index(e.End)
}

// withoutEvents is a series less what events did to it; a copy if they did.
func withoutEvents(s Series, events []Event) Series {
	copied := false
	for k := len(events) - 1; k >= 0; k-- { // the last one applied is taken off first
		e := events[k]
		from, to := e.steps(s.Start, s.Step, len(s.Values))
		if from == to {
			continue
		}
		if !copied {
			s.Values = append([]float64(nil), s.Values...)
			mask := make([]bool, len(s.Values))
			copy(mask, s.Mask)
			s.Mask, copied = mask, true
		}
		for i := from; i < to; i++ {
			switch v := (s.Values[i] - e.Add) / e.factor(); {
			case s.Mask[i]:
			case e.Ignore || !finite(v):
				s.Values[i], s.Mask[i] = 0, true
			default:
				s.Values[i] = v
			}
		}
	}
	return s
}

// addEvents does to steps of a forecast what events will.
func addEvents(values []float64, start time.Time, step time.Duration, events []Event) {
	for _, e := range events {
		if e.Ignore {
			continue
		}
		from, to := e.steps(start, step, len(values))
		for i := from; i < to; i++ {
			values[i] = values[i]*e.factor() + e.Add
		}
	}
}

// warnCensored tells of a history that touches its upper bound, or that has its
// largest value so often that it looks like one.
func (f *Forecast) warnCensored(s Series, b Bounds) {
	observed, highest, times := 0, math.Inf(-1), 0
	for i, v := range s.Values {
		if s.Missing(i) {
			continue
		}
		observed++
		switch {
		case v > highest:
			highest, times = v, 1
		case v == highest:
			times++
		}
	}
	const remedy = "measure what was wanted (queue, rejected requests, limit reached), or forecast from the time before"
	if b.High != nil {
		high, at := *b.High, 0
		for i, v := range s.Values {
			if !s.Missing(i) && v >= high-1e-3*math.Abs(high) {
				at++
			}
		}
		if at > 0 {
			f.warn("censored", remedy, "%d of %d values are at the upper bound %s: demand beyond it is not in the data", at, observed, number(high))
		}
		return
	}
	if lowest, _ := spanOf(s); times >= 10 && times*20 >= observed && times*2 < observed && highest > lowest {
		f.warn("censored", remedy, "%s is the largest value, %d times of %d: it looks like a limit that demand reached", number(highest), times, observed)
	}
}

// spanOf is the least and the largest observed value.
func spanOf(s Series) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for i, v := range s.Values {
		if !s.Missing(i) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}
