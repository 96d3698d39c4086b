package response

import "time"

// Person is somebody who can be called.
//
// Level is a place on a [Ladder], counted from 1: of the default one 1
// (associate), 2 (mid), 3 (senior), 4 (staff) or 5 (principal); 0 means that
// none is given. Tracks are what the person has specialised in, by the names
// of the ladder's tracks. Zone is an IANA time zone such as "Europe/Berlin";
// empty means that of the team.
//
// A Person is plain data, and safe for concurrent use as long as nobody writes
// to it.
type Person struct {
	Name           string          `json:"name"`
	Level          int             `json:"level,omitempty"`
	Tracks         []string        `json:"tracks,omitempty"`
	Zone           string          `json:"zone,omitempty"`
	Qualifications []Qualification `json:"qualifications,omitempty"` // one per entry
	Certificates   []string        `json:"certificates,omitempty"`   // "commander", "deputy", "communications"
}

// Qualification is what a person has done on call for one entry: how it was
// learnt, and how fresh it is. The zero values mean never.
type Qualification struct {
	Service         string    `json:"service"`                    // name of an entry of any kind
	Shadowed        int       `json:"shadowed,omitempty"`         // full shifts followed beside somebody on call
	ReverseShadowed int       `json:"reverse_shadowed,omitempty"` // full shifts led, somebody qualified beside
	SoloShifts      int       `json:"solo_shifts,omitempty"`      // full shifts alone
	LastOnCall      time.Time `json:"last_on_call,omitzero"`      // end of the last shift or refresher; zero means never
}

// The certificates of the default rules. A certificate is named after the role
// that it opens.
const (
	CertificateCommander      = "commander"
	CertificateDeputy         = "deputy"
	CertificateCommunications = "communications"
)

// Qualification is what the person has done for the entry of that name. ok is
// false, and everything but the name zero, if nothing is noted.
func (p Person) Qualification(service string) (q Qualification, ok bool) {
	for _, q := range p.Qualifications {
		if q.Service == service {
			return q, true
		}
	}
	return Qualification{Service: service}, false
}

// Scope is how far the person may decide in an incident by level alone, on the
// default ladder: a task at level 1, a service at 2, an area at 3, the
// organisation at 4 and 5. Without a level it is the organisation, because
// levels are optional and a team that gives none must not be locked out; a
// level outside 0 to 5 gives no scope. [Ladder.ScopeOf] asks any ladder.
func (p Person) Scope() Scope { return Ladder{}.ScopeOf(p.Level) }
