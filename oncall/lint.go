package oncall

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// LintOptions says what is too much and who shares the work. The zero value has
// the numbers of the Site Reliability Engineering book (Beyer and others 2016,
// chapter 11) and of Directive 2003/88/EC.
type LintOptions struct {
	// MaxShare is how much of the time one person may be on call; 0 means 0.25, and
	// from 1 on nothing is said about it.
	MaxShare float64 `json:"max_share,omitempty"`
	// Rest is the least break between two times on call of one person; 0 means
	// DefaultRest, and below 0 nothing is said about it.
	Rest time.Duration `json:"-"`
	// SplitDay makes two times on call one working day, whose break is no rest, if
	// the second ends within so long of the first one's start: 13h where 11 of 24
	// hours must be free. 0 means that every break is a rest.
	SplitDay time.Duration `json:"-"`
	// TeamSize is the least number of people of a team on one site, 0 means 8,
	// SiteSize that of each site of several, 0 means 6; below 0 nothing is said
	// about it.
	TeamSize int `json:"team_size,omitempty"`
	SiteSize int `json:"site_size,omitempty"`
	// Sites are where people sit. Without them the people of one time zone (a
	// member's, else the layer's) are a site.
	Sites []Site `json:"sites,omitempty"`
	// Participants are the people whose load is compared; nil means the members of
	// all layers but shadows.
	Participants []Participant `json:"participants,omitempty"`
	// Unsocial says what nights and weekends are. Its zone defaults to the
	// schedule's.
	Unsocial Unsocial `json:"unsocial"`
}

// Site is an office, or any other group of people whose day is the same.
type Site struct {
	Name   string   `json:"name"`
	People []string `json:"people"`
}

// LintReport is what is weak about a schedule in a window, worst first. The
// codes are
//
//	gap            error    nobody is on call (a warning in a role other than primary)
//	clock-gap      error    the same, between two clock changes, where zones do not change together (as above)
//	overlap        warning  two layers of one role are on duty at once
//	clock-overlap  warning  the same, between two clock changes
//	empty-turn     warning  a turn of a layer is nobody's (an info if another layer covers it)
//	absent         warning  somebody is on call who is absent
//	two-roles      warning  one person has two roles at once, so that one is no help to the other
//	overload       warning  a person is on call for too much of the time
//	rest           warning  the break between two times on call is too short
//	uneven         warning  nights or weekends are shared unevenly
//	small-team     warning  too few people (an info if only one role is to be filled and the share is held)
type LintReport struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Concerns []Concern `json:"concerns"`
	Load     Load      `json:"load"` // of the window
}

// Concern is one thing that is weak: when, who and why.
type Concern struct {
	Code  string `json:"code"`
	Level string `json:"level"` // "error", "warning" or "info"
	// People are who is concerned, by name; Role and Layers too where it concerns
	// them.
	People []string `json:"people,omitempty"`
	Role   string   `json:"role,omitempty"`
	Layers []string `json:"layers,omitempty"`
	// Spans are all times at which it is so, in order and within the window; none
	// where it is so of the window as a whole.
	Spans  []Span `json:"spans,omitempty"`
	Reason string `json:"reason"` // with the first and last time
	Remedy string `json:"remedy"`
}

// Span is a time, [Start, End).
type Span struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Duration is the elapsed time of the span.
func (s Span) Duration() time.Duration { return s.End.Sub(s.Start) }

// Total is how long the concern lasts in all: the sum of its spans.
func (c Concern) Total() time.Duration {
	var sum time.Duration
	for _, s := range c.Spans {
		sum += s.Duration()
	}
	return sum
}

// Finding is the concern as a finding: who stands in Text, when and why in
// Reason.
func (c Concern) Finding() Finding {
	who := strings.Join(c.People, ", ")
	if who == "" {
		who = strings.Join(c.Layers, ", ")
	}
	return Finding{Code: c.Code, Level: c.Level, Path: c.Role, Text: who, Reason: c.Reason, Remedy: c.Remedy}
}

// Findings are the concerns as findings, in their order.
func (r LintReport) Findings() []Finding {
	out := make([]Finding, len(r.Concerns))
	for i, c := range r.Concerns {
		out[i] = c.Finding()
	}
	return out
}

// Of are the concerns with a code.
func (r LintReport) Of(code string) []Concern {
	var out []Concern
	for _, c := range r.Concerns {
		if c.Code == code {
			out = append(out, c)
		}
	}
	return out
}

// Markdown is the report as a table of concerns and that of the load.
func (r LintReport) Markdown() string {
	if len(r.Concerns) == 0 {
		return "Nothing to say from " + prose.Minute(r.From) + " to " + prose.Minute(r.To) + ".\n\n" + r.Load.Markdown()
	}
	rows := [][]string{{"Level", "Code", "Who", "When and why", "Remedy"}}
	for _, c := range r.Concerns {
		rows = append(rows, []string{c.Level, c.Code, markdown.Text(c.Finding().Text), markdown.Text(c.Reason), markdown.Text(c.Remedy)})
	}
	return markdown.Table(rows) + "\n" + r.Load.Markdown()
}

