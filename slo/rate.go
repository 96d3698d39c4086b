package slo

import (
	"fmt"
	"math"
	"time"
)

// RateModel tells what to expect of the future. Expect is the expected counts
// of (start, end], start not after end: finite, not negative, bad at most
// total, and additive over adjoining spans.
type RateModel interface {
	Expect(start, end time.Time) Counts
}

// RateFunc makes a function a RateModel.
type RateFunc func(start, end time.Time) Counts

// Expect calls f.
func (f RateFunc) Expect(start, end time.Time) Counts { return f(start, end) }

// ConstantRate is the same rate of events at every moment.
type ConstantRate struct {
	BadPerSecond   float64 `json:"bad_per_second"`
	TotalPerSecond float64 `json:"total_per_second"`
}

// Expect is the rate times the length of the span.
func (r ConstantRate) Expect(start, end time.Time) Counts {
	s := end.Sub(start).Seconds()
	return Counts{Bad: r.BadPerSecond * s, Total: r.TotalPerSecond * s}
}

// MeanRate is the mean rate of the points in (start, end] over the time that
// they cover (see CoverageOf). It is nought without covered time.
func MeanRate(points []Point, start, end time.Time) ConstantRate {
	covered := CoverageOf(points, start, end).Covered.Seconds()
	if covered <= 0 {
		return ConstantRate{}
	}
	c := Sum(points, start, end)
	return ConstantRate{finite(c.Bad / covered), finite(c.Total / covered)}
}

// HoursPerWeek is the length of a WeeklyRate.
const HoursPerWeek = 168

// WeeklyRate is a rate that repeats every week on a zone's clock: Hours[0] is
// Monday from 00:00 to 01:00. At a clock change the hour that the clock shows
// counts.
type WeeklyRate struct {
	Location *time.Location // nil is UTC
	Hours    [HoursPerWeek]ConstantRate
}

// WeeklyRateOf is the mean rate of each hour of the week in the points of
// (start, end], by the zone's clock at the middle of each point's interval.
// An hour of the week without points gets the mean rate of all. It takes
// points a few hours apart at most; a point of a whole day would count for one
// hour.
func WeeklyRateOf(points []Point, start, end time.Time, location *time.Location) WeeklyRate {
	w := WeeklyRate{Location: location}
	mean := MeanRate(points, start, end)
	ordered := SortPoints(points)
	var sums [HoursPerWeek]Counts
	var covered [HoursPerWeek]float64
	for i, s := range intervals(ordered) {
		p := ordered[i]
		if !p.Time.After(start) || p.Time.After(end) || p.Validate() != nil {
			continue
		}
		h := hourOfWeek(s.Start.Add(s.Length()/2), w.location())
		sums[h] = sums[h].Add(p.Counts)
		covered[h] += s.Length().Seconds()
	}
	for h := range w.Hours {
		w.Hours[h] = mean
		if covered[h] > 0 {
			w.Hours[h] = ConstantRate{finite(sums[h].Bad / covered[h]), finite(sums[h].Total / covered[h])}
		}
	}
	return w
}

// Expect adds up the hours of the span. Cost is linear in their number.
func (w WeeklyRate) Expect(start, end time.Time) Counts {
	var sum Counts
	loc := w.location()
	for t := start; t.Before(end); {
		// To the next full hour of the clock, which may be half an hour off UTC.
		l := t.In(loc)
		next := t.Add(time.Hour - time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond()))
		if next.After(end) {
			next = end
		}
		sum = sum.Add(w.Hours[hourOfWeek(t, loc)].Expect(t, next))
		t = next
	}
	return sum
}

func (w WeeklyRate) location() *time.Location {
	if w.Location == nil {
		return time.UTC
	}
	return w.Location
}

// hourOfWeek is 0 for Monday from 00:00 to 01:00, 167 for the last of Sunday.
func hourOfWeek(t time.Time, loc *time.Location) int {
	l := t.In(loc)
	return (int(l.Weekday())+6)%7*24 + l.Hour()
}

// TimeToExhaustion is how long the share remaining of a budget lasts at a
// burn rate that holds, over a window of the given length, if nothing rolls
// off: remaining·window/burn, the figure on most dashboards. In a rolling
// window it can be far too early, see Objective.ExhaustionAt. ok is false if
// the burn is not positive or the time exceeds 292 years; a budget that is
// spent has 0 left.
func TimeToExhaustion(remaining, burn float64, window time.Duration) (left time.Duration, ok bool) {
	ns := remaining * float64(window) / burn
	if !(burn > 0) || !(ns < math.MaxInt64) {
		return 0, false
	}
	return time.Duration(max(0, ns)), true
}

// expect is the model's checked answer.
func expect(m RateModel, start, end time.Time) (Counts, error) {
	c := m.Expect(start, end)
	if err := c.Validate(); err != nil {
		return Counts{}, fmt.Errorf("rate model for %s to %s: %w", start.Format(time.RFC3339), end.Format(time.RFC3339), err)
	}
	return c, nil
}
