package ownership

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/report"
	"github.com/srekit/ownership/oncall/response"
)

// onCallSection says who is on call, and how evenly that is shared.
func (r Review) onCallSection(pictures bool) report.Section {
	sched := r.Service.Schedule
	if sched.IsZero() && r.OnCall == nil {
		return report.Section{}
	}
	s := report.Section{Title: "On call"}
	if text := sched.String(); text != "" {
		s.Blocks = append(s.Blocks, report.Block{Text: text})
	}
	if t := r.Team.Schedule; sched.String() != t.String() && !t.IsZero() {
		s.Blocks = append(s.Blocks, report.Block{Text: "the team's schedule: " + t.String() + ", " + strings.Join(t.Members, ", ")})
	}
	v := r.OnCall
	if v == nil {
		return s
	}
	if v.Missing != "" {
		s.Blocks = append(s.Blocks, report.Block{List: []report.Item{{State: report.Warning, Text: "nobody can be told: " + v.Missing}}})
		return s
	}
	zone := v.Zone
	if zone == nil {
		zone = time.UTC
	}
	var now []string
	for _, x := range v.Now {
		now = append(now, x.Person+" ("+x.Role+", until "+prose.Minute(x.End.In(zone))+")")
	}
	item := report.Item{Text: "now: " + strings.Join(now, ", ")}
	if len(now) == 0 {
		item = report.Item{State: report.Critical, Text: "now: nobody"}
	}
	s.Blocks = append(s.Blocks, report.Block{List: []report.Item{item}})
	load := &report.Table{Caption: "hours on call from " + v.Load.From.In(zone).Format(time.DateOnly) + " to " + v.Load.To.In(zone).Format(time.DateOnly),
		Head: []string{"who", "all", "nights", "weekends", "holidays", "of the time"}, Numbers: []bool{false, true, true, true, true, true}}
	for _, p := range v.Load.People {
		load.Rows = append(load.Rows, report.Row(p.Person, hours(p.Total), hours(p.Nights), hours(p.Weekends), hours(p.Holidays), percent(p.Ratio, 3)))
	}
	s.Blocks = append(s.Blocks, report.Block{Table: load})
	if f := v.Ahead.Load; f.Total.N > 1 {
		s.Blocks = append(s.Blocks, report.Block{Text: fmt.Sprintf("Shared over the next %s: all hours %s even by Jain's index, nights %s, weekends %s (1 is even).", length(v.Ahead.To.Sub(v.Ahead.From)),
			even(f.Total.Jain), even(f.Nights.Jain), even(f.Weekends.Jain))})
	}
	var concerns []report.Item
	for i, c := range v.Ahead.Concerns {
		if i == 12 {
			concerns = append(concerns, report.Item{Text: fmt.Sprintf("and %d more", len(v.Ahead.Concerns)-i)})
			break
		}
		concerns = append(concerns, report.Item{State: stateOf(c.Level), Text: c.Finding().String()})
	}
	if len(concerns) > 0 {
		s.Blocks = append(s.Blocks, report.Block{List: concerns})
	}
	if pictures {
		s.Blocks = append(s.Blocks, report.Drawn("Who is on call in the weeks ahead", v.Weeks.SVGAt))
		s.Blocks = append(s.Blocks, report.Drawn("Hours on call by person and kind", v.Load.SVGAt))
	}
	return s
}

// toilSection is what the work on the service was.
func (r Review) toilSection(pictures bool) report.Section {
	if r.Toil == nil {
		return report.Section{}
	}
	s := report.Section{Title: "Work"}
	t := &report.Table{Caption: "work on the service by quarter", Head: []string{"quarter", "pages", "incidents", "tickets", "manual steps", "projects", "toil", "interrupts"},
		Numbers: []bool{false, true, true, true, true, true, true, true}}
	for _, x := range r.Toil.Shares {
		if x.Group == response.ByService {
			t.Rows = append(t.Rows, []report.Cell{{Text: x.Quarter.String()}, {Text: hours(x.Page)}, {Text: hours(x.Incident)}, {Text: hours(x.Ticket)}, {Text: hours(x.ManualStep)}, {Text: hours(x.Project)},
				held(x.Toil, r.Toil.ToilLine), held(x.Reactive, r.Toil.ReactiveLine)})
		}
	}
	s.Blocks = append(s.Blocks, report.Block{Table: t})
	var items []report.Item
	for _, f := range r.Toil.Findings {
		if f.Code != "unknown-service" && f.Code != "unknown-person" {
			items = append(items, report.Item{State: stateOf(f.Level), Text: f.String()})
		}
	}
	if len(items) > 0 {
		s.Blocks = append(s.Blocks, report.Block{List: items})
	}
	if pictures && len(t.Rows) > 1 {
		s.Blocks = append(s.Blocks, report.Drawn("The share of toil and of interrupts in the work", r.Toil.SVGAt))
	}
	return s
}

