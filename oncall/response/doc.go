// Package response answers incidents with people: how far a problem goes, what
// it most likely stems from, who may decide, who must be in the room and who is
// called next; and, when it is over, where the hours went and what was learnt.
//
// Its opinion is that a level is a scope of problems that somebody is empowered
// to solve (a task, a service, a platform, an area, the organisation), and that
// whoever commands an incident needs the incident's scope and does not repair.
// Levels, tracks, roles and limits are data, with a default that argues for
// itself; without levels everybody is eligible. Every decision carries its
// reasons: whatever it rests on stands in them. Counts and evidence about people
// are given as such; there is no score, no order of people, and nothing that the
// caller did not put in. Nothing is fetched, paged or stored: who is on call
// comes in as compiled schedules of package oncall or as shifts, and what should
// happen comes out as plain values. Roots are ranked by the dependency graph
// alone, not by metrics or changes.
//
// What cannot be answered is an *Error that names everything wrong at once. What
// can be answered badly is answered, with what is missing: a role that nobody can
// take is Unfilled with all reasons, a step that reaches nobody is a Finding.
// All values are safe for concurrent use as long as nobody writes to them.
//
//	graph, err := response.NewGraph(entries)
//	staff, err := response.NewStaff(people, duties, calls, response.Rules{})
//	incident := response.Incident{Start: start, Alerts: alerts, Severity: 2}
//	room, err := response.Assemble(response.Setting{
//		Incident: incident, At: now, Graph: graph, Staff: staff,
//		Schedules: map[string]response.Watch{"identity": roster, "incident-command": commanders},
//		Desks:     map[string]string{response.RoleCommander: "incident-command"},
//	})
//	fmt.Println(room.Reach.Scope, room.Ranking.Roots[0].Reason)
//	for _, a := range room.Roles {
//		fmt.Println(a.Role, a.Person, a.Reason)
//	}
//	fmt.Println(room.Escalation.Markdown())
package response
