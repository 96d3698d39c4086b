package synth

import (
	"bytes"
	"testing"
	"time"
)

func TestCSV(t *testing.T) {
	var counts, values, outages bytes.Buffer
	at := monday.Add(90 * time.Second)
	if err := WriteCSV(&counts, []Count{{Time: at, Bad: 1, Total: 1e15}, {Time: at.Add(250 * time.Millisecond), Total: 12}}); err != nil {
		t.Fatal(err)
	}
	if err := WriteValuesCSV(&values, []Value{{Time: at, Value: 0.1}, {Time: at.In(time.FixedZone("", 3600)), Value: 1e22}}); err != nil {
		t.Fatal(err)
	}
	if err := WriteOutagesCSV(&outages, []Outage{{Start: monday, End: at}, {}, {Start: at, End: monday}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, got, want string }{
		{"counts", counts.String(), "timestamp,bad,total\n2026-01-05T00:01:30Z,1,1000000000000000\n2026-01-05T00:01:30.25Z,0,12\n"},
		{"values", values.String(), "timestamp,value\n2026-01-05T00:01:30Z,0.1\n2026-01-05T00:01:30Z,1e+22\n"},
		{"outages", outages.String(), "start,end\n2026-01-05T00:00:00Z,2026-01-05T00:01:30Z\n"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}
