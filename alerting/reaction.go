package alerting

import (
	"math"
	"time"
)

// Reaction is how one severity reacts to a step: the error ratio is the
// baseline, jumps to ErrorRatio, stays there for the outage and falls back.
//
// The pairs of a severity are ORed, so the severity fires when its first pair
// does and is silent again when its last pair is. Pairs holds each pair on its
// own, which is what is seen where every pair is an alert of its own: at 99.9 %
// a page of the workbook for a total outage of an hour ends after 5 minutes by
// its fast pair and after 30 minutes by its slow one.
type Reaction struct {
	ErrorRatio float64  // during the outage, in [0,1]
	Severity   Severity // of the pairs looked at
	Fires      bool     // if not, all that follows is zero
	// Detection is the time from the start of the outage to the alert, the
	// pair's hold included, delays of the pipeline not.
	Detection time.Duration
	// Notified is the latest time at which a person hears of it: Detection and
	// the delays of the pipeline at their worst.
	Notified time.Duration
	Resets   bool // the alert ends after the outage; it does not where the baseline itself is above a threshold
	// Reset is the time from the end of the outage to silence.
	Reset time.Duration
	// BudgetShare is the share of the period's budget that is spent between the
	// start of the outage and Detection, above 1 when it is more than all of
	// it. HoldShare of it is spent in the hold. DelayShare is what the delays
	// until Notified spend in addition.
	BudgetShare float64
	HoldShare   float64
	DelayShare  float64
	Pairs       []PairReaction // of the severity, in the policy's order, those that fire
}

// PairReaction is the reaction of one pair, with the meanings of Reaction.
type PairReaction struct {
	Pair        string        `json:"pair"` // "page 1h/5m"
	Detection   time.Duration `json:"detection_seconds"`
	Resets      bool          `json:"resets"`
	Reset       time.Duration `json:"reset_seconds"`
	BudgetShare float64       `json:"budget_share"`
	HoldShare   float64       `json:"hold_share"`
}

// step is an outage as the closed forms see it, in seconds and error ratios.
// Before it lie history seconds of data at the baseline (infinite: every window
// is full), it lasts for outage seconds (infinite: sustained), after it the
// ratio is the baseline again.
type step struct {
	ratio, baseline, history, outage float64
}

// fill is how long the outage must last before it is the share of a window of
// length seconds that lifts the ratio over the window to the threshold:
// L·(θ-e0)/(e-e0), for a window that was full of data.
func (s step) fill(length, threshold float64) float64 {
	return length * (threshold - s.baseline) / (s.ratio - s.baseline)
}

// detection is when the ratio over a window passes the threshold, for
// baseline < threshold < ratio. Until the window is full of data the ratio is
// that over all data there is: (e·t + e0·c)/(t + c) = θ gives t = c·(θ-e0)/(e-θ).
func (s step) detection(length, threshold float64) float64 {
	if s.history < length {
		if t := s.history * (threshold - s.baseline) / (s.ratio - threshold); t <= length-s.history {
			return t
		}
	}
	return s.fill(length, threshold)
}

// reset is how long after the end of the outage the ratio over a window falls to
// the threshold, for a window that has tripped. A full window forgets the outage
// from its start on and resets when only fill seconds of it are left:
// L·(e-θ)/(e-e0). A window that holds all data there is, and an outage no longer
// than fill, resets earlier, by new good data alone.
func (s step) reset(length, threshold float64) float64 {
	fill := s.fill(length, threshold)
	if s.history < length && s.outage <= fill {
		all := s.outage * (s.ratio - s.baseline) / (threshold - s.baseline)
		return math.Max(0, all-s.history-s.outage)
	}
	return length - fill
}

// pair is the reaction of a pair in seconds; ok is false when it does not fire.
func (s step) pair(p BoundPair) (fires, reset float64, resets, ok bool) {
	long, short, hold := p.Long.Seconds(), p.Short.Seconds(), p.For.Seconds()
	switch {
	case s.baseline > p.Threshold: // fires without any outage, for ever
		return 0, 0, false, true
	case !(s.ratio > p.Threshold):
		return 0, 0, false, false
	}
	trips := math.Max(s.detection(long, p.Threshold), s.detection(short, p.Threshold))
	if trips > s.outage {
		return 0, 0, false, false
	}
	reset = math.Min(s.reset(long, p.Threshold), s.reset(short, p.Threshold))
	if trips+hold > s.outage+reset {
		return 0, 0, false, false
	}
	return trips + hold, reset, true, true
}

