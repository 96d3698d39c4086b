package release

import (
	"slices"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

// advance goes one step on, if it can.
func (s *State) advance(out *[]Transition) bool {
	switch s.core.Phase {
	case Pending, Gated, Moving:
		return s.enter(out)
	case WarmingUp:
		if s.core.Now.Before(s.counting()) {
			return false
		}
		s.move(out, s.measuring(), "analyse", "the warm-up of "+prose.Duration(s.stage().WarmUp)+" is over")
		return true
	case Analysing, Watching:
		if stage := s.stage(); stage.Early && s.core.Now.Before(s.ends()) && s.promoted() {
			if b := s.blocked(); b.code == "" {
				s.pass(out, "early", "the judge excludes harm, before "+prose.Duration(stage.Hold)+" are over")
				return true
			}
		}
		if s.core.Now.Before(s.ends()) {
			return false
		}
		return s.settle(out)
	case AwaitingTraffic, Undecided:
		return s.settle(out)
	case Baking:
		if s.core.Now.Sub(s.core.Since) < s.stage().Bake {
			return false
		}
		if b := s.blocked(); b.code != "" {
			s.stop(out, b)
			return true
		}
		return s.leave(out)
	case Returning:
		return s.giveBack(out)
	}
	return false
}

func (s *State) stage() *Stage { return &s.stages[s.core.Stage] }

// counting is the instant from which on measurements count for the stage.
func (s *State) counting() time.Time { return s.core.Entered.Add(s.stage().WarmUp) }

// hold is the stage's hold as the gate stretches it.
func (s *State) hold() time.Duration { return time.Duration(float64(s.stage().Hold) * s.core.Factor) }

// ends is when the stage has been measured for long enough.
func (s *State) ends() time.Time {
	return s.counting().Add(s.hold() + time.Duration(s.core.Longer))
}

// measuring is the phase in which the stage is measured.
func (s *State) measuring() Phase {
	if s.core.Traffic == s.full {
		return Watching
	}
	return Analysing
}

// deadline is the stage's, without what is added to it.
func (s *State) deadline() time.Duration {
	if d := s.stage().Deadline; d > 0 {
		return d
	}
	return max(30*time.Minute, 2*s.takes())
}

// takes is what the stage takes if nothing stands against it.
func (s *State) takes() time.Duration { return s.stage().WarmUp + s.hold() + s.stage().Bake }

// enter begins the next stage if gates and capacity allow it.
func (s *State) enter(out *[]Transition) bool {
	next := &s.stages[s.core.Stage+1]
	if !s.core.Return && s.rollout.Gates.closed(s.core.Budget, s.core.Overrides, s.core.Now) {
		if s.core.Phase == Gated {
			return false
		}
		s.move(out, Gated, "gate", s.rollout.Gates.Decide(s.core.Budget, s.core.Overrides, s.core.Now).Reason)
		return true
	}
	if s.rollout.Capacity && (s.core.Capacity.New.IsZero() || s.core.Capacity.New.Compare(next.Traffic) < 0) {
		if s.core.Phase == Moving {
			return false
		}
		has := "nothing is known of them"
		if !s.core.Capacity.New.IsZero() {
			has = "those that are ready carry " + s.core.Capacity.New.Percent()
		}
		s.move(out, Moving, "capacity", next.Traffic.Percent()+" of the traffic needs instances; "+has)
		return true
	}
	s.core.Factor = 1
	if g := s.rollout.Gates.Budget; !s.core.Return && g.enabled() {
		switch level := g.Level(s.core.Budget, s.core.Now); level {
		case GateWarn:
			s.move(out, s.core.Phase, "gate-warn", g.reason(s.core.Budget, s.core.Now))
		case GateSlow, GateFreeze: // behind an override
			s.core.Factor = g.slowFactor()
			s.move(out, s.core.Phase, "gate-slow", g.reason(s.core.Budget, s.core.Now)+"; the stage is held "+figure(s.core.Factor)+" times as long")
		}
	}
	s.core.Stage++
	s.core.Traffic = next.Traffic
	s.core.Entered = s.core.Now
	s.core.Longer, s.core.Later, s.core.Waited, s.core.Extends, s.core.Acknowledged = 0, 0, 0, 0, false
	for i := range s.rules {
		s.rules[i].StageLooks, s.rules[i].Received, s.rules[i].Requests = 0, 0, 0
	}
	to := WarmingUp
	if next.WarmUp == 0 {
		to = s.measuring()
	}
	text := next.String()
	if s.core.Return {
		text = "back to a revision known to be good, without analysis"
	}
	s.core.Since = s.core.Now
	s.move(out, to, "stage", text)
	return true
}

// settle decides on a stage whose time is over.
func (s *State) settle(out *[]Transition) bool {
	b := s.blocked()
	if b.code == "" {
		text := "good after " + prose.Duration(s.core.Now.Sub(s.core.Entered))
		switch {
		case s.core.Now.Equal(s.core.Entered):
			text = "it is not held"
		case !s.judged():
			text = "no rule has judged it in " + prose.Duration(s.core.Now.Sub(s.core.Entered))
		}
		s.pass(out, "bake", text)
		return true
	}
	if s.core.Phase != AwaitingTraffic && s.core.Phase != Undecided || (b.code == "waiting") != (s.core.Phase == AwaitingTraffic) {
		s.stop(out, b)
		return true
	}
	if s.core.Phase == AwaitingTraffic {
		limit := s.stage().TrafficDeadline
		if limit == 0 {
			limit = s.deadline()
		}
		if time.Duration(s.core.Waited)+s.core.Now.Sub(s.core.Since) < limit {
			return false
		}
		s.exit(out, b, "no more traffic within "+prose.Duration(limit))
		return true
	}
	limit := s.deadline() + time.Duration(s.core.Later)
	if s.core.Now.Sub(s.core.Entered) < limit {
		return false
	}
	s.exit(out, b, "not good within "+prose.Duration(limit))
	return true
}

// stop waits, for traffic or for what else is missing.
func (s *State) stop(out *[]Transition, b obstacle) {
	s.leaveWait()
	if b.code == "waiting" {
		s.move(out, AwaitingTraffic, "awaiting-traffic", s.describe(b))
	} else {
		s.move(out, Undecided, "undecided", s.describe(b))
	}
}

// leaveWait adds up the time spent waiting for traffic, which the stage's deadline
// does not count.
func (s *State) leaveWait() {
	if s.core.Phase == AwaitingTraffic {
		d := wire.Seconds(s.core.Now.Sub(s.core.Since))
		s.core.Waited = plus(s.core.Waited, d)
		s.core.Later = plus(s.core.Later, d)
	}
}

// exit is what happens at a deadline.
func (s *State) exit(out *[]Transition, b obstacle, text string) {
	stage := s.stage()
	text += ": " + s.describe(b)
	s.leaveWait()
	kind := stage.Exit
	if kind == ExitPromote && b.code == "bad" || kind == ExitExtend && s.core.Extends >= max(1, stage.Extensions) {
		kind = ExitAbort
	}
	switch kind {
	case ExitHold:
		s.core.ByExit, s.core.BeforeHold = true, s.measuring()
		s.move(out, Held, "exit-hold", text)
	case ExitExtend:
		s.core.Extends++
		s.extend()
		s.move(out, s.measuring(), "extended", text)
	case ExitPromote:
		s.core.Acknowledged = true
		s.pass(out, "exit-promote", text)
	default:
		s.back(out, "exit-abort", text)
	}
}

// extend gives the stage its time once more, from now on.
func (s *State) extend() {
	again := max(s.takes(), s.stage().interval())
	s.core.Longer = plus(plus(s.core.Longer, wire.Seconds(max(0, s.core.Now.Sub(s.ends())))), wire.Seconds(again))
	s.core.Later = plus(plus(s.core.Later, wire.Seconds(max(0, s.core.Now.Sub(s.core.Entered)-s.deadline()-time.Duration(s.core.Later)))), wire.Seconds(again))
	s.core.Waited = 0
}

// pass ends the measuring of a stage.
func (s *State) pass(out *[]Transition, code, text string) {
	s.leaveWait()
	if bake := s.stage().Bake; bake > 0 {
		s.core.Since = s.core.Now
		s.move(out, Baking, code, text+"; it bakes for "+prose.Duration(bake))
		return
	}
	if code != "bake" { // otherwise the next transition says it all
		s.move(out, s.core.Phase, code, text)
	}
	s.leave(out)
}

// leave goes to the next stage, or to the end.
func (s *State) leave(out *[]Transition) bool {
	if s.core.Stage+1 == len(s.stages) {
		s.move(out, Completed, "completed", s.completed())
		return true
	}
	return s.enter(out)
}

// judged reports whether there is a rule that decides.
func (s *State) judged() bool {
	return slices.ContainsFunc(s.rollout.Rules, func(r Rule) bool { return !r.Advisory })
}

// completed says what is known of a release that has all traffic.
func (s *State) completed() string {
	switch {
	case s.core.Return:
		return "the revision known to be good has all traffic"
	case !s.judged():
		return "the release has all traffic; no rule has judged it"
	case s.core.Acknowledged:
		return "the release has all traffic; in its last stage what was not known was acknowledged"
	}
	return "the release has all traffic and is good"
}

// giveBack returns as much traffic as the old revision can carry.
func (s *State) giveBack(out *[]Transition) bool {
	left := s.none
	if s.rollout.Capacity && s.core.Traffic.Sign() > 0 {
		left = s.core.Traffic
		if old := s.core.Capacity.Old; !old.IsZero() && old.Complement().Compare(left) < 0 {
			left = old.Complement()
		}
	}
	if left.Sign() == 0 {
		s.core.Traffic = left
		s.move(out, RolledBack, "returned", "the old revision has all traffic")
		return false
	}
	if left != s.core.Traffic {
		s.core.Traffic = left
		s.move(out, Returning, "return-traffic", "the old revision carries "+left.Complement().Percent()+"; the rest waits for its instances")
	}
	return false
}
