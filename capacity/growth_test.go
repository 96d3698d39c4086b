package capacity

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A fill level that has grown by 4 a day, or fallen by 20, goes on beyond half the range of its history.
func TestGrowthGoesOn(t *testing.T) {
	for _, c := range []struct {
		name              string
		n, ahead          int
		first, day, noise float64
	}{{"growing", 80, 120, 300, 4, 1}, {"falling", 30, 19, 1000, -20, 3}} {
		r := rand.New(rand.NewPCG(1, 2))
		s := Series{Start: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Step: 24 * time.Hour}
		for i := range c.n {
			s.Values = append(s.Values, c.first+c.day*float64(i)+c.noise*r.NormFloat64())
		}
		want := c.first + c.day*float64(c.n+c.ahead-1)
		for _, f := range []Forecaster{Default{}, Fast{}} {
			got, err := f.Forecast(t.Context(), s, c.ahead)
			if err != nil {
				t.Fatal(err)
			}
			last := s.Values[c.n-1]
			if end := got.Mean[c.ahead-1]; (end-last)/(want-last) < 0.9 {
				t.Errorf("%s, %s: got %.0f after %d days, want about %.0f", c.name, got.Model, end, c.ahead, want)
			}
		}
	}
}
