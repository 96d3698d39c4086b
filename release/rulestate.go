package release

import (
	"math"
	"math/bits"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// finding of the last look of a rule.
type lookStatus uint8

const (
	noLook         lookStatus = iota
	goodLook                  // within the threshold, or the judge says promote
	badLook                   // beyond it
	waitingLook               // too few requests
	noDataLook                // missing, failed, no number
	undecidedLook             // the judge says continue
	inconclusiveAs            // the judge says inconclusive
)

var lookNames = [...]string{"none", "good", "bad", "waiting", "no_data", "continue", "inconclusive"}

func (l lookStatus) String() string { return nameOf(lookNames[:], "look", uint8(l)) }

func (l lookStatus) MarshalText() ([]byte, error) { return writeName(lookNames[:], "look", uint8(l)) }

func (l *lookStatus) UnmarshalText(text []byte) error {
	i, err := readName(lookNames[:], "look", text)
	if err == nil {
		*l = lookStatus(i)
	}
	return err
}

// ruleState is what a rule has seen.
type ruleState struct {
	Last       time.Time    `json:"last"` // end of the last measurement taken
	Status     lookStatus   `json:"status"`
	Tripped    bool         `json:"tripped,omitempty"`
	Looks      int64        `json:"looks"`
	StageLooks int64        `json:"stage_looks"` // wholly within the stage, after its warm-up
	Received   int64        `json:"received"`    // measurements in the stage
	Requests   float64      `json:"requests"`    // of the new revision in the stage
	Held       wire.Seconds `json:"held_seconds"`
	Run        int64        `json:"run"`
	History    uint64       `json:"history"` // bad looks among the last 64, the newest in bit 0
	Bad        int64        `json:"bad"`
	Value      float64      `json:"value"` // of the last look that counted
	Against    float64      `json:"against"`
	// The look that is being pooled.
	Canary   slo.Counts   `json:"canary"`
	Baseline slo.Counts   `json:"baseline"`
	Pooled   wire.Seconds `json:"pooled_seconds"`
}

// usable reports whether counts can be judged.
func usable(c slo.Counts) bool {
	return c.Bad >= 0 && c.Total >= c.Bad && c.Total <= maxCount
}

func finite(v float64) bool { return !math.IsNaN(v - v) }

// take adds a measurement that ends at at and covers length; counting is the instant
// from which on looks count for the stage.
func (s *ruleState) take(r *Rule, m *Measurement, at time.Time, length time.Duration, counting time.Time) {
	s.Last = at
	s.Received++
	ok := !m.Missing && m.Error == ""
	if ok {
		switch r.Quantity {
		case BadRatio:
			ok = usable(m.Canary) && (r.Compare == Absolute || usable(m.Baseline))
		case Value:
			ok = finite(m.Value) && (r.Compare == Absolute || finite(m.BaselineValue)) && usable(m.Canary)
		case Judgement:
			ok = m.Verdict <= canary.Rollback
		}
	}
	if !ok {
		switch {
		case r.NoData == NoDataFail:
			s.look(r, true, at, length, counting)
		case r.NoData == NoDataPass && m.Missing && m.Error == "":
			s.look(r, false, at, length, counting)
		case r.NoData == NoDataWait:
			s.Status = waitingLook
		default:
			s.Status = noDataLook
		}
		return
	}
	if !at.Add(-length).Before(counting) {
		s.Requests += m.Canary.Total
	}
	least := max(1, r.MinRequests)
	switch r.Quantity {
	case BadRatio:
		s.Canary = s.Canary.Add(m.Canary)
		s.Pooled = plus(s.Pooled, wire.Seconds(length))
		if r.Compare != Absolute {
			s.Baseline = s.Baseline.Add(m.Baseline)
		}
		if s.Canary.Total < least || r.Compare != Absolute && s.Baseline.Total < least {
			s.Status = waitingLook
			return
		}
		s.Value = s.Canary.Bad / s.Canary.Total
		s.Against = 0
		if r.Compare != Absolute {
			s.Against = s.Baseline.Bad / s.Baseline.Total
		}
		bad := r.beyond(s.Value, s.Against) && s.Canary.Bad >= r.MinBad
		pooled := time.Duration(s.Pooled)
		s.Canary, s.Baseline, s.Pooled = slo.Counts{}, slo.Counts{}, 0
		s.look(r, bad, at, pooled, counting)
	case Value:
		if r.MinRequests > 0 && m.Canary.Total < least {
			s.Status = waitingLook
			return
		}
		s.Value, s.Against = m.Value, m.BaselineValue
		s.look(r, r.beyond(m.Value, m.BaselineValue), at, length, counting)
	case Judgement:
		switch m.Verdict {
		case canary.Rollback:
			s.look(r, true, at, length, counting)
			s.Tripped = true
		case canary.Promote:
			s.look(r, false, at, length, counting)
		case canary.Continue:
			s.Status, s.Tripped = undecidedLook, false
		default:
			s.Status, s.Tripped = inconclusiveAs, false
		}
	}
}

// among is how many of the last looks that K counts in were bad.
func (s *ruleState) among(r *Rule) int { return bits.OnesCount64(s.History << (64 - r.Of)) }

// tally is the bad looks that made the rule trip.
func (s *ruleState) tally(r *Rule) string {
	looks := func(n int64) string {
		if n == 1 {
			return "1 bad look"
		}
		return strconv.FormatInt(n, 10) + " bad looks"
	}
	h := r.hold()
	switch {
	case h > 0 && time.Duration(s.Held) >= h || r.Consecutive > 0 && s.Run >= int64(r.Consecutive):
		return looks(s.Run) + " in a row over " + prose.Duration(time.Duration(s.Held))
	case r.K > 0 && s.among(r) >= r.K:
		return looks(int64(s.among(r))) + " among the last " + strconv.Itoa(r.Of)
	}
	return looks(s.Bad) + " in all"
}

// look counts a look that was good or bad.
func (s *ruleState) look(r *Rule, bad bool, at time.Time, length time.Duration, counting time.Time) {
	s.Looks++
	if !at.Add(-length).Before(counting) {
		s.StageLooks++
	}
	s.History <<= 1
	if !bad {
		s.Status, s.Tripped, s.Held, s.Run = goodLook, false, 0, 0
		return
	}
	s.History |= 1
	s.Status = badLook
	s.Held = plus(s.Held, wire.Seconds(length))
	s.Run++
	s.Bad++
	hold := r.hold()
	s.Tripped = hold > 0 && time.Duration(s.Held) >= hold ||
		r.Consecutive > 0 && s.Run >= int64(r.Consecutive) ||
		r.K > 0 && s.among(r) >= r.K ||
		r.Total > 0 && s.Bad >= int64(r.Total)
}
