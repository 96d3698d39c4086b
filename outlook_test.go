package ownership_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/capacity"
)

// rising is a load of days that grows by a tenth of its size a day.
func rising(hours int) capacity.Series {
	s := capacity.Series{Start: time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC), Step: time.Hour, Values: make([]float64, hours)}
	for i := range s.Values {
		s.Values[i] = 0.2 + 0.0005*float64(i) + 0.03*math.Sin(2*math.Pi*float64(i)/24) + 0.004*math.Sin(float64(i*i))
	}
	return s
}

func TestOutlook(t *testing.T) {
	c := ownership.Capacity{
		Metrics: []ownership.Metric{{Name: "disk_utilization"}, {Name: "request_rate"}},
		Horizon: 20 * 24 * time.Hour, Season: []time.Duration{24 * time.Hour},
	}
	o, err := c.Outlook(context.Background(), "disk_utilization", rising(60*24), capacity.ETS{Period: 24})
	if err != nil {
		t.Fatal(err)
	}
	// 0.2 + 0.0005·(1440 + h) + 0.03 = 1 about h = 100 hours after the end.
	if !o.Limited || o.Saturation.Probability < 0.99 {
		t.Errorf("a line that crosses the limit: got %+v", o.Saturation)
	}
	if got := o.Saturation.Median.Sub(o.History.End()); got < 80*time.Hour || got > 120*time.Hour {
		t.Errorf("crossed after %v, want some 100 h", got)
	}
	if len(o.Evidence.Methods) == 0 || o.Evidence.Horizon != 240 {
		t.Errorf("evidence at %d steps, want a sixth of the history: %+v", o.Evidence.Horizon, o.Evidence.Methods)
	}
	for _, w := range o.Warnings {
		if w.Code == "horizon-beyond-history" {
			t.Errorf("480 of 1440 steps: got %v", w)
		}
	}
	text := o.String()
	for _, want := range []string{"disk_utilization: over 20d a peak of ", "limit 100%: reached within 20d with a probability of nearly 100% (every future drawn)", "as likely as not by 2026-11-", "MASE "} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	// Half the history is the border; the demand has no limit.
	for _, x := range []struct {
		hours int
		warns bool
	}{{960, false}, {959, true}} {
		o, err := c.Outlook(context.Background(), "request_rate", rising(x.hours), nil)
		if err != nil {
			t.Fatal(err)
		}
		warns := strings.Contains(o.String(), "horizon-beyond-history")
		if warns != x.warns || o.Limited || strings.Contains(o.String(), "limit") {
			t.Errorf("%d hours: warned %t, want %t\n%s", x.hours, warns, x.warns, o)
		}
	}
}

func TestOutlookErrors(t *testing.T) {
	c := ownership.Capacity{Metrics: []ownership.Metric{{Name: "a"}, {Name: "b"}}, Season: []time.Duration{90 * time.Minute}}
	for _, x := range []struct {
		metric  string
		history capacity.Series
		want    string
	}{
		{"c", rising(48), `no metric "c" in capacity_planning; it has a, b`},
		{"a", rising(48), `metric "a": the season of 1h30m is no whole number of steps of 1h; resample the history`},
		{"a", capacity.Series{}, `metric "a": `},
	} {
		if _, err := c.Outlook(context.Background(), x.metric, x.history, nil); err == nil || !strings.HasPrefix(err.Error(), x.want) {
			t.Errorf("%s: got %v, want %s", x.metric, err, x.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (ownership.Capacity{Metrics: c.Metrics}).Outlook(ctx, "a", rising(480), nil); err == nil {
		t.Error("a cancelled context: no error")
	}
}
