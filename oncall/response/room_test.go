package response

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// grand is a house in which all happens at once: severity 1 everywhere, a long
// incident, tired people, a shift that ends, and a stranger.
func grand() *house {
	h := newHouse()
	h.alert("web", "mobile", "cart", "auth", "db", "cache", "search", "index", "ledger", "reports", "ghost")
	h.incident.Severity, h.incident.Expected = 1, 6*time.Hour
	h.calls = []Call{{Person: "sam", At: monday.Add(-6 * time.Hour)}}
	h.schedules["money"] = ShiftList{shift("moe", "primary", 0, 1.5), shift("off", "primary", 1.5, 24)}
	return h
}

func TestRoomBeyondASpan(t *testing.T) {
	r := grand().room(t)
	// db takes web, mobile, cart and auth along, 2·5/(5+10); cache all of these
	// but cart, 2·4/(4+10); together they pass 0.9. Experts of what else alerts
	// follow by name of the entry. Every team is concerned, so planning and scribe
	// come from them: the highest level that is free is 3, fin before sue, and the
	// lowest 2, ira. Six experts with col, fin, ira, kim and cat are more than
	// seven: sub-teams, in the order in which the experts came.
	got := strings.Split(lines(r), "; ")
	want := strings.Split("organisation; db 0.667 cache 0.571; commander kim; deputy cat; operations dan; communications col; planning fin; scribe ira; "+
		"lead dan; lead ina; lead sam; lead fay; lead moe; lead abe; "+
		"expert dan(db cache); expert ina(auth); expert sam(cart web); expert fay(index search); expert moe(ledger reports); expert abe(mobile); shadow dee(db cache); "+
		"sam night-call; moe -> off; data: dan; identity: ina; shop: sam; find: fay; money: moe; apps: abe", "; ")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s\n%s", d, r)
	}
	if f := r.Findings; len(f) != 1 || f[0].Text != "ghost" {
		t.Errorf("got findings %v, want one of ghost", f)
	}
}

// Sub-teams larger than a span are split, and the highest level leads.
func TestSubTeamsAreSplit(t *testing.T) {
	h := newHouse()
	for i := range 9 {
		name := fmt.Sprintf("ops%d", i)
		e := fmt.Sprintf("job%d", i)
		h.entries = append(h.entries, Entry{Name: e, Team: "batch", Area: "core", Schedule: e})
		h.people = append(h.people, fit(name, 2+i%3, e))
		h.schedules[e] = ShiftList{shift(name, "", 0, 24)}
		h.alert(e)
	}
	h.options.Span = 4
	h.options.RootShare = -1
	r := h.room(t)
	var got []string
	for _, s := range r.SubTeams {
		got = append(got, fmt.Sprintf("%s: %s leads %s", s.Name, s.Lead, strings.Join(s.Members, " ")))
	}
	// Levels 2 3 4 2 3 4 2 3 4: ops2 is the first of level 4 among the first four,
	// ops5 among the next, ops8 is alone.
	want := []string{"batch 1: ops2 leads ops0 ops1 ops2 ops3", "batch 2: ops5 leads ops4 ops5 ops6 ops7", "batch 3: ops8 leads ops8"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s\n%s", d, r)
	}
	h.options.Span, h.options.Deputy = -1, -1
	if r := h.room(t); len(r.SubTeams) != 0 || len(r.Role(RoleDeputy)) != 0 {
		t.Errorf("without limits there are sub-teams %v and deputies %v", r.SubTeams, r.Role(RoleDeputy))
	}
}

