package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

type interval = func(k, n uint64, level float64) Interval

var oneSample = []struct {
	name string
	f    interval
}{{"ClopperPearson", ClopperPearson}, {"Jeffreys", Jeffreys}, {"Wilson", Wilson}}

func TestProportionLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := uint64(math.Pow(10, rapid.Float64Range(0, 12).Draw(t, "log10 n")))
		k := rapid.Uint64Range(0, n).Draw(t, "k")
		if rapid.Bool().Draw(t, "rare") {
			k %= 50
			k = min(k, n)
		}
		level := rapid.Float64Range(0.01, 0.99999).Draw(t, "level")
		p := float64(k) / float64(n)
		for _, m := range oneSample {
			v := m.f(k, n, level)
			if !(0 <= v.Low && v.Low <= p && p <= v.High && v.High <= 1 && v.Level == level) {
				// Jeffreys' posterior is pulled towards one half: its narrow intervals can
				// leave out k/n.
				if m.name != "Jeffreys" || level > 0.9 {
					t.Fatalf("%s: got %v around %v", m.name, v, p)
				}
			}
			// Non-events mirror events.
			o := m.f(n-k, n, level)
			if !(math.Abs(v.Low+o.High-1) <= 1e-15 && math.Abs(v.High+o.Low-1) <= 1e-15) {
				t.Fatalf("%s: got %v, of the non-events %v", m.name, v, o)
			}
			// More events move it up; a higher level widens it.
			if k < n {
				if up := m.f(k+1, n, level); !(up.Low >= v.Low && up.High >= v.High) {
					t.Fatalf("%s: got %v, with one more event %v", m.name, v, up)
				}
			}
			if wide := m.f(k, n, 1-(1-level)/2); !(wide.Low <= v.Low && wide.High >= v.High) {
				t.Fatalf("%s: got %v, at a higher level %v", m.name, v, wide)
			}
		}
		// Wilson's lower end p solves (k/n − p)² = z²·p(1−p)/n.
		high := 1 - 1e-9
		if w, z := Wilson(k, n, high), NormalQuantile((1-high)/2); k > 0 && n <= 1e6 && w.Low < 0.5 {
			got := (p - w.Low) * (p - w.Low) * float64(n) / (w.Low * (1 - w.Low))
			// Rounding of k/n − p and of p itself.
			if bar := 1e-14 + 1e-15*p/(p-w.Low); !(relError(got, z*z) <= bar) {
				t.Fatalf("Wilson: got a lower end of %v, where the squared score is %v, want %v", w.Low, got, z*z)
			}
		}
		// Clopper and Pearson's ends are where the tails beyond k hold half of 1 − level.
		v, half := ClopperPearson(k, n, level), math.Log((1-level)/2)
		if k > 0 {
			if _, u := LogBinomialCDF(k-1, n, v.Low); v.Low > 1e-300 && v.Low < 1-1e-6 && !(math.Abs(u-half) <= 1e-9) {
				t.Fatalf("upper tail at %v: got ln %v, want ln %v", v.Low, u, half)
			}
		}
		if k < n && v.High < 1-1e-6 {
			if l, _ := LogBinomialCDF(k, n, v.High); !(math.Abs(l-half) <= 1e-9) {
				t.Fatalf("lower tail at %v: got ln %v, want ln %v", v.High, l, half)
			}
		}
	})
}

func TestProportionEdges(t *testing.T) {
	for _, m := range oneSample {
		if got := m.f(0, 0, 0.95); got != (Interval{0, 1, 0.95}) {
			t.Errorf("%s(0, 0): got %v, want [0, 1]", m.name, got)
		}
		if got := m.f(0, 9, 0.95); got.Low != 0 || !(got.High > 0 && got.High < 1) {
			t.Errorf("%s(0, 9): got %v, want a low end of 0", m.name, got)
		}
		if got := m.f(9, 9, 0.95); got.High != 1 || !(got.Low > 0 && got.Low < 1) {
			t.Errorf("%s(9, 9): got %v, want a high end of 1", m.name, got)
		}
		for _, got := range []Interval{m.f(3, 2, 0.95), m.f(1, 2, 0), m.f(1, 2, 1), m.f(1, 2, math.NaN()), m.f(1, 2, -1)} {
			if !math.IsNaN(got.Low) || !math.IsNaN(got.High) {
				t.Errorf("%s outside the domain: got %v, want NaN", m.name, got)
			}
		}
	}
}
