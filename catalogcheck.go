package ownership

import (
	"fmt"
	"slices"

	"github.com/srekit/ownership/internal/diag"
)

// index finds the services and teams of a catalog by name.
type index struct {
	services map[string]int // of the first of that name
	teams    map[string]int
}

func (c Catalog) index() index {
	x := index{make(map[string]int, len(c.Services)), make(map[string]int, len(c.Teams))}
	for i, s := range c.Services {
		if _, ok := x.services[s.Name]; !ok {
			x.services[s.Name] = i
		}
	}
	for i, t := range c.Teams {
		if _, ok := x.teams[t.Name]; !ok {
			x.teams[t.Name] = i
		}
	}
	return x
}

// Validate returns everything that is wrong with the catalog or worth knowing
// about it: what Service.Validate tells of each service, now with its team;
// names that stand twice; names that the catalog does not hold; cycles of
// dependencies. It looks at no file, so that runbooks are not looked up.
// Cost is linear in the number of services and of their dependencies.
func (c Catalog) Validate() []Finding {
	x, near := c.index(), &suggestions{}
	var out []Finding
	for i, s := range c.Services {
		if first := x.services[s.Name]; first != i && s.Name != "" {
			out = append(out, s.finding("duplicate", diag.Error, "name", "two entries have that name; the other is "+where(c.Services[first].origin, "name"), "rename one of them"))
		}
		var team *Team
		if j, ok := x.teams[s.OwnerTeam]; ok {
			team = &c.Teams[j]
		}
		out = append(out, s.validate(team)...)
		out = append(out, c.undefined(x, near, s, team)...)
	}
	for i, t := range c.Teams {
		if first := x.teams[t.Name]; first != i && t.Name != "" {
			out = append(out, t.finding("duplicate", diag.Error, "name", "two teams have that name; the other is "+where(c.Teams[first].origin, "name"), "rename one of them"))
		}
		out = append(out, t.validate(c.Strict)...)
		out = append(out, c.unqualified(x, near, t)...)
	}
	return diag.Sorted(append(out, c.cycles(x)...))
}

// where tells the position of a value, for a reason.
func where(o *origin, path string) string {
	if o == nil {
		return "not read from a file"
	}
	p := o.at[path]
	return fmt.Sprintf("at %s:%d", o.source, p.line)
}

// undefined reports the names that the catalog does not hold.
func (c Catalog) undefined(x index, near *suggestions, s Service, team *Team) []Finding {
	out := s.undefined(c, near, team, c.Strict)
	for i, dep := range s.DependsOn {
		if _, ok := x.services[dep.Name]; !ok && dep.Name != "" {
			remedy := near.or(dep.Name, c.entryNames, "add the entry, or mend the name")
			out = append(out, s.finding("undefined-dependency", undefinedLevel(c.Strict), item("depends_on", i), "the catalog has no entry "+diag.Quote(dep.Name), remedy))
		}
	}
	return out
}

// unqualified reports qualifications for entries that the catalog does not hold.
// A catalog without entries knows none, so none is missing.
func (c Catalog) unqualified(x index, near *suggestions, t Team) []Finding {
	if len(x.services) == 0 {
		return nil
	}
	var out []Finding
	for i, p := range t.Members {
		for j, q := range p.Qualifications {
			if _, ok := x.services[q.Service]; !ok && q.Service != "" {
				remedy := near.or(q.Service, c.entryNames, "add the entry, or mend the name")
				out = append(out, t.finding("undefined-entry", undefinedLevel(c.Strict), item(item("members", i)+".qualifications", j)+".service", "the catalog has no entry "+diag.Quote(q.Service), remedy))
			}
		}
	}
	return out
}

func (c Catalog) entryNames() []string {
	names := make([]string, len(c.Services))
	for i, s := range c.Services {
		names[i] = s.Name
	}
	return names
}

func (c Catalog) teamNames() []string {
	names := make([]string, len(c.Teams))
	for i, t := range c.Teams {
		names[i] = t.Name
	}
	return names
}

