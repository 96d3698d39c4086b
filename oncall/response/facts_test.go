package response

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/oncall"
)

// given is everything that an answer about one person rests on.
type given struct {
	who    Person
	others []Person
	duties []Duty
	calls  []Call
	q      Request
}

func (g given) ruling(t *rapid.T) Ruling {
	s, err := NewStaff(append([]Person{g.who}, g.others...), g.duties, g.calls, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Eligibility(g.q)
}

func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }

// TestRulingsRestOnEachFact takes away one fact after the other: whatever the
// answer rests on is in its reasons or grounds, so they are different without
// it.
func TestRulingsRestOnEachFact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := func(lo, hi int, label string) time.Duration {
			return time.Duration(rapid.IntRange(lo, hi).Draw(t, label)) * time.Hour
		}
		// The boss has a level, so that levels count with or without the person's.
		g := given{who: Person{Name: "ana", Level: rapid.IntRange(1, 5).Draw(t, "level")}, others: []Person{{Name: "boss", Level: 4}, {Name: "mate", Level: 3}}}
		g.q = Request{Person: "ana", Service: "auth", At: monday, Incident: "this",
			Role:  rapid.SampledFrom([]string{RolePrimary, RoleSecondary, RoleExpert, RoleOperations, RoleCommander, RoleDeputy, RoleCommunications, RolePlanning, RoleScribe}).Draw(t, "role"),
			Scope: rapid.SampledFrom([]Scope{0, Service, Platform, Area, Organisation}).Draw(t, "scope")}
		if rapid.Bool().Draw(t, "planned") {
			g.q.Until = monday.Add(hours(1, 200, "length"))
		}
		g.who.Qualifications = []Qualification{{Service: "auth", Shadowed: rapid.IntRange(1, 3).Draw(t, "shadowed"), ReverseShadowed: rapid.IntRange(1, 3).Draw(t, "reverse"), LastOnCall: monday.Add(-hours(1, 4000, "last"))}}
		for _, c := range []string{"commander", "deputy", "communications"} {
			if rapid.Bool().Draw(t, c) {
				g.who.Certificates = append(g.who.Certificates, c)
			}
		}
		for _, track := range []string{"platform", "incident", "architect"} {
			if rapid.Bool().Draw(t, track) {
				g.who.Tracks = append(g.who.Tracks, track)
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "duties") {
			start := monday.Add(-hours(-50, 2500, "start"))
			g.duties = append(g.duties, Duty{Person: "ana", Role: RoleSecondary, Start: start, End: start.Add(hours(1, 170, "duty"))})
		}
		for _, name := range []string{"boss", "mate"} {
			if rapid.Bool().Draw(t, name) {
				g.duties = append(g.duties, Duty{Person: name, Role: RoleSecondary, Start: monday.Add(-hours(0, 9, name)), End: monday.Add(hours(1, 300, name))})
			}
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "calls") {
			g.calls = append(g.calls, Call{"ana", monday.Add(-hours(0, 30, "call")), []string{"", "this", "other"}[i%3]})
		}

		rule := DefaultRules().Rule(g.q.Role)
		until := later(g.q.At, g.q.Until)
		whole := g.ruling(t)
		changes := func(fact string, less given) {
			r := less.ruling(t)
			if fmt.Sprint(r.Reasons, r.Grounds) == fmt.Sprint(whole.Reasons, whole.Grounds) {
				t.Fatalf("without %s the reasons stay %s", fact, whole)
			}
		}
		if rule.Scope > 0 || rule.IncidentScope {
			less := g
			less.who.Level = 0
			changes("the level", less)
		}
		for i, track := range g.who.Tracks {
			less := g
			less.who.Tracks = without(g.who.Tracks, i)
			// A track that does not take the role counts where none does.
			takes := func(name string) bool { tr, _ := DefaultLadder().Track(name); return tr.Takes(g.q.Role) }
			if takes(track) || !slices.ContainsFunc(g.who.Tracks, takes) {
				changes("track "+track, less)
			}
		}
		for i, c := range g.who.Certificates {
			if slices.Contains(rule.Certificates, c) {
				less := g
				less.who.Certificates = without(g.who.Certificates, i)
				changes("certificate "+c, less)
			}
		}
		if rule.Qualified {
			for fact, take := range map[string]func(*Qualification){
				"shadowing": func(q *Qualification) { q.Shadowed = 0 }, "reverse shadowing": func(q *Qualification) { q.ReverseShadowed = 0 },
				"the last shift": func(q *Qualification) { q.LastOnCall = time.Time{} },
			} {
				less := g
				less.who.Qualifications = slices.Clone(g.who.Qualifications)
				take(&less.who.Qualifications[0])
				changes(fact, less)
			}
		}
		for i, d := range g.duties {
			less := g
			less.duties = without(g.duties, i)
			counted := d.Person == "ana" && d.End.After(until.Add(-84*24*time.Hour)) && d.Start.Before(until)
			backs := d.Person != "ana" && rule.Backed && g.who.Level == 1 && d.Start.Before(later(until, monday.Add(1))) && d.End.After(monday)
			if counted || backs {
				changes(fmt.Sprintf("duty %v", d), less)
			}
		}
		for i, c := range g.calls {
			if c.Incident != "this" && c.At.After(monday.Add(-12*time.Hour)) && !c.At.After(monday) {
				less := g
				less.calls = without(g.calls, i)
				changes(fmt.Sprintf("call %v", c), less)
			}
		}
	})
}

