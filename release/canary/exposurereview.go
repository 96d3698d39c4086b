package canary

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
)

// powers are those that reviews tell of.
var powers = [...]float64{0.8, 0.9, 0.95}

// Shown is what is seen with a given power.
type Shown struct {
	Power float64 `json:"power"`
	// Ratio is the smallest share of bad requests of the canary that is seen within
	// the exposure; 0 if none is.
	Ratio float64 `json:"ratio"`
	// Wait is how long the canary must be watched to see the share that was asked for;
	// 0 if that takes too long to be said.
	Wait time.Duration `json:"-"`
}

type shownJSON struct {
	Power float64 `json:"power"`
	Ratio float64 `json:"ratio"`
	Wait  float64 `json:"wait_seconds"`
}

// MarshalJSON writes the wait in seconds.
func (s Shown) MarshalJSON() ([]byte, error) {
	return json.Marshal(shownJSON{s.Power, s.Ratio, s.Wait.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Shown) UnmarshalJSON(b []byte) error {
	var j shownJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	d, err := duration(j.Wait)
	if err != nil {
		return err
	}
	*s = Shown{j.Power, j.Ratio, d}
	return nil
}

// ExposureReview is what an exposure can show.
type ExposureReview struct {
	Exposure Exposure `json:"exposure"`
	Ratio    float64  `json:"ratio"` // the share of bad requests that was asked for
	// Requests and Baseline are how many each arm gets, Bad how many of the canary's are
	// bad at Ratio, Normal how many are if it is good.
	Requests float64 `json:"requests"`
	Baseline float64 `json:"baseline"`
	Bad      float64 `json:"bad"`
	Normal   float64 `json:"normal"`
	// Power is the probability that the exposure, alone, shows a canary with Ratio.
	Power float64 `json:"power"`
	// Shown is what 80, 90 and 95 % power take.
	Shown    []Shown   `json:"shown"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Review tells of each exposure what it can show alone, and warns of those that are
// blind to a canary whose share of bad requests is ratio: blind-stage where it is seen
// with less than 50 %, weak-stage with less than 80 %; few-events where fewer than five
// bad requests are too few for the approximation of the design. Stages before it add to what
// evidence that is carried on sees, and to nothing else. Errors are those of At.
func (p Power) Review(stages []Exposure, ratio float64) ([]ExposureReview, error) {
	out := make([]ExposureReview, 0, len(stages))
	for i, e := range stages {
		if err := e.check(fmt.Sprintf("stages[%d]", i)); err != nil {
			return nil, err
		}
		r, err := p.review(e, ratio)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (p Power) review(e Exposure, ratio float64) (ExposureReview, error) {
	m, err := p.model(e.Share, ratio)
	if err != nil {
		return ExposureReview{}, err
	}
	all := p.PerSecond * e.Duration.Seconds()
	r := ExposureReview{
		Exposure: e, Ratio: ratio, Requests: all * e.Share, Baseline: all * (1 - e.Share),
		Bad: all * e.Share * ratio, Normal: all * e.Share * p.Ratio, Power: m.at(e.Duration.Seconds()),
	}
	for _, power := range powers {
		s := Shown{Power: power}
		if seconds, ok := m.time(power); ok {
			if d, err := duration(seconds); err == nil {
				s.Wait = d
			}
		}
		if v, ok := m.effect(e.Duration.Seconds(), power); ok {
			s.Ratio = v
		}
		m.bad = ratio
		r.Shown = append(r.Shown, s)
	}
	if p.Design != AnyTime && r.Bad < 5 {
		r.Warnings = append(r.Warnings, Warning{
			"few-events", fmt.Sprintf("%s bad requests of the canary are too few for the normal approximation of %v", amount(r.Bad), p.Design), "plan with AnyTime",
		})
	}
	if r.Power >= 0.8 {
		return r, nil
	}
	code := "weak-stage"
	if r.Power < 0.5 {
		code = "blind-stage"
	}
	text := fmt.Sprintf("%s at %s requests/s sees %s requests; a canary with %s%% bad, %s of them, raises the alarm with %s probability",
		e, amount(p.PerSecond), amount(r.Requests), prose.Figure(100*ratio, 3), amount(r.Bad), chance(r.Power))
	if s := r.Shown[0]; s.Ratio > 0 {
		text += fmt.Sprintf("; nothing below %s%% bad is seen with 80%%", prose.Figure(100*s.Ratio, 3))
	}
	r.Warnings = append(r.Warnings, Warning{code, text, r.remedy()})
	return r, nil
}

// remedy is how long the exposure must be to show what was asked for.
func (r ExposureReview) remedy() string {
	s := r.Shown[0]
	if s.Wait == 0 {
		return "send more traffic, or ask for a greater harm"
	}
	return fmt.Sprintf("watch it for %v, or send more than %s", roundUp(s.Wait), percent(r.Exposure.Share))
}

// amount prints how many there are, of which a fraction matters only if they are few.
func amount(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return prose.Figure(v, 3)
}

// chance prints a probability, without figures where it is next to nothing or next to
// certain.
func chance(p float64) string {
	switch {
	case p < 0.001:
		return "less than 0.1%"
	case p > 0.999:
		return "more than 99.9%"
	case p > 0.99:
		return prose.Figure(100*p, 3) + "%"
	}
	return prose.Figure(100*p, 2) + "%"
}

// roundUp makes a duration readable, never shorter.
func roundUp(d time.Duration) time.Duration {
	unit := time.Second
	switch {
	case d > 10*time.Hour:
		unit = time.Hour
	case d > 10*time.Minute:
		unit = time.Minute
	}
	return (d + unit - 1) / unit * unit
}

// Limit is a rollback rule of the kind 0.1% error rate for 5 mins: the share of bad
// requests of the canary over each time For is not to exceed Ratio.
type Limit struct {
	Ratio float64       // in (0, 1)
	For   time.Duration // above 0
}

type limitJSON struct {
	Ratio   float64 `json:"ratio"`
	Seconds float64 `json:"for_seconds"`
}

// String is 0.1% for 5m0s.
func (l Limit) String() string { return percent(l.Ratio) + " for " + l.For.String() }

// MarshalJSON writes the duration in seconds.
func (l Limit) MarshalJSON() ([]byte, error) {
	return json.Marshal(limitJSON{l.Ratio, l.For.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *Limit) UnmarshalJSON(b []byte) error {
	var j limitJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	d, err := duration(j.Seconds)
	if err != nil {
		return err
	}
	*l = Limit{j.Ratio, d}
	return nil
}

// LimitReview is whether an exposure can show what a limit asks.
type LimitReview struct {
	// ExposureReview is that of a canary whose share of bad requests is the limit's.
	ExposureReview
	Limit Limit `json:"limit"`
	// Answer tells whether the exposure shows it with at least 80 % against the baseline.
	Answer bool `json:"answer"`
	// WindowRequests is how many requests of the canary one window of the limit holds,
	// WindowBad how many of them may be bad.
	WindowRequests float64 `json:"window_requests"`
	WindowBad      float64 `json:"window_bad"`
	// GoodTrips is the probability that a good canary exceeds the limit in one window;
	// GoodTripsOnce that it does in at least one of the windows that follow one another
	// within the exposure. DoubleTrips is the probability for a canary with twice the
	// limit's share in one window.
	GoodTrips     float64 `json:"good_trips"`
	GoodTripsOnce float64 `json:"good_trips_once"`
	DoubleTrips   float64 `json:"double_trips"`
}

// Shows tells whether an exposure can show what a limit asks: whether a canary at the
// limit is told from a good release by comparison with the baseline, and what the limit
// does by itself, which has no baseline and counts in its window alone. Warnings:
//   - blind-stage and weak-stage as of Review;
//   - limit-normal: a good release has as large a share of bad requests, so that there is
//     nothing to show;
//   - limit-trips: a good canary exceeds the limit in the exposure with more than 5 %;
//   - limit-misses: a canary with twice the limit's share stays under it in one window
//     with more than 20 %;
//   - limit-long: the exposure is shorter than the limit's window.
//
// Errors are those of At.
func (p Power) Shows(e Exposure, l Limit) (LimitReview, error) {
	var w problems
	if !(l.Ratio > 0 && l.Ratio < 1) {
		w.add("limit.ratio", number(l.Ratio), "not between 0 and 1", "write 0.001 for 0.1 %")
	}
	if l.For <= 0 {
		w.add("limit.for", l.For.String(), "not positive", "give the window of the limit")
	}
	if err := w.err(); err != nil {
		return LimitReview{}, err
	}
	if err := e.check("exposure"); err != nil {
		return LimitReview{}, err
	}
	r := LimitReview{Limit: l}
	if l.Ratio > p.Ratio {
		var err error
		if r.ExposureReview, err = p.review(e, l.Ratio); err != nil {
			return LimitReview{}, err
		}
	} else {
		if _, err := p.model(e.Share, 1); err != nil {
			return LimitReview{}, err
		}
		all := p.PerSecond * e.Duration.Seconds()
		r.ExposureReview = ExposureReview{
			Exposure: e, Ratio: l.Ratio, Requests: all * e.Share, Baseline: all * (1 - e.Share),
			Bad: all * e.Share * l.Ratio, Normal: all * e.Share * p.Ratio,
		}
		r.warn("limit-normal", "set the limit above what a good release has, or compare with the baseline",
			"%s%% is no more than the %s%% of a good release", prose.Figure(100*l.Ratio, 3), prose.Figure(100*p.Ratio, 3))
	}
	r.Answer = r.Power >= 0.8
	r.WindowRequests = p.PerSecond * e.Share * l.For.Seconds()
	r.WindowBad = r.WindowRequests * l.Ratio
	r.GoodTrips = exceeds(r.WindowRequests, l.Ratio, p.Ratio)
	r.DoubleTrips = exceeds(r.WindowRequests, l.Ratio, math.Min(1, 2*l.Ratio))
	windows := math.Floor(e.Duration.Seconds() / l.For.Seconds())
	if windows < 1 {
		r.warn("limit-long", "make the stage longer than the limit's window", "the stage ends after %v, before the limit has seen %v once", e.Duration, l.For)
		windows = 1
	}
	r.GoodTripsOnce = -math.Expm1(windows * math.Log1p(-r.GoodTrips))
	if r.GoodTrips == 1 {
		r.GoodTripsOnce = 1
	}
	if r.GoodTripsOnce > 0.05 && l.Ratio > p.Ratio {
		r.warn("limit-trips", "use a longer window or a higher limit, or compare with the baseline",
			"%v holds %s requests of the canary, and a good one exceeds %s%% in at least one window with %s probability",
			l.For, amount(r.WindowRequests), prose.Figure(100*l.Ratio, 3), chance(r.GoodTripsOnce))
	}
	if r.DoubleTrips < 0.8 {
		r.warn("limit-misses", "use a longer window, or send more traffic",
			"%v holds %s requests of the canary, and one with %s%% bad exceeds the limit with %s probability only",
			l.For, amount(r.WindowRequests), prose.Figure(math.Min(100, 200*l.Ratio), 3), chance(r.DoubleTrips))
	}
	return r, nil
}

func (r *LimitReview) warn(code, remedy, text string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{code, fmt.Sprintf(text, args...), remedy})
}

// exceeds is the probability that more than the share limit of n Poisson requests are
// bad, each with probability ratio.
func exceeds(n, limit, ratio float64) float64 {
	// A limit of 3 in 3000 is 3, however 0.001 is rounded.
	most := math.Floor(n * limit * (1 + 1e-12))
	if most > maxCount {
		most = maxCount
	}
	_, upper := stat.PoissonCDF(uint64(most), n*ratio)
	return upper
}
