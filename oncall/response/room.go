package response

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall"
)

// Setting is what a room is assembled from. Incident, At and Graph are needed;
// without schedules nobody is on call and every role stays unfilled, with that
// reason.
type Setting struct {
	Incident  Incident
	At        time.Time        // the instant asked about
	Graph     Graph            // the catalog
	Staff     Staff            // people, what they did lately, and the rules
	Schedules map[string]Watch // by name; an entry is answered for by that of Entry.ScheduleName
	Owners    []Owner          // who answers for which scope, beyond what the catalog says
	// Desks names, for a role of an incident, the schedule whose people fill it
	// before anybody else is asked: "commander" -> "incident-command".
	Desks      map[string]string
	Escalation Escalation // zero means DefaultEscalation
	Options    RoomOptions
}

// RoomOptions are the numbers that a room follows. Zero means the default, a
// negative number never.
type RoomOptions struct {
	Unsolved   time.Duration // until the scope rises; 0 means an hour
	RootShare  float64       // sum of scores of the roots whose experts come; 0 means 0.9
	Deputy     int           // more people than this have a deputy commander; 0 means 4
	Span       int           // more people than this work in sub-teams; 0 means 7
	Long       time.Duration // longer than this an incident is planned for; 0 means 4 hours
	HandoffIn  time.Duration // shifts that end within this are handed off; 0 means an hour
	NightCalls time.Duration // how far back a call by night counts as fatigue; 0 means 24 hours
}

func (o RoomOptions) orDefault() RoomOptions {
	return RoomOptions{
		Unsolved: cmp.Or(o.Unsolved, DefaultUnsolved), RootShare: cmp.Or(o.RootShare, 0.9), Deputy: cmp.Or(o.Deputy, 4), Span: cmp.Or(o.Span, 7),
		Long: cmp.Or(o.Long, 4*time.Hour), HandoffIn: cmp.Or(o.HandoffIn, time.Hour), NightCalls: cmp.Or(o.NightCalls, 24*time.Hour),
	}
}

// Room is who must be in the room, and why.
type Room struct {
	At         time.Time    `json:"at"`
	Reach      Reach        `json:"reach"`
	Ranking    Ranking      `json:"ranking"`
	Decisions  []Reason     `json:"decisions"` // which roles are needed, and why
	Roles      []Assignment `json:"roles"`     // commander first, experts and shadows last
	Unfilled   []Unfilled   `json:"unfilled,omitempty"`
	SubTeams   []SubTeam    `json:"sub_teams,omitempty"`
	Fatigue    []Fatigue    `json:"fatigue,omitempty"`
	Reliefs    []Relief     `json:"reliefs,omitempty"` // shifts that end soon, the first first
	Escalation Timeline     `json:"escalation"`
	Findings   []Finding    `json:"findings,omitempty"`
}

// Assignment is one person in one role.
type Assignment struct {
	Role      string    `json:"role"`
	Person    string    `json:"person"`
	Level     int       `json:"level,omitempty"`
	LevelName string    `json:"level_name,omitempty"`
	Services  []string  `json:"services,omitempty"` // entries that an expert, lead of operations or shadow is there for, the likeliest root first
	Schedule  string    `json:"schedule,omitempty"` // through which the person is on call
	Until     time.Time `json:"until,omitzero"`     // end of that shift
	Reason    string    `json:"reason"`             // how the person was found
	Ruling    Ruling    `json:"ruling"`             // why the person may
}

// Unfilled is a role that nobody can take, with the reasons.
type Unfilled struct {
	Role    string   `json:"role"`
	Service string   `json:"service,omitempty"`
	Reasons []string `json:"reasons"`
	// OffDuty are up to three people who are not on call and would be eligible,
	// those for whom it is day first: whom to ask, not who is called.
	OffDuty []string `json:"off_duty,omitempty"`
}

// SubTeam is a part of a room that has grown beyond a span of command.
type SubTeam struct {
	Name    string   `json:"name"` // of the owner team of its entries, with a number if it is split
	Lead    string   `json:"lead"` // the highest level in it
	Members []string `json:"members"`
	Reason  string   `json:"reason"`
}

// Fatigue is a warning about somebody in the room. Codes are
//
//	night-call  called by night, within 24 hours
//	night       it is night where the person is
//	share       on call for more of the time than the rules allow
//	calls       more incidents within hours than the rules allow
//	rest        less rest before the shift than the rules ask for
type Fatigue struct {
	Person string        `json:"person"`
	Code   string        `json:"code"`
	Text   string        `json:"text"`
	Since  time.Duration `json:"-"` // since the last call by night; 0 for the other codes
}

// Relief is a shift that ends soon, and who comes next.
type Relief struct {
	Person   string    `json:"person"`
	Roles    []string  `json:"roles"` // of the person in the room
	Services []string  `json:"services,omitempty"`
	Schedule string    `json:"schedule"`
	Ends     time.Time `json:"ends"`
	Next     string    `json:"next,omitempty"` // on call in the same role from then on; empty if nobody is
	Reason   string    `json:"reason"`
}

