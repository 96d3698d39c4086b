package ownership

import (
	"fmt"
	"strconv"

	"github.com/srekit/ownership/alerting/rules"
)

// Service is one entry of a catalog: what a team promises about it, and how it
// is watched, answered for, sized and released.
//
// It is plain data and can be written as a literal; Validate checks it either
// way. A Service is safe for concurrent use as long as nobody writes to it.
type Service struct {
	Version          int    // of the format; 0 means 1
	Name             string // unique in a catalog
	Description      string
	Kind             Kind
	Area             string // part of the organisation; empty means the team's
	Tier             Tier
	CustomerFacing   bool
	OwnerTeam        string // name of a Team
	DependsOn        []Dependency
	Traffic          Rate            // usual traffic; zero means unknown
	Indicator        rules.Indicator // of every responsibility that has none of its own
	Responsibilities []Responsibility
	Alerts           []Alert
	Schedule         Schedule
	Runbooks         []Runbook
	Capacity         Capacity
	Release          Release

	// Findings are the warnings and infos of reading the entry, in order of
	// position. They are no part of what YAML writes.
	Findings []Finding

	origin *origin
}

// Source is the name of the file from which the entry was read, empty for a
// literal.
func (s Service) Source() string {
	if s.origin == nil {
		return ""
	}
	return s.origin.source
}

// Position is where a value stands in the file from which the entry was read:
// Position("responsibilities[1].latency"). ok is false for a literal and for a
// value that the file does not hold.
func (s Service) Position(path string) (line, column int, ok bool) {
	if s.origin == nil {
		return 0, 0, false
	}
	p, ok := s.origin.at[path]
	return p.line, p.column, ok
}

// Kind is what an entry of the catalog is.
type Kind int

// The kinds of entry.
const (
	KindService  Kind = iota // serves requests
	KindPlatform             // several services stand on it
	KindConcern              // cuts across services: logging, tracing
)

var kindNames = [...]string{"service", "platform", "concern"}

// String is the kind's name as it is written in a spec.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what String writes.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind %q of entry; write %s", text, alternatives(kindNames[:]))
}

// Tier is how much hangs on an entry: tier 0 is what nobody can do without.
// The zero value means that none is given.
type Tier int

// The tiers.
const (
	NoTier Tier = iota
	Tier0
	Tier1
	Tier2
	Tier3
)

// String is the tier's number, empty for NoTier.
func (t Tier) String() string {
	switch {
	case t == NoTier:
		return ""
	case t < Tier0 || t > Tier3:
		return fmt.Sprintf("Tier(%d)", int(t))
	}
	return strconv.Itoa(int(t - Tier0))
}

// MarshalText writes the tier's number; NoTier is empty.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what String writes; empty text is NoTier.
func (t *Tier) UnmarshalText(text []byte) error {
	for v := NoTier; v <= Tier3; v++ {
		if v.String() == string(text) {
			*t = v
			return nil
		}
	}
	return fmt.Errorf("unknown tier %q; write 0, 1, 2 or 3", text)
}

// Dependency is something that a service needs.
type Dependency struct {
	Name string // of an entry of the catalog
	Soft bool   // the service is degraded without it; otherwise it fails
}

// service reads one entry. An item of a list that is wrong is kept as far as it
// could be read, so that the indices of what is kept are those of the document.
func (d *decoder) service(n *node, path string, version int) (Service, bool) {
	s := Service{Version: version, origin: &origin{source: d.source, prefix: path, at: make(map[string]position, 8*len(n.pairs))}}
	outer := d.origin
	d.origin = s.origin
	defer func() { d.origin = outer }()
	d.mark(path, n)
	f, ok := d.fields(n, path, serviceSection)
	if !ok {
		return s, false
	}
	s.Name = f.name("name")
	s.Description = f.str("description")
	s.OwnerTeam = f.name("owner_team")
	s.Area = f.name("area")
	if w := f.word("kind", kindNames[:]...); w != "" {
		_ = s.Kind.UnmarshalText([]byte(w)) // cannot fail: w is one of them
	}
	if w := f.word("tier", "0", "1", "2", "3"); w != "" {
		_ = s.Tier.UnmarshalText([]byte(w)) // cannot fail: w is one of them
	}
	s.CustomerFacing = f.boolean("customer_facing")
	f.list("depends_on", false, func(n *node, path string) {
		s.DependsOn = append(s.DependsOn, d.dependency(n, path))
	})
	if n := f.get("traffic"); n != nil {
		s.Traffic = d.rate(n, f.at("traffic"))
	}
	if n := f.get("indicator"); n != nil {
		s.Indicator = d.indicator(n, f.at("indicator"))
	}
	f.list("responsibilities", false, func(n *node, path string) {
		s.Responsibilities = append(s.Responsibilities, d.responsibilities(n, path, s.Name)...)
	})
	if n := f.get("monitoring"); n != nil {
		if m, ok := d.fields(n, f.at("monitoring"), monitoringSection); ok {
			m.list("alerts", false, func(n *node, path string) {
				s.Alerts = append(s.Alerts, d.alert(n, path))
			})
		}
	}
	if n := f.get("incident_response"); n != nil {
		if m, ok := d.fields(n, f.at("incident_response"), incidentSection); ok {
			if n := m.get("oncall_schedule"); n != nil {
				s.Schedule = d.schedule(n, m.at("oncall_schedule"))
			}
			m.list("runbooks", false, func(n *node, path string) {
				s.Runbooks = append(s.Runbooks, d.runbook(n, path))
			})
		}
	}
	if n := f.get("capacity_planning"); n != nil {
		s.Capacity = d.capacity(n, f.at("capacity_planning"))
	}
	if n := f.get("release_management"); n != nil {
		s.Release = d.release(n, f.at("release_management"))
	}
	return s, true
}

func (d *decoder) dependency(n *node, path string) Dependency {
	if n.kind == scalarNode {
		return Dependency{Name: d.name(n, path)}
	}
	f, ok := d.fields(n, path, dependencySection)
	if !ok {
		return Dependency{}
	}
	return Dependency{Name: f.name("name"), Soft: f.word("strength", "hard", "soft") == "soft"}
}
