package ownership_test

import (
	"encoding"
	"fmt"
	"testing"
	"time"

	"github.com/srekit/ownership"
)

// The enumerations are written as the spec writes them, and read back.
func TestNamesRoundTrip(t *testing.T) {
	check := func(v fmt.Stringer, into encoding.TextUnmarshaler, back func() fmt.Stringer, want string) {
		t.Helper()
		text, err := v.(encoding.TextMarshaler).MarshalText()
		if err != nil || string(text) != want || v.String() != want {
			t.Errorf("got %q and %q, %v, want %q", text, v, err, want)
		}
		if err := into.UnmarshalText(text); err != nil || back() != v {
			t.Errorf("%q is read as %v, %v", text, back(), err)
		}
	}
	for k, want := range []string{"service", "platform", "concern"} {
		var got ownership.Kind = 9
		check(ownership.Kind(k), &got, func() fmt.Stringer { return got }, want)
	}
	for k, want := range []string{"", "0", "1", "2", "3"} {
		var got ownership.Tier = 9
		check(ownership.Tier(k), &got, func() fmt.Stringer { return got }, want)
	}
	for k, want := range []string{"", "saturation", "demand"} {
		var got ownership.MetricKind = 9
		check(ownership.MetricKind(k), &got, func() fmt.Stringer { return got }, want)
	}
	var kind ownership.Kind
	var tier ownership.Tier
	var metric ownership.MetricKind
	for _, u := range []encoding.TextUnmarshaler{&kind, &tier, &metric} {
		if err := u.UnmarshalText([]byte("galaxy")); err == nil {
			t.Errorf("%T read galaxy", u)
		}
	}
	for got, want := range map[string]string{
		ownership.Kind(7).String(): "Kind(7)", ownership.Tier(7).String(): "Tier(7)", ownership.MetricKind(7).String(): "MetricKind(7)",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPosition(t *testing.T) {
	svc, err := ownership.Read("service.yaml", bundledSpec(t))
	if err != nil {
		t.Fatal(err)
	}
	// A position counts characters; the column is that of the value.
	if line, column, ok := svc.Position("responsibilities[1].latency"); line != 7 || column != 16 || !ok {
		t.Errorf("got %d:%d, %v, want 7:16", line, column, ok)
	}
	if svc.Source() != "service.yaml" {
		t.Errorf("source %q", svc.Source())
	}
	if _, _, ok := svc.Position("responsibilities[9]"); ok {
		t.Error("position of what is not there")
	}
	if _, _, ok := (ownership.Service{}).Position("name"); ok {
		t.Error("position of a literal")
	}
}

// The place within a string counts from its first character, behind a quote,
// in characters and not in bytes.
func TestPositionWithinStrings(t *testing.T) {
	tests := []struct {
		value string
		want  string
	}{
		{`p95 < 100`, "x.yaml:4:41"},
		{`"p95 < 100"`, "x.yaml:4:42"},
		{`'p95 < 100'`, "x.yaml:4:42"},
		{`"p95 ≤ 100"`, "x.yaml:4:42"},
		{`"p95 \u003c 100"`, "x.yaml:4:32"}, // offsets do not translate: the value's beginning
	}
	for _, tt := range tests {
		_, err := ownership.Read("x.yaml", []byte("service:\n  name: a\n  owner_team: b\n  responsibilities: [{latency: "+tt.value+"}]\n"))
		if err == nil {
			t.Errorf("%s: no error", tt.value)
			continue
		}
		found := false
		for _, f := range err.(*ownership.SpecError).Findings {
			if f.Code == "value" {
				found = true
				if got := fmt.Sprintf("%s:%d:%d", f.Source, f.Line, f.Column); got != tt.want {
					t.Errorf("%s: got %s, want %s", tt.value, got, tt.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: %v", tt.value, err)
		}
	}
}

func TestRate(t *testing.T) {
	tests := []struct {
		rate   ownership.Rate
		second float64
		text   string
	}{
		{ownership.Rate{}, 0, ""},
		{ownership.Rate{Count: 200, Per: time.Second, Noun: "requests"}, 200, "200 requests/s"},
		{ownership.Rate{Count: 90, Per: time.Minute}, 1.5, "90/min"},
		{ownership.Rate{Count: 0.5, Per: time.Hour, Noun: "errors"}, 0.5 / 3600, "0.5 errors/h"},
	}
	for _, tt := range tests {
		if got := tt.rate.PerSecond(); got != tt.second {
			t.Errorf("%v: got %v a second, want %v", tt.rate, got, tt.second)
		}
		if got := tt.rate.String(); got != tt.text {
			t.Errorf("got %q, want %q", got, tt.text)
		}
	}
}

func TestMetricKindAndLimit(t *testing.T) {
	tests := []struct {
		metric ownership.Metric
		kind   ownership.MetricKind
		limit  float64
		ok     bool
	}{
		{ownership.Metric{Name: "cpu_utilization"}, ownership.Saturation, 1, true},
		{ownership.Metric{Name: "Disk Utilisation"}, ownership.Saturation, 1, true},
		{ownership.Metric{Name: "saturation", Capacity: 0.8}, ownership.Saturation, 0.8, true},
		{ownership.Metric{Name: "request_rate"}, ownership.Demand, 1, false},
		{ownership.Metric{Name: "api-requests", Capacity: 4000}, ownership.Demand, 4000, true},
		{ownership.Metric{Name: "crate"}, ownership.UnknownMetric, 1, false},
		{ownership.Metric{Name: "crate", Kind: ownership.Demand}, ownership.Demand, 1, false},
	}
	for _, tt := range tests {
		if got := tt.metric.KindOf(); got != tt.kind {
			t.Errorf("%q: got kind %v, want %v", tt.metric.Name, got, tt.kind)
		}
		if limit, ok := tt.metric.Limit(); ok != tt.ok || ok && limit != tt.limit {
			t.Errorf("%q: got limit %v, %v, want %v, %v", tt.metric.Name, limit, ok, tt.limit, tt.ok)
		}
	}
}
