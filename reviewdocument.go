package ownership

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/report"
	"github.com/srekit/ownership/slo"
)

// String is the review as text for a terminal.
func (r Review) String() string { return r.document(false).Text() }

// Markdown is the review for a chat or a pull request, without pictures.
func (r Review) Markdown() string { return r.document(false).Markdown() }

// HTML is the review as a page that stands alone: it has no script and loads
// nothing, follows the reader's light or dark scheme, prints, and fits 320 pixels.
func (r Review) HTML() string { return r.document(true).HTML() }

// document is the review in sections. Pictures cost more than all the rest and are
// drawn only where they are shown.
func (r Review) document(pictures bool) report.Document {
	s := r.Service
	lead := s.Kind.String()
	if s.Tier != NoTier {
		lead += " of tier " + s.Tier.String()
	}
	lead += ", owned by " + s.OwnerTeam
	if n := len(r.Team.Members); n > 0 {
		lead += " (" + prose.Plural(n, "member") + ")"
	}
	if !r.At.IsZero() {
		lead += ", " + r.From.Format(time.DateOnly) + " to " + prose.Minute(r.At)
	}
	d := report.Document{Title: s.Name, Lead: lead}
	d.Sections = append(d.Sections, r.sections(pictures)...)
	return d
}

// sections are those of the review; without a title they are left out.
func (r Review) sections(pictures bool) []report.Section {
	var out []report.Section
	for _, s := range []report.Section{
		nextSection(r.Next, r.At.IsZero()), r.objectiveSection(pictures), r.alertSection(pictures), r.onCallSection(pictures), r.toilSection(pictures), r.runbookSection(),
		r.capacitySection(pictures), r.releaseSection(pictures), leverSection(r.Levers), r.findingSection(),
	} {
		if s.Title != "" {
			out = append(out, s)
		}
	}
	return out
}

func nextSection(next []NextStep, unmeasured bool) report.Section {
	if unmeasured {
		return report.Section{}
	}
	s := report.Section{Title: "What to do next"}
	if len(next) == 0 {
		s.Blocks = []report.Block{{Text: "Nothing: no budget is at stake that this review can see."}}
		return s
	}
	t := &report.Table{Caption: "ordered by the error budget at stake", Head: []string{"what", "budget at stake", "why"}, Numbers: []bool{false, true}}
	for _, n := range next {
		stake, state := percent(n.Stake, 3), report.Warning
		switch {
		case n.Open:
			stake, state = "not known", report.None
		case n.Stake >= 1:
			state = report.Critical
		}
		what := n.What
		t.Rows = append(t.Rows, []report.Cell{{Text: what}, {Text: stake, State: state}, {Text: n.Reason}})
	}
	s.Blocks = []report.Block{{Table: t}}
	return s
}

