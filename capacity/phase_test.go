package capacity_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
)

func zone(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skip(err)
	}
	return z
}

// TestPhaseIsTheWallClock: the phase is what a clock on the wall shows, in zones
// with half-hour and half-hour summer offsets, and with changes at midnight.
func TestPhaseIsTheWallClock(t *testing.T) {
	names := []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"}
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(names).Draw(r, "zone"))
		step := rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Minute, 7 * time.Minute, 30 * time.Minute, time.Hour, 5 * time.Hour}).Draw(r, "step")
		s := capacity.Series{
			Start:  time.Unix(int64(rapid.IntRange(0, 60*365*86400).Draw(r, "start")), 0),
			Step:   step,
			Values: make([]float64, 500),
		}
		days, weeks := s.DayPhases(z), s.WeekPhases(z)
		for i := range s.Values {
			local := s.Time(i).In(z)
			h, m, sec := local.Clock()
			clock := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
			if want := int(clock / step); days[i] != want || s.DayPhase(i, z) != want {
				r.Fatalf("%v: phase of the day %d and %d, want %d", local, days[i], s.DayPhase(i, z), want)
			}
			clock += time.Duration((local.Weekday()+6)%7) * 24 * time.Hour
			if want := int(clock / step); weeks[i] != want || s.WeekPhase(i, z) != want {
				r.Fatalf("%v: phase of the week %d and %d, want %d", local, weeks[i], s.WeekPhase(i, z), want)
			}
		}
	})
}

// TestPhaseAcrossClockChanges: in Berlin 29 March 2026 has no hour 2, and 25
// October has it twice.
func TestPhaseAcrossClockChanges(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		day  time.Time
		want []int
	}{
		{time.Date(2026, 3, 29, 0, 0, 0, 0, berlin), []int{0, 1, 3, 4, 5}},
		{time.Date(2026, 10, 25, 0, 0, 0, 0, berlin), []int{0, 1, 2, 2, 3}},
	} {
		s := capacity.Series{Start: c.day, Step: time.Hour, Values: make([]float64, 5)}
		for i, got := range s.DayPhases(berlin) {
			if got != c.want[i] {
				t.Errorf("%v: step %d has phase %d, want %d", c.day, i, got, c.want[i])
			}
		}
	}
	s := capacity.Series{Start: noon, Step: 24 * time.Hour, Values: make([]float64, 8)}
	for i, got := range s.WeekPhases(nil) { // noon is on a Monday
		if got != i%7 || s.DayPhase(i, nil) != 0 {
			t.Errorf("day %d has phases %d and %d, want %d and 0", i, got, s.DayPhase(i, nil), i%7)
		}
	}
	if got := (capacity.Series{}).WeekPhase(3, nil); got != 0 {
		t.Errorf("an empty series has phase %d, want 0", got)
	}
}

func BenchmarkDayPhases(b *testing.B) {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: make([]float64, 10_000)}
	z := zone(b, "Europe/Berlin")
	b.ReportAllocs()
	for b.Loop() {
		s.DayPhases(z)
	}
}