// held is a share against the line that it should stay below.
func held(v, line float64) report.Cell {
	c := report.Cell{Text: percent(v, 3), State: report.Good}
	if v > line {
		c.State = report.Warning
	}
	return c
}

func hours(d time.Duration) string { return strconv.FormatFloat(d.Hours(), 'f', 0, 64) + " h" }

func even(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }

func (r Review) runbookSection() report.Section {
	s := r.Service
	if len(s.Runbooks) == 0 && r.Runbooks == nil {
		return report.Section{}
	}
	out := report.Section{Title: "Runbooks"}
	var items []report.Item
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
		items = append(items, report.Item{Text: book.Path + " answers " + strings.Join(answers, ", ")})
	}
	if len(items) > 0 {
		out.Blocks = append(out.Blocks, report.Block{List: items})
	}
	v := r.Runbooks
	if v == nil {
		return out
	}
	t := &report.Table{Caption: "alerts and their runbooks", Head: []string{"alert", "severity", "there", "complete", "executable", "fresh", "what is wrong"}}
	for _, a := range v.Coverage.Alerts {
		t.Rows = append(t.Rows, []report.Cell{{Text: a.Alert}, {Text: a.Severity}, yes(a.Resolved), yes(a.Complete), yes(a.Executable), yes(a.Fresh), {Text: a.Reason}})
	}
	out.Blocks = append(out.Blocks, report.Block{Table: t})
	if n := v.Done.Total(); n > 0 {
		out.Blocks = append(out.Blocks, report.Block{Text: fmt.Sprintf("%s were run: %d by hand, %d assisted, %d automated (%s).", prose.Plural(n, "step"), v.Done.Manual, v.Done.Assisted, v.Done.Automated, share(v.Done))})
	}
	var found []report.Item
	for _, f := range v.Findings {
		found = append(found, report.Item{State: stateOf(f.Level), Text: f.String()})
	}
	if len(found) > 0 {
		out.Blocks = append(out.Blocks, report.Block{List: found})
	}
	return out
}

func yes(ok bool) report.Cell {
	if ok {
		return report.Cell{Text: "yes", State: report.Good}
	}
	return report.Cell{Text: "no", State: report.Warning}
}

func (r Review) capacitySection(pictures bool) report.Section {
	c := r.Service.Capacity
	if len(c.Metrics) == 0 {
		return report.Section{}
	}
	s := report.Section{Title: "Capacity"}
	if c.Horizon > 0 {
		s.Blocks = append(s.Blocks, report.Block{Text: "forecast " + length(c.Horizon) + " ahead"})
	}
	var bare []report.Item
	for _, m := range c.Metrics {
		i := slices.IndexFunc(r.Outlooks, func(o Outlook) bool { return o.Metric.Name == m.Name })
		if i < 0 {
			text := m.Name
			if limit, ok := m.Limit(); ok {
				text += ", limit " + number(limit)
			}
			bare = append(bare, report.Item{Text: text})
			continue
		}
		o := r.Outlooks[i]
		inner := report.Section{Title: m.Name}
		var items []report.Item
		for line := range strings.Lines(strings.TrimSuffix(o.String(), "\n")) {
			item := report.Item{Text: strings.TrimSpace(line)}
			for _, w := range o.Warnings {
				if strings.TrimSpace(w.String()) == item.Text {
					item.State = report.Warning
				}
			}
			items = append(items, item)
		}
		inner.Blocks = []report.Block{{List: items}}
		if pictures {
			inner.Blocks = append(inner.Blocks, report.Drawn(m.Name+": the forecast after its history", o.SVGAt))
		}
		s.Sections = append(s.Sections, inner)
	}
	if len(bare) > 0 {
		s.Blocks = append(s.Blocks, report.Block{List: bare})
	}
	return s
}

