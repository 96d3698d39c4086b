package response

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestToilByHand(t *testing.T) {
	// ana, mid-level, on db of the team storage; in UTC the last ticket of 2 h
	// lies in two quarters.
	work := []Work{
		{"ana", "db", WorkPage, at(t, "2026-01-10T10:00:00Z"), time.Hour},
		{"ana", "db", WorkIncident, at(t, "2026-01-10T12:00:00Z"), 3 * time.Hour},
		{"ana", "db", WorkManualStep, at(t, "2026-02-10T12:00:00Z"), time.Hour},
		{"ana", "db", WorkProject, at(t, "2026-02-11T12:00:00Z"), 10 * time.Hour},
		{"ana", "db", WorkTicket, at(t, "2026-03-31T23:00:00Z"), 2 * time.Hour},
		{"", "web", WorkPage, at(t, "2026-04-01T12:00:00Z"), time.Hour},
		{"ben", "", WorkProject, at(t, "2026-04-01T12:00:00Z"), time.Hour},
	}
	opt := ToilOptions{People: []Person{{Name: "ana", Level: 2}}, Entries: []Entry{{Name: "db", Team: "storage"}}}
	got, err := MeasureToil(work, opt)
	if err != nil {
		t.Fatal(err)
	}
	lines := ""
	for _, s := range got.Shares {
		lines += fmt.Sprintf("%s %s %s %v toil %.4g reactive %.4g\n", s.Group, s.Name, s.Quarter, s.Total(), s.Toil, s.Reactive)
	}
	// First quarter: 1 page + 3 incident + 1 ticket + 1 step of 16 h. Second: one
	// hour of the ticket.
	want := `person ana 2026-Q1 16h0m0s toil 0.375 reactive 0.25
person ana 2026-Q2 1h0m0s toil 1 reactive 0
person ben 2026-Q2 1h0m0s toil 0 reactive 0
team storage 2026-Q1 16h0m0s toil 0.375 reactive 0.25
team storage 2026-Q2 1h0m0s toil 1 reactive 0
service db 2026-Q1 16h0m0s toil 0.375 reactive 0.25
service db 2026-Q2 1h0m0s toil 1 reactive 0
service web 2026-Q2 1h0m0s toil 1 reactive 1
level mid 2026-Q1 16h0m0s toil 0.375 reactive 0.25
level mid 2026-Q2 1h0m0s toil 1 reactive 0
`
	if lines != want {
		t.Errorf("got:\n%swant:\n%s", lines, want)
	}
	var findings []string
	for _, f := range got.Findings {
		if f.Path == "person[ana]" || f.Path == "service[web]" || strings.HasPrefix(f.Code, "unknown") {
			findings = append(findings, f.Code+" "+f.String())
		}
	}
	wantFindings := []string{
		`toil-above-line warning: person[ana]: "2026-Q2": 100 % of the work was toil, the line is 50 %; give time to automation, or hand work back to who causes it`,
		`few-quarters warning: person[ana]: "2": a trend over 2 quarters says little; wait for 8`,
		`toil-above-line warning: service[web]: "2026-Q2": 100 % of the work was toil, the line is 50 %; give time to automation, or hand work back to who causes it`,
		`reactive-above-line warning: service[web]: "2026-Q2": 100 % of the work was pages and incidents, the line is 25 %; raise thresholds that page for nothing, mend what fails, or share the load`,
		`unknown-person info: person[ben]: not among the people: the work counts for no level`,
		`unknown-service info: service[web]: not among the entries: the work counts for no team`,
	}
	if d := cmp.Diff(wantFindings, findings); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}

	// In Berlin the ticket lies in the second quarter as a whole: from 01:00.
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	opt.Zone = berlin
	got, err = MeasureToil(work, opt)
	if err != nil || got.Shares[1].Ticket != 2*time.Hour || got.Shares[0].Ticket != 0 {
		t.Errorf("in Berlin: got %v, %v, want the ticket in the second quarter", got.Shares[:2], err)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back Toil
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	if !strings.Contains(string(text), `"quarter":"2026-Q1","start":"2026-01-01T00:00:00+01:00"`) || !strings.Contains(string(text), `"incident_seconds":10800`) {
		t.Errorf("got %s", text)
	}
}

