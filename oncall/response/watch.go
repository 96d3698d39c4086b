package response

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/oncall"
)

// Watch answers who is on call: a compiled schedule ([oncall.Roster]) does, and
// so does a list of shifts ([ShiftList]). It must be safe for as many uses at
// once as its user makes; this package makes one at a time.
type Watch interface {
	// At is everybody on call at t, shadows included.
	At(t time.Time) []oncall.Shift
	// NextChange is the first instant after t at which At answers
	// differently; ok is false if there is none.
	NextChange(t time.Time) (next time.Time, ok bool)
}

// ShiftList is shifts in any order, as a Watch for people who keep their
// schedules elsewhere. It is safe for concurrent use as long as nobody writes to
// it. Both methods look at every shift.
type ShiftList []oncall.Shift

// At is the shifts that contain t, in order of role, layer and person.
func (l ShiftList) At(t time.Time) []oncall.Shift {
	var out []oncall.Shift
	for _, s := range l {
		if s.Contains(t) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b oncall.Shift) int {
		return cmp.Or(strings.Compare(a.Role, b.Role), strings.Compare(a.Layer, b.Layer), strings.Compare(a.Person, b.Person))
	})
	return out
}

// NextChange is the first start or end of a shift after t.
func (l ShiftList) NextChange(t time.Time) (next time.Time, ok bool) {
	for _, s := range l {
		if !s.End.After(s.Start) {
			continue
		}
		for _, edge := range []time.Time{s.Start, s.End} {
			if edge.After(t) && (!ok || edge.Before(next)) {
				next, ok = edge, true
			}
		}
	}
	return next, ok
}

// onCall is who covers a role at t, without shadows, each once, in the order of
// the schedule; role "" is any.
func onCall(w Watch, role string, t time.Time) []oncall.Shift {
	if w == nil {
		return nil
	}
	var out []oncall.Shift
	for _, s := range w.At(t) {
		if s.Shadow || s.Role == RoleShadow || s.Person == "" || role != "" && cmp.Or(s.Role, RolePrimary) != role {
			continue
		}
		if !slices.ContainsFunc(out, func(o oncall.Shift) bool { return o.Person == s.Person && o.Role == s.Role }) {
			out = append(out, s)
		}
	}
	return out
}
