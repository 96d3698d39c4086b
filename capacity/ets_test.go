package capacity_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/capacity/ets"
)

// daily is a rhythm of 24 steps with a fixed disturbance, n steps long.
func daily(n int) capacity.Series {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: make([]float64, n)}
	for i := range s.Values {
		s.Values[i] = 100 + 40*math.Sin(2*math.Pi*float64(i)/24) + 3*math.Sin(float64(i*i%97))
	}
	return s
}

func TestETS(t *testing.T) {
	s := daily(24 * 28)
	history, actual := s.Slice(0, 24*26), s.Slice(24*26, 24*28)
	f, err := capacity.ETS{}.Forecast(ctx, history, 48)
	if err != nil {
		t.Fatal(err)
	}
	naive, err := capacity.SeasonalNaive{}.Forecast(ctx, history, 48)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := capacity.Score(history, f, actual, 24)
	base, _ := capacity.Score(history, naive, actual, 24)
	if !(got.MASE < 0.9*base.MASE) || got.Coverage < 0.9 || got.PeakCoverage != 1 {
		t.Errorf("got MASE %.3f, coverage %.3f, peak coverage %v; the seasonal naive forecast has a MASE of %.3f", got.MASE, got.Coverage, got.PeakCoverage, base.MASE)
	}
	if !strings.HasPrefix(f.Model, "ETS A") || !f.Start.Equal(history.End()) || f.Level != 0.95 || f.Peak.Level != 0.975 {
		t.Errorf("got %s from %v, levels %v and %v", f.Model, f.Start, f.Level, f.Peak.Level)
	}
	same, err := capacity.ETS{}.Forecast(ctx, history, 48)
	if diff := cmp.Diff(f, same); err != nil || diff != "" {
		t.Errorf("%v (-once +again):\n%s", err, diff)
	}
	other, err := capacity.ETS{Seed: 1, Paths: 100}.Forecast(ctx, history, 48)
	if err != nil || len(f.Paths) != 500 || len(other.Paths) != 100 || cmp.Equal(f.Paths[0], other.Paths[0]) || !cmp.Equal(f.Upper, other.Upper) {
		t.Errorf("%v: %d and %d paths, want 500 and other 100 of the same forecast", err, len(f.Paths), len(other.Paths))
	}
	none, err := capacity.ETS{Paths: -1}.Forecast(ctx, history, 48)
	if err != nil || none.Paths != nil || !(none.Peak.Upper > slices.Max(f.Upper)) || math.Abs(none.Peak.Upper-f.Peak.Upper) > 20 {
		t.Errorf("%v: peak %+v without paths, %+v with", err, none.Peak, f.Peak)
	}
	narrow, err := capacity.ETS{Level: 0.5}.Forecast(ctx, history, 1)
	if err != nil || narrow.Level != 0.5 || narrow.Mean[0] != f.Mean[0] || !(narrow.Upper[0] < f.Upper[0]) {
		t.Errorf("half of the level gives %v (%v) within %v", narrow, err, f.Upper[0])
	}
}

// TestETSTakesSeasonsByTheirTest: seasonal models are tried where there is a
// season, and only there, whatever their number of states costs.
func TestETSTakesSeasonsByTheirTest(t *testing.T) {
	noise := daily(24 * 10)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Values {
		noise.Values[i] = 100 + 3*random.NormFloat64()
	}
	short := daily(60) // less than three days
	for _, c := range []struct {
		name  string
		s     capacity.Series
		e     capacity.ETS
		model string
	}{
		{"a season", daily(24 * 10), capacity.ETS{}, "A"},
		{"none", noise, capacity.ETS{}, "N"},
		{"too short for one", short, capacity.ETS{}, "N"},
		{"told that there is none", daily(24 * 10), capacity.ETS{Period: 1}, "N"},
		{"told the models", noise, capacity.ETS{Models: []ets.Model{{Error: ets.Additive, Season: ets.Additive, Period: 24}}}, "A"},
	} {
		f, err := c.e.Forecast(ctx, c.s, 24)
		if err != nil || !strings.HasPrefix(f.Model, "ETS ") || !strings.HasSuffix(f.Model, c.model) {
			t.Errorf("%s: got %q (%v), want a model that ends in %s", c.name, f.Model, err, c.model)
		}
	}
}

func TestETSFallsBack(t *testing.T) {
	f, err := capacity.ETS{}.Forecast(ctx, daily(3), 2)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, w := range f.Warnings {
		codes = append(codes, w.Code)
	}
	if f.Model != "naive" || strings.Join(codes, " ") != "short-history fallback" {
		t.Errorf("got %s %v, want naive with short-history and fallback", f.Model, f.Warnings)
	}
	for _, c := range []struct {
		e    capacity.ETS
		want string
	}{
		{capacity.ETS{Period: -1}, "period: -1"},
		{capacity.ETS{Level: 1}, "level: 1"},
	} {
		if _, err := c.e.Forecast(ctx, daily(100), 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s in it", err, c.want)
		}
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := (capacity.ETS{}).Forecast(done, daily(100), 2); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestETSKeepsItsContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t, 1, 40)
		e := capacity.ETS{Period: rapid.IntRange(0, 6).Draw(t, "period"), Multiplicative: rapid.Bool().Draw(t, "multiplicative")}
		f, err := e.Forecast(ctx, s, 10)
		if s.Observed() == 0 {
			if err == nil {
				t.Fatal("a forecast of nothing")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for h := range f.Mean {
			for _, x := range []float64{f.Mean[h], f.Lower[h], f.Upper[h]} {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Fatalf("step %d: %v in [%v, %v]", h, f.Mean[h], f.Lower[h], f.Upper[h])
				}
			}
			if f.Lower[h] > f.Upper[h] {
				t.Fatalf("step %d: [%v, %v]", h, f.Lower[h], f.Upper[h])
			}
		}
		if math.IsNaN(f.Peak.Upper) || f.Peak.Median > f.Peak.Upper {
			t.Fatalf("peak %+v", f.Peak)
		}
	})
}
