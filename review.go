package ownership

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
	"github.com/srekit/ownership/slo"
)

// Review is everything that is known about a service over a period: what its spec
// means and where it contradicts itself, what is left of its error budgets, what
// its alerts did and would have done, where its capacity is heading, what its
// releases cost, who is on call and how evenly, which alerts have a runbook, what
// each lever would change, and what to do next.
//
// Catalog.Review fills it in; a literal with a Service alone says what the spec
// means. String is text for a terminal, Markdown for a chat or a pull request, and
// HTML a page that stands alone.
type Review struct {
	Service    Service
	Team       Team            // the owner; zero if it is not known
	Policy     alerting.Policy // zero means alerting.Workbook
	From, At   time.Time       // of the period; zero where nothing was measured
	Objectives []ObjectiveReview
	Fired      []FiredAlert // of the period, by start; nil where none are known
	Outlooks   []Outlook    // of metrics with measurements
	Rollout    *RolloutReview
	Releases   []ReleaseReview
	OnCall     *OnCallReview
	Runbooks   *RunbookReview
	Toil       *response.Toil // of the work on the service; nil where none is known
	Levers     []Lever
	Next       []NextStep
	Findings   []Finding // of the service, its catalog and its compilation
}

// ObjectiveReview is one objective and what was measured of it.
type ObjectiveReview struct {
	Objective slo.Objective
	// Missing says which data would be needed for what follows; empty if they are
	// there.
	Missing    string
	Budget     slo.Budget
	Outlook    slo.Outlook     // what the counts prove
	Exhaustion slo.Exhaustion  // when the budget runs out
	BurnDown   slo.BurnDown    // the same as a picture
	Spent      slo.Attribution // by incident
	// Backtest is what the objective's burn-rate alerts would have done over all that
	// was recorded up to the review; of time slices, on the slices. It is empty with
	// Unreplayed, which says why.
	Backtest   alerting.Report
	Unreplayed string

	points   []slo.Point // up to the review
	replayed []slo.Point // the same, or the slices of them
	hours    alerting.WorkingHours
	bound    alerting.Bound
}

// Measured reports whether there were data.
func (o ObjectiveReview) Measured() bool { return o.Missing == "" }

// ofPeriod turns a share of the budget of the traffic so far into one of the budget of
// a whole calendar period, which is what is spent: an outage on the first day spends
// the former many times over. In a rolling window both are the same.
func (o ObjectiveReview) ofPeriod() float64 {
	b := o.Budget
	if o.Objective.Period().Calendar == slo.NoCalendar || b.Period.Allowed <= 0 {
		return 1
	}
	return b.Allowed / b.Period.Allowed
}

// spent is the share of the period's budget that is spent.
func (o ObjectiveReview) spent() float64 { return o.Budget.Consumed * o.ofPeriod() }

// left is the share of the period's budget that is left, negative when overspent.
func (o ObjectiveReview) left() float64 { return 1 - o.spent() }

// ReleaseReview is a release and what it cost.
type ReleaseReview struct {
	ReleaseRecord
	// Spent is the share of the error budget that was spent from the release until
	// the next one, or until now, as far as the window goes back; Known is false
	// where nothing was measured, or the window begins later.
	Spent float64
	Known bool

	cut bool // it began before the window
}

// OnCallReview is who is on call.
type OnCallReview struct {
	Missing string            // why nothing follows; empty otherwise
	Now     []oncall.Shift    // at the instant of the review
	Change  time.Time         // the next change; zero if there is none
	Load    oncall.Load       // over the period
	Ahead   oncall.LintReport // of the quarter after the review
	Weeks   oncall.Timeline   // the four weeks after the review
	Zone    *time.Location    // of the schedule; nil is UTC
}

// RunbookReview is which alerts have a usable runbook, and how they were used.
type RunbookReview struct {
	Coverage   runbook.Coverage
	Findings   []runbook.Finding // of the service's runbooks
	Executions []run.Execution   // of their steps
	Done       run.Share         // executions by mode
}

