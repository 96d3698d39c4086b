package ownership_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the bundled catalog names zones

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/internal/synth"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
)

var update = flag.Bool("update", false, "write the bundled measurements again")

const catalogFolder = "examples/quickstart/catalog"

// The bundled catalog holds together: nothing is undefined, every alert has a
// runbook, and there are eight people of five levels in two zones.
func TestBundledCatalog(t *testing.T) {
	c, err := ownership.ReadCatalog(os.DirFS(catalogFolder), ownership.CatalogOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Findings {
		if f.Level != "info" {
			t.Errorf("unexpected: %v", f)
		}
	}
	svc, ok := c.Service("user-auth-service")
	if !ok {
		t.Fatal("no user-auth-service")
	}
	for _, a := range svc.Alerts {
		if r, ok := svc.RunbookOf(a); !ok || !strings.HasPrefix(r.Path, "/runbooks/user-auth/") {
			t.Errorf("runbook of %s: %v, %v", a.Name, r, ok)
		}
	}
	team, ok := c.Team(svc.OwnerTeam)
	if !ok {
		t.Fatal("no team")
	}
	zones, levels := map[string]bool{}, map[int]bool{}
	for _, p := range team.Members {
		zone := p.Zone
		if zone == "" {
			zone = team.TimeZone
		}
		zones[zone], levels[p.Level] = true, true
	}
	if len(team.Members) != 8 || len(zones) != 2 || len(levels) != 5 {
		t.Errorf("got %d members in %d zones of %d levels, want 8, 2 and 5", len(team.Members), len(zones), len(levels))
	}
	s, ok := c.ScheduleOf(svc)
	if !ok || s.Name != "sre-platform-primary" || s.TimeZone != "Europe/Berlin" || len(s.Members) != 6 {
		t.Errorf("schedule: got %+v, %v", s, ok)
	}
	again, err := ownership.ReadCatalog(os.DirFS(catalogFolder), ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Teams, again.Teams, plainly); diff != "" {
		t.Errorf("two readings differ\n%s", diff)
	}
}

// measurements are five weeks of the bundled service, hour by hour: a rhythm of
// days and weeks by the clock of Berlin, a short incident on the first of
// October, memory that leaks a little until a restart.
func measurements(t *testing.T) map[string][]byte {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 0, 35)
	incident := time.Date(2026, 10, 1, 13, 10, 0, 0, time.UTC)
	daily, weekly := synth.Daily{PeakHour: 14, Swing: 0.6}, synth.Weekend(0.55)
	traffic := synth.Traffic{
		Zone: berlin, BasePerSecond: 200, Daily: daily, Weekly: weekly,
		Noise:   synth.Noise{Kind: synth.NegativeBinomial, Dispersion: 0.004, Wander: synth.Wander{Ratio: 0.03}},
		Errors:  synth.Errors{Ratio: 0.00004, Wander: synth.Wander{Ratio: 0.3}},
		Outages: []synth.Outage{{Start: incident, End: incident.Add(25 * time.Minute), Shape: synth.Plateau, ErrorRatio: 0.05}},
		Seed:    2026,
	}
	hours := synth.Rebin(traffic.Events(from, to, 5*time.Minute), 12)
	round := func(v, to float64) float64 { return math.Round(v*to) / to }
	rate := make([]synth.Value, len(hours))
	for i, h := range hours {
		rate[i] = synth.Value{Time: h.Time, Value: round(h.Total/3600, 10)}
	}
	load := func(l synth.Load) []synth.Value {
		l.Zone, l.Origin, l.Cap = berlin, from, 1
		values := l.Values(from, to, time.Hour)
		for i := range values {
			values[i].Value = round(values[i].Value, 1000)
		}
		return values
	}
	cpu := load(synth.Load{Base: 0.42, Growth: synth.Growth{PerDay: 0.004}, Daily: synth.Daily{PeakHour: 14, Swing: 0.5}, Weekly: synth.Weekend(0.65), NoiseRatio: 0.03, Seed: 1})
	memory := load(synth.Load{
		Base: 0.52, Growth: synth.Growth{PerDay: 0.006}, Daily: synth.Daily{PeakHour: 15, Swing: 0.04}, NoiseRatio: 0.006,
		Shifts: []synth.Shift{{At: from.AddDate(0, 0, 16), Change: -0.08}}, Seed: 2,
	})
	files := map[string][]byte{}
	var b bytes.Buffer
	write := func(name string, err error) {
		if err != nil {
			t.Fatal(err)
		}
		files[name] = bytes.Clone(b.Bytes())
		b.Reset()
	}
	write("requests.csv", synth.WriteCSV(&b, hours))
	write("request_rate.csv", synth.WriteValuesCSV(&b, rate))
	write("cpu_utilization.csv", synth.WriteValuesCSV(&b, cpu))
	write("memory_utilization.csv", synth.WriteValuesCSV(&b, memory))
	// What the incident left behind, beside the work of usual weeks.
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	b.WriteString("name,severity,start,end\n")
	fmt.Fprintf(&b, "ErrorBudgetBurn,page,%s,%s\n", stamp(incident.Add(2*time.Minute)), stamp(incident.Add(57*time.Minute)))
	fmt.Fprintf(&b, "HighErrorRateAlert,page,%s,%s\n", stamp(incident.Add(6*time.Minute)), stamp(incident.Add(31*time.Minute)))
	fmt.Fprintf(&b, "HighLatencyAlert,ticket,%s,%s\n", stamp(incident.AddDate(0, 0, -16).Add(7*time.Hour)), stamp(incident.AddDate(0, 0, -16).Add(8*time.Hour)))
	write("alerts.csv", nil)
	b.WriteString("name,start,end,verdict,evidence\n")
	for _, r := range []struct {
		name              string
		at                time.Time
		lasted            time.Duration
		verdict, evidence string
	}{
		{"v2.14.0", from.AddDate(0, 0, 8).Add(9 * time.Hour), 35 * time.Minute, "promote", "11 of 30630 bad on the canary, 101 of 275700 beside it"},
		{"v2.15.0", incident.Add(-10 * time.Minute), 35 * time.Minute, "rollback", "5.1 % bad on the canary, 0.004 % beside it; evidence 1e+41 to 1"},
		{"v2.15.1", from.AddDate(0, 0, 29).Add(8 * time.Hour), 35 * time.Minute, "promote", "12 of 31200 bad on the canary, 98 of 281000 beside it"},
	} {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%q\n", r.name, stamp(r.at), stamp(r.at.Add(r.lasted)), r.verdict, r.evidence)
	}
	write("releases.csv", nil)
	b.WriteString("person,service,kind,start,seconds\n")
	fmt.Fprintf(&b, "felix,user-auth-service,page,%s,3300\n", stamp(incident.Add(4*time.Minute)))
	fmt.Fprintf(&b, "bruno,user-auth-service,incident,%s,2400\n", stamp(incident.Add(12*time.Minute)))
	fmt.Fprintf(&b, "chiara,user-auth-service,ticket,%s,2700\n", stamp(incident.AddDate(0, 0, -16).Add(18*time.Hour)))
	for week := range 5 {
		fmt.Fprintf(&b, "grace,user-auth-service,project,%s,57600\n", stamp(from.AddDate(0, 0, 7*week).Add(8*time.Hour)))
	}
	write("work.csv", nil)
	for _, r := range []struct {
		name  string
		begin time.Time
	}{{"run-drill.jsonl", from.AddDate(0, 0, 10).Add(8 * time.Hour)}, {"run-incident.jsonl", incident.Add(5 * time.Minute)}} {
		files[r.name] = runbookRun(t, r.name, r.begin)
	}
	return files
}

