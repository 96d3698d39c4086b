package release

import (
	"slices"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/slo"
)

// State is where a rollout stands: a machine that moves by observations alone, on the
// caller's clock. The same observations give the same transitions, also where the state
// was stored in between and read back. Rollout.Start makes one; the zero value takes
// nothing. It may be read concurrently, and takes observations from one goroutine at a
// time; a copy of the value shares state with its origin, see Clone.
//
// The rules are evaluated at every observation, in every phase until the end: also
// behind a closed gate, on hold, and when the release has all traffic.
type State struct {
	rollout Rollout
	stages  []Stage // with that of all traffic
	zone    *time.Location
	full    slo.Ratio
	none    slo.Ratio
	core    core
	rules   []ruleState
}

// core is what a state consists of beside the rollout and its rules.
type core struct {
	Phase   Phase        `json:"phase"`
	Stage   int          `json:"stage"`    // -1 before the first
	Return  bool         `json:"return"`   // of a revision known to be good
	Traffic slo.Ratio    `json:"traffic"`  // that the new revision is to have
	Started time.Time    `json:"started"`  //
	Now     time.Time    `json:"now"`      // of the last observation
	Since   time.Time    `json:"since"`    // when the phase began
	Entered time.Time    `json:"entered"`  // when the stage began
	Factor  float64      `json:"factor"`   // by which a slow gate stretches the stage's hold
	Longer  wire.Seconds `json:"longer"`   // added to the stage's hold: time on hold, extensions
	Later   wire.Seconds `json:"later"`    // added to its deadline: the same, and the waits for traffic
	Waited  wire.Seconds `json:"waited"`   // for traffic in the stage
	Extends int          `json:"extended"` // how often
	// Acknowledged is set by OrderGoOn and ExitPromote: what is not known is not asked.
	Acknowledged bool           `json:"acknowledged"`
	BeforeHold   Phase          `json:"before_hold"`
	ByExit       bool           `json:"by_exit"` // on hold by a deadline, not a person
	Budget       BudgetReading  `json:"budget"`
	Capacity     Capacity       `json:"capacity"`
	Overrides    []slo.Override `json:"overrides"`
	Skipped      Skipped        `json:"skipped"`
	Last         Transition     `json:"last"`
	Steps        int64          `json:"steps"`
}

// Skipped counts what was sent to a state and not taken.
type Skipped struct {
	Late      int64 `json:"late"`      // measurements from before the last of their metric, or from before the start
	Duplicate int64 `json:"duplicate"` // from the same instant
	Future    int64 `json:"future"`    // from after the observation
	Unknown   int64 `json:"unknown"`   // of a metric that no rule reads
	Backward  int64 `json:"backward"`  // observations from before the last one, taken at its instant
}

// Start begins a rollout at now. Nothing moves before the first observation. Errors are
// *Error, about the rollout or an instant outside the years 1 to 9999.
func (r Rollout) Start(now time.Time) (State, error) {
	return r.start(now, false)
}

// StartReturn begins to give all traffic to a revision that is known to be good because
// it had all of it until good, not longer ago than ReturnWithin. It skips stages, gates
// and analysis, but not capacity: traffic waits for instances. Its rules are evaluated
// and shown, and take nothing back, for there is nothing better to return to; only
// OrderAbort does. It is complete after Watch. Errors are *Error.
func (r Rollout) StartReturn(good, now time.Time) (State, error) {
	within := r.ReturnWithin
	if within == 0 {
		within = 24 * time.Hour
	}
	if now.Before(good) || now.Sub(good) > within {
		var p problems
		p.Add("value", "good", prose.Second(good), "not within "+prose.Duration(within)+" before "+prose.Second(now), "roll it out stage by stage with Start, or raise return_within_seconds")
		return State{}, p.err()
	}
	return r.start(now, true)
}

func (r Rollout) start(now time.Time, back bool) (State, error) {
	var p problems
	p.join("", r.Validate())
	if !inRange(now) {
		p.Add("value", "now", now.String(), "not in the years 1 to 9999", "give the instant of the start")
	}
	if err := p.err(); err != nil {
		return State{}, err
	}
	s := State{rollout: r.clone()}
	s.prepare(back)
	now = s.local(now)
	s.core = core{Stage: -1, Return: back, Traffic: s.none, Started: now, Now: now, Since: now, Entered: now, Factor: 1}
	for i := range s.rules {
		s.rules[i].Last = now
	}
	return s, nil
}

// prepare fills in what follows from the rollout.
func (s *State) prepare(back bool) {
	s.full = all()
	s.none = s.full.Complement()
	s.zone = s.rollout.Gates.location()
	s.stages = s.rollout.course()
	if back {
		s.stages = s.stages[len(s.stages)-1:]
		s.stages[0].Hold = max(s.rollout.Watch, 0)
		s.stages[0].WarmUp, s.stages[0].Bake = 0, 0
	}
	s.rules = make([]ruleState, len(s.rollout.Rules))
}

// local is an instant as the state keeps it: without a monotonic clock, in the zone of
// the gates, so that a state that was read back is the same to the bit.
func (s *State) local(t time.Time) time.Time { return t.Round(0).In(s.zone) }

func inRange(t time.Time) bool {
	u := t.Unix()
	return u >= -62135596800 && u < 253402300800-86400
}

// Clone is a state of its own.
func (s State) Clone() State {
	s.rules = slices.Clone(s.rules)
	s.core.Overrides = slices.Clone(s.core.Overrides)
	return s
}

// Rollout is what is being rolled out.
func (s State) Rollout() Rollout { return s.rollout.clone() }

