package synth

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGrowthFactors(t *testing.T) {
	for _, c := range []struct {
		name   string
		growth Growth
		days   float64
		want   float64
	}{
		{"none", Growth{}, 1000, 1},
		{"linear", Growth{PerDay: 0.01}, 50, 1.5},
		{"linear before the origin", Growth{PerDay: 0.01}, -50, 0.5},
		{"shrinks to nothing", Growth{PerDay: -0.01}, 200, 0},
		{"compound", Growth{Kind: Compound, PerDay: 0.01}, 100, math.Pow(1.01, 100)},
		{"compound loss", Growth{Kind: Compound, PerDay: -0.5}, 3, 0.125},
		{"logistic at the origin", Growth{Kind: Logistic, PerDay: 0.02, Ceiling: 3}, 0, 1},
		// r = 0.02/(1-1/3) = 0.03; 3/(1+2·e^-3)
		{"logistic", Growth{Kind: Logistic, PerDay: 0.02, Ceiling: 3}, 100, 3 / (1 + 2*math.Exp(-3))},
		{"logistic for ever", Growth{Kind: Logistic, PerDay: 0.02}, 1e9, 2},
		{"logistic before ever", Growth{Kind: Logistic, PerDay: 0.02}, -1e9, 0},
		{"not a number", Growth{PerDay: math.NaN()}, 1, 1},
		{"on no day", Growth{PerDay: 1}, math.NaN(), 1},
	} {
		if got := c.growth.Factor(c.days); math.Abs(got-c.want) > 1e-12*max(1, c.want) {
			t.Errorf("%s: factor %v after %v days, want %v", c.name, got, c.days, c.want)
		}
	}
	// The slope at the origin is PerDay for all kinds.
	for kind := Linear; kind <= Logistic; kind++ {
		g := Growth{Kind: kind, PerDay: 0.003, Ceiling: 5}
		if got := (g.Factor(1e-3) - 1) / 1e-3; math.Abs(got-0.003) > 1e-5 {
			t.Errorf("kind %d: slope %v, want 0.003", kind, got)
		}
	}
}

func disk() Load {
	return Load{
		Base: 100, Origin: monday, Growth: Growth{PerDay: 0.01},
		Daily: Daily{PeakHour: 14, Swing: 0.3}, Weekly: Weekend(0.8),
		Shifts:     []Shift{{At: monday.Add(10 * day), Change: 0.2}},
		NoiseRatio: 0.05, Wander: Wander{Ratio: 0.05}, Cap: 130, Seed: 9,
	}
}

func TestLoadGrowsShiftsAndSaturates(t *testing.T) {
	values := disk().Values(monday, monday.Add(28*day), time.Hour)
	if len(values) != 28*24 {
		t.Fatalf("%d values, want 672", len(values))
	}
	full := 0
	daily := make([]float64, 28)
	for i, v := range values {
		if !(v.Value >= 0 && v.Value <= 130 && v.Value <= v.Demand) {
			t.Errorf("%+v, want at most 130 and at most the demand", v)
		}
		if v.Value == 130 {
			full++
		}
		daily[i/24] += v.Demand / 24
	}
	if full == 0 {
		t.Error("the cap never bites")
	}
	for _, d := range []struct {
		day    int
		factor float64
	}{{0, 1}, {4, 1}, {5, 0.8}, {9, 1}, {10, 1.2}, {13, 1.2 * 0.8}, {24, 1.2}} {
		want := 100 * (1 + 0.01*(float64(d.day)+0.5)) * d.factor
		if got := daily[d.day]; relative(got, want) > 0.06 {
			t.Errorf("day %d has a mean demand of %v, want about %v", d.day, got, want)
		}
	}
	load := disk()
	load.NoiseRatio, load.Wander, load.Cap = 0, Wander{}, 0
	for _, v := range load.Values(monday, monday.Add(20*day), 10*time.Minute) {
		if want := load.Mean(v.Time.Add(-5 * time.Minute)); relative(v.Demand, want) > 1e-3 || v.Value != v.Demand {
			t.Errorf("without noise %+v, want %v", v, want)
		}
	}
}

