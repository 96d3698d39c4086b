package slo

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMeanRate(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	points := hourly(now, 10, func(int) float64 { return 36 })
	if got := MeanRate(points, now.Add(-10*time.Hour), now); got != (ConstantRate{0.01, 1000. / 3600}) {
		t.Errorf("36 of 1,000 an hour: %+v", got)
	}
	// Half of the time observed: the rate of that half.
	if got := MeanRate(points, now.Add(-20*time.Hour), now); got != (ConstantRate{0.01, 1000. / 3600}) {
		t.Errorf("over twice the time: %+v", got)
	}
	if got := MeanRate(nil, now.Add(-time.Hour), now); got != (ConstantRate{}) {
		t.Errorf("no points: %+v", got)
	}
}

func TestConstantRateExpect(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	if got := (ConstantRate{0.5, 2}).Expect(now, now.Add(time.Minute)); got != (Counts{30, 120}) {
		t.Errorf("a minute: %v, want 30 of 120", got)
	}
}

// Two weeks of hours on Berlin's clock, across its change of 29 March 2026,
// with 100 + the clock's hour events, 1 bad.
func TestWeeklyRate(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	start := time.Date(2026, 3, 23, 0, 0, 0, 0, berlin) // a Monday
	var points []Point
	for u := start; u.Before(start.AddDate(0, 0, 14)); u = u.Add(time.Hour) {
		points = append(points, Point{u.Add(time.Hour), Counts{1, float64(100 + u.Hour())}})
	}
	w := WeeklyRateOf(points, start, start.AddDate(0, 0, 14), berlin)
	for _, c := range []struct {
		from  string
		hours int
		want  float64
	}{
		{"2026-04-06T09:00:00+02:00", 1, 109},
		{"2026-04-05T23:00:00+02:00", 2, 123 + 100}, // Sunday into Monday
		{"2026-04-06T00:00:00+02:00", 24, 24*100 + 276},
		{"2026-04-06T09:30:00+02:00", 1, 54.5 + 55},
		{"2027-03-28T00:00:00+01:00", 23, 24*100 + 276 - 102}, // the hour from 2 is skipped
	} {
		from := at(t, c.from)
		got := w.Expect(from, from.Add(time.Duration(c.hours)*time.Hour))
		if !near(got.Total, c.want, 1e-12) || !near(got.Bad, float64(c.hours), 1e-12) {
			t.Errorf("%d h from %s: %v, want %v of %v", c.hours, c.from, got, c.hours, c.want)
		}
	}
	// Hours that were not seen get the mean of those that were.
	few := WeeklyRateOf(points[:24], start, start.AddDate(0, 0, 1), berlin)
	if got := few.Hours[100].TotalPerSecond * 3600; !near(got, 100+11.5, 1e-12) {
		t.Errorf("an hour of Friday after a Monday: %v events, want the mean 111.5", got)
	}
	if got := (WeeklyRate{}).Expect(start, start.Add(time.Hour)); got != (Counts{}) {
		t.Errorf("the zero rate expects %v", got)
	}
	if got := w.Expect(start, start); got != (Counts{}) {
		t.Errorf("an empty span holds %v", got)
	}
}

// Expectations of adjoining spans add up, at any cut.
func TestWeeklyRateIsAdditive(t *testing.T) {
	var w WeeklyRate
	for h := range w.Hours {
		w.Hours[h] = ConstantRate{float64(h) / 1000, float64(h)}
	}
	zones := []string{"UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		w.Location = loc
		a := time.Unix(rapid.Int64Range(0, 2e9).Draw(t, "a"), rapid.Int64Range(0, 1e9).Draw(t, "ns"))
		b := a.Add(time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(t, "b")))
		c := b.Add(time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(t, "c")))
		whole, parts := w.Expect(a, c), w.Expect(a, b).Add(w.Expect(b, c))
		if math.Abs(whole.Total-parts.Total) > 1e-6*(1+whole.Total) || math.Abs(whole.Bad-parts.Bad) > 1e-6*(1+whole.Bad) {
			t.Fatalf("%v in one, %v in two", whole, parts)
		}
	})
}

func TestTimeToExhaustion(t *testing.T) {
	const month = 30 * day
	// The workbook's table, and what it leaves out.
	for _, c := range []struct {
		remaining, burn float64
		want            time.Duration
		ok              bool
	}{
		{1, 1, month, true},
		{1, 2, 15 * day, true},
		{1, 10, 3 * day, true},
		{1, 1000, 43*time.Minute + 12*time.Second, true},
		{0.4, 2, 6 * day, true},
		{0, 2, 0, true},
		{-1, 2, 0, true},
		{1, 0, 0, false},
		{1, -1, 0, false},
		{1, math.NaN(), 0, false},
		{math.NaN(), 1, 0, false},
		{1, 1e-12, 0, false},
		{math.Inf(1), 1, 0, false},
	} {
		got, ok := TimeToExhaustion(c.remaining, c.burn, month)
		if (got-c.want).Abs() > time.Microsecond || ok != c.ok {
			t.Errorf("%v left at burn %v: %v, %v; want %v, %v", c.remaining, c.burn, got, ok, c.want, c.ok)
		}
	}
}
