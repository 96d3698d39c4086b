package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// week is 7 days of minutes from Monday, 2 March 2026, 100 requests each, in no
// order: a total outage of 10 minutes on Tuesday at 10:00, 20 % for an hour on
// Saturday at 03:00, and with tail an outage at the end.
func week(tail bool) string {
	const start, minutes = 1772409600, 7 * 24 * 60
	rows := make([]string, minutes)
	for i := range rows {
		bad := 0
		switch {
		case i >= 34*60 && i < 34*60+10, tail && i >= minutes-20:
			bad = 100
		case i >= 123*60 && i < 124*60:
			bad = 20
		}
		rows[i] = fmt.Sprintf("%d,%d,100", start+60*(i+1), bad)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(minutes, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return "timestamp,bad,total\n" + strings.Join(rows, "\n") + "\n"
}

func TestGolden(t *testing.T) {
	for _, tt := range []struct{ name, args, stdin string }{
		{"labelled", "-objective 99.9% -incidents testdata/incidents.csv", week(false)},
		{"derived", "-objective 99.9%", week(false)},
		{"ongoing", "-objective 99.9% -window 28d -incidents testdata/none.csv", week(true)},
		{"quiet", "-objective 90% -window 7d", week(false)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(strings.Fields(tt.args), strings.NewReader(tt.stdin), &stdout, &stderr); code != 0 {
				t.Fatalf("got exit status %d: %s", code, stderr.String())
			}
			name := "testdata/" + tt.name + ".json"
			if *update {
				if err := os.WriteFile(name, stdout.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), stdout.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExitStatus(t *testing.T) {
	const usage = "usage: backtest -objective 99.9% [-window 30d] [-incidents FILE] < FILE\n"
	for _, tt := range []struct {
		args, stdin string
		code        int
		stderr      string
	}{
		{"", "", 2, usage},
		{"-objective 99.9% more", "", 2, usage},
		{"-objective 99,9", "", 2, "invalid value \"99,9\" for flag -objective: "},
		{"-h", "", 0, "Usage of backtest:\n"},
		// All that is wrong is told at once, in the order policy, incidents, counts.
		{"-objective 100% -incidents testdata/bad.csv", "timestamp,bad,total\nyesterday,2,1\n1772409660,2,1\n", 1,
			"not an objective \"\": target 100% leaves no error budget; write a ratio below 100%, such as 99.99%\n" +
				"testdata/bad.csv:2: the incident ends at 2026-03-02T10:00:00Z, not after its start at 2026-03-02T11:00:00Z\n" +
				"testdata/bad.csv:3:22: end \"never\": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n" +
				"testdata/bad.csv:4: no end: 1 fields where the header has more\n" +
				"standard input:2:1: timestamp \"yesterday\": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n" +
				"standard input:3: not counts of events: 2 bad of 1 in total; is total perhaps the number of good events?\n"},
		{"-objective 99.9%", "timestamp,bad,total\n1772409660,0,1\n", 1,
			"standard input: not a history: 1 points; at least two are needed, as a point is the end of an interval\n"},
		{"-objective 99.9% -incidents testdata/missing.csv", "timestamp,bad,total\n", 1, "open testdata/missing.csv: no such file or directory\n"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(tt.args), strings.NewReader(tt.stdin), &stdout, &stderr); code != tt.code || !strings.HasPrefix(stderr.String(), tt.stderr) || stdout.Len() > 0 {
			t.Errorf("backtest %s: got status %d, stdout %q, stderr\n%swant %d\n%s", tt.args, code, stdout.String(), stderr.String(), tt.code, tt.stderr)
		}
	}
}

func TestParseIncidents(t *testing.T) {
	for _, tt := range []struct{ name, in, want, err string }{
		{"both forms of time", "start,end\n1772409600,2026-03-02T00:10:00Z\n", "2026-03-02T00:00:00Z 2026-03-02T00:10:00Z;", ""},
		{"other order and columns", "\ufeffname, end ,start\nx,1772409660,1772409600\n", "2026-03-02T00:00:00Z 2026-03-02T00:01:00Z;", ""},
		{"no rows", "start,end\n", "", ""},
		{"nothing", "", "", "in: no header line; the first line must be start,end"},
		{"no header", "1772409600,1772409660\n", "", "in:1: no column \"start\" in the header \"1772409600,1772409660\"; the first line must be start,end\n" +
			"in:1: no column \"end\" in the header \"1772409600,1772409660\"; the first line must be start,end"},
		{"no CSV", "start,end\n\"1\"2,3\n1772409600,1\n", "", "in:2:3: extraneous or missing \" in quoted-field\n" +
			"in:3: the incident ends at 1970-01-01T00:00:01Z, not after its start at 2026-03-02T00:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			incidents, err := parseIncidents(strings.NewReader(tt.in), "in")
			got := ""
			for _, i := range incidents {
				got += i.Start.Format("2006-01-02T15:04:05Z07:00") + " " + i.End.Format("2006-01-02T15:04:05Z07:00") + ";"
			}
			text := ""
			if err != nil {
				text = err.Error()
			}
			if text != tt.err || err == nil && (got != tt.want || incidents == nil) {
				t.Errorf("got %q, %q, want %q, %q", got, text, tt.want, tt.err)
			}
		})
	}
}

// Whatever the file holds, there are errors or incidents that end after they start.
func FuzzParseIncidents(f *testing.F) {
	for _, name := range []string{"testdata/incidents.csv", "testdata/bad.csv", "testdata/none.csv"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		incidents, err := parseIncidents(bytes.NewReader(data), "in")
		if err != nil {
			return
		}
		for _, i := range incidents {
			if !i.End.After(i.Start) {
				t.Fatalf("got %+v", i)
			}
		}
	})
}
