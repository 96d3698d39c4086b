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
	cursors, who = cursors[:len(p.parts)], who[:len(p.parts)]
	for i := range cursors {
		cursors[i].start(&p.parts[i], &p.layers[p.parts[i].layer], from)
	}
	span := p.span(from)
	for t := from; t < to; {
		limit := to
		if span < len(p.marks) {
			limit = min(limit, p.marks[span])
		}
		if len(running) == 1 && p.changes[span] == nil {
			if dst, t = p.relay(dst, cursors, &running[0], t, limit); t == limit {
				span++
				continue
			}
		}
		next := limit
		for i := range cursors {
			c := &cursors[i]
			if c.until <= t {
				c.advance(t)
			}
			who[i], next = c.who, min(next, c.until)
		}
		set = p.collect(set[:0], who, t, p.changes[span])
		dst, running = p.emit(dst, running, set, t)
		if t = next; t == limit {
			span++
		}
	}
	dst, _ = p.emit(dst, running, nil, to)
	return dst
}

// relay is sweep in the most frequent case: nothing changes what the layers say
// before limit, and one person follows another. It returns the instant at which
// that ends, limit at the latest. One shift is running.
func (p *plan) relay(dst []Shift, cursors []cursor, running *open, t, limit int64) ([]Shift, int64) {
	for t < limit {
		next, on, number := limit, 0, int32(-1)
		for i := range cursors {
			c := &cursors[i]
			if c.until <= t {
				c.advance(t)
			}
			if next = min(next, c.until); c.who >= 0 {
				on, number = on+1, c.one
			}
		}
		if on != 1 || number < 0 {
			break
		}
		if one := &p.alone[number]; !one.entry.same(&running.entry) {
			n := len(dst)
			if n == cap(dst) {
				dst = slices.Grow(dst, 1)
			}
			dst = dst[:n+1]
			now := time.Unix(t, 0).In(p.zone)
			dst[running.at].End = now
			running.entry, running.at = one.entry, n
			s := &dst[n]
			s.Start, s.Person, s.Role, s.Layer, s.Shadow = now, one.shift.Person, one.shift.Role, one.shift.Layer, one.shift.Shadow
		}
		t = next
	}
	return dst, t
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
			dst = append(dst, p.shift(e))
			dst[len(dst)-1].Start = now
		}
	}
	return dst, kept
}

// shift is that of an entry, without bounds.
func (p *plan) shift(e *entry) Shift {
	at := &p.posts[e.post]
	return Shift{Person: p.people[e.person], Role: at.role, Layer: p.names[e.name], Shadow: at.shadow}
}

func contains(set []entry, e *entry) bool {
	for i := range set {
		if set[i].same(e) {
			return true
		}
	}
	return false
}
