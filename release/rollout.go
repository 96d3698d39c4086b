package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/slo"
)

// Rollout is how a release goes out, how it is judged and when it is taken back.
// ParseRollout gives its stages; the other fields are filled in beside them. It is
// data: Start makes a state of it that moves.
type Rollout struct {
	// Stages with rising traffic. All traffic follows after the last, unless it has
	// all.
	Stages []Stage `json:"stages"`
	// Rules take the release back, and say when a stage is measured.
	Rules []Rule `json:"rules,omitempty"`
	// Gates stand before each stage.
	Gates Gates `json:"gates,omitzero"`
	// Watch is how long the release is judged after it has all traffic; it is taken
	// back then as before. 0 is no longer than its last stage says.
	Watch time.Duration `json:"watch_seconds,omitzero"`
	// Deadline is the time since the start after which a rollout that is not yet
	// complete is taken back, wherever it stands; 0 is none.
	Deadline time.Duration `json:"deadline_seconds,omitzero"`
	// Capacity makes traffic wait for instances: it moves only as far as the
	// capacity that was last reported of the revision that it moves to.
	Capacity bool `json:"capacity,omitempty"`
	// ReturnWithin is how long after its time a revision still counts as known to be
	// good, see StartReturn; 0 is a day.
	ReturnWithin time.Duration `json:"return_within_seconds,omitzero"`
}

// Stage is a part of a rollout: a share of the traffic, for a while. Only Traffic
// must be set. A stage with Hold 0 and no Metrics is passed through.
type Stage struct {
	Traffic slo.Ratio `json:"traffic"` // in (0,1]
	// Hold is how long the stage is measured at least.
	Hold time.Duration `json:"hold_seconds,omitzero"`
	// WarmUp is the time after the traffic has moved whose measurements do not count
	// for leaving the stage. For a rollback they do.
	WarmUp time.Duration `json:"warm_up_seconds,omitzero"`
	// Bake is the time after the measurements are good in which nothing moves and
	// the rules go on watching.
	Bake time.Duration `json:"bake_seconds,omitzero"`
	// Interval is the distance of two looks; 0 is DefaultInterval.
	Interval time.Duration `json:"interval_seconds,omitzero"`
	// Metrics are those that must have been measured and be good to leave the
	// stage; none stands for those of all rules that are not advisory.
	Metrics []string `json:"metrics,omitempty"`
	// MinRequests is the number that the new revision must have served in the stage.
	MinRequests float64 `json:"min_requests,omitzero"`
	// Early leaves the stage before Hold is over once its metrics are good and a
	// judge has said promote, which excludes harm instead of not having seen it.
	Early bool `json:"early,omitempty"`
	// Deadline is the time since the stage began after which Exit decides, if
	// it cannot be left; 0 is twice the time it takes, at least half an hour.
	Deadline time.Duration `json:"deadline_seconds,omitzero"`
	// TrafficDeadline is the same for the time spent waiting for traffic, from the
	// first wait on; 0 is that of Deadline.
	TrafficDeadline time.Duration `json:"traffic_deadline_seconds,omitzero"`
	// Exit is what happens at a deadline.
	Exit Exit `json:"exit,omitzero"`
	// Extensions is how often Exit extends before it aborts; 0 is once.
	Extensions int `json:"extensions,omitzero"`
}

// DefaultInterval is the distance of two looks where a stage gives none.
const DefaultInterval = time.Minute

// maxStages and maxRules bound what is worked on.
const (
	maxStages = 100
	maxRules  = 100
)

// Exit is what happens to a release that is neither good nor bad when a deadline
// passes.
type Exit uint8

const (
	// ExitAbort takes the release back: what was not shown to be good is not kept.
	ExitAbort Exit = iota
	// ExitHold waits for a person.
	ExitHold
	// ExitExtend gives the stage its time once more, and aborts after Extensions.
	ExitExtend
	// ExitPromote goes on, unless a metric was bad when last seen: then it aborts.
	ExitPromote
)

var exitNames = [...]string{"abort", "hold", "extend", "promote"}

// String is abort, hold, extend or promote.
func (e Exit) String() string { return nameOf(exitNames[:], "Exit", uint8(e)) }

// MarshalText writes what String writes.
func (e Exit) MarshalText() ([]byte, error) { return writeName(exitNames[:], "exit", uint8(e)) }

// UnmarshalText reads what String writes; the empty text is abort.
func (e *Exit) UnmarshalText(text []byte) error {
	i, err := readName(exitNames[:], "exit", text)
	if err == nil {
		*e = Exit(i)
	}
	return err
}

