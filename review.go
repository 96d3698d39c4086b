package ownership

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// Review says in plain words what a spec means: what each line promises in
// minutes and events, when each alert fires and what has been spent by then,
// and everything that was found wrong or contradictory.
type Review struct {
	Service  Service
	Team     Team            // the owner; zero if it is not known
	Policy   alerting.Policy // zero means alerting.Workbook
	Budgets  []slo.Budget    // measured, one per objective in their order; may be empty
	Outlooks []Outlook       // of metrics with measurements; may be empty
	Rollout  *RolloutReview  // of the release; nil if it was not reviewed
	Findings []Finding       // of the service, its catalog and its compilation
}

// String is the review as text for a terminal, in lines of at most some 120
// characters.
func (r Review) String() string {
	var b strings.Builder
	s := r.Service
	fmt.Fprintf(&b, "%s\n%s\n", s.Name, strings.Repeat("=", len(s.Name)))
	fmt.Fprintf(&b, "%s", s.Kind)
	if s.Tier != NoTier {
		fmt.Fprintf(&b, " of tier %s", s.Tier)
	}
	fmt.Fprintf(&b, ", owned by %s", s.OwnerTeam)
	if n := len(r.Team.Members); n > 0 {
		fmt.Fprintf(&b, " (%d members)", n)
	}
	b.WriteString("\n")
	r.objectives(&b)
	r.alerts(&b)
	r.operations(&b)
	r.findings(&b)
	return clean(b.String())
}

func (r Review) policy() alerting.Policy {
	if len(r.Policy.Pairs) == 0 && r.Policy.Name == "" {
		return alerting.Workbook()
	}
	return r.Policy
}

func heading(b *strings.Builder, title string) {
	fmt.Fprintf(b, "\n%s\n%s\n", title, strings.Repeat("-", len(title)))
}

// table writes rows in columns.
func table(b *strings.Builder, rows ...[]string) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, "  "+strings.Join(row, "\t"))
	}
	w.Flush()
}

func (r Review) objectives(b *strings.Builder) {
	heading(b, "Objectives")
	rows := [][]string{{"objective", "promise", "budget", "if all fails at once"}}
	for i, o := range r.Service.Objectives() {
		window := o.Period()
		row := []string{o.Name, promise(o), o.Budget().Percent(), allowance(o, window)}
		if i < len(r.Budgets) {
			if i == 0 {
				rows[0] = append(rows[0], "measured")
			}
			row = append(row, measured(r.Budgets[i]))
		}
		rows = append(rows, row)
	}
	table(b, rows...)
}

