package oncall

import (
	"slices"
	"strconv"
)

// event is a change with its bounds.
type event struct {
	from, to int64
	kind     eventKind
	subject  int32 // of dayOff a layer, of away a person, of planned and fixedShift the temporary schedule
	change   change
	entry    entry
}

type eventKind int

// The kinds of events.
const (
	dayOff eventKind = iota
	away
	onLayer
	onAll
	planned
	fixedShift
	handedOver
)

// changes brings what is bound to instants onto the timeline.
func (c *compiler) changes(s Schedule) {
	if len(c.problems.Findings) > 0 {
		return
	}
	if c.absent != AbsenceReport {
		for _, a := range s.Absences {
			c.events = append(c.events, event{from: a.Start.Unix(), to: a.End.Unix(), kind: away, subject: c.person(a.Person)})
		}
	}
	for i, t := range s.Temporary {
		c.events = append(c.events, event{from: t.Start.Unix(), to: t.End.Unix(), kind: planned, subject: int32(i)})
		for _, f := range t.Shifts {
			e := entry{person: c.person(f.Person), post: c.post(f.Role, f.Shadow), name: c.name(f.Layer)}
			c.events = append(c.events, event{from: f.Start.Unix(), to: f.End.Unix(), kind: fixedShift, subject: int32(i), entry: e})
		}
	}
	for i, o := range s.Overrides {
		e := event{from: o.Start.Unix(), to: o.End.Unix(), kind: onAll, change: change{kind: o.Kind, person: -1, post: c.post(o.Role, false), source: int32(i)}}
		if o.Person != "" {
			e.change.person = c.person(o.Person)
		}
		if o.Replaces != "" {
			e.change.replaces = c.person(o.Replaces)
		}
		switch {
		case o.Kind != "":
		case o.Replaces == "":
			e.change.kind = ReplaceAll
		case o.Person == "":
			e.change.kind, e.change.person = Remove, e.change.replaces
		default:
			e.change.kind = Replace
		}
		if o.Kind == Replace && o.Person == "" {
			e.change.kind, e.change.person = Remove, e.change.replaces
		}
		if o.Layer != "" {
			e.kind = onLayer
			e.change.layer = int32(slices.IndexFunc(s.Layers, func(l Layer) bool { return l.Name == o.Layer }))
		}
		c.events = append(c.events, e)
	}
	for i, w := range s.Swaps {
		from, to := c.person(w.From), c.person(w.To)
		c.events = append(c.events, event{from: w.Start.Unix(), to: w.End.Unix(), kind: handedOver, change: change{kind: Replace, person: to, replaces: from, source: int32(i)}})
		if !w.ReturnStart.IsZero() {
			c.events = append(c.events, event{from: w.ReturnStart.Unix(), to: w.ReturnEnd.Unix(), kind: handedOver, change: change{kind: Replace, person: from, replaces: to, source: int32(i)}})
		}
	}
	for _, e := range c.events {
		c.marks = append(c.marks, e.from, e.to)
	}
	slices.Sort(c.marks)
	c.marks = slices.Compact(c.marks)
	c.plan.changes = make([]*changes, len(c.marks)+1)
	room := maxInForce
	for _, e := range c.events {
		first, end := c.span(e.from), c.span(e.to)
		if room -= end - first; room < 0 {
			c.problems.Add("limit", "", "", "too many overrides, swaps, absences and the like overlap", "remove those of the past; at most "+strconv.Itoa(maxInForce)+" pairs of one and a time between two changes are taken")
			return
		}
		for i := first; i < end; i++ {
			if c.plan.changes[i] == nil {
				c.plan.changes[i] = new(changes)
			}
			c.plan.changes[i].add(e)
		}
	}
}

// add puts an event in force. Those of one kind come in their order.
func (c *changes) add(e event) {
	switch e.kind {
	case dayOff:
		c.off = append(c.off, e.subject)
	case away:
		c.absent = append(c.absent, e.subject)
	case onLayer:
		c.layers = append(c.layers, e.change)
	case onAll:
		c.overrides = append(c.overrides, e.change)
	case planned:
		c.temporary, c.plan, c.fixed = true, e.subject, nil
	case fixedShift:
		if c.plan == e.subject {
			c.fixed = enter(c.fixed, 0, e.entry)
		}
	case handedOver:
		c.swaps = append(c.swaps, e.change)
	}
}