func (r Review) objectiveSection(pictures bool) report.Section {
	s := report.Section{Title: "Objectives"}
	t := &report.Table{Head: []string{"objective", "promise", "budget", "if all fails at once"}}
	measuredAny := slices.ContainsFunc(r.Objectives, ObjectiveReview.Measured)
	if measuredAny {
		t.Head = append(t.Head, "measured")
	}
	for i, o := range r.Service.Objectives() {
		row := report.Row(o.Name, promise(o), o.Budget().Percent(), allowance(o, o.Period()))
		if measuredAny {
			cell := report.Cell{Text: "no data"}
			if i < len(r.Objectives) && r.Objectives[i].Measured() {
				cell = r.Objectives[i].measured()
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	s.Blocks = append(s.Blocks, report.Block{Table: t})
	for _, v := range r.Objectives {
		if !v.Measured() {
			s.Blocks = append(s.Blocks, report.Block{Text: v.Objective.Name + ": not measured, for " + v.Missing + "."})
			continue
		}
		inner := report.Section{Title: v.Objective.Name, Blocks: v.facts()}
		if pictures {
			inner.Blocks = append(inner.Blocks, report.Drawn(v.Objective.Name+": the error budget over its window, and ahead", v.BurnDown.SVGAt))
		}
		s.Sections = append(s.Sections, inner)
	}
	return s
}

// facts are what was measured of an objective, in sentences.
func (v ObjectiveReview) facts() []report.Block {
	l := v.Outlook
	items := []report.Item{
		{Text: fmt.Sprintf("%s of %s bad; good %s, with %s confidence between %s and %s", figures(v.Budget.Counts.Bad), figures(v.Budget.Counts.Total),
			percent(v.Budget.Ratio, 6), percent(l.Ratio.Level, 3), percent(l.Ratio.Low, 6), percent(l.Ratio.High, 6))},
		{Text: fmt.Sprintf("%s of the budget left, with %s confidence between %s and %s; the true ratio keeps the promise with a probability of %s",
			percent(v.left(), 3), percent(l.Remaining.Level, 3), percent(1-(1-l.Remaining.Low)*v.ofPeriod(), 3), percent(1-(1-l.Remaining.High)*v.ofPeriod(), 3), likely(l.Meeting))},
	}
	if v.Budget.Coverage < 0.999 {
		text := "data for " + percent(v.Budget.Coverage, 3) + " of the window only"
		if isSliced(v.Objective) && v.Objective.Slice.Empty != slo.EmptyExcluded {
			text += "; slices without data are counted as " + v.Objective.Slice.Empty.String()
		}
		items = append(items, report.Item{State: report.Warning, Text: text})
	}
	x := v.Exhaustion
	switch median, ok := x.Median(); {
	case x.NoData:
	case x.Exhausted:
		items = append(items, report.Item{State: report.Critical, Text: "the budget is spent"})
	case ok:
		items = append(items, report.Item{State: report.Warning, Text: fmt.Sprintf("at the burn rate of %s the budget runs out by %s with a probability of %s, as likely as not on %s", v.pace(), x.End.Format(time.DateOnly), chance(x.Probability), prose.Minute(median))})
	default:
		items = append(items, report.Item{State: report.Good, Text: fmt.Sprintf("at the burn rate of %s the budget runs out by %s with a probability of %s", v.pace(), x.End.Format(time.DateOnly), chance(x.Probability))})
	}
	if len(v.Spent.Parts) > 0 {
		t := &report.Table{Caption: "incidents that spent most", Head: []string{"from", "until", "budget"}, Numbers: []bool{false, false, true}}
		for _, p := range v.Spent.Top(5).Parts {
			if !p.Start.IsZero() {
				t.Rows = append(t.Rows, report.Row(prose.Minute(p.Start), prose.Minute(p.End), percent(p.Consumed*v.ofPeriod(), 3)))
			}
		}
		return []report.Block{{List: items}, {Table: t}}
	}
	return []report.Block{{List: items}}
}

// pace is the burn rate that is expected to go on, and where it comes from.
func (v ObjectiveReview) pace() string {
	burn := number(round(v.Exhaustion.Burn))
	if at := v.Budget.At; len(v.points) == 0 || slo.Sum(v.points, at.AddDate(0, 0, -1), at).Total > 0 {
		return "the last day, " + burn + ","
	}
	if isSliced(v.Objective) {
		return "the last day, " + burn + ", which had no traffic,"
	}
	return "the window, " + burn + ", for there was no traffic on its last day,"
}

// figures is a number of events for people.
func figures(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if i := strings.IndexByte(text, '.'); i >= 0 && len(text) > i+3 {
		text = strconv.FormatFloat(v, 'f', 2, 64)
	}
	whole, rest, _ := strings.Cut(text, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && whole[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if rest != "" {
		b.WriteString("." + rest)
	}
	return b.String()
}

// promise is an objective in words.
func promise(o slo.Objective) string {
	over := " over " + o.Period().String()
	switch o.Kind {
	case slo.Latency:
		return o.Target.Percent() + " of requests " + below(o.Latency.Inclusive) + " " + o.Latency.Threshold.String() + over
	case slo.TimeSlices:
		return o.Target.Percent() + " of slices of " + length(o.Slice.Length) + " with errors " + below(o.Slice.Inclusive) + " " + o.Slice.Bound.Percent() + over
	}
	return o.Target.Percent() + " of events good" + over
}

func below(inclusive bool) string {
	if inclusive {
		return "<="
	}
	return "<"
}

// allowance is what the budget allows in time or slices.
func allowance(o slo.Objective, w slo.Window) string {
	length := w.ShortestLength()
	least := ""
	if w.Calendar != slo.NoCalendar {
		least = "at least "
	}
	if o.Kind == slo.TimeSlices {
		n := int64(length / o.Slice.Length)
		return fmt.Sprintf("%s%d of %d slices", least, int64(o.Budget().Of(float64(n))+1e-9), n)
	}
	d := o.Budget().OfDuration(length)
	if d > time.Second {
		d = d.Round(time.Millisecond)
	}
	return least + d.String()
}

func (v ObjectiveReview) measured() report.Cell {
	if v.Budget.NoData {
		return report.Cell{Text: "no data"}
	}
	spent := v.spent()
	c := report.Cell{Text: fmt.Sprintf("%s good, %s of the budget spent", percent(v.Budget.Ratio, 5), percent(spent, 3)), State: report.Good}
	switch {
	case spent >= 1:
		c.State = report.Critical
	case spent >= 0.75:
		c.State = report.Warning
	}
	return c
}

// percent is a share with so many significant digits, never with an exponent, and
// with more of them where it would be rounded to the whole that it is not.
func percent(ratio float64, digits int) string {
	text := strconv.FormatFloat(100*ratio, 'g', digits, 64)
	for ratio < 1 && digits < 17 {
		if v, _ := strconv.ParseFloat(text, 64); v < 100 {
			break
		}
		digits++
		text = strconv.FormatFloat(100*ratio, 'g', digits, 64)
	}
	if strings.Contains(text, "e") {
		v, _ := strconv.ParseFloat(text, 64) // reads what was just written
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return text + "%"
}

// weekly is a number of pages in a week, which may be thousands.
func weekly(v float64) string { return prose.Figure(v, 3) }

// chance is a probability, never rounded to the certainty that it is not: 0 is what
// no future showed of those that were drawn.
func chance(p float64) string {
	switch {
	case p <= 0:
		return "less than can be told by drawing futures"
	case p >= 1:
		return "nearly 100% (every future drawn)"
	}
	return percent(p, 3)
}

// likely is a probability that counts tell, which are few and taken as independent:
// what is beyond one in ten thousand is not told apart.
func likely(p float64) string {
	switch {
	case p > 0.9999:
		return "more than 99.99%"
	case p < 0.0001:
		return "less than 0.01%"
	}
	return percent(p, 4)
}

func (r Review) alertSection(pictures bool) report.Section {
	s := report.Section{Title: "Alerts"}
	for i, o := range r.Service.Objectives() {
		watched := r.Service.Responsibilities[i].Alerting
		policy, err := watched.policyFor(o.Period().ShortestLength(), r.policy())
		var bound alerting.Bound
		if err == nil {
			bound, err = policy.Bind(o)
		}
		if err != nil {
			s.Blocks = append(s.Blocks, report.Block{Text: o.Name + ": " + err.Error()})
			continue
		}
		t := &report.Table{Caption: o.Name + ", burn-rate policy " + strconv.Quote(bound.Policy),
			Head: []string{"severity", "windows", "burn rate above", "error ratio above", "total outage fires after", "budget spent by then"}, Numbers: []bool{false, false, true, true, true, true}}
		for _, p := range bound.Pairs {
			row := []string{p.Severity.String(), length(p.Long) + " and " + length(p.Short), p.FactorText, p.ThresholdText}
			if p.Reachable {
				after := time.Duration(p.Threshold*float64(p.Long)) + p.For
				if after > time.Second {
					after = after.Round(100 * time.Millisecond)
				}
				row = append(row, after.String(), percent(p.BudgetShare, 3))
			} else {
				row = append(row, "never", "")
			}
			t.Rows = append(t.Rows, report.Row(row...))
		}
		s.Blocks = append(s.Blocks, report.Block{Table: t})
		if c := watched.Confidence; !c.IsZero() {
			s.Blocks = append(s.Blocks, report.Block{Text: "With little traffic only errors that prove the ratio exceeded at " + c.Percent() + " confidence alert, two at least."})
		}
	}
	if len(r.Service.Alerts) > 0 {
		t := &report.Table{Caption: "of the team's own", Head: []string{"alert", "condition", "severity", "meaning"}}
		for _, a := range r.Service.Alerts {
			c := r.Service.ConditionOf(a)
			t.Rows = append(t.Rows, report.Row(a.Name, c.String(), a.SeverityOf().String()+" to "+orNobody(a.Handler), r.meaning(a, c)))
		}
		s.Blocks = append(s.Blocks, report.Block{Table: t})
	}
	r.alertHistory(&s, pictures)
	return s
}

// alertHistory adds what the alerts did, and what they would have done.
func (r Review) alertHistory(s *report.Section, pictures bool) {
	if r.Fired != nil {
		t := &report.Table{Caption: "that fired", Head: []string{"alert", "severity", "from", "for"}}
		for _, a := range r.Fired {
			lasted := "still"
			if !a.End.IsZero() {
				lasted = length(a.End.Sub(a.Start))
			}
			t.Rows = append(t.Rows, report.Row(a.Name, a.Severity.String(), prose.Minute(a.Start), lasted))
		}
		s.Blocks = append(s.Blocks, report.Block{Table: t})
		if len(r.Fired) == 0 {
			s.Blocks = append(s.Blocks, report.Block{Text: "None fired."})
		}
	}
	for _, o := range r.Objectives {
		if !o.Measured() || o.Unreplayed != "" {
			continue
		}
		inner := report.Section{Title: "What those of " + o.Objective.Name + " would have done"}
		t := &report.Table{Head: []string{"severity", "alerts", "of them true", "incidents found", "found after", "a week", "outside Mon–Fri 9–17 " + o.zone()}, Numbers: []bool{false, true, true, true, true, true, true}}
		for _, x := range o.Backtest.Scores {
			delay := "–"
			if x.Detected > 0 {
				delay = x.Delay.P50.Round(time.Second).String()
			}
			t.Rows = append(t.Rows, report.Row(x.Severity.String(), strconv.Itoa(x.Alerts), strconv.Itoa(x.TrueAlerts), fmt.Sprintf("%d of %d", x.Detected, x.Incidents), delay,
				weekly(x.PerWeek), strconv.Itoa(x.OffHours)))
		}
		inner.Blocks = append(inner.Blocks, report.Block{Table: t})
		if b := o.Backtest; !b.Start.IsZero() {
			inner.Blocks = append(inner.Blocks, report.Block{Text: "Replayed from " + prose.Minute(b.Start) + " to " + prose.Minute(b.End) + "."})
		}
		if step := spacing(o.replayed); step > 5*time.Minute {
			inner.Blocks = append(inner.Blocks, report.Block{Text: "The counts are " + length(step) + " apart, nothing is found sooner than they show it, and an alert lasts from one to the next; the spec's alerts run on finer data."})
		}
		if pictures {
			inner.Blocks = append(inner.Blocks, report.Drawn(o.Objective.Name+": incidents, and the alerts that would have fired", o.Backtest.SVGAt))
		}
		s.Sections = append(s.Sections, inner)
	}
}

// zone is the one by which working hours were told.
func (o ObjectiveReview) zone() string {
	if o.hours.Location == nil {
		return "UTC"
	}
	return o.hours.Location.String()
}

func orNobody(s string) string {
	if s == "" {
		return "nobody in particular"
	}
	return s
}

// meaning relates a plain alert to the objective that it watches.
func (r Review) meaning(a Alert, c Condition) string {
	o, ok := r.Service.ObjectiveOf(a)
	if !ok {
		return "watches no objective"
	}
	switch {
	case c.Metric == errorRateKey && o.Kind == slo.TimeSlices && !c.Threshold.Ratio.IsZero():
		return fmt.Sprintf("%s times the bound of a slice of %s", strconv.FormatFloat(c.Threshold.Ratio.Float64()/o.Slice.Bound.Float64(), 'g', 4, 64), o.Name)
	case c.Metric == errorRateKey && !c.Threshold.Ratio.IsZero():
		return fmt.Sprintf("burn rate %s of %s", strconv.FormatFloat(c.Threshold.Ratio.Float64()/o.Budget().Float64(), 'g', 4, 64), o.Name)
	case c.Metric == latencyKey && o.Kind == slo.Latency && c.Threshold.Duration > 0:
		return fmt.Sprintf("%s times the threshold of %s", strconv.FormatFloat(float64(c.Threshold.Duration)/float64(o.Latency.Threshold), 'g', 4, 64), o.Name)
	}
	return "watches " + o.Name
}

func (r Review) findingSection() report.Section {
	s := report.Section{Title: "Findings"}
	if len(r.Findings) == 0 {
		s.Blocks = []report.Block{{Text: "None."}}
		return s
	}
	var items []report.Item
	for _, f := range r.Findings {
		items = append(items, report.Item{State: stateOf(f.Level), Text: diag.Finding(f).String()})
	}
	s.Blocks = []report.Block{{List: items}}
	return s
}

func stateOf(level string) report.State {
	switch level {
	case diag.Error:
		return report.Critical
	case diag.Warning:
		return report.Warning
	}
	return report.None
}
