package capacity_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
)

// constant forecasts one value with an interval around it.
func constant(mean, half, peak float64) capacity.Forecaster {
	return capacity.ForecasterFunc(func(_ context.Context, s capacity.Series, horizon int) (capacity.Forecast, error) {
		f := capacity.Forecast{Model: "constant", Start: s.End(), Step: s.Step, Level: 0.9, Peak: capacity.Peak{Level: 0.95, Median: peak, Upper: peak}}
		for range horizon {
			f.Mean, f.Lower, f.Upper = append(f.Mean, mean), append(f.Lower, mean-half), append(f.Upper, mean+half)
		}
		return f, nil
	})
}

func TestScore(t *testing.T) {
	history := capacity.Series{Start: noon, Step: time.Hour, Values: []float64{1, 5, 3, 9, 0, 6}, Mask: []bool{false, false, false, false, true, false}}
	forecast, _ := constant(10, 2, 14).Forecast(ctx, history, 4)
	actual := capacity.Series{Start: history.End(), Step: time.Hour, Values: []float64{11, 5, 0, 13}, Mask: []bool{false, false, true, false}}
	got, err := capacity.Score(history, forecast, actual, 2)
	if err != nil {
		t.Fatal(err)
	}
	// Two steps apart: |3−1| = 2, |9−5| = 4, |6−9| = 3; the scale is 3, that of
	// squares 29/3. Errors 1, 5, 3. α = 0.1: the misses below 8 by 3 and above 12
	// by 1 cost 20 each.
	want := capacity.Scores{
		Steps: 3, SMAPE: 200. / 3 * (1./21 + 5./15 + 3./23),
		Scaled: 3, MASE: 9. / 3 / 3, RMSSE: math.Sqrt(35. / 3 / (29. / 3)),
		MSIS: (4 + 4 + 60 + 4 + 20) / 3. / 3,
		// Lower quantile 0.05: 0.05·3, 0.95·3, 0.05·5; median: half the errors;
		// upper quantile 0.95: 0.05·1, 0.05·7, 0.95·1.
		Pinball:  (0.15 + 2.85 + 0.25 + 4.5 + 0.05 + 0.35 + 0.95) / 3 / 3 / 3,
		Coverage: 1. / 3,
	}
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	actual.Mask = nil
	if got, _ = capacity.Score(history, forecast, actual, 2); got.Peaks != 1 || got.PeakCoverage != 1 {
		t.Errorf("the maximum 13 is under 14: got %+v", got)
	}
	actual.Values[0] = 14.1
	if got, _ = capacity.Score(history, forecast, actual, 2); got.Peaks != 1 || got.PeakCoverage != 0 {
		t.Errorf("the maximum 14.1 is not under 14: got %+v", got)
	}
	history.Values = make([]float64, 6)
	if got, _ = capacity.Score(history, forecast, actual, 2); got.Scaled != 0 || got.MASE != 0 || got.Steps != 4 {
		t.Errorf("a constant history has no scale: got %+v", got)
	}
	actual.Start = noon
	_, err = capacity.Score(history, forecast, actual.Slice(0, 3), 0)
	for _, part := range []string{"period: 0", "actual: 3 values: the forecast has 4", "actual.start: 2026-03-02 12:00:00 +0000 UTC: the forecast begins at 2026-03-02 18:00:00"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %s in it", err, part)
		}
	}
}

