package ets_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/srekit/ownership/capacity/ets"
)

// requests is a month of hourly requests per second with a daily rhythm and a
// little growth.
func requests() []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 30*24)
	for i := range y {
		y[i] = math.Round(400 + 0.1*float64(i) - 150*math.Cos(2*math.Pi*float64(i)/24) + 15*r.NormFloat64())
	}
	return y
}

// Tomorrow's load, hour by hour.
func Example_tomorrow() {
	m, err := ets.ParseModel("AAdA", 24)
	if err != nil {
		panic(err)
	}
	fit, err := ets.Estimate(context.Background(), requests(), nil, m)
	if err != nil {
		panic(err)
	}
	f, err := fit.Forecast(24, 0.95)
	if err != nil {
		panic(err)
	}
	for _, hour := range []int{0, 6, 12, 18} {
		fmt.Printf("%02d:00  %.0f/s, likely %.0f to %.0f\n", hour, f.Mean[hour], f.Lower[hour], f.Upper[hour])
	}
	// Output:
	// 00:00  318/s, likely 288 to 349
	// 06:00  470/s, likely 440 to 500
	// 12:00  621/s, likely 591 to 651
	// 18:00  472/s, likely 442 to 503
}

// The highest hour of tomorrow is higher than the highest of the expected
// hours: which of them it will be is not known either.
func ExampleFit_Paths_peak() {
	m, _ := ets.ParseModel("ANA", 24)
	fit, err := ets.Estimate(context.Background(), requests(), nil, m)
	if err != nil {
		panic(err)
	}
	f, _ := fit.Forecast(24, 0.95)
	paths, err := fit.Paths(24, 4000, rand.NewPCG(1, 2))
	if err != nil {
		panic(err)
	}
	peaks := make([]float64, len(paths))
	for i, p := range paths {
		peaks[i] = slices.Max(p)
	}
	slices.Sort(peaks)
	fmt.Printf("highest mean  %.0f\n", slices.Max(f.Mean))
	fmt.Printf("median peak   %.0f\n", peaks[len(peaks)/2])
	fmt.Printf("95 %% of peaks %.0f\n", peaks[len(peaks)*95/100])
	// Output:
	// highest mean  621
	// median peak   632
	// 95 % of peaks 653
}

// A service keeps a model for each series and learns every minute.
func ExampleOnline_everyMinute() {
	fit := ets.Fit{
		Model:      ets.Model{Error: ets.Additive, Trend: ets.Additive, Damped: true},
		Parameters: ets.Parameters{Alpha: 0.4, Beta: 0.1, Phi: 0.9},
		Final:      ets.State{Level: 100},
		Sigma2:     9,
		N:          500,
	}
	live, err := ets.NewOnline(fit, 0)
	if err != nil {
		panic(err)
	}
	for _, v := range []float64{102, 99, math.NaN(), 101, 130} {
		e, err := live.Update(v)
		if err != nil {
			fmt.Println(err)
			live.Skip(1)
			continue
		}
		sigma := math.Sqrt(live.Fit().Sigma2)
		fmt.Printf("%.0f: off by %.1f, expecting %.1f ± %.1f\n", v, e, live.Expect(1), 2*sigma)
	}
	// Output:
	// 102: off by 2.0, expecting 101.0 ± 6.0
	// 99: off by -2.0, expecting 100.2 ± 6.0
	// ets: value NaN is no measurement: leave it out and call Skip
	// 101: off by 0.8, expecting 100.6 ± 6.0
	// 130: off by 29.4, expecting 115.0 ± 6.5
}

// A model moves to another machine without the history it has learnt from.
func ExampleOnline_MarshalBinary() {
	m, _ := ets.ParseModel("ANA", 24)
	fit, err := ets.Estimate(context.Background(), requests(), nil, m)
	if err != nil {
		panic(err)
	}
	here, err := ets.NewOnline(fit, 0)
	if err != nil {
		panic(err)
	}
	state, err := here.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var there ets.Online
	if err := there.UnmarshalBinary(state); err != nil {
		panic(err)
	}
	fmt.Println(len(state), "bytes;", here.Expect(5) == there.Expect(5))
	// Output: 275 bytes; true
}

// Constants that another program was set to.
func ExampleHoltWinters_Smooth() {
	h := ets.HoltWinters{Alpha: 0.3, Beta: 0.01, Gamma: 0.1, Trend: true, Season: ets.Additive, Period: 24}
	s, err := h.Smooth(requests(), nil)
	if err != nil {
		panic(err)
	}
	f, err := s.Forecast(2, 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.0f, %.0f\n", f.Mean[0], f.Mean[1])
	p := h.Parameters()
	fmt.Printf("as a state-space model %v: alpha %.3g, beta %.3g, gamma %.3g\n", h.Model(), p.Alpha, p.Beta, p.Gamma)
	// Output:
	// 321, 329
	// as a state-space model AAA: alpha 0.3, beta 0.003, gamma 0.07
}

// Day and week of an hourly series in less than a kibibyte.
func ExampleDoubleSeasonal() {
	r := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 6*168)
	for i := range y {
		y[i] = 400 - 150*math.Cos(2*math.Pi*float64(i)/24) + 10*r.NormFloat64()
		if day := i / 24 % 7; day >= 5 {
			y[i] -= 120 // the weekend
		}
	}
	fit, err := ets.DoubleSeasonal{Season: ets.Additive, Short: 24, Long: 168}.Fit(y, nil)
	if err != nil {
		panic(err)
	}
	live, err := ets.NewDoubleOnline(fit, 0)
	if err != nil {
		panic(err)
	}
	state, _ := live.MarshalBinary()
	fmt.Printf("Monday noon %.0f, Saturday noon %.0f, %d bytes\n", live.Expect(12+1), live.Expect(5*24+12+1), len(state))
	// Output: Monday noon 555, Saturday noon 423, 866 bytes
}
