package response

// Entry is one entry of a catalog, as far as an incident needs it.
type Entry struct {
	Name           string `json:"name"`                      // unique in a catalog
	Kind           string `json:"kind,omitempty"`            // "service", "platform" or "concern"; empty means service
	Team           string `json:"team,omitempty"`            // that owns it
	Area           string `json:"area,omitempty"`            // part of the organisation
	Tier           string `json:"tier,omitempty"`            // "0" (nobody can do without it) to "3"; empty means none is given
	CustomerFacing bool   `json:"customer_facing,omitempty"` // customers see it fail
	Schedule       string `json:"schedule,omitempty"`        // name of the schedule that answers for it; empty means its team's name
	DependsOn      []Edge `json:"depends_on,omitempty"`
}

// The kinds of entry.
const (
	KindService  = "service"  // serves requests
	KindPlatform = "platform" // several services stand on it
	KindConcern  = "concern"  // cuts across services: logging, tracing
)

// Edge is a dependency of an entry.
type Edge struct {
	Name string `json:"name"`           // of the entry that is needed
	Soft bool   `json:"soft,omitempty"` // without it the entry is degraded; otherwise it fails
}

// Shared reports whether several services may stand on the entry by its kind:
// whether it is a platform or a concern.
func (e Entry) Shared() bool { return e.Kind == KindPlatform || e.Kind == KindConcern }

// ScheduleName is the name of the schedule that answers for the entry: its own,
// or else its team's. Empty if it has neither.
func (e Entry) ScheduleName() string {
	if e.Schedule != "" {
		return e.Schedule
	}
	return e.Team
}
