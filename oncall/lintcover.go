package oncall

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
)

// coverage looks for gaps, overlaps and empty turns.
func (l *linter) coverage() {
	off := l.offDuty()
	roles := []string{DefaultRole}
	for _, d := range l.s.Layers {
		if !d.Shadow && !slices.Contains(roles, d.Role) {
			roles = append(roles, d.Role)
		}
	}
	uncovered := map[string][]span{}
	for _, role := range roles {
		var all []span
		byLayer := map[string][]span{}
		for _, s := range l.shifts {
			if s.Role == role && !s.Shadow {
				all = append(all, l.span(s.Start, s.End))
				byLayer[s.Layer] = append(byLayer[s.Layer], l.span(s.Start, s.End))
			}
		}
		window := []span{{0, l.to.Sub(l.from)}}
		gaps := without(without(window, merged(all)), off)
		if role != DefaultRole {
			// Of a role besides primary only the hours count that its layers are to cover.
			gaps = common(gaps, l.duties(role))
		}
		uncovered[role] = gaps
		l.gaps(role, gaps)
		l.overlaps(role, byLayer)
	}
	for i, d := range l.s.Layers {
		if !d.Shadow {
			l.empty(i, d, uncovered[d.Role], off)
		}
	}
}

// offDuty is the declared times in which nobody needs to be on call.
func (l *linter) offDuty() []span {
	if len(l.s.OffDuty) == 0 {
		return nil
	}
	return l.covered(Schedule{Layers: []Layer{{Turns: Turns("a"), Windows: l.s.OffDuty, Zone: l.s.Zone, Rotation: Rotation{Extrapolate: true}}}})
}

// duties are the times in which a layer of the role is to be on duty.
func (l *linter) duties(role string) []span {
	var all []span
	for _, d := range l.s.Layers {
		if d.Role == role && !d.Shadow {
			all = append(all, l.duty(d)...)
		}
	}
	return merged(all)
}

// duty is the times in which a layer is to be on duty, whoever has the turn, and
// whether anybody has.
func (l *linter) duty(d Layer) []span {
	zones := map[string]bool{d.Zone: true}
	for _, turn := range d.Turns {
		for _, m := range turn {
			zones[memberZone(d, m)] = true
		}
	}
	if len(zones) == 1 || len(d.Windows) == 0 {
		d.Turns = Turns("a")
	} else {
		// Each turn is by the clock of whose it is: by that of who left last, and by
		// the layer's if it was never anybody's. Vacant turns that are skipped are
		// no duty.
		d.Turns = slices.Clone(d.Turns)
		for i, turn := range d.Turns {
			if len(turn) > 0 && d.Rotation.Vacant == VacantSkip || len(turn) == maxAtOnce {
				continue
			}
			if stand, ok := standIn(turn); ok {
				d.Turns[i] = append(slices.Clone(turn), stand)
			}
		}
	}
	return l.covered(Schedule{Layers: []Layer{d}, Holidays: l.s.Holidays})
}

// standIn is a member who has a turn from when its members have left; ok is
// false if they stay.
func standIn(turn Turn) (m Member, ok bool) {
	m.Name = "a"
	for _, o := range turn {
		if o.Until.IsZero() {
			return m, false
		}
		if o.Until.After(m.From) {
			m.From, m.Zone = o.Until, o.Zone
		}
	}
	return m, true
}

// alone is the times that a layer covers by itself.
func (l *linter) alone(d Layer) []span {
	return l.covered(Schedule{Layers: []Layer{d}, Holidays: l.s.Holidays, Absences: l.s.Absences, Absent: l.s.Absent})
}

// covered is the times that a part of the schedule, of one layer, covers.
func (l *linter) covered(s Schedule) []span {
	s.Zone = l.s.Zone
	s.Layers[0].Shadow = false
	r, err := s.Compile()
	if err != nil {
		return nil // cannot be: it is part of a schedule that was compiled
	}
	var out []span
	for _, s := range r.Shifts(l.from, l.to) {
		out = append(out, l.span(s.Start, s.End))
	}
	return merged(out)
}

