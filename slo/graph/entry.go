package graph

import (
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// MaxCopies is the most copies that an edge may name.
const MaxCopies = 100

// Entry is one service, or whatever else promises to be there: a database, a
// region, a vendor.
type Entry struct {
	Name string `json:"name"` // not empty
	// Target is the share of good events or time that the entry promises. An
	// entry without one promises nothing of its own: it delivers its ceiling.
	// A target of 0 % or 100 % is allowed; it is a promise like any other.
	Target    slo.Ratio `json:"target,omitzero"`
	DependsOn []Edge    `json:"depends_on,omitempty"`
}

// Edge is one thing that an entry needs.
type Edge struct {
	// To is the name of an entry. An entry that the graph does not hold is
	// taken to never fail, and Ceiling.Assumed names it.
	To string `json:"to"`
	// Soft says that the entry is degraded without it, not unavailable: a
	// soft edge leaves ceilings as they are.
	Soft bool `json:"soft,omitempty"`
	// Copies is how many of To there are, of which Needed are enough, each with
	// the availability of To; 0 is 1. At most MaxCopies.
	Copies int `json:"copies,omitempty"`
	// Needed is how many copies must be up, at most Copies; 0 is 1.
	Needed int `json:"needed,omitempty"`
}

func (e Edge) copies() int { return max(e.Copies, 1) }
func (e Edge) needed() int { return max(e.Needed, 1) }

// Graph is entries and their edges with the ceilings that follow. The zero
// value holds nothing. It is immutable and safe for concurrent use.
type Graph struct {
	entries []Entry
	index   map[string]int
	group   []int   // the circle, or the entry alone, by number
	members [][]int // of each group
	circle  []bool  // whether a group is a circle
	ceiling []share
	assumed []bool // the entry's promise rests on something that is taken to never fail
}

// New checks the entries and computes every ceiling, in time and memory linear
// in entries and edges. The error is an *Error with everything that is wrong:
// a name that is empty or given twice, an edge without a name or given twice,
// copies outside 0 to MaxCopies, more needed than there are.
func New(entries []Entry) (Graph, error) {
	g := Graph{entries: make([]Entry, len(entries)), index: make(map[string]int, len(entries))}
	var found []Finding
	add := func(code, path, text, reason, remedy string) {
		found = append(found, Finding{Code: code, Level: diag.Error, Path: path, Text: text, Reason: reason, Remedy: remedy})
	}
	for i, e := range entries {
		at := "entries[" + strconv.Itoa(i) + "]"
		if first, twice := g.index[e.Name]; e.Name == "" {
			add("missing", at+".name", "", "the entry has no name", "name it")
		} else if twice {
			add("duplicate", at+".name", e.Name, "entries["+strconv.Itoa(first)+"] has this name already", "join the two or rename one")
		} else {
			g.index[e.Name] = i
		}
		seen := make(map[string]bool, len(e.DependsOn))
		for j, d := range e.DependsOn {
			at := at + ".depends_on[" + strconv.Itoa(j) + "]"
			switch {
			case d.To == "":
				add("missing", at+".to", "", "the edge leads nowhere", "name what the entry depends on")
			case seen[d.To]:
				add("duplicate", at+".to", d.To, "the entry depends on it twice", "keep one edge; several of the same are copies")
			}
			seen[d.To] = true
			switch {
			case d.Copies < 0 || d.Copies > MaxCopies:
				add("range", at+".copies", strconv.Itoa(d.Copies), "no number of copies", "write 1 to "+strconv.Itoa(MaxCopies)+", or nothing for 1")
			case d.Needed < 0:
				add("range", at+".needed", strconv.Itoa(d.Needed), "no number of copies", "write 1 to the number of copies, or nothing for 1")
			case d.needed() > d.copies():
				add("range", at+".needed", strconv.Itoa(d.Needed), "there are only "+strconv.Itoa(d.copies()), "raise copies or lower needed")
			}
		}
		g.entries[i] = e
		g.entries[i].DependsOn = slices.Clone(e.DependsOn)
	}
	if found != nil {
		return Graph{}, &Error{found}
	}
	g.compute()
	return g, nil
}

// Entries are the entries in their order, as a copy.
func (g Graph) Entries() []Entry {
	out := slices.Clone(g.entries)
	for i := range out {
		out[i].DependsOn = slices.Clone(out[i].DependsOn)
	}
	return out
}