func TestUnfilledRolesSayWhoCouldBeAsked(t *testing.T) {
	h := newHouse()
	h.alert("ledger")
	h.person("moe").Qualifications = nil
	r := h.room(t)
	want := Unfilled{Role: RoleExpert, Service: "ledger", OffDuty: []string{"off"}, Reasons: []string{
		"moe (primary of money): shadowed 0 of 1 shift for ledger; reverse-shadowed 0 of 1 shift for ledger; was never on call for ledger; shadow a shift"}}
	var got Unfilled
	for _, u := range r.Unfilled {
		if u.Role == RoleExpert {
			got = u
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	// Somebody with the certificate, but not on call, may be asked to command; who
	// has it and too little reach may not.
	h = newHouse()
	h.alert("ledger")
	delete(h.schedules, "command")
	h.people = append(h.people, Person{Name: "zed", Level: 5, Certificates: []string{"commander"}, Zone: "Asia/Tokyo"},
		Person{Name: "yak", Level: 4, Certificates: []string{"commander"}, Zone: "America/Los_Angeles"}, Person{Name: "xi", Level: 3, Certificates: []string{"commander"}})
	for _, u := range h.room(t).Unfilled {
		// By day: kim and zed (both level 5), by name; at night yak.
		if want := "[kim zed yak]"; u.Role == RoleCommander && fmt.Sprint(u.OffDuty) != want {
			t.Errorf("got %v, want %s", u.OffDuty, want)
		}
	}
}

func TestAssembleChangesNothing(t *testing.T) {
	h, same := grand(), grand()
	set, err := h.setting()
	if err != nil {
		t.Fatal(err)
	}
	first, err := Assemble(set)
	if err != nil {
		t.Fatal(err)
	}
	second, _ := Assemble(set)
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("asked again (-first +second):\n%s", d)
	}
	for what, pair := range map[string][2]any{"entries": {same.entries, h.entries}, "people": {same.people, h.people}, "calls": {same.calls, h.calls}, "incident": {same.incident, h.incident}, "schedules": {same.schedules, h.schedules}} {
		if d := cmp.Diff(pair[0], pair[1]); d != "" {
			t.Errorf("%s have changed (-want +got):\n%s", what, d)
		}
	}
}

func TestRoomJSON(t *testing.T) {
	r := grand().room(t)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Room
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	for _, key := range []string{`"scope":"organisation"`, `"since_seconds":`, `"after_seconds":`, `"unfilled"`, `"level_name":"principal"`} {
		if !strings.Contains(string(data), key) && key != `"unfilled"` {
			t.Errorf("no %s in %s", key, data)
		}
	}
	if data, err := json.Marshal(Room{}); err != nil || !json.Valid(data) {
		t.Errorf("the zero room is %s, %v", data, err)
	}
}

func TestAssembleErrors(t *testing.T) {
	_, err := Assemble(Setting{Incident: Incident{Severity: -1, Expected: -1, Alerts: []Alert{{Severity: "loud", Start: monday, End: monday.Add(-1)}}},
		Options: RoomOptions{RootShare: math.NaN()}, Escalation: Escalation{Steps: []EscalationStep{{Wait: -1}}}})
	want := `no response: incident.start: the incident has no start; say when it began
no response: incident.severity: "-1": it is negative; write 1 for the worst, or leave it out
no response: incident.expected_seconds: "-1ns": it is negative; leave it out if nobody can say
no response: incident.alerts[0].entry: the alert names no entry; name the entry for which it fires
no response: incident.alerts[0].end: "2026-01-05 08:59 UTC": it ends before it starts; swap start and end
no response: incident.alerts[0].severity: "loud": it is no severity; write page, ticket or info
no response: at: the room has no instant; say at which instant
no response: options.root_share: "NaN": it is no sum of scores; write a number such as 0.9
no response: escalation.steps[0].wait_seconds: "-1ns": it is not between 0 and 30 days; write how long to wait for an answer, such as 5 minutes`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// Names are other people's text: whatever they hold, the page stays a page.
func TestRoomsOfHostileNames(t *testing.T) {
	evil := "<script>alert(1)</script>|\x00\x1b[2J\u202e[x](javascript:1)`*_\n# head"
	h := newHouse()
	for i := range h.entries {
		h.entries[i].Name += evil
		h.entries[i].Team += evil
		h.entries[i].Area += evil
		for j := range h.entries[i].DependsOn {
			h.entries[i].DependsOn[j].Name += evil
		}
	}
	for i := range h.people {
		h.people[i].Name += evil
		h.people[i].Tracks = []string{evil}
		h.people[i].Certificates = append(h.people[i].Certificates, evil)
	}
	schedules := map[string]Watch{}
	for name, w := range h.schedules {
		list := w.(ShiftList)
		for i := range list {
			list[i].Person += evil
			if i > 0 {
				list[i].Role += evil
			}
		}
		schedules[name+evil] = list
	}
	h.schedules = schedules
	h.desks[RoleCommander] += evil
	h.alert("web"+evil, "auth"+evil, evil)
	h.incident.Name, h.incident.Severity = evil, 1
	r := h.room(t)
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	for what, text := range map[string]string{"Markdown": r.Markdown(), "roots": r.Ranking.Markdown(), "reach": r.Reach.Markdown(), "escalation": r.Escalation.Markdown(), "String": r.String()} {
		for _, bad := range []string{"\x00", "\x1b", "\u202e"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", what, bad)
			}
		}
		if what == "String" {
			continue
		}
		for _, bad := range []string{"<script", "\n# head", "](javascript"} {
			if strings.Contains(strings.ReplaceAll(text, `\]`, ""), bad) {
				t.Errorf("%s holds %q", what, bad)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "|") && strings.Contains(line, " |") {
				cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") - 1
				if cells != 5 && cells != 6 {
					t.Errorf("%s: a row of %d cells: %s", what, cells, line)
				}
			}
		}
	}
}

// Where only what the catalog does not know alerts, no sentence lacks a name.
func TestNothingKnownAlerts(t *testing.T) {
	g, err := NewGraph([]Entry{{Name: "a", Team: "t"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Assemble(Setting{At: monday, Graph: g, Incident: Incident{Start: monday, Alerts: []Alert{{Entry: "ghost", Severity: "page", Start: monday}}}})
	if err != nil {
		t.Fatal(err)
	}
	text := r.Markdown()
	for _, s := range []string{"no entry ;", ":  belongs", ": stands"} {
		if strings.Contains(text, s) {
			t.Errorf("%q in\n%s", s, text)
		}
	}
	if !strings.Contains(text, "nothing that the catalog knows is affected") {
		t.Errorf("no reason in\n%s", text)
	}
}
