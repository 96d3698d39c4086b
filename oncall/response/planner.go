package response

import "time"

// Planner is the eligibility of the staff in the form that the generator of
// schedules takes ([oncall.Generator.Eligible]): for a person, a role and a shift
// [from, to) it gives all reasons against, and none if the person may have it.
//
// A plan reaches far ahead and keeps people in practice by itself, so the last
// shift must be recent at asOf, the instant of planning, and not at each shift.
// The shifts of the plan are not known here: what counts for shares, rest and
// backing is the duties that the staff was made with. Who plans associates as
// primaries therefore plans the secondaries first, and gives them as duties of
// that schedule.
func (s Staff) Planner(service, schedule string, asOf time.Time) func(person, role string, from, to time.Time) []string {
	return func(person, role string, from, to time.Time) []string {
		r := s.Eligibility(Request{Person: person, Role: role, Service: service, Schedule: schedule, At: from, Until: to, AsOf: asOf})
		var out []string
		for _, x := range r.Reasons {
			out = append(out, x.Text)
		}
		return out
	}
}
