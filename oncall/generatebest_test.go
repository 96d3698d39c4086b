package oncall

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Of small rosters with tight rules the generator fills as many slots as an
// exhaustive search, but for one slot in a few of a hundred: it is told so that
// nobody takes "no way was found" for a proof.
func TestGeneratorAgainstExhaustiveSearch(t *testing.T) {
	const cases = 200
	r := rand.New(rand.NewPCG(3, 4))
	fewer := 0
	for range cases {
		slots := turnsOf(at("2026-01-05T09:00:00Z"), 3+r.IntN(5), 8, "")
		people := staff(2 + r.IntN(2))
		barred := map[string]bool{}
		for _, s := range slots {
			for _, p := range people {
				barred[p.Name+s.Start.String()] = r.IntN(3) == 0
			}
		}
		g := Generator{Slots: slots, People: people, InRow: 1 + r.IntN(2), Rest: time.Duration(1+r.IntN(2))*8*time.Hour - 1}
		g.Eligible = func(person, _ string, from, _ time.Time) []string {
			if barred[person+from.String()] {
				return []string{"barred"}
			}
			return nil
		}
		d := generate(t, g)
		best := most(g, 0, nil)
		switch got := len(d.Assignments); {
		case got > best:
			t.Fatalf("%d slots of %d filled, more than can be: %d", got, len(slots), best)
		case got < best-1:
			t.Errorf("%d slots of %d filled, want %d", got, len(slots), best)
		case got < best:
			fewer++
		}
		if len(d.Unfilled) == 0 {
			continue
		}
		// What is certain holds however the other slots are assigned.
		for _, u := range d.Unfilled {
			for _, p := range people {
				if u.Certain && !barred[p.Name+u.Start.String()] {
					t.Errorf("%s could have the slot at %v alone", p.Name, u.Start)
				}
			}
		}
	}
	if fewer > cases*4/100 {
		t.Errorf("one slot fewer than possible in %d of %d cases", fewer, cases)
	}
}

// most is how many slots from i on can be filled at best, beside those that are.
func most(g Generator, i int, filled []Shift) int {
	if i == len(g.Slots) {
		return len(filled)
	}
	best := most(g, i+1, filled)
	for _, p := range g.People {
		s := Shift{Start: g.Slots[i].Start, End: g.Slots[i].End, Person: p.Name, Role: DefaultRole}
		if len(g.Eligible(s.Person, s.Role, s.Start, s.End)) > 0 {
			continue
		}
		if next := append(slices.Clone(filled), s); broken(g, next) == "" {
			best = max(best, most(g, i+1, next))
		}
	}
	return best
}

// A slot that nobody can have is opened by moving others: the chain of people
// who hand a slot on is as long as it needs to be, up to four.
func TestGeneratorMovesOthersToFillASlot(t *testing.T) {
	from := at("2026-01-05T09:00:00Z")
	for n := 1; n <= maxChain; n++ {
		// Slot i is for person i or i+1, the last for the last person alone; the first
		// by name takes the first, and so on, so that all must move for the last.
		var slots []Slot
		for i := range n + 1 {
			slots = append(slots, Slot{Start: from, End: from.Add(time.Hour), Role: fmt.Sprint(i)})
		}
		d := generate(t, Generator{Slots: slots, People: staff(n + 1), Eligible: func(person, role string, _, _ time.Time) []string {
			var p, slot int
			fmt.Sscanf(person, "p%d", &p)
			fmt.Sscanf(role, "%d", &slot)
			if slot == n && p == 0 || slot < n && (p == slot || p == slot+1) {
				return nil
			}
			return []string{"another's"}
		}})
		if len(d.Unfilled) > 0 {
			t.Errorf("%d people: %+v", n+1, d.Unfilled)
		}
	}
}
