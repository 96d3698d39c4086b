package response

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDividendByHand(t *testing.T) {
	start := at(t, "2026-01-10T10:00:00Z")
	var runs []StepRun
	for i, m := range []int{10, 12, 8, 30, 12, 14} { // median 12; extremes 8 and 30, 1 − 2/2⁶ = 0.96875
		runs = append(runs, StepRun{"db", "failover.md", "promote the replica", false, start.Add(time.Duration(i) * time.Hour), time.Duration(m) * time.Minute})
	}
	for i := range 20 {
		runs = append(runs, StepRun{"db", "failover.md", "promote the replica", true, start.Add(time.Duration(i+100) * time.Hour), time.Minute})
	}
	runs = append(runs,
		StepRun{"db", "failover.md", "check lag", false, start, 5 * time.Minute},
		StepRun{"db", "failover.md", "look at the graph", true, start, 10 * time.Minute},
		StepRun{"web", "drain.md", "drain", false, start, time.Minute},
		StepRun{"web", "drain.md", "drain", true, start, 4 * time.Minute},
		StepRun{"web", "drain.md", "drain", true, start.Add(-time.Hour), 4 * time.Minute}, // before From
	)
	got, err := MeasureDividends(runs, DividendOptions{From: start})
	if err != nil {
		t.Fatal(err)
	}
	m := time.Minute
	// 20 executions of 12 minutes, less 20 of one.
	want := Dividends{Saved: 220*m - 3*m, Spent: 86*m + 5*m + 1*m, Steps: []Dividend{
		{"db", "failover.md", "promote the replica", 6, 20, 12 * m, 86 * m, 20 * m, 220 * m, 140 * m, 580 * m, 1 - 2./64},
		{"db", "failover.md", "check lag", 1, 0, 5 * m, 5 * m, 0, 0, 0, 0, 0},
		{"db", "failover.md", "look at the graph", 0, 1, 0, 0, 10 * m, 0, 0, 0, 0},
		{"web", "drain.md", "drain", 1, 1, m, m, 4 * m, -3 * m, -3 * m, -3 * m, 0},
	}, Findings: []Finding{
		{Code: "no-manual-time", Level: "warning", Path: "failover.md#look at the graph", Reason: "automated, and never seen done by hand: nothing tells what it saves", Remedy: "add one execution with the time that it took by hand"},
		{Code: "few-executions", Level: "info", Path: "drain.md#drain", Text: "1", Reason: "the time by hand comes from 1 execution", Remedy: "six give an interval of 95 %"},
		{Code: "negative-dividend", Level: "warning", Path: "drain.md#drain", Reason: "looking after the automation took 3m more than the step would by hand", Remedy: "mend the automation, or go back"},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back Dividends
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	wantText := `| Runbook | Step | By hand | Median | Automated | Saved | From | To |
| --- | --- | --- | --- | --- | --- | --- | --- |
| failover.md | promote the replica | 6 | 12m | 20 | 3h40m | 2h20m | 9h40m |
| failover.md | check lag | 1 | 5m | 0 | – | – | – |
| failover.md | look at the graph | 0 | – | 1 | – | – | – |
| drain.md | drain | 1 | 1m | 1 | -3m | -3m | -3m |

Saved: 3h37m; still spent by hand: 1h32m.
`
	if d := cmp.Diff(wantText, got.Markdown()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	run := runs[0]
	var other StepRun
	if text, err = json.Marshal(run); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &other); err != nil || other != run {
		t.Errorf("round trip through %s: got %v, %v, want %v", text, other, err, run)
	}
}

func TestEverythingWrongWithExecutions(t *testing.T) {
	_, err := MeasureDividends([]StepRun{{Attended: -1}}, DividendOptions{Level: -2, From: time.Unix(2, 0), To: time.Unix(1, 0)})
	want := `no response: level: "-2": no share above 0 and up to 1; write 0.95
no response: to: "1970-01-01T00:00:01Z": not after from; exchange them
no response: runs[0].step: the name is missing; name the step
no response: runs[0].start: the instant is missing; write it in RFC 3339: 2026-01-31T09:00:00Z
no response: runs[0].attended: "-1ns": not from 0 to 366 days; write the time that somebody gave`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// The interval holds the estimate; one more automated execution of no
// attention saves the manual time once more.
func TestDividendLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) StepRun {
			return StepRun{Step: "s", Automated: rapid.Bool().Draw(t, "automated"), Start: time.Unix(1.7e9, 0), Attended: time.Duration(rapid.IntRange(0, 7200).Draw(t, "attended")) * time.Second}
		}), 1, 60).Draw(t, "runs")
		got, err := MeasureDividends(runs, DividendOptions{Level: 0.9})
		if err != nil {
			t.Fatal(err)
		}
		d := got.Steps[0]
		if d.Low > d.Saved || d.Saved > d.High || d.Level < 0 || d.Level >= 1 || d.Manual+d.Automated != len(runs) {
			t.Fatalf("got %+v", d)
		}
		more, err := MeasureDividends(append(runs, StepRun{Step: "s", Automated: true, Start: time.Unix(1.7e9, 0)}), DividendOptions{Level: 0.9})
		if err != nil || more.Steps[0].Saved-d.Saved != d.ManualTime && d.Automated > 0 {
			t.Fatalf("got %v more, %v, want %v", more.Steps[0].Saved-d.Saved, err, d.ManualTime)
		}
	})
}
