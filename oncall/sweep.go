package oncall

import (
	"slices"
	"time"
)

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
		next := to
		if span < len(p.marks) {
			next = min(next, p.marks[span])
		}
		for i := range cursors {
			c := &cursors[i]
			if c.until <= t {
				c.advance(t)
				who[i] = c.who
			}
			next = min(next, c.until)
		}
		set = p.collect(set[:0], who, t, p.changes[span])
		dst, running = p.emit(dst, running, set, t)
		if t = next; span < len(p.marks) && p.marks[span] <= t {
			span++
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
		for i < len(set) && set[i].same(&running[i].entry) {
			i++
		}
		if i == len(set) {
			return dst, running
		}
	}
	now := time.Unix(t, 0).In(p.zone)
	if len(set) == 1 && len(running) == 1 { // the most frequent case
		dst[running[0].at].End = now
		running[0] = open{set[0], len(dst)}
		return p.begin(dst, &set[0], now), running
	}
	kept := running[:0]
	for _, o := range running {
		if contains(set, &o.entry) {
			kept = append(kept, o)
		} else {
			dst[o.at].End = now
		}
	}
	before := len(kept)
	for i := range set {
		e := &set[i]
		if !slices.ContainsFunc(kept[:before], func(o open) bool { return o.entry.same(e) }) {
			kept = append(kept, open{*e, len(dst)})
			dst = p.begin(dst, e, now)
		}
	}
	return dst, kept
}

// begin appends a shift that has no end yet.
func (p *plan) begin(dst []Shift, e *entry, now time.Time) []Shift {
	if len(dst) == cap(dst) {
		dst = append(dst, Shift{})
	} else {
		dst = dst[:len(dst)+1]
	}
	s, at := &dst[len(dst)-1], &p.posts[e.post]
	s.Start, s.Person, s.Role, s.Layer, s.Shadow = now, p.people[e.person], at.role, p.names[e.name], at.shadow
	return dst
}

func contains(set []entry, e *entry) bool {
	for i := range set {
		if set[i].same(e) {
			return true
		}
	}
	return false
}
