package oncall

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// longEnough is the length of a window from which shares can be judged without
// minding where it cuts the rotation.
const longEnough = 12 * 7 * 24 * time.Hour

// absences tells who is on call while absent.
func (l *linter) absences() {
	away, times := map[string][]Absence{}, map[string][]span{}
	for _, a := range l.s.Absences {
		away[a.Person] = append(away[a.Person], a)
		times[a.Person] = append(times[a.Person], l.span(a.Start, a.End))
	}
	for name := range times {
		times[name] = merged(times[name])
	}
	spans := map[string][]span{}
	for _, s := range l.shifts {
		if s.Shadow {
			continue
		}
		spans[s.Person] = append(spans[s.Person], common([]span{l.span(s.Start, s.End)}, times[s.Person])...)
	}
	for _, name := range people(spans) {
		c := Concern{Code: "absent", Level: diag.Warning, People: []string{name}, Spans: l.spans(merged(spans[name])),
			Remedy: "swap or override the turn, or set absent to replace"}
		c.Reason = "on call while absent " + when(c.Spans)
		for _, a := range away[name] {
			if a.Reason != "" && a.Start.Before(c.Spans[0].End) && c.Spans[0].Start.Before(a.End) {
				c.Reason += ", first: " + a.Reason
				break
			}
		}
		l.add(c)
	}
}

// doubles tells who has two roles at once.
func (l *linter) doubles() {
	byRole := map[string]map[string][]span{}
	for _, s := range l.shifts {
		if s.Shadow {
			continue
		}
		if byRole[s.Person] == nil {
			byRole[s.Person] = map[string][]span{}
		}
		byRole[s.Person][s.Role] = append(byRole[s.Person][s.Role], l.span(s.Start, s.End))
	}
	both := map[string][]span{}
	for name, roles := range byRole {
		var all []span
		for _, spans := range roles {
			spans = merged(spans)
			both[name] = append(both[name], common(merged(slices.Clone(all)), spans)...)
			all = append(all, spans...)
		}
	}
	for _, name := range people(both) {
		c := Concern{Code: "two-roles", Level: diag.Warning, People: []string{name}, Spans: l.spans(merged(both[name])),
			Remedy: "shift one of the rotations, so that another person stands behind the first"}
		c.Reason = "in two roles at once " + when(c.Spans)
		l.add(c)
	}
}

