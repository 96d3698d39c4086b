package synth

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// busy is traffic with everything switched on.
func busy(seed uint64) Traffic {
	return Traffic{
		BasePerSecond: 5,
		Daily:         Daily{PeakHour: 12, Swing: 0.7},
		Weekly:        Weekend(0.4),
		Holidays:      []Holiday{{Month: time.January, Day: 6, Factor: 0.2}},
		Noise:         Noise{Kind: NegativeBinomial, Dispersion: 0.02, Wander: Wander{Ratio: 0.2, Every: 30 * time.Minute}},
		Errors:        Errors{Ratio: 0.01, Correlation: 0.01, Wander: Wander{Ratio: 0.3}},
		Outages: []Outage{
			{Start: monday.Add(90 * time.Minute), End: monday.Add(150 * time.Minute), Shape: RampUp, ErrorRatio: 0.5},
			{Start: monday.Add(2 * time.Hour), End: monday.Add(5 * time.Hour), Shape: Flapping, ErrorRatio: 0.2, Traffic: 0.3},
			{Start: monday.Add(10 * time.Minute), End: monday.Add(30 * time.Minute), ErrorRatio: 1, Traffic: -0.5},
		},
		Seed: seed,
	}
}

func TestEventsOfASplitRangeAreThoseOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		traffic := busy(rapid.Uint64().Draw(t, "seed"))
		traffic.Noise.Kind = rapid.SampledFrom([]NoiseKind{Exact, Poisson, NegativeBinomial}).Draw(t, "kind")
		step := time.Duration(rapid.Int64Range(int64(time.Second), int64(20*time.Minute)).Draw(t, "step"))
		from := monday.Add(time.Duration(rapid.Int64Range(-int64(day), int64(day)).Draw(t, "from")))
		n, m := rapid.IntRange(0, 40).Draw(t, "n"), rapid.IntRange(0, 40).Draw(t, "m")
		middle, to := from.Add(time.Duration(n)*step), from.Add(time.Duration(n+m)*step)
		whole := traffic.Events(from, to, step)
		parts := slices.Concat(traffic.Events(from, middle, step), traffic.Events(middle, to, step))
		if len(whole) != n+m || !slices.Equal(whole, parts) {
			t.Errorf("[from, to) = %v\nparts      = %v", whole, parts)
		}
	})
}

func TestMeanOfADayIsTheIntegralOfTheRate(t *testing.T) {
	traffic := Traffic{BasePerSecond: 20, Daily: Daily{PeakHour: 15.5, Swing: 0.9}, Errors: Errors{Ratio: 0.002}}
	for _, step := range []time.Duration{9 * time.Second, time.Minute, time.Hour, day} {
		bad, total := Sum(traffic.Events(monday, monday.Add(day), step))
		if want := 20 * 86400.0; math.Abs(total-want) > 50 { // roundings aside, the mean of the daily factor is 1
			t.Errorf("step %v: total %v, want %v", step, total, want)
		}
		if want := 0.002 * 20 * 86400; math.Abs(bad-want) > 5 {
			t.Errorf("step %v: bad %v, want %v", step, bad, want)
		}
	}
	traffic = busy(3)
	traffic.Noise.Wander, traffic.Errors.Wander = Wander{}, Wander{}
	wantBad, want := traffic.Expected(monday, monday.Add(7*day))
	bad, total := Sum(traffic.Events(monday, monday.Add(7*day), time.Minute))
	if relative(total, want) > 0.005 || relative(bad, wantBad) > 0.03 {
		t.Errorf("a week has %v bad of %v, want about %v of %v", bad, total, wantBad, want)
	}
	// The integral, by the rate itself, each second.
	var integral, badIntegral float64
	for s := range 86400 {
		at := monday.Add(time.Duration(s)*time.Second + time.Second/2)
		r := traffic.Rate(at)
		integral += r
		badIntegral += r * traffic.BadRatio(at)
	}
	wantBad, want = traffic.Expected(monday, monday.Add(day))
	if relative(integral, want) > 1e-4 || relative(badIntegral, wantBad) > 1e-3 {
		t.Errorf("the rate's integral is %v of %v, Expected %v of %v", badIntegral, integral, wantBad, want)
	}
}

func TestWeekendsAndHolidays(t *testing.T) {
	traffic := Traffic{
		BasePerSecond: 30, Daily: Daily{PeakHour: 12, Swing: 0.5}, Weekly: Weekend(0.35),
		Holidays: []Holiday{
			{Month: time.January, Day: 6, Factor: 0.1},
			{Year: 2025, Month: time.January, Day: 7, Factor: 9},
			{Year: 2026, Month: time.January, Day: 11, Factor: 0},
		},
		Noise: Noise{Kind: Poisson}, Seed: 11,
	}
	days := Rebin(traffic.Events(monday, monday.Add(7*day), time.Hour), 24)
	for i, factor := range []float64{1, 0.1, 1, 1, 1, 0.35, 0} {
		want := factor * 30 * 86400
		if got := days[i].Total; math.Abs(got-want) > 5*math.Sqrt(want)+0.5 {
			t.Errorf("%v has %v requests, want about %v", monday.AddDate(0, 0, i).Weekday(), got, want)
		}
	}
	if weekend, weekday := days[5].Total, days[2].Total; math.Abs(weekend/weekday-0.35) > 0.003 {
		t.Errorf("Saturday to Wednesday is %v, want 0.35", weekend/weekday)
	}
}

