package oncall_test

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/oncall"
)

// A weekly rotation, an override for a day, and what a changed definition
// changes for whom.
func Example() {
	schedule := oncall.Schedule{
		Zone: "Europe/Berlin",
		Layers: []oncall.Layer{{
			Rotation: oncall.Rotation{Unit: oncall.Week, Start: "2026-03-16T09:00"},
			Turns:    oncall.Turns("ana", "ben", "cid"),
		}},
	}
	roster, err := schedule.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	from := oncall.Resolve(2026, time.March, 23, 9, 0, 0, roster.Location())
	to := oncall.Resolve(2026, time.April, 6, 9, 0, 0, roster.Location())
	for _, s := range roster.Shifts(from, to) {
		fmt.Println(s.Person, s.Start.Format(time.RFC3339), s.End.Format(time.RFC3339), s.Duration())
	}

	schedule.Overrides = []oncall.Override{{
		Start: oncall.Resolve(2026, time.April, 1, 0, 0, 0, roster.Location()),
		End:   oncall.Resolve(2026, time.April, 2, 0, 0, 0, roster.Location()), Replaces: "cid", Person: "ana",
	}}
	changed, err := schedule.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range oncall.Diff(roster, changed, from, to) {
		fmt.Println(c.Start.Format(time.DateOnly), c.Before, "->", c.After)
	}
	who, _ := changed.Primary(from)
	fmt.Println("now:", who)
	// Output:
	// ben 2026-03-23T09:00:00+01:00 2026-03-30T09:00:00+02:00 167h0m0s
	// cid 2026-03-30T09:00:00+02:00 2026-04-06T09:00:00+02:00 168h0m0s
	// 2026-04-01 [cid] -> [ana]
	// now: ben
}

// Why somebody is on call, who takes over from whom included.
func ExampleRoster_Explain() {
	day := func(d int) time.Time { return time.Date(2026, time.March, d, 0, 0, 0, 0, time.UTC) }
	roster, err := oncall.Schedule{
		Layers: []oncall.Layer{{
			Name:     "weekly",
			Rotation: oncall.Rotation{Unit: oncall.Week, Start: "2026-03-16T09:00"},
			Turns:    oncall.Turns("ana", "ben", "cid"),
		}},
		Absences: []oncall.Absence{{Person: "ben", Start: day(20), End: day(28)}},
		Absent:   oncall.AbsenceReplace,
		Swaps:    []oncall.Swap{{From: "cid", To: "ana", Start: day(24), End: day(25)}},
	}.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range roster.Explain(day(24)) {
		fmt.Println(x.Text)
		fmt.Println(x.DecidedBy)
	}
	// Output:
	// ana is primary: turn 1 of layers[0] (weekly) is that of ben, who is absent until 2026-03-28 00:00 UTC; cid is next in the order of turns; swaps[0] puts ana in the place of cid
	// [layers[0] absences[0] swaps[0]]
}
