package alerting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// BacktestOptions says how a policy is replayed and what counts as right. The
// zero value slides windows exactly, makes one alert of all pairs of a
// severity, derives incidents from the points, and gives no intervals. Fields
// may be added.
type BacktestOptions struct {
	Grid          Grid          `json:"grid"`
	KeepFiringFor time.Duration `json:"keep_firing_for_seconds"` // how long alerts stay after their condition ends
	// SeparatePairs makes every pair an alert of its own instead of one alert
	// for all pairs of a severity.
	SeparatePairs bool `json:"separate_pairs"`

	// Incidents are the labelled truth. Where they are nil, they are derived by
	// Rule; an empty list means that there was none. Those that lie outside the
	// points do not count; Findings tell how many.
	Incidents []Incident   `json:"incidents,omitzero"`
	Rule      IncidentRule `json:"rule"`
	// Slack is how long after an incident's end an alert still belongs to it. At
	// zero an alert is true only if it overlaps the incident or begins as it ends,
	// with the point of its last interval.
	Slack time.Duration `json:"slack_seconds"`

	// Hours are the working hours; a page that begins outside them woke somebody.
	Hours WorkingHours `json:"hours"`

	// Source is the randomness of the bootstrap; without one there are no
	// intervals. Level is 0.95 where it is zero, Resamples 1,000 or as many as the
	// level needs: so many that one draw lies beyond either end.
	Source    rand.Source `json:"-"`
	Resamples int         `json:"resamples"`
	Level     float64     `json:"level"`
}

// WorkingHours are the hours of a week in which people are at work. The zero
// value is Monday to Friday from 9 to 17 in UTC.
type WorkingHours struct {
	Location *time.Location `json:"-"` // nil is UTC
	// From and To are times on the clock, [From, To), up to 24 h; both zero is 9 to 17.
	From time.Duration  `json:"from_seconds"`
	To   time.Duration  `json:"to_seconds"`
	Days []time.Weekday `json:"days"` // nil is Monday to Friday
}

// Contains reports whether people are at work at t.
func (w WorkingHours) Contains(t time.Time) bool {
	return w.orDefault().contains(t)
}

// contains is Contains with all fields set.
func (w WorkingHours) contains(t time.Time) bool {
	t = t.In(w.Location)
	hour, minute, second := t.Clock()
	clock := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return clock >= w.From && clock < w.To && slices.Contains(w.Days, t.Weekday())
}