// runbookRun is the log of a run of the bundled runbook: the machine does what the
// runbook lets it do, people answer for the rest.
func runbookRun(t *testing.T, name string, now time.Time) []byte {
	t.Helper()
	const file = "runbooks/user-auth/high-error-rate.md"
	text, err := os.ReadFile(filepath.Join(catalogFolder, file))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := run.Prepare(runbook.Parse(file, text, runbook.Options{}), run.Request{
		Requester: "felix", Topics: []string{"diagnosis", "mitigation"},
		Inputs: map[string]string{"pod": "user-auth-service-7c9f4d-x2k8p", "revision": "41"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var sink run.Memory
	rolledBack := false // what comes after is not needed
	options := run.Options{
		Run: strings.TrimSuffix(name, ".jsonl"), Actor: run.Actor{Name: "automation", Scope: 3},
		Executor: run.ExecutorFunc(func(context.Context, run.Call) (run.Outcome, error) { return run.Outcome{}, nil }),
		Clock:    run.ClockFunc(func() time.Time { now = now.Add(time.Second); return now }),
		Sink:     &sink,
	}
	for range 100 {
		report, err := run.Run(t.Context(), plan, options)
		if err != nil {
			t.Fatal(err)
		}
		if report.Status != run.StatusOpen {
			return sink.Log()
		}
		now = now.Add(3 * time.Minute)
		options.Log, options.Head = sink.Log(), report.Head
		ask := report.Waiting
		options.Approver = run.Votes{{Request: ask.Request, By: "bruno", Allow: true}, {Request: ask.Request, By: "amelie", Allow: true}}
		answer := run.Answer{Request: ask.Request, By: run.Actor{Name: "felix", Roles: []string{"oncall"}, Scope: 3}, Word: run.SayDone, Took: 3 * time.Minute}
		switch {
		case rolledBack:
			answer.Word, answer.Took = run.SaySkip, 0
		case ask.Need == run.NeedGo:
			answer.Word, answer.Took = run.SayGo, 0
		case ask.Step == "diagnosis-3":
			answer.Took = 11 * time.Minute
		}
		rolledBack = rolledBack || ask.Step == "roll-back" && ask.Need == run.NeedGo
		options.Answers = []run.Answer{answer}
	}
	t.Fatal("the run does not end")
	return nil
}

// The bundled measurements are what the generators make: go test -run
// TestBundledMeasurements -update writes them.
func TestBundledMeasurements(t *testing.T) {
	size := 0
	for name, want := range measurements(t) {
		path := filepath.Join(catalogFolder, "measurements", name)
		size += len(want)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generators make; run with -update", path)
		}
	}
	if size > 150_000 {
		t.Errorf("the measurements take %d bytes, want at most 150,000", size)
	}
}
