package capacity

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

type hourlyWeekly struct {
	Y    []float64 `json:"y"`
	MSTL struct {
		Trend     []float64 `json:"trend"`
		Season24  []float64 `json:"seasonal24"`
		Season168 []float64 `json:"seasonal168"`
		Remainder []float64 `json:"remainder"`
	} `json:"mstl"`
	STLF struct {
		Method                 string
		Mean, Lower95, Upper95 []float64
	} `json:"stlf_ets"`
}

func TestMSTLReference(t *testing.T) {
	var r hourlyWeekly
	readReference(t, "hourly_weekly.json", &r)
	d, err := MSTL{Periods: []int{168, 24}}.Decompose(t.Context(), hours(r.Y))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		part      string
		got, want []float64
	}{
		{"trend", d.Trend, r.MSTL.Trend},
		{"season of 24", d.Seasons[0].Values, r.MSTL.Season24},
		{"season of 168", d.Seasons[1].Values, r.MSTL.Season168},
		{"remainder", d.Remainder, r.MSTL.Remainder},
	} {
		if e := furthest(c.got, c.want); e > 1e-9 {
			t.Errorf("%s is off by %.3g, want at most 1e-9", c.part, e)
		}
	}
}

// The reference forecasts have the trend of exponential smoothing whose parameters R's
// optimiser leaves in the fourth digit; the seasons are exact. The hourly one was made with the season of a day
// alone.
func TestMSTLForecastReference(t *testing.T) {
	var all []decomposed
	readReference(t, "decompose.json", &all)
	var r hourlyWeekly
	readReference(t, "hourly_weekly.json", &r)
	hourly := decomposed{Name: "hourly", Frequency: 24, H: 48, Values: r.Y}
	hourly.STLF.Method, hourly.STLF.Mean, hourly.STLF.Lo95, hourly.STLF.Hi95 = r.STLF.Method, r.STLF.Mean, r.STLF.Lower95, r.STLF.Upper95
	checked := 0
	for _, c := range append(all, hourly) {
		if c.STLF.Method == "" {
			continue
		}
		checked++
		method := strings.NewReplacer("STL +  ETS(", "", ",", "", ")", "").Replace(c.STLF.Method)
		m, err := ets.ParseModel(method, 1)
		if err != nil {
			t.Fatal(err)
		}
		f, err := MSTL{Periods: []int{c.Frequency}, Base: ETS{Period: 1, Models: []ets.Model{m}}}.Forecast(t.Context(), hours(c.Values), c.H)
		if err != nil {
			t.Fatal(err)
		}
		for part, e := range map[string]float64{
			"mean": furthest(f.Mean, c.STLF.Mean), "lower": furthest(f.Lower, c.STLF.Lo95), "upper": furthest(f.Upper, c.STLF.Hi95),
		} {
			if e > 1e-3 {
				t.Errorf("%s: %s is off by %.3g, want at most 1e-3", c.Name, part, e)
			}
		}
		if want := "MSTL + ETS " + method; f.Model != want {
			t.Errorf("%s: model %q, want %q", c.Name, f.Model, want)
		}
	}
	if checked != 5 {
		t.Errorf("%d series, want 5", checked)
	}
}

// A day and a week that repeat exactly, with a tenth of the hours and a whole day missing,
// are forecast as they go on.
func TestMSTLForecastThroughGaps(t *testing.T) {
	truth := func(i int) float64 {
		v := 100 + 20*math.Sin(2*math.Pi*float64(i%24)/24)
		if i/24%7 >= 5 {
			v -= 30
		}
		return v
	}
	s := hours(make([]float64, 24*7*6))
	s.Mask = make([]bool, len(s.Values))
	for i := range s.Values {
		s.Values[i] = truth(i)
		if i%10 == 3 || i/24 == 20 {
			s.Mask[i], s.Values[i] = true, 0
		}
	}
	f, err := MSTL{}.Forecast(t.Context(), s, 24*7)
	if err != nil {
		t.Fatal(err)
	}
	for h, m := range f.Mean {
		if math.Abs(m-truth(len(s.Values)+h)) > 3 {
			t.Errorf("step %d: %v, want %v", h, m, truth(len(s.Values)+h))
		}
	}
	if len(f.Paths) != 500 || f.Peak.Upper < f.Peak.Median || math.Abs(f.Peak.Median-120) > 5 {
		t.Errorf("%d paths, peak %+v, want about 120", len(f.Paths), f.Peak)
	}
	without, err := MSTL{Base: Linear{Paths: -1}}.Forecast(t.Context(), s, 24)
	if err != nil || without.Paths != nil || without.Peak.Upper < 119 || without.Model != "MSTL + linear" {
		t.Errorf("linear base: %v, %d paths, peak %+v, model %q", err, len(without.Paths), without.Peak, without.Model)
	}
}

func TestMSTLErrors(t *testing.T) {
	s := hours(make([]float64, 47))
	if _, err := (MSTL{}).Forecast(t.Context(), s, 3); err == nil || !strings.HasSuffix(err.Error(), "periods: none: the series does not hold two days of a step that divides a day; name the periods, or forecast without a season") {
		t.Errorf("no period: %v", err)
	}
	if _, err := (MSTL{Periods: []int{2, 24, 1}}).Decompose(t.Context(), s); err == nil || !strings.Contains(err.Error(), "periods[0]: 1: a season has at least 2 steps") || !strings.Contains(err.Error(), "periods[2]: 24: the 47 steps of the series are less than two seasons") {
		t.Errorf("bad periods: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (MSTL{Periods: []int{2}}).Decompose(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The speed of the usual case: eight weeks of hours with a day and a week, two days ahead.
func BenchmarkMSTL(b *testing.B) {
	var r hourlyWeekly
	readReference(b, "hourly_weekly.json", &r)
	o := MSTL{Periods: []int{24, 168}}
	b.Run("decompose", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := o.Decompose(b.Context(), hours(r.Y)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("forecast", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := o.Forecast(b.Context(), hours(r.Y), 48); err != nil {
				b.Fatal(err)
			}
		}
	})
}