// Step takes an observation and returns the transitions that it causes, in order; none
// is nil. First the measurements are taken and the rules evaluated, then orders are
// obeyed, then deadlines looked at, and then the rollout goes on as far as it can.
//
// The error, an *Error, tells what was not taken: measurements of an unknown metric,
// orders that do not fit. The rest was, so that a mistake in one metric does not
// keep another from rolling back. Only an instant outside the years 1 to 9999, or a
// state that was not started, is refused as a whole. Without a transition Step does
// not allocate. O(rules × measurements).
func (s *State) Step(o Observation) ([]Transition, error) {
	if len(s.stages) == 0 {
		var p problems
		p.Add("value", "state", "", "was not started", "begin with Rollout.Start")
		return nil, p.err()
	}
	if !inRange(o.At) {
		var p problems
		p.Add("value", "at", o.At.String(), "not in the years 1 to 9999", "give the instant of the observation")
		return nil, p.err()
	}
	var p problems
	var out []Transition
	now := s.local(o.At)
	if now.Before(s.core.Now) {
		s.core.Skipped.Backward++
		now = s.core.Now
	}
	s.core.Now = now
	s.core.Steps++
	s.measure(&o, &p)
	if b := o.Budget; !b.At.IsZero() && !b.At.Before(s.core.Budget.At) && inRange(b.At) {
		s.core.Budget = b
		s.core.Budget.At = s.local(b.At)
		if !finite(b.Remaining) || !finite(b.Burn) { // has no JSON form
			s.core.Budget.Remaining, s.core.Budget.Burn, s.core.Budget.NoData = 0, 0, true
		}
	}
	if !o.Capacity.New.IsZero() {
		s.core.Capacity.New = o.Capacity.New
	}
	if !o.Capacity.Old.IsZero() {
		s.core.Capacity.Old = o.Capacity.Old
	}
	if !s.core.Return && !s.core.Phase.Back() && !s.core.Phase.Ended() {
		if i, ok := s.tripped(); ok {
			s.back(&out, "rule", s.why(i))
		}
	}
	for i := range o.Orders {
		s.obey(&o.Orders[i], i, &out, &p)
	}
	if d := s.rollout.Deadline; d > 0 && !s.core.Return && !s.core.Phase.Back() && !s.core.Phase.Ended() && now.Sub(s.core.Started) >= d {
		s.back(&out, "deadline", "not complete "+prose.Duration(d)+" after its start")
	}
	for range 4*len(s.stages) + 8 {
		if !s.advance(&out) {
			break
		}
	}
	return out, p.err()
}

// measure gives the rules their measurements.
func (s *State) measure(o *Observation, p *problems) {
	if s.core.Phase.Ended() {
		return
	}
	interval, counting := DefaultInterval, s.core.Now
	if s.core.Stage >= 0 {
		stage := &s.stages[s.core.Stage]
		interval, counting = stage.interval(), s.core.Entered.Add(stage.WarmUp)
	}
	for i := range o.Measurements {
		m := &o.Measurements[i]
		at := m.At
		if at.IsZero() {
			at = o.At
		}
		known := false
		for k := range s.rules {
			r, rule := &s.rollout.Rules[k], &s.rules[k]
			if r.Metric != m.Metric {
				continue
			}
			known = true
			switch {
			case at.After(s.core.Now):
				s.core.Skipped.Future++
				continue
			case at.Equal(rule.Last) && (rule.Received > 0 || rule.Looks > 0):
				s.core.Skipped.Duplicate++
				continue
			case !at.After(rule.Last):
				s.core.Skipped.Late++
				continue
			}
			length := m.Length
			if length <= 0 {
				length = interval
			}
			if since := at.Sub(rule.Last); length > since {
				length = since
			}
			rule.take(r, m, s.local(at), length, counting)
		}
		if !known {
			s.core.Skipped.Unknown++
			p.Add("name", place("measurements", i)+".metric", m.Metric, "no rule reads it", "add a rule, an advisory one if it must not decide")
		}
	}
}

// tripped is the rule that takes the release back now.
func (s *State) tripped() (int, bool) {
	for i := range s.rules {
		r := &s.rollout.Rules[i]
		if !s.rules[i].Tripped || r.Advisory {
			continue
		}
		together := true
		if r.Group != "" {
			for k := range s.rules {
				if q := &s.rollout.Rules[k]; q.Group == r.Group && !q.Advisory && !s.rules[k].Tripped {
					together = false
				}
			}
		}
		if together {
			return i, true
		}
	}
	return 0, false
}

// why says why a rule tripped.
func (s *State) why(i int) string {
	r, rule := s.rollout.Rules[i], s.rules[i]
	if r.Quantity == Judgement {
		return r.Metric + ": the judge says rollback"
	}
	value := s.show(r, rule.Value)
	if r.Compare != Absolute {
		value += " against " + s.show(r, rule.Against) + " of the baseline"
	}
	return r.String() + ": " + value + ", " + rule.tally(&r)
}

func (s *State) show(r Rule, v float64) string {
	if r.Quantity == BadRatio {
		return prose.Percent(v)
	}
	return figure(v)
}

// move notes a transition.
func (s *State) move(out *[]Transition, to Phase, code, text string) {
	t := Transition{At: s.core.Now, From: s.core.Phase, To: to, Stage: s.core.Stage, Traffic: s.core.Traffic, Code: code, Text: text}
	if to != s.core.Phase {
		s.core.Since = s.core.Now
	}
	s.core.Phase, s.core.Last = to, t
	*out = append(*out, t)
}

// back takes the release back.
func (s *State) back(out *[]Transition, code, text string) {
	s.move(out, Returning, code, text)
}
