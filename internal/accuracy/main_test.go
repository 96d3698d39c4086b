package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// write makes files of series with a season of 24 in a folder.
func write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	values := func(id string, from, to int) string {
		fields := []string{id}
		for i := from; i < to; i++ {
			fields = append(fields, fmt.Sprintf("%.4f", 100+50*math.Sin(math.Pi*float64(i)/12)+float64(i*i%7)+float64(len(id))))
		}
		return strings.Join(fields, ",")
	}
	var train, test, ops []string
	for _, id := range []string{"a", "bb", "ccc"} {
		train = append(train, values(id, 0, 200)+",,")
		test = append(test, values(id, 200, 248))
		ops = append(ops, values(id+",X,2026-03-02 12:00:00", 0, 300))
	}
	for name, text := range map[string]string{
		"m4_hourly_train_odd.csv": "id,values...\n" + strings.Join(train, "\n"),
		"m4_hourly_test_odd.csv":  "id,values...\n" + strings.Join(test, "\n") + "\n",
		"ops_hourly.csv":          strings.Join(ops, "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var milliseconds = regexp.MustCompile(`\| [0-9.]+ \|\n`)

func TestTables(t *testing.T) {
	dir := write(t)
	var texts [2]string
	for i, workers := range []string{"1", "4"} {
		var out strings.Builder
		if err := run(context.Background(), []string{"-data", dir, "-method", "naive2, predict_linear 6h", "-workers", workers, "-series"}, &out); err != nil {
			t.Fatal(err)
		}
		texts[i] = milliseconds.ReplaceAllString(out.String(), "| ms |\n")
	}
	if texts[0] != texts[1] {
		t.Errorf("the output depends on the number of workers:\n%s\n%s", texts[0], texts[1])
	}
	for _, want := range []string{
		"## m4-hourly, odd numbers: 2 forecasts of 48 steps, season 24\n", "## m4-hourly, even numbers: 1 forecasts", "## m4-hourly, all numbers: 3 forecasts",
		"## ops-hourly, odd numbers: 6 forecasts of 24 steps", "## ops-hourly, all numbers: 9 forecasts",
		"| seasonal naive | ", "| naive2 | ", "| 1.000 | ", " | – | – | – | – | – | 0 | ms |\n", "ops-hourly\tnaive2\t3\tccc\t1\t",
	} {
		if !strings.Contains(texts[0], want) {
			t.Errorf("%q is not in\n%s", want, texts[0])
		}
	}
}

// TestSeasonalNaiveByHand: the series of the test is 2 values of a season of two
// hours in a set of its own, and the row is computed by hand.
func TestSeasonalNaiveByHand(t *testing.T) {
	s := set{name: "hand", file: "hand", step: 3600e9, horizon: 2, period: 2, origins: 1, started: true}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hand.csv"), []byte("x,X,2026-03-02,1,5,2,6,3,9\n\ny,X,2026-03-02,1,5,2,6,,6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	examples, err := s.read(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := s.measure(context.Background(), &out, examples, methods(s)[:1], []string{"odd", "even"}, 1, false); err != nil {
		t.Fatal(err)
	}
	// x: forecasts 2 and 6 of 3 and 9, scale 1, σ = 1: sMAPE 100·(2/5 + 2·3/15),
	// MASE (1 + 3)/2; the interval ±1.96 holds 3 but not 9: MSIS
	// 3.92 + 40·(3 − 1.96)/2 = 24.72. y: 6 of 6, and a gap.
	for _, want := range []string{"| seasonal naive | 40.000 | 2.000 | 2.000 | ", " | 0.500 | 24.72 | 24.72 | 24.72 | 0.000 | 0 |", "| seasonal naive | 0.000 | 0.000 | 0.000 | "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

func TestRefusals(t *testing.T) {
	dir := write(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no folder of series; write -data DIR"},
		{[]string{"-data", dir, "-half", "third"}, `-half "third"; write odd, even or all`},
		{[]string{"-data", dir, "-set", "m3"}, `-set "m3"; write some of [m4-hourly m4-weekly ops-hourly ops-5min ops-daily]`},
		{[]string{"-data", dir, "-method", "magic"}, `-method "magic"; write some of [`},
		{[]string{"-data", dir, "-set", "m4-weekly"}, "holds no files of [m4-weekly]"},
	} {
		err := run(context.Background(), c.args, &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.args, err, c.want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "ops_hourly.csv"), []byte("x,X,2026-03-02,1,2,three\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), []string{"-data", dir, "-set", "ops-hourly"}, &strings.Builder{}); err == nil || !strings.HasPrefix(err.Error(), "ops_hourly.csv:1: value 3: ") {
		t.Errorf("got %v, want the file, the line and the value", err)
	}
}
