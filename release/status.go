package release

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// Status is a state in words and numbers.
type Status struct {
	At    time.Time `json:"at"`
	Phase Phase     `json:"phase"`
	// Verdict is what the phase comes to: promote only when complete, rollback once
	// the release is taken back, inconclusive where a stage or a person must decide.
	Verdict canary.Verdict `json:"verdict"`
	Stage   int            `json:"stage"` // from 0; -1 before the first
	Stages  int            `json:"stages"`
	Traffic slo.Ratio      `json:"traffic"`
	Since   time.Time      `json:"since"`
	// Wake is the next instant at which time alone may move the rollout; zero if none
	// does.
	Wake    time.Time    `json:"wake,omitzero"`
	Code    string       `json:"code"` // of the last transition
	Text    string       `json:"text"`
	Gate    slo.Decision `json:"gate"`
	Rules   []RuleStatus `json:"rules"`
	Skipped Skipped      `json:"skipped"`
}

// RuleStatus is what a rule has seen.
type RuleStatus struct {
	Rule   string `json:"rule"`
	Metric string `json:"metric"`
	// Look is the last one: none, good, bad, waiting, no_data, continue, inconclusive.
	Look     string        `json:"look"`
	Tripped  bool          `json:"tripped"`
	Advisory bool          `json:"advisory,omitempty"`
	Value    float64       `json:"value"` // of the last look that counted
	Against  float64       `json:"against,omitempty"`
	Looks    int64         `json:"looks"`
	Bad      int64         `json:"bad_looks"`
	Held     time.Duration `json:"held_seconds"` // time of bad looks in a row
	Requests float64       `json:"requests"`     // of the new revision in the stage
	// Flip says what would trip it.
	Flip string `json:"flip,omitempty"`
}

// Phase is where the rollout stands.
func (s State) Phase() Phase { return s.core.Phase }

// Traffic is the share of the traffic that the new revision is to have.
func (s State) Traffic() slo.Ratio { return s.core.Traffic }

// Status is the state in words and numbers.
func (s State) Status() Status {
	if len(s.stages) == 0 {
		return Status{Stage: -1, Code: "not-started", Text: "begin with Rollout.Start"}
	}
	st := Status{At: s.core.Now, Phase: s.core.Phase, Verdict: s.verdict(), Stage: s.core.Stage, Stages: len(s.stages), Traffic: s.core.Traffic, Since: s.core.Since,
		Code: s.core.Last.Code, Text: s.core.Last.Text, Skipped: s.core.Skipped, Wake: s.wake(), Gate: s.rollout.Gates.Decide(s.core.Budget, s.core.Overrides, s.core.Now)}
	for i, rule := range s.rules {
		r := s.rollout.Rules[i]
		st.Rules = append(st.Rules, RuleStatus{Rule: r.String(), Metric: r.Metric, Look: rule.Status.String(), Tripped: rule.Tripped, Advisory: r.Advisory,
			Value: rule.Value, Against: rule.Against, Looks: rule.Looks, Bad: rule.Bad, Held: time.Duration(rule.Held), Requests: rule.Requests, Flip: flip(r, rule)})
	}
	return st
}

// flip says how far a rule is from tripping.
func flip(r Rule, s ruleState) string {
	if s.Tripped || r.Advisory {
		return ""
	}
	if r.Quantity == Judgement {
		return "a judge that says rollback"
	}
	text := ""
	add := func(format string, args ...any) {
		if text != "" {
			text += ", or "
		}
		text += fmt.Sprintf(format, args...)
	}
	if h := r.hold(); h > 0 {
		add("bad looks for another %s", prose.Duration(h-time.Duration(s.Held)))
	}
	if r.Consecutive > 0 {
		add("%s in a row", prose.Plural(int(int64(r.Consecutive)-s.Run), "more bad look"))
	}
	if r.Total > 0 {
		add("%s", prose.Plural(int(int64(r.Total)-s.Bad), "more bad look"))
	}
	if r.K > 0 {
		add("%s among %d", prose.Plural(r.K, "bad look"), r.Of)
	}
	return text
}

