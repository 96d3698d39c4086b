package slo

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSecondsJSON(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0"},
		{time.Second, "1"},
		{100 * time.Millisecond, "0.1"},
		{-1500 * time.Millisecond, "-1.5"},
		{1, "0.000000001"},
		{100 * time.Second, "100"},
		{30 * 24 * time.Hour, "2592000"},
		{math.MaxInt64, "9223372036.854775807"},
		{math.MinInt64, "-9223372036.854775808"},
	} {
		out, err := json.Marshal(seconds(c.d))
		if err != nil || string(out) != c.want {
			t.Errorf("%v is written %s (%v), want %s", c.d, out, err, c.want)
		}
	}
	for _, c := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"1e3", 1000 * time.Second, true},
		{"2.5e-1", 250 * time.Millisecond, true},
		{"null", 7, true},
		{"1e10", 7, false},
		{`"1"`, 7, false},
		{"true", 7, false},
	} {
		s := seconds(7)
		if err := json.Unmarshal([]byte(c.in), &s); time.Duration(s) != c.want || (err == nil) != c.ok {
			t.Errorf("%s is read as %v, %v; want %v", c.in, time.Duration(s), err, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := seconds(rapid.Int64().Draw(t, "ns"))
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back seconds
		if err := json.Unmarshal(out, &back); err != nil || back != s {
			t.Fatalf("%d is written %s, read back as %d, %v", s, out, back, err)
		}
	})
}