// TestScoresAreScaleInvariant: another unit changes no score.
func TestScoresAreScaleInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, factor float64, values []float64) (capacity.Series, []float64) {
			s := capacity.Series{Start: noon, Step: time.Hour, Values: make([]float64, n)}
			if values == nil {
				for range n {
					values = append(values, rapid.Float64Range(0.1, 100).Draw(t, "value"))
				}
			}
			for i, v := range values {
				s.Values[i] = v * factor
			}
			return s, values
		}
		factor := rapid.Float64Range(1e-6, 1e6).Draw(t, "factor")
		history, h := draw(20, 1, nil)
		actual, a := draw(5, 1, nil)
		actual.Start = history.End()
		f, _ := constant(50, 30, 60).Forecast(ctx, history, 5)
		want, err := capacity.Score(history, f, actual, 3)
		if err != nil {
			t.Fatal(err)
		}
		history, _ = draw(20, factor, h)
		actual, _ = draw(5, factor, a)
		actual.Start = history.End()
		f, _ = constant(50*factor, 30*factor, 60*factor).Forecast(ctx, history, 5)
		got, err := capacity.Score(history, f, actual, 3)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestBacktest(t *testing.T) {
	// A season of two that grows by 1 a season: seasonal naive is 1 off in the
	// first season ahead and 2 in the second.
	s := capacity.Series{Start: noon, Step: time.Hour}
	for i := range 20 {
		s.Values = append(s.Values, float64(10*(i%2)+i/2+1))
	}
	fails := capacity.ForecasterFunc(func(_ context.Context, s capacity.Series, _ int) (capacity.Forecast, error) {
		if s.Len() < 10 {
			return capacity.Forecast{}, errors.New("too short for me")
		}
		return capacity.Forecast{Model: "broken", Mean: []float64{1}}, nil
	})
	e, err := capacity.Backtest(ctx, s, []capacity.Forecaster{constant(15, 100, 200), fails}, capacity.BacktestOptions{Horizon: 4, Period: 2, Origins: 9, Step: 2, Names: []string{"fifteen"}})
	if err != nil {
		t.Fatal(err)
	}
	// Origins from 4 to 16 in steps of 2.
	if len(e.Origins) != 7 || !e.Origins[0].Equal(s.Time(4)) || !e.Origins[6].Equal(s.Time(16)) {
		t.Errorf("got origins %v", e.Origins)
	}
	naive, fifteen, broken := e.Methods[0], e.Methods[2], e.Methods[3]
	if math.Abs(naive.MASE-1.5) > 1e-12 || naive.Steps != 28 || naive.Ahead[0].MASE != 1 || naive.Ahead[3].MASE != 2 || naive.Ahead[3].Steps != 7 {
		t.Errorf("seasonal naive: got %+v", naive)
	}
	if fifteen.Name != "fifteen" || fifteen.Coverage != 1 || fifteen.PeakCoverage != 1 || fifteen.Peaks != 7 || len(fifteen.Forecasts) != 7 {
		t.Errorf("fifteen: got %+v", fifteen.Scores)
	}
	unit := e.Methods[1]
	if want := (fifteen.SMAPE/unit.SMAPE + fifteen.MASE/unit.MASE) / 2; unit.OWA != 1 || fifteen.OWA != want {
		t.Errorf("got OWA %v and %v, want 1 and %v", unit.OWA, fifteen.OWA, want)
	}
	if broken.Name != "forecaster 2" || broken.Failed != 7 || broken.Failure != "too short for me" || broken.Steps != 0 {
		t.Errorf("broken: got %+v", broken)
	}
	var codes []string
	for _, w := range e.Warnings {
		codes = append(codes, w.Code)
	}
	if diff := cmp.Diff([]string{"few-origins", "not-better-than-naive", "failed"}, codes); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}

	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var read capacity.Evidence
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	kept := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Forecasts" || p.Last().String() == ".Series" }, cmp.Ignore())
	if diff := cmp.Diff(e, read, kept); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(text), `"step_seconds":3600,"horizon":4,`) {
		t.Errorf("got %s", text)
	}
	for _, want := range []string{"| fifteen | ", "| seasonal naive (2) | ", "| MASE (coverage) ahead | 1 | 2 | 3 | 4 |", "| forecaster 2 | – | – |", "- few-origins: the history has room for 7 of 9 origins; keep a longer history\n"} {
		if !strings.Contains(e.Markdown(), want) {
			t.Errorf("%q is not in\n%s", want, e.Markdown())
		}
	}
	for i := range e.Methods {
		checkSVG(t, e.Picture(i))
	}
	if all := checkSVG(t, e.SVG()); !strings.Contains(all, "fifteen: MASE ") {
		t.Errorf("the picture is not of the first given method: %s", all)
	}
}

func TestBacktestSeesNoFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t, 30, 80)
		horizon := rapid.IntRange(1, 8).Draw(t, "horizon")
		var ends []time.Time
		spy := capacity.ForecasterFunc(func(ctx context.Context, s capacity.Series, horizon int) (capacity.Forecast, error) {
			ends = append(ends, s.End())
			if cap(s.Values) != len(s.Values) {
				t.Fatal("the future is in reach")
			}
			return capacity.SeasonalNaive{Period: 3}.Forecast(ctx, s, horizon)
		})
		e, err := capacity.Backtest(ctx, s, []capacity.Forecaster{spy}, capacity.BacktestOptions{
			Horizon: horizon, Period: 3, Origins: rapid.IntRange(0, 10).Draw(t, "origins"), Step: rapid.IntRange(0, 9).Draw(t, "step"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e.Origins, ends); diff != "" {
			t.Fatalf("(-origins +seen):\n%s", diff)
		}
		if last := e.Origins[len(e.Origins)-1]; !last.Add(time.Duration(horizon) * s.Step).Equal(s.End()) {
			t.Fatalf("the last origin is %v, the series ends at %v", last, s.End())
		}
		// The spy is the seasonal naive forecast.
		e.Methods[2].Name = e.Methods[0].Name
		if diff := cmp.Diff(e.Methods[0], e.Methods[2]); diff != "" {
			t.Fatalf("(-baseline +the same):\n%s", diff)
		}
		e.Markdown()
		e.SVG()
	})
}

func TestBacktestRefuses(t *testing.T) {
	_, err := capacity.Backtest(ctx, thirty, []capacity.Forecaster{nil}, capacity.BacktestOptions{Horizon: -1, Origins: -1, Level: 2, Names: []string{"a", "b"}})
	for _, part := range []string{"options.horizon: -1", "options.origins: -1", "options.step: -1", "options.level: 2", "options.names: 2 names", "forecasters[0]: nil"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %s in it", err, part)
		}
	}
	if _, err = capacity.Backtest(ctx, thirty, nil, capacity.BacktestOptions{Horizon: 19, Period: 6}); err == nil {
		t.Error("30 steps are two seasons of 6 and a horizon of 19")
	}
	if _, err = capacity.Backtest(ctx, thirty, nil, capacity.BacktestOptions{Horizon: 18, Period: 6}); err != nil {
		t.Error(err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err = capacity.Backtest(done, thirty, nil, capacity.BacktestOptions{Horizon: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestPicturesOfForecasts(t *testing.T) {
	hostile := capacity.Forecast{Model: "<script>|*\n", Level: 0.9}
	for _, f := range []capacity.Forecast{{}, hostile, {Mean: []float64{1}, Lower: []float64{0}}, {Mean: []float64{1}, Lower: []float64{0}, Upper: []float64{2}, Start: noon, Step: time.Hour, Level: 0.5}} {
		checkSVG(t, f.SVG())
		checkSVG(t, f.Picture(thirty))
	}
	if text := hostile.Markdown(); !strings.HasPrefix(text, "&lt;script&gt;\\|\\*, 90 % interval\n") {
		t.Errorf("got %s", text)
	}
	checkSVG(t, capacity.Evidence{}.SVG())
	checkSVG(t, capacity.Evidence{}.Picture(3))
	f, err := capacity.SeasonalNaive{}.Forecast(ctx, thirty, 7)
	if err != nil {
		t.Fatal(err)
	}
	if want := "| 2026-03-08 12:00 | 130 | 102.508 | 157.492 |\n"; !strings.Contains(f.Markdown(), "| 2026-03-07 12:00 | 130 | 110.56 | 149.44 |\n") || !strings.Contains(f.Markdown(), want) {
		t.Errorf("got %s", f.Markdown())
	}
	if all := checkSVG(t, f.Picture(thirty)); !strings.Contains(all, "history") || !strings.Contains(all, "the maximum stays below") {
		t.Errorf("got %s", all)
	}
}

// checkSVG parses a picture and returns its text.
func checkSVG(t *testing.T, svg string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var all strings.Builder
	for first := true; ; {
		token, err := d.Token()
		if err == io.EOF {
			return all.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if first && e.Name.Local != "svg" || e.Name.Local == "script" {
				t.Fatalf("element %s", e.Name.Local)
			}
			first = false
		case xml.CharData:
			all.Write(e)
		}
	}
}
