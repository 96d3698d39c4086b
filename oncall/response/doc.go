// Package response holds what an incident is answered with: people, how far
// each of them may decide, and how far an incident reaches.
//
// It is a vocabulary and computes nothing yet that needs a schedule: a person
// has a level, tracks and a zone; a scope is one step of an ordered ladder
// from a single task to the whole organisation. Levels are optional: where
// nobody has one, everybody is eligible.
//
//	ana := response.Person{Name: "ana", Level: 3, Tracks: []string{"incident"}, Zone: "Europe/Berlin"}
//	if ana.Scope() >= response.Platform {
//		fmt.Println(ana.Name, "may lead this incident")
//	}
package response
