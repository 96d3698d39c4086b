package response

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLadder(t *testing.T) {
	three := Ladder{Levels: []Level{{Name: "junior", Scope: Task}, {Scope: Area}, {Name: "head", Scope: Area}}}
	for _, c := range []struct {
		l     Ladder
		level int
		scope Scope
		name  string
	}{
		{Ladder{}, 0, Organisation, ""}, {Ladder{}, 1, Task, "associate"}, {Ladder{}, 3, Area, "senior"}, {Ladder{}, 5, Organisation, "principal"}, {Ladder{}, 6, 0, "level 6"}, {Ladder{}, -1, 0, "level -1"},
		{three, 0, Organisation, ""}, {three, 1, Task, "junior"}, {three, 2, Area, "level 2"}, {three, 3, Area, "head"}, {three, 4, 0, "level 4"},
	} {
		if got := c.l.ScopeOf(c.level); got != c.scope {
			t.Errorf("scope of level %d of %d: got %v, want %v", c.level, len(c.l.Levels), got, c.scope)
		}
		if got := c.l.NameOf(c.level); got != c.name {
			t.Errorf("name of level %d of %d: got %q, want %q", c.level, len(c.l.Levels), got, c.name)
		}
	}
	for _, c := range []struct {
		l     Ladder
		scope Scope
		level int
	}{
		{Ladder{}, 0, 1}, {Ladder{}, Task, 1}, {Ladder{}, Service, 2}, {Ladder{}, Platform, 3}, {Ladder{}, Area, 3}, {Ladder{}, Organisation, 4},
		{three, Service, 2}, {three, Area, 2}, {three, Organisation, 0},
	} {
		if got, ok := c.l.LevelFor(c.scope); got != c.level || ok != (c.level > 0) {
			t.Errorf("level for %v of %d: got %d, %v, want %d", c.scope, len(c.l.Levels), got, ok, c.level)
		}
	}
}

func TestDefaultLadder(t *testing.T) {
	l := DefaultLadder()
	if err := l.Validate(); err != nil {
		t.Error(err)
	}
	if err := (Ladder{}).Validate(); err != nil {
		t.Error(err)
	}
	for level := 1; level <= 5; level++ {
		if got, want := (Person{Level: level}).Scope(), l.ScopeOf(level); got != want {
			t.Errorf("level %d: got %v, want %v", level, got, want)
		}
		if len(l.Levels[level-1].Criteria) == 0 {
			t.Errorf("level %d has no criteria", level)
		}
	}
	for _, name := range []string{"platform", "performance", "architect", "incident"} {
		track, ok := l.Track(name)
		if !ok || len(track.Levers) == 0 || len(track.Artefacts) == 0 || !track.Takes(RoleCommander) || track.Takes(RoleCommunications) != (name == "incident") {
			t.Errorf("track %s: %v, %v", name, track, ok)
		}
	}
	if _, ok := l.Track("gardening"); ok {
		t.Error("gardening is a track")
	}
	// A fresh value each time.
	l.Levels[0].Name, l.Tracks[0].Roles[0] = "changed", "changed"
	if m := DefaultLadder(); m.Levels[0].Name != "associate" || slices.Contains(m.Tracks[0].Roles, "changed") {
		t.Error("the default can be changed")
	}
	data, err := json.Marshal(DefaultLadder())
	if err != nil {
		t.Fatal(err)
	}
	var back Ladder
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(DefaultLadder(), back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
}
