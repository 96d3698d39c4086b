package alerting

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func TestFindIncidents(t *testing.T) {
	minute := func(m int) time.Time { return epoch.Add(time.Duration(m) * time.Minute) }
	// Over a day at 99 % with 100 requests a minute: 1440 bad events are allowed, 2 %
	// are 28.8.
	o := objective("99%", day)
	for _, tt := range []struct {
		name  string
		ratio func(i int) float64
		rule  IncidentRule
		want  []Incident
	}{
		{"nothing", outage(0, 0, 0), IncidentRule{}, nil},
		{"within the budget", outage(0, 1440, 0.01), IncidentRule{}, nil},
		{"just below", outage(100, 1, 0.28), IncidentRule{}, nil},
		{"just above", outage(100, 1, 0.29), IncidentRule{}, []Incident{{Start: minute(100), End: minute(101)}}},
		{"long", outage(100, 200, 0.05), IncidentRule{}, []Incident{{Start: minute(100), End: minute(300)}}},
		{"two", func(i int) float64 { return outage(100, 2, 1)(i) + outage(500, 1, 1)(i) }, IncidentRule{},
			[]Incident{{Start: minute(100), End: minute(102)}, {Start: minute(500), End: minute(501)}}},
		{"within an hour of each other", func(i int) float64 { return outage(100, 2, 1)(i) + outage(150, 1, 1)(i) }, IncidentRule{},
			[]Incident{{Start: minute(100), End: minute(151)}}},
		{"noise does not count", func(i int) float64 { return 0.01 + outage(100, 2, 0.99)(i) }, IncidentRule{},
			[]Incident{{Start: minute(100), End: minute(102)}}},
		{"exactly", outage(100, 1, 0.72), IncidentRule{Share: 0.05, Within: time.Hour}, []Incident{{Start: minute(100), End: minute(101)}}},
		{"another rule", outage(100, 1, 0.29), IncidentRule{Share: 0.5, Within: 6 * time.Hour}, nil},
		{"the first point", outage(0, 1, 1), IncidentRule{}, []Incident{{Start: minute(0), End: minute(1)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := FindIncidents(context.Background(), o, series(epoch, time.Minute, 1440, 100, tt.ratio), tt.rule)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got, err := FindIncidents(context.Background(), o, []slo.Point{{Time: epoch}, {Time: epoch.Add(time.Hour)}}, IncidentRule{}); got != nil || err != nil {
		t.Errorf("without traffic: got %v, %v, want nothing", got, err)
	}
	_, err := FindIncidents(context.Background(), slo.Objective{}, nil, IncidentRule{Share: -1})
	if !errors.Is(err, ErrOptions) || !errors.Is(err, slo.ErrObjective) {
		t.Errorf("got %v, want errors about the rule and the objective", err)
	}
}

// Incidents are in order, apart from each other, begin and end with an interval
// that spends too fast, and every window that spends the share overlaps one.
func TestFindIncidentsLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t, 50)
		o := objective("90%", day)
		rule := IncidentRule{Share: float64(rapid.IntRange(1, 100).Draw(t, "share")) / 1e5, Within: time.Duration(rapid.IntRange(1, 30).Draw(t, "within")) * time.Second}
		incidents, err := FindIncidents(context.Background(), o, points, rule)
		if err != nil {
			t.Fatal(err)
		}
		h, err := newHistory(context.Background(), points)
		if err != nil {
			t.Fatal(err)
		}
		allowed, _ := h.allowance(o.Budget(), day)
		for i, incident := range incidents {
			if !incident.End.After(incident.Start) || i > 0 && !incident.Start.After(incidents[i-1].End) {
				t.Fatalf("got %+v", incidents)
			}
		}
		for _, p := range points {
			c := slo.Sum(points, p.Time.Add(-rule.Within), p.Time)
			if c.Bad < rule.Share*allowed*1.0000001 || c.Bad <= 0.1*c.Total {
				continue
			}
			found := false
			for _, incident := range incidents {
				found = found || incident.Start.Before(p.Time) && incident.End.After(p.Time.Add(-rule.Within))
			}
			if !found {
				t.Fatalf("%v bad within %v of %v are in no incident of %+v", c.Bad, rule.Within, p.Time, incidents)
			}
		}
	})
}
