package graph

import (
	"github.com/srekit/ownership/internal/circle"
	"github.com/srekit/ownership/slo"
)

// Ceiling is the most that an entry can promise, for its own part never fails
// in it: only what it needs does.
type Ceiling struct {
	Entry  string    `json:"entry"`
	Target slo.Ratio `json:"target,omitzero"` // of the entry
	Hard   int       `json:"hard"`            // hard edges of the entry; without one the ceiling is 1
	Availability
	// Assumed are the hard dependencies, in the order of edges, that are taken
	// to never fail, in part or in whole, for neither they nor what they need
	// promise anything. With one of them the ceiling may be too high.
	Assumed []string `json:"assumed,omitempty"`
	// Circle says that the entry is in a circle of hard dependencies. Its
	// members stand and fall together: the ceiling of each is that of
	// everything the circle needs outside, and at most the least target of
	// the other members. Copies inside a circle do not help.
	Circle bool `json:"circle,omitempty"`
}

// Each is what each hard dependency would have to deliver at least for the
// target, if all deliver the same: the nth root of the target where failures
// are independent (rounded up to 12 digits), and an even split of the budget,
// 1 - (1-target)/n, where they add up. Both are unset without a target or a
// hard dependency. What copies of one dependency deliver together counts as one.
func (c Ceiling) Each() (independent, bounded slo.Ratio) {
	if c.Target.IsZero() || c.Hard <= 0 {
		return slo.Ratio{}, slo.Ratio{}
	}
	i, b := each(fixedOf(c.Target), c.Hard)
	return i.ratio(), b.ratio()
}

// Ceiling is the ceiling of an entry, false if the graph does not hold it. It
// costs time linear in the entry's edges.
func (g Graph) Ceiling(name string) (Ceiling, bool) {
	i, ok := g.index[name]
	if !ok {
		return Ceiling{}, false
	}
	return g.ceilingOf(i), true
}

// Ceilings are those of all entries, in their order.
func (g Graph) Ceilings() []Ceiling {
	out := make([]Ceiling, len(g.entries))
	for i := range g.entries {
		out[i] = g.ceilingOf(i)
	}
	return out
}

func (g Graph) ceilingOf(i int) Ceiling {
	e := g.entries[i]
	c := Ceiling{Entry: e.Name, Target: e.Target, Availability: g.ceiling[i].availability(), Circle: g.circle[g.group[i]]}
	for _, d := range e.DependsOn {
		if d.Soft {
			continue
		}
		c.Hard++
		if j, ok := g.index[d.To]; !ok || g.assumed[j] {
			c.Assumed = append(c.Assumed, d.To)
		}
	}
	return c
}

// compute fills in groups and ceilings, dependencies first.
func (g *Graph) compute() {
	n := len(g.entries)
	edges := make([][]int, n)
	for i, e := range g.entries {
		for _, d := range e.DependsOn {
			if j, ok := g.index[d.To]; ok && !d.Soft {
				edges[i] = append(edges[i], j)
			}
		}
	}
	g.group, g.members = circle.Groups(edges)
	g.circle = make([]bool, len(g.members))
	g.ceiling = make([]share, n)
	g.assumed = make([]bool, n)
	for k, members := range g.members {
		outer, hard, assumed := g.outer(members)
		g.circle[k] = len(members) > 1 || hard[members[0]]
		first, second := g.leastTargets(members)
		for _, i := range members {
			g.ceiling[i] = outer
			if len(members) > 1 {
				least := first.target
				if first.entry == i {
					least = second.target
				}
				g.ceiling[i] = outer.atMost(least)
			}
			g.assumed[i] = g.entries[i].Target.IsZero() && assumed
		}
	}
}

// outer is what a group needs outside of itself. What several members of a
// circle need counts once, at the least that copies deliver to one of them.
// looped tells the members that need themselves; assumed is true if nothing is
// known of a needed one, or nothing is needed.
func (g *Graph) outer(members []int) (all share, looped map[int]bool, assumed bool) {
	var parts []share
	place := map[int]int{} // of what is needed, in parts
	known := false
	for _, i := range members {
		for _, d := range g.entries[i].DependsOn {
			if d.Soft {
				continue
			}
			j, ok := g.index[d.To]
			switch {
			case !ok:
				assumed = true
			case j == i:
				if looped == nil {
					looped = map[int]bool{}
				}
				looped[i] = true
			case g.group[j] == g.group[i]:
				known = known || !g.entries[j].Target.IsZero()
			default:
				known = true
				assumed = assumed || g.assumed[j]
				part := g.promise(j).of(d.needed(), d.copies())
				if at, twice := place[j]; twice {
					parts[at] = parts[at].lower(part)
					continue
				}
				if len(members) > 1 { // an entry alone has each edge once
					place[j] = len(parts)
				}
				parts = append(parts, part)
			}
		}
	}
	all = whole
	for _, part := range parts {
		all = all.and(part)
	}
	return all, looped, assumed || !known
}

// promise is what an entry delivers: its target, or its ceiling if that is
// lower or there is no target.
func (g *Graph) promise(i int) share {
	if t := g.entries[i].Target; !t.IsZero() {
		return g.ceiling[i].atMost(fixedOf(t))
	}
	return g.ceiling[i]
}

type leastTarget struct {
	target fixed
	entry  int
}

// leastTargets are the two lowest targets among members.
func (g *Graph) leastTargets(members []int) (first, second leastTarget) {
	first, second = leastTarget{one, -1}, leastTarget{one, -1}
	for _, i := range members {
		if g.entries[i].Target.IsZero() {
			continue
		}
		t := leastTarget{fixedOf(g.entries[i].Target), i}
		if first.entry < 0 || t.target < first.target {
			first, second = t, first
		} else if second.entry < 0 || t.target < second.target {
			second = t
		}
	}
	return first, second
}