// people are the names that have spans, sorted.
func people(spans map[string][]span) []string {
	var names []string
	for name, s := range spans {
		if len(s) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// overload tells who is on call for too much of the time.
func (l *linter) overload() {
	window := l.to.Sub(l.from)
	if l.o.MaxShare >= 1 || window < longEnough && !l.asked {
		return
	}
	for _, p := range l.load.People {
		slack := p.Longest
		if window >= longEnough {
			slack = min(slack, window/50)
		}
		if float64(p.Total-slack) <= l.o.MaxShare*float64(window) {
			continue
		}
		l.add(Concern{Code: "overload", Level: diag.Warning, People: []string{p.Person},
			Reason: fmt.Sprintf("on call for %.1f %% of the time from %s to %s, %s h in %d times; %.4g %% are sustainable",
				100*p.Ratio, prose.Minute(l.from.In(l.zone)), prose.Minute(l.to.In(l.zone)), hours(p.Total), p.Handoffs, 100*l.o.MaxShare),
			Remedy: "share the turns among more people"})
	}
}

// rests tells who has too short a break.
func (l *linter) rests() {
	if l.o.Rest < 0 {
		return
	}
	duty := map[string][]span{}
	for _, s := range l.shifts {
		if !s.Shadow {
			duty[s.Person] = append(duty[s.Person], l.span(s.Start, s.End))
		}
	}
	for _, name := range people(duty) {
		var short []span
		shortest := time.Duration(math.MaxInt64)
		spells := merged(duty[name])
		for i := 1; i < len(spells); i++ {
			a, b := spells[i-1], spells[i]
			if rest := b.start - a.end; rest < l.o.Rest && b.end-a.start > l.o.SplitDay {
				short = append(short, span{a.end, b.start})
				shortest = min(shortest, rest)
			}
		}
		if len(short) == 0 {
			continue
		}
		c := Concern{Code: "rest", Level: diag.Warning, People: []string{name}, Spans: l.spans(short),
			Remedy: "move one of the turns, or give it to somebody else"}
		c.Reason = "a break below " + duration(l.o.Rest) + " between two times on call " + when(c.Spans)
		if len(short) > 1 {
			c.Reason += ", the shortest " + duration(shortest)
		}
		l.add(c)
	}
}

// uneven tells whether nights or weekends fall on few.
func (l *linter) uneven() {
	if l.to.Sub(l.from) < longEnough || len(l.load.People) < 2 {
		return
	}
	for _, k := range []struct {
		name string
		f    Fairness
		of   func(PersonLoad) time.Duration
	}{
		{"weekends", l.load.Weekends, func(p PersonLoad) time.Duration { return p.Weekends }},
		{"nights", l.load.Nights, func(p PersonLoad) time.Duration { return p.Nights }},
	} {
		if k.f.Jain >= 0.9 {
			continue
		}
		var names []string
		for _, p := range l.load.People {
			// More than one turn above the mean, so that few turns are not taken for uneven ones.
			if amount := k.of(p).Hours() / p.Share; amount > 1.5*k.f.Mean && amount-k.f.Mean > min(p.Longest.Hours(), 62)/p.Share {
				names = append(names, p.Person)
			}
		}
		if len(names) == 0 {
			continue
		}
		l.add(Concern{Code: "uneven", Level: diag.Warning, People: names,
			Reason: fmt.Sprintf("hours of %s from %s to %s are shared unevenly (Jain index %.3f): between %.4g and %.4g h a person, %.4g on average",
				k.name, prose.Minute(l.from.In(l.zone)), prose.Minute(l.to.In(l.zone)), k.f.Jain, k.f.Min, k.f.Max, k.f.Mean),
			Remedy: "let turns last a week, change the number of people so that turns move through the week, or generate the turns"})
	}
}

// MinTeam is how many people a rotation needs so that nobody is on call for more
// than the share of the time: roles filled for so many hours of each day, by
// roles·hours/24/share, rounded up. Two roles around the clock at a quarter of
// the time need 8, on two sites of 12 hours each 4 a site, of which the book
// makes 6 so that a site can live on its own (Beyer and others 2016, chapter 11).
// It is 0 where one of the arguments is not a positive number.
func MinTeam(roles int, hoursPerDay, share float64) int {
	n := math.Ceil(float64(roles)*hoursPerDay/24/share - 1e-9)
	if roles <= 0 || !(hoursPerDay > 0) || !(share > 0) || !(n <= math.MaxInt32) {
		return 0
	}
	return int(n)
}

// teams tells which sites have too few people.
func (l *linter) teams() {
	sites := l.o.Sites
	if sites == nil {
		sites = l.sites()
	}
	roles := map[string]bool{}
	for _, d := range l.s.Layers {
		if !d.Shadow {
			roles[d.Role] = true
		}
	}
	limit, what := l.o.TeamSize, "a team on one site"
	if len(sites) > 1 {
		limit, what = l.o.SiteSize, "each of several sites"
	}
	for _, s := range sites {
		names := slices.Clone(s.People)
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) >= limit || len(names) == 0 {
			continue
		}
		c := Concern{Code: "small-team", Level: diag.Warning, People: names, Remedy: "add people, or share the rotation with another team"}
		least := MinTeam(len(roles), 24/float64(len(sites)), min(l.o.MaxShare, 1))
		c.Reason = fmt.Sprintf("%d %s at %s from %s to %s, %s should have %d", len(names), plural(len(names), "person", "people"), s.Name,
			prose.Minute(l.from.In(l.zone)), prose.Minute(l.to.In(l.zone)), what, limit)
		if len(roles) < 2 && len(names) >= least {
			c.Level = diag.Info
			c.Reason += " to fill a second role as well"
		}
		l.add(c)
	}
}

// sites are the people by time zone; zones whose clocks agree at the window's
// start are one.
func (l *linter) sites() []Site {
	var sites []Site
	var offsets []int
	seen := map[string]bool{}
	l.members(func(d Layer, m Member) {
		if seen[m.Name] {
			return
		}
		seen[m.Name] = true
		name := memberZone(d, m)
		zone, err := time.LoadLocation(name)
		if err != nil {
			return
		}
		_, offset := l.from.In(zone).Zone()
		i := slices.Index(offsets, offset)
		if i < 0 {
			i = len(sites)
			offsets, sites = append(offsets, offset), append(sites, Site{Name: name})
		}
		sites[i].People = append(sites[i].People, m.Name)
	})
	slices.SortFunc(sites, func(a, b Site) int { return strings.Compare(a.Name, b.Name) })
	return sites
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func itoa(n int) string { return strconv.Itoa(n) }
