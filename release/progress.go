package release

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
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
		s.move(out, s.measuring(), "analyse", "the warm-up of "+short(s.stage().WarmUp)+" is over")
		return true
	case Analysing, Watching:
		if stage := s.stage(); stage.Early && s.core.Now.Before(s.ends()) && s.promoted() {
			if b := s.blocked(); b.code == "" {
				s.pass(out, "early", "the judge excludes harm, before "+short(stage.Hold)+" are over")
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
		if r.Advisory || len(stage.Metrics) > 0 && !slices.Contains(stage.Metrics, r.Metric) {
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
		case s.core.Now.Sub(rule.Last) > 3*stage.interval()+r.Delay:
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
		return fmt.Sprintf("%s is bad: %s, not yet long enough for a rollback (%s)", r.Metric, s.show(r, rule.Value), r)
	case "no-data":
		return r.Metric + " has no usable data"
	case "stale":
		return r.Metric + " was last measured at " + clock(rule.Last)
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

// settle decides on a stage whose time is over.
func (s *State) settle(out *[]Transition) bool {
	b := s.blocked()
	if b.code == "" {
		text := "good after " + short(s.core.Now.Sub(s.core.Entered))
		if s.core.Now.Equal(s.core.Entered) {
			text = "it is not held"
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
		s.exit(out, b, "no more traffic within "+short(limit))
		return true
	}
	limit := s.deadline() + time.Duration(s.core.Later)
	if s.core.Now.Sub(s.core.Entered) < limit {
		return false
	}
	s.exit(out, b, "not good within "+short(limit))
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
		d := seconds(s.core.Now.Sub(s.core.Since))
		s.core.Waited += d
		s.core.Later += d
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
	s.core.Longer += seconds(max(0, s.core.Now.Sub(s.ends())) + again)
	s.core.Later += seconds(max(0, s.core.Now.Sub(s.core.Entered)-s.deadline()-time.Duration(s.core.Later)) + again)
	s.core.Waited = 0
}

// pass ends the measuring of a stage.
func (s *State) pass(out *[]Transition, code, text string) {
	s.leaveWait()
	if bake := s.stage().Bake; bake > 0 {
		s.core.Since = s.core.Now
		s.move(out, Baking, code, text+"; it bakes for "+short(bake))
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
		s.move(out, Completed, "completed", "the release has all traffic and is good")
		return true
	}
	return s.enter(out)
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

// obey does what an order says.
func (s *State) obey(o *Order, i int, out *[]Transition, p *problems) {
	path := place("orders", i)
	refuse := func(reason, remedy string) { p.add("value", path, o.Kind.String(), reason, remedy) }
	if int(o.Kind) >= len(orderNames) {
		p.add("name", path+".kind", o.Kind.String(), "no such order", "write "+oneOf(orderNames[:]))
		return
	}
	if s.core.Phase.Ended() || s.core.Phase == Returning {
		if o.Kind != OrderAbort {
			refuse("the rollout is "+s.core.Phase.String(), "start another")
		}
		return
	}
	said := func() string { return "by " + o.By + ": " + o.Reason }
	if o.Kind != OrderAbort && (o.By == "" || o.Reason == "") {
		refuse("does not say who gives it and why", "fill by and reason")
		return
	}
	switch o.Kind {
	case OrderAbort:
		s.back(out, "order-abort", said())
	case OrderHold:
		if s.core.Phase == Held {
			s.core.ByExit = false
			return
		}
		s.leaveWait()
		s.core.ByExit, s.core.BeforeHold = false, s.core.Phase
		s.move(out, Held, "order-hold", said())
	case OrderResume:
		if s.core.Phase != Held {
			refuse("the rollout is not on hold", "leave it out")
			return
		}
		s.resume(out, said())
	case OrderGoOn:
		if o.Stage != s.core.Stage || s.core.Stage < 0 || s.core.Phase == Gated || s.core.Phase == Moving || s.core.Phase == Held && (s.core.BeforeHold == Gated || s.core.BeforeHold == Moving) {
			refuse(fmt.Sprintf("it speaks of stage %d, and that is not being measured", o.Stage), "give the stage that State.Status tells")
			return
		}
		s.leaveWait()
		s.core.Acknowledged = true
		s.pass(out, "order-go-on", said())
	case OrderOpen, OrderClose:
		if !o.Until.After(s.core.Now) || !inRange(o.Until) {
			refuse("it ends before it begins", "give an until after now")
			return
		}
		s.core.Overrides = slices.DeleteFunc(s.core.Overrides, func(v slo.Override) bool { return !v.Until.After(s.core.Now) })
		v := slo.Override{Allow: o.Kind == OrderOpen, From: s.core.Now, Until: s.local(o.Until), By: o.By, Reason: o.Reason}
		if slices.ContainsFunc(s.core.Overrides, func(w slo.Override) bool {
			return w.Allow == v.Allow && w.Until.Equal(v.Until) && w.By == v.By && w.Reason == v.Reason
		}) {
			return // sent twice
		}
		if len(s.core.Overrides) >= 100 {
			refuse("there are a hundred in force", "let them end first")
			return
		}
		s.core.Overrides = append(s.core.Overrides, v)
		code := "order-open"
		if !v.Allow {
			code = "order-close"
		}
		s.move(out, s.core.Phase, code, "until "+clock(v.Until)+" "+said())
	}
}

// resume ends a hold.
func (s *State) resume(out *[]Transition, text string) {
	held := seconds(s.core.Now.Sub(s.core.Since))
	to := s.core.BeforeHold
	switch to {
	case Pending, Gated, Moving:
	case Baking:
		// The bake begins anew: nobody promised to watch meanwhile.
	default:
		s.core.Longer += held
		s.core.Later += held
		if to == WarmingUp {
			s.core.Entered = s.core.Entered.Add(time.Duration(held))
			s.core.Longer, s.core.Later = s.core.Longer-held, s.core.Later-held
		}
	}
	if s.core.ByExit {
		s.extend()
	}
	s.core.ByExit = false
	s.move(out, to, "order-resume", text)
}

// verdict is what the rollout comes to, in the words of package canary.
func (s State) verdict() canary.Verdict {
	switch {
	case s.core.Phase == Completed:
		return canary.Promote
	case s.core.Phase.Back():
		return canary.Rollback
	case s.core.Phase == Undecided || s.core.Phase == Held:
		return canary.Inconclusive
	}
	return canary.Continue
}