// ParseRollout reads the stages of a rollout: "10% traffic for 30 mins", "1% for
// 10m, 10% for 30m, 100%", "1%/10m -> 10%/30m", "5% then 25% then 100%, 15m each".
// Traffic rises from stage to stage; a share is a decimal of at most 18 digits, so
// 1/3 is refused. Errors are *Error and name the byte at which the text stops
// making sense.
func ParseRollout(s string) (Rollout, error) {
	var p problems
	stages, err := quantity.ParseCanary(s)
	if err != nil {
		var e *quantity.Error
		if errors.As(err, &e) {
			p.Add("syntax", "", s, "at byte "+strconv.Itoa(e.Offset)+": expected "+e.Expected, e.Suggestion)
			return Rollout{}, p.err()
		}
		return Rollout{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	var r Rollout
	for _, q := range stages {
		traffic, err := slo.ParseRatio(q.Traffic.String())
		if err != nil {
			p.Add("value", "", s, "the share "+q.Traffic.String()+" is no decimal of at most 18 digits", "write a percentage such as 10%")
			return Rollout{}, p.err()
		}
		hold, _ := q.Hold.AsFixed()
		r.Stages = append(r.Stages, Stage{Traffic: traffic, Hold: hold})
	}
	if err := r.Validate(); err != nil {
		return Rollout{}, err
	}
	return r, nil
}

// MustRollout is ParseRollout for stages that stand in the code; it panics on an
// error.
func MustRollout(s string) Rollout {
	r, err := ParseRollout(s)
	if err != nil {
		panic(err)
	}
	return r
}

// String is the form in which a spec writes the stage: 10% for 30m.
func (s Stage) String() string {
	if s.Hold == 0 {
		return s.Traffic.Percent()
	}
	return s.Traffic.Percent() + " for " + prose.Duration(s.Hold)
}

// String is the stages in one line, which ParseRollout reads back: 1% for 10m, 10%
// for 30m.
func (r Rollout) String() string {
	parts := make([]string, len(r.Stages))
	for i, s := range r.Stages {
		parts[i] = s.String()
	}
	return strings.Join(parts, ", ")
}

// interval is the distance of two looks.
func (s Stage) interval() time.Duration {
	if s.Interval > 0 {
		return s.Interval
	}
	return DefaultInterval
}

// length is what the stage takes if nothing stands against it.
func (s Stage) length() time.Duration { return s.WarmUp + s.Hold + s.Bake }

// Length is the time that the rollout takes if nothing stands against it, with the
// watch after it.
func (r Rollout) Length() time.Duration {
	d := r.Watch
	for _, s := range r.Stages {
		d += s.length()
	}
	return d
}

// Validate returns everything that is wrong with r as an *Error, nil if nothing is.
func (r Rollout) Validate() error {
	var p problems
	if len(r.Stages) == 0 {
		p.Add("value", "stages", "", "there are none", "write one such as 10% for 30m")
	}
	if len(r.Stages) > maxStages {
		p.Add("value", "stages", strconv.Itoa(len(r.Stages)), "more than "+strconv.Itoa(maxStages), "leave out what differs little from its neighbours")
		return p.err()
	}
	if len(r.Rules) > maxRules {
		p.Add("value", "rules", strconv.Itoa(len(r.Rules)), "more than "+strconv.Itoa(maxRules), "keep those that can be attributed to the release")
		return p.err()
	}
	duration(&p, "watch_seconds", r.Watch)
	duration(&p, "deadline_seconds", r.Deadline)
	duration(&p, "return_within_seconds", r.ReturnWithin)
	for i, s := range r.Stages {
		s.check(&p, place("stages", i), r.Rules)
		if i == 0 || s.Traffic.IsZero() {
			continue
		}
		if last := r.Stages[i-1].Traffic; !last.IsZero() && s.Traffic.Compare(last) <= 0 {
			p.Add("order", place("stages", i)+".traffic", s.Traffic.Percent(), "not more than the "+last.Percent()+" before it", "put the stages in rising order")
		}
	}
	for i, rule := range r.Rules {
		p.join(place("rules", i)+".", rule.Validate())
	}
	p.join("gates.", r.Gates.Validate())
	return p.err()
}

func (s Stage) check(p *problems, path string, rules []Rule) {
	if s.Traffic.Sign() <= 0 {
		p.Add("value", path+".traffic", s.Traffic.String(), "a stage without traffic shows nothing", "write a share above 0%")
	}
	for _, d := range []struct {
		name string
		d    time.Duration
	}{{"hold", s.Hold}, {"warm_up", s.WarmUp}, {"bake", s.Bake}, {"interval", s.Interval}, {"deadline", s.Deadline}, {"traffic_deadline", s.TrafficDeadline}} {
		duration(p, path+"."+d.name+"_seconds", d.d)
	}
	if !(s.MinRequests >= 0 && s.MinRequests <= maxCount) {
		p.Add("value", path+".min_requests", number(s.MinRequests), "no number of requests", "write 0 for none")
	}
	if s.Extensions < 0 || s.Extensions > 1000 {
		p.Add("value", path+".extensions", strconv.Itoa(s.Extensions), "not between 0 and 1000", "write how often the stage may be extended")
	}
	if int(s.Exit) >= len(exitNames) {
		p.Add("name", path+".exit", s.Exit.String(), "no such exit", "write "+prose.Or(exitNames[:]))
	}
	for i, m := range s.Metrics {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Metric == m && !r.Advisory }) {
			p.Add("name", place(path+".metrics", i), m, "no rule that decides reads this metric, so it could never be good", "add a rule, or leave it out")
		}
	}
}

