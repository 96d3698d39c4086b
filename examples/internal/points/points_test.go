package points

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/slo"
)

func TestRead(t *testing.T) {
	row := func(s string, bad, total float64) slo.Point {
		u, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return slo.Point{Time: u.UTC(), Counts: slo.Counts{Bad: bad, Total: total}}
	}
	for _, c := range []struct {
		name, in string
		want     []slo.Point
	}{
		{"both forms of time, unsorted", "timestamp,bad,total\n1769860860,0,7\n2026-01-31T12:00:00Z,1,10\n",
			[]slo.Point{row("2026-01-31T12:00:00Z", 1, 10), row("2026-01-31T12:01:00Z", 0, 7)}},
		{"zones and fractions", "timestamp,bad,total\n2026-01-31T13:00:00+01:00,0.5,1e3\n1769860800.25,0,1\n",
			[]slo.Point{row("2026-01-31T12:00:00Z", 0.5, 1000), row("2026-01-31T12:00:00.25Z", 0, 1)}},
		{"columns in another order, with others", "host,total,timestamp,bad\na,10,1769860800,1\n",
			[]slo.Point{row("2026-01-31T12:00:00Z", 1, 10)}},
		{"byte order mark, CRLF, spaces, quotes, blank lines", "\ufefftimestamp, bad ,\"total\"\r\n\r\n 1769860800 , 1 ,\" 10\"\r\n\r\n",
			[]slo.Point{row("2026-01-31T12:00:00Z", 1, 10)}},
		{"before 1970", "timestamp,bad,total\n-1.5,0,1\n-0.25,0,1\n", []slo.Point{row("1969-12-31T23:59:58.5Z", 0, 1), row("1969-12-31T23:59:59.75Z", 0, 1)}},
		{"no rows", "timestamp,bad,total", nil},
	} {
		got, err := Read(strings.NewReader(c.in), "in")
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, d)
		}
	}
}

func TestReadReportsEverything(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "a.csv: no header line; the first line must be timestamp,bad,total"},
		{"no header", "1769860800,0,1\n", `a.csv:1: no column "timestamp" in the header "1769860800,0,1"; the first line must be timestamp,bad,total
a.csv:1: no column "bad" in the header "1769860800,0,1"; the first line must be timestamp,bad,total
a.csv:1: no column "total" in the header "1769860800,0,1"; the first line must be timestamp,bad,total`},
		{"bad fields", "timestamp,bad,total\nyesterday,x,-1\n1769860800,NaN,Inf\n1769860860,0,1\n", `a.csv:2:1: timestamp "yesterday": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)
a.csv:2:11: bad "x": no number of events; write 0 or more, such as 1200
a.csv:2:13: total "-1": no number of events; write 0 or more, such as 1200
a.csv:3:12: bad "NaN": no number of events; write 0 or more, such as 1200
a.csv:3:16: total "Inf": no number of events; write 0 or more, such as 1200`},
		{"more bad than total", "timestamp,bad,total\n1769860800,2,1\n", "a.csv:2: not counts of events: 2 bad of 1 in total; is total perhaps the number of good events?"},
		{"short row", "timestamp,bad,total\n1769860800,2\n", "a.csv:2: no total: 2 fields where the header has more"},
		{"twice", "timestamp,bad,total\n1769860800,0,1\n2026-01-31T12:00:00Z,0,1\n", "a.csv:3: 2026-01-31T12:00:00Z stands in line 2 already; add the two rows up"},
		{"milliseconds", "timestamp,bad,total\n1769860800000,0,1\n", `a.csv:2:1: timestamp "1769860800000": not between the years 1678 and 2261; are these milliseconds?`},
		{"odd numbers", "timestamp,bad,total\n+1,,1\n.,0,1\n1.1234567891,0,1\n1.+5,0,1\n", `a.csv:2:1: timestamp "+1": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)
a.csv:2:4: bad "": no number of events; write 0 or more, such as 1200
a.csv:3:1: timestamp ".": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)
a.csv:4:1: timestamp "1.1234567891": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)
a.csv:5:1: timestamp "1.+5": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)`},
		{"broken quotes", "timestamp,bad,total\n17\"69,0,1\n1769860800,x,1\n", `a.csv:2:3: bare " in non-quoted-field
a.csv:3:12: bad "x": no number of events; write 0 or more, such as 1200`},
		{"broken header", "time\"stamp,bad,total\n1,2,3\n", `a.csv:1:5: bare " in non-quoted-field`},
	} {
		got, err := Read(strings.NewReader(c.in), "a.csv")
		if err == nil || got != nil {
			t.Errorf("%s: %v, no error", c.name, got)
			continue
		}
		if d := cmp.Diff(c.want, err.Error()); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		var e *Error
		if !errors.As(err, &e) || e.Name != "a.csv" {
			t.Errorf("%s: %T is no *Error", c.name, err)
		}
	}
	for _, sent := range []string{"", "ti", "timestamp,bad,total\n1769860800,0,1\n"} {
		broken := io.MultiReader(strings.NewReader(sent), iotest.ErrReader(errors.New("broken pipe")))
		if got, err := Read(broken, "pipe"); got != nil || err == nil || err.Error() != "pipe: broken pipe" {
			t.Errorf("a pipe that breaks after %q: %v, %v", sent, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("timestamp,bad,total\n1769860800,0,1\n2026-01-31T12:00:00Z,1,10\n")
	f.Add("timestamp,bad,total\n\"1,2\n,,\n")
	f.Add("\ufefftotal,bad,timestamp\r\n9e99,1,-5.5\r\n")
	f.Fuzz(func(t *testing.T, in string) {
		got, err := Read(strings.NewReader(in), "in")
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if got != nil || !strings.HasPrefix(line, "in:") && !strings.Contains(err.Error(), "in:") {
					t.Fatalf("%q: %v beside %v", in, got, err)
				}
			}
			return
		}
		for i, p := range got {
			if p.Validate() != nil || i > 0 && !p.Time.After(got[i-1].Time) {
				t.Fatalf("%q: %v", in, got)
			}
		}
	})
}
