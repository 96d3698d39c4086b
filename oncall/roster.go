package oncall

import (
	"slices"
	"time"
)

// Roster answers who is on call. It comes from Schedule.Compile, never changes,
// and is safe for concurrent use; the zero value has nobody on call, ever.
//
// Everything is computed from the definition when it is asked for; nothing is
// stored, and the answer at an instant depends neither on the window of the
// query nor, in cost, on how long ago a rotation began.
type Roster struct{ plan *plan }

// MaxWindow is the longest window of a query, 100 years of 366 days. A longer
// one is cut to its first hundred years, so that the work is bounded: a schedule
// of one layer takes about a millisecond for it.
const MaxWindow = 100 * 366 * 24 * time.Hour

// Definition is a copy of the schedule.
func (r Roster) Definition() Schedule {
	if r.plan == nil {
		return Schedule{}
	}
	return r.plan.definition.clone()
}

// Location is the schedule's time zone, UTC for the zero value.
func (r Roster) Location() *time.Location {
	if r.plan == nil {
		return time.UTC
	}
	return r.plan.zone
}

// Primary is who is on call in the role primary at an instant: the first of
// several in the order of At, shadows left out. ok is false if nobody is. It allocates nothing.
func (r Roster) Primary(t time.Time) (person string, ok bool) {
	if r.plan == nil {
		return "", false
	}
	var entries [8]entry
	for _, e := range r.plan.at(entries[:0], t.Unix()) {
		if e.post == 0 {
			return r.plan.people[e.person], true
		}
	}
	return "", false
}

// at appends who is on call at an instant.
func (p *plan) at(set []entry, t int64) []entry {
	var who [8]int32
	slots, clock := who[:0], reading{at: t}
	for i := range p.parts {
		slots = append(slots, p.parts[i].at(&p.layers[p.parts[i].layer], &clock))
	}
	return p.collect(set, slots, t, p.changes[p.span(t)])
}

// reach is how far At looks for a shift's begin and end.
const reach = 400 * 24 * time.Hour

// At is the shifts that hold an instant, in the order of the layers by priority,
// shadows included. Their bounds are those of the whole shift, but no farther
// than 400 days from t. Where only the name matters, Primary is faster.
func (r Roster) At(t time.Time) []Shift {
	var out []Shift
	for d := 32 * time.Hour; ; d *= 4 {
		d = min(d, reach)
		out = out[:0]
		cut := false
		from, to := t.Add(-d), t.Add(d)
		for _, s := range r.Shifts(from, to) {
			if s.Contains(t) {
				out = append(out, s)
				cut = cut || s.Start.Equal(from) || s.End.Equal(to)
			}
		}
		if !cut || d == reach {
			break
		}
	}
	if len(out) < 2 {
		return out
	}
	set := r.plan.at(nil, t.Unix())
	place := func(s Shift) int {
		return slices.IndexFunc(set, func(e entry) bool {
			return r.plan.people[e.person] == s.Person && r.plan.posts[e.post] == post{s.Role, s.Shadow}
		})
	}
	slices.SortStableFunc(out, func(a, b Shift) int { return place(a) - place(b) })
	return out
}

// Shifts is who is on call in [from, to): shifts in the order of their start,
// those of one person, role and layer without a break joined, cut to the window.
// Where nobody is on call there is no shift. It is empty if to is not after from.
//
// Shifts of [a, b) and of [b, c) are those of [a, c), cut at b.
func (r Roster) Shifts(from, to time.Time) []Shift { return r.AppendShifts(nil, from, to) }

// AppendShifts appends what Shifts gives to dst and returns it. With room in dst
// it allocates nothing for schedules of up to eight layers.
func (r Roster) AppendShifts(dst []Shift, from, to time.Time) []Shift {
	if r.plan == nil || !to.After(from) {
		return dst
	}
	if to.Sub(from) > MaxWindow {
		to = from.Add(MaxWindow)
	}
	begin := len(dst)
	end := to.Unix()
	if to.Nanosecond() > 0 {
		end++
	}
	dst = r.plan.sweep(dst, max(from.Unix(), firstInstant), min(end, lastInstant))
	if from.Nanosecond() == 0 && to.Nanosecond() == 0 {
		return dst
	}
	from, to = from.In(r.plan.zone), to.In(r.plan.zone)
	for i := range dst[begin:] {
		s := &dst[begin+i]
		if s.Start.Before(from) {
			s.Start = from
		}
		if s.End.After(to) {
			s.End = to
		}
	}
	return dst
}

// Of is the shifts of one person, shadows included, in [from, to).
func (r Roster) Of(person string, from, to time.Time) []Shift {
	var out []Shift
	for _, s := range r.Shifts(from, to) {
		if s.Person == person {
			out = append(out, s)
		}
	}
	return out
}

// NextChange is the first instant after t at which somebody comes on call, goes
// off, or goes on in another layer or role: a start or an end of Shifts. ok is
// false if there is none within ten years.
func (r Roster) NextChange(t time.Time) (next time.Time, ok bool) {
	const years = 10 * 366 * 24 * time.Hour
	for d := 32 * time.Hour; ; d *= 4 {
		d = min(d, years)
		to := t.Add(d)
		for _, s := range r.Shifts(t, to) {
			for _, at := range [...]time.Time{s.Start, s.End} {
				if at.After(t) && at.Before(to) && (!ok || at.Before(next)) {
					next, ok = at, true
				}
			}
		}
		if ok || d == years {
			return next, ok
		}
	}
}