// maxLength bounds durations, so that sums of them do not overflow.
const maxLength = 366 * 24 * time.Hour

func duration(p *problems, path string, d time.Duration) {
	if d < 0 || d > maxLength {
		p.Add("value", path, d.String(), "not between 0 and a year", "write a length of time such as 30m")
	}
}

type stageAlias Stage

type stageJSON struct {
	*stageAlias
	Hold            wire.Seconds `json:"hold_seconds,omitzero"`
	WarmUp          wire.Seconds `json:"warm_up_seconds,omitzero"`
	Bake            wire.Seconds `json:"bake_seconds,omitzero"`
	Interval        wire.Seconds `json:"interval_seconds,omitzero"`
	Deadline        wire.Seconds `json:"deadline_seconds,omitzero"`
	TrafficDeadline wire.Seconds `json:"traffic_deadline_seconds,omitzero"`
}

// MarshalJSON writes durations as numbers of seconds.
func (s Stage) MarshalJSON() ([]byte, error) {
	a := stageAlias(s)
	return json.Marshal(stageJSON{&a, wire.Seconds(s.Hold), wire.Seconds(s.WarmUp), wire.Seconds(s.Bake), wire.Seconds(s.Interval), wire.Seconds(s.Deadline), wire.Seconds(s.TrafficDeadline)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Stage) UnmarshalJSON(text []byte) error {
	var a stageAlias
	v := stageJSON{stageAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = Stage(a)
	s.Hold, s.WarmUp, s.Bake = time.Duration(v.Hold), time.Duration(v.WarmUp), time.Duration(v.Bake)
	s.Interval, s.Deadline, s.TrafficDeadline = time.Duration(v.Interval), time.Duration(v.Deadline), time.Duration(v.TrafficDeadline)
	return nil
}

type rolloutAlias Rollout

type rolloutJSON struct {
	*rolloutAlias
	Watch        wire.Seconds `json:"watch_seconds,omitzero"`
	Deadline     wire.Seconds `json:"deadline_seconds,omitzero"`
	ReturnWithin wire.Seconds `json:"return_within_seconds,omitzero"`
}

// MarshalJSON writes durations as numbers of seconds.
func (r Rollout) MarshalJSON() ([]byte, error) {
	a := rolloutAlias(r)
	if a.Stages == nil {
		a.Stages = []Stage{}
	}
	return json.Marshal(rolloutJSON{&a, wire.Seconds(r.Watch), wire.Seconds(r.Deadline), wire.Seconds(r.ReturnWithin)})
}

// UnmarshalJSON reads what MarshalJSON writes. It does not validate.
func (r *Rollout) UnmarshalJSON(text []byte) error {
	var a rolloutAlias
	v := rolloutJSON{rolloutAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*r = Rollout(a)
	r.Watch, r.Deadline, r.ReturnWithin = time.Duration(v.Watch), time.Duration(v.Deadline), time.Duration(v.ReturnWithin)
	return nil
}

// clone is r with lists of its own.
func (r Rollout) clone() Rollout {
	r.Stages = slices.Clone(r.Stages)
	for i := range r.Stages {
		r.Stages[i].Metrics = slices.Clone(r.Stages[i].Metrics)
	}
	r.Rules = slices.Clone(r.Rules)
	r.Gates = r.Gates.clone()
	return r
}