// People are the names of everybody in the room but shadows, each once, by name.
func (r Room) People() []string {
	var out []string
	for _, a := range r.Roles {
		if a.Role != RoleShadow {
			out = append(out, a.Person)
		}
	}
	return names(out)
}

// Role are the assignments of a role, in order.
func (r Room) Role(role string) []Assignment {
	var out []Assignment
	for _, a := range r.Roles {
		if a.Role == role {
			out = append(out, a)
		}
	}
	return out
}

type fatigueAlias Fatigue

type fatigueJSON struct {
	*fatigueAlias
	Since wire.Seconds `json:"since_seconds,omitzero"`
}

// MarshalJSON writes the time as a number of seconds.
func (f Fatigue) MarshalJSON() ([]byte, error) {
	a := fatigueAlias(f)
	return json.Marshal(fatigueJSON{&a, wire.Seconds(f.Since)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Fatigue) UnmarshalJSON(text []byte) error {
	var a fatigueAlias
	v := fatigueJSON{fatigueAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*f = Fatigue(a)
	f.Since = time.Duration(v.Since)
	return nil
}

// shiftsAt is who is on call at an instant in a schedule, shadows included.
type shiftsAt struct {
	given  bool
	shifts []oncall.Shift
}

// String is the room in a few lines: each role with its person and reason, then
// the roles that are unfilled.
func (r Room) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", prose.Minute(r.At), r.Reach.Scope)
	for _, a := range r.Roles {
		b.WriteString(a.Role + ": " + prose.Printable(a.Person))
		if len(a.Services) > 0 {
			b.WriteString(" for " + some(a.Services))
		}
		b.WriteString(", " + a.Reason + "\n")
	}
	for _, u := range r.Unfilled {
		b.WriteString("no " + u.what() + ": " + strings.Join(u.Reasons, "; ") + "\n")
	}
	return b.String()
}

func (u Unfilled) what() string {
	if u.Service == "" {
		return u.Role
	}
	return u.Role + " for " + prose.Printable(u.Service)
}

// Markdown is the room as a page: what it rests on, the roles, what is open,
// who is tired, who comes next, and whom the escalation calls.
func (r Room) Markdown() string {
	var b strings.Builder
	b.WriteString(r.Reach.Markdown() + "\n## Likely roots\n\n" + r.Ranking.Markdown() + "\n## In the room\n\n")
	rows := [][]string{{"Role", "Who", "Level", "For", "Until", "Reason"}}
	for _, a := range r.Roles {
		until := ""
		if !a.Until.IsZero() {
			until = prose.Minute(a.Until)
		}
		rows = append(rows, []string{markdown.Text(a.Role), markdown.Text(a.Person), markdown.Text(a.LevelName), markdown.Text(strings.Join(a.Services, ", ")), until, markdown.Text(a.Reason)})
	}
	if len(r.Roles) > 0 {
		b.WriteString(markdown.Table(rows) + "\n")
	} else {
		b.WriteString("Nobody.\n\n")
	}
	for _, d := range r.Decisions {
		b.WriteString("- " + markdown.Text(d.Text) + "\n")
	}
	list := func(title string, lines []string) {
		if len(lines) > 0 {
			b.WriteString("\n## " + title + "\n\n- " + strings.Join(lines, "\n- ") + "\n")
		}
	}
	var lines []string
	for _, u := range r.Unfilled {
		s := markdown.Text(u.what() + ": " + strings.Join(u.Reasons, "; "))
		if len(u.OffDuty) > 0 {
			s += "; not on call, but eligible: " + markdown.Text(strings.Join(u.OffDuty, ", "))
		}
		lines = append(lines, s)
	}
	list("Unfilled", lines)
	lines = nil
	for _, s := range r.SubTeams {
		lines = append(lines, fmt.Sprintf("%s: %s leads %s (%s)", markdown.Text(s.Name), markdown.Text(s.Lead), markdown.Text(strings.Join(s.Members, ", ")), markdown.Text(s.Reason)))
	}
	list("Sub-teams", lines)
	lines = nil
	for _, f := range r.Fatigue {
		lines = append(lines, markdown.Text(f.Person+": "+f.Text))
	}
	list("Fatigue", lines)
	lines = nil
	for _, f := range r.Reliefs {
		lines = append(lines, markdown.Text(f.Reason))
	}
	list("Handoffs", lines)
	b.WriteString("\n## Escalation\n\n" + r.Escalation.Markdown())
	lines = nil
	for _, f := range r.Findings {
		lines = append(lines, markdown.Text(f.String()))
	}
	list("Findings", lines)
	return b.String()
}

// sortedKeys are the names of the schedules, in order.
func sortedKeys(m map[string]Watch) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
