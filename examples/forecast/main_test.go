package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var first = time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC) // the end of the first hour

// load is three weeks of hours with a day, growing by 1 a day, the newest first; every 50th
// row is missing.
func load() string {
	var b strings.Builder
	b.WriteString("timestamp,value\n")
	for i := 24*21 - 1; i >= 0; i-- {
		if i%50 == 49 {
			continue
		}
		v := 100 + float64(i)/24 + 20*math.Sin(2*math.Pi*float64(i%24)/24) + float64(i*7919%13-6)/3
		fmt.Fprintf(&b, "%s,%.2f\n", first.Add(time.Duration(i)*time.Hour).Format(time.RFC3339), v)
	}
	return b.String()
}

// disk is thirty days of free space: 1000, falling by 20 a day.
func disk() string {
	var b strings.Builder
	b.WriteString("timestamp,value\n")
	for i := range 30 {
		fmt.Fprintf(&b, "%d,%v\n", 1767571200+86400*i, 1000-20*i+i*5%3)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, c := range []struct{ name, args, in string }{
		{"naive", "-horizon 1d -season 1d -method seasonal-naive -capacity 140", load()},
		{"steps", "-horizon 3 -method seasonal-naive -level 0.8", disk()},
		{"peak", "-horizon 2d -peak 1d -method seasonal-naive", load()},
		{"short", "-horizon 2 -method seasonal-naive -step 1h", "timestamp,value\n1767571200,5\n"},
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

// The file of the README is the input of the case naive.
func TestSampleFile(t *testing.T) {
	if *update {
		if err := os.WriteFile("testdata/load.csv", []byte(load()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("testdata/load.csv")
	if err != nil || string(got) != load() {
		t.Errorf("testdata/load.csv is another input (%v)", err)
	}
}

func forecast(t *testing.T, args, in string) output {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(strings.Fields(args), strings.NewReader(in), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
		t.Fatalf("forecast %s: exit status %d: %s", args, code, stderr.String())
	}
	var out output
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	again := new(bytes.Buffer)
	if run(strings.Fields(args), strings.NewReader(in), again, &stderr); again.String() != stdout.String() {
		t.Errorf("forecast %s: the same input gives another output", args)
	}
	return out
}

// Every method goes on with the day where the rows end, sees the missing rows
// as gaps, and reaches 136, which the next day's peak exceeds, but not 1,000.
func TestMethods(t *testing.T) {
	for _, method := range []string{"default", "fast", "ets", "seasonal-naive"} {
		out := forecast(t, "-horizon 2d -season 1d -capacity 136 -method "+method, load())
		if out.StepSeconds != 3600 || len(out.Points) != 48 || !out.Points[0].Time.Equal(first.Add(21*day)) || !out.Points[47].Time.Equal(first.Add(23*day-time.Hour)) {
			t.Fatalf("%s: %d points of %v s, first %v", method, len(out.Points), out.StepSeconds, out.Points[0])
		}
		held := 0
		for i, p := range out.Points {
			want := 121 + float64(i)/24 + 20*math.Sin(2*math.Pi*float64(i%24)/24)
			if math.Abs(p.Mean-want) > 5 || !(p.Lower <= p.Mean && p.Mean <= p.Upper) {
				t.Errorf("%s: hour %d: %+v, want about %.1f", method, i, p, want)
			}
			if p.Lower <= want && want <= p.Upper {
				held++
			}
		}
		if held < 43 {
			t.Errorf("%s: %d of 48 intervals hold the value", method, held)
		}
		s := out.Saturation
		if s == nil || s.Probability < 0.9 || s.Median == nil || s.Earliest == nil || s.Median.Before(*s.Earliest) || s.Median.After(first.Add(21*day+8*time.Hour)) {
			t.Errorf("%s: saturation %+v", method, s)
		}
		if a := out.Accuracy; a == nil || !(a.SMAPE > 0 && a.SMAPE < 0.05) || !(a.MASE > 0 && a.MASE < 1.5) {
			t.Errorf("%s: accuracy %+v", method, a)
		}
		far := forecast(t, "-horizon 2d -season 1d -capacity 1000 -method "+method, load())
		if s := far.Saturation; s == nil || s.Probability != 0 && s.Probability > 1e-6 || s.Earliest != nil || s.Median != nil || s.Latest != nil {
			t.Errorf("%s: far limit %+v", method, s)
		}
	}
	if out := forecast(t, "-horizon 2d -method seasonal-naive", load()); out.Saturation != nil {
		t.Errorf("no capacity: saturation %+v", out.Saturation)
	}
}

// 422 free after 30 days, 20 less each: empty 21 days later, on 24 February.
func TestFloor(t *testing.T) {
	out := forecast(t, "-horizon 4w -season 1 -method ets -capacity 0 -floor", disk())
	want := time.Date(2026, 2, 24, 0, 0, 0, 0, time.UTC)
	if s := out.Saturation; s == nil || s.Median == nil || s.Median.Sub(want).Abs() > 3*day {
		t.Errorf("saturation %+v, want a median near %v", s, want)
	}
}

const day = 24 * time.Hour

func TestExitStatus(t *testing.T) {
	const wrong = usage + "\n"
	for _, c := range []struct {
		args, in, stderr string
		code             int
	}{
		{"", "", wrong, 2},
		{"-horizon 4w file.csv", "", wrong, 2},
		{"-horizon 4w -batch", "", wrong, 2},
		{"-horizon 4w -peak 1h -step 1h", "", wrong, 2},
		{"-horizon 4w -floor", "", wrong, 2},
		{"-horizon 99999w99999d2562047h", "", "invalid value \"99999w99999d2562047h\" for flag -horizon: no length of time; write one such as 4w, 1d or 36h, or a number of steps\n", 2},
		{"-horizon 1e300w", "", "invalid value \"1e300w\" for flag -horizon: no length of time; write one such as 4w, 1d or 36h, or a number of steps\n", 2},
		{"-horizon soon", "", "invalid value \"soon\" for flag -horizon: no length of time; write one such as 4w, 1d or 36h, or a number of steps\n", 2},
		{"-horizon 0", "", "invalid value \"0\" for flag -horizon: ", 2},
		{"-horizon -1d", "", "invalid value \"-1d\" for flag -horizon: ", 2},
		{"-horizon 1w -season 1x", "", "invalid value \"1x\" for flag -season: ", 2},
		{"-horizon 1w -level 95", "", "invalid value \"95\" for flag -level: not between 0 and 1; write 0.95 for 95 %\n", 2},
		{"-horizon 1w -level NaN", "", "invalid value \"NaN\" for flag -level: ", 2},
		{"-horizon 1w -capacity Inf", "", "invalid value \"Inf\" for flag -capacity: not a finite number\n", 2},
		{"-horizon 1w -method best", "", "invalid value \"best\" for flag -method: write default, fast, ets or seasonal-naive\n", 2},
		{"-h", "", "Usage of forecast:\n", 0},
		{"-horizon 1w", "", "standard input: no header line; the first line must be timestamp,value\n", 1},
		{"-horizon 1w", "time,x\n1,2\n", "standard input:1: no column \"timestamp\" in the header \"time,x\"; the first line must be timestamp,value\nstandard input:1: no column \"value\" in the header \"time,x\"; the first line must be timestamp,value\n", 1},
		{"-horizon 1w", "timestamp,value\nnoon,x\n1767571200\n1767571260,NaN\n1767571320,\"1\n", `standard input:2:1: timestamp "noon": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)
standard input:2:6: value "x": no finite number; write one such as 12.5, or nothing for a gap
standard input:3: 1 fields where the header has more
standard input:4:12: value "NaN": no finite number; write one such as 12.5, or nothing for a gap
standard input:5:15: extraneous or missing " in quoted-field
`, 1},
		{"-horizon 1w -season 90m", load(), "a season of 1h30m0s is no multiple of the step of 1h0m0s; write a multiple, or change the step with -step\n", 1},
		{"-horizon 9999w -step 1s", "timestamp,value\n1767571200,5\n", "1679832h0m0s are ", 1},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), strings.NewReader(c.in), &stdout, &stderr)
		if code != c.code || !strings.HasPrefix(stderr.String(), c.stderr) || stdout.Len() > 0 {
			t.Errorf("forecast %s: exit status %d, want %d; standard error:\n%swant:\n%s", c.args, code, c.code, stderr.String(), c.stderr)
		}
	}
}

// batchLines reads the output of a batch by id.
func batchLines(t *testing.T, text string) map[string]batchOutput {
	t.Helper()
	lines := map[string]batchOutput{}
	for l := range strings.Lines(text) {
		var o batchOutput
		d := json.NewDecoder(strings.NewReader(l))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		lines[o.ID] = o
	}
	return lines
}

func TestBatch(t *testing.T) {
	const series = 16
	var in strings.Builder
	for k := range series {
		fmt.Fprintf(&in, "s%d", k)
		for i := range 24 * 8 {
			if i%20 == 7 {
				in.WriteString(",")
				continue
			}
			fmt.Fprintf(&in, ",%.3f", float64(100*k)+10*math.Sin(2*math.Pi*float64(i%24)/24)+float64(i*31%7)/5)
		}
		in.WriteString("\n")
	}
	for _, args := range []string{"-batch -step 1h -horizon 48 -method seasonal-naive", "-batch -step 1h -horizon 2d -season 24 -method ets -level 0.9", "-batch -step 1h -horizon 48"} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(args), strings.NewReader(in.String()), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
			t.Fatalf("%s: exit status %d: %s", args, code, stderr.String())
		}
		lines := batchLines(t, stdout.String())
		if len(lines) != series {
			t.Fatalf("%s: %d lines, want %d", args, len(lines), series)
		}
		for k := range series {
			o := lines[fmt.Sprintf("s%d", k)]
			if len(o.Mean) != 48 || len(o.Lower) != 48 || len(o.Upper) != 48 || o.Model == "" {
				t.Fatalf("%s: %+v", args, o)
			}
			for i, m := range o.Mean {
				if want := float64(100*k) + 0.6 + 10*math.Sin(2*math.Pi*float64(i%24)/24); math.Abs(m-want) > 3 || o.Lower[i] > m || o.Upper[i] < m {
					t.Errorf("%s: s%d hour %d: %v in [%v, %v], want about %v", args, k, i, m, o.Lower[i], o.Upper[i], want)
				}
			}
			if top := slices.Max(o.Mean); o.PeakUpper < top || o.PeakUpper > top+15 {
				t.Errorf("%s: s%d: peak %v above a mean of %v at most", args, k, o.PeakUpper, top)
			}
		}
		var again bytes.Buffer
		run(strings.Fields(args), strings.NewReader(in.String()), &again, &stderr)
		if d := cmp.Diff(lines, batchLines(t, again.String())); d != "" {
			t.Errorf("%s: a second run differs:\n%s", args, d)
		}
	}
}

// The line of the peak stays at 97.5 % whatever the level.
func TestBatchPeakLevel(t *testing.T) {
	in := "a,1,3,2,5,4,3,6,2,5,3,1,4\n"
	var wide, narrow, stderr bytes.Buffer
	run(strings.Fields("-batch -step 1h -horizon 4 -season 1 -method ets"), strings.NewReader(in), &wide, &stderr)
	run(strings.Fields("-batch -step 1h -horizon 4 -season 1 -method ets -level 0.5"), strings.NewReader(in), &narrow, &stderr)
	w, n := batchLines(t, wide.String())["a"], batchLines(t, narrow.String())["a"]
	if stderr.Len() > 0 || w.PeakUpper != n.PeakUpper || w.Upper[0] <= n.Upper[0] {
		t.Errorf("95 %%: peak %v, upper %v; 50 %%: peak %v, upper %v; %s", w.PeakUpper, w.Upper, n.PeakUpper, n.Upper, stderr.String())
	}
}

// What is wrong is reported with its place, all of it; the other lines are forecast.
func TestBatchErrors(t *testing.T) {
	in := "id,values\ngood,1,2,3,4,5,6,7,8\n\nbad,1,x,3,NaN\n,1,2\nempty\ngaps,,,\n\"quo\"te,1\nfine,2,,2,2,2,3\n"
	want := `standard input:4:7: bad: value 2 "x": no finite number; write one such as 12.5, or nothing for a gap
standard input:4:11: bad: value 4 "NaN": no finite number; write one such as 12.5, or nothing for a gap
standard input:5:1: no id; a line is id,value,value,…
standard input:6: empty: not a series to forecast: values: 0 steps: nothing was observed; give at least one value, better two seasons
standard input:7: gaps: not a series to forecast: values: 3 steps: nothing was observed; give at least one value, better two seasons
standard input:8:5: extraneous or missing " in quoted-field
`
	var stdout, stderr bytes.Buffer
	code := run(strings.Fields("-batch -step 1d -horizon 2 -method seasonal-naive"), strings.NewReader(in), &stdout, &stderr)
	lines := batchLines(t, stdout.String())
	if d := cmp.Diff(want, stderr.String()); code != 1 || d != "" || len(lines) != 2 || lines["good"].Mean == nil || lines["fine"].Mean == nil {
		t.Errorf("exit status %d, lines %v (-want +got):\n%s", code, lines, d)
	}
}

// A reader that was closed early is an error, not silence.
func TestBatchOutputFails(t *testing.T) {
	var stderr bytes.Buffer
	if code := run(strings.Fields("-batch -step 1d -horizon 2 -method seasonal-naive"), strings.NewReader("a,1,2\n"), full{}, &stderr); code != 1 || stderr.String() != "standard output: no room\n" {
		t.Errorf("exit status %d: %s", code, stderr.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, fmt.Errorf("no room") }

// A line without end is refused where it stands.
func TestBatchLongLine(t *testing.T) {
	in := io.MultiReader(strings.NewReader("a,1,2,3\n"), io.LimitReader(ones{}, longestLine+10))
	var stdout, stderr bytes.Buffer
	code := run(strings.Fields("-batch -step 1d -horizon 2 -method seasonal-naive"), in, &stdout, &stderr)
	if want := "standard input:2: longer than 64 MiB; the lines from here on were not read\n"; code != 1 || stderr.String() != want || len(batchLines(t, stdout.String())) != 1 {
		t.Errorf("exit status %d: %s", code, stderr.String())
	}
}

type ones struct{}

func (ones) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
}
