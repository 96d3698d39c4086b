package capacity

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBoundsHold(t *testing.T) {
	s := eightWeeks()
	top, bottom, free := 110.0, 90.0, math.Inf(-1)
	for _, c := range []struct {
		name      string
		b         Bounds
		low, high float64
	}{
		{"none", Bounds{}, 0, math.MaxFloat64},
		{"capped", Bounds{High: &top}, 0, 110},
		{"between", Bounds{Low: &bottom, High: &top}, 90, 110},
		{"free", Bounds{Low: &free}, -math.MaxFloat64, math.MaxFloat64},
	} {
		f := mustForecast(t, Default{Bounds: c.b}, s, 48)
		sound(t, f, 48, c.low, c.high)
		if capped := c.b.High != nil; capped != strings.Contains(codes(f), "censored") {
			t.Errorf("%s: warnings %q", c.name, codes(f))
		}
	}
}

// TestBoundsLeaveTheRestOfThePeak: what is far from a bound is as without it, and what a bound
// leaves one value is that value.
func TestBoundsLeaveTheRestOfThePeak(t *testing.T) {
	s := eightWeeks()
	plain := mustForecast(t, Default{}, s, 24)
	largest := slices.Max(plain.Mean)
	top, limit := 0.9*largest, 0.8*largest
	capped := Default{Bounds: Bounds{High: &top}}
	want, err := Default{}.ExceedProbability(t.Context(), s, limit, 24)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := capped.ExceedProbability(t.Context(), s, limit, 24); err != nil || got.Probability != want.Probability {
		t.Errorf("%v: probability %v to exceed %v with values capped at %v, %v without", err, got.Probability, limit, top, want.Probability)
	}
	bottom := 2 * plain.Peak.Upper
	raised := Default{Bounds: Bounds{Low: &bottom}}
	if f := mustForecast(t, raised, s, 24); f.Peak.Median != bottom || f.Peak.Upper != bottom {
		t.Errorf("peak %+v of values that are all %v", f.Peak, bottom)
	}
	if x, err := raised.ExceedProbability(t.Context(), s, 1.1*bottom, 24); err != nil || x.Probability > 0.051 {
		t.Errorf("%v: probability %v to exceed %v of values that are all %v", err, x.Probability, 1.1*bottom, bottom)
	}
}

// TestEvents: what an event did to the past is not learned, and what it will do
// is in the forecast.
func TestEvents(t *testing.T) {
	s := eightWeeks()
	n := s.Len()
	plain := mustForecast(t, Default{}, s, 48)
	// A sale of +50 % and 10 more on the last day, which ends.
	sale := Event{Name: "sale", Start: s.Time(n - 24), End: s.End(), Factor: 1.5, Add: 10}
	past := s
	past.Values = slices.Clone(s.Values)
	for i := n - 24; i < n; i++ {
		past.Values[i] = past.Values[i]*1.5 + 10
	}
	after := mustForecast(t, Default{Events: []Event{sale}}, past, 48)
	for i := range plain.Mean {
		if d := math.Abs(plain.Mean[i] - after.Mean[i]); d > 1e-6 {
			t.Fatalf("step %d: %v after the sale, %v without", i, after.Mean[i], plain.Mean[i])
		}
	}
	// The same sale on the second day to come, from 90 minutes in: the step that
	// began before is not in it.
	coming := sale
	coming.Start, coming.End = s.End().Add(24*time.Hour+30*time.Minute), s.End().Add(30*time.Hour)
	with := mustForecast(t, Default{Events: []Event{coming}}, s, 48)
	for i := range plain.Mean {
		want := plain.Mean[i]
		if i >= 25 && i < 30 {
			want = want*1.5 + 10
		}
		if math.Abs(with.Mean[i]-want) > 1e-9*want {
			t.Errorf("step %d: %v with the sale, want %v", i, with.Mean[i], want)
		}
	}
	if with.Peak.Upper < plain.Peak.Upper {
		t.Errorf("the sale lowered the peak from %v to %v", plain.Peak.Upper, with.Peak.Upper)
	}
	// Twice as much all the time is twice the peak.
	twice := mustForecast(t, Default{Events: []Event{{Start: s.End(), End: s.End().Add(48 * time.Hour), Factor: 2}}}, s, 48)
	for _, c := range [][2]float64{{twice.Peak.Median, plain.Peak.Median}, {twice.Peak.Upper, plain.Peak.Upper}} {
		if math.Abs(c[0]-2*c[1]) > 1e-9*c[0] {
			t.Errorf("peak %v with twice the load, %v without", c[0], c[1])
		}
	}
	// A thousand more, in one night or all the time, are a thousand more: the spread around it
	// stays that of the load.
	for _, coming := range []Event{
		{Start: s.End(), End: s.End().Add(48 * time.Hour), Add: 1000},
		{Start: s.End().Add(3 * time.Hour), End: s.End().Add(4 * time.Hour), Add: 1000},
	} {
		d := Default{Events: []Event{coming}}
		more := mustForecast(t, d, s, 48)
		if most := 1000 + plain.Peak.Upper; more.Peak.Upper > most+1e-6 || more.Peak.Median > 1000+plain.Peak.Median+1e-6 {
			t.Errorf("peak %+v with 1000 more from %s, %+v without", more.Peak, coming.Start, plain.Peak)
		}
		beyond := 1000 + 1.5*plain.Peak.Upper
		x, err := d.ExceedProbability(t.Context(), s, beyond, 48)
		if err != nil || x.Probability > 0.051 {
			t.Errorf("%v: probability %v to exceed %v, which is far beyond what was ever seen", err, x.Probability, beyond)
		}
	}
	// An incident that is ignored is a gap.
	broken := s
	broken.Values = slices.Clone(s.Values)
	masked := s
	masked.Mask = make([]bool, n)
	for i := n - 30; i < n-20; i++ {
		broken.Values[i], masked.Mask[i] = 0, true
	}
	ignored := mustForecast(t, Default{Events: []Event{{Start: s.Time(n - 30), End: s.Time(n - 20), Ignore: true}}}, broken, 24)
	if want := mustForecast(t, Default{}, masked, 24); !slices.Equal(ignored.Mean, want.Mean) {
		t.Error("an ignored incident is not what a gap is")
	}
}
