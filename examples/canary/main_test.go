package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	for _, c := range []struct{ name, args, file string }{
		{"same", "-config testdata/config.json", "same.json"},
		{"worse", "", "worse.json"},
		{"stream", "-stream -config testdata/config.json", "worse.jsonl"},
		{"fixed", "-config testdata/fixed.json", "same.json"},
	} {
		in, err := os.ReadFile("testdata/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(c.args), bytes.NewReader(in), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
			t.Fatalf("%s: exit status %d: %s", c.name, code, stderr.String())
		}
		file := "testdata/" + c.name + ".golden"
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
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// judged is the last verdict on the input.
func judged(t *testing.T, args, in string) output {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(strings.Fields(args), strings.NewReader(in), &stdout, &stderr); code != 0 {
		t.Fatalf("canary %s < %.200s: exit status %d: %s", args, in, code, stderr.String())
	}
	text := strings.TrimSpace(stdout.String())
	if strings.Contains(args, "-stream") {
		text = text[strings.LastIndex(text, "\n")+1:]
	}
	var out output
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The same looks give the same verdict line by line and at once, whatever their
// order; a rollback stays one.
func TestStreamAndOnce(t *testing.T) {
	for _, bad := range []int{0, 1, 9} {
		var lines, baseline, canary []string
		for i := 30; i > 0; i-- {
			b := (i + bad) % 2
			if i <= 3 {
				b = bad
			}
			lines = append([]string{fmt.Sprintf(`{"t":%d,"metrics":[{"name":"errors","kind":"counts","direction":"increase","baseline":{"bad":5,"total":5400},"canary":{"bad":%d,"total":600}}]}`, 60*i, b)}, lines...)
			baseline = append(baseline, fmt.Sprintf(`{"t":%d,"bad":5,"total":5400}`, 60*i))
			canary = append(canary, fmt.Sprintf(`{"t":%d,"bad":%d,"total":600}`, 60*i, b))
		}
		stream := judged(t, "-stream", strings.Join(lines, "\n"))
		once := judged(t, "", `{"metrics":[{"name":"errors","kind":"counts","direction":"increase","baseline":[`+strings.Join(baseline, ",")+`],"canary":[`+strings.Join(canary, ",")+`]}]}`)
		if d := cmp.Diff(stream, once); d != "" {
			t.Errorf("%d bad (-stream +once):\n%s", bad, d)
		}
		if got, want := once.Verdict.String() == "rollback", bad == 9; got != want {
			t.Errorf("%d bad: %v", bad, once.Verdict)
		}
	}
}

func TestVerdicts(t *testing.T) {
	const errors = `{"metrics":[{"name":"e","kind":"counts","baseline":%s,"canary":%s}]}`
	const samples = `{"metrics":[{"name":"l","kind":"samples","baseline":%s,"canary":%s}]}`
	const histograms = `{"metrics":[{"name":"h","kind":"histogram","tolerance":3,"baseline":%s,"canary":%s}]}`
	slow := "[" + strings.TrimSuffix(strings.Repeat("2,2.1,1.9,", 7), ",") + "]"
	fast := "[" + strings.TrimSuffix(strings.Repeat("1,1.05,1.1,", 7), ",") + "]"
	for _, c := range []struct{ in, want string }{
		{fmt.Sprintf(errors, `[]`, `[]`), "inconclusive"},
		{fmt.Sprintf(errors, `null`, `[{"bad":1,"total":2}]`), "inconclusive"},
		{fmt.Sprintf(errors, `[{"bad":1,"total":2}]`, `[{"bad":1,"total":null}]`), "inconclusive"},
		{fmt.Sprintf(errors, `[{"bad":1,"total":900}]`, `[{"bad":90,"total":100}]`), "rollback"},
		{fmt.Sprintf(errors, `[{"bad":900,"total":90000}]`, `[{"bad":100,"total":10000}]`), "promote"},
		{fmt.Sprintf(errors, `[{"bad":1,"total":900}]`, `[{"bad":0,"total":100}]`), "continue"},
		{fmt.Sprintf(samples, `[]`, `[]`), "inconclusive"},
		{fmt.Sprintf(samples, `[null,null]`, `[null,1]`), "inconclusive"},
		{fmt.Sprintf(samples, `[1]`, `[1]`), "continue"},
		{fmt.Sprintf(samples, fast, slow), "rollback"},
		{fmt.Sprintf(samples, slow, fast), "promote"},
		{fmt.Sprintf(samples, fast, fast), "promote"},
		{fmt.Sprintf(samples, slow, `[1,1,1]`), "continue"},
		{fmt.Sprintf(samples, fast, slow[:len(slow)-1]+",2,2,2,2]"), "rollback"},
		{fmt.Sprintf(histograms, `{"le":[1,2,null],"counts":[0,0,0]}`, `{"le":[1,2,null],"counts":[5,5,5]}`), "inconclusive"},
		{fmt.Sprintf(histograms, `{"le":[1,2,4,8],"counts":[900,90,0,10]}`, `{"le":[1,2,4,8],"counts":[0,0,0,900]}`), "rollback"},
		{fmt.Sprintf(histograms, `{"le":[1,2,4,8],"counts":[0,9000,0,0]}`, `{"le":[1,2,4,8],"counts":[0,900,0,0]}`), "promote"},
	} {
		if got := judged(t, "", c.in); got.Verdict.String() != c.want {
			t.Errorf("%s: %v (%s), want %s", c.in, got.Verdict, got.Text, c.want)
		}
	}
}

// Arms of different kinds end together.
func TestMixedLengths(t *testing.T) {
	out := judged(t, "", `{"metrics":[{"name":"e","kind":"counts","baseline":[{"t":5,"bad":1,"total":9},{"t":9,"bad":1,"total":9}],"canary":[{"t":5,"bad":1,"total":9},{"t":9,"bad":1,"total":9}]},
		{"name":"l","kind":"samples","baseline":[1,1,1],"canary":[1,1,1]},{"name":"h","kind":"histogram","baseline":{"le":[1],"counts":[5,5]},"canary":{"le":[1],"counts":[5,5]}}]}`)
	if out.Looks != 3 || out.Seconds != 9 || len(out.Metrics) != 3 || out.Metrics[1].N != 3 || out.Metrics[0].N != 18 || out.Metrics[2].N != 10 {
		t.Errorf("%+v", out)
	}
}

func TestExitStatus(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte(`{"mode":"guess"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args, in, stderr string
		code             int
	}{
		{"file.json", "", "usage: canary [-config FILE] [-stream] < FILE\n", 2},
		{"-nonsense", "", "flag provided but not defined: -nonsense\n", 2},
		{"-h", "", "Usage of canary:\n", 0},
		{"-config " + broken, "", broken + `: no comparison: mode: "guess": no such mode; write sequential or fixed` + "\n", 1},
		{"-stream -config testdata/fixed.json", "", "mode fixed: with -stream nobody knows which look is the last; write planned_looks, or mode sequential, which may look at any time\n", 1},
		{"-config " + filepath.Join(dir, "none"), "", "open " + filepath.Join(dir, "none") + ": ", 1},
		{"", "", "standard input: empty; write one JSON object\n", 1},
		{"", "{}", `standard input: no metrics; write {"metrics":[…]}` + "\n", 1},
		{"", `{"metrics":[{"name":"e","weight":0,"baseline":[],"canary":[]}]}`, "standard input: no comparison: metrics: 1 metrics: none of them decides; add one that is not advisory\n", 1},
		{"", `{"metrics":[{"name":"e","critcal":true}]}`, `standard input: metrics[0]: "e": unknown key "critcal"` + "\n", 1},
		{"", `{"metrics":[]} 7`, "standard input: line 1, column 17: something stands after the first value\n", 1},
		{"", `{"metrics":[{"name":"e","kind":"counts","baseline":[{"bad":9,"total":1}],"canary":[{"bad":-1,"total":1}]}]}`,
			`standard input: look 0: no comparison: metrics["e"].canary: -1 of 1: a count is negative; give increases of counters, with resets taken out` + "\n", 1},
		{"", `{"metrics":[{"name":"e","baseline":[{"t":1,"bad":0,"total":1},{"t":1,"bad":0,"total":1}],"canary":[]},{"name":"l","kind":"samples","baseline":["x"],"canary":{}}]}`,
			`standard input: metrics[0] "e": baseline[1]: a second row for t = 1; add up what belongs together
metrics[1] "l": baseline: [0]: "x" is no number below 1.8e308; write null for what was not measured
canary: object where a list is expected
`, 1},
		{"", "{\n \"metrics\": [NaN]}", "standard input: line 2, column 14: no JSON: invalid character 'N' looking for beginning of value\n", 1},
		{"", `{"metrics":[`, "standard input: line 1, column 13: the JSON ends too early\n", 1},
		{"", `{"metrics":5}`, "standard input: line 1, column 12: metrics: number where a list is expected\n", 1},
		{"", `{"metrics":[5]}`, "standard input: metrics[0]: \"\": number where an object is expected\n", 1},
		{"", `{"metrics":[{"name":"e","kind":"count"}]}`, `standard input: metrics[0]: "e": no comparison: kind: "count": no such kind; write counts, samples or histogram` + "\n", 1},
		{"", `{"metrics":[{"name":"e","baseline":[{"bad":1,"total":2}],"canary":[{"bad":1,"total":2},{"bad":"1","total":1.5}]}]}`,
			`standard input: metrics[0] "e": canary[1]: "1": no count; write a whole number up to 2⁵³` + "\n", 1},
		{"", `{"metrics":[{"name":"e","baseline":[{"bad":1,"total":1e99}],"canary":[]}]}`, `standard input: metrics[0] "e": baseline[0]: 1e99: no count; write a whole number up to 2⁵³` + "\n", 1},
		{"", `{"metrics":[{"name":"e","kind":"samples","baseline":[1,1e999],"canary":[]}]}`,
			`standard input: metrics[0] "e": baseline: [1]: 1e999 is no number below 1.8e308; write null for what was not measured` + "\n", 1},
		{"", `{"metrics":[{"name":"e","baseline":[],"canary":[]},{"name":"e","baseline":[],"canary":[]}]}`, `standard input: no comparison: metrics[1].name: "e": empty, or twice; give each metric a name of its own` + "\n", 1},
		{"", `{"metrics":[{"name":"h","kind":"histogram","baseline":{"le":[null,1],"counts":[1,1]},"canary":{"le":[1],"counts":["1"]}}]}`,
			"standard input: metrics[0] \"h\": baseline: le[0]: null; only the last bound may be infinite\ncanary: counts: string where a number below 1.8e308 is expected\n", 1},
		{"-stream", `{"t":1,"metrics":[{"name":"e","baseline":{"bad":"x"}}]}`, `standard input:1: metrics[0] "e": baseline: "x": no count; write a whole number up to 2⁵³` + "\n", 1},
		{"-stream", `{"t":"now"}`, "standard input:1: line 1, column 10: t: string where a number below 1.8e308 is expected\n", 1},
		{"-stream", "", "standard input: no looks; write one JSON object a line\n", 1},
		{"-stream", `{"metrics":[]}`, "standard input:1: no t; write the seconds since the start\n", 1},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), strings.NewReader(c.in), &stdout, &stderr)
		if code != c.code || !strings.HasPrefix(stderr.String(), c.stderr) || stdout.Len() > 0 {
			t.Errorf("canary %s < %q: exit status %d, want %d; standard error:\n%swant:\n%s", c.args, c.in, code, c.code, stderr.String(), c.stderr)
		}
	}
}

// Every documented setting is read; numbers may be written with a fraction of zero.
func TestSettings(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(`{"mode":"sequential","alpha":0.01,"exposure":0.5}`), 0o644); err != nil {
		t.Fatal(err)
	}
	out := judged(t, "-config "+config, `{"metrics":[
		{"name":"e","kind":"counts","direction":"increase","critical":true,"weight":3,"group":"user","margin":0.1,"baseline":[{"t":60.0,"bad":5.0,"total":6e2}],"canary":[{"t":60,"bad":50,"total":600}]},
		{"name":"l","kind":"samples","direction":"either","critical":null,"weight":1,"group":"user","margin":0,"baseline":[1,null,2],"canary":[1,2.5,null]},
		{"name":"zero","weight":0,"baseline":[{"t":60,"bad":0,"total":10}],"canary":[{"t":60,"bad":10,"total":10}]}]}`)
	if out.Verdict.String() != "rollback" || out.Reason != "critical-harm" || out.Alpha != 0.01 || out.Score != 25 || len(out.Groups) != 1 || out.Groups[0].Weight != 4 || out.Metrics[0].N != 600 {
		t.Errorf("%+v", out)
	}
	if !strings.Contains(out.Text, "by more than 10 %") {
		t.Errorf("margin: %s", out.Text)
	}
}

// Without metrics there is nothing to promote.
func TestNoMetrics(t *testing.T) {
	for _, c := range []struct{ args, in string }{{"", `{"metrics":[]}`}, {"-stream", `{"t":1,"metrics":[]}` + "\n" + `{"t":2}`}} {
		if out := judged(t, c.args, c.in); out.Verdict.String() != "inconclusive" || out.Reason != "no-data" || out.Score != 0 || out.Metrics == nil {
			t.Errorf("%s < %s: %+v", c.args, c.in, out)
		}
	}
}

// A metric may appear in a later line: then all looks are judged with it, as they are
// at once. It must not change what an earlier line said, and takes no rollback back.
func TestLateMetric(t *testing.T) {
	row := func(t, bad int) string { return fmt.Sprintf(`{"t":%d,"bad":%d,"total":600}`, t, bad) }
	var lines, e, ebase, f []string
	for i := 1; i <= 40; i++ {
		line := fmt.Sprintf(`{"t":%d,"metrics":[`, i)
		if i > 2 {
			line += fmt.Sprintf(`{"name":"e","direction":"increase","weight":2,"baseline":{"bad":6,"total":600},"canary":{"bad":%d,"total":600}}`, 6+i%2)
			e, ebase = append(e, row(i, 6+i%2)), append(ebase, row(i, 6))
		}
		if i > 7 {
			line += `,{"name":"f","baseline":{"bad":6,"total":600},"canary":{"bad":6,"total":600}}`
			f = append(f, row(i, 6))
		}
		lines = append(lines, line+"]}")
	}
	join := func(s []string) string { return strings.Join(s, ",") }
	stream := judged(t, "-stream", strings.Join(lines, "\n"))
	once := judged(t, "", `{"metrics":[{"name":"e","weight":2,"baseline":[`+join(ebase)+`],"canary":[`+join(e)+`]},{"name":"f","baseline":[`+join(f)+`],"canary":[`+join(f)+`]}]}`)
	if stream.Verdict.String() != "promote" || once.Verdict != stream.Verdict || len(stream.Warnings) != 1 || stream.Warnings[0].Code != "late-metric" {
		t.Errorf("-stream: %+v\nonce: %+v", stream, once)
	}
	for i := range once.Metrics {
		if got, want := stream.Metrics[i], once.Metrics[i]; got.PValue != want.PValue || got.Statistic != want.Statistic || got.N != want.N {
			t.Errorf("-stream %+v\nonce %+v", got, want)
		}
	}
	bad := `{"t":1,"metrics":[{"name":"e","weight":2,"baseline":{"bad":6,"total":600},"canary":{"bad":90,"total":600}}]}` + "\n"
	after := judged(t, "-stream", bad+strings.Join(lines, "\n"))
	if after.Verdict.String() != "rollback" || len(after.Metrics) != 1 {
		t.Errorf("after a rollback: %+v", after)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"-stream"}, strings.NewReader(lines[2]+"\n"+`{"t":9,"metrics":[{"name":"e","kind":"samples","baseline":[1],"canary":[1]}]}`), &stdout, &stderr)
	if want := `standard input:2: metrics[0]: "e": other settings than before; give them once, or the same in each line` + "\n"; code != 1 || stderr.String() != want {
		t.Errorf("exit status %d, %s, want %s", code, stderr.String(), want)
	}
}

// A line may be long, and arms may be of different length.
func TestLongLine(t *testing.T) {
	values := "[" + strings.Repeat("1.25,", 2000000) + "1.25]"
	out := judged(t, "-stream", `{"t":1,"metrics":[{"name":"l","kind":"samples","baseline":`+values+`,"canary":[1]}]}`)
	if out.Verdict.String() != "continue" || out.Metrics[0].M != 2000001 || out.Metrics[0].N != 1 {
		t.Errorf("%+v", out)
	}
	out = judged(t, "", `{"metrics":[{"name":"e","baseline":[{"bad":1,"total":9},{"bad":1,"total":9},{"bad":1,"total":9}],"canary":[{"bad":1,"total":9}]}]}`)
	if out.Verdict.String() != "continue" || out.Metrics[0].N != 9 || len(out.Metrics[0].Warnings) != 1 || out.Metrics[0].Warnings[0].Code != "gap" {
		t.Errorf("%+v", out)
	}
}

// A bad line ends the stream after the verdicts before it.
func TestStreamStopsAtBadLine(t *testing.T) {
	const line = `{"t":60,"metrics":[{"name":"e","kind":"counts","baseline":{"bad":0,"total":9},"canary":{"bad":0,"total":9}}]}` + "\n"
	var stdout, stderr bytes.Buffer
	code := run([]string{"-stream"}, strings.NewReader(line+"\n"+line+`{"t":1,"metrics":[]}`), &stdout, &stderr)
	if code != 1 || strings.Count(stdout.String(), "\n") != 2 || !strings.HasPrefix(stderr.String(), "standard input:4: no comparison: t: 1: ") {
		t.Errorf("exit status %d, %s%s", code, stdout.String(), stderr.String())
	}
}

// Whatever is read gives a verdict or an error, never promote without data.
func FuzzInput(f *testing.F) {
	for _, name := range []string{"same.json", "worse.jsonl"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		if i := bytes.IndexByte(data, '\n'); name == "worse.jsonl" {
			data = data[:i]
		}
		f.Add(data)
	}
	f.Add([]byte(`{"metrics":[{"name":"l","kind":"samples","baseline":[1e308,-1,0],"canary":[null,1,2]}]}`))
	f.Add([]byte(`{"metrics":[{"name":"h","kind":"histogram","baseline":{"le":[-1,null],"counts":[1,2]},"canary":{"le":[-1],"counts":[1,2]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		for _, args := range [][]string{nil, {"-stream"}, {"-config", "testdata/fixed.json"}} {
			var stdout, stderr bytes.Buffer
			switch code := run(args, bytes.NewReader(data), &stdout, &stderr); {
			case code == 1 && stderr.Len() > 0, code == 0 && stderr.Len() == 0:
			default:
				t.Errorf("%v: exit status %d: %s", args, code, stderr.String())
			}
			d := json.NewDecoder(&stdout)
			for d.More() {
				var out output
				if err := d.Decode(&out); err != nil {
					t.Fatal(err)
				}
				total := 0.0
				for _, m := range out.Metrics {
					total += m.N
				}
				if out.Verdict.String() == "promote" && total == 0 || math.IsNaN(out.Score) {
					t.Errorf("%v: promoted without data", args)
				}
			}
		}
	})
}
