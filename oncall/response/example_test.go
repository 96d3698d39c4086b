package response_test

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
)

// An incident starts in one entry and shows in three: who must be in the room?
func Example() {
	graph, err := response.NewGraph([]response.Entry{
		{Name: "web", Team: "shop", Area: "retail", CustomerFacing: true, DependsOn: []response.Edge{{Name: "auth"}, {Name: "cart"}}},
		{Name: "mobile-api", Team: "shop", Area: "retail", CustomerFacing: true, DependsOn: []response.Edge{{Name: "auth"}}},
		{Name: "cart", Team: "shop", Area: "retail", DependsOn: []response.Edge{{Name: "db"}}},
		{Name: "auth", Team: "identity", Area: "retail", DependsOn: []response.Edge{{Name: "db"}}},
		{Name: "db", Kind: response.KindPlatform, Team: "data", Area: "retail"},
	})
	if err != nil {
		panic(err)
	}

	now := time.Date(2026, 1, 7, 10, 20, 0, 0, time.UTC)
	qualified := func(services ...string) (out []response.Qualification) {
		for _, s := range services {
			out = append(out, response.Qualification{Service: s, Shadowed: 2, ReverseShadowed: 1, LastOnCall: now.AddDate(0, 0, -20)})
		}
		return out
	}
	staff, err := response.NewStaff([]response.Person{
		{Name: "ana", Level: 2, Qualifications: qualified("web", "mobile-api", "cart")},
		{Name: "ben", Level: 3, Qualifications: qualified("auth"), Certificates: []string{response.CertificateCommander}},
		{Name: "cleo", Level: 3, Certificates: []string{response.CertificateCommander}},
	}, nil, nil, response.Rules{})
	if err != nil {
		panic(err)
	}

	weekly := func(people ...string) oncall.Roster {
		roster, err := oncall.Schedule{Layers: []oncall.Layer{{
			Rotation: oncall.Rotation{Unit: oncall.Week, Start: "2026-01-05 09:00"}, Turns: oncall.Turns(people...),
		}}}.Compile()
		if err != nil {
			panic(err)
		}
		return roster
	}
	room, err := response.Assemble(response.Setting{
		Incident: response.Incident{Start: now.Add(-20 * time.Minute), Alerts: []response.Alert{
			{Entry: "web", Start: now.Add(-15 * time.Minute)},
			{Entry: "auth", Start: now.Add(-20 * time.Minute)},
			{Entry: "mobile-api", Start: now.Add(-12 * time.Minute)},
		}},
		At: now, Graph: graph, Staff: staff,
		Schedules: map[string]response.Watch{"shop": weekly("ana"), "identity": weekly("ben"), "incident-command": weekly("cleo")},
		Desks:     map[string]string{response.RoleCommander: "incident-command"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("root:", room.Ranking.Roots[0].Reason)
	fmt.Print(room)
	for _, n := range room.Escalation.Notifications[:1] {
		fmt.Println("called after", n.After, n.Names())
	}
	// Output:
	// root: if auth failed, 2 others could fail with it: that explains 3 of 3 alerting (auth, mobile-api and web); nothing that it would take along is silent
	// 2026-01-07 10:20 UTC: area
	// commander: cleo, primary of incident-command
	// operations: ben for auth, expert of auth, the best root
	// expert: ben for auth, primary of identity
	// expert: ana for mobile-api and web, primary of shop
	// no communications: ben: has another role; ana: has another role; cleo: has another role
	// called after 0s [ben]
}

// An alert by night waits for the office of whoever answers for it.
func ExampleEscalation_Timeline() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	office, err := oncall.Schedule{Zone: "Europe/Berlin", Layers: []oncall.Layer{{
		Turns: oncall.Turns("ana"), Windows: []oncall.Window{{Days: oncall.Workdays, From: "09:00", To: "17:00"}},
	}}}.Compile()
	if err != nil {
		panic(err)
	}
	escalation := response.Escalation{Steps: []response.EscalationStep{
		{Wait: 15 * time.Minute, Queue: true, Targets: []response.Target{{Schedule: "office"}}},
		{Wait: 15 * time.Minute, Targets: []response.Target{{Person: "ben"}}},
	}}
	line, err := escalation.Timeline(response.EscalationSetting{
		Start:     time.Date(2026, 1, 9, 22, 0, 0, 0, berlin), // a Friday
		Schedules: map[string]response.Watch{"office": office},
	})
	if err != nil {
		panic(err)
	}
	for _, n := range line.Notifications {
		fmt.Println(n.At.In(berlin).Format("Mon 15:04"), n.Names(), n.Missing)
	}
	fmt.Println("over", line.Exhausted.In(berlin).Format("Mon 15:04"))
	// Output:
	// Mon 09:00 [ana] [nobody is primary of office]
	// Mon 09:15 [ben] []
	// over Mon 09:30
}
