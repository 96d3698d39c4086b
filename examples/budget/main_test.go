package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// month is 30 days of hours up to 2026-01-31, 1,000 events each, the bad ones
// as bad says for the hour's age (0 is the last).
func month(bad func(age int) float64) string {
	end := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	b.WriteString("timestamp,bad,total\n")
	for age := range 720 { // the newest first: rows may be unsorted
		fmt.Fprintf(&b, "%s,%v,1000\n", end.Add(-time.Duration(age)*time.Hour).Format(time.RFC3339), bad(age))
	}
	return b.String()
}

// Where no chance is left in the forecast: goldens of the whole output.
func TestGolden(t *testing.T) {
	for _, c := range []struct{ name, args, in string }{
		// 60 % spent 29 days ago, one bad event in the last day: nothing comes.
		{"burst", "-objective 99.9% -window 30d", month(func(age int) float64 {
			return map[int]float64{695: 432, 7: 1}[age]
		})},
		{"spent", "-objective 99.9%", month(func(age int) float64 { return map[int]float64{100: 800, 0: 14.4}[age] })},
		{"nodata", "-objective 99.9% -at 2027-01-01T00:00:00Z", month(func(int) float64 { return 1 })},
		// Two rows of five minutes: the history fills ten.
		{"short", "-objective 99% -window 1d -at 1769817600", "timestamp,bad,total\n1769817600,3,100\n1769817300,0,100\n"},
		// So far 5 are allowed, in the month 155 at this traffic: both are spent.
		{"calendar", "-objective 99.5% -window month -at 2026-01-02T00:00:00Z", "timestamp,bad,total\n2026-01-01T12:00:00Z,0,500\n2026-01-02T00:00:00Z,490,500\n2026-01-02T12:00:00Z,999,1000\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(strings.Fields(c.args), strings.NewReader(c.in), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
				t.Fatalf("exit status %d: %s", code, stderr.String())
			}
			file := "testdata/" + c.name + ".json"
			if *update {
				if err := os.WriteFile(file, stdout.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), stdout.String()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// The file of the README is the case burst.
func TestSampleFile(t *testing.T) {
	want := month(func(age int) float64 { return map[int]float64{695: 432, 7: 1}[age] })
	if *update {
		if err := os.WriteFile("testdata/burst.csv", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("testdata/burst.csv")
	if err != nil || string(got) != want {
		t.Errorf("testdata/burst.csv is another input (%v)", err)
	}
}

// 60 % spent in one hour 29 days ago, a burn of 2 since: what is left looks
// like 6 days, but the burst rolls off tomorrow. With the burn a day old, 14 of
// the 15 days that a burn of 2 takes remain.
func TestExhaustionWithRollOff(t *testing.T) {
	in := month(func(age int) float64 {
		switch {
		case age == 695:
			return 432
		case age < 24:
			return 2
		}
		return 0
	})
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-objective", "99.9%"}, strings.NewReader(in), &stdout, &stderr); code != 0 {
		t.Fatalf("exit status %d: %s", code, stderr.String())
	}
	var out output
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Exhaustion.Time == nil {
		t.Fatalf("never exhausted: %s", stdout.String())
	}
	days := out.Exhaustion.Time.Sub(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)).Hours() / 24
	if math.Abs(days-14) > 0.5 || *out.Exhaustion.Probability < 0.99 || *out.BurnRates.OneDay != 2 || *out.Consumed != 480./720 {
		t.Errorf("day %v with probability %v, burn %v, consumed %v; want 14, 1, 2 and 2/3", days, *out.Exhaustion.Probability, *out.BurnRates.OneDay, *out.Consumed)
	}
	again := new(bytes.Buffer)
	if run([]string{"-objective", "99.9%"}, strings.NewReader(in), again, &stderr); again.String() != stdout.String() {
		t.Error("the same input gives another output")
	}
}

func TestExitStatus(t *testing.T) {
	const usage = "usage: budget -objective 99.9% [-window 30d] [-at TIME] < FILE\n"
	for _, c := range []struct {
		args, in, stderr string
		code             int
	}{
		{"", "", usage, 2},
		{"-objective 99.9% file.csv", "", usage, 2},
		{"-objective much", "", "invalid value \"much\" for flag -objective: not a ratio: ", 2},
		{"-objective 99.9% -window soon", "", "invalid value \"soon\" for flag -window: not a window: ", 2},
		{"-objective 99.9% -at noon", "", "invalid value \"noon\" for flag -at: no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n", 2},
		{"-nonsense", "", "flag provided but not defined: -nonsense\n", 2},
		{"-h", "", "Usage of budget:\n", 0},
		{"-objective 99.9%", "", "standard input: no header line; the first line must be timestamp,bad,total\n", 1},
		{"-objective 99.9%", "timestamp,bad,total\n", "standard input: no rows, so no time to report on; write some or give -at\n", 1},
		// Everything at once: the objective and each field.
		{"-objective 100%", "timestamp,bad,total\nnoon,1,10\n1769860800,11,10\n",
			`not an objective "": target 100% leaves no error budget; write a ratio below 100%, such as 99.99%
standard input:2:1: timestamp "noon": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)
standard input:3: not counts of events: 11 bad of 10 in total; is total perhaps the number of good events?
`, 1},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), strings.NewReader(c.in), &stdout, &stderr)
		if code != c.code || !strings.HasPrefix(stderr.String(), c.stderr) || stdout.Len() > 0 {
			t.Errorf("budget %s < %q: exit status %d, want %d; standard error:\n%swant:\n%s", c.args, c.in, code, c.code, stderr.String(), c.stderr)
		}
		if c.code == 1 && stderr.String() != c.stderr {
			t.Errorf("budget %s < %q: standard error:\n%swant exactly:\n%s", c.args, c.in, stderr.String(), c.stderr)
		}
	}
}

// No row, but a time: the budget without data.
func TestNoRows(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(strings.Fields("-objective 99.9% -at 1769860800"), strings.NewReader("timestamp,bad,total\n"), &stdout, &stderr)
	var out output
	if err := json.Unmarshal(stdout.Bytes(), &out); code != 0 || err != nil || out.Ratio != nil || out.Consumed != nil || out.Remaining != nil ||
		out.Interval != [2]float64{0, 1} || out.BurnRates != (burnRates{}) || out.Exhaustion.Probability != nil {
		t.Errorf("exit status %d, %v: %s%s", code, err, stdout.String(), stderr.String())
	}
}
