package ownership

import (
	"cmp"

	"github.com/srekit/ownership/oncall/response"
)

// Entries is the catalog as package response sees it: what an incident needs of
// each entry, in their order. An entry that stands twice counts once. Its area is
// its own, else its team's; its schedule is the one that RosterOf compiles, by the
// name of the team where it has no name of its own.
func (c Catalog) Entries() []response.Entry {
	out := make([]response.Entry, 0, len(c.Services))
	seen := make(map[string]bool, len(c.Services))
	teams := c.index().teams
	for _, s := range c.Services {
		if s.Name == "" || seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		var team Team
		if i, ok := teams[s.OwnerTeam]; ok {
			team = c.Teams[i]
		}
		e := response.Entry{
			Name: s.Name, Kind: s.Kind.String(), Team: s.OwnerTeam, Area: s.Area, Tier: s.Tier.String(), CustomerFacing: s.CustomerFacing,
		}
		if e.Area == "" {
			e.Area = team.Area
		}
		if s.Schedule.IsZero() && !team.Schedule.IsZero() {
			e.Schedule = cmp.Or(team.Schedule.Name, team.Name) // as scheduleName, without a search
		} else {
			e.Schedule = c.scheduleName(s)
		}
		needs := make(map[string]bool, len(s.DependsOn))
		for _, d := range s.DependsOn {
			if d.Name != "" && !needs[d.Name] {
				needs[d.Name] = true
				e.DependsOn = append(e.DependsOn, response.Edge{Name: d.Name, Soft: d.Soft})
			}
		}
		out = append(out, e)
	}
	return out
}

// scheduleName is by which name rosters of the catalog are kept: services that
// share a schedule share a roster.
func (c Catalog) scheduleName(s Service) string {
	found := c.schedule(s)
	return cmp.Or(found.schedule.Name, found.name)
}

// People are the members of all teams, each once, in the order of teams. A member
// without a zone has that of the team. Who is in several teams has what the first
// says.
func (c Catalog) People() []response.Person {
	var out []response.Person
	seen := make(map[string]bool)
	for _, t := range c.Teams {
		for _, p := range t.Members {
			if p.Name == "" || seen[p.Name] {
				continue
			}
			seen[p.Name] = true
			if p.Zone == "" {
				p.Zone = t.TimeZone
			}
			out = append(out, p)
		}
	}
	return out
}
