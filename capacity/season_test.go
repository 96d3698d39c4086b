package capacity

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestDetectPeriods(t *testing.T) {
	wave := func(n int, step time.Duration, periods ...float64) Series {
		v := make([]float64, n)
		state := uint64(3)
		for i := range v {
			state = state*6364136223846793005 + 1442695040888963407
			v[i] = 50 + float64(state>>11)/(1<<53)
			for _, p := range periods {
				v[i] += 5 * math.Sin(2*math.Pi*float64(i)/p)
			}
		}
		return Series{Start: monday, Step: step, Values: v}
	}
	holes := wave(504, time.Hour, 24)
	holes.Mask = make([]bool, 504)
	for i := range holes.Mask {
		if holes.Mask[i] = i*7919%5 == 0; holes.Mask[i] {
			holes.Values[i] = 1e9
		}
	}
	for _, c := range []struct {
		name string
		s    Series
		want []int
	}{
		{"every fifth missing", holes, []int{24}},
		{"hours, three weeks", wave(504, time.Hour, 24), []int{24}},
		{"hours, four weeks", wave(672, time.Hour, 24, 168), []int{24, 168}},
		{"five minutes", wave(2016, 5*time.Minute, 288), []int{288}},
		{"days", wave(300, 24*time.Hour, 7), []int{7}},
		{"a batch every 11 hours", wave(700, time.Hour, 11), []int{11}},
		{"seconds of a minute", wave(600, time.Second, 60), []int{60}},
		{"months", wave(120, 30*24*time.Hour, 12), []int{12}},
		{"weeks", wave(300, 7*24*time.Hour, 52), []int{1}},
		{"noise of seven minutes", wave(400, 7*time.Minute), []int{1}},
		{"one day", wave(24, time.Hour, 24), []int{1}},
		{"one value", wave(1, time.Hour), []int{1}},
	} {
		if got := DetectPeriods(c.s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestAutocorrelation against its definition.
func TestAutocorrelation(t *testing.T) {
	s := eightWeeks().Slice(0, 100)
	r := autocorrelation(s, 30)
	// The same by hand: clipped to the 3rd from either end, less the line.
	known := slices.Clone(s.Values)
	slices.Sort(known)
	v := make([]float64, 100)
	var st, sy, stt, sty float64
	for i, x := range s.Values {
		v[i] = max(known[2], min(known[97], x))
		u := float64(i)
		st, sy, stt, sty = st+u, sy+v[i], stt+u*u, sty+u*v[i]
	}
	slope := (100*sty - st*sy) / (100*stt - st*st)
	for i := range v {
		v[i] -= sy/100 + slope*(float64(i)-st/100)
	}
	at := func(lag int) (sum float64) {
		for i := lag; i < 100; i++ {
			sum += v[i] * v[i-lag]
		}
		return sum / float64(100-lag)
	}
	for lag, got := range r {
		if want := at(lag) / at(0); math.Abs(got-want) > 1e-9 {
			t.Errorf("lag %d: %v, want %v", lag, got, want)
		}
	}
}

// TestWallClock: a load that follows the clock of Berlin, over the night when it
// goes forward and the night when it goes back.
func TestWallClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for _, change := range []time.Time{time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)} {
		start := change.Add(-21 * 24 * time.Hour)
		s := Series{Start: start, Step: time.Hour, Values: make([]float64, 22*24)}
		load := func(i int) float64 { return 100 + float64(s.DayPhase(i, berlin)*s.DayPhase(i, berlin)) }
		for i := range s.Values {
			s.Values[i] = load(i)
		}
		worst := func(f Forecast) (d float64) {
			for i, m := range f.Mean {
				d = max(d, math.Abs(m-load(s.Len()+i)))
			}
			return d
		}
		with := mustForecast(t, Default{Zone: berlin}, s, 72)
		without := mustForecast(t, Default{}, s, 72)
		if worst(with) > 5 || worst(without) < 50 {
			t.Errorf("%v: off by %.1f with the zone, %.1f without", change, worst(with), worst(without))
		}
		// The change itself lies within the horizon.
		before := s.Slice(0, 21*24-30)
		f := mustForecast(t, Default{Zone: berlin}, before, 72)
		off := 0.0
		for i, m := range f.Mean {
			off = max(off, math.Abs(m-load(before.Len()+i)))
		}
		if off > 5 {
			t.Errorf("%v: off by %.1f over the change", change, off)
		}
		sound(t, f, 72, 0, math.MaxFloat64)
	}
}
