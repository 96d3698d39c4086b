package graph

import "slices"

// Lever is what one hard edge is worth to the ceiling of the entry that has
// it. Ceilings of what depends on the entry in turn change only as far as they
// rest on its ceiling and not on its target.
type Lever struct {
	Entry   string       `json:"entry"`
	To      string       `json:"to"`
	Copies  int          `json:"copies"` // at present, at least 1
	Needed  int          `json:"needed"` // at least 1
	Now     Availability `json:"now"`
	Soft    Availability `json:"soft"`    // the entry survives without To
	Doubled Availability `json:"doubled"` // twice the copies, as many needed as now
}

// Levers tells, for each hard edge of an entry in its order, the ceiling with
// the edge made soft and with its copies doubled. It is nil for an entry that
// the graph does not hold or that has no hard edge. It costs time linear in the
// entry's edges; in a circle, linear in the graph for each edge.
func (g Graph) Levers(name string) []Lever {
	i, ok := g.index[name]
	if !ok {
		return nil
	}
	e := g.entries[i]
	var out []Lever
	var parts, doubled []share
	for _, d := range e.DependsOn {
		if d.Soft {
			continue
		}
		out = append(out, Lever{Entry: name, To: d.To, Copies: d.copies(), Needed: d.needed(), Now: g.ceiling[i].availability()})
		part := whole
		if j, ok := g.index[d.To]; ok {
			part = g.promise(j)
		}
		parts = append(parts, part.of(d.needed(), d.copies()))
		doubled = append(doubled, part.of(d.needed(), 2*d.copies()))
	}
	if g.circle[g.group[i]] {
		g.leversInCircle(i, out)
		return out
	}
	after := make([]share, len(parts)+1) // what edges from k on leave
	after[len(parts)] = whole
	for k := len(parts) - 1; k >= 0; k-- {
		after[k] = after[k+1].and(parts[k])
	}
	before := whole
	for k := range out {
		rest := before.and(after[k+1])
		out[k].Soft = rest.availability()
		out[k].Doubled = rest.and(doubled[k]).availability()
		before = before.and(parts[k])
	}
	return out
}

// leversInCircle computes the graph anew for each edge, for softening one may
// open the circle.
func (g Graph) leversInCircle(i int, out []Lever) {
	k := 0
	for j, d := range g.entries[i].DependsOn {
		if d.Soft {
			continue
		}
		with := func(changed Edge) Availability {
			h := Graph{entries: slices.Clone(g.entries), index: g.index}
			h.entries[i].DependsOn = slices.Clone(h.entries[i].DependsOn)
			h.entries[i].DependsOn[j] = changed
			h.compute()
			return h.ceiling[i].availability()
		}
		out[k].Soft = with(Edge{To: d.To, Soft: true})
		out[k].Doubled = with(Edge{To: d.To, Copies: 2 * d.copies(), Needed: d.needed()})
		k++
	}
}
