//go:build unix

package ets_test

import (
	"bufio"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/srekit/ownership/capacity/ets"
)

// BenchmarkCompare fits the series of OWNERSHIP_SERIES, one value a line with a
// season of 24, for .ci/compare-ets: in processor time, since the other programs
// are measured so.
func BenchmarkCompare(b *testing.B) {
	path := os.Getenv("OWNERSHIP_SERIES")
	if path == "" {
		b.Skip("run by .ci/compare-ets")
	}
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var y []float64
	for s := bufio.NewScanner(file); s.Scan(); {
		v, err := strconv.ParseFloat(s.Text(), 64)
		if err != nil {
			b.Fatal(err)
		}
		y = append(y, v)
	}
	m, err := ets.ParseModel("AAA", 24)
	if err != nil {
		b.Fatal(err)
	}
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for _, c := range []struct {
		name string
		run  func() error
	}{
		{"AAA", func() error {
			f, err := ets.Estimate(b.Context(), y, nil, m)
			if err == nil {
				_, err = f.Forecast(48, 0.95)
			}
			return err
		}},
		{"auto", func() error {
			f, err := ets.Select(b.Context(), y, nil, ets.Options{Period: 24})
			if err == nil {
				_, err = f.Forecast(48, 0.95)
			}
			return err
		}},
		{"HoltWinters", func() error {
			f, err := ets.HoltWinters{Trend: true, Season: ets.Additive, Period: 24}.Fit(y, nil)
			if err == nil {
				_, err = f.Forecast(48, 0.95)
			}
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			start := cpu()
			for b.Loop() {
				if err := c.run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpu()-start).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
}