// A slot that is full for a part of its time shows the mean of what fits.
func TestCapHoldsWithinASlot(t *testing.T) {
	load := Load{Base: 100, Shifts: []Shift{{At: monday.Add(15 * time.Minute), Change: 0.5}}, Cap: 120}
	got := load.Values(monday, monday.Add(time.Hour), time.Hour)
	if want := 0.25*100 + 0.75*120; relative(got[0].Value, want) > 1e-12 || relative(got[0].Demand, 0.25*100+0.75*150) > 1e-12 {
		t.Errorf("got %+v, want a value of %v of a demand of 137.5", got[0], want)
	}
}

func TestCrossingIsWhereTheDemandFirstReachesALevel(t *testing.T) {
	load := Load{Base: 100, Origin: monday, Growth: Growth{PerDay: 0.01}, NoiseRatio: 0.5, Cap: 120, Seed: 1}
	// 100·(1 + 0.01·d) is 150 after 50 days; the hour's mean is reached half an hour later.
	at, ok := load.Crossing(150, monday, monday.Add(100*day), time.Hour)
	if want := monday.Add(50*day + time.Hour); !ok || !at.Equal(want) {
		t.Errorf("crosses 150 at %v (%v), want %v", at, ok, want)
	}
	if at, ok := load.Crossing(250, monday, monday.Add(100*day), time.Hour); ok {
		t.Errorf("crosses 250 at %v, want never", at)
	}
}

func TestNoiseOfALoad(t *testing.T) {
	load := Load{Base: 10, NoiseRatio: 0.2, Seed: 3}
	var sum, squares, n float64
	for _, v := range load.Values(monday, monday.Add(60*day), 10*time.Minute) {
		sum, squares, n = sum+v.Value, squares+v.Value*v.Value, n+1
	}
	mean := sum / n
	cv := math.Sqrt(squares/n-mean*mean) / mean
	if relative(mean, 10) > 0.01 || relative(cv, math.Sqrt(math.Expm1(0.04))) > 0.05 {
		t.Errorf("mean %v and coefficient of variation %v, want 10 and %v", mean, cv, math.Sqrt(math.Expm1(0.04)))
	}
}

func TestValuesOfASplitRangeAreThoseOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		load := disk()
		load.Seed = rapid.Uint64().Draw(t, "seed")
		step := time.Duration(rapid.Int64Range(1, int64(3*time.Hour)).Draw(t, "step"))
		n, m := rapid.IntRange(0, 50).Draw(t, "n"), rapid.IntRange(0, 50).Draw(t, "m")
		middle, to := monday.Add(time.Duration(n)*step), monday.Add(time.Duration(n+m)*step)
		whole := load.Values(monday, to, step)
		if parts := slices.Concat(load.Values(monday, middle, step), load.Values(middle, to, step)); !slices.Equal(whole, parts) {
			t.Errorf("[from, to) = %v\nparts      = %v", whole, parts)
		}
	})
}

func TestLoadIsFiniteWhateverTheFields(t *testing.T) {
	wild := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, math.MaxFloat64}))
	rapid.Check(t, func(t *rapid.T) {
		f := func(name string) float64 { return wild.Draw(t, name) }
		load := Load{
			Base: f("base"), Growth: Growth{Kind: GrowthKind(rapid.IntRange(-1, 4).Draw(t, "kind")), PerDay: f("growth"), Ceiling: f("ceiling")},
			Daily: Daily{Swing: f("swing")}, Weekly: Weekly{1, f("monday")}, Shifts: []Shift{{Change: f("shift")}},
			NoiseRatio: f("noise"), Wander: Wander{Ratio: f("wander")}, Cap: f("cap"),
		}
		for _, v := range load.Values(monday, monday.Add(20*time.Minute), 10*time.Minute) {
			if !(v.Value >= 0 && v.Value <= v.Demand && v.Demand <= math.MaxFloat64) {
				t.Errorf("%+v gives %+v", load, v)
			}
		}
	})
}