// Review looks at one of the catalog's services with everything that was measured
// of it. Errors: an instant that is missing, a policy or points that cannot be
// used, and ctx's. What is missing or too little is no error; the review says so.
// Some tenths of a second for a month of minutes with forecasts.
func (c Catalog) Review(ctx context.Context, s Service, m Measurements) (Review, error) {
	if m.At.IsZero() {
		return Review{}, errors.New("review: no instant is given; set Measurements.At")
	}
	if !m.from().Before(m.At) {
		return Review{}, fmt.Errorf("review: the period ends at %s, not after its begin at %s", m.At.Format(time.RFC3339), m.from().Format(time.RFC3339))
	}
	r := Review{Service: s, From: m.from(), At: m.At, Findings: slices.Clone(s.Findings)}
	r.Team, _ = c.Team(s.OwnerTeam)
	about := c.about()
	for _, f := range c.Findings {
		if about(f, s) && !slices.Contains(r.Findings, f) {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Findings = diag.Sorted(r.Findings)
	for i, o := range s.Objectives() {
		v, err := s.reviewObjective(ctx, i, o, r.policy(), r.Team, m)
		if err != nil {
			return Review{}, fmt.Errorf("review: objective %q: %w", o.Name, err)
		}
		r.Objectives = append(r.Objectives, v)
	}
	r.Findings = append(r.Findings, s.unused(m)...)
	if m.Fired != nil {
		r.Fired = []FiredAlert{}
		for _, a := range m.Fired {
			if a.Start.Before(m.At) && (a.End.IsZero() || a.End.After(r.From)) {
				r.Fired = append(r.Fired, a)
			}
		}
		slices.SortStableFunc(r.Fired, func(a, b FiredAlert) int { return a.Start.Compare(b.Start) })
	}
	for _, metric := range s.Capacity.Metrics {
		for _, h := range m.Metrics {
			if h.Metric != metric.Name {
				continue
			}
			outlook, err := s.Capacity.Outlook(ctx, h.Metric, until(h.Series, m.At), nil)
			if ctx.Err() != nil {
				return Review{}, ctx.Err()
			}
			if err != nil {
				r.Findings = append(r.Findings, s.finding("not-forecast", diag.Warning, "capacity_planning", firstLine(err), "give a longer history, or mend it"))
				continue
			}
			r.Outlooks = append(r.Outlooks, outlook.late(m.At))
		}
	}
	if err := r.releases(m); err != nil {
		return Review{}, fmt.Errorf("review: %w", err)
	}
	onCall, err := c.reviewOnCall(s, m)
	if err != nil {
		return Review{}, fmt.Errorf("review: on call: %w", err)
	}
	r.OnCall = onCall
	r.Runbooks = s.reviewRunbooks(m)
	if r.Toil, err = c.reviewToil(s, m); err != nil {
		return Review{}, fmt.Errorf("review: work: %w", err)
	}
	if r.Levers, err = c.levers(ctx, r, m); err != nil {
		return Review{}, fmt.Errorf("review: levers: %w", err)
	}
	r.Next = r.nextSteps()
	return r, nil
}

// about returns what tells whether a finding is about an entry: it stands in the
// entry's file, there between the begin of the entry and that of the next. What is
// said of a team is about the entry that it shares a file with, if there is one.
func (c Catalog) about() func(Finding, Service) bool {
	type begin struct {
		line, column int
		team         bool
	}
	begins := make(map[string][]begin)
	services := make(map[string]int)
	for _, s := range c.Services {
		if s.origin != nil {
			begins[s.Source()] = append(begins[s.Source()], begin{s.line(), s.column(), false})
			services[s.Source()]++
		}
	}
	for _, t := range c.Teams {
		if t.origin != nil {
			p := t.origin.at[""]
			begins[t.Source()] = append(begins[t.Source()], begin{p.line, p.column, true})
		}
	}
	return func(f Finding, s Service) bool {
		if f.Source != s.Source() {
			return false
		}
		if f.Line == 0 || services[f.Source] < 2 {
			return true
		}
		var of begin // the last that begins before the finding
		for _, b := range begins[f.Source] {
			before := cmp.Or(cmp.Compare(b.line, f.Line), cmp.Compare(b.column, f.Column)) <= 0
			if later := cmp.Or(cmp.Compare(b.line, of.line), cmp.Compare(b.column, of.column)) > 0; before && later {
				of = b
			}
		}
		return of == begin{s.line(), s.column(), false}
	}
}

func (s Service) reviewObjective(ctx context.Context, i int, o slo.Objective, fallback alerting.Policy, team Team, m Measurements) (ObjectiveReview, error) {
	v := ObjectiveReview{Objective: o, hours: alerting.WorkingHours{Location: team.location()}}
	points := m.pointsOf(o)
	policy, err := s.Responsibilities[i].Alerting.policyFor(o.Period().ShortestLength(), fallback)
	if err == nil {
		v.bound, err = policy.Bind(o)
	}
	if err != nil {
		v.Unreplayed = err.Error()
	}
	if len(points) == 0 {
		v.Missing = "no counted events are given for it"
		return v, nil
	}
	if step := spacing(points); isSliced(o) && step > o.Slice.Length {
		v.Missing = fmt.Sprintf("its counts are %s apart and its slices %s long; give counts at most %[2]s apart", length(step), length(o.Slice.Length))
		return v, nil
	}
	if v.Budget, err = o.BudgetAt(points, m.At); err != nil {
		return v, err
	}
	for _, p := range slo.SortPoints(points) {
		if !p.Time.After(m.At) {
			v.points = append(v.points, p)
		}
	}
	if v.Budget.Coverage == 0 && isSliced(o) { // to slo no slice without traffic is bad
		v.Missing = "there are no counts in its window"
		return v, nil
	}
	if v.Budget.NoData {
		v.Missing = "there was no traffic in its window"
		return v, nil
	}
	if v.Outlook, err = o.OutlookAt(v.points, m.At, slo.WilsonInterval, 0.95); err != nil {
		return v, err
	}
	// Steps of four hours in a month tell days apart, and cost a quarter.
	ahead := slo.Lookahead{Step: o.Period().ShortestLength() / 180}
	if v.BurnDown, err = o.BurnDownAt(v.points, m.At, ahead, slo.BudgetPolicy{}); err != nil {
		return v, err
	}
	v.Exhaustion = v.BurnDown.Outcome
	if v.Spent, err = o.AttributeIncidents(v.points, m.At); err != nil {
		return v, err
	}
	if v.Unreplayed != "" {
		return v, nil
	}
	v.replayed = v.points
	if isSliced(o) {
		if n := v.points[len(v.points)-1].Time.Sub(v.points[0].Time) / o.Slice.Length; n > mostSlices {
			v.Unreplayed = fmt.Sprintf("the points span %d slices, more than %d; give a shorter history", n, mostSlices)
			return v, nil
		}
		v.replayed = slicesOf(o, v.points, m.At)
	}
	report, err := alerting.Backtest(ctx, v.bound, v.replayed, v.replay(v.bound, m.Incidents))
	switch {
	case ctx.Err() != nil:
		return v, ctx.Err()
	case err != nil:
		v.Unreplayed = err.Error()
	default:
		v.Backtest = report
	}
	return v, nil
}

// replay is how alerts are replayed. Between counts that are further apart than a
// window is long an alert would seem to end and to begin anew: it lasts from one to
// the next.
func (o ObjectiveReview) replay(b alerting.Bound, incidents []alerting.Incident) alerting.BacktestOptions {
	step := spacing(o.replayed)
	opt := alerting.BacktestOptions{Incidents: incidents, Slack: step, Hours: o.hours}
	if slices.ContainsFunc(b.Pairs, func(p alerting.BoundPair) bool { return p.Short < step }) {
		opt.KeepFiringFor = step
	}
	return opt
}

func isSliced(o slo.Objective) bool { return o.Kind == slo.TimeSlices || o.Kind == slo.RatioSlices }

// mostSlices is how many slices of a history are replayed, as many as a window may
// have.
const mostSlices = 1_000_000

// slicesOf are the whole slices of points in order, a point for each: what alerts on
// time slices watch is the share of bad ones.
func slicesOf(o slo.Objective, points []slo.Point, until time.Time) []slo.Point {
	count := o.Slice.Count
	if o.Kind == slo.RatioSlices {
		count = o.Slice.CountRatios
	}
	var out []slo.Point
	for next := 0; next < len(points); {
		// The end of the slice that holds the next point, from the Unix epoch as slo
		// has it. A gap of any length costs one step where its slices do not count.
		first := points[next].Time
		end := first.Add(-time.Duration(first.UnixNano() % int64(o.Slice.Length)))
		if end.Before(first) {
			end = end.Add(o.Slice.Length)
		}
		if n := len(out); n > 0 && o.Slice.Empty != slo.EmptyExcluded {
			end = out[n-1].Time.Add(o.Slice.Length)
		}
		if end.After(until) {
			break
		}
		from := next
		for next < len(points) && !points[next].Time.After(end) {
			next++
		}
		if c := count(points[from:next], end.Add(-o.Slice.Length), end); c.Total > 0 {
			out = append(out, slo.Point{Time: end, Counts: c})
		}
	}
	return out
}

// until is a series as it was known at the instant.
func until(s capacity.Series, at time.Time) capacity.Series {
	if s.Step <= 0 || !s.End().After(at) {
		return s
	}
	return s.Slice(0, int(max(0, at.Sub(s.Start)/s.Step)))
}

// unused are the measurements of what the spec does not name, such as a misspelt one.
func (s Service) unused(m Measurements) []Finding {
	var out []Finding
	var objectives, metrics []string
	for _, o := range s.Objectives() {
		objectives = append(objectives, o.Name)
	}
	for _, x := range s.Capacity.Metrics {
		metrics = append(metrics, x.Name)
	}
	add := func(name, path, noun string, known []string) {
		if name == "" || slices.Contains(known, name) {
			return
		}
		remedy := "leave them out"
		if len(known) > 0 {
			remedy = "name " + prose.Or(known)
		}
		out = append(out, s.finding("unknown-measurement", diag.Warning, path, fmt.Sprintf("measurements are given of %q, which is no %s of the spec", name, noun), remedy))
	}
	for _, p := range m.Points {
		add(p.Objective, "responsibilities", "objective", objectives)
	}
	for _, h := range m.Metrics {
		add(h.Metric, "capacity_planning", "metric", metrics)
	}
	return out
}

// firstLine is the first of what may be an error for each value.
func firstLine(err error) string {
	text, _, more := strings.Cut(err.Error(), "\n")
	if more {
		text += ", and more like it"
	}
	return text
}

// spacing is the usual distance of points: an incident of an hour that is counted by
// the hour shows when it is over, and so does the alert.
func spacing(points []slo.Point) time.Duration {
	if len(points) < 2 {
		return 0
	}
	times := make([]time.Time, len(points))
	for i, p := range points {
		times[i] = p.Time
	}
	slices.SortFunc(times, time.Time.Compare)
	gaps := make([]time.Duration, len(times)-1)
	for i := range gaps {
		gaps[i] = times[i+1].Sub(times[i])
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// releases reviews the plan of releases, and those of the period.
func (r *Review) releases(m Measurements) error {
	s := r.Service
	first := slices.IndexFunc(r.Objectives, func(o ObjectiveReview) bool { return o.Objective.Kind == slo.Events })
	var points []slo.Point
	if first >= 0 && r.Objectives[first].Measured() {
		points = r.Objectives[first].points
	}
	if len(s.Release.Stages) > 0 && first >= 0 {
		rollout, err := s.ReviewRollout(points, m.At)
		if err != nil {
			return err
		}
		r.Rollout = &rollout
	}
	var changes []slo.Change
	for i, x := range m.Releases {
		if x.Start.After(m.At) {
			continue
		}
		r.Releases = append(r.Releases, ReleaseReview{ReleaseRecord: x})
		changes = append(changes, slo.Change{Name: fmt.Sprint(i, " ", x.Name), Time: x.Start})
	}
	defer slices.SortStableFunc(r.Releases, func(a, b ReleaseReview) int { return a.Start.Compare(b.Start) })
	if len(points) == 0 || len(changes) == 0 {
		return nil
	}
	spent, err := r.Objectives[first].Objective.AttributeChanges(points, m.At, changes)
	if err != nil {
		return err
	}
	for i := range r.Releases {
		x := &r.Releases[i]
		x.cut = x.Start.Before(spent.Start)
		// Its own time ends with the next release, which may be before the window too.
		x.Known = !x.cut || !slices.ContainsFunc(changes, func(c slo.Change) bool { return c.Time.After(x.Start) && !c.Time.After(spent.Start) })
		for _, p := range spent.Parts {
			if p.Key == changes[i].Name {
				x.Spent = p.Consumed * r.Objectives[first].ofPeriod()
			}
		}
	}
	return nil
}

// reviewAhead is how far ahead a review looks at schedules.
const reviewAhead = 13 * 7 * 24 * time.Hour

func (c Catalog) reviewOnCall(s Service, m Measurements) (*OnCallReview, error) {
	v := &OnCallReview{Zone: time.UTC}
	roster, err := c.RosterOf(s)
	if err != nil {
		var refused *SpecError
		if !errors.As(err, &refused) {
			return nil, err
		}
		v.Missing = refused.Findings[0].Reason
		return v, nil
	}
	v.Zone = roster.Location()
	v.Now = roster.At(m.At)
	slices.SortStableFunc(v.Now, func(a, b oncall.Shift) int { return rank(a) - rank(b) })
	v.Change, _ = roster.NextChange(m.At)
	team, _ := c.Team(s.OwnerTeam)
	unsocial := m.Unsocial
	if unsocial.Zone == "" {
		unsocial.Zone = v.Zone.String()
	}
	var people []oncall.Participant
	shifts := roster.Shifts(m.from(), m.At.Add(reviewAhead))
	for _, p := range team.Members {
		zone := p.Zone
		if zone == "" {
			zone = team.TimeZone
		}
		if slices.ContainsFunc(shifts, func(x oncall.Shift) bool { return x.Person == p.Name && !x.Shadow }) {
			people = append(people, oncall.Participant{Name: p.Name, Zone: zone})
		}
	}
	for _, x := range shifts {
		if !x.Shadow && !slices.ContainsFunc(people, func(p oncall.Participant) bool { return p.Name == x.Person }) {
			people = append(people, oncall.Participant{Name: x.Person})
		}
	}
	if v.Load, err = roster.Load(m.from(), m.At, people, unsocial); err != nil {
		return nil, err
	}
	if v.Ahead, err = roster.Lint(m.At, m.At.Add(reviewAhead), oncall.LintOptions{Participants: people, Sites: sitesOf(people, v.Zone, m.At), Unsocial: unsocial}); err != nil {
		return nil, err
	}
	v.Weeks = roster.Timeline(m.At, m.At.AddDate(0, 0, 28))
	return v, nil
}

// sitesOf are people by where they are: zones whose clocks agree are one site.
func sitesOf(people []oncall.Participant, fallback *time.Location, at time.Time) []oncall.Site {
	var out []oncall.Site
	var offsets []int
	for _, p := range people {
		zone, err := time.LoadLocation(p.Zone)
		if err != nil || p.Zone == "" {
			zone = fallback
		}
		_, offset := at.In(zone).Zone()
		i := slices.Index(offsets, offset)
		if i < 0 {
			i = len(out)
			offsets, out = append(offsets, offset), append(out, oncall.Site{Name: zone.String()})
		}
		out[i].People = append(out[i].People, p.Name)
	}
	slices.SortStableFunc(out, func(a, b oncall.Site) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// rank puts primaries first and shadows last.
func rank(s oncall.Shift) int {
	switch {
	case s.Shadow:
		return 2
	case s.Role == oncall.DefaultRole:
		return 0
	}
	return 1
}

func (s Service) reviewRunbooks(m Measurements) *RunbookReview {
	if m.Runbooks == nil {
		return nil
	}
	opt := runbook.CoverOptions{Review: runbook.Review{Now: m.At}}
	v := &RunbookReview{Coverage: s.CoverRunbooks(*m.Runbooks, opt)}
	var files []string
	own := runbook.Library{Files: m.Runbooks.Files}
	for _, r := range s.Runbooks {
		files = append(files, fileOf(r.Path))
		if book, ok := m.Runbooks.Runbook(fileOf(r.Path)); ok {
			own.Runbooks = append(own.Runbooks, book)
			files = append(files, book.Name) // by which logs know it
		}
	}
	v.Findings = own.Lint(nil, runbook.LintOptions{Cover: opt})
	// A run is of the period in which it began.
	logs := slices.DeleteFunc(slices.Clone(m.Logs), func(log []run.Record) bool {
		return len(log) > 0 && (log[0].Time.Before(m.from()) || log[0].Time.After(m.At))
	})
	for _, e := range run.Tally(logs...) {
		if slices.Contains(files, e.Runbook) {
			v.Executions = append(v.Executions, e)
			v.Done.Manual += e.Done.Manual
			v.Done.Assisted += e.Done.Assisted
			v.Done.Automated += e.Done.Automated
		}
	}
	return v
}

// reviewToil measures the work on the service by quarter. Nobody's own share is
// shown: work of people counts for the service.
func (c Catalog) reviewToil(s Service, m Measurements) (*response.Toil, error) {
	var work []response.Work
	for _, w := range m.Work {
		if w.Service == s.Name && w.Start.Before(m.At) {
			w.Person = ""
			work = append(work, w)
		}
	}
	if len(work) == 0 {
		return nil, nil
	}
	team, _ := c.Team(s.OwnerTeam)
	toil, err := response.MeasureToil(work, response.ToilOptions{Zone: team.location()})
	if err != nil {
		return nil, err
	}
	return &toil, nil
}

// location is the team's zone; Validate says where it is unknown.
func (t Team) location() *time.Location {
	zone, err := time.LoadLocation(cmp.Or(t.TimeZone, "UTC"))
	if err != nil {
		return time.UTC
	}
	return zone
}

func (r Review) policy() alerting.Policy {
	if len(r.Policy.Pairs) == 0 && r.Policy.Name == "" {
		return alerting.Workbook()
	}
	return r.Policy
}
