package oncall

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// check reports what is wrong with a schedule, its layers excepted.
func (c *compiler) check(s Schedule) {
	p := &c.problems
	c.label("name", s.Name, false)
	choice(p, "tie", string(s.Tie), string(TieAll), string(TieFirst))
	choice(p, "absent", string(s.Absent), string(AbsenceReport), string(AbsenceSkip), string(AbsenceReplace))
	c.size("layers", len(s.Layers), maxLayers)
	c.size("overrides", len(s.Overrides), maxEntries)
	c.size("temporary", len(s.Temporary), maxEntries)
	c.size("swaps", len(s.Swaps), maxEntries)
	c.size("absences", len(s.Absences), maxEntries)
	c.size("holidays", len(s.Holidays), maxEntries)
	c.size("off_duty", len(s.OffDuty), maxWindows)
	var names []string
	for i, l := range s.Layers {
		if l.Name != "" && slices.Contains(names, l.Name) {
			p.Add("name", place("layers", i)+".name", l.Name, "two layers have that name", "rename one of them")
		}
		names = append(names, l.Name)
	}
	c.holidays = make(map[string][]int64)
	var sites []string
	for i, h := range s.Holidays {
		if day, err := time.Parse(time.DateOnly, h.Date); err != nil || day.Year() == 0 {
			p.Add("value", place("holidays", i)+".date", h.Date, "it is no day", "write 2026-12-25")
		} else {
			if c.holidays[h.Site] == nil {
				sites = append(sites, h.Site)
			}
			c.holidays[h.Site] = append(c.holidays[h.Site], day.Unix())
		}
	}
	for i, l := range s.Layers {
		for j, site := range l.SkipHolidays {
			if site != "*" && !slices.Contains(sites, site) {
				p.Add("name", place(place("layers", i)+".skip_holidays", j), site, "no holiday is of that site", "write one of the holidays' sites, or *")
			}
		}
	}
	for i, w := range s.OffDuty {
		w.check(p, place("off_duty", i))
	}
	for i, o := range s.Overrides {
		c.override(place("overrides", i), o, names)
	}
	for i, t := range s.Temporary {
		path := place("temporary", i)
		c.bounds(path, "start", "end", t.Start, t.End)
		c.size(path+".shifts", len(t.Shifts), maxEntries)
		for j, f := range t.Shifts {
			path := place(path+".shifts", j)
			c.bounds(path, "start", "end", f.Start, f.End)
			c.label(path+".responder", f.Person, true)
			if f.Start.Before(t.Start) || f.End.After(t.End) {
				p.Add("order", path, "", "the shift reaches beyond the temporary schedule", "cut it, or make the schedule longer")
			}
		}
	}
	c.swapped(s.Swaps)
	for i, a := range s.Absences {
		path := place("absences", i)
		c.label(path+".person", a.Person, true)
		c.bounds(path, "start", "end", a.Start, a.End)
	}
}

