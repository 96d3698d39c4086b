package quantity

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Values that no parser returns print without a panic.
func TestPrintLiterals(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Duration{}.String(), "0s"},
		{Duration{Months: -14, Fixed: -90 * time.Second}.String(), "-1y2mo-1m30s"},
		{Duration{Fixed: math.MinInt64}.String(), "-106751d23h47m16.854775808s"},
		{Window{}.String(), ""},
		{Window{Duration{0, time.Hour}, true}.String(), "over calendar 1h"},
		{Threshold{}.String(), ""},
		{Threshold{Kind: ThresholdKind(99)}.String(), ""},
		{Threshold{Kind: NumberThreshold, Value: Fraction{1, 3}}.String(), "1/3"},
		{Objective{}.String(), ""},
		{Condition{}.String(), ""},
		{Stage{}.String(), ""},
		{FormatCanary(nil), ""},
		{Schedule{}.String(), ""},
		{Schedule{Unit: "week", Every: 1, Weekday: 9, HasDay: true}.String(), "weekly on %!Weekday(9)"},
		{Schedule{Days: []time.Weekday{-1, 9}}.String(), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Every field of every type, once.
func TestFields(t *testing.T) {
	for _, c := range []struct {
		kind, in string
		want     any
	}{
		{"window", "per quarter", Window{Length: Duration{Months: 3}, Calendar: true}},
		{"window", "over 28 days", Window{Length: Duration{Fixed: 28 * 24 * time.Hour}}},
		{"threshold", "5 errors/min", Threshold{Kind: RateThreshold, Value: Fraction{5, 1}, Per: time.Minute, Noun: "errors"}},
		{"objective", "P99 Checkout  Latency <= 1.5s for 99% over 4w", Objective{
			Metric: "checkout latency", Quantile: Fraction{99, 100}, Comparator: LessEqual,
			Threshold: Threshold{Kind: DurationThreshold, Duration: 1500 * time.Millisecond},
			For:       Fraction{99, 100}, Window: Window{Length: Duration{Fixed: 28 * 24 * time.Hour}}}},
		{"objective", "> 99.9% per month", Objective{Target: Fraction{999, 1000}, Comparator: Greater, Window: Window{Duration{Months: 1}, true}}},
		{"condition", "mean Queue-Wait 200ms for 5m", Condition{
			Metric: "queue_wait", Aggregate: "mean", Comparator: Greater, Implicit: true,
			Threshold: Threshold{Kind: DurationThreshold, Duration: 200 * time.Millisecond}, Hold: Duration{Fixed: 5 * time.Minute}}},
		{"canary", "10% for 30m, 100%", []Stage{{Fraction{1, 10}, Duration{Fixed: 30 * time.Minute}}, {Fraction{1, 1}, Duration{}}}},
		{"schedule", "every 2 weeks on Tuesday at 10:00 Europe/Berlin", Schedule{
			Unit: "week", Every: 2, Weekday: time.Tuesday, HasDay: true, At: "10:00", Zone: "Europe/Berlin"}},
		{"schedule", "Fri-Sun 20:00-08:00 UTC", Schedule{
			Unit: "week", Every: 1, Days: []time.Weekday{time.Friday, time.Saturday, time.Sunday}, From: "20:00", To: "08:00", Zone: "UTC"}},
	} {
		got, _, err := parserOf(t, c.kind).parse(c.in)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s %q: error %v (-want +got)\n%s", c.kind, c.in, err, diff)
		}
	}
}

func TestAsFixed(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"4w", 672 * time.Hour, true},
		{"1ns", 1, true},
		{"1mo", 0, false},
		{"1mo 2d", 48 * time.Hour, false},
		{"300 years", 0, false},
	} {
		d, err := ParseDuration(c.in)
		if got, ok := d.AsFixed(); err != nil || got != c.want || ok != c.ok {
			t.Errorf("%q: got %v, %v, %v, want %v, %v", c.in, got, ok, err, c.want, c.ok)
		}
	}
	if got, ok := (Duration{}).AsFixed(); got != 0 || ok {
		t.Errorf("zero value: got %v, %v, want 0, false", got, ok)
	}
}

func TestOvernight(t *testing.T) {
	for in, want := range map[string]bool{
		"weekdays 20:00-08:00": true, "Mon 09:00-17:00": false, "Mon 16:00-24:00": false, "Mon 16:00-00:00": true, "Sat,Sun": false, "weekly at 09:00": false,
	} {
		if s, err := ParseSchedule(in); err != nil || s.Overnight() != want {
			t.Errorf("%q: got %v, %v, want %v", in, s.Overnight(), err, want)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"99.9%", nil},
		{"p95 < 100ms", nil},
		{"error rate <= 0.1%", nil},
		{"availability >= 99%", nil},
		{"throughput >= 200 rps", nil},
		{"p95 > 100ms", []string{"a latency objective with > promises slowness; write <"}},
		{"at least 100ms", []string{"a latency objective with >= promises slowness; write <"}},
		{"p99 error rate > 0.1%", []string{"an objective with > promises errors; write <"}},
		{"burn rate >= 1", []string{"an objective with >= promises errors; write <"}},
		{"availability < 99%", []string{"an objective with < promises failures; write >="}},
		{"100%", []string{"a target of 100% leaves no error budget; write less, such as 99.99%"}},
		{"0.1%", []string{"a target below 50% looks like a share of errors; write its complement, or an upper bound with <"}},
		{"error rate = 0.1%", []string{"a measured value is hardly ever equal to a threshold; write <= or >="}},
	} {
		o, err := ParseObjective(c.in)
		if got := o.Warnings(); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}

func TestScheduleWarnings(t *testing.T) {
	for in, want := range map[string][]string{
		"weekly":    nil,
		"1mo":       nil,
		"biweekly":  {"biweekly is ambiguous; read as every 2 weeks"},
		"Bimonthly": {"bimonthly is ambiguous; read as every 2 months"},
		"1M":        {monthWarning},
		"every M":   {monthWarning},
	} {
		if s, err := ParseSchedule(in); err != nil || !slices.Equal(s.Warnings, want) {
			t.Errorf("%q: got %q, %v, want %q", in, s.Warnings, err, want)
		}
	}
}

func TestAmbiguities(t *testing.T) {
	for in, want := range map[string]bool{
		"1M": true, "30 M": true, "99.9% over 1M": true, "0.1% for 5M": true, "1.5M rows": true,
		"5m": false, "5 MS": false, "P1M": false, "https://example.com/5M": false, "PT5M": false, "p95 < 1s over P1M": false, "5 Min": false, "M": false, "": false,
	} {
		if got := len(Ambiguities(in)) > 0; got != want {
			t.Errorf("%q: got %q, want a warning: %v", in, Ambiguities(in), want)
		}
	}
}
