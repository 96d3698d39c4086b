package ets_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

// load1 is a synthetic load: level, slope, a daily or other season, noise.
func synthetic(n, period int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	level := 1000.0
	for i := range y {
		level += 0.2 + 3*r.NormFloat64()
		y[i] = level + 20*r.NormFloat64()
		if period > 1 {
			x := 2 * math.Pi * float64(i%period) / float64(period)
			y[i] += 150*math.Sin(x) + 60*math.Cos(2*x)
		}
	}
	return y
}

func BenchmarkEstimate(b *testing.B) {
	for _, c := range []struct {
		name, model string
		n, m        int
	}{
		{"hourly", "AAA", 850, 24},
		{"hourly", "ANA", 850, 24},
		{"hourly", "AAdA", 850, 24},
		{"hourly", "MAM", 850, 24},
		{"five-minutes", "AAA", 4032, 288},
		{"weekly", "AAN", 1000, 1},
	} {
		y := synthetic(c.n, c.m, 7)
		m := model(b, c.model, c.m)
		b.Run(c.name+"/"+c.model, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ets.Estimate(b.Context(), y, nil, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSelect(b *testing.B) {
	for _, c := range []struct {
		name string
		n, m int
	}{{"hourly", 850, 24}, {"weekly", 1000, 1}, {"five-minutes", 4032, 288}} {
		y := synthetic(c.n, c.m, 7)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ets.Select(b.Context(), y, nil, ets.Options{Period: c.m}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// On public series, one after the other: the time per series of a whole set.
func BenchmarkPublicSeries(b *testing.B) {
	folder := os.Getenv("OWNERSHIP_DATA")
	if folder == "" {
		b.Skip("OWNERSHIP_DATA names no folder of series")
	}
	hourly := seriesOf(b, filepath.Join(folder, "m4_hourly_train_even.csv"))
	weekly := seriesOf(b, filepath.Join(folder, "m4_weekly_train_even.csv"))
	for _, c := range []struct {
		name   string
		series map[string][]float64
		run    func(y []float64) error
	}{
		{"hourly/AAA", hourly, func(y []float64) error {
			_, err := ets.Estimate(context.Background(), y, nil, model(b, "AAA", 24))
			return err
		}},
		{"hourly/Select", hourly, func(y []float64) error {
			_, err := ets.Select(context.Background(), y, nil, ets.Options{Period: 24})
			return err
		}},
		{"weekly/Select", weekly, func(y []float64) error {
			_, err := ets.Select(context.Background(), y, nil, ets.Options{})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				for id, y := range c.series {
					if err := c.run(y); err != nil {
						b.Fatal(id, err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(c.series)), "µs/series")
		})
	}
}
