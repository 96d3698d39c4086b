package capacity

import (
	"context"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestSentencesHoldNoExponents: people read what is printed of large loads, in plain digits,
// and no level is rounded to certainty.
func TestSentencesHoldNoExponents(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	large := func(of func(i int, load float64) float64) Series {
		s := Series{Start: monday, Step: time.Hour}
		for i := range 24 * 28 {
			s.Values = append(s.Values, of(i, 1e6+5e5*math.Sin(2*math.Pi*float64(i)/24)+5e4*r.NormFloat64()))
		}
		return s
	}
	exponent := regexp.MustCompile(`\de[+-]\d`)
	for _, c := range []struct {
		name, code string
		s          Series
	}{
		{"shift", "level-shift", large(func(i int, load float64) float64 {
			if i > 24*25 {
				load += 3e6
			}
			return load
		})},
		{"capped", "censored", large(func(_ int, load float64) float64 { return min(1.3e6, load) })},
	} {
		f := mustForecast(t, Default{}, c.s, 24)
		if !strings.Contains(codes(f), c.code) {
			t.Errorf("%s: warnings %q, want %s", c.name, codes(f), c.code)
		}
		if found := exponent.FindString(f.Markdown()); found != "" {
			t.Errorf("%s: %s in\n%s", c.name, found, f.Markdown())
		}
	}
	rhythm := mustForecast(t, Default{}, large(func(i int, _ float64) float64 { return float64(i % 24) }), 24)
	if text := rhythm.Markdown(); !strings.Contains(text, "- no-spread: the rehearsal met no error: the width of the interval is unknown and left at 0; keep a longer history") {
		t.Errorf("a series that does nothing but change evenly: %s", text)
	}
	seconds := large(func(_ int, load float64) float64 { return load })
	seconds.Step = time.Second
	f := mustForecast(t, Default{}, seconds, 3)
	if text := f.Markdown(); !strings.Contains(text, "| 2026-01-05 00:11:12 |") || !strings.Contains(text, "| 2026-01-05 00:11:14 |") {
		t.Errorf("steps of a second are not told apart:\n%s", text)
	}
	x, err := f.Saturation(Limit{Value: 1})
	if want := "> 99.5 % probability to reach 1 by 2026-01-05 00:11:15Z; half by 2026-01-05 00:11:13Z, 5 % by 2026-01-05 00:11:13Z"; err != nil || x.String() != want {
		t.Errorf("%v: got %q, want %q", err, x, want)
	}
	for _, c := range []struct {
		ratio float64
		want  string
	}{{0.95, "95 %"}, {0.12345, "12.35 %"}, {0.999, "99.9 %"}, {0.99995, "99.995 %"}, {0.9999995, "99.99995 %"}, {1, "100 %"}, {150, "15000 %"}, {1e-7, "0.00001 %"}, {0, "0 %"}, {0.3, "30 %"}} {
		if got := percent(c.ratio); got != c.want {
			t.Errorf("%v: got %q, want %q", c.ratio, got, c.want)
		}
	}
	sure := ForecasterFunc(func(_ context.Context, s Series, horizon int) (Forecast, error) {
		return newForecast("too sure", s, horizon, 0.9995), nil
	})
	e, err := Backtest(t.Context(), large(func(_ int, load float64) float64 { return load }), []Forecaster{sure}, BacktestOptions{Horizon: 24})
	if err != nil || !strings.Contains(e.Markdown(), "intervals of too sure at 99.95 % held 0 % of 72 values") {
		t.Errorf("%v:\n%s", err, e.Markdown())
	}
}
