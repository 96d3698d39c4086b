package alerting

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// windows prints a policy's windows as the peers' documents do.
func windows(p Policy) []string {
	var all []string
	for _, pair := range p.Pairs {
		s := text(pair.Long) + "/" + text(pair.Short)
		if pair.For > 0 {
			s += "/" + text(pair.For)
		}
		all = append(all, s)
	}
	return all
}

func TestPresetWindows(t *testing.T) {
	for _, tt := range []struct {
		policy Policy
		want   []string
	}{
		{Workbook(), []string{"1h/5m", "6h/30m", "1d/2h", "3d/6h"}},
		{Sloth(), []string{"1h/5m", "6h/30m", "1d/2h", "3d/6h"}},
		{Pyrra(28 * day), []string{"1h/5m/2m", "6h/30m/15m", "1d/2h/1h", "4d/6h/3h"}},
		{Pyrra(30 * day), []string{"1h4m/5m/2m", "6h26m/32m/16m", "1d1h43m/2h9m/1h4m", "4d6h51m/6h26m/3h13m"}},
		{Pyrra(7 * day), []string{"15m/1m/1m", "1h30m/8m/4m", "6h/30m/15m", "1d/1h30m/45m"}},
		{Pyrra(14 * day), []string{"30m/3m/1m", "3h/15m/8m", "12h/1h/30m", "2d/3h/1h30m"}},
		{Pyrra(90 * day), []string{"3h13m/16m/6m", "19h17m/1h36m/48m", "3d5h9m/6h26m/3h13m", "12d20h34m/19h17m/9h39m"}},
		{Datadog(30 * day), []string{"1h/5m", "6h/30m", "1d/2h"}},
		{SLOLibsonnet(), []string{"1h/5m/2m", "6h/30m/15m", "1d/2h/1h", "3d/6h/3h"}},
		{SLOGenerator(), []string{"1h/1h", "12h/12h", "1w/1w", "4w/4w"}},
	} {
		if diff := cmp.Diff(tt.want, windows(tt.policy)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.policy.Name, diff)
		}
	}
}

func TestDatadogPeriods(t *testing.T) {
	for period, want := range map[time.Duration]string{
		day: "datadog-7d", 7 * day: "datadog-7d", 8 * day: "datadog-30d", 30 * day: "datadog-30d", 31 * day: "datadog-90d", 365 * day: "datadog-90d",
	} {
		if got := Datadog(period).Name; got != want {
			t.Errorf("Datadog(%v) is %s, want %s", period, got, want)
		}
	}
}

// At a period of one day Pyrra's rounding gives windows of 0 s, an alert that
// never fires; the policy is refused rather than passed on.
func TestPyrraOfADayIsRefused(t *testing.T) {
	err := Pyrra(day).Validate()
	want := `not an alert policy: pair 1 of policy "pyrra": windows 2m0s and 0s; both must be positive and the short one not longer`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPresetsBind(t *testing.T) {
	for period, want := range map[time.Duration]int{day: 6, 7 * day: 7, 28 * day: 7, 30 * day: 7, 90 * day: 7} {
		presets := Presets(period)
		if len(presets) != want {
			t.Errorf("%v: got %d presets, want %d", period, len(presets), want)
		}
		for _, p := range presets {
			if b := bind(t, p, objective("99.9%", period)); len(b.Reachable()) != len(p.Pairs) {
				t.Errorf("%s over %v: got %d reachable pairs of %d", p.Name, period, len(b.Reachable()), len(p.Pairs))
			}
		}
	}
}

// A preset is the caller's own: changing it changes no other.
func TestPresetsAreFresh(t *testing.T) {
	p := Workbook()
	p.Pairs[0].Long = time.Minute
	if got := Workbook().Pairs[0].Long; got != time.Hour {
		t.Errorf("got %v, want 1h0m0s", got)
	}
}
