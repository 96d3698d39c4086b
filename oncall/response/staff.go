package response

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/oncall"
)

// Duty is a shift as the rules see it: who was or will be on call, in which
// schedule. Half-open, [Start, End).
type Duty struct {
	Schedule string    `json:"schedule,omitempty"` // name; empty means any
	Person   string    `json:"person"`
	Role     string    `json:"role,omitempty"` // empty means primary
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Shadow   bool      `json:"shadow,omitempty"` // the person learns; it is no time on call
}

// Duties are the shifts of a schedule as duties.
func Duties(schedule string, shifts []oncall.Shift) []Duty {
	out := make([]Duty, len(shifts))
	for i, s := range shifts {
		out[i] = Duty{schedule, s.Person, s.Role, s.Start, s.End, s.Shadow || s.Role == RoleShadow}
	}
	return out
}

func (d Duty) role() string { return cmp.Or(d.Role, RolePrimary) }

// Call is one time that a person was called.
type Call struct {
	Person   string    `json:"person"`
	At       time.Time `json:"at"`
	Incident string    `json:"incident,omitempty"` // calls of one incident count once; empty means one of its own
}

// Staff is the people who can be called, with what they have done lately, under
// rules. NewStaff makes one; the zero value is nobody. It never changes and is
// safe for concurrent use.
type Staff struct {
	people []Person // by name
	zones  []*time.Location
	index  map[string]int32
	duties map[string][]Duty // by person, in order of start
	backup map[string][]Duty // secondaries by schedule, in order of start
	calls  map[string][]Call // by person, in order of time
	rules  Rules             // defaults filled in
	zone   *time.Location
	roles  map[string]RoleRule
	tracks map[string]Track
	levels bool // somebody has a level
}

// NewStaff reads people, what they did or will do on call, and how often they
// were called. A person without a name or with another's, a level below 0 or
// above the ladder, a zone that is none, a duty that ends before it starts, or
// wrong rules are an *Error. Duties and calls of people who are not listed are
// kept: a person may be on call without a word about levels.
func NewStaff(people []Person, duties []Duty, calls []Call, rules Rules) (Staff, error) {
	var p problems
	rules.check(&p, "rules.")
	s := Staff{
		people: slices.Clone(people), index: make(map[string]int32, len(people)), rules: rules.orDefault(),
		roles: map[string]RoleRule{}, tracks: map[string]Track{}, duties: map[string][]Duty{}, backup: map[string][]Duty{}, calls: map[string][]Call{},
	}
	zones := map[string]*time.Location{}
	zone := func(at, name string) *time.Location {
		if name == "" {
			return nil
		}
		loc, ok := zones[name]
		if !ok {
			var err error
			if loc, err = time.LoadLocation(name); err != nil || name == "Local" {
				loc = nil
			}
			zones[name] = loc
		}
		if loc == nil {
			p.Add("value", at, name, "it is no time zone", "write an IANA name such as Europe/Berlin")
		}
		return loc
	}
	s.zone = zone("rules.time_zone", s.rules.Zone)
	for i, who := range people {
		at := func() string { return place("people", i) }
		switch _, taken := s.index[who.Name]; {
		case who.Name == "":
			p.Add("name", at()+".name", "", "the person has no name", "give a name")
		case taken:
			p.Add("name", at()+".name", who.Name, "another person has that name", "rename one of them")
		}
		s.index[who.Name] = 0
		if who.Level < 0 || who.Level > len(s.rules.Ladder.Levels) {
			p.Add("value", at()+".level", s.rules.Ladder.NameOf(who.Level), "the ladder has no such level", "write 1 to "+strconv.Itoa(len(s.rules.Ladder.Levels))+", or leave it out")
		}
		s.levels = s.levels || who.Level > 0
		if who.Zone != "" && zones[who.Zone] == nil {
			zone(at()+".zone", who.Zone)
		}
	}
	for i, d := range duties {
		if d.End.Before(d.Start) {
			p.Add("value", place("duties", i), d.Person, "it ends before it starts", "swap start and end")
		}
	}
	if err := p.err(); err != nil {
		return Staff{}, err
	}
	if !slices.IsSortedFunc(s.people, byName) {
		slices.SortFunc(s.people, byName)
	}
	s.zones = make([]*time.Location, len(s.people))
	for i, who := range s.people {
		s.index[who.Name] = int32(i)
		s.zones[i] = cmp.Or(zones[who.Zone], s.zone)
	}
	for _, d := range duties {
		d.Shadow = d.Shadow || d.Role == RoleShadow
		s.duties[d.Person] = append(s.duties[d.Person], d)
		if d.role() == RoleSecondary && !d.Shadow {
			s.backup[d.Schedule] = append(s.backup[d.Schedule], d)
		}
	}
	for _, lists := range []map[string][]Duty{s.duties, s.backup} {
		for _, list := range lists {
			slices.SortStableFunc(list, func(a, b Duty) int { return a.Start.Compare(b.Start) })
		}
	}
	for _, c := range calls {
		s.calls[c.Person] = append(s.calls[c.Person], c)
	}
	for _, list := range s.calls {
		slices.SortStableFunc(list, func(a, b Call) int { return a.At.Compare(b.At) })
	}
	for _, rule := range s.rules.Roles {
		s.roles[rule.Role] = rule
	}
	for _, t := range s.rules.Ladder.Tracks {
		s.tracks[t.Name] = t
	}
	return s, nil
}

func byName(a, b Person) int { return strings.Compare(a.Name, b.Name) }

// People are all people, by name.
func (s Staff) People() []Person { return slices.Clone(s.people) }

// Person is the person of that name. ok is false, and only the name is set, if
// nobody of that name is listed.
func (s Staff) Person(name string) (who Person, ok bool) {
	if i, ok := s.index[name]; ok {
		return s.people[i], true
	}
	return Person{Name: name}, false
}

// Rules are the rules, with all defaults filled in.
func (s Staff) Rules() Rules { return s.rules }

// zoneOf is the clock that a person lives by.
func (s Staff) zoneOf(name string) *time.Location {
	if i, ok := s.index[name]; ok {
		return s.zones[i]
	}
	return cmp.Or(s.zone, time.UTC)
}

// awake reports whether an instant is by day where the person lives.
func (s Staff) awake(name string, t time.Time) bool { return !s.night(t.In(s.zoneOf(name)).Hour()) }

func (s Staff) night(hour int) bool {
	from, to := s.rules.Night[0], s.rules.Night[1]
	if from <= to {
		return hour >= from && hour < to
	}
	return hour >= from || hour < to
}

func (s Staff) rule(role string) RoleRule {
	if rule, ok := s.roles[role]; ok {
		return rule
	}
	return RoleRule{Role: role, Scope: Task}
}
