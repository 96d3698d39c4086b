package capacity

import (
	"context"
	"math"
	"testing"
)

// eightWeeks is hours with a day, a week, noise and some spikes.
func eightWeeks() Series {
	values := make([]float64, 8*168)
	state := uint64(1)
	for i := range values {
		state = state*6364136223846793005 + 1442695040888963407
		noise := float64(state>>11)/(1<<53) - 0.5
		values[i] = 100 + 40*math.Sin(2*math.Pi*float64(i)/24) + 15*math.Cos(2*math.Pi*float64(i)/168) + 20*noise
		if state>>60 == 0 && i%7 == 0 {
			values[i] *= 4
		}
	}
	return hours(values)
}

func benchmarkForecast(b *testing.B, f Forecaster, horizon int) {
	s := eightWeeks()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Forecast(context.Background(), s, horizon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDefaultEightWeeks(b *testing.B)      { benchmarkForecast(b, Default{}, 24) }
func BenchmarkDefaultEightWeeksMonth(b *testing.B) { benchmarkForecast(b, Default{}, 672) }
func BenchmarkFastEightWeeks(b *testing.B)         { benchmarkForecast(b, Fast{}, 24) }
func BenchmarkFastEightWeeksMonth(b *testing.B)    { benchmarkForecast(b, Fast{}, 672) }
func BenchmarkSeasonalAREightWeeks(b *testing.B)   { benchmarkForecast(b, SeasonalAR{}, 24) }
