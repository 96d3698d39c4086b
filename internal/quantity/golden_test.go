package quantity

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// goldenCase is one line of testdata/human_strings.json.
type goldenCase struct {
	Kind  string         `json:"kind"`
	In    string         `json:"in"`
	OK    map[string]any `json:"ok"`
	Error string         `json:"error"`
}

func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/human_strings.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Count int
		Cases []goldenCase
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != file.Count || file.Count < 132 {
		t.Fatalf("got %d cases, want %d and at least 132", len(file.Cases), file.Count)
	}
	for _, c := range file.Cases {
		t.Run(c.Kind+"/"+c.In, func(t *testing.T) {
			got, err := golden(c.Kind, c.In)
			switch {
			case strings.Contains(c.Error, "(lint error, parse ok)"):
				o, err := ParseObjective(c.In)
				if err != nil || len(o.Warnings()) != 1 {
					t.Errorf("got %v, %v, want one warning", o.Warnings(), err)
				}
			case strings.Contains(c.Error, "error only on conversion"):
				d, err := ParseDuration(c.In)
				if _, ok := d.AsFixed(); err != nil || ok || d.Months != 3600 {
					t.Errorf("got %+v, fixed %v, %v, want 3600 months that are not fixed", d, ok, err)
				}
			case c.Error != "":
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("got %v, %v, want an error: %s", got, err, c.Error)
				}
				if e.Offset < 0 || e.Offset > len(c.In) || e.Expected == "" || e.Suggestion == "" || e.Input != c.In {
					t.Errorf("got incomplete error %+v", *e)
				}
				t.Log(err)
			case err != nil:
				t.Errorf("got error %v, want %v", err, c.OK)
			default:
				if diff := cmp.Diff(c.OK, got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

// golden parses in and renders the value as the golden file does.
func golden(kind, in string) (map[string]any, error) {
	m := map[string]any{}
	var err error
	switch kind {
	case "ratio":
		var f Fraction
		f, err = ParseRatio(in)
		m["value"] = quotient(f)
	case "duration":
		var d Duration
		d, err = ParseDuration(in)
		goldenDuration(m, d)
	case "objective":
		var o Objective
		o, err = ParseObjective(in)
		goldenSubject(m, o.Quantile, o.Aggregate, o.Metric)
		if o.Target.IsSet() {
			m["target"] = quotient(o.Target)
		}
		if o.For.IsSet() {
			m["for"] = quotient(o.For)
		}
		goldenComparison(m, o.Comparator, o.Threshold)
		if o.Window.IsSet() {
			w := map[string]any{"rolling": !o.Window.Calendar}
			goldenDuration(w, o.Window.Length)
			m["window"] = w
		}
	case "condition":
		var c Condition
		c, err = ParseCondition(in)
		goldenSubject(m, c.Quantile, c.Aggregate, c.Metric)
		goldenComparison(m, c.Comparator, c.Threshold)
		if c.Hold.IsSet() {
			h := map[string]any{}
			goldenDuration(h, c.Hold)
			m["hold"] = h
		}
		if !c.Quantile.IsSet() && c.Threshold.Kind != NumberThreshold {
			m["implicit_cmp"] = c.Implicit
		} else if c.Implicit {
			m["implicit_cmp"] = true
		}
	case "canary":
		var stages []Stage
		stages, err = ParseCanary(in)
		steps := []any{}
		for _, stage := range stages {
			step := map[string]any{"traffic": quotient(stage.Traffic)}
			if stage.Hold.IsSet() {
				step["hold_ns"] = float64(stage.Hold.Fixed)
			}
			steps = append(steps, step)
		}
		m["steps"] = steps
	case "schedule":
		var s Schedule
		s, err = ParseSchedule(in)
		goldenSchedule(m, s)
	default:
		err = fmt.Errorf("unknown kind %q", kind)
	}
	return m, err
}

func quotient(f Fraction) string { return fmt.Sprintf("%d/%d", f.Num, f.Den) }

func goldenDuration(m map[string]any, d Duration) {
	if d.Fixed != 0 {
		m["ns"] = float64(d.Fixed)
	}
	if d.Months != 0 {
		m["months"] = float64(d.Months)
	}
}

func goldenSubject(m map[string]any, quantile Fraction, aggregate, metric string) {
	if quantile.IsSet() {
		m["quantile"] = quotient(quantile)
	}
	if aggregate != "" {
		m["aggregate"] = aggregate
	}
	if metric != "" {
		m["metric"] = metric
	}
}

func goldenComparison(m map[string]any, c Comparator, t Threshold) {
	if c != "" {
		m["cmp"] = string(c)
	}
	switch t.Kind {
	case DurationThreshold:
		m["threshold"] = map[string]any{"ns": float64(t.Duration)}
	case RatioThreshold:
		m["threshold"] = map[string]any{"ratio": quotient(t.Value)}
	case NumberThreshold:
		m["threshold"] = map[string]any{"number": quotient(t.Value)}
	case RateThreshold:
		m["threshold"] = map[string]any{"rate": fmt.Sprintf("%d/%ds", t.Value.Num, t.Per/time.Second)}
	}
}

func goldenSchedule(m map[string]any, s Schedule) {
	short := func(d time.Weekday) string { return strings.ToUpper(d.String()[:2]) }
	for key, value := range map[string]string{"unit": s.Unit, "at": s.At, "tz": s.Zone, "from_": s.From, "to": s.To, "url": s.URL} {
		if value != "" {
			m[key] = value
		}
	}
	if s.Every != 0 {
		m["every"] = float64(s.Every)
	}
	if s.HasDay {
		m["weekday"] = short(s.Weekday)
	}
	if len(s.Days) > 0 {
		days := []any{}
		for _, d := range s.Days {
			days = append(days, short(d))
		}
		m["days"] = days
	}
	for key, value := range map[string]bool{"always": s.Always, "follow_the_sun": s.FollowTheSun, "overnight": s.Overnight()} {
		if value {
			m[key] = true
		}
	}
	if len(s.Warnings) > 0 {
		m["warn"] = strings.Join(s.Warnings, "; ")
	}
}
