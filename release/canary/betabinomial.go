package canary

import (
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// ShareTest asks whether the canary's part of bad events is its part of the
// traffic, at any look, where that part does not change; RateTest is for shares
// that change. Of Events bad events, InCanary fell on the canary; each does so with
// probability Share if the rates are equal. With a Beta(a, b) prior, a = k·Share
// and b = k·(1−Share),
//
//	E = B(a+x, b+N−x) / (B(a, b) θ₀ˣ (1−θ₀)ᴺ⁻ˣ)
//
// and for the one-sided test the prior is cut at θ₀, which multiplies E by
// P(Beta(a+x, b+N−x) > θ₀)/P(Beta(a, b) > θ₀) (Robbins 1970; Lindon and Malek 2022).
// The state is the two counts.
type ShareTest struct {
	Share float64 `json:"share"` // θ₀ in (0, 1): the canary's part of the exposure
	// Concentration is k > 0; 0 is 10. Larger values bet on smaller differences.
	Concentration float64 `json:"concentration,omitempty"`
	// Alternative Greater bets on more events in the canary, Less on fewer.
	Alternative Alternative `json:"alternative,omitempty"`
	// FalseAlarm is as in RateTest; 0 is 0.05.
	FalseAlarm float64 `json:"false_alarm,omitempty"`
}

// ShareResult is what counts say to a ShareTest.
type ShareResult struct {
	InCanary int64   `json:"in_canary"`
	Events   int64   `json:"events"`
	LogE     float64 `json:"log_e"`
	PValue   float64 `json:"p_value"` // min(1, 1/E)
	Alarm    bool    `json:"alarm"`   // E ≥ 1/FalseAlarm
	// Low and High enclose the canary's true part of the events at all looks with
	// probability Level = 1 − FalseAlarm; RatioLow and RatioHigh are those of the
	// rate ratio. They are two-sided whatever the Alternative.
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	RatioLow  float64 `json:"ratio_low"`
	RatioHigh float64 `json:"ratio_high"` // math.MaxFloat64 where it is open
	Level     float64 `json:"level"`
}

// Evidence weighs the counts since the start. Errors are *Error. A few
// microseconds, no allocation.
func (t ShareTest) Evidence(inCanary, events int64) (ShareResult, error) {
	if t.Concentration == 0 {
		t.Concentration = 10
	}
	if t.FalseAlarm == 0 {
		t.FalseAlarm = 0.05
	}
	var p problems
	if !(t.Share > 0 && t.Share < 1) {
		p.add("share", number(t.Share), "not between 0 and 1", "give the canary's part of the requests, 0.1 for 10 %")
	}
	if !(t.Concentration >= 1e-6 && t.Concentration <= 1e12) {
		p.add("concentration", number(t.Concentration), "not between 1e-6 and 1e12", "leave it 0 for 10")
	}
	if t.Alternative > Less {
		p.add("alternative", t.Alternative.String(), "no such alternative", "use TwoSided, Greater or Less")
	}
	checkFalseAlarm(&p, "false_alarm", t.FalseAlarm)
	if inCanary < 0 || inCanary > events || events > maxCount {
		p.add("events", fmt.Sprintf("%d of %d", inCanary, events), "no counts", "give the bad events of the canary and of both arms since the start")
	}
	if p.err() != nil {
		return ShareResult{}, p.err()
	}
	x, y := float64(inCanary), float64(events-inCanary)
	a, b := t.Concentration*t.Share, t.Concentration*(1-t.Share)
	mixture := stat.LogBeta(a+x, b+y) - stat.LogBeta(a, b)
	logL := func(s float64) float64 { return times(x, math.Log(s)) + times(y, math.Log1p(-s)) }
	r := ShareResult{InCanary: inCanary, Events: events, LogE: mixture - logL(t.Share), High: 1, RatioHigh: math.MaxFloat64, Level: 1 - t.FalseAlarm}
	if t.Alternative != TwoSided {
		lower, upper := stat.LogBetaCDF(a+x, b+y, t.Share)
		before, after := stat.LogBetaCDF(a, b, t.Share)
		if t.Alternative == Greater {
			r.LogE += upper - after
		} else {
			r.LogE += lower - before
		}
	}
	r.LogE = bounded(r.LogE)
	r.PValue = math.Exp(-max(0, r.LogE))
	r.Alarm = r.LogE >= -math.Log(t.FalseAlarm)
	if events > 0 {
		limit := mixture + math.Log(t.FalseAlarm)
		best := x / (x + y)
		r.Low, r.High = fall(logL, best, 0, limit), fall(logL, best, 1, limit)
	}
	odds := (1 - t.Share) / t.Share
	r.RatioLow = bounded(r.Low / (1 - r.Low) * odds)
	if r.High < 1 {
		r.RatioHigh = bounded(r.High / (1 - r.High) * odds)
	}
	return r, nil
}

// fall is where logL, which is greatest at best, falls to limit on the way to
// end, or end if it does not.
func fall(logL func(float64) float64, best, end, limit float64) float64 {
	if best == end || logL(end) >= limit {
		return end
	}
	inside, outside := best, end
	for range 200 {
		m := inside + (outside-inside)/2
		if m == inside || m == outside {
			break
		}
		if logL(m) >= limit {
			inside = m
		} else {
			outside = m
		}
	}
	return outside
}

// times is x·y, and 0 for x = 0 whatever y.
func times(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return x * y
}