// promise is an objective in words.
func promise(o slo.Objective) string {
	over := " over " + o.Period().String()
	switch o.Kind {
	case slo.Latency:
		return o.Target.Percent() + " of requests " + below(o.Latency.Inclusive) + " " + o.Latency.Threshold.String() + over
	case slo.TimeSlices:
		return o.Target.Percent() + " of slices of " + promyaml.Duration(o.Slice.Length) + " with errors " + below(o.Slice.Inclusive) + " " + o.Slice.Bound.Percent() + over
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

func measured(m slo.Budget) string {
	if m.NoData {
		return "no data"
	}
	return fmt.Sprintf("%s good, %s of the budget spent", percent(m.Ratio, 5), percent(m.Consumed, 3))
}

func percent(ratio float64, digits int) string {
	return strconv.FormatFloat(100*ratio, 'g', digits, 64) + "%"
}

func (r Review) alerts(b *strings.Builder) {
	heading(b, "Alerts")
	for i, o := range r.Service.Objectives() {
		watched := r.Service.Responsibilities[i].Alerting
		policy, err := watched.policyFor(o.Period().ShortestLength(), r.policy())
		var bound alerting.Bound
		if err == nil {
			bound, err = policy.Bind(o)
		}
		if err != nil {
			fmt.Fprintf(b, "  %s: %v\n", o.Name, err)
			continue
		}
		fmt.Fprintf(b, "  %s, burn-rate policy %q\n", o.Name, bound.Policy)
		rows := [][]string{{"", "severity", "windows", "burn rate above", "error ratio above", "total outage fires after", "budget spent by then"}}
		for _, p := range bound.Pairs {
			row := []string{"", p.Severity.String(), promyaml.Duration(p.Long) + " and " + promyaml.Duration(p.Short), p.FactorText, p.ThresholdText}
			if p.Reachable {
				after := time.Duration(p.Threshold*float64(p.Long)) + p.For
				if after > time.Second {
					after = after.Round(100 * time.Millisecond)
				}
				row = append(row, after.String(), percent(p.BudgetShare, 3))
			} else {
				row = append(row, "never", "")
			}
			rows = append(rows, row)
		}
		table(b, rows...)
		if c := watched.Confidence; !c.IsZero() {
			fmt.Fprintf(b, "    with little traffic only errors that prove the ratio exceeded at %s confidence alert, two at least\n", c.Percent())
		}
	}
	if len(r.Service.Alerts) == 0 {
		return
	}
	b.WriteString("  of the team's own\n")
	var rows [][]string
	for _, a := range r.Service.Alerts {
		c := r.Service.ConditionOf(a)
		row := []string{"", a.Name, c.String(), a.SeverityOf().String() + " to " + orNobody(a.Handler), r.meaning(a, c)}
		rows = append(rows, row)
	}
	table(b, rows...)
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

// operations prints what other parts of the spec say.
func (r Review) operations(b *strings.Builder) {
	s := r.Service
	if !s.Schedule.IsZero() {
		heading(b, "On call")
		fmt.Fprintf(b, "  %s\n", s.Schedule.String())
		if t := r.Team.Schedule; s.Schedule.String() != t.String() && !t.IsZero() {
			fmt.Fprintf(b, "  the team's schedule: %s, %s\n", t.String(), strings.Join(t.Members, ", "))
		}
	}
	if len(s.Runbooks) > 0 {
		heading(b, "Runbooks")
		for _, book := range s.Runbooks {
			var answers []string
			for _, a := range s.Alerts {
				if of, ok := s.RunbookOf(a); ok && of.Path == book.Path {
					answers = append(answers, a.Name)
				}
			}
			if len(answers) == 0 {
				answers = []string{"no alert"}
			}
			fmt.Fprintf(b, "  %s answers %s\n", book.Path, strings.Join(answers, ", "))
		}
	}
	if len(s.Capacity.Metrics) > 0 {
		heading(b, "Capacity")
		for _, m := range s.Capacity.Metrics {
			if i := slices.IndexFunc(r.Outlooks, func(o Outlook) bool { return o.Metric.Name == m.Name }); i >= 0 {
				b.WriteString("  " + strings.ReplaceAll(strings.TrimSuffix(r.Outlooks[i].String(), "\n"), "\n", "\n  ") + "\n")
				continue
			}
			fmt.Fprintf(b, "  %s", m.Name)
			if limit, ok := m.Limit(); ok {
				fmt.Fprintf(b, ", limit %s", number(limit))
			}
			b.WriteString("\n")
		}
		if s.Capacity.Horizon > 0 {
			fmt.Fprintf(b, "  forecast %s ahead\n", promyaml.Duration(s.Capacity.Horizon))
		}
	}
	if len(s.Release.Stages) > 0 || !s.Release.Rollback.IsZero() {
		heading(b, "Release")
		if len(s.Release.Stages) > 0 {
			fmt.Fprintf(b, "  canary: %s, then all traffic\n", s.Release.Strategy())
		}
		if !s.Release.Rollback.IsZero() {
			fmt.Fprintf(b, "  roll back at: %s\n", s.Release.Rollback.String())
		}
		if r.Rollout != nil {
			b.WriteString("  " + strings.ReplaceAll(strings.TrimSuffix(r.Rollout.String(), "\n"), "\n", "\n  ") + "\n")
		}
	}
}

func (r Review) findings(b *strings.Builder) {
	heading(b, "Findings")
	if len(r.Findings) == 0 {
		b.WriteString("  none\n")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(b, "  %s\n", diag.Finding(f))
	}
}

// clean drops the spaces that columns leave at the ends of lines.
func clean(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}