// checkLayer reports what is wrong with a layer, its zone and start excepted.
func (c *compiler) checkLayer(path string, l Layer) bool {
	p := &c.problems
	before := len(p.Findings) + p.More
	c.label(path+".name", l.Name, false)
	c.label(path+".role", l.Role, false)
	if l.Priority < -1e6 || l.Priority > 1e6 {
		p.Add("value", path+".priority", strconv.Itoa(l.Priority), "it is out of range", "write -1000000 to 1000000")
	}
	r, rotation := l.Rotation, path+".rotation"
	choice(p, rotation+".unit", string(r.Unit), string(Hour), string(Day), string(Week), string(Month), string(Quarter))
	choice(p, rotation+".vacant", string(r.Vacant), string(VacantKeep), string(VacantSkip))
	if r.Every < 0 || r.Every > maxEvery {
		p.Add("value", rotation+".every", strconv.Itoa(r.Every), "it is out of range", "write 1 to "+strconv.Itoa(maxEvery))
	}
	if r.Unit == "" && r.Every > 1 {
		p.Add("missing", rotation+".unit", "", "a turn has a length, but in no unit", "write hour, day, week, month or quarter")
	}
	switch {
	case r.Days&^AllDays != 0:
		p.Add("value", rotation+".days", strconv.Itoa(int(r.Days)), "it is no set of weekdays", "write Mon-Fri")
	case r.Days != 0 && r.Unit == Week && r.Days.count() != 1:
		p.Add("value", rotation+".days", r.Days.String(), "turns in weeks pass on on one day", "write that day, such as Mon; for more than one take the unit day")
	case r.Days != 0 && r.Unit != Week && r.Unit != Day:
		p.Add("conflict", rotation+".days", r.Days.String(), "only turns in days or weeks have handoff days", "leave it out, or take the unit day or week")
	}
	if r.MonthDay < 0 || r.MonthDay > 31 {
		p.Add("value", rotation+".month_day", strconv.Itoa(r.MonthDay), "it is no day of a month", "write 1 to 31")
	} else if r.MonthDay != 0 && r.Unit != Month && r.Unit != Quarter {
		p.Add("conflict", rotation+".month_day", strconv.Itoa(r.MonthDay), "only turns in months or quarters have it", "leave it out, or take the unit month or quarter")
	}
	if r.Elapsed && r.Unit != Hour {
		p.Add("conflict", rotation+".elapsed", "", "only hours are counted by a stopwatch", "leave it out, or take the unit hour")
	}
	c.size(path+".turns", len(l.Turns), maxTurns)
	for i, t := range l.Turns {
		path := place(path+".turns", i)
		c.size(path, len(t), maxAtOnce)
		for j, m := range t {
			path := place(path, j)
			c.label(path+".name", m.Name, true)
			if m.Zone != "" {
				c.zone(path+".time_zone", m.Zone)
			}
			c.second(path+".from", m.From)
			c.second(path+".until", m.Until)
			if !m.From.IsZero() && !m.Until.IsZero() && !m.Until.After(m.From) {
				p.Add("order", path+".until", stamp(m.Until), "it is not after the membership's beginning", "write a later instant")
			}
		}
	}
	c.size(path+".windows", len(l.Windows), maxWindows)
	for i, w := range l.Windows {
		w.check(p, place(path+".windows", i))
	}
	c.second(path+".until", l.Until)
	return len(p.Findings)+p.More == before
}

// override reports what is wrong with an override.
func (c *compiler) override(path string, o Override, layers []string) {
	p := &c.problems
	c.bounds(path, "start", "end", o.Start, o.End)
	choice(p, path+".kind", string(o.Kind), string(Add), string(Remove), string(Replace), string(ReplaceAll))
	c.label(path+".person", o.Person, o.Kind == Add || o.Kind == Remove)
	c.label(path+".replaces", o.Replaces, o.Kind == Replace)
	c.label(path+".role", o.Role, false)
	if o.Replaces != "" && o.Kind != Replace && o.Kind != "" {
		p.Add("conflict", path+".replaces", o.Replaces, "only an override of the kind replace replaces one person", "leave it out, or write kind replace")
	}
	if o.Layer != "" && !slices.Contains(layers, o.Layer) {
		p.Add("name", path+".layer", o.Layer, "no layer has that name", "write the name of a layer, or none for all")
	}
	if o.Layer != "" && o.Role != "" {
		p.Add("conflict", path+".role", o.Role, "a layer has its own role", "leave out the role or the layer")
	}
}

