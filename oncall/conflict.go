package oncall

import (
	"slices"
	"strings"
	"time"
)

// Conflict is a time in which somebody is on call and absent.
type Conflict struct {
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"` // exclusive
	Shift   Shift     `json:"shift"`
	Absence Absence   `json:"absence"`
	// Instead are those of the schedule's people who could stand in for all of
	// it: they are not absent and not on call meanwhile, in any role. By name.
	Instead []string `json:"instead"`
}

// Conflicts is every time in [from, to) in which somebody is on call and absent,
// whatever the absence policy: what it leaves, and what overrides, temporary
// schedules and swaps bring. Shadows count. It is in the order of the shifts. The
// time is that of conflicts times shifts and absences.
func (r Roster) Conflicts(from, to time.Time) []Conflict {
	if r.plan == nil || len(r.plan.definition.Absences) == 0 {
		return nil
	}
	shifts := r.Shifts(from, to)
	absences := slices.Clone(r.plan.definition.Absences)
	slices.SortStableFunc(absences, func(a, b Absence) int { return a.Start.Compare(b.Start) })
	away := map[string][]Absence{}
	for _, a := range absences {
		away[a.Person] = append(away[a.Person], a)
	}
	var out []Conflict
	for _, s := range shifts {
		for _, a := range away[s.Person] {
			if !a.Start.Before(s.End) {
				break
			}
			if !a.End.After(s.Start) {
				continue
			}
			c := Conflict{Start: latest(s.Start, a.Start).In(r.plan.zone), End: earliest(s.End, a.End).In(r.plan.zone), Shift: s, Absence: a, Instead: []string{}}
			taken := map[string]bool{}
			for _, o := range shifts {
				if !o.Start.Before(c.End) {
					break
				}
				taken[o.Person] = taken[o.Person] || o.End.After(c.Start)
			}
			for _, o := range absences {
				if !o.Start.Before(c.End) {
					break
				}
				taken[o.Person] = taken[o.Person] || o.End.After(c.Start)
			}
			for _, person := range r.plan.people {
				if !taken[person] {
					c.Instead = append(c.Instead, person)
				}
			}
			slices.SortFunc(c.Instead, strings.Compare)
			out = append(out, c)
		}
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
