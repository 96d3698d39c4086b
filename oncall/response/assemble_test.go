package response

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/oncall"
)

// house is a catalog of ten entries in three areas with seven teams, twenty
// people and what is on call for a day from monday on.
type house struct {
	entries   []Entry
	people    []Person
	duties    []Duty
	calls     []Call
	rules     Rules
	schedules map[string]Watch
	incident  Incident
	at        time.Time
	desks     map[string]string
	options   RoomOptions
}

func needs(list ...string) []Edge {
	var out []Edge
	for _, s := range list {
		out = append(out, Edge{Name: s})
	}
	return out
}

// fit is somebody who has passed the gates of entries and was on call for them
// five days before monday.
func fit(name string, level int, services ...string) Person {
	p := Person{Name: name, Level: level, Zone: "Europe/London"}
	for _, s := range services {
		p.Qualifications = append(p.Qualifications, Qualification{Service: s, Shadowed: 1, ReverseShadowed: 1, LastOnCall: monday.AddDate(0, 0, -5)})
	}
	return p
}

func newHouse() *house {
	day := func(shifts ...oncall.Shift) Watch { return ShiftList(shifts) }
	h := &house{
		entries: []Entry{
			{Name: "web", Team: "shop", Area: "retail", CustomerFacing: true, DependsOn: needs("auth", "cart")},
			{Name: "mobile", Team: "apps", Area: "retail", CustomerFacing: true, DependsOn: needs("auth")},
			{Name: "cart", Team: "shop", Area: "retail", DependsOn: needs("db")},
			{Name: "auth", Team: "identity", Area: "core", DependsOn: needs("db", "cache")},
			{Name: "db", Kind: KindPlatform, Team: "data", Area: "core"},
			{Name: "cache", Kind: KindPlatform, Team: "data", Area: "core"},
			{Name: "search", Team: "find", Area: "retail", DependsOn: needs("index")},
			{Name: "index", Team: "find", Area: "retail"},
			{Name: "ledger", Team: "money", Area: "finance", Tier: "0"},
			{Name: "reports", Team: "money", Area: "finance", DependsOn: needs("ledger")},
		},
		people: []Person{
			fit("sam", 2, "web", "cart"), fit("sue", 3, "web", "cart"),
			fit("abe", 2, "mobile"),
			fit("ina", 3, "auth"), fit("ira", 2, "auth"),
			fit("dan", 4, "db", "cache"), {Name: "dee", Level: 1},
			fit("fay", 1, "search", "index"), fit("fin", 3, "search", "index"),
			fit("moe", 2, "ledger", "reports"),
			{Name: "cat", Level: 3, Certificates: []string{"commander"}}, {Name: "kim", Level: 5, Certificates: []string{"commander"}},
			{Name: "col", Level: 2, Certificates: []string{"communications"}},
			{Name: "pat", Level: 2, Certificates: []string{"deputy"}}, {Name: "asa", Level: 1},
			fit("off", 3, "ledger"),
		},
		schedules: map[string]Watch{
			"shop":     day(shift("sam", "primary", 0, 24), shift("sue", "secondary", 0, 24)),
			"apps":     day(shift("abe", "primary", 0, 24)),
			"identity": day(shift("ina", "primary", 0, 24), shift("ira", "secondary", 0, 24)),
			"data":     day(shift("dan", "primary", 0, 24), shift("dee", "shadow", 0, 24)),
			"find":     day(shift("fay", "primary", 0, 24), shift("fin", "secondary", 0, 24)),
			"money":    day(shift("moe", "primary", 0, 24)),
			"command":  day(shift("cat", "primary", 0, 24), shift("kim", "secondary", 0, 24)),
			"desk":     day(shift("col", "primary", 0, 24), shift("pat", "secondary", 0, 24), shift("asa", "third", 0, 24)),
		},
		incident: Incident{Name: "inc", Start: monday.Add(time.Hour)},
		at:       monday.Add(time.Hour + 10*time.Minute),
		desks:    map[string]string{RoleCommander: "command"},
	}
	return h
}

func (h *house) alert(entries ...string) {
	for _, e := range entries {
		h.incident.Alerts = append(h.incident.Alerts, Alert{Entry: e, Start: h.incident.Start})
	}
}

func (h *house) person(name string) *Person {
	for i := range h.people {
		if h.people[i].Name == name {
			return &h.people[i]
		}
	}
	panic("nobody is called " + name)
}

func (h *house) entry(name string) *Entry {
	for i := range h.entries {
		if h.entries[i].Name == name {
			return &h.entries[i]
		}
	}
	panic("no entry " + name)
}