func roomText(t testing.TB, h *house) string {
	t.Helper()
	data, err := json.Marshal(h.room(t))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRoomsRestOnEachFact does the same to rooms: an alert, what the catalog says
// about what alerts, the severity, who is on call, what somebody in the room can.
func TestRoomsRestOnEachFact(t *testing.T) {
	all := []string{"web", "mobile", "cart", "auth", "db", "cache", "search", "index", "ledger", "reports"}
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		build := func() *house {
			h := newHouse()
			rng := rand.New(rand.NewPCG(seed, 1))
			for _, e := range all {
				if rng.IntN(4) == 0 {
					h.alert(e)
				}
			}
			if len(h.incident.Alerts) == 0 {
				h.alert("web")
			}
			h.incident.Severity = rng.IntN(4)
			h.incident.Expected = time.Duration(rng.IntN(8)) * time.Hour
			if rng.IntN(3) == 0 {
				h.incident.Joined = []string{"find"}
			}
			h.at = h.at.Add(time.Duration(rng.IntN(90)) * time.Minute)
			for _, who := range []string{"sam", "ina", "dan", "moe", "cat"} {
				if rng.IntN(3) == 0 {
					h.calls = append(h.calls, Call{Person: who, At: monday.Add(-time.Duration(rng.IntN(12)) * time.Hour)})
				}
			}
			return h
		}
		text := func(h *house) string {
			set, err := h.setting()
			if err != nil {
				t.Fatal(err)
			}
			r, err := Assemble(set)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		whole := text(build())
		room := func() Room {
			set, _ := build().setting()
			r, _ := Assemble(set)
			return r
		}()
		type fact struct {
			name string
			take func(h *house)
		}
		var facts []fact
		changes := func(name string, take func(h *house)) { facts = append(facts, fact{name, take}) }
		h := build()
		for i, a := range h.incident.Alerts {
			changes("the alert for "+a.Entry, func(h *house) { h.incident.Alerts = without(h.incident.Alerts, i) })
			e := h.entry(a.Entry)
			changes("the team of "+e.Name, func(h *house) { h.entry(a.Entry).Team = "" })
			changes("the area of "+e.Name, func(h *house) { h.entry(a.Entry).Area = "" })
			if e.Tier == "0" {
				changes("the tier of "+e.Name, func(h *house) { h.entry(a.Entry).Tier = "" })
			}
			if e.CustomerFacing {
				changes("that customers see "+e.Name, func(h *house) { h.entry(a.Entry).CustomerFacing = false })
			}
			if e.Kind != "" {
				changes("the kind of "+e.Name, func(h *house) { h.entry(a.Entry).Kind = "" })
			}
			for j, d := range e.DependsOn {
				changes("that "+e.Name+" needs "+d.Name, func(h *house) { h.entry(a.Entry).DependsOn = without(h.entry(a.Entry).DependsOn, j) })
			}
		}
		if s := h.incident.Severity; s == 1 || s == 2 {
			changes("the severity", func(h *house) { h.incident.Severity = 0 })
		}
		if h.incident.Expected > 4*time.Hour {
			changes("how long it may last", func(h *house) { h.incident.Expected = 0 })
		}
		if len(h.incident.Joined) > 0 && !slices.ContainsFunc(h.incident.Alerts, func(a Alert) bool { return a.Entry == "search" || a.Entry == "index" }) {
			changes("the team that joined", func(h *house) { h.incident.Joined = nil })
		}
		for _, a := range room.Roles {
			changes(a.Role+" "+a.Person+" being on call", func(h *house) {
				list := h.schedules[a.Schedule].(ShiftList)
				h.schedules[a.Schedule] = ShiftList(slices.DeleteFunc(slices.Clone(list), func(s oncall.Shift) bool { return s.Person == a.Person }))
			})
			changes("the level of "+a.Person, func(h *house) { h.person(a.Person).Level = 0 })
			for i, q := range h.person(a.Person).Qualifications {
				if slices.Contains(a.Services, q.Service) && a.Role == RoleExpert {
					changes("that "+a.Person+" is fit for "+q.Service, func(h *house) {
						h.person(a.Person).Qualifications = without(h.person(a.Person).Qualifications, i)
					})
				}
			}
			if a.Role == RoleCommander || a.Role == RoleCommunications {
				changes("the certificate of "+a.Person, func(h *house) { h.person(a.Person).Certificates = nil })
			}
		}
		for i, c := range h.calls {
			if slices.Contains(room.People(), c.Person) && c.At.After(h.at.Add(-12*time.Hour)) {
				changes("the call of "+c.Person, func(h *house) { h.calls = without(h.calls, i) })
			}
		}
		for range 8 { // of some fifty
			f := facts[rapid.IntRange(0, len(facts)-1).Draw(t, "fact")]
			h := build()
			f.take(h)
			if text(h) == whole {
				t.Fatalf("without %s the room stays\n%s", f.name, room)
			}
		}
	})
}

