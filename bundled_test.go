package ownership_test

import (
	"bytes"
	"flag"
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
	return files
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
	if size > 100_000 {
		t.Errorf("the measurements take %d bytes, want at most 100,000", size)
	}
}