func (h *house) setting() (Setting, error) {
	g, err := NewGraph(h.entries)
	if err != nil {
		return Setting{}, err
	}
	s, err := NewStaff(h.people, h.duties, h.calls, h.rules)
	if err != nil {
		return Setting{}, err
	}
	return Setting{Incident: h.incident, At: h.at, Graph: g, Staff: s, Schedules: h.schedules, Desks: h.desks, Options: h.options}, nil
}

func (h *house) room(t testing.TB) Room {
	t.Helper()
	set, err := h.setting()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Assemble(set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines is the room in one line: scope, roots, roles, what is unfilled, who is
// tired, who follows, and the sub-teams.
func lines(r Room) string {
	var roots []string
	for i, root := range r.Ranking.Roots {
		if i < 2 {
			roots = append(roots, fmt.Sprintf("%s %.3g", root.Service, root.Score))
		}
	}
	out := []string{r.Reach.Scope.String(), strings.Join(roots, " ")}
	for _, a := range r.Roles {
		s := a.Role + " " + a.Person
		if a.Role == RoleExpert || a.Role == RoleShadow {
			s += "(" + strings.Join(a.Services, " ") + ")"
		}
		out = append(out, s)
	}
	for _, u := range r.Unfilled {
		out = append(out, "no "+strings.TrimSpace(u.Role+" "+u.Service))
	}
	for _, f := range r.Fatigue {
		out = append(out, f.Person+" "+f.Code)
	}
	for _, f := range r.Reliefs {
		out = append(out, f.Person+" -> "+f.Next)
	}
	for _, s := range r.SubTeams {
		out = append(out, s.Name+": "+strings.Join(s.Members, " "))
	}
	return strings.Join(out, "; ")
}

func TestRooms(t *testing.T) {
	twice := func(name string) []Call {
		return []Call{{Person: name, At: monday}, {Person: name, At: monday.Add(-3 * time.Hour)}}
	}
	for _, c := range []struct {
		name string
		do   func(h *house)
		want string
	}{
		// search explains its alert alone: h=1, b=1, a=1, F1 = 1; index takes search
		// along: 2/3. One entry of one team: service, which the senior at the
		// commanders' desk may lead. fay is an associate, primary, backed by fin, so
		// expert; who leads operations must reach a service: fin, secondary of find.
		{"one service, an associate on call", func(h *house) { h.alert("search") },
			"service; search 1 index 0.667; commander cat; operations fin; expert fay(search)"},
		// The only candidates are reports (1) and ledger below it (2/3); moe is
		// alone in money, and does both.
		{"one service", func(h *house) { h.alert("reports") },
			"service; reports 1 ledger 0.667; commander cat; operations moe; expert moe(reports)"},
		// mobile explains itself; auth has a blast radius of 3: 2/(3+1). Customers
		// see mobile: communications, col being the only one with the certificate.
		{"customers see it", func(h *house) { h.alert("mobile") },
			"service; mobile 1 auth 0.5; commander cat; operations abe; communications col; expert abe(mobile)"},
		// Tier 0 reaches the organisation: cat (area) may not lead, kim may. Only
		// ledger can be the root; reports is silent: 2·1/(2+1).
		{"tier 0", func(h *house) { h.alert("ledger") },
			"organisation; ledger 0.667; commander kim; operations moe; expert moe(ledger)"},
		// Three teams: organisation. auth takes web and mobile along: 6/6; cache
		// also itself, which is silent: 6/7. Experts of auth, then of what alerts by
		// name. kim, ina, abe, sam and col are five, one more than four: a deputy,
		// cat by the commander's certificate and level 3 before pat (2).
		{"one root in three teams", func(h *house) { h.alert("web", "auth", "mobile") },
			"organisation; auth 1 cache 0.857; commander kim; deputy cat; operations ina; communications col; expert ina(auth); expert abe(mobile); expert sam(web)"},
		// db takes cart, auth, web and mobile along: 8/(5+4); auth 6/(3+4). 0.889 <
		// 0.9, so both are looked into. sam is there for cart and web. dee follows dan.
		{"two likely roots", func(h *house) { h.alert("web", "auth", "mobile", "cart") },
			"organisation; db 0.889 auth 0.857; commander kim; deputy cat; operations dan; communications col; expert dan(db); expert ina(auth); expert sam(cart web); expert abe(mobile); shadow dee(db)"},
		// Two entries of one team: platform, within a senior's reach. cart takes web
		// along: 4/4; web alone is 2/(1+2), before db with 4/(5+2).
		{"two services of a team", func(h *house) { h.alert("web", "cart") },
			"platform; cart 1 web 0.667; commander cat; operations sam; communications col; expert sam(cart web)"},
		// Two teams of one area: area. find and shop have nothing in common: search
		// and web each 2/(1+2), and cart and index 2/(2+2).
		{"two teams of an area", func(h *house) { h.alert("web", "search") },
			"area; search 0.667 web 0.667; commander cat; deputy kim; operations fin; communications col; expert fay(search); expert sam(web)"},
		// Two areas: organisation, although only two teams. search 2/3, reports 2/3.
		{"two areas", func(h *house) { h.alert("search", "reports") },
			"organisation; reports 0.667 search 0.667; commander kim; operations moe; expert moe(reports); expert fay(search)"},
		// A platform alerts alone: platform. Of its five nothing else alerts: 2/(5+1).
		{"a platform", func(h *house) { h.alert("db") },
			"platform; db 0.333; commander cat; operations dan; expert dan(db); shadow dee(db)"},
		// auth is no platform by kind, but web and mobile cannot do without it:
		// platform. auth 2/(3+1), cache 2/(4+1) with it, and 0.9 reached by auth 0.5
		// + cache 0.4. dan knows cache, and dee follows.
		{"shared by two", func(h *house) { h.alert("auth") },
			"platform; auth 0.5 cache 0.4; commander cat; operations ina; expert ina(auth); expert dan(cache); shadow dee(cache)"},
		// An hour unsolved: one step up, service to platform, still a senior's.
		{"after 60 minutes", func(h *house) { h.alert("reports"); h.at = h.incident.Start.Add(time.Hour) },
			"platform; reports 1 ledger 0.667; commander cat; operations moe; expert moe(reports)"},
		// Three hours: three steps, service to organisation: kim.
		{"after three hours", func(h *house) { h.alert("reports"); h.at = h.incident.Start.Add(3 * time.Hour) },
			"organisation; reports 1 ledger 0.667; commander kim; operations moe; expert moe(reports)"},
		// One other team has joined: two teams, area.
		{"a team has joined", func(h *house) { h.alert("reports"); h.incident.Joined = []string{"shop"} },
			"area; reports 1 ledger 0.667; commander cat; operations moe; expert moe(reports)"},
		// Two others have joined: three teams, organisation.
		{"two teams have joined", func(h *house) { h.alert("reports"); h.incident.Joined = []string{"shop", "find", "money"} },
			"organisation; reports 1 ledger 0.667; commander kim; operations moe; expert moe(reports)"},
		// Severity 1 is the organisation's, with communications and a scribe: the
		// lowest level, asa before fay by name. kim, moe, col and asa are four: no
		// deputy yet.
		{"severity 1", func(h *house) { h.alert("reports"); h.incident.Severity = 1 },
			"organisation; reports 1 ledger 0.667; commander kim; operations moe; communications col; scribe asa; expert moe(reports)"},
		// Severity 2 asks for the same roles and does not raise the scope.
		{"severity 2", func(h *house) { h.alert("reports"); h.incident.Severity = 2 },
			"service; reports 1 ledger 0.667; commander cat; operations moe; communications col; scribe asa; expert moe(reports)"},
		// Five hours are longer than four: planning, the highest level that is free.
		{"a long one", func(h *house) { h.alert("reports"); h.incident.Expected = 5 * time.Hour },
			"service; reports 1 ledger 0.667; commander cat; operations moe; planning kim; expert moe(reports)"},
		// moe goes at 10:30, twenty minutes from now: planning, and a handoff to off.
		{"a shift ends", func(h *house) {
			h.alert("reports")
			h.schedules["money"] = ShiftList{shift("moe", "primary", 0, 1.5), shift("off", "primary", 1.5, 24)}
		}, "service; reports 1 ledger 0.667; commander cat; operations moe; planning kim; expert moe(reports); moe -> off"},
		// The same, and nobody follows.
		{"a shift ends, nobody follows", func(h *house) {
			h.alert("reports")
			h.schedules["money"] = ShiftList{shift("moe", "primary", 0, 2)}
		}, "service; reports 1 ledger 0.667; commander cat; operations moe; planning kim; expert moe(reports); moe -> "},
		// moe never shadowed reports, and nobody else is on call: no expert, so
		// nobody to lead operations.
		{"not qualified", func(h *house) { h.alert("reports"); h.person("moe").Qualifications[1].Shadowed = 0 },
			"service; reports 1 ledger 0.667; commander cat; no operations; no expert reports"},
		// 91 days since the last shift, 90 are allowed.
		{"out of practice", func(h *house) {
			h.alert("reports")
			h.person("moe").Qualifications[1].LastOnCall = h.at.AddDate(0, 0, -91)
		}, "service; reports 1 ledger 0.667; commander cat; no operations; no expert reports"},
		// Without fin nobody backs the associate: no expert, and fay, alone in find,
		// reaches no service.
		{"an associate alone", func(h *house) { h.alert("search"); h.schedules["find"] = ShiftList{shift("fay", "primary", 0, 24)} },
			"service; search 1 index 0.667; commander cat; no operations; no expert search"},
		// sam has answered two other incidents within twelve hours; sue, secondary,
		// comes in his place. cart 1.
		{"the primary is tired", func(h *house) { h.alert("web", "cart"); h.calls = twice("sam") },
			"platform; cart 1 web 0.667; commander cat; operations sue; communications col; expert sue(cart web)"},
		// So has sue: then sam comes all the same, and the list says that he has had
		// two. 06:00 and 09:00 in London are day.
		{"both are tired", func(h *house) { h.alert("web", "cart"); h.calls = append(twice("sam"), twice("sue")...) },
			"platform; cart 1 web 0.667; commander cat; operations sam; communications col; expert sam(cart web); sam calls"},
		// moe was called at 02:00, eight hours before: he comes, with a warning.
		{"called by night", func(h *house) { h.alert("reports"); h.calls = []Call{{Person: "moe", At: monday.Add(-7 * time.Hour)}} },
			"service; reports 1 ledger 0.667; commander cat; operations moe; expert moe(reports); moe night-call"},
		// 10:10 in London is 19:10 in Tokyo, 02:10 in Los Angeles: night for moe.
		{"by night", func(h *house) { h.alert("reports"); h.person("moe").Zone = "America/Los_Angeles" },
			"service; reports 1 ledger 0.667; commander cat; operations moe; expert moe(reports); moe night"},
		// Nobody has the certificate.
		{"no commander", func(h *house) {
			h.alert("reports")
			h.person("cat").Certificates, h.person("kim").Certificates = nil, nil
		},
			"service; reports 1 ledger 0.667; operations moe; expert moe(reports); no commander"},
		// Without the desk the highest level with the certificate is asked: kim (5)
		// before cat (3).
		{"no desk", func(h *house) { h.alert("reports"); h.desks = nil },
			"service; reports 1 ledger 0.667; commander kim; operations moe; expert moe(reports)"},
		// dan is the only one with the certificate, and the expert of the root: he
		// repairs, and nobody commands.
		{"the expert of the root does not command", func(h *house) {
			h.alert("db")
			h.desks, h.person("cat").Certificates, h.person("kim").Certificates = nil, nil, nil
			h.person("dan").Certificates = []string{"commander"}
		}, "platform; db 0.333; operations dan; expert dan(db); shadow dee(db); no commander"},
		// Three teams; sue (made staff, primary of shop) is there for web, which is
		// no root: she commands, as nobody else can. kim has no certificate now.
		{"another expert does", func(h *house) {
			h.alert("web", "auth", "mobile")
			h.person("kim").Certificates = nil
			h.person("sue").Level, h.person("sue").Certificates = 4, []string{"commander"}
			h.schedules["shop"] = ShiftList{shift("sue", "primary", 0, 24)}
		}, "organisation; auth 1 cache 0.857; commander sue; operations ina; communications col; expert ina(auth); expert abe(mobile); expert sue(web)"},
		// Nobody has a level: everybody is eligible. fay leads operations herself;
		// of shadows no more is known than who shadows.
		{"without levels", func(h *house) {
			h.alert("search")
			for i := range h.people {
				h.people[i].Level = 0
			}
		}, "service; search 1 index 0.667; commander cat; operations fay; expert fay(search)"},
		// ghost is not in the catalog: nobody is called for it, and it hits no scope.
		{"only strangers", func(h *house) { h.alert("ghost") }, "task; ; commander cat"},
		// It changes nothing for what is known.
		{"a stranger among them", func(h *house) { h.alert("ghost", "reports") },
			"service; reports 1 ledger 0.667; commander cat; operations moe; expert moe(reports)"},
		// stripe is known by name alone, and takes web and mobile along as auth does:
		// 4/(3+2) each, by name. Both are looked into; nobody can come for stripe.
		// shop and apps: area. ina, abe, sam, cat and col are five: a deputy, kim.
		{"a root outside", func(h *house) {
			h.alert("web", "mobile")
			h.entry("web").DependsOn = append(h.entry("web").DependsOn, Edge{Name: "stripe"})
			h.entry("mobile").DependsOn = append(h.entry("mobile").DependsOn, Edge{Name: "stripe"})
		}, "area; auth 0.8 stripe 0.8; commander cat; deputy kim; operations ina; communications col; expert ina(auth); expert abe(mobile); expert sam(web); no expert stripe"},
		// index needs search as well: both have a blast radius of two, and both
		// alert: 1 each, the first by name. search is now needed by one entry only.
		{"a circle", func(h *house) { h.alert("index", "search"); h.entry("index").DependsOn = needs("search") },
			"platform; index 1 search 1; commander cat; operations fin; expert fay(index search)"},
		// There is no schedule of money.
		{"no schedule", func(h *house) { h.alert("reports"); delete(h.schedules, "money") },
			"service; reports 1 ledger 0.667; commander cat; no operations; no expert reports"},
		// A track that does not take planning leaves kim out: then the next level,
		// by name dan (4).
		{"a track", func(h *house) {
			h.alert("reports")
			h.incident.Expected = 5 * time.Hour
			h.person("kim").Tracks = []string{"platform"}
		},
			"service; reports 1 ledger 0.667; commander cat; operations moe; planning dan; expert moe(reports)"},
		// Nothing alerts: nobody has to come.
		{"nothing", func(h *house) {}, "task; "},
	} {
		h := newHouse()
		c.do(h)
		r := h.room(t)
		if d := cmp.Diff(strings.Split(c.want, "; "), strings.Split(lines(r), "; ")); d != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", c.name, d, r)
		}
	}
}

// bigHouse is a catalog of n entries with people and schedules for it: one team
// for 40 entries, each with a primary, a secondary and six others.
func bigHouse(n, people int) *house {
	h := &house{entries: layered(n), schedules: map[string]Watch{}, desks: map[string]string{RoleCommander: "command"},
		incident: Incident{Name: "inc", Start: monday.Add(time.Hour), Severity: 1}, at: monday.Add(70 * time.Minute)}
	teams := map[string][]string{}
	var order []string
	for i := range h.entries {
		e := &h.entries[i]
		if teams[e.Team] == nil {
			order = append(order, e.Team)
		}
		teams[e.Team] = append(teams[e.Team], e.Name)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range people {
		team := order[i%len(order)]
		p := fit(fmt.Sprintf("person-%04d", i), 1+i/len(order)%5, teams[team]...)
		p.Zone = []string{"Europe/London", "America/New_York", "Asia/Tokyo"}[i%3]
		if rng.IntN(20) == 0 {
			p.Certificates = []string{"commander", "communications"}
		}
		h.people = append(h.people, p)
		if k := i / len(order); k == 1 || k == 2 { // mid as primary, senior as secondary
			layer := oncall.Layer{Role: []string{"", "primary", "secondary"}[k], Turns: oncall.Turns(p.Name, "somebody else")}
			layer.Rotation = oncall.Rotation{Unit: oncall.Week, Start: "2026-01-05 09:00"}
			if k == 1 {
				h.schedules[team] = mustRoster(oncall.Schedule{Name: team, Layers: []oncall.Layer{layer}})
			} else {
				def := h.schedules[team].(oncall.Roster).Definition()
				def.Layers = append(def.Layers, layer)
				h.schedules[team] = mustRoster(def)
			}
		}
		h.duties = append(h.duties, Duty{Schedule: team, Person: p.Name, Start: monday.AddDate(0, 0, -7*(1+i%8)), End: monday.AddDate(0, 0, -7*(1+i%8)+7)})
	}
	for i := range 12 {
		h.alert(h.entries[n-1-i*n/40].Name)
	}
	return h
}

func mustRoster(s oncall.Schedule) oncall.Roster {
	r, err := s.Compile()
	if err != nil {
		panic(err)
	}
	return r
}

func BenchmarkAssemble(b *testing.B) {
	h := bigHouse(10_000, 2000)
	set, err := h.setting()
	if err != nil {
		b.Fatal(err)
	}
	room, err := Assemble(set)
	if err != nil || len(room.Roles) < 8 {
		b.Fatal(room, err)
	}
	b.Run("assemble", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Assemble(set); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read-and-assemble", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			set, err := h.setting()
			if err != nil {
				b.Fatal(err)
			}
			if _, err := Assemble(set); err != nil {
				b.Fatal(err)
			}
		}
	})
}