// Lint looks for what is weak in [from, to): a year shows both clock changes.
// Nothing before from matters: a break is judged if both times on call are
// seen, and every span begins at from or later. Times that are declared off duty
// are no gaps. Times that recur with the same length between the same layers are
// one concern with many spans.
//
// Shares of the time are judged in windows of at least twelve weeks, in shorter
// ones only if MaxShare is given. An allowance is made for where the window cuts
// the rotation: one time on call, but from twelve weeks on at most a fiftieth of
// the window. How uneven nights and weekends are is judged from twelve weeks on.
//
// Errors are those of LoadOf. A year of a few layers takes some milliseconds.
func (r Roster) Lint(from, to time.Time, o LintOptions) (LintReport, error) {
	l := linter{from: from, to: to, o: o}
	c := compiler{plan: &plan{}}
	checkSpan(&c.problems, from, to)
	if !(o.MaxShare >= 0) || math.IsInf(o.MaxShare, 1) {
		c.problems.Add("value", "max_share", number(o.MaxShare), "it is no share", "write a number from 0 to 1")
	}
	if err := c.problems.err(); err != nil {
		return LintReport{}, err
	}
	if err := l.prepare(r); err != nil {
		return LintReport{}, err
	}
	load, err := LoadOf(l.shifts, l.o.Participants, from, to, l.o.Unsocial)
	if err != nil {
		return LintReport{}, err
	}
	l.load = load
	l.coverage()
	l.absences()
	l.doubles()
	l.overload()
	l.rests()
	l.uneven()
	l.teams()
	levels := []string{diag.Error, diag.Warning, diag.Info}
	slices.SortStableFunc(l.found, func(a, b Concern) int { return slices.Index(levels, a.Level) - slices.Index(levels, b.Level) })
	return LintReport{From: from, To: to, Concerns: l.found, Load: load}, nil
}

// linter gathers concerns.
type linter struct {
	from, to time.Time
	o        LintOptions
	s        Schedule // every layer has a name
	zone     *time.Location
	shifts   []Shift
	load     Load
	asked    bool // MaxShare was given
	found    []Concern
}

// prepare fills in what the options leave out and asks for the shifts.
func (l *linter) prepare(r Roster) error {
	l.s, l.zone = r.Definition(), r.Location()
	taken := map[string]bool{}
	for _, d := range l.s.Layers {
		taken[d.Name] = true
	}
	for i := range l.s.Layers {
		d := &l.s.Layers[i]
		d.Role = roleOf(d.Role)
		if d.Zone == "" {
			d.Zone = zoneName(l.s.Zone)
		}
		for n := i + 1; d.Name == ""; n++ {
			if name := "layer " + itoa(n); !taken[name] {
				d.Name, taken[name] = name, true
			}
		}
	}
	named, err := l.s.Compile()
	if err != nil {
		return err
	}
	l.shifts = named.Shifts(l.from, l.to)
	l.asked = l.o.MaxShare != 0
	if l.o.MaxShare == 0 {
		l.o.MaxShare = 0.25
	}
	if l.o.Rest == 0 {
		l.o.Rest = DefaultRest
	}
	if l.o.TeamSize == 0 {
		l.o.TeamSize = 8
	}
	if l.o.SiteSize == 0 {
		l.o.SiteSize = 6
	}
	if l.o.Unsocial.Zone == "" {
		l.o.Unsocial.Zone = l.s.Zone
	}
	if l.o.Participants == nil {
		seen := map[string]bool{}
		l.members(func(d Layer, m Member) {
			if !seen[m.Name] {
				seen[m.Name] = true
				l.o.Participants = append(l.o.Participants, Participant{Name: m.Name, Zone: memberZone(d, m)})
			}
		})
	}
	return nil
}

// members visits everybody who is a member of a layer in the window, shadows
// excepted.
func (l *linter) members(visit func(Layer, Member)) {
	for _, d := range l.s.Layers {
		if d.Shadow || !d.Until.IsZero() && !d.Until.After(l.from) {
			continue
		}
		for _, turn := range d.Turns {
			for _, m := range turn {
				if m.From.Before(l.to) && (m.Until.IsZero() || m.Until.After(l.from)) {
					visit(d, m)
				}
			}
		}
	}
}

// memberZone is by whose clock a member lives.
func memberZone(d Layer, m Member) string {
	if m.Zone != "" {
		return m.Zone
	}
	return d.Zone
}

func (l *linter) add(c Concern) { l.found = append(l.found, c) }

// span is a time of the window.
func (l *linter) span(from, to time.Time) span { return span{from.Sub(l.from), to.Sub(l.from)} }

// spans are times of the window for a concern, in the schedule's zone.
func (l *linter) spans(in []span) []Span {
	out := make([]Span, len(in))
	for i, s := range in {
		out[i] = Span{l.from.Add(s.start).In(l.zone), l.from.Add(s.end).In(l.zone)}
	}
	return out
}

// when tells the first and the last of the spans, and how many there are.
func when(spans []Span) string {
	first, last := spans[0], spans[len(spans)-1]
	if len(spans) == 1 {
		return "for " + duration(first.Duration()) + " from " + prose.Minute(first.Start) + " to " + prose.Minute(first.End)
	}
	each := ", " + duration(first.Duration()) + " each"
	for _, s := range spans {
		if s.Duration() != first.Duration() {
			var sum time.Duration
			for _, s := range spans {
				sum += s.Duration()
			}
			each = ", " + duration(sum) + " in all"
			break
		}
	}
	return itoa(len(spans)) + " times from " + prose.Minute(first.Start) + " to " + prose.Minute(last.End) + each
}
