package oncall

import (
	"slices"
	"time"
)

// What Compile takes at most, so that no definition can make a query endless.
const (
	maxLayers   = 64
	maxTurns    = 1000  // of a layer
	maxAtOnce   = 64    // members of a turn
	maxWindows  = 500   // of a layer
	maxEvery    = 10000 // units of a turn
	maxEntries  = 20000 // of a list of overrides, swaps, absences, …
	maxInForce  = 500_000
	maxNameSize = 500 // bytes
)

// Compile checks a schedule and prepares it for queries. The error, an *Error,
// names everything that is wrong at once. A schedule without layers, and a
// layer without turns, is valid: nobody is on call.
//
// Zones are looked up with time.LoadLocation, in the database of the machine;
// a program that may run without one imports time/tzdata. "Local" is refused,
// because it would mean another schedule on another machine. Compile costs
// about 50 µs per zone, which is why a Roster is worth keeping.
func (s Schedule) Compile() (Roster, error) {
	c := compiler{plan: &plan{posts: []post{{role: DefaultRole}}, names: []string{""}, first: s.Tie == TieFirst, absent: s.Absent}}
	c.plan.definition = s.clone()
	s = c.plan.definition
	if c.plan.absent == "" {
		c.plan.absent = AbsenceReport
	}
	c.check(s)
	zone, _ := c.zone("time_zone", s.Zone)
	c.plan.zone = zone.zone
	for i, l := range s.Layers {
		c.layer(place("layers", i), l, s)
	}
	c.changes(s)
	if err := c.problems.err(); err != nil {
		return Roster{}, err
	}
	slices.SortStableFunc(c.plan.parts, func(a, b part) int {
		return c.plan.layers[b.layer].priority - c.plan.layers[a.layer].priority
	})
	return Roster{c.plan}, nil
}

type compiler struct {
	*plan
	problems problems
	clocks   map[string]clock
	holidays map[string][]int64 // wall times of midnight by site
	events   []event
	indices  map[string]int32 // of people
}

// zone prepares a zone, once.
func (c *compiler) zone(path, name string) (clock, bool) {
	name = zoneName(name)
	k, ok := c.clocks[name]
	if ok {
		return k, true
	}
	switch zone, err := time.LoadLocation(name); {
	case name == "Local":
		c.problems.Add("zone", path, name, "it is another zone on another machine", "write the zone's name, such as Europe/Berlin")
		return k, false
	case err != nil:
		c.problems.Add("zone", path, name, "the time zone database has no zone of that name", "write a name such as Europe/Berlin")
		return k, false
	default:
		k = newClock(zone)
	}
	if c.clocks == nil {
		c.clocks = make(map[string]clock)
	}
	c.clocks[name] = k
	return k, true
}

