package response_test

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/oncall/response"
)

// When an incident is over its record becomes a document in which roles stand
// for people.
func ExampleNewPostMortem() {
	on := func(clock string) time.Time {
		t, _ := time.Parse(time.RFC3339, "2026-03-03T"+clock+":00Z")
		return t
	}
	record := response.IncidentRecord{
		Incident: response.Incident{Name: "INC-42", Start: on("17:42"), End: on("19:00"), Alerts: []response.Alert{
			{Entry: "db", Name: "ConnectionsExhausted", Start: on("17:46"), End: on("18:30")},
		}},
		Detections: []response.Detection{{Service: "db", Alert: "ConnectionsExhausted", Began: on("17:41"), Predicted: 2 * time.Minute}},
		Roles:      []response.RoleTaken{{Role: response.RoleCommander, Person: "ana", From: on("17:50")}},
		Audit:      []response.AuditRecord{{At: on("17:48"), Actor: "ben", Action: response.ActionAcknowledged, Text: "Ana, please lead"}},
		Rollouts: []response.RolloutRecord{
			{At: on("17:30"), Service: "db", Revision: "r17", Decision: response.RolloutPromoted, Traffic: 0.5},
			{At: on("18:28"), Service: "db", Revision: "r17", Decision: response.RolloutRolledBack, By: "ben"},
		},
		Actions: []response.Action{{Text: "Refuse pools below 100 connections", Team: "storage", Lever: response.LeverAutomation}},
	}
	m, err := response.NewPostMortem(record, response.PostMortemOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range m.Timeline {
		fmt.Println(x.At.Format("15:04"), x.Text)
	}
	fmt.Println(m.Stop.Text)
	for _, s := range m.Lucky {
		fmt.Println(s)
	}
	for _, a := range m.Actions {
		fmt.Println(a.Lever+":", a.Text)
	}
	// Output:
	// 17:30 r17 is promoted to 50 % of the traffic
	// 17:41 what ConnectionsExhausted watches fails
	// 17:46 ConnectionsExhausted fires
	// 17:48 responder acknowledges: commander, please lead
	// 17:50 commander begins
	// 18:28 r17 is rolled back
	// 18:30 ConnectionsExhausted ends
	// 19:00 the incident is over
	// r17 of db was rolled back
	// r17 of db had no more than 50 % of the traffic when it began.
	// automation: Refuse pools below 100 connections
	// thresholds: Make ConnectionsExhausted of db as fast as its policy promises
}

// A quarter's work tells how much of it keeps things as they are, and what
// automation would give back.
func ExampleMeasureToil() {
	january := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
	toil, err := response.MeasureToil([]response.Work{
		{Person: "ana", Service: "db", Kind: response.WorkPage, Start: january, Duration: 10 * time.Hour},
		{Person: "ana", Service: "db", Kind: response.WorkManualStep, Start: january, Duration: 50 * time.Hour},
		{Person: "ana", Service: "db", Kind: response.WorkProject, Start: january, Duration: 40 * time.Hour},
	}, response.ToilOptions{Entries: []response.Entry{{Name: "db", Team: "storage"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range toil.Shares {
		if s.Group == response.ByTeam {
			fmt.Printf("%s %s: %.0f %% toil, %.0f %% interrupts\n", s.Name, s.Quarter, 100*s.Toil, 100*s.Reactive)
		}
	}
	for _, f := range toil.Findings {
		if f.Path == "team[storage]" {
			fmt.Println(f)
		}
	}
	// Output:
	// storage 2026-Q1: 60 % toil, 10 % interrupts
	// warning: team[storage]: "2026-Q1": 60 % of the work was toil, the line is 50 %; give time to automation, or hand work back to who causes it
}
