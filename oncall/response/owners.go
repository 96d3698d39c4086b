package response

import (
	"fmt"
	"slices"

	"github.com/srekit/ownership/internal/prose"
)

// Owner says which schedule answers for a scope.
type Owner struct {
	Scope    Scope  `json:"scope"`
	Name     string `json:"name,omitempty"` // of the entry, for a service or platform, or of the area; empty means any
	Schedule string `json:"schedule"`
}

// owners are the names of the schedules that answer for a scope of an entry, in
// order, or the reason why there are none. What owners say goes before what
// the catalog says:
//
//   - a service: the entry's schedule, else that of its team;
//   - a platform: the same of the entry if others stand on it, else of the
//     nearest entries below it on which others stand;
//   - an area: a schedule that has the area's name;
//   - the organisation: a schedule of that name.
func (g Graph) owners(owners []Owner, watches map[string]Watch, entry string, scope Scope) (schedules []string, why string) {
	i, ok := g.index[entry]
	if entry == "" && scope <= Area {
		return nil, "nothing that the catalog knows is affected"
	}
	if !ok && scope < Area {
		return nil, fmt.Sprintf("the catalog has no entry %s", prose.Printable(entry))
	}
	var e Entry
	if ok {
		e = g.entries[i]
	}
	given := func(scope Scope, name string) (string, bool) {
		for _, exact := range []bool{true, false} {
			for _, o := range owners {
				if o.Scope == scope && (exact && o.Name == name && name != "" || !exact && o.Name == "") {
					return o.Schedule, true
				}
			}
		}
		return "", false
	}
	of := func(scope Scope, e Entry) {
		s, ok := given(scope, e.Name)
		if !ok {
			s = e.ScheduleName()
		}
		if s != "" && !slices.Contains(schedules, s) {
			schedules = append(schedules, s)
		}
	}
	switch scope {
	case Task, Service:
		of(Service, e)
		why = fmt.Sprintf("%s has neither a schedule nor a team", prose.Printable(entry))
	case Platform:
		below := g.platforms(i)
		for _, j := range below {
			of(Platform, g.entries[j])
		}
		if why = fmt.Sprintf("%s stands on no platform", prose.Printable(entry)); len(below) > 0 {
			why = fmt.Sprintf("nobody owns what %s stands on", prose.Printable(entry))
		}
	case Area, Organisation:
		name, what := "organisation", "the organisation"
		if scope == Area {
			if name, what = e.Area, "area "+prose.Printable(e.Area); name == "" {
				return nil, fmt.Sprintf("%s belongs to no area", prose.Printable(entry))
			}
		}
		if s, ok := given(scope, name); ok {
			schedules = append(schedules, s)
		} else if _, ok := watches[name]; ok {
			schedules = append(schedules, name)
		}
		why = fmt.Sprintf("no schedule answers for %s", what)
	default:
		why = "the scope is unknown"
	}
	if len(schedules) > 0 {
		why = ""
	}
	return schedules, why
}

// platforms are the nearest entries at or below i on which others stand, in
// order of name.
func (g Graph) platforms(i int32) []int32 {
	if g.shared(i) {
		return []int32{i}
	}
	seen := map[int32]bool{i: true}
	var out []int32
	for todo := []int32{i}; len(todo) > 0; {
		i, todo = todo[0], todo[1:]
		for _, need := range g.needs.of(i) {
			switch {
			case seen[need]:
				continue
			case g.shared(need):
				out = append(out, need)
			default:
				todo = append(todo, need)
			}
			seen[need] = true
		}
	}
	slices.Sort(out)
	return out
}
