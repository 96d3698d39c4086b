package alerting

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Options and results are written with durations in seconds and read back as they were.
func TestJSONRoundTrips(t *testing.T) {
	delays := Delays{Scrape: 15 * time.Second, Record: 1500 * time.Millisecond, Alert: time.Nanosecond, GroupWait: time.Hour}
	for _, tt := range []struct {
		value any
		want  string
	}{
		{delays, `{"scrape_seconds":15,"record_seconds":1.5,"alert_seconds":1e-9,"group_wait_seconds":3600}`},
		{Grid{Every: time.Minute, Offset: -time.Second}, `{"every_seconds":60,"offset_seconds":-1,"records_seconds":0,"lookback_seconds":0}`},
		{IncidentRule{Share: 0.02, Within: time.Hour}, `{"share":0.02,"within_seconds":3600}`},
		{DetectBound{0.5, time.Minute}, `{"error_ratio":0.5,"within_seconds":60}`},
		{Bounds{Severity: Ticket, Detect: []DetectBound{{1, time.Second}}, Reset: time.Minute}, `{"severity":"ticket","detect":[{"error_ratio":1,"within_seconds":1}],"budget_share":0,"reset_seconds":60,"false_alarms":0}`},
		{SynthesisOptions{Traffic: EvenTraffic(1), Pairs: 2}, `{"traffic":{"step_seconds":3600,"requests":[3600]},"healthy":0,"delays":{"scrape_seconds":0,"record_seconds":0,"alert_seconds":0,"group_wait_seconds":0},"pairs":2}`},
		{AnalyserOptions{ErrorRatios: []float64{1}, ColdStart: true, History: time.Minute}, ""},
		{PulseTrain{ErrorRatio: 1, Burst: time.Second, Period: time.Minute, Duty: 1. / 60}, ""},
		{Silence{Severity: Page, Exhaustion: 5 * day}, ""},
		{bind(t, Workbook(), objective("99.9%", 28*day)), ""},
	} {
		data, err := json.Marshal(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if tt.want != "" && string(data) != tt.want {
			t.Errorf("got  %s\nwant %s", data, tt.want)
		}
		back := reflect.New(reflect.TypeOf(tt.value))
		if err := json.Unmarshal(data, back.Interface()); err != nil {
			t.Fatalf("%T: %v", tt.value, err)
		}
		opts := []cmp.Option{ratios, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(PulseTrain{})}
		if diff := cmp.Diff(tt.value, back.Elem().Interface(), opts...); diff != "" {
			t.Errorf("%T (-want +got):\n%s", tt.value, diff)
		}
	}
}

// Bad JSON is an error that names the key.
func TestJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"detection_seconds":"1m"}`:           "detection_seconds: ",
		`{"reset_seconds":1e11}`:               "reset_seconds: 1e+11 seconds are more than a duration holds",
		`{"pairs":[{"detection_seconds":[]}]}`: "pairs: detection_seconds: ",
		`"x"`:                                  "",
	} {
		err := json.Unmarshal([]byte(text), new(Reaction))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that begins with %q", text, err, want)
		}
	}
	// Numbers that JSON cannot hold are an error too, never written.
	if _, err := json.Marshal(Silence{BurnRate: math.NaN()}); err == nil {
		t.Error("NaN was written")
	}
}

func TestSeconds(t *testing.T) {
	for x, want := range map[float64]time.Duration{0: 0, 51.839999999999996: 51840 * time.Millisecond, -1.5: -1500 * time.Millisecond,
		1e300: math.MaxInt64, -1e300: math.MinInt64, math.Inf(1): math.MaxInt64} {
		if got := seconds(x); got != want {
			t.Errorf("seconds(%v) = %v, want %v", x, got, want)
		}
	}
}