func TestThePeakStaysAtLocalNoonWhenClocksChange(t *testing.T) {
	for _, name := range []string{"Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		z := zone(t, name)
		traffic := Traffic{Zone: z, BasePerSecond: 100, Daily: Daily{PeakHour: 12, Swing: 0.8}, Weekly: Weekend(0.5)}
		offsets := map[int]bool{}
		for d := range 365 {
			// The middle of the quarter of an hour around noon.
			from := time.Date(2026, 1, 1+d, 0, 7, 30, 0, z)
			to := time.Date(2026, 1, 2+d, 0, 7, 30, 0, z)
			best := Count{}
			for _, c := range traffic.Events(from, to, 15*time.Minute) {
				if c.Total > best.Total {
					best = c
				}
			}
			_, offset := best.Time.In(z).Zone()
			offsets[offset] = true
			if got := best.Time.In(z).Format("15:04:05"); got != "12:07:30" {
				t.Errorf("%s on %s: the busiest quarter ends at %s, want 12:07:30", name, from.Format(time.DateOnly), got)
			}
		}
		if want := name != "Asia/Kathmandu"; (len(offsets) == 2) != want {
			t.Errorf("%s: offsets %v; the test must see clocks change: %v", name, offsets, want)
		}
	}
	// A change of clocks moves a day's length, not the days around it.
	z := zone(t, "Europe/Madrid")
	flat := Traffic{Zone: z, BasePerSecond: 1, Weekly: Weekly{7, 1, 2, 3, 4, 5, 6}}
	for d, want := range []float64{6 * 24, 7 * 23, 1 * 24} { // Saturday, Sunday the 29th of March, Monday
		_, total := flat.Expected(time.Date(2026, 3, 28+d, 0, 0, 0, 0, z), time.Date(2026, 3, 29+d, 0, 0, 0, 0, z))
		if math.Abs(total-want*3600) > 1e-6 {
			t.Errorf("March %d has %v requests, want %v", 28+d, total, want*3600)
		}
	}
}

func TestNoiseHasTheVarianceItSays(t *testing.T) {
	for _, c := range []struct {
		noise    Noise
		variance float64 // at a mean of 600
	}{
		{Noise{}, 0},
		{Noise{Kind: Poisson}, 600},
		{Noise{Kind: NegativeBinomial, Dispersion: 0.01}, 600 + 0.01*600*600},
		{Noise{Kind: NegativeBinomial}, 600},
		// exp(σ²)-1 is the squared coefficient of variation.
		{Noise{Kind: Poisson, Wander: Wander{Ratio: 0.2, Every: time.Minute}}, 600 + math.Expm1(0.04)*600*600},
	} {
		traffic := Traffic{BasePerSecond: 10, Noise: c.noise, Seed: 5}
		if c.noise.Wander.Ratio > 0 {
			// Where a slot's middle is a knot the factor is one knot's value.
			traffic.Noise.Wander.Every = 30 * time.Second
		}
		var sum, squares, n float64
		for _, count := range traffic.Events(monday, monday.Add(14*day), time.Minute) {
			sum, squares, n = sum+count.Total, squares+count.Total*count.Total, n+1
		}
		mean := sum / n
		if variance := squares/n - mean*mean; relative(mean, 600) > 0.01 || math.Abs(variance-c.variance) > 0.05*c.variance {
			t.Errorf("%+v: mean %v and variance %v, want 600 and %v", c.noise, mean, variance, c.variance)
		}
	}
}

func TestErrorsWanderAndClump(t *testing.T) {
	// Variance of the bad count of a minute with 6000 requests of which 1 % fail.
	for _, c := range []struct {
		errors   Errors
		variance float64
	}{
		{Errors{Ratio: 0.01}, 59.4},
		{Errors{Ratio: 0.01, Correlation: 0.002}, 59.4 * (1 + 5999*0.002)},
		// A knot in the middle of each slot: the ratio's own variance on top.
		{Errors{Ratio: 0.01, Wander: Wander{Ratio: 0.3, Every: 30 * time.Second}}, 60 + math.Expm1(0.09)*60*60},
	} {
		traffic := Traffic{BasePerSecond: 100, Noise: Noise{Kind: Poisson}, Errors: c.errors, Seed: 6}
		var sum, squares, n float64
		for _, count := range traffic.Events(monday, monday.Add(14*day), time.Minute) {
			sum, squares, n = sum+count.Bad, squares+count.Bad*count.Bad, n+1
		}
		mean := sum / n
		if variance := squares/n - mean*mean; relative(mean, 60) > 0.02 || relative(variance, c.variance) > 0.08 {
			t.Errorf("%+v: mean %v and variance %v, want 60 and %v", c.errors, mean, variance, c.variance)
		}
	}
}

