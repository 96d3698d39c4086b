package wire

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSeconds(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		out  string
	}{
		{"0", 0, "0"},
		{"90", 90 * time.Second, "90"},
		{"0.1", 100 * time.Millisecond, "0.1"},
		{"-1.5", -1500 * time.Millisecond, "-1.5"},
		{"1e-9", 1, "0.000000001"},
		{"1.5e3", 1500 * time.Second, "1500"},
		{"9223372036.854775807", math.MaxInt64, "9223372036.854775807"},
		{"null", 0, "0"},
	} {
		var s Seconds
		if err := json.Unmarshal([]byte(c.text), &s); err != nil || time.Duration(s) != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.text, time.Duration(s), err, c.want)
		}
		if out, err := json.Marshal(s); err != nil || string(out) != c.out {
			t.Errorf("%s: written %s, %v, want %s", c.text, out, err, c.out)
		}
	}
	for _, text := range []string{`"90"`, "1e10", "-1e300", "true", `"5m"`} {
		var s Seconds
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s: got %v, want an error", text, time.Duration(s))
		}
	}
}

func TestSecondsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Seconds(rapid.Int64().Draw(t, "ns"))
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Seconds
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%s: got %d, %v, want %d", text, got, err, want)
		}
	})
}
