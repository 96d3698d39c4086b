package response

// Person is somebody who can be called.
//
// Level is 1 (associate), 2 (mid), 3 (senior), 4 (staff) or 5 (principal); 0
// means that none is given. Tracks are what the person has specialised in:
// platform, performance, architect, incident. Zone is an IANA time zone such
// as "Europe/Berlin"; empty means that of the team.
type Person struct {
	Name   string   `json:"name"`
	Level  int      `json:"level,omitempty"`
	Tracks []string `json:"tracks,omitempty"`
	Zone   string   `json:"zone,omitempty"`
}

// Scope is how far the person may decide in an incident by level alone: a task
// at level 1, a service at 2, an area at 3, the organisation at 4 and 5.
// Without a level it is the organisation, because levels are optional and a
// team that gives none must not be locked out; a level outside 0 to 5 gives
// no scope.
func (p Person) Scope() Scope {
	switch p.Level {
	case 1:
		return Task
	case 2:
		return Service
	case 3:
		return Area
	case 0, 4, 5:
		return Organisation
	}
	return 0
}