// swapped reports what is wrong with swaps.
func (c *compiler) swapped(swaps []Swap) {
	p := &c.problems
	type leg struct {
		giver    string
		from, to time.Time
		swap     int
		path     string
	}
	var legs []leg
	for i, s := range swaps {
		path := place("swaps", i)
		c.label(path+".from", s.From, true)
		c.label(path+".to", s.To, true)
		if s.From == s.To && s.From != "" {
			p.Add("conflict", path+".to", s.To, "a swap is between two people", "name somebody else")
		}
		if c.bounds(path, "start", "end", s.Start, s.End) {
			legs = append(legs, leg{s.From, s.Start, s.End, i, path + ".start"})
		}
		if s.ReturnStart.IsZero() && s.ReturnEnd.IsZero() {
			continue
		}
		if c.bounds(path, "return_start", "return_end", s.ReturnStart, s.ReturnEnd) {
			legs = append(legs, leg{s.To, s.ReturnStart, s.ReturnEnd, i, path + ".return_start"})
			if s.ReturnStart.Before(s.End) && s.Start.Before(s.ReturnEnd) {
				p.Add("conflict", path+".return_start", stamp(s.ReturnStart), "the two parts of the swap overlap", "let one end before the other begins")
			}
		}
	}
	slices.SortStableFunc(legs, func(a, b leg) int {
		return cmp.Or(strings.Compare(a.giver, b.giver), a.from.Compare(b.from))
	})
	for i := 1; i < len(legs); i++ {
		a, b := &legs[i-1], &legs[i]
		if a.giver != b.giver {
			continue
		}
		if b.from.Before(a.to) && a.swap != b.swap {
			late := a
			if b.swap > a.swap {
				late = b
			}
			p.Add("conflict", late.path, stamp(late.from), late.giver+" gives turns of that time away in "+place("swaps", min(a.swap, b.swap))+" already", "remove one of the two, or let the new holder hand them on")
		}
		if b.to.Before(a.to) {
			b.to = a.to // the farther end is what the next must be held against
		}
	}
}

// label reports a name that cannot be one.
func (c *compiler) label(path, name string, needed bool) {
	switch {
	case name == "" && needed:
		c.problems.Add("missing", path, "", "a name is needed", "write one")
	case len(name) > maxNameSize:
		c.problems.Add("limit", path, name, "it is longer than "+strconv.Itoa(maxNameSize)+" bytes", "shorten it")
	case !utf8.ValidString(name):
		c.problems.Add("value", path, name, "it is no text in UTF-8", "write it anew")
	}
}

// size reports a list that is too long.
func (c *compiler) size(path string, n, most int) {
	if n > most {
		c.problems.Add("limit", path, "", "it has "+strconv.Itoa(n)+" entries", "at most "+strconv.Itoa(most)+" are taken")
	}
}

// bounds reports bounds that are none.
func (c *compiler) bounds(path, start, end string, from, to time.Time) bool {
	p := &c.problems
	before := len(p.Findings) + p.More
	for _, b := range [...]struct {
		key string
		at  time.Time
	}{{start, from}, {end, to}} {
		if b.at.IsZero() {
			p.Add("missing", path+"."+b.key, "", "an instant is needed", "write 2026-01-05T09:00:00Z")
		} else {
			c.second(path+"."+b.key, b.at)
		}
	}
	if !from.IsZero() && !to.IsZero() && !to.After(from) {
		p.Add("order", path+"."+end, stamp(to), "it is not after the "+strings.ReplaceAll(start, "_", " "), "write a later instant")
	}
	return len(p.Findings)+p.More == before
}

// second reports an instant that is not on a second, or far from all that have
// a date of four digits.
func (c *compiler) second(path string, t time.Time) {
	if t.Nanosecond() != 0 {
		c.problems.Add("value", path, stamp(t), "schedules know whole seconds", "cut it with Truncate(time.Second)")
	}
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		c.problems.Add("value", path, "", "it is not within the years 1 to 9999", "write another instant")
	}
}

func stamp(t time.Time) string { return t.Format(time.RFC3339Nano) }

// choice reports a word that is none of those allowed.
func choice(p *problems, path, word string, words ...string) {
	if word != "" && !slices.Contains(words, word) {
		last := len(words) - 1
		p.Add("value", path, word, "it is none of the words that can stand here", "write "+strings.Join(words[:last], ", ")+" or "+words[last])
	}
}
