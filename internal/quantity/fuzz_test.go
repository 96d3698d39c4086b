package quantity

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// A parser is one kind of string with everything that the laws need.
type parser struct {
	kind  string
	parse func(string) (value any, printed string, err error)
}

var parsers = []parser{
	{"ratio", func(s string) (any, string, error) { v, err := ParseRatio(s); return v, v.String(), err }},
	{"duration", func(s string) (any, string, error) { v, err := ParseDuration(s); return v, v.String(), err }},
	{"window", func(s string) (any, string, error) { v, err := ParseWindow(s); return v, v.String(), err }},
	{"threshold", func(s string) (any, string, error) { v, err := ParseThreshold(s); return v, v.String(), err }},
	{"objective", func(s string) (any, string, error) { v, err := ParseObjective(s); return v, v.String(), err }},
	{"condition", func(s string) (any, string, error) { v, err := ParseCondition(s); return v, v.String(), err }},
	{"canary", func(s string) (any, string, error) { v, err := ParseCanary(s); return v, FormatCanary(v), err }},
	{"schedule", func(s string) (any, string, error) {
		v, err := ParseSchedule(s)
		v.Warnings = nil // the canonical form has nothing to warn of
		return v, v.String(), err
	}},
}

// checkLaws parses in and reports what breaks the promises of the package: an
// error is an *Error that points into the input; a value is sane, prints, and
// the print is read back as the same value and prints the same.
func checkLaws(p parser, in string) error {
	value, printed, err := p.parse(in)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return fmt.Errorf("error of type %T", err)
		}
		if e.Offset < 0 || e.Offset > len(in) || e.Input != in || e.Expected == "" || e.Suggestion == "" {
			return fmt.Errorf("incomplete error %+v", *e)
		}
		if len(in) <= maxInput && utf8.ValidString(in) && !utf8.ValidString(in[e.Offset:]) {
			return fmt.Errorf("offset %d within a character", e.Offset)
		}
		if utf8.ValidString(in) && !utf8.ValidString(err.Error()) {
			return fmt.Errorf("message %q is not UTF-8", err)
		}
		return nil
	}
	if err := sane(value); err != nil {
		return err
	}
	again, fixed, err := p.parse(printed)
	if err != nil {
		return fmt.Errorf("prints as %q, which fails: %w", printed, err)
	}
	if diff := cmp.Diff(value, again); diff != "" {
		return fmt.Errorf("prints as %q, which is another value (-want +got)\n%s", printed, diff)
	}
	if fixed != printed {
		return fmt.Errorf("prints as %q, which prints as %q", printed, fixed)
	}
	return nil
}

// sane checks the ranges that the types promise.
func sane(value any) error {
	switch v := value.(type) {
	case Fraction:
		if !v.IsSet() || v.Num > v.Den || v != v.reduced() || math.IsNaN(v.Float64()) {
			return fmt.Errorf("ratio %d/%d is not in [0,1] in lowest terms", v.Num, v.Den)
		}
	case Duration:
		if !v.IsSet() || v.Months < 0 || v.Fixed < 0 {
			return fmt.Errorf("duration %+v is not above zero", v)
		}
	case Window:
		return sane(v.Length)
	case Threshold:
		if v.Kind == NoThreshold || v.Kind != DurationThreshold && !v.Value.IsSet() || v.Kind == DurationThreshold && v.Duration <= 0 || v.Kind == RateThreshold && v.Per <= 0 {
			return fmt.Errorf("threshold %+v is not sane", v)
		}
	case Objective:
		if (v.Target.IsSet()) == (v.Threshold.Kind != NoThreshold) {
			return fmt.Errorf("objective %+v has no promise or two", v)
		}
		_ = v.Warnings()
	case Condition:
		if v.Comparator == "" || v.Hold.Months != 0 || v.Hold.Fixed < 0 {
			return fmt.Errorf("condition %+v is not sane", v)
		}
		return sane(v.Threshold)
	case []Stage:
		if len(v) == 0 {
			return errors.New("no stages")
		}
		for _, stage := range v {
			if err := sane(stage.Traffic); err != nil || stage.Traffic.Num == 0 || stage.Hold.Months != 0 {
				return fmt.Errorf("stage %+v is not sane", stage)
			}
		}
	case Schedule:
		if v.URL == "" && !v.Always && !v.FollowTheSun && v.Every <= 0 {
			return fmt.Errorf("schedule %+v is empty", v)
		}
		_ = v.Overnight()
	}
	return nil
}

// seeds are strings of every kind, right and wrong, besides the golden ones.
var seeds = []string{
	"99,99 ％", "1 in 1000", "100 ppm", "3 nines", "four nines", "9223372036854775807/9223372036854775807", "0.000000000000000001",
	"1/3 for 10m, 2/3", "P1Y2M10DT2H30M", "PT1.5S", "292y", "106751d", "1e9s", "1.000.000", "1,000 ms", "30-day", "30M", "1h30M",
	"p99 < 0.01% for 99% over 30d", "latency: p95 <= 1.5s per quarter", "95% of requests within 100ms over 4w", "< 100ms for 1/3 of requests",
	"availability >= 99.9% over a calendar month", "burn rate > 14.4x for 1h", "5xx rate > 1% (10m)", "100 req/s", "5 errors per 5 minutes",
	"10% then 50%, 15m each", "10% → 100%", "every 2 weeks on Tuesday at 10:00 Europe/Berlin", "Mon–Fri 9am–5pm", "Fri to Mon",
	"https://example.com/rota?a=b#c", "daily 20:00-24:00 UTC", "every other Friday at 2:30pm", "weekly at 09:00 europe/berlin",
	"\xff", "\u00a0", "٣٠m", "ſ", "99.9\u2007%", "−5%", "0x10%", "p95 < 100", "1\u0000m", strings.Repeat("1", 400) + "%", strings.Repeat("9", 2000),
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/human_strings.json")
	if err != nil {
		f.Fatal(err)
	}
	var file struct{ Cases []goldenCase }
	if err := json.Unmarshal(data, &file); err != nil {
		f.Fatal(err)
	}
	for _, c := range file.Cases {
		f.Add(c.In)
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, p := range parsers {
			if err := checkLaws(p, in); err != nil {
				t.Errorf("%s %q: %v", p.kind, in, err)
			}
		}
		_ = Ambiguities(in)
	})
}
