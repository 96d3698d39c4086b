package oncall

import "time"

// The instants that queries know: those of the years 1 to 9999.
var (
	firstInstant = time.Date(1, time.January, 2, 0, 0, 0, 0, time.UTC).Unix()
	lastInstant  = time.Date(9999, time.December, 30, 0, 0, 0, 0, time.UTC).Unix()
)

// open is a shift whose end is not known yet.
type open struct {
	entry entry
	at    int // index into the result
}

// sweep appends the shifts of [from, to). It goes from one instant at which a
// turn, a window or a change begins or ends to the next one.
func (p *plan) sweep(dst []Shift, from, to int64) []Shift {
	if from >= to {
		return dst
	}
	var (
		cursorBuffer [8]cursor
		whoBuffer    [8]int32
		setBuffer    [8]entry
		openBuffer   [8]open
	)
	cursors, who, set, running := cursorBuffer[:0], whoBuffer[:0], setBuffer[:0], openBuffer[:0]
	if n := len(p.parts); n > len(cursorBuffer) {
		cursors, who = make([]cursor, 0, n), make([]int32, 0, n)
	}
	for i := range p.parts {
		cursors = cursors[:i+1]
		cursors[i].start(&p.parts[i], &p.layers[p.parts[i].layer], from)
		who = append(who, cursors[i].who)
	}
	span := p.span(from)
	for t := from; t < to; {
		set = p.collect(set[:0], who, t, p.changes[span])
		dst, running = p.emit(dst, running, set, t)
		next := to
		if span < len(p.marks) {
			next = min(next, p.marks[span])
		}
		for i := range cursors {
			next = min(next, cursors[i].until)
		}
		t = next
		if span < len(p.marks) && p.marks[span] <= t {
			span++
		}
		for i := range cursors {
			if c := &cursors[i]; c.until <= t {
				c.advance(t)
				who[i] = c.who
			}
		}
	}
	dst, _ = p.emit(dst, running, nil, to)
	return dst
}

// emit ends the running shifts of those who are not in set and begins shifts of
// those who are new in it.
func (p *plan) emit(dst []Shift, running []open, set []entry, t int64) ([]Shift, []open) {
	if len(set) == len(running) {
		i := 0
		for i < len(set) && set[i].same(running[i].entry) {
			i++
		}
		if i == len(set) {
			return dst, running
		}
	}
	now := time.Unix(t, 0).In(p.zone)
	kept := running[:0]
	for _, o := range running {
		if holds(set, o.entry) {
			kept = append(kept, o)
			continue
		}
		dst[o.at].End = now
	}
	before := len(kept)
	for _, e := range set {
		found := false
		for _, o := range kept[:before] {
			found = found || o.entry.same(e)
		}
		if found {
			continue
		}
		kept = append(kept, open{e, len(dst)})
		dst = append(dst, Shift{Start: now, Person: p.people[e.person], Role: p.roles[e.role], Layer: p.names[e.name], Shadow: e.shadow})
	}
	return dst, kept
}

func holds(set []entry, e entry) bool {
	for _, o := range set {
		if o.same(e) {
			return true
		}
	}
	return false
}
