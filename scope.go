package ownership

import (
	"errors"
	"fmt"
	"slices"

	"github.com/srekit/ownership/oncall/response"
)

// AreaOf is the area of an entry, that of its owner team if it names none.
func (c Catalog) AreaOf(s Service) string {
	if s.Area != "" {
		return s.Area
	}
	t, _ := c.Team(s.OwnerTeam)
	return t.Area
}

// ScopeOf is how far an incident reaches that affects the entries of these
// names: a service if it is one; a platform if one of them is a platform or a
// concern, or if they are several of one team; an area if they belong to two
// teams; the organisation if they belong to three or more teams or to two
// areas, or if one of them is of tier 0. Without entries it is a task. A name
// that the catalog does not hold is an error that names the nearest.
func (c Catalog) ScopeOf(entries ...string) (response.Scope, error) {
	scope := response.Task
	var names, teams, areas []string
	var errs []error
	add := func(set []string, s string) []string {
		if s == "" || slices.Contains(set, s) {
			return set
		}
		return append(set, s)
	}
	for _, name := range entries {
		s, ok := c.Service(name)
		if !ok {
			errs = append(errs, fmt.Errorf("the catalog has no entry %q; %s", name, didYouMean(name, c.entryNames())))
			continue
		}
		names, teams, areas = add(names, name), add(teams, s.OwnerTeam), add(areas, c.AreaOf(s))
		scope = max(scope, response.Service)
		if s.Kind != KindService {
			scope = max(scope, response.Platform)
		}
		if s.Tier == Tier0 {
			scope = response.Organisation
		}
	}
	if len(errs) > 0 {
		return 0, errors.Join(errs...)
	}
	switch {
	case len(teams) >= 3 || len(areas) >= 2:
		scope = response.Organisation
	case len(teams) == 2:
		scope = max(scope, response.Area)
	case len(names) >= 2:
		scope = max(scope, response.Platform)
	}
	return scope, nil
}