func (w WorkingHours) orDefault() WorkingHours {
	if w.Location == nil {
		w.Location = time.UTC
	}
	if w.From == 0 && w.To == 0 {
		w.From, w.To = 9*time.Hour, 17*time.Hour
	}
	if w.Days == nil {
		w.Days = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	return w
}

// Alert is one stretch of time in which an alert fired: [Start, End).
type Alert struct {
	Name     string    `json:"name"` // the objective's, or error-budget-burn; of a single pair, with the pair's windows
	Severity Severity  `json:"severity"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`     // the first instant at which it is silent
	Ongoing  bool      `json:"ongoing"` // it still fires when the points end; End is then the last point's time
	Pairs    []string  `json:"pairs"`   // that fired, in the order in which they did
	True     bool      `json:"true"`    // it overlaps an incident, or begins as one ends
	OffHours bool      `json:"off_hours"`
}

// IncidentResult is an incident and how it was found.
type IncidentResult struct {
	Incident
	BudgetShare float64     `json:"budget_share"` // that it spent of a period's budget
	Detections  []Detection `json:"detections"`   // one for each severity that found it, pages first
}

// Detection is how an incident was found by the alerts of a severity.
type Detection struct {
	Severity Severity      `json:"severity"`
	At       time.Time     `json:"at"`
	Delay    time.Duration `json:"delay_seconds"` // from the incident's start, 0 where the alert was up before
	// BudgetShare is the share of a period's budget that the incident had spent by then.
	BudgetShare float64 `json:"budget_share"`
}

// Report is what a policy would have done on recorded points.
type Report struct {
	Policy    string        `json:"policy"`
	Objective slo.Ratio     `json:"objective"`
	Period    time.Duration `json:"period_seconds"`
	Start     time.Time     `json:"start"` // of the first point's interval
	End       time.Time     `json:"end"`   // the last point's time
	Counts    slo.Counts    `json:"counts"`
	// Consumed is the share of the budget of the last period that is spent at
	// the end; of a history shorter than the period, the share of the budget
	// that a period of its mean traffic would have. Worst is the highest such
	// share at any point of the history. A calendar period counts by its shortest
	// length here.
	Consumed  float64          `json:"consumed"`
	Worst     float64          `json:"worst_consumed"`
	Labelled  bool             `json:"labelled"` // the incidents were given, not derived
	Alerts    []Alert          `json:"alerts"`   // by start
	Incidents []IncidentResult `json:"incidents"`
	Overall   Score            `json:"overall"` // all severities together
	Scores    []Score          `json:"scores"`  // one for each severity of the policy, pages first
	Findings  []Finding        `json:"findings"`
	// Timeline is the error ratio over the history in at most 480 equal steps.
	Timeline []TimelineStep `json:"timeline"`
}

// TimelineStep is the events of one step of a timeline.
type TimelineStep struct {
	End time.Time `json:"end"`
	slo.Counts
}

// defaultAlertName is the name of alerts of an objective without a name.
const defaultAlertName = "error-budget-burn"

// Backtest replays the policy over recorded points, which may be unsorted:
// points of one instant are added up, a gap is time without traffic, the first
// interval is as long as the second. With exact sliding a point's events count
// as a whole at its time, and windows are looked at whenever a point enters or
// leaves them.
//
// All pairs of a severity are one alert, so an alert is a stretch of time in
// which any of them fires. Pairs that cannot fire, and pairs for which the points are
// too far apart, are in Findings.
//
// Errors wrap ErrOptions and ErrHistory, and ErrPolicy for a Bound that no Bind has
// made, or are the context's. The cost is linear in points times pairs (and in evaluations times pairs on a grid), about 5 ms for
// 30 days at a minute.
func Backtest(ctx context.Context, b Bound, points []slo.Point, opt BacktestOptions) (Report, error) {
	opt = opt.orDefault()
	if err := errors.Join(b.check(), opt.validate()); err != nil {
		return Report{}, err
	}
	h, err := newHistory(ctx, points)
	if err != nil {
		return Report{}, err
	}
	incidents := opt.truth(b, &h)
	return replay(ctx, b, &h, incidents, opt)
}

// replay is Backtest on a prepared history.
func replay(ctx context.Context, b Bound, h *history, incidents []Incident, opt BacktestOptions) (Report, error) {
	r := Report{
		Policy: b.Policy, Objective: b.Objective.Target, Period: b.Period, Start: instant(h.start), End: instant(h.end()),
		Labelled: opt.Incidents != nil, Findings: slices.Clone(b.Findings), Timeline: h.timeline(),
	}
	r.Findings = append(r.Findings, h.coarse(b, opt.Grid, opt.KeepFiringFor)...)
	if outside := len(opt.Incidents) - len(incidents); r.Labelled && outside > 0 {
		r.Findings = append(r.Findings, Finding{
			Code: "incidents-outside", Level: diag.Warning, Path: b.Objective.Name, Text: titled(r.Policy),
			Reason: fmt.Sprintf("%d of %d incidents lie outside the points, %s to %s, and do not count",
				outside, len(opt.Incidents), r.Start.Format(time.RFC3339), r.End.Format(time.RFC3339)),
			Remedy: "give the points of their time, or check the incidents' zone and dates",
		})
	}
	r.Counts.Bad, r.Counts.Total = h.events(0, len(h.times))
	r.Consumed, r.Worst = h.consumption(b.Objective.Budget(), b.Period)
	severities, err := r.fire(ctx, b, h, opt)
	if err != nil {
		return Report{}, err
	}
	r.match(b, h, incidents, severities, opt)
	days := r.days(opt)
	r.Overall = r.score(0)
	if err := r.Overall.bootstrap(ctx, r, days, opt); err != nil {
		return Report{}, err
	}
	for _, s := range severities {
		score := r.score(s)
		if err := score.bootstrap(ctx, r, days, opt); err != nil {
			return Report{}, err
		}
		r.Scores = append(r.Scores, score)
	}
	return r, nil
}

// coarse tells of pairs whose short window is mostly empty between two points, so
// that their alerts end and begin anew from point to point, unless they are held,
// and on a grid of those whose short window mostly holds fewer than the two points
// that an increase needs.
func (h *history) coarse(b Bound, g Grid, held time.Duration) []Finding {
	steps := make([]int64, len(h.times)-1)
	for i := range steps {
		steps[i] = h.times[i+1] - h.times[i]
	}
	slices.Sort(steps)
	step := time.Duration(steps[len(steps)/2])
	var out []Finding
	for _, p := range b.Reachable() {
		find := func(reason, remedy string) {
			out = append(out, Finding{
				Code: "coarse-points", Level: diag.Warning, Path: b.Objective.Name, Text: p.name(),
				Reason: "points are " + text(step) + " apart and the short window " + reason, Remedy: remedy,
			})
		}
		within, _ := slices.BinarySearch(steps, int64(p.Short)) // steps shorter than the window
		if g.Every > 0 {
			if 2*within < len(steps) {
				find("rarely holds the two that a rate needs: the pair hardly ever fires", "give points at most "+text(p.Short/minScrapes)+" apart")
			}
			continue
		}
		beyond, _ := slices.BinarySearch(steps, int64(p.Short)+1)
		if apart := len(steps) - beyond; 2*apart > len(steps) && held < step {
			find("is empty between them: one incident may be many alerts", "give points at most "+text(p.Short)+" apart, or hold alerts for "+text(step))
		}
	}
	return out
}

// fire fills in the alerts and returns the severities, pages first.
func (r *Report) fire(ctx context.Context, b Bound, h *history, opt BacktestOptions) ([]Severity, error) {
	budget := b.Objective.Budget().Rat()
	name := b.Objective.Name
	if name == "" {
		name = defaultAlertName
	}
	var severities []Severity
	spans := make(map[Severity][]alertSpan)
	add := func(severity Severity, name string, all []alertSpan) {
		for _, s := range all {
			a := Alert{Name: name, Severity: severity, Start: instant(s.start), End: instant(s.end), Ongoing: s.open}
			a.OffHours = !opt.Hours.contains(a.Start)
			for _, p := range s.pairs {
				a.Pairs = append(a.Pairs, b.Pairs[p].name())
			}
			r.Alerts = append(r.Alerts, a)
		}
	}
	for i, p := range b.Pairs {
		if !slices.Contains(severities, p.Severity) {
			severities = append(severities, p.Severity)
		}
		found, err := h.firing(ctx, opt.Grid, p, thresholdOf(p, b.Period, budget), opt.KeepFiringFor)
		if err != nil {
			return nil, err
		}
		of := make([]alertSpan, len(found))
		for j, s := range found {
			of[j] = alertSpan{s, []int{i}}
		}
		if opt.SeparatePairs {
			add(p.Severity, name+" "+text(p.Long)+"/"+text(p.Short), of)
		} else {
			spans[p.Severity] = append(spans[p.Severity], of...)
		}
	}
	slices.SortFunc(severities, func(x, y Severity) int { return int(y - x) })
	for _, s := range severities {
		add(s, name, union(spans[s]))
	}
	slices.SortStableFunc(r.Alerts, func(x, y Alert) int { return x.Start.Compare(y.Start) })
	return severities, nil
}

// truth is the incidents to measure against, by start.
func (o BacktestOptions) truth(b Bound, h *history) []Incident {
	if o.Incidents != nil {
		incidents := make([]Incident, 0, len(o.Incidents))
		for _, i := range o.Incidents {
			if nanoseconds(i.End) > h.start && nanoseconds(i.Start) < h.end() {
				incidents = append(incidents, i)
			}
		}
		slices.SortStableFunc(incidents, func(x, y Incident) int { return x.Start.Compare(y.Start) })
		return incidents
	}
	var incidents []Incident
	for _, s := range h.incidents(b.Objective.Budget(), b.Period, o.Rule) {
		incidents = append(incidents, Incident{Start: instant(s.start), End: instant(s.end)})
	}
	return incidents
}

// consumption is the share of the budget that the last period spent, and the
// highest share that any period in the history did.
func (h *history) consumption(budget slo.Ratio, period time.Duration) (last, worst float64) {
	if h.end()-h.start < int64(period) {
		if allowed, ok := h.allowance(budget, period); ok {
			bad, _ := h.events(0, len(h.times))
			last = bad / allowed
		}
		return last, last
	}
	low := 0
	for i, now := range h.times {
		for h.times[low] <= now-int64(period) {
			low++
		}
		if now-h.start < int64(period) {
			continue
		}
		bad, total := h.events(low, i+1)
		last = 0
		if total > 0 {
			last = bad / budget.Of(total)
		}
		worst = max(worst, last)
	}
	return last, worst
}

// maxTimeline is the most steps that a timeline has.
const maxTimeline = 480

func (h *history) timeline() []TimelineStep {
	n := min(len(h.times), maxTimeline)
	steps := make([]TimelineStep, n)
	length := h.end() - h.start
	low := 0
	for i := range steps {
		// In two parts, because length · maxTimeline may be more than an int64.
		end := h.start + length/int64(n)*int64(i+1) + length%int64(n)*int64(i+1)/int64(n)
		high := low
		for high < len(h.times) && h.times[high] <= end {
			high++
		}
		steps[i].End = instant(end)
		steps[i].Bad, steps[i].Total = h.events(low, high)
		low = high
	}
	return steps
}

func (o BacktestOptions) orDefault() BacktestOptions {
	o.Rule = o.Rule.orDefault()
	o.Hours = o.Hours.orDefault()
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Resamples == 0 {
		o.Resamples = int(min(max(1000, leastResamples(o.Level)), maxResamples))
	}
	return o
}

const maxResamples = 1_000_000

// leastResamples is how many draws put one beyond either end of an interval.
func leastResamples(level float64) float64 { return math.Ceil(2 / (1 - level) * (1 - 1e-9)) }

func (o BacktestOptions) validate() error {
	errs := []error{o.Rule.validate()}
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrOptions}, args...)...))
	}
	for _, d := range []struct {
		name string
		d    time.Duration
	}{
		{"evaluation interval", o.Grid.Every}, {"recording interval", o.Grid.Records}, {"lookback", o.Grid.Lookback},
		{"keep firing for", o.KeepFiringFor}, {"slack", o.Slack}, {"grid offset", o.Grid.Offset.Abs()},
	} {
		if d.d < 0 {
			add("%s %v is negative", d.name, d.d)
		}
		if d.d > maxWindow {
			add("%s %s is longer than 10 years", d.name, text(d.d))
		}
	}
	if o.Grid.Every == 0 && (o.Grid.Records != 0 || o.Grid.Offset != 0 || o.Grid.Lookback != 0) {
		add("a grid without an evaluation interval; set Every")
	}
	if every := o.Grid.Every; every > 0 && every < time.Millisecond {
		add("evaluation interval %v; it must be at least 1ms", every)
	}
	for i, incident := range o.Incidents {
		if !incident.End.After(incident.Start) {
			add("incident %d ends at %s, not after its start at %s", i+1, incident.End.Format(time.RFC3339), incident.Start.Format(time.RFC3339))
		}
	}
	if w := o.Hours; w.From < 0 || w.To > 24*time.Hour || w.From >= w.To {
		add("working hours from %v to %v; they must be in order and between 0 and 24h", w.From, w.To)
	}
	if o.Resamples < 0 || o.Resamples > maxResamples {
		add("%d resamples; between 1 and 1,000,000 can be made", o.Resamples)
	}
	if !(o.Level > 0 && o.Level < 1) {
		add("level %v; it must be between 0 and 1", o.Level)
	} else if least := leastResamples(o.Level); o.Source != nil && o.Resamples >= 0 {
		if least > maxResamples {
			add("level %v; intervals at it need more than 1,000,000 resamples", o.Level)
		} else if float64(o.Resamples) < least {
			add("%d resamples; an interval at the level %v needs %v at least", o.Resamples, o.Level, least)
		}
	}
	return errors.Join(errs...)
}