func (r Review) releaseSection(pictures bool) report.Section {
	s := r.Service
	if len(s.Release.Stages) == 0 && s.Release.Rollback.IsZero() && len(r.Releases) == 0 {
		return report.Section{}
	}
	out := report.Section{Title: "Release"}
	var items []report.Item
	if len(s.Release.Stages) > 0 {
		items = append(items, report.Item{Text: "canary: " + s.Release.Strategy() + ", then all traffic"})
	}
	if !s.Release.Rollback.IsZero() {
		items = append(items, report.Item{Text: "roll back at: " + s.Release.Rollback.String()})
	}
	if v := r.Rollout; v != nil {
		for line := range strings.Lines(strings.TrimSuffix(v.String(), "\n")) {
			item := report.Item{Text: strings.TrimSpace(line)}
			for _, f := range v.Findings {
				if f.String() == item.Text {
					item.State = stateOf(f.Level)
				}
			}
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		out.Blocks = append(out.Blocks, report.Block{List: items})
	}
	if pictures && r.Rollout != nil {
		out.Blocks = append(out.Blocks, report.Drawn("The share of the traffic that a release has, if nothing stands against it", r.Rollout.Rollout.SVGAt))
	}
	if len(r.Releases) > 0 {
		t := &report.Table{Caption: "releases", Head: []string{"release", "from", "verdict", "budget until the next", "evidence"}, Numbers: []bool{false, false, false, true}}
		for _, x := range r.Releases {
			spent := "not measured"
			if x.Known {
				spent = percent(x.Spent, 3)
				if x.cut {
					spent = "at least " + spent // the window does not go back to its begin
				}
			}
			t.Rows = append(t.Rows, report.Row(x.Name, prose.Minute(x.Start), x.Verdict, spent, x.Evidence))
		}
		out.Blocks = append(out.Blocks, report.Block{Table: t})
	}
	return out
}

// leverSection is a table for each lever.
func leverSection(levers []Lever) report.Section {
	if len(levers) == 0 {
		return report.Section{}
	}
	s := report.Section{Title: "Levers", Blocks: []report.Block{{Text: "What a step to either side would change, computed and not guessed; a dash is what the lever leaves as it is, or what the data do not tell."}}}
	for _, kind := range []string{response.LeverObjectives, response.LeverThresholds, response.LeverAutomation, response.LeverArchitecture} {
		inner := report.Section{Title: leverTitles[kind]}
		for _, l := range levers {
			if l.Kind == kind {
				inner.Blocks = append(inner.Blocks, l.blocks()...)
			}
		}
		if len(inner.Blocks) > 0 {
			s.Sections = append(s.Sections, inner)
		}
	}
	return s
}

var leverTitles = map[string]string{
	response.LeverObjectives: "Objective", response.LeverThresholds: "Alert threshold", response.LeverAutomation: "Automation", response.LeverArchitecture: "Architecture",
}

func (l Lever) blocks() []report.Block {
	t := &report.Table{Caption: l.What, Head: []string{"setting"}}
	columns := []struct {
		name string
		text func(LeverSetting) string
	}{
		{"budget left", func(s LeverSetting) string {
			return optional(s.BudgetLeft, func(v float64) string { return percent(v, 3) })
		}},
		{"pages a week", func(s LeverSetting) string {
			return optional(s.PagesPerWeek, weekly)
		}},
		{"detection", func(s LeverSetting) string {
			return optional(s.Detection, func(d time.Duration) string { return d.Round(time.Second).String() })
		}},
		{"toil a week", func(s LeverSetting) string {
			return optional(s.Toil, func(d time.Duration) string { return d.Round(time.Minute).String() })
		}},
		{"ceiling", func(s LeverSetting) string {
			if s.Ceiling == nil {
				return "–"
			}
			text := percent(s.Ceiling.Float64(), 7)
			if b := s.Bounds; b != nil && b[0] != b[1] {
				text += " (" + percent(b[0].Float64(), 7) + " to " + percent(b[1].Float64(), 7) + ")"
			}
			return text
		}},
		{"capacity with one down", func(s LeverSetting) string {
			return optional(s.Capacity, func(v float64) string { return percent(v, 3) })
		}},
	}
	for _, c := range columns {
		if slices.ContainsFunc(l.Settings, func(s LeverSetting) bool { return c.text(s) != "–" }) {
			t.Head = append(t.Head, c.name)
			t.Numbers = append(t.Numbers, true)
		}
	}
	t.Numbers = append([]bool{false}, t.Numbers...)
	for _, s := range l.Settings {
		name := s.Name
		if s.Present {
			name += " (now)"
		}
		row := report.Row(name)
		for _, c := range columns {
			if slices.Contains(t.Head, c.name) {
				row = append(row, report.Cell{Text: c.text(s)})
			}
		}
		t.Rows = append(t.Rows, row)
	}
	var out []report.Block
	if len(t.Rows) > 0 {
		out = append(out, report.Block{Table: t})
	}
	if l.Rests != "" {
		out = append(out, report.Block{Text: "Rests on " + l.Rests + "."})
	}
	if l.Missing != "" {
		what := "Missing"
		if l.What != "" {
			what += " for " + l.What
		}
		out = append(out, report.Block{Text: what + ": " + l.Missing + "."})
	}
	return out
}

func optional[T any](v *T, text func(T) string) string {
	if v == nil {
		return "–"
	}
	return text(*v)
}
