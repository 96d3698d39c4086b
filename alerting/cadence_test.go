package alerting

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestShortestWindow(t *testing.T) {
	for _, tt := range []struct{ scrape, evaluation, want time.Duration }{
		{15 * time.Second, 15 * time.Second, time.Minute},
		{15 * time.Second, time.Minute, 2 * time.Minute},
		{time.Minute, time.Minute, 4 * time.Minute},
		{0, 0, 0},
		{-time.Second, -time.Second, 0},
	} {
		if got := ShortestWindow(tt.scrape, tt.evaluation); got != tt.want {
			t.Errorf("ShortestWindow(%v, %v) = %v, want %v", tt.scrape, tt.evaluation, got, tt.want)
		}
	}
}

func TestCheckCadence(t *testing.T) {
	for _, tt := range []struct {
		name               string
		policy             Policy
		scrape, evaluation time.Duration
		want               []string
	}{
		{"workbook at a minute", Workbook(), time.Minute, time.Minute, nil},
		{"exactly four scrapes", Workbook(), 75 * time.Second, time.Minute, nil},
		{"workbook at two minutes", Workbook(), 2 * time.Minute, time.Minute, []string{
			`workbook: "page 1h/5m": a window of 5m holds fewer than 4 scrapes every 2m or 2 evaluations every 1m; use a window of at least 8m, or scrape and evaluate more often`,
		}},
		{"single window once", SLOGenerator(), 20 * time.Minute, time.Minute, []string{
			`slo-generator: "page 1h/1h": a window of 1h holds fewer than 4 scrapes every 20m or 2 evaluations every 1m; use a window of at least 1h20m, or scrape and evaluate more often`,
		}},
		{"hold", Pyrra(7 * day), 15 * time.Second, 2 * time.Minute, []string{
			`pyrra: "page 15m/1m": a window of 1m holds fewer than 4 scrapes every 15s or 2 evaluations every 2m; use a window of at least 4m, or scrape and evaluate more often`,
			`info: pyrra: "page 15m/1m": a hold of 1m ends only at the next evaluation, after 2m; leave the hold out`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range tt.policy.CheckCadence(tt.scrape, tt.evaluation) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
