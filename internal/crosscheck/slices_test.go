package crosscheck

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	promrules "github.com/prometheus/prometheus/rules"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// steady is a counter of good and bad requests, 60 a second together, of which
// bad(at) tells the share that fails.
func steady(extra []string, from, to time.Time, bad func(time.Time) float64) []Point {
	const every, perSecond = 30 * time.Second, 60
	series := func(code string) labels.Labels {
		return labels.FromStrings(append([]string{"__name__", "http_requests_total", "job", "shop", "code", code}, extra...)...)
	}
	var points []Point
	good, failed := 0.0, 0.0
	for at := from; !at.After(to); at = at.Add(every) {
		n := perSecond * every.Seconds()
		good, failed = good+n*(1-bad(at)), failed+n*bad(at)
		points = append(points, Point{at, series("200"), good}, Point{at, series("500"), failed})
	}
	return points
}

// Groups of a real server are evaluated at phases of their own. Whatever they
// are, a window holds its number of slices at every instant: an alert goes off
// once in an outage, and ends once.
func TestAlertsOnSlicesDoNotFlicker(t *testing.T) {
	t.Parallel()
	policy := alerting.Policy{Name: "page", Pairs: []alerting.Pair{
		{Severity: alerting.Page, Long: time.Hour, Short: 5 * time.Minute, Factor: 14.4},
		{Severity: alerting.Page, Long: 6 * time.Hour, Short: 30 * time.Minute, Factor: 6},
	}}
	start, end := epoch.Add(2*time.Hour), epoch.Add(5*time.Hour)
	for _, c := range []struct {
		kind         slo.Kind
		length, page time.Duration // of the slices; and the phase of pages
		slices       time.Duration // phase
	}{
		{slo.TimeSlices, 5 * time.Minute, 0, 0},
		{slo.TimeSlices, 5 * time.Minute, 11 * time.Second, 290 * time.Second},
		{slo.TimeSlices, 15 * time.Minute, 29*time.Second + 999*time.Millisecond, 0},
		{slo.TimeSlices, time.Hour, 13 * time.Second, 50 * time.Minute},
		{slo.RatioSlices, 5 * time.Minute, 7 * time.Second, 100 * time.Second},
	} {
		set, err := rules.Compile([]rules.SLO{{
			Objective: slo.Objective{Service: "shop", Name: "slices", Kind: c.kind, Target: slo.MustRatio("99%"),
				Slice: slo.SliceRule{Length: c.length, Bound: slo.MustRatio("1%")}},
			Indicator: rules.Indicator{Selector: `job="shop"`}, Policy: policy,
		}}, rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		server, err := NewServer(t.TempDir(), set.YAML())
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		var episodes int
		var firing bool
		var first, last time.Time
		server.Watch = func(g *promrules.Group, at time.Time) {
			for _, r := range g.AlertingRules() {
				if r.Name() != rules.AlertBurn {
					continue
				}
				now := r.State() == promrules.StateFiring
				switch {
				case now && !firing:
					if episodes++; episodes == 1 {
						first = at
					}
				case !now && firing:
					last = at
				}
				firing = now
			}
		}
		points := steady(nil, epoch, epoch.Add(9*time.Hour), func(at time.Time) float64 {
			if at.After(start) && !at.After(end) {
				return 0.5
			}
			return 0
		})
		phase := func(group string) time.Duration {
			if strings.HasSuffix(group, "/slices") {
				return c.slices
			}
			return c.page
		}
		if err := server.Run(epoch, epoch.Add(9*time.Hour), phase, feed(points)); err != nil {
			t.Fatal(err)
		}
		// The 6 h pair trips at 0.06 · 6 h of bad slices; two slices of 5 min trip the 1 h pair.
		detect, reset := first.Sub(start), last.Sub(end)
		if most := max(2*c.length, 22*time.Minute) + c.length + time.Minute; episodes != 1 || detect < 0 || detect > most {
			t.Errorf("%v of %v: the alert goes off %d times, first after %v; want once within %v", c.kind, c.length, episodes, detect, most)
		}
		if most := max(c.length, 30*time.Minute) + c.length + 2*time.Minute; reset < 0 || reset > most {
			t.Errorf("%v of %v: the alert ends %v after the outage, want within %v", c.kind, c.length, reset, most)
		}
		t.Logf("%v of %v: fires after %v, ends after %v", c.kind, c.length, detect, reset)
	}
}
