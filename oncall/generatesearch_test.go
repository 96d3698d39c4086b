package oncall

import (
	"context"
	"testing"
)

// Who gives up the middle of three turns in a row would have too short a break
// between the other two.
func TestGivingUpATurnHeedsRest(t *testing.T) {
	g := Generator{Slots: turnsOf(at("2026-01-05T00:00:00Z"), 3, 8, ""), People: staff(2), InRow: 3}
	d := newDrafting(context.Background(), g.ordered(), &compiler{plan: &plan{}})
	for i := range g.Slots {
		d.give(0, i)
	}
	for i, want := range []bool{true, false, true} {
		if got := d.free(0, i, nobody); got != want {
			t.Errorf("giving up turn %d: got %v, want %v", i, got, want)
		}
	}
	if d.take(1); !d.free(0, 2, 1) {
		t.Error("giving up the last for the middle one is not free")
	}
	d.give(0, 1)
	// Another turn in its place closes the break, which fits judges.
	if !d.free(0, 0, 2) {
		t.Error("giving up the first is not free")
	}
}
