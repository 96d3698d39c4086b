// Package oncall says who is on call: now, in any window, and after a change.
//
// A Schedule is plain data: layers of rotations with their people and hours, and
// overrides, temporary schedules, swaps, absences and holidays on top. Compile
// checks it and gives a Roster, whose queries are pure functions of the
// definition. Its opinions: one rule for the clock, at both ends of a shift, in
// every zone and year (see Resolve), so that clock changes make shifts of 23 or
// 25 hours and never a gap or an overlap of one; an answer at an instant does
// not depend on the window that was asked for; overlapping changes have a
// defined result, because they apply in their order; nobody is on call before a
// rotation starts or in an empty turn, and nobody is guessed. It knows names
// only: levels, eligibility and incidents are in the package response. It keeps
// no history, so that a schedule that was changed in the past says what would
// have been; it reads no clock and sends nothing.
//
// What is wrong with a definition is an *Error that names every field at once.
// What is valid but unwise, such as gaps, too little rest or a team that is too
// small, is a Finding of Lint, and time in which somebody absent is on call a
// Conflict. A schedule without people is valid, and empty.
//
//	schedule := oncall.Schedule{
//		Zone: "Europe/Berlin",
//		Layers: []oncall.Layer{{
//			Rotation: oncall.Rotation{Unit: oncall.Week, Start: "2026-01-05T09:00"},
//			Turns:    oncall.Turns("ana", "ben", "cid"),
//		}},
//	}
//	roster, err := schedule.Compile()
//	who, ok := roster.Primary(now)
//	why := roster.Explain(now)
//	shifts := roster.Shifts(from, to)
//	changes := oncall.Diff(roster, changed, from, to)
package oncall