// layer prepares a layer.
func (c *compiler) layer(path string, d Layer, s Schedule) {
	zone := d.Zone
	if zone == "" {
		zone = s.Zone
	} else {
		c.zone(path+".time_zone", zone)
	}
	clock, ok := c.clocks[zoneName(zone)]
	start, startOK := c.start(path+".rotation", d.Rotation)
	if !c.checkLayer(path, d) || !ok || !startOK {
		return
	}
	number := int32(len(c.layers))
	l := layer{
		post: c.post(d.Role, d.Shadow), name: c.name(d.Name),
		priority: d.Priority, shadow: d.Shadow, from: beginning, until: forever, clock: clock,
	}
	if !d.Until.IsZero() {
		l.until = d.Until.Unix()
	}
	if d.Rotation.Start != "" && !d.Rotation.Extrapolate {
		l.from = clock.instant(start)
	}
	if d.Rotation.Elapsed {
		start = clock.instant(start)
		l.clock = c.fixed()
	}
	l.turns = newTurns(d.Rotation, start)
	if len(l.turns.days) > 0 && !d.Rotation.Extrapolate {
		l.from = l.clock.instant(l.turns.zero)
	}

	hours := weekOf(d.Windows)
	if hours != nil {
		hours = append(hours, weekSeconds+hours[0])
	}
	c.alone = slices.Grow(c.alone, len(d.Turns))
	var zones []string
	for _, t := range d.Turns {
		var slot []member
		for _, m := range t {
			name := zone
			if m.Zone != "" {
				name = m.Zone
			}
			k := member{person: c.person(m.Name), zone: index(&zones, name), from: beginning, until: forever}
			if !m.From.IsZero() {
				k.from = m.From.Unix()
				c.marks = append(c.marks, k.from)
			}
			if !m.Until.IsZero() {
				k.until = m.Until.Unix()
				c.marks = append(c.marks, k.until)
			}
			slot = append(slot, k)
		}
		l.slots = append(l.slots, slot)
	}
	if len(zones) == 0 {
		zones = []string{zone}
	}
	for z, name := range zones {
		p := part{layer: number, zone: int32(z), clock: c.clocks[zoneName(name)], week: hours}
		for _, slot := range l.slots {
			var members []member
			var entries []entry
			for _, m := range slot {
				if m.zone != int32(z) {
					continue
				}
				members = append(members, m)
				entries = enter(entries, 0, entry{m.person, l.post, l.name, number})
				p.bounded = p.bounded || m.from > beginning || m.until < forever
			}
			p.slots, p.entries = append(p.slots, members), append(p.entries, entries)
		}
		p.alone = make([]int32, 0, len(p.entries))
		for _, e := range p.entries {
			one := int32(-1)
			if len(e) == 1 && !p.bounded {
				one = int32(len(c.alone))
				c.alone = append(c.alone, alone{e[0], c.shift(&e[0])})
			}
			p.alone = append(p.alone, one)
		}
		c.parts = append(c.parts, p)
	}
	l.epochs = epochsOf(&l, d.Rotation)
	l.steady = len(l.epochs) == 1 && len(l.epochs[0].order) == len(l.slots)
	c.layers = append(c.layers, l)
	c.skip(number, d, clock)
}

func zoneName(name string) string {
	if name == "" {
		return "UTC"
	}
	return name
}

func roleOf(role string) string {
	if role == "" {
		return DefaultRole
	}
	return role
}

// post is the index of a post, new or not.
func (c *compiler) post(role string, shadow bool) int32 {
	p := post{roleOf(role), shadow}
	i := slices.Index(c.posts, p)
	if i < 0 {
		i = len(c.posts)
		c.posts = append(c.posts, p)
	}
	return int32(i)
}

// name is the index of a layer's name, new or not.
func (c *compiler) name(name string) int32 { return index(&c.names, name) }

// fixed is the clock of stopwatches.
func (c *compiler) fixed() clock {
	k, _ := c.zone("", "UTC")
	return k
}

func (c *compiler) person(name string) int32 {
	if c.indices == nil {
		c.indices = make(map[string]int32)
	}
	i, ok := c.indices[name]
	if !ok {
		i = int32(len(c.people))
		c.people = append(c.people, name)
		c.indices[name] = i
	}
	return i
}

// start reads the wall time at which a rotation begins.
func (c *compiler) start(path string, r Rotation) (wall int64, ok bool) {
	if r.Start == "" {
		if r.Unit != "" {
			c.problems.Add("missing", path+".start", "", "turns are counted from a start, and there is none", "write the day and time of the first turn, such as 2026-01-05T09:00")
		}
		return beginning, r.Unit == ""
	}
	wall, ok = wallTime(r.Start)
	if !ok {
		c.problems.Add("value", path+".start", r.Start, "it is no day and time", "write 2026-01-05T09:00 or 2026-01-05, by the layer's clock")
	}
	return wall, ok
}

// wallTime reads "2026-01-05T09:00", with a blank for the T, with seconds, or the
// day alone.
func wallTime(text string) (wall int64, ok bool) {
	for _, layout := range [...]string{"2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly, "2006-01-02T15:04:05", time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil && t.Nanosecond() == 0 && t.Year() > 0 {
			return t.Unix(), true
		}
	}
	return 0, false
}

