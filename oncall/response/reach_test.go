package response

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReach(t *testing.T) {
	g := mustGraph(t, []Entry{
		{Name: "a", Team: "x", Area: "p", DependsOn: []Edge{{Name: "s"}, {Name: "t", Soft: true}, {Name: "out"}}},
		{Name: "b", Team: "x", Area: "p", DependsOn: []Edge{{Name: "s"}, {Name: "t", Soft: true}}},
		{Name: "c", Team: "y", Area: "p"},
		{Name: "d", Team: "z", Area: "p"},
		{Name: "e", Team: "y", Area: "q"},
		{Name: "s", Team: "x", Area: "p"},
		{Name: "t", Team: "x", Area: "p"},
		{Name: "p", Kind: KindPlatform, Team: "x", Area: "p"},
		{Name: "l", Kind: KindConcern, Team: "x", Area: "p"},
		{Name: "zero", Tier: "0", Team: "x", Area: "p"},
		{Name: "one", Tier: "1", Team: "x", Area: "p"},
		{Name: "lonely"}, {Name: "alone"},
	})
	for _, c := range []struct {
		name   string
		alerts string
		do     func(i *Incident)
		after  time.Duration
		scope  Scope
		level  int
		next   time.Duration // since the start; 0: never
	}{
		{"nothing", "", nil, 0, Task, 1, 0},
		{"one service", "a", nil, 0, Service, 2, time.Hour},
		{"tier 1 is no more", "one", nil, 0, Service, 2, time.Hour},
		{"one that two need", "s", nil, 0, Platform, 3, time.Hour},
		{"one that two can do without", "t", nil, 0, Service, 2, time.Hour},
		{"a platform", "p", nil, 0, Platform, 3, time.Hour},
		{"a concern", "l", nil, 0, Platform, 3, time.Hour},
		{"two of a team", "a b", nil, 0, Platform, 3, time.Hour},
		{"one twice", "a a", nil, 0, Service, 2, time.Hour},
		{"two teams", "a c", nil, 0, Area, 3, time.Hour},
		{"three teams", "a c d", nil, 0, Organisation, 4, 0},
		{"two areas of a team", "c e", nil, 0, Organisation, 4, 0},
		{"tier 0", "zero", nil, 0, Organisation, 4, 0},
		{"no teams at all", "lonely alone", nil, 0, Platform, 3, time.Hour},
		{"severity 1", "a", func(i *Incident) { i.Severity = 1 }, 0, Organisation, 4, 0},
		{"severity 2", "a", func(i *Incident) { i.Severity = 2 }, 0, Service, 2, time.Hour},
		{"a team joins", "a", func(i *Incident) { i.Joined = []string{"y"} }, 0, Area, 3, time.Hour},
		{"its own team joins", "a", func(i *Incident) { i.Joined = []string{"x", "", "x"} }, 0, Service, 2, time.Hour},
		{"two teams join", "a", func(i *Incident) { i.Joined = []string{"y", "z"} }, 0, Organisation, 4, 0},
		{"59 minutes", "a", nil, 59 * time.Minute, Service, 2, time.Hour},
		{"60 minutes", "a", nil, 60 * time.Minute, Platform, 3, 2 * time.Hour},
		{"two hours", "a", nil, 2 * time.Hour, Area, 3, 3 * time.Hour},
		{"three hours", "a", nil, 3 * time.Hour, Organisation, 4, 0},
		{"a year", "a", nil, 365 * 24 * time.Hour, Organisation, 4, 0},
		{"over after half an hour", "a", func(i *Incident) { i.End = i.Start.Add(30 * time.Minute) }, 5 * time.Hour, Service, 2, 0},
		{"before the start", "a", nil, -time.Minute, Task, 1, 0}, // its alert has not begun
		{"known and unknown", "a ghost out", nil, 0, Service, 2, time.Hour},
		{"unknown", "ghost out", nil, 5 * time.Hour, Task, 1, 0},
	} {
		i := Incident{Start: monday}
		for _, e := range strings.Fields(c.alerts) {
			i.Alerts = append(i.Alerts, Alert{Entry: e, Start: monday})
		}
		if c.do != nil {
			c.do(&i)
		}
		r := g.Reach(i, monday.Add(c.after), ReachOptions{})
		var next time.Duration
		if !r.Next.IsZero() {
			next = r.Next.Sub(monday)
		}
		if r.Scope != c.scope || r.Level != c.level || next != c.next {
			t.Errorf("%s: got %v, level %d, next after %v, want %v, %d, %v\n%s", c.name, r.Scope, r.Level, next, c.scope, c.level, c.next, r.Markdown())
		}
	}
}

func TestReachTellsWhy(t *testing.T) {
	h := newHouse()
	h.alert("web", "auth", "ledger", "ghost")
	g := mustGraph(t, h.entries)
	h.incident.Joined = []string{"find"}
	got := g.Reach(h.incident, h.incident.Start.Add(90*time.Minute), ReachOptions{}).Markdown()
	want := `The incident reaches organisation; who commands it is at least staff (level 4).

- auth, ledger and web alert: platform
- mobile and web cannot do without auth: platform
- ledger is of tier 0: organisation
- 4 teams are in it, find (joined), identity (auth), money (ledger) and shop (web): organisation
- 3 areas are hit, core (auth), finance (ledger) and retail (web): organisation
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	h = newHouse()
	h.alert("reports")
	got = g.Reach(h.incident, h.incident.Start.Add(90*time.Minute), ReachOptions{}).Markdown()
	want = `The incident reaches platform; who commands it is at least senior (level 3).

- reports alerts: service
- one team is in it, money (reports): service
- one area is hit, finance (reports): service
- unsolved for 1h30m since 2026-01-05 10:00 UTC, one step more each 1h, from service: platform
- without a solution it rises at 2026-01-05 12:00 UTC
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	// A ladder on which nobody reaches so far.
	r := g.Reach(h.incident, h.incident.Start, ReachOptions{Ladder: Ladder{Levels: []Level{{Name: "junior", Scope: Task}}}})
	if r.Level != 0 || !strings.Contains(r.Markdown(), "no level reaches so far") {
		t.Errorf("got level %d: %s", r.Level, r.Markdown())
	}
	// Other steps of time.
	if r := g.Reach(h.incident, h.incident.Start.Add(20*time.Minute), ReachOptions{Unsolved: 10 * time.Minute}); r.Scope != Area {
		t.Errorf("two steps of ten minutes: got %v, want area", r.Scope)
	}
	if r := g.Reach(h.incident, h.incident.Start.Add(20*time.Hour), ReachOptions{Unsolved: -1}); r.Scope != Service {
		t.Errorf("without time: got %v, want service", r.Scope)
	}
}

func TestIncidentJSON(t *testing.T) {
	i := Incident{Name: "inc", Start: monday, Severity: 2, Expected: 90 * time.Minute, Joined: []string{"x"}, Alerts: []Alert{{Entry: "a", Name: "High", Severity: "page", Start: monday}}}
	data, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"inc","start":"2026-01-05T09:00:00Z","alerts":[{"entry":"a","name":"High","severity":"page","start":"2026-01-05T09:00:00Z"}],"severity":2,"joined":["x"],"expected_seconds":5400}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	var back Incident
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(i, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
}