// Ten quarters in which toil rises by 4 points each, with one odd one.
func TestToilTrend(t *testing.T) {
	var work []Work
	q := Quarter{2024, 1}
	for i := range 10 {
		share := 0.1 + 0.04*float64(i)
		if i == 3 {
			share = 0.9 // a bad quarter does not move the trend
		}
		start := q.Start(nil).Add(1000 * time.Hour)
		work = append(work, Work{"", "db", WorkTicket, start, time.Duration(share * float64(100*time.Hour))},
			Work{"", "db", WorkProject, start, time.Duration((1 - share) * float64(100*time.Hour))})
		q = q.Next()
	}
	got, err := MeasureToil(work, ToilOptions{})
	if err != nil || len(got.Trends) != 1 {
		t.Fatalf("got %+v, %v, want one trend", got.Trends, err)
	}
	trend := got.Trends[0]
	if math.Abs(trend.Toil.PerQuarter-0.04) > 1e-9 || trend.Toil.Low <= 0 || trend.Toil.Level < 0.95 || trend.Quarters != 10 || trend.From != (Quarter{2024, 1}) || trend.To != (Quarter{2026, 2}) {
		t.Errorf("got %+v", trend)
	}
	if want := (Slope{0, 0, 0, trend.Toil.Level}); trend.Reactive != want {
		t.Errorf("got %+v, want %+v", trend.Reactive, want)
	}
	if len(got.Findings) != 1 || got.Findings[0].Code != "toil-rising" {
		t.Errorf("got %v, want a rise", got.Findings)
	}
	if got, want := got.Findings[0].Reason, "the share of toil rises by 4.0 points a quarter, from "; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q …", got, want)
	}
}

// Whatever the work: all of its time is in exactly one share of each group that
// knows it, shares lie in [0,1], and the order of the input does not matter.
func TestToilLaws(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	people := []Person{{Name: "ana", Level: 1}, {Name: "ben", Level: 3}, {Name: "chi", Level: 9}}
	entries := []Entry{{Name: "db", Team: "storage"}, {Name: "web", Team: "front"}}
	rapid.Check(t, func(t *rapid.T) {
		work := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Work {
			return Work{rapid.SampledFrom([]string{"ana", "ben", "chi"}).Draw(t, "person"), rapid.SampledFrom([]string{"db", "web"}).Draw(t, "service"),
				rapid.SampledFrom(workKinds).Draw(t, "kind"), time.Unix(rapid.Int64Range(1.7e9, 1.8e9).Draw(t, "start"), 0).UTC(),
				time.Duration(rapid.Int64Range(0, int64(maxWork)).Draw(t, "duration"))}
		})).Draw(t, "work")
		opt := ToilOptions{Zone: berlin, People: people, Entries: entries}
		got, err := MeasureToil(work, opt)
		if err != nil {
			t.Fatal(err)
		}
		var want time.Duration
		for _, w := range work {
			want += w.Duration
		}
		sums := map[string]time.Duration{}
		for _, s := range got.Shares {
			sums[s.Group] += s.Total()
			if !(0 <= s.Reactive && s.Reactive <= s.Toil && s.Toil <= 1) || s.Total() <= 0 {
				t.Fatalf("got %+v", s)
			}
		}
		for _, group := range toilGroups {
			if sums[group] != want {
				t.Fatalf("%s: got %v in all, want %v", group, sums[group], want)
			}
		}
		shuffled, err := MeasureToil(rapid.Permutation(work).Draw(t, "shuffled"), opt)
		if d := cmp.Diff(got, shuffled); d != "" || err != nil {
			t.Fatalf("in another order (-want +got): %v\n%s", err, d)
		}
	})
}

func BenchmarkMeasureToil(b *testing.B) {
	var work []Work
	for i := range 100_000 {
		work = append(work, Work{fmt.Sprintf("p%d", i%200), fmt.Sprintf("s%d", i%1000), workKinds[i%5], time.Unix(1.7e9+int64(i)*600, 0), time.Hour})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := MeasureToil(work, ToilOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// A share on the line is not above it, an earlier quarter is past, and a rise
// that the interval doubts is none.
func TestToilAtTheLine(t *testing.T) {
	work := []Work{
		{"", "on", WorkTicket, at(t, "2026-04-10T00:00:00Z"), time.Hour}, {"", "on", WorkProject, at(t, "2026-04-10T00:00:00Z"), time.Hour},
		{"", "past", WorkTicket, at(t, "2026-01-10T00:00:00Z"), time.Hour},
	}
	for i, share := range []int{10, 30, 20, 25, 15, 35, 12, 28} {
		start := quarterAt(Quarter{2024, 3}.index() + i).Start(nil).Add(time.Hour)
		work = append(work, Work{"", "wild", WorkTicket, start, time.Duration(share) * time.Hour}, Work{"", "wild", WorkProject, start, time.Duration(100-share) * time.Hour})
	}
	got, err := MeasureToil(work, ToilOptions{})
	if err != nil || len(got.Findings) != 0 || got.Trends[0].Toil.PerQuarter <= 0 {
		t.Errorf("got %v, %+v, %v, want no findings", got.Findings, got.Trends, err)
	}
}