// epochsOf finds which slots take turns when: a slot whose members begin later
// joins at the first handoff at or after that, and, by VacantSkip, one whose
// members have all left goes at the first handoff after that. The order of the
// slots is kept, so that the first turn of an epoch is that of the slot after
// the last one's.
func epochsOf(l *layer, r Rotation) []epoch {
	if r.Unit == "" {
		if len(l.slots) == 0 {
			return nil
		}
		return []epoch{{order: []int32{0}}}
	}
	begin, end := make([]int64, len(l.slots)), make([]int64, len(l.slots)) // turns [begin, end)
	var cuts []int64
	for i, slot := range l.slots {
		begin[i], end[i] = beginning, forever
		if len(slot) > 0 {
			from, until := slot[0].from, slot[0].until
			for _, m := range slot[1:] {
				from, until = min(from, m.from), max(until, m.until)
			}
			if from > beginning && from > l.from {
				begin[i] = handoff(l, from)
				cuts = append(cuts, begin[i])
			}
			switch {
			case until == forever || r.Vacant != VacantSkip:
			case until <= l.from: // it never had a turn
				end[i] = beginning
			default:
				end[i] = handoff(l, until)
				cuts = append(cuts, end[i])
			}
		}
	}
	slices.Sort(cuts)
	var epochs []epoch
	last := int32(-1) // the slot of the turn before
	for i, first := range append([]int64{beginning}, slices.Compact(cuts)...) {
		e := epoch{first: first}
		for s := range l.slots {
			if begin[s] <= first && first < end[s] {
				e.order = append(e.order, int32(s))
			}
		}
		if i == 0 {
			e.first = 0 // turn 0 is the first slot's, also counted backwards
		} else if before := epochs[i-1]; len(before.order) > 0 {
			last = before.order[mod(first-1-before.first+before.phase, int64(len(before.order)))]
		}
		for p, s := range e.order {
			if s > last {
				e.phase = int64(p)
				break
			}
		}
		epochs = append(epochs, e)
	}
	return epochs
}

// handoff is the first turn that begins at or after an instant.
func handoff(l *layer, t int64) int64 {
	n := l.turns.number(l.clock.reached(t))
	if l.clock.instant(l.turns.bound(n)) < t {
		n++
	}
	return n
}

// skip takes a layer off duty on the holidays that it skips.
func (c *compiler) skip(number int32, d Layer, k clock) {
	for _, site := range d.SkipHolidays {
		for of, days := range c.holidays {
			if site != "*" && site != of {
				continue
			}
			for _, day := range days {
				c.events = append(c.events, event{from: k.instant(day), to: k.instant(day + daySeconds), kind: dayOff, subject: number})
			}
		}
	}
}

// clone copies everything that the schedule points to, so that the caller may
// change it.
func (s Schedule) clone() Schedule {
	s.Layers = slices.Clone(s.Layers)
	for i := range s.Layers {
		l := &s.Layers[i]
		l.Turns = slices.Clone(l.Turns)
		for j := range l.Turns {
			l.Turns[j] = slices.Clone(l.Turns[j])
		}
		l.Windows, l.SkipHolidays = slices.Clone(l.Windows), slices.Clone(l.SkipHolidays)
	}
	s.Overrides, s.Swaps, s.Absences = slices.Clone(s.Overrides), slices.Clone(s.Swaps), slices.Clone(s.Absences)
	s.Temporary = slices.Clone(s.Temporary)
	for i := range s.Temporary {
		s.Temporary[i].Shifts = slices.Clone(s.Temporary[i].Shifts)
	}
	s.Holidays, s.OffDuty = slices.Clone(s.Holidays), slices.Clone(s.OffDuty)
	return s
}

// index is the position of a text in a list, to which it is appended if new.
func index(list *[]string, text string) int32 {
	i := slices.Index(*list, text)
	if i < 0 {
		i = len(*list)
		*list = append(*list, text)
	}
	return int32(i)
}
