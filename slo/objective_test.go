package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestObjectiveValidate(t *testing.T) {
	target := MustRatio("99.9%")
	slice := SliceRule{Length: time.Minute, Bound: MustRatio("1%")}
	for _, c := range []struct {
		o    Objective
		want string
	}{
		{Objective{Target: target}, ""},
		{Objective{Target: target, Window: MustWindow("month in Europe/Berlin")}, ""},
		{Objective{Target: target, Kind: Latency, Latency: LatencyBound{Threshold: time.Second}}, ""},
		{Objective{Target: target, Kind: TimeSlices, Slice: slice}, ""},
		{Objective{Target: target, Kind: RatioSlices, Slice: SliceRule{Length: time.Minute}}, ""},
		{Objective{Target: MustRatio("0.999999999999999999")}, ""},
		{Objective{Name: "a"}, `not an objective "a": no target; write a ratio below 100%, such as 99.9%`},
		{Objective{Target: MustRatio("100%")}, `not an objective "": target 100% leaves no error budget; write a ratio below 100%, such as 99.99%`},
		{Objective{Target: MustRatio("0")}, `not an objective "": target 0% promises nothing; write a ratio between 0% and 100%`},
		{Objective{Target: target, Window: Rolling(-1)}, `not an objective "": not a window: length -1ns is negative`},
		{Objective{Target: target, Kind: Latency}, `not an objective "": latency threshold 0s is not positive; write a duration such as 100ms`},
		{Objective{Target: target, Kind: 9}, `not an objective "": unknown kind 9`},
		{Objective{Target: target, Kind: RatioSlices}, `not an objective "": slice length 0s is not positive; write a duration such as 5m`},
		{Objective{Target: target, Kind: TimeSlices, Slice: SliceRule{Length: time.Minute, Bound: MustRatio("0")}},
			`not an objective "": no slice can hold less than 0% of bad events; make the bound inclusive or raise it`},
		{Objective{Target: target, Kind: TimeSlices, Slice: SliceRule{Length: time.Minute, Bound: MustRatio("0"), Inclusive: true}}, ""},
		{Objective{Target: target, Kind: TimeSlices, Window: Rolling(time.Hour), Slice: SliceRule{Length: 2 * time.Hour, Bound: MustRatio("1%"), Empty: 5}},
			"not an objective \"\": slice of 2h0m0s is longer than the window 1h\n" +
				"not an objective \"\": unknown policy 5 for an empty slice; use EmptyGood, EmptyExcluded or EmptyBad"},
		// Everything wrong at once.
		{Objective{Name: "b", Window: Rolling(-time.Hour), Kind: TimeSlices},
			"not an objective \"b\": no target; write a ratio below 100%, such as 99.9%\n" +
				"not an objective \"b\": not a window: length -1h0m0s is negative\n" +
				"not an objective \"b\": slices have no bound; write the ratio of bad events that a good slice may hold, such as 0.01%\n" +
				"not an objective \"b\": slice length 0s is not positive; write a duration such as 5m"},
	} {
		err := c.o.Validate()
		if d := cmp.Diff(c.want, text(err)); d != "" {
			t.Errorf("%+v (-want +got):\n%s", c.o, d)
		}
		if (err != nil) != errors.Is(err, ErrObjective) {
			t.Errorf("%+v: %v is no ErrObjective", c.o, err)
		}
	}
}

func TestObjectiveJSON(t *testing.T) {
	o := Objective{
		Service: "checkout", Name: "fast", Description: "answers in time", Kind: Latency, Target: MustRatio("99%"),
		Window:  MustWindow("month in Europe/Berlin"),
		Latency: LatencyBound{Threshold: 250 * time.Millisecond, Inclusive: true},
	}
	out, err := json.Marshal(o)
	want := `{"service":"checkout","name":"fast","description":"answers in time","kind":"latency","target":"0.99",` +
		`"window":"month in Europe/Berlin","latency":{"threshold_seconds":0.25,"inclusive":true}}`
	if err != nil || string(out) != want {
		t.Errorf("written %s, %v\nwant %s", out, err, want)
	}
	var back Objective
	if err := json.Unmarshal(out, &back); err != nil || !back.Window.Equal(o.Window) {
		t.Errorf("read back %+v, %v", back, err)
	}
	back.Window = o.Window
	if back != o {
		t.Errorf("read back %+v, want %+v", back, o)
	}
	small := Objective{Target: MustRatio("99.9%")}
	if out, err := json.Marshal(small); err != nil || string(out) != `{"kind":"events","target":"0.999"}` {
		t.Errorf("the smallest objective is written %s, %v", out, err)
	}
	sliced := Objective{Kind: RatioSlices, Target: MustRatio("95%"), Slice: SliceRule{Length: 5 * time.Minute, Empty: EmptyExcluded}}
	out, err = json.Marshal(sliced)
	back = Objective{}
	if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil || back != sliced {
		t.Errorf("%s read back %+v, %v", out, back, err)
	}
}

func TestKindText(t *testing.T) {
	for k, want := range map[Kind]string{Events: "events", Latency: "latency", TimeSlices: "time_slices", RatioSlices: "ratio_time_slices"} {
		var back Kind = 99
		if err := back.UnmarshalText([]byte(want)); err != nil || back != k || k.String() != want {
			t.Errorf("%q is kind %v (%v), written %q", want, back, err, k)
		}
	}
	var k Kind
	if err := k.UnmarshalText([]byte("uptime")); text(err) != `unknown kind "uptime" of objective; write events, latency, time_slices or ratio_time_slices` {
		t.Errorf("uptime: %v", err)
	}
	if got := fmt.Sprint(Kind(4), Kind(-1)); got != "Kind(4) Kind(-1)" {
		t.Errorf("unknown kinds are written %q", got)
	}
}

func TestObjectivePeriod(t *testing.T) {
	if got := (Objective{}).Period(); !got.Equal(Rolling(30 * 24 * time.Hour)) {
		t.Errorf("the default window is %v, want 30 days", got)
	}
	if got := (Objective{Window: Rolling(time.Hour)}).Period(); !got.Equal(Rolling(time.Hour)) {
		t.Errorf("a window of 1h is %v", got)
	}
}
