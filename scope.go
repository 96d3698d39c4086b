package ownership

import (
	"errors"
	"fmt"
	"time"

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
// names, by response.Graph.Reach, before time passes and teams join: a service if
// it is one; a platform if one of them is a platform or a concern, if two others
// depend on it, or if they are several of one team; an area if they belong to two
// teams; the organisation if they belong to three or more teams or to two areas, or
// if one of them is of tier 0. Without entries it is a task. A name that the
// catalog does not hold is an error that names the nearest.
func (c Catalog) ScopeOf(entries ...string) (response.Scope, error) {
	var errs []error
	incident := response.Incident{Start: time.Unix(0, 0)}
	for _, name := range entries {
		if _, ok := c.Service(name); !ok {
			errs = append(errs, fmt.Errorf("the catalog has no entry %q; %s", name, didYouMean(name, c.entryNames())))
			continue
		}
		incident.Alerts = append(incident.Alerts, response.Alert{Entry: name, Start: incident.Start})
	}
	if len(errs) > 0 {
		return 0, errors.Join(errs...)
	}
	if len(entries) == 0 {
		return response.Task, nil
	}
	g, err := response.NewGraph(c.Entries())
	if err != nil {
		return 0, err
	}
	return g.Reach(incident, incident.Start, response.ReachOptions{}).Scope, nil
}
