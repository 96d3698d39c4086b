package slo

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	b, err := o.BudgetOf(Counts{180, 720000}, now)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := o.BudgetOf(Counts{}, now)
	if err != nil {
		t.Fatal(err)
	}
	x := Exhaustion{At: now, End: now.Add(30 * day), Burn: 2, Probability: 0.75, Quantiles: []TimeQuantile{{0.5, now.Add(15 * day)}}}
	safe := x
	safe.SafeRestart, safe.Quantiles = now.Add(day), nil
	calm := safe
	calm.SafeRestart, calm.Probability = now, 0
	for _, c := range []struct{ name, got, want string }{
		{"budget", b.Markdown(), `| Error budget | 99.9% |
| --- | ---: |
| Window | 2026-01-01 00:00 UTC to 2026-01-31 00:00 UTC |
| Data for | 100 % |
| Events | 720000 |
| Bad events | 180 |
| Good ratio | 99.975 % |
| Bad events allowed so far | 720 |
| Consumed | 25 % |
| Left | 75 % |
| Left of the whole period | 75 % |
`},
		{"budget without data", empty.Markdown(), `| Error budget | 99.9% |
| --- | ---: |
| Window | 2026-01-01 00:00 UTC to 2026-01-31 00:00 UTC |
| Data for | 100 % |
| Events | 0 |
| Left | no data |
`},
		{"exhaustion", x.Markdown(), "At a burn rate of 2 the error budget runs out before 2026-03-02 00:00 UTC with a probability of 75 %, most likely around 2026-02-15 00:00 UTC. No instant before then is safe to restart releases.\n"},
		{"with a restart", safe.Markdown(), "At a burn rate of 2 the error budget runs out before 2026-03-02 00:00 UTC with a probability of 75 %. Releases may safely restart at 2026-02-01 00:00 UTC.\n"},
		{"calm", calm.Markdown(), "At a burn rate of 2 the error budget runs out before 2026-03-02 00:00 UTC with a probability of 0 %.\n"},
		{"exhausted", Exhaustion{At: now, Exhausted: true, SafeRestart: now.Add(time.Hour)}.Markdown(), "The error budget is exhausted. Releases may safely restart at 2026-01-31 01:00 UTC.\n"},
		{"exhaustion without data", Exhaustion{NoData: true}.Markdown(), "Nothing is known: no traffic.\n"},
		{"alarm", Evidence{Counts: Counts{8, 1000}, Bound: MustRatio("0.1%"), FalseAlarm: 0.01, E: 111.87857, Alarm: true}.Markdown(),
			"Alarm: 8 bad of 1000 events prove an error ratio above 0.1% (evidence 112, false alarms at most 1 %, whenever one looks).\n"},
		{"no alarm", Evidence{Counts: Counts{5, 1000}, Bound: MustRatio("0.1%"), FalseAlarm: 0.01, E: 0.3278}.Markdown(),
			"No alarm: 5 bad of 1000 events do not prove an error ratio above 0.1% (evidence 0.328 of 100).\n"},
		{"no evidence", Evidence{NoData: true}.Markdown(), "No traffic, no evidence.\n"},
		{"go", Decision{Allow: true, Reason: "ok: *all* is left"}.Markdown(), "Go: ok: \\*all\\* is left.\n"},
		{"stop", Decision{Reason: "breach", Until: now}.Markdown(), "Stop: breach. Until 2026-01-31 00:00 UTC.\n"},
		{"attribution", Attribution{By: "region", Allowed: 100, End: now, Counts: Counts{60, 1000}, Rest: Counts{10, 500}, Parts: []Part{
			{Key: "a|b", Counts: Counts{30, 300}, Share: 0.5, Consumed: 0.3}, {Key: "c", Counts: Counts{20, 200}, Share: 1. / 3, Consumed: 0.2, Error: 5}}}.Markdown(),
			`| region | bad events | share | of the budget |
| --- | ---: | ---: | ---: |
| a\|b | 30 | 50 % | 30 % |
| c | 15 to 20 | 33.33 % | 20 % |
| rest | 10 | 16.67 % | 10 % |
`},
		{"incident", Attribution{By: "incident", Allowed: 10, End: now, Counts: Counts{5, 1000}, Parts: []Part{
			{Key: "2026-01-30T00:00:00Z", Start: now.Add(-day), End: now.Add(-day + 90*time.Minute), Counts: Counts{5, 100}, Share: 1, Consumed: 0.5}}}.Markdown(),
			`| incident | bad events | share | of the budget |
| --- | ---: | ---: | ---: |
| 2026-01-30 00:00 UTC for 1h30m0s | 5 | 100 % | 50 % |
`},
		{"no attribution", Attribution{NoData: true}.Markdown(), "No data to attribute.\n"},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	l, err := o.OutlookAt([]Point{{now.Add(-time.Hour), Counts{0, 1000}}, {now, Counts{1, 1000}}}, now, WilsonInterval, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	want := l.Budget.Markdown() + `
| With 95 % confidence (wilson) | from | to |
| --- | ---: | ---: |
| Good ratio | 99.72 % | 99.9912 % |
| Budget left at this ratio | -182.7 % | 91.17 % |

The service reaches its target with a probability of 73.87 %; this window ends within its budget with 100 %.
`
	if d := cmp.Diff(want, l.Markdown()); d != "" {
		t.Errorf("outlook (-want +got):\n%s", d)
	}
}