func TestWanderIsSlow(t *testing.T) {
	w := Wander{Ratio: 0.3, Every: time.Hour}.from(9, forWander)
	const n = 20000
	var zero, near, far, sum float64
	at := func(minutes int) float64 { return math.Log(w.at(int64(minutes)*int64(time.Minute))) + 0.045 }
	for i := range n {
		x := at(i * 17)
		sum += x
		zero += x * x / n
		near += x * at(i*17+6) / n
		far += x * at(i*17+120) / n
	}
	if math.Abs(sum/n) > 0.02 || relative(zero, 0.09) > 0.05 {
		t.Errorf("the logarithm has mean %v and variance %v, want 0 and 0.09", sum/n, zero)
	}
	if near/zero < 0.95 || math.Abs(far/zero) > 0.05 {
		t.Errorf("correlation after 6 minutes %v and after two hours %v, want nearly 1 and about 0", near/zero, far/zero)
	}
}

func TestRangesWithoutMeaningAreEmpty(t *testing.T) {
	traffic := busy(1)
	for _, c := range []struct {
		name     string
		from, to time.Time
		step     time.Duration
	}{
		{"empty", monday, monday, time.Minute},
		{"backwards", monday.Add(time.Hour), monday, time.Minute},
		{"no step", monday, monday.Add(time.Hour), 0},
		{"negative step", monday, monday.Add(time.Hour), -time.Minute},
		{"shorter than the step", monday, monday.Add(time.Minute), time.Hour},
		{"zero time", time.Time{}, monday, time.Hour},
		{"far future", monday, monday.AddDate(400, 0, 0), time.Hour},
		{"too many slots", monday, monday.AddDate(200, 0, 0), time.Microsecond},
	} {
		if got := traffic.Events(c.from, c.to, c.step); got != nil {
			t.Errorf("%s: %d counts, want none", c.name, len(got))
		}
	}
	if got := traffic.Events(monday, monday.Add(179*time.Second), time.Minute); len(got) != 2 {
		t.Errorf("179 s in steps of a minute give %d counts, want the two whole ones", len(got))
	}
}

func TestCountsAreWholeAndFiniteWhateverTheFields(t *testing.T) {
	wild := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, 2, math.MaxFloat64}))
	rapid.Check(t, func(t *rapid.T) {
		f := func(name string) float64 { return wild.Draw(t, name) }
		traffic := Traffic{
			BasePerSecond: f("base"),
			Daily:         Daily{PeakHour: f("peak"), Swing: f("swing"), Hours: rapid.SliceOfN(wild, 0, 5).Draw(t, "hours")},
			Weekly:        Weekly{f("sunday"), f("monday"), 1, 1, 1, 1, 1},
			Holidays:      []Holiday{{Month: 1, Day: 5, Factor: f("holiday")}},
			Noise:         Noise{Kind: NoiseKind(rapid.IntRange(-1, 4).Draw(t, "kind")), Dispersion: f("dispersion"), Wander: Wander{Ratio: f("wander")}},
			Errors:        Errors{Ratio: f("ratio"), Correlation: f("correlation"), Wander: Wander{Ratio: f("drift")}},
			Outages: []Outage{{Start: monday, End: monday.Add(time.Hour), Shape: Shape(rapid.IntRange(-1, 8).Draw(t, "shape")),
				ErrorRatio: f("errors"), Traffic: f("traffic"), Duty: f("duty"), Ramp: time.Duration(rapid.Int64().Draw(t, "ramp")), Period: time.Duration(rapid.Int64().Draw(t, "period"))}},
		}
		for _, c := range traffic.Events(monday.Add(-2*time.Minute), monday.Add(3*time.Minute), time.Minute) {
			if !(c.Bad >= 0 && c.Bad <= c.Total && c.Total <= 1<<53) || c.Bad != math.Floor(c.Bad) || c.Total != math.Floor(c.Total) {
				t.Errorf("%+v gives %+v", traffic, c)
			}
		}
		if r, b := traffic.Rate(monday), traffic.BadRatio(monday); !(r >= 0 && r <= 1<<53 && b >= 0 && b <= 1) {
			t.Errorf("%+v has rate %v and bad ratio %v", traffic, r, b)
		}
	})
}

func BenchmarkEventsMillionSlots(b *testing.B) {
	for _, c := range []struct {
		name    string
		traffic Traffic
	}{
		{"steady", Traffic{BasePerSecond: 10, Errors: Errors{Ratio: 0.001}}},
		{"rhythm", Traffic{BasePerSecond: 10, Zone: zone(b, "Europe/Madrid"), Daily: Daily{PeakHour: 12, Swing: 0.7}, Weekly: Weekend(0.4), Errors: Errors{Ratio: 0.001}}},
		{"poisson", Traffic{BasePerSecond: 10, Daily: Daily{PeakHour: 12, Swing: 0.7}, Noise: Noise{Kind: Poisson}, Errors: Errors{Ratio: 0.001}}},
		{"all", busy(1)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.traffic.Events(monday, monday.Add(1e6*time.Minute), time.Minute)
			}
		})
	}
}
