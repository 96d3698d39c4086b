package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/srekit/ownership/slo"
)

func TestComparePolicies(t *testing.T) {
	o := objective("99.9%", 30*day)
	deaf := single(time.Hour, 5*time.Minute, time.Hour, 14.4)
	deaf.Name = "deaf"
	nervous := single(time.Minute, time.Minute, 0, 1)
	nervous.Name = "nervous"
	points := weekOfTrouble()
	for i := 100; i < len(points); i += 720 { // a single error now and then
		points[i].Bad++
	}
	c, err := Compare(context.Background(), Cases(o, []Policy{Workbook(), deaf, nervous, SLOLibsonnet()}), points, BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Name          string
		Pages, Missed int
		Delay         time.Duration
		Best          bool
	}
	var got []line
	for _, r := range c.Results {
		s := r.Report.pages()
		got = append(got, line{r.Name, s.Alerts, s.Incidents - s.Detected, s.Delay.Mean, r.Best})
	}
	want := []line{
		{"workbook", 2, 0, 3 * time.Minute, true},
		// The hold of an hour outlasts both.
		{"deaf", 0, 2, 0, false},
		{"nervous", 16, 0, time.Minute, true},
		// 1 and 5 minutes, and 2 minutes of hold. The slow pair's hold of 15 minutes
		// ends after the outage of Tuesday and the fast pair's alert: it pages again.
		{"slo-libsonnet", 3, 0, 5 * time.Minute, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The same history under another promise: the budget's share changes, the
// incidents to find do not.
func TestCompareObjectives(t *testing.T) {
	cases := []Case{
		{Name: "as is", Policy: Workbook(), Objective: objective("99.9%", 30*day)},
		{Name: "stricter", Policy: Workbook(), Objective: objective("99.99%", 30*day)},
		{Name: "weekly", Policy: Workbook(), Objective: objective("99.9%", 7*day)},
		{Name: "loose", Policy: Workbook(), Objective: objective("90%", 30*day)},
	}
	c, err := Compare(context.Background(), cases, weekOfTrouble(), BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		consumed float64
		met      bool
		detected int
	}{
		{22 / 43.2, true, 2},
		{22 / 4.32, false, 2},
		{22 / 10.08, false, 2},
		{22 / 4320., true, 0},
	} {
		r := c.Results[i]
		if !near(r.Report.Consumed, want.consumed, 1e-9) || r.Met != want.met || r.Report.Overall.Detected != want.detected || r.Report.Overall.Incidents != 2 {
			t.Errorf("%s: got consumed %v, met %v, %d of %d detected, want %v, %v, %d of 2",
				r.Name, r.Report.Consumed, r.Met, r.Report.Overall.Detected, r.Report.Overall.Incidents, want.consumed, want.met, want.detected)
		}
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Comparison
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back, ratios, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
}

func TestCompareErrors(t *testing.T) {
	_, err := Compare(context.Background(), nil, nil, BacktestOptions{Level: 7})
	want := "not usable options: level 7; it must be between 0 and 1\nnot usable options: no cases to compare"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Compare(context.Background(), []Case{{Policy: Policy{Name: "none"}, Objective: objective("99%", day)}, {Name: "b", Policy: Workbook()}}, nil, BacktestOptions{})
	want = "case 1 \"none\": not an alert policy: policy \"none\" has no pairs\n" +
		"case 2 \"b\": not an objective \"\": no target; write a ratio below 100%, such as 99.9%"
	if err == nil || err.Error() != want || !errors.Is(err, ErrPolicy) || !errors.Is(err, slo.ErrObjective) {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err = Compare(context.Background(), Cases(objective("99%", day), []Policy{Workbook()}), nil, BacktestOptions{}); !errors.Is(err, ErrHistory) {
		t.Errorf("got %v, want an error that wraps ErrHistory", err)
	}
}