// gaps tells when nobody is on call in a role.
func (l *linter) gaps(role string, gaps []span) {
	level, remedy := diag.Error, "let a layer cover it, or declare it in off_duty"
	if role != DefaultRole {
		level = diag.Warning
	}
	type edge struct{ before, after string }
	ends, starts := map[time.Duration]string{}, map[time.Duration]string{}
	for _, shift := range l.shifts {
		if shift.Role == role && !shift.Shadow {
			at := l.span(shift.Start, shift.End)
			ends[at.end], starts[at.start] = shift.Layer, shift.Layer
		}
	}
	groups, order := map[string][]span{}, []string{}
	edges := map[string]edge{}
	for _, s := range gaps {
		e := edge{ends[s.start], starts[s.end]}
		key := (s.end - s.start).String() + "\x00" + e.before + "\x00" + e.after
		if groups[key] == nil {
			order = append(order, key)
			edges[key] = e
		}
		groups[key] = append(groups[key], s)
	}
	for _, key := range order {
		c := Concern{Code: "gap", Level: level, Role: role, Spans: l.spans(groups[key]), Remedy: remedy}
		e := edges[key]
		for _, name := range []string{e.before, e.after} {
			if name != "" && !slices.Contains(c.Layers, name) {
				c.Layers = append(c.Layers, name)
			}
		}
		for _, d := range l.s.Layers {
			if e == (edge{}) && d.Role == role && !d.Shadow {
				c.Layers = append(c.Layers, d.Name)
			}
		}
		c.Reason = "nobody is on call " + when(c.Spans)
		switch {
		case e.before != "" && e.after != "" && e.before != e.after:
			c.Reason += ", after " + diag.Quote(e.before) + " and before " + diag.Quote(e.after)
		case e.before != "" && e.before == e.after:
			c.Reason += ", between two turns of " + diag.Quote(e.before)
		}
		if why := l.clockChange(groups[key]); why != "" {
			c.Code, c.Reason = "clock-gap", c.Reason+"; "+why
			c.Remedy = "overlap the layers by the hour that the clocks differ, or keep both on the clock of one zone"
		}
		l.add(c)
	}
}

// overlaps tells when two layers have one role at once.
func (l *linter) overlaps(role string, byLayer map[string][]span) {
	var names []string
	for _, d := range l.s.Layers {
		if _, ok := byLayer[d.Name]; ok && d.Role == role && !d.Shadow {
			names = append(names, d.Name)
			byLayer[d.Name] = merged(byLayer[d.Name])
		}
	}
	for i, a := range names {
		for _, b := range names[i+1:] {
			groups := map[time.Duration][]span{}
			for _, s := range common(byLayer[a], byLayer[b]) {
				groups[s.end-s.start] = append(groups[s.end-s.start], s)
			}
			for _, length := range sortedKeys(groups) {
				spans := groups[length]
				c := Concern{Code: "overlap", Level: diag.Warning, Role: role, Layers: []string{a, b}, Spans: l.spans(spans),
					Remedy: "end one layer where the other begins, give them different priorities or roles, or set tie to first"}
				c.Reason = diag.Quote(a) + " and " + diag.Quote(b) + " are both on call " + when(c.Spans)
				if why := l.clockChange(spans); why != "" {
					c.Code, c.Reason = "clock-overlap", c.Reason+"; "+why
					c.Remedy = "set tie to first, or leave it: an overlap harms less than a gap"
				}
				c.People = l.who(role, spans)
				l.add(c)
			}
		}
	}
}

// who is on call in a role at the first of the spans.
func (l *linter) who(role string, spans []span) []string {
	var names []string
	for _, s := range l.shifts {
		at := l.span(s.Start, s.End)
		if s.Role == role && !s.Shadow && at.start <= spans[0].start && spans[0].start < at.end && !slices.Contains(names, s.Person) {
			names = append(names, s.Person)
		}
	}
	slices.Sort(names)
	return names
}

