package oncall

import (
	"slices"
	"time"
)

// Change is a time in which two rosters put different people on call in one
// role.
type Change struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"` // exclusive
	Role   string    `json:"role"`
	Shadow bool      `json:"shadow,omitempty"`
	Before []string  `json:"before"` // by name; empty if nobody was
	After  []string  `json:"after"`  // by name; empty if nobody is
}

// Diff is what changes for whom in [from, to) if a schedule is changed: every
// time in which other people are on call, in the order of start, role and
// shadow. Who stays on call in another layer has no change. Times are in the
// zone of the new roster.
func Diff(old, changed Roster, from, to time.Time) []Change {
	type post struct {
		role   string
		shadow bool
	}
	was, is := old.Shifts(from, to), changed.Shifts(from, to)
	var posts []post
	for _, shifts := range [...][]Shift{was, is} {
		for _, s := range shifts {
			if p := (post{s.Role, s.Shadow}); !slices.Contains(posts, p) {
				posts = append(posts, p)
			}
		}
	}
	var out []Change
	for _, p := range posts {
		pick := func(shifts []Shift) []Shift {
			return slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return s.Role != p.role || s.Shadow != p.shadow })
		}
		a, b := pick(was), pick(is)
		var bounds []time.Time
		for _, shifts := range [...][]Shift{a, b} {
			for _, s := range shifts {
				bounds = append(bounds, s.Start, s.End)
			}
		}
		slices.SortFunc(bounds, time.Time.Compare)
		bounds = slices.CompactFunc(bounds, time.Time.Equal)
		var before, after running
		for i := 0; i+1 < len(bounds); i++ {
			before.move(a, bounds[i])
			after.move(b, bounds[i])
			if slices.Equal(before.people, after.people) {
				continue
			}
			c := Change{bounds[i].In(changed.Location()), bounds[i+1].In(changed.Location()), p.role, p.shadow, slices.Clone(before.people), slices.Clone(after.people)}
			if n := len(out) - 1; n >= 0 && out[n].Role == p.role && out[n].Shadow == p.shadow && out[n].End.Equal(c.Start) &&
				slices.Equal(out[n].Before, c.Before) && slices.Equal(out[n].After, c.After) {
				out[n].End = c.End
				continue
			}
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return a.Start.Compare(b.Start) })
	return out
}

// running is who is on call while time goes on.
type running struct {
	people []string // sorted
	shifts []Shift
	next   int
}

func (r *running) move(shifts []Shift, t time.Time) {
	r.shifts = slices.DeleteFunc(r.shifts, func(s Shift) bool { return !s.End.After(t) })
	for ; r.next < len(shifts) && !shifts[r.next].Start.After(t); r.next++ {
		r.shifts = append(r.shifts, shifts[r.next])
	}
	r.people = []string{}
	for _, s := range r.shifts {
		r.people = append(r.people, s.Person)
	}
	slices.Sort(r.people)
	r.people = slices.Compact(r.people)
}