// TestRoomsDoNotDependOnOrder shuffles whatever comes as a list of equals.
func TestRoomsDoNotDependOnOrder(t *testing.T) {
	make := func(shuffle func(n int, swap func(i, j int))) string {
		h := newHouse()
		h.alert("web", "auth", "mobile", "cart", "ledger")
		h.incident.Severity = 1
		h.calls = []Call{{Person: "sam", At: monday}, {Person: "sam", At: monday.Add(-time.Hour)}, {Person: "dan", At: monday.Add(-8 * time.Hour)}}
		h.duties = []Duty{{"data", "dan", "", monday.AddDate(0, 0, -9), monday.AddDate(0, 0, -7), false}, {"shop", "sam", "", monday.AddDate(0, 0, -9), monday.AddDate(0, 0, -7), false}}
		shuffle(len(h.entries), func(i, j int) { h.entries[i], h.entries[j] = h.entries[j], h.entries[i] })
		shuffle(len(h.people), func(i, j int) { h.people[i], h.people[j] = h.people[j], h.people[i] })
		shuffle(len(h.calls), func(i, j int) { h.calls[i], h.calls[j] = h.calls[j], h.calls[i] })
		shuffle(len(h.duties), func(i, j int) { h.duties[i], h.duties[j] = h.duties[j], h.duties[i] })
		shuffle(len(h.incident.Alerts), func(i, j int) {
			h.incident.Alerts[i], h.incident.Alerts[j] = h.incident.Alerts[j], h.incident.Alerts[i]
		})
		return roomText(t, h)
	}
	want := make(func(int, func(i, j int)) {})
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		if got := make(rng.Shuffle); got != want {
			t.Fatalf("another order gives another room:\n%s\n%s", got, want)
		}
	}
}

// TestPeopleStayWhoTheyAre holds that a result says of people only what it was
// given: every name in it is a given one, whoever has left is nowhere, and what
// the room does not rest on (zones, other qualifications) is not repeated.
func TestPeopleStayWhoTheyAre(t *testing.T) {
	h := newHouse()
	names := map[string]bool{}
	for i := range h.people {
		p := &h.people[i]
		old := p.Name
		p.Name = "person-" + old
		names[p.Name] = true
		p.Zone = "Europe/Isle_of_Man"
		p.Qualifications = append(p.Qualifications, Qualification{Service: "private-" + old, Shadowed: 7777, LastOnCall: monday})
	}
	for name, w := range h.schedules {
		list := slices.Clone(w.(ShiftList))
		for i := range list {
			list[i].Person = "person-" + list[i].Person
		}
		h.schedules[name] = list
	}
	h.alert("web", "auth", "mobile", "cart", "ledger")
	h.incident.Severity = 1
	text := roomText(t, h) + h.room(t).Markdown() + h.room(t).String()
	for _, name := range regexp.MustCompile(`person-\w+`).FindAllString(text, -1) {
		if !names[name] {
			t.Errorf("%s was never given", name)
		}
	}
	for _, secret := range []string{"private-", "7777", "Isle_of_Man"} {
		if strings.Contains(text, secret) {
			t.Errorf("the room repeats %q, on which it does not rest", secret)
		}
	}
	h.people = slices.DeleteFunc(h.people, func(p Person) bool { return p.Name == "person-dan" })
	h.schedules["data"] = ShiftList{}
	if text := roomText(t, h); strings.Contains(text, "person-dan") {
		t.Error("somebody who has left is still in a result")
	}
}