// empty tells which turns of a layer are nobody's.
func (l *linter) empty(i int, d Layer, uncovered, off []span) {
	missing := without(without(l.duty(d), l.alone(d)), off)
	if len(missing) == 0 {
		return
	}
	open := common(missing, uncovered)
	c := Concern{Code: "empty-turn", Level: diag.Warning, Role: d.Role, Layers: []string{d.Name}, Spans: l.spans(missing),
		Remedy: "put somebody in the turn, or shorten the layer's windows"}
	c.Reason = "a turn of " + diag.Quote(d.Name) + " is nobody's " + when(c.Spans)
	if len(d.Turns) == 0 {
		c.Reason = diag.Quote(d.Name) + " has no people"
		c.Remedy = "name its people under " + place("layers", i) + ".turns"
	}
	if len(open) == 0 {
		c.Level = diag.Info
		c.Reason += "; other layers cover it"
	}
	l.add(c)
}

// clockChange is why times are as they are if that comes from clock changes: they
// begin at most a period after a zone's change, or end at most a period before
// one, and last as long as the zone's offset changed.
func (l *linter) clockChange(spans []span) string {
	length := spans[0].end - spans[0].start
	if len(spans) == 1 && (spans[0].start == 0 || spans[0].end == l.to.Sub(l.from)) {
		return "" // it is longer than what the window shows of it
	}
	period := 24 * time.Hour
	if n := len(spans); n > 1 {
		period = max(period, (spans[n-1].start-spans[0].start)/time.Duration(n-1))
	}
	period += 12 * time.Hour
	since, until := "", ""
	for _, name := range l.zoneNames() {
		zone, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		for t := l.from.Add(-period).Unix(); ; {
			before := lookup(zone, t)
			if before.hi >= l.to.Add(period).Unix() {
				break
			}
			t = before.hi
			end := time.Unix(t, 0).In(zone)
			change := time.Duration(lookup(zone, t).offset-before.offset) * time.Second
			if change < 0 {
				change = -change
			}
			at := end.Sub(l.from)
			if change == length {
				if first := spans[0].start; since == "" && at <= first && first-at < period {
					since = "since the clock of " + name + " changed on " + end.Format(time.DateOnly)
				}
				if last := spans[len(spans)-1].end; until == "" && at >= last-length && at-last < period {
					until = "until that of " + name + " changes on " + end.Format(time.DateOnly)
				}
			}
		}
	}
	return strings.TrimSpace(since + " " + until)
}

// zoneNames are the zones of the schedule, sorted.
func (l *linter) zoneNames() []string {
	names := []string{zoneName(l.s.Zone)}
	for _, d := range l.s.Layers {
		names = append(names, d.Zone)
		for _, turn := range d.Turns {
			for _, m := range turn {
				names = append(names, memberZone(d, m))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// without is what of a no span of b covers. Both are merged.
func without(a, b []span) []span {
	var out []span
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].end <= s.start {
			j++
		}
		at := s.start
		for k := j; k < len(b) && b[k].start < s.end; k++ {
			if at < b[k].start {
				out = append(out, span{at, b[k].start})
			}
			at = max(at, b[k].end)
		}
		if at < s.end {
			out = append(out, span{at, s.end})
		}
	}
	return out
}

// common is what both a and b cover. Both are merged.
func common(a, b []span) []span {
	var out []span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if from, to := max(a[i].start, b[j].start), min(a[i].end, b[j].end); from < to {
			out = append(out, span{from, to})
		}
		if a[i].end < b[j].end {
			i++
		} else {
			j++
		}
	}
	return out
}

// sortedKeys are the lengths by which spans are grouped, by the first of them.
func sortedKeys(groups map[time.Duration][]span) []time.Duration {
	keys := make([]time.Duration, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b time.Duration) int { return cmp.Compare(groups[a][0].start, groups[b][0].start) })
	return keys
}
