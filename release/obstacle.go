package release

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/prose"
)

// obstacle is what keeps a stage from being left.
type obstacle struct {
	code string // empty: nothing
	rule int    // -1: the stage itself
}

// blocked is the worst that keeps the stage from being left. No allocation.
func (s *State) blocked() obstacle {
	stage := s.stage()
	worst := obstacle{}
	if s.core.Return {
		return worst
	}
	rank := 0
	set := func(r int, code string, rule int) {
		if r > rank {
			rank, worst = r, obstacle{code, rule}
		}
	}
	asked := !s.core.Acknowledged && (stage.Hold > 0 || len(stage.Metrics) > 0)
	requests := 0.0
	for i := range s.rules {
		r, rule := &s.rollout.Rules[i], &s.rules[i]
		requests = math.Max(requests, rule.Requests)
		if !s.asks(i) {
			continue
		}
		if rule.Status == badLook {
			set(4, "bad", i)
		}
		if !asked {
			continue
		}
		switch {
		case rule.Received == 0 && r.NoData == NoDataWait:
			set(1, "waiting", i)
		case rule.Received == 0:
			set(3, "no-data", i)
		case !s.core.Now.Before(s.stale(i)):
			set(3, "stale", i)
		case rule.Status == noDataLook:
			set(3, "no-data", i)
		case rule.Status == inconclusiveAs:
			set(3, "inconclusive", i)
		case rule.Status == undecidedLook:
			set(2, "continue", i)
		case rule.Status == waitingLook || rule.StageLooks == 0:
			set(1, "waiting", i)
		}
	}
	if asked && requests < stage.MinRequests {
		set(1, "waiting", -1)
	}
	return worst
}

// asks reports whether the stage asks for rule i.
func (s *State) asks(i int) bool {
	r, stage := &s.rollout.Rules[i], s.stage()
	return !r.Advisory && (len(stage.Metrics) == 0 || slices.Contains(stage.Metrics, r.Metric))
}

// stale is the instant from which on the last measurement of rule i is too old: more
// than three intervals, and what its metric is late by.
func (s *State) stale(i int) time.Time {
	return s.rules[i].Last.Add(3*s.stage().interval() + s.rollout.Rules[i].Delay + 1)
}

// promoted reports whether a judge has said promote in this stage.
func (s *State) promoted() bool {
	for i := range s.rules {
		r, rule := &s.rollout.Rules[i], &s.rules[i]
		if r.Quantity == Judgement && !r.Advisory && rule.StageLooks > 0 && rule.Status == goodLook {
			return true
		}
	}
	return false
}

// describe says an obstacle in words.
func (s *State) describe(b obstacle) string {
	if b.rule < 0 {
		var requests float64
		for _, r := range s.rules {
			requests = math.Max(requests, r.Requests)
		}
		return fmt.Sprintf("%s of %s requests that the stage needs", figure(requests), figure(s.stage().MinRequests))
	}
	r, rule := s.rollout.Rules[b.rule], s.rules[b.rule]
	switch b.code {
	case "bad":
		if rule.Tripped {
			return fmt.Sprintf("%s is bad: %s, but not all of the group %s are (%s)", r.Metric, s.show(r, rule.Value), r.Group, r)
		}
		return fmt.Sprintf("%s is bad: %s, not yet long enough for a rollback (%s)", r.Metric, s.show(r, rule.Value), r)
	case "no-data":
		return r.Metric + " has no usable data"
	case "stale":
		return r.Metric + " was last measured at " + prose.Second(rule.Last)
	case "inconclusive":
		return r.Metric + ": the judge cannot tell"
	case "continue":
		return r.Metric + ": the judge needs more traffic"
	}
	if r.Quantity == BadRatio && rule.Canary.Total < max(1, r.MinRequests) {
		return fmt.Sprintf("%s: %s of %s requests for a look", r.Metric, figure(rule.Canary.Total), figure(max(1, r.MinRequests)))
	}
	return r.Metric + " has not been measured within the stage"
}