// spent is the share of the budget that is spent within t of the start;
// allowance is the budget as a time of total outage, in nanoseconds, so that the
// numbers divided are whole where the durations are.
func (s step) spent(t time.Duration, allowance float64) float64 {
	during, after := float64(t), 0.0
	if over := during - s.outage*float64(time.Second); over > 0 {
		during, after = during-over, over
	}
	return (s.ratio*during + s.baseline*after) / allowance
}

// react is the reaction of the pairs of a severity to a step; names are those of
// all pairs.
func (a Analysis) react(severity Severity, ratio float64, names []string) Reaction {
	s := a.step(ratio)
	allowance := a.Objective.Complement().Of(float64(a.Period))
	r := Reaction{ErrorRatio: ratio, Severity: severity, Resets: true}
	for i, p := range a.Pairs {
		if p.Severity != severity {
			continue
		}
		fires, reset, resets, ok := s.pair(p.BoundPair)
		if !ok {
			continue
		}
		at := seconds(fires)
		pr := PairReaction{Pair: names[i], Detection: at, Resets: resets, Reset: seconds(reset),
			BudgetShare: s.spent(at, allowance)}
		if resets {
			pr.HoldShare = pr.BudgetShare - s.spent(at-p.For, allowance)
		}
		if r.Pairs == nil {
			r.Pairs = make([]PairReaction, 0, len(a.Pairs)-i)
		}
		r.Pairs = append(r.Pairs, pr)
		notified := at + a.Delays.worst(p.For)
		if !r.Fires || at < r.Detection {
			r.Detection, r.BudgetShare, r.HoldShare = at, pr.BudgetShare, pr.HoldShare
		}
		if !r.Fires || notified < r.Notified {
			r.Notified = notified
		}
		r.Fires = true
		r.Resets = r.Resets && resets
		r.Reset = max(r.Reset, pr.Reset)
	}
	if !r.Fires {
		return Reaction{ErrorRatio: ratio, Severity: severity}
	}
	if !r.Resets {
		r.Reset = 0
	}
	r.DelayShare = s.spent(r.Notified, allowance) - r.BudgetShare
	return r
}

// MarshalJSON writes durations in seconds, and null for what does not happen.
func (r Reaction) MarshalJSON() ([]byte, error) {
	j := jsonReaction{ErrorRatio: r.ErrorRatio, Severity: r.Severity, Fires: r.Fires, Pairs: r.Pairs}
	if r.Fires {
		j.Detection, j.Notified = &r.Detection, &r.Notified
		j.BudgetShare, j.HoldShare, j.DelayShare = &r.BudgetShare, &r.HoldShare, &r.DelayShare
	}
	if r.Resets {
		j.Reset = &r.Reset
	}
	return marshalStruct(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Reaction) UnmarshalJSON(data []byte) error {
	var j jsonReaction
	if err := unmarshalStruct(data, &j); err != nil {
		return err
	}
	*r = Reaction{ErrorRatio: j.ErrorRatio, Severity: j.Severity, Fires: j.Fires, Resets: j.Reset != nil,
		Detection: value(j.Detection), Notified: value(j.Notified), Reset: value(j.Reset),
		BudgetShare: value(j.BudgetShare), HoldShare: value(j.HoldShare), DelayShare: value(j.DelayShare), Pairs: j.Pairs}
	return nil
}

type jsonReaction struct {
	ErrorRatio  float64        `json:"error_ratio"`
	Severity    Severity       `json:"severity"`
	Fires       bool           `json:"fires"`
	Detection   *time.Duration `json:"detection_seconds"`
	Notified    *time.Duration `json:"notified_seconds"`
	Reset       *time.Duration `json:"reset_seconds"`
	BudgetShare *float64       `json:"budget_share"`
	HoldShare   *float64       `json:"hold_share"`
	DelayShare  *float64       `json:"delay_share"`
	Pairs       []PairReaction `json:"pairs"`
}

// MarshalJSON writes durations in seconds.
func (r PairReaction) MarshalJSON() ([]byte, error) { return marshalStruct(r) }

// UnmarshalJSON reads what MarshalJSON writes.
func (r *PairReaction) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, r) }

// value is what p points to, nought for nil.
func value[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}