// wake is the next instant at which time alone may move the rollout.
func (s *State) wake() time.Time {
	var first time.Time
	try := func(t time.Time) {
		if t.After(s.core.Now) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if s.core.Phase.Ended() || s.core.Phase == Returning {
		return first
	}
	if d := s.rollout.Deadline; d > 0 && !s.core.Return {
		try(s.core.Started.Add(d))
	}
	switch s.core.Phase {
	case Pending, Gated, Moving:
		if s.core.Return {
			break
		}
		try(s.rollout.Gates.Decide(s.core.Budget, s.core.Overrides, s.core.Now).Until)
	case WarmingUp:
		try(s.counting())
	case Analysing, Watching:
		try(s.ends())
	case Baking:
		try(s.core.Since.Add(s.stage().Bake))
	case Undecided:
		try(s.core.Entered.Add(s.deadline() + time.Duration(s.core.Later)))
	case AwaitingTraffic:
		limit := s.stage().TrafficDeadline
		if limit == 0 {
			limit = s.deadline()
		}
		try(s.core.Since.Add(limit - time.Duration(s.core.Waited)))
		for i := range s.rules {
			if s.asks(i) {
				try(s.stale(i))
			}
		}
	}
	return first
}

// String is the status in one line.
func (s Status) String() string {
	return fmt.Sprintf("%v at %s since %s (%s): %s", s.Phase, s.Traffic.Percent(), prose.Second(s.Since), s.Code, s.Text)
}

// Markdown is the status as a sentence and a table of its rules.
func (s Status) Markdown() string {
	text := "**" + s.Phase.String() + "**, " + s.Traffic.Percent() + " of the traffic, since " + prose.Second(s.Since) + ": " + markdown.Text(s.Text) + "\n"
	if len(s.Rules) == 0 {
		return text
	}
	rows := [][]string{{"Rule", "Last look", "Value", "Looks", "Bad", "Takes the release back at"}}
	for _, r := range s.Rules {
		last := r.Look
		if r.Tripped {
			last = "tripped"
		}
		rows = append(rows, []string{markdown.Text(r.Rule), markdown.Text(last), figure(r.Value), fmt.Sprint(r.Looks), fmt.Sprint(r.Bad), markdown.Text(r.Flip)})
	}
	return text + "\n" + markdown.Table(rows)
}

// Metrics are the phase (1 for the one that holds), traffic, stage, looks by rule and
// whether the release was taken back, all with the given labels.
func (s Status) Metrics(labels ...slo.Label) []slo.Metric {
	with := func(more ...slo.Label) []slo.Label { return append(labels[:len(labels):len(labels)], more...) }
	taken := 0.0
	if s.Phase.Back() {
		taken = 1
	}
	m := []slo.Metric{
		{Name: "release_phase", Labels: with(slo.Label{Name: "phase", Value: s.Phase.String()}, slo.Label{Name: "reason", Value: s.Code}), Value: 1, Help: "Phase of the rollout and the reason of its last transition."},
		{Name: "release_traffic_ratio", Labels: labels, Value: s.Traffic.Float64(), Unit: "ratio", Help: "Share of the traffic that the new revision is to have."},
		{Name: "release_stage", Labels: labels, Value: float64(s.Stage), Help: "Stage of the rollout, from 0."},
		{Name: "release_taken_back", Labels: labels, Value: taken, Help: "1 if the release is being taken back or was."},
	}
	for _, r := range s.Rules {
		m = append(m, slo.Metric{Name: "release_bad_looks", Labels: with(slo.Label{Name: "rule", Value: r.Rule}), Value: float64(r.Bad), Unit: "looks", Help: "Looks of the rule that were bad."})
	}
	return m
}

// LogValue is the status in a few attributes, for structured logs.
func (s Status) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", s.At), slog.String("phase", s.Phase.String()), slog.Int("stage", s.Stage),
		slog.String("traffic", s.Traffic.Percent()), slog.String("code", s.Code), slog.String("text", s.Text))
}