// undefined reports a team, handlers, and the members and names of a schedule
// that the catalog does not hold.
func (s Service) undefined(c Catalog, near *suggestions, team *Team, strict bool) []Finding {
	level := undefinedLevel(strict)
	var out []Finding
	add := func(code, path, reason, remedy string) {
		out = append(out, s.finding(code, level, path, reason, remedy))
	}
	if team == nil && s.OwnerTeam != "" {
		add("undefined-team", "owner_team", "no team of that name is defined here", near.or(s.OwnerTeam, c.teamNames, "add team: with its name, members and handlers to the catalog"))
	}
	for i, a := range s.Alerts {
		if a.Handler == "" {
			continue
		}
		known := slices.Concat(pagingTypes, quietTypes)
		if team != nil && len(team.Handlers) > 0 {
			if _, ok := team.Handler(a.Handler); ok {
				continue
			}
			known = known[:0:0]
			for _, h := range team.Handlers {
				known = append(known, h.Name)
			}
			add("undefined-handler", item("monitoring.alerts", i)+".handler", "the team "+team.Name+" has no handler of that name", didYouMean(a.Handler, known))
		} else if !(Handler{Name: a.Handler}).known() {
			add("undefined-handler", item("monitoring.alerts", i)+".handler", "no handler of that name is known", nearOr(a.Handler, known, "define it among the team's handlers, with its type"))
		}
	}
	const schedule = "incident_response.oncall_schedule"
	if ref := s.Schedule.Ref; ref != "" {
		owner := Team{}
		if team != nil {
			owner = *team
		}
		if _, ok := c.named(owner, s.Schedule); !ok {
			add("undefined-schedule", schedule, "no schedule of that name is defined here, and it is no rhythm such as weekly", "write weekly, or the name of a team's schedule")
		}
	}
	if team != nil {
		out = append(out, team.absent(s.Schedule, level, func(code, level, path, reason, remedy string) Finding {
			return s.finding(code, level, join(schedule, path), reason, remedy)
		})...)
	}
	return out
}

// absent reports the people of a schedule that are not in the team. A team
// without members knows nobody, so nobody is missing.
func (t Team) absent(s Schedule, level string, finding func(code, level, path, reason, remedy string) Finding) []Finding {
	if len(t.Members) == 0 {
		return nil
	}
	names := make([]string, len(t.Members))
	for i, p := range t.Members {
		names[i] = p.Name
	}
	var out []Finding
	look := func(path, name string) {
		if name != "" && !slices.Contains(names, name) {
			out = append(out, finding("undefined-member", level, path, "the team "+t.Name+" has no member "+diag.Quote(name), didYouMean(name, names)))
		}
	}
	people := func(at string, members []string, turns []Turn) {
		for i, name := range members {
			look(item(at+"members", i), name)
		}
		for i, turn := range turns {
			for j, name := range turn {
				look(item(item(at+"turns", i)+".members", j), name)
			}
		}
	}
	people("", s.Members, s.Turns)
	for i, l := range s.Layers {
		people(item("layers", i)+".", l.Members, l.Turns)
	}
	for i, o := range s.Overrides {
		look(item("overrides", i)+".member", o.Member)
		look(item("overrides", i)+".replaces", o.Replaces)
	}
	for i, p := range s.Temporary {
		for j, f := range p.Shifts {
			look(item(item("temporary", i)+".shifts", j)+".member", f.Member)
		}
	}
	for i, w := range s.Swaps {
		look(item("swaps", i)+".from", w.From)
		look(item("swaps", i)+".to", w.To)
	}
	for i, a := range s.Absences {
		look(item("absences", i)+".member", a.Member)
	}
	for i, m := range s.Memberships {
		look(item("memberships", i)+".member", m.Member)
	}
	return out
}

func (t Team) finding(code, level, path, reason, remedy string) Finding {
	return t.origin.finding(code, level, path, "team", reason, remedy)
}

// validate checks a team by itself.
func (t Team) validate(strict bool) []Finding {
	var out []Finding
	add := func(code, level, path, reason, remedy string) {
		out = append(out, t.finding(code, level, path, reason, remedy))
	}
	if t.Name == "" && t.origin == nil {
		add("missing", diag.Error, "name", "the key is missing", "add it")
	}
	at := func(path string) string { // where the name of an item stands
		if t.origin != nil {
			if _, ok := t.origin.at[path+".name"]; ok {
				return path + ".name"
			}
		}
		return path
	}
	for i, p := range t.Members {
		path := item("members", i)
		for _, q := range t.Members[:i] {
			if q.Name == p.Name && p.Name != "" {
				add("duplicate", diag.Error, at(path), "two members have that name", "rename one of them")
				break
			}
		}
		if p.Level < 0 || p.Level > len(levelNames) {
			add("value", diag.Error, path+".level", fmt.Sprintf("level %d is out of range", p.Level), "write 1 to 5")
		}
		validateMember(p, path, add)
	}
	for i, h := range t.Handlers {
		path := item("handlers", i)
		for _, g := range t.Handlers[:i] {
			if g.Name == h.Name && h.Name != "" {
				add("duplicate", diag.Error, at(path), "two handlers have that name", "rename one of them")
				break
			}
		}
		if h.Name != "" && !h.known() && !h.Pages {
			known := slices.Concat(pagingTypes, quietTypes)
			where := path + ".type"
			if h.Type == "" {
				where = at(path)
			}
			add("unknown-type", diag.Warning, where, "no handler of type "+diag.Quote(h.TypeOf())+" is known, so it is taken to page nobody", nearOr(h.TypeOf(), known, "add type: and what is behind it, or pages: true"))
		}
	}
	out = append(out, t.Schedule.validate(t.origin, "schedule", "team")...)
	return append(out, t.absent(t.Schedule, undefinedLevel(strict), func(code, level, path, reason, remedy string) Finding {
		return t.finding(code, level, "schedule."+path, reason, remedy)
	})...)
}
