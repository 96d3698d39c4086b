package oncall_test

import (
	"context"
	"fmt"
	"time"

	"github.com/srekit/ownership/oncall"
)

// Seven people in a daily rotation: the same three have every weekend. The
// generator assigns the same turns anew, and the schedule takes over what it
// proposes.
func Example_fairWeekends() {
	names := []string{"ana", "ben", "cem", "dan", "eli", "fay", "gus"}
	schedule := oncall.Schedule{
		Zone:   "Europe/Berlin",
		Layers: []oncall.Layer{{Name: "days", Rotation: oncall.Rotation{Unit: oncall.Day, Start: "2026-01-05T09:00"}, Turns: oncall.Turns(names...)}},
	}
	from, to := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
	roster, _ := schedule.Compile()
	report, _ := roster.Lint(from, to, oncall.LintOptions{})
	for _, c := range report.Of("uneven") {
		fmt.Println(c.Finding())
	}

	generator := oncall.Generator{Unsocial: oncall.Unsocial{Zone: "Europe/Berlin"}}
	generator.Slots, _ = schedule.Slots(from, to)
	for _, name := range names {
		generator.People = append(generator.People, oncall.Participant{Name: name})
	}
	generator.Absences = []oncall.Absence{{Person: "ben", Start: from.AddDate(0, 6, 0), End: from.AddDate(0, 6, 21)}}
	draft, _ := generator.Generate(context.Background())
	fmt.Printf("%d turns, %d unfilled, Jain index of weekends %.3f\n", len(draft.Assignments), len(draft.Unfilled), draft.Load.Weekends.Jain)

	schedule.Temporary = append(schedule.Temporary, draft.Temporary("2026"))
	roster, _ = schedule.Compile()
	who, _ := roster.Primary(draft.Assignments[100].Start)
	fmt.Println(who == draft.Assignments[100].Person)
	// Output:
	// warning: "fay, gus": hours of weekends from 2026-01-05 09:00 CET to 2027-01-04 09:00 CET are shared unevenly (Jain index 0.373): between 0 and 1248 h a person, 356.6 on average; let turns last a week, change the number of people so that turns move through the week, or generate the turns
	// 364 turns, 0 unfilled, Jain index of weekends 1.000
	// true
}
