package response

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/oncall"
)

// crew is one person of each level, each fit for auth and with every
// certificate.
func crew(change func(p *Person)) []Person {
	var out []Person
	for i, name := range []string{"ash", "mia", "sal", "sta", "pri"} {
		p := fit(name, i+1, "auth")
		p.Certificates = []string{"commander", "communications"}
		if change != nil {
			change(&p)
		}
		out = append(out, p)
	}
	return out
}

func codesOf(reasons []Reason) string {
	var out []string
	for _, r := range reasons {
		out = append(out, r.Code)
	}
	return strings.Join(out, " ")
}

func TestEligibility(t *testing.T) {
	at := monday
	hour := time.Hour
	back := func(schedule, person string, from, to float64) Duty {
		s := shift(person, RoleSecondary, from, to)
		return Duty{schedule, s.Person, s.Role, s.Start, s.End, false}
	}
	duty := func(person string, from, to float64) Duty {
		s := shift(person, RolePrimary, from, to)
		return Duty{"auth", s.Person, s.Role, s.Start, s.End, false}
	}
	qual := func(f func(q *Qualification)) func(p *Person) {
		return func(p *Person) { f(&p.Qualifications[0]) }
	}
	for _, c := range []struct {
		name   string
		change func(p *Person)
		duties []Duty
		calls  []Call
		rules  Rules
		q      Request
		want   string // codes of what speaks against, empty if eligible
	}{
		{"shadow needs nothing", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RoleShadow, Service: "other"}, ""},
		{"primary from level 2", nil, nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, ""},
		{"an associate is not backed", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth"}, "backed"},
		{"backed by a senior", nil, []Duty{back("auth", "sal", 0, 24)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Schedule: "auth"}, ""},
		{"backed in a schedule that is not named", nil, []Duty{back("auth", "sal", 0, 24)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth"}, ""},
		{"backed by who is beside", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Beside: []oncall.Shift{shift("pri", RoleSecondary, 0, 1)}}, ""},
		{"the secondary is of mid level", nil, []Duty{back("auth", "mia", 0, 24)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Schedule: "auth"}, "backed"},
		{"the secondary backs another schedule", nil, []Duty{back("shop", "sal", 0, 24)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Schedule: "auth"}, "backed"},
		{"the secondary is off", nil, []Duty{back("auth", "sal", -24, 0)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Schedule: "auth"}, "backed"},
		{"backed for a part of the shift", nil, []Duty{back("auth", "sal", 0, 6)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Until: at.Add(12 * hour)}, "backed"},
		{"backed in turns", nil, []Duty{back("auth", "sal", 0, 6), back("auth", "sta", 6, 12)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth", Until: at.Add(12 * hour)}, ""},
		{"nobody backs themselves", nil, []Duty{back("auth", "ash", 0, 24)}, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth"}, "backed"},
		{"secondary from level 2", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RoleSecondary, Service: "auth"}, "level"},
		{"a secondary needs no gates", nil, nil, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary, Service: "other"}, ""},

		{"not shadowed", qual(func(q *Qualification) { q.Shadowed = 0 }), nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, "shadowed"},
		{"not reverse-shadowed", qual(func(q *Qualification) { q.ReverseShadowed = 0 }), nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, "reverse-shadowed"},
		{"nothing noted for the entry", nil, nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "other"}, "shadowed reverse-shadowed recency"},
		{"all reasons at once", qual(func(q *Qualification) { *q = Qualification{Service: "auth"} }), nil, nil, Rules{}, Request{Person: "ash", Role: RolePrimary, Service: "auth"}, "backed shadowed reverse-shadowed recency"},
		{"90 days are recent", qual(func(q *Qualification) { q.LastOnCall = at.Add(-90 * 24 * hour) }), nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, ""},
		{"more are not", qual(func(q *Qualification) { q.LastOnCall = at.Add(-90*24*hour - 1) }), nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, "recency"},
		{"unless they were when it was planned", qual(func(q *Qualification) { q.LastOnCall = at.Add(-100 * 24 * hour) }), nil, nil, Rules{}, Request{Person: "mia", Role: RolePrimary, Service: "auth", AsOf: at.Add(-20 * 24 * hour)}, ""},
		{"gates of the caller's", nil, nil, nil, Rules{Shadowed: 2, ReverseShadowed: -1}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, "shadowed"},
		{"no gates", qual(func(q *Qualification) { *q = Qualification{} }), nil, nil, Rules{Shadowed: -1, ReverseShadowed: -1, Recency: -1}, Request{Person: "mia", Role: RolePrimary, Service: "auth"}, ""},

		{"commander of a service", nil, nil, nil, Rules{}, Request{Person: "mia", Role: RoleCommander}, ""},
		{"commander of a platform", nil, nil, nil, Rules{}, Request{Person: "mia", Role: RoleCommander, Scope: Platform}, "level"},
		{"commander of an area", nil, nil, nil, Rules{}, Request{Person: "sal", Role: RoleCommander, Scope: Area}, ""},
		{"commander of the organisation", nil, nil, nil, Rules{}, Request{Person: "sal", Role: RoleCommander, Scope: Organisation}, "level"},
		{"staff may", nil, nil, nil, Rules{}, Request{Person: "sta", Role: RoleCommander, Scope: Organisation}, ""},
		{"no certificate, too low", func(p *Person) { p.Certificates = nil }, nil, nil, Rules{}, Request{Person: "ash", Role: RoleCommander, Scope: Area}, "level certificate"},
		{"a deputy may have the commander's", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RoleDeputy}, ""},
		{"communications", func(p *Person) { p.Certificates = []string{"commander"} }, nil, nil, Rules{}, Request{Person: "mia", Role: RoleCommunications}, "certificate"},
		{"planning from level 2", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RolePlanning}, "level"},
		{"a scribe may be an associate", nil, nil, nil, Rules{}, Request{Person: "ash", Role: RoleScribe}, ""},

		{"a track that takes the role", func(p *Person) { p.Tracks = []string{"platform", "incident"} }, nil, nil, Rules{}, Request{Person: "mia", Role: RoleCommunications}, ""},
		{"one that does not", func(p *Person) { p.Tracks = []string{"platform", "architect"} }, nil, nil, Rules{}, Request{Person: "mia", Role: RoleCommunications}, "track"},
		{"one that the ladder does not know", func(p *Person) { p.Tracks = []string{"gardening"} }, nil, nil, Rules{}, Request{Person: "mia", Role: RoleCommunications}, ""},

		// A quarter of 84 days is 504 hours.
		{"a quarter of the time", nil, []Duty{duty("mia", -604, -100)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"an hour more is a clock put back", nil, []Duty{duty("mia", -605, -100)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"two hours more", nil, []Duty{duty("mia", -606, -100)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, "share"},
		{"duties at once count once", nil, []Duty{duty("mia", -604, -100), back("x", "mia", -604, -100)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"what was before the window", nil, []Duty{duty("mia", -2100, -1700)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"shadowing is no time on call", nil, []Duty{{"auth", "mia", RoleShadow, at.Add(-700 * hour), at, false}}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"with the shift asked about", nil, []Duty{duty("mia", -604, -100)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary, Until: at.Add(12 * hour)}, "share"},
		{"no limit", nil, []Duty{duty("mia", -2000, -100)}, nil, Rules{Share: -1}, Request{Person: "mia", Role: RoleSecondary}, ""},

		{"one other incident", nil, nil, []Call{{"mia", at.Add(-hour), ""}}, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"two others", nil, nil, []Call{{"mia", at.Add(-hour), ""}, {"mia", at.Add(-12*hour + 1), ""}}, Rules{}, Request{Person: "mia", Role: RoleSecondary}, "calls"},
		{"twelve hours before", nil, nil, []Call{{"mia", at.Add(-hour), ""}, {"mia", at.Add(-12 * hour), ""}}, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"calls to come", nil, nil, []Call{{"mia", at.Add(-hour), ""}, {"mia", at.Add(1), ""}}, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"two calls of one incident", nil, nil, []Call{{"mia", at.Add(-hour), "a"}, {"mia", at.Add(-2 * hour), "a"}}, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"calls of this incident", nil, nil, []Call{{"mia", at.Add(-hour), "a"}, {"mia", at.Add(-2 * hour), "b"}}, Rules{}, Request{Person: "mia", Role: RoleSecondary, Incident: "b"}, ""},

		{"ten hours after a shift", nil, []Duty{duty("mia", -22, -10)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, "rest"},
		{"eleven hours", nil, []Duty{duty("mia", -22, -11)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, ""},
		{"ten before the shift that runs", nil, []Duty{duty("mia", -24, -11), duty("mia", -1, 8)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, "rest"},
		{"just off", nil, []Duty{duty("mia", -12, 0)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary}, "rest"},
		{"a shift that goes on", nil, []Duty{duty("mia", -12, 0)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary, Until: at.Add(hour)}, ""},
		{"a shift too soon after", nil, []Duty{duty("mia", 10, 12)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary, Until: at.Add(hour)}, "rest"},
		{"a shift right after", nil, []Duty{duty("mia", 1, 12)}, nil, Rules{}, Request{Person: "mia", Role: RoleSecondary, Until: at.Add(hour)}, ""},

		{"a role of one's own", nil, nil, nil, Rules{Roles: []RoleRule{{Role: "dba", Scope: Area, Certificates: []string{"sql"}}}}, Request{Person: "mia", Role: "dba"}, "level certificate"},
		{"a role that nobody described", nil, nil, nil, Rules{}, Request{Person: "ash", Role: "dba"}, ""},
		{"somebody unknown has no level", nil, nil, nil, Rules{}, Request{Person: "zoe", Role: RolePrimary, Service: "auth"}, "shadowed reverse-shadowed recency"},
		{"nobody has a level", func(p *Person) { *p = Person{Name: p.Name} }, []Duty{duty("mia", -2000, 0)}, nil, Rules{}, Request{Person: "mia", Role: RoleCommander, Scope: Organisation}, ""},
		{"a ladder of three", func(p *Person) { p.Level = min(p.Level, 3) }, nil, nil, Rules{Ladder: Ladder{Levels: []Level{{Name: "junior", Scope: Task}, {Name: "senior", Scope: Platform}, {Name: "lead", Scope: Organisation}}}}, Request{Person: "sal", Role: RoleCommander, Scope: Organisation}, ""},
	} {
		s, err := NewStaff(crew(c.change), c.duties, c.calls, c.rules)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		c.q.At = at
		r := s.Eligibility(c.q)
		if got := codesOf(r.Reasons); got != c.want || r.Eligible != (c.want == "") {
			t.Errorf("%s: got %q (%v), want %q\n%s", c.name, got, r.Eligible, c.want, r)
		}
		if quick := s.eligibility(c.q, true); codesOf(quick.Reasons) != c.want || quick.Eligible != r.Eligible || quick.Able() != r.Able() {
			t.Errorf("%s: codes alone are %q, want %q", c.name, codesOf(quick.Reasons), c.want)
		}
	}
}

func TestEligibilityTexts(t *testing.T) {
	s, err := NewStaff([]Person{
		{Name: "ana", Level: 1, Tracks: []string{"platform"}, Qualifications: []Qualification{{Service: "auth", Shadowed: 1, LastOnCall: monday.AddDate(0, 0, -120)}}},
		{Name: "ben", Level: 3, Tracks: []string{"incident"}, Certificates: []string{"commander"}},
	}, []Duty{{Person: "ana", Start: monday.Add(-40 * time.Hour), End: monday.Add(-5 * time.Hour)}}, []Call{{Person: "ana", At: monday.Add(-2 * time.Hour)}, {Person: "ana", At: monday.Add(-3 * time.Hour)}}, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	got := s.Eligible("ana", RolePrimary, "auth", monday).String()
	want := "ana may not be primary of auth: associate (level 1) reaches task, primary asks for service, and nobody of scope platform is secondary at 2026-01-05 09:00 UTC; " +
		"reverse-shadowed 0 of 1 shift for auth; last on call for auth until 2025-09-07 09:00 UTC, 120 days before, at most 90d are allowed; shadow a shift as a refresher; " +
		"answered 2 other incidents (2 calls) in the last 12h; 2 are the most; rested 5h before 2026-01-05 09:00 UTC, 11h are needed"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got = s.Eligibility(Request{Person: "ben", Role: RoleCommander, Scope: Area, At: monday}).String()
	want = "ben may be commander: senior (level 3) reaches area, the incident reaches area; track incident takes the role commander; has the certificate commander; " +
		"on call 0 % (0 h) of the last 12w, in 0 known shifts; at most 25 % is allowed; answered 0 other incidents (0 calls) in the last 12h; 2 are the most"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	md := s.Eligible("ana", RolePrimary, "auth", monday).Markdown()
	if !strings.Contains(md, "- against: reverse-shadowed 0 of 1 shift for auth\n") || !strings.Contains(md, "- for: shadowed 1 shift for auth\n") {
		t.Errorf("got %s", md)
	}
}

func TestPlannerIsTheFunctionOfTheGenerator(t *testing.T) {
	s, err := NewStaff(crew(nil), []Duty{{"auth", "sal", RoleSecondary, monday, monday.AddDate(1, 0, 0), false}}, nil, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	g := oncall.Generator{Eligible: s.Planner("auth", "auth", monday)}
	week := func(n int) (time.Time, time.Time) {
		from := monday.AddDate(0, 0, 7*n)
		return from, from.AddDate(0, 0, 7)
	}
	// Half a year ahead people are as fit as at the start of the plan, and an
	// associate is backed by a secondary who is known.
	from, to := week(26)
	for _, name := range []string{"ash", "mia", "sta"} {
		if why := g.Eligible(name, RolePrimary, from, to); len(why) > 0 {
			t.Errorf("%s: got %q, want nothing", name, why)
		}
	}
	if why := g.Eligible("ash", RoleSecondary, from, to); !slices.Equal(why, []string{"associate (level 1) reaches task, secondary asks for service"}) {
		t.Errorf("got %q", why)
	}
	if from, to = week(60); len(g.Eligible("ash", RolePrimary, from, to)) != 1 {
		t.Errorf("an associate whom nobody backs got %q", g.Eligible("ash", RolePrimary, from, to))
	}
}

func TestStaffErrors(t *testing.T) {
	_, err := NewStaff([]Person{{}, {Name: "ana", Level: 6}, {Name: "ana", Level: -1, Zone: "Mars/Phobos"}},
		[]Duty{{Person: "ana", Start: monday, End: monday.Add(-1)}}, nil,
		Rules{Night: [2]int{25, 1}, Backing: 9, ShareWindow: -1, Zone: "Nowhere", Roles: []RoleRule{{}, {Role: "a"}, {Role: "a", Scope: -1}}, Ladder: Ladder{Levels: []Level{{Scope: Area}, {Name: "b", Scope: Service}}, Tracks: []Track{{Criteria: []Criterion{{AtLeast: -1, Scope: 7}}}}}})
	want := `no response: rules.ladder.levels[0].name: it has no name; give it one
no response: rules.ladder.levels[1].scope: "service": it is less than the scope of the level below; order the levels by scope
no response: rules.ladder.tracks[0].name: it has no name; give it one
no response: rules.ladder.tracks[0].criteria[0].evidence: it names no kind of evidence; name one, such as runbook_written
no response: rules.ladder.tracks[0].criteria[0].at_least: "-1": it is negative; write 1 or more, or leave it out
no response: rules.ladder.tracks[0].criteria[0].scope: "Scope(7)": it is no scope; write task, service, platform, area or organisation
no response: rules.night: "25": it is no hour of the day; write two hours from 0 to 24, such as 22 and 6
no response: rules.windows: a window is negative; switch the limit off by a negative share or number of calls
no response: rules.backing: "Scope(9)": it is no scope; write task, service, platform, area or organisation
no response: rules.roles[0].role: the rule names no role; name one
and 9 more`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	_, err = NewStaff([]Person{{Name: "ana", Level: 6}, {Name: "ana", Zone: "Mars/Phobos"}, {Level: -1}}, []Duty{{Person: "ana", Start: monday, End: monday.Add(-1)}}, nil, Rules{})
	want = `no response: people[0].level: "level 6": the ladder has no such level; write 1 to 5, or leave it out
no response: people[1].name: "ana": another person has that name; rename one of them
no response: people[1].zone: "Mars/Phobos": it is no time zone; write an IANA name such as Europe/Berlin
no response: people[2].name: the person has no name; give a name
no response: people[2].level: "level -1": the ladder has no such level; write 1 to 5, or leave it out
no response: duties[0]: "ana": it ends before it starts; swap start and end`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestNobodyKnowsNothing(t *testing.T) {
	var s Staff
	if r := s.Eligible("ana", RoleCommander, "auth", monday); !r.Eligible {
		t.Errorf("without levels: got %v", r)
	}
	if _, ok := s.Person("ana"); ok || len(s.People()) != 0 || !s.awake("ana", monday) || len(s.load("ana", monday, "")) != 0 {
		t.Error("the zero staff knows somebody")
	}
}

func TestRulesJSON(t *testing.T) {
	r := DefaultRules()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Rules
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	if !strings.Contains(string(data), `"recency_seconds":7776000`) {
		t.Errorf("no seconds in %s", data)
	}
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	if data, err = json.Marshal(Rules{}); err != nil || string(data) != "{}" {
		t.Errorf("the zero rules are %s, %v", data, err)
	}
	p := fit("ana", 2, "auth")
	p.Certificates, p.Tracks = []string{"commander"}, []string{"incident"}
	if data, err = json.Marshal(p); err != nil {
		t.Fatal(err)
	}
	var who Person
	if err := json.Unmarshal(data, &who); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, who); d != "" {
		t.Errorf("round trip of %s (-want +got):\n%s", data, d)
	}
}

func TestRulesOfRoles(t *testing.T) {
	r := Rules{Roles: []RoleRule{{Role: RolePrimary, Scope: Area}, {Role: "dba", Scope: Service}}}
	for role, want := range map[string]Scope{RolePrimary: Area, "dba": Service, RoleSecondary: Service, "else": Task} {
		if got := r.Rule(role).Scope; got != want {
			t.Errorf("%s: got %v, want %v", role, got, want)
		}
	}
	if got := fmt.Sprint(len(r.orDefault().Roles)); got != "12" {
		t.Errorf("got %s rules, want the default eleven and one", got)
	}
}
