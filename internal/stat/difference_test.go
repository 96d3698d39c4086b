package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// twoSample is testdata/two_sample.json.
type twoSample struct {
	Score, Newcombe, Single, Fisher, Conditional [][]float64
	ScoreZ                                       [][]float64 `json:"score_z"`
	CountsE                                      [][]float64 `json:"counts_e"`
	Welch                                        [][]any
}

func counts(c []float64) (k1, n1, k2, n2 uint64) {
	return uint64(c[0]), uint64(c[1]), uint64(c[2]), uint64(c[3])
}

func TestDifferenceAgainstReference(t *testing.T) {
	var ref twoSample
	readJSON(t, "two_sample.json", &ref)
	if len(ref.Score) != 60 || len(ref.Newcombe) != 60 || len(ref.ScoreZ) != 90 {
		t.Fatalf("got %d, %d and %d rows, want 60, 60 and 90", len(ref.Score), len(ref.Newcombe), len(ref.ScoreZ))
	}
	for _, method := range []struct {
		name string
		f    func(k1, n1, k2, n2 uint64, level float64) Interval
		rows [][]float64
	}{
		{"MiettinenNurminen", MiettinenNurminen, ref.Score},
		{"Newcombe", Newcombe, ref.Newcombe},
	} {
		for _, c := range method.rows {
			k1, n1, k2, n2 := counts(c)
			got := method.f(k1, n1, k2, n2, c[4])
			if e := max(math.Abs(got.Low-c[5]), math.Abs(got.High-c[6])); !(e <= 1e-10) || got.Level != c[4] {
				t.Errorf("%s%v: got %v, error %.2g", method.name, c, got, e)
			}
		}
	}
	for _, c := range ref.ScoreZ {
		k1, n1, k2, n2 := counts(c)
		z := MiettinenNurminenScore(k1, n1, k2, n2, c[4])
		if !(math.Abs(z-c[5]) <= 1e-9*math.Max(1, math.Abs(c[5]))) {
			t.Errorf("MiettinenNurminenScore%v: got %.17g, want %.17g", c[:5], z, c[5])
		}
		if p, _ := NormalCDF(z); !(math.Abs(p-c[6]) <= 1e-7*c[6]) {
			t.Errorf("Φ of MiettinenNurminenScore%v: got %.17g, want %.17g", c[:5], p, c[6])
		}
	}
}

func TestDifferenceEdges(t *testing.T) {
	for _, c := range []struct {
		name            string
		got             Interval
		lowEnd, highEnd float64 // NaN: strictly inside
	}{
		{"certain difference", MiettinenNurminen(9, 9, 0, 7, 0.95), math.NaN(), 1},
		{"certain opposite", MiettinenNurminen(0, 9, 7, 7, 0.95), -1, math.NaN()},
		{"certain difference, Newcombe", Newcombe(9, 9, 0, 7, 0.95), math.NaN(), 1},
		{"no first sample", MiettinenNurminen(0, 0, 3, 7, 0.95), -1, 1},
		{"no second sample", Newcombe(3, 7, 0, 0, 0.95), -1, 1},
		{"both all", MiettinenNurminen(5, 5, 4, 4, 0.9), math.NaN(), math.NaN()},
		{"one each", MiettinenNurminen(0, 1, 1, 1, 0.999), -1, math.NaN()},
		{"huge", MiettinenNurminen(1e6, 1e12, 1e9, 1e12, 0.95), math.NaN(), math.NaN()},
	} {
		end := func(name string, got, want float64) {
			if math.IsNaN(want) && !(got > -1 && got < 1) || !math.IsNaN(want) && got != want {
				t.Errorf("%s: got %v, want %s end %v", c.name, c.got, name, want)
			}
		}
		end("low", c.got.Low, c.lowEnd)
		end("high", c.got.High, c.highEnd)
	}
	// Newcombe's end, where the search starts, is deceptively near here.
	v, z := MiettinenNurminen(0, 1, 0, 1e10, 0.9999), NormalQuantile(0.00005)
	if got := MiettinenNurminenScore(0, 1, 0, 1e10, v.High); !(math.Abs(got-z) <= 1e-12) {
		t.Errorf("score at %v: got %v, want %v", v.High, got, z)
	}
	for _, v := range []Interval{
		Newcombe(3, 2, 1, 2, 0.95), Newcombe(1, 2, 3, 2, 0.95), MiettinenNurminen(3, 2, 1, 2, 0.95), MiettinenNurminen(1, 2, 1, 2, 1),
		Newcombe(1, 2, 1, 2, 0), Newcombe(1, 2, 1, 2, math.NaN()),
	} {
		if !math.IsNaN(v.Low) || !math.IsNaN(v.High) {
			t.Errorf("outside the domain: got %v, want NaN", v)
		}
	}
	for _, z := range []float64{
		MiettinenNurminenScore(3, 2, 1, 2, 0), MiettinenNurminenScore(0, 0, 1, 2, 0), MiettinenNurminenScore(1, 2, 1, 2, 1.5), MiettinenNurminenScore(1, 2, 1, 2, math.NaN()),
	} {
		if !math.IsNaN(z) {
			t.Errorf("MiettinenNurminenScore outside the domain: got %v, want NaN", z)
		}
	}
	if z := MiettinenNurminenScore(0, 5, 0, 9, 0); z != 0 {
		t.Errorf("MiettinenNurminenScore(0, 5, 0, 9, 0): got %v, want 0", z)
	}
	if z := MiettinenNurminenScore(5, 5, 0, 9, -1); !math.IsInf(z, 1) {
		t.Errorf("MiettinenNurminenScore(5, 5, 0, 9, -1): got %v, want +Inf", z)
	}
}

// The ends of the interval are where the score reaches the normal quantile; exchanging the
// samples, or events and non-events, mirrors the interval.
func TestDifferenceLaws(t *testing.T) {
	sizes := rapid.OneOf(rapid.Uint64Range(1, 30), rapid.Uint64Range(1, 1e5), rapid.Uint64Range(1, 1e10))
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := sizes.Draw(t, "n1"), sizes.Draw(t, "n2")
		k1, k2 := rapid.Uint64Range(0, n1).Draw(t, "k1"), rapid.Uint64Range(0, n2).Draw(t, "k2")
		level := rapid.Float64Range(0.5, 0.9999).Draw(t, "level")
		z := -NormalQuantile((1 - level) / 2)
		v := MiettinenNurminen(k1, n1, k2, n2, level)
		d := float64(k1)/float64(n1) - float64(k2)/float64(n2)
		if !(-1 <= v.Low && v.Low <= d+1e-15 && d <= v.High+1e-15 && v.High <= 1) {
			t.Fatalf("MiettinenNurminen: got %v around %v", v, d)
		}
		for _, end := range []struct{ delta, want float64 }{{v.Low, z}, {v.High, -z}} {
			if math.Abs(end.delta) == 1 {
				continue
			}
			// The score changes by 1/√V for a unit of δ, so rounding of δ alone moves it.
			got := MiettinenNurminenScore(k1, n1, k2, n2, end.delta)
			width := math.Abs(end.delta-d) / z
			if !(math.Abs(got-end.want) <= 1e-9+1e-14/width) {
				t.Fatalf("score at %v of %v: got %v, want %v", end.delta, v, got, end.want)
			}
		}
		for name, f := range map[string]func(k1, n1, k2, n2 uint64, level float64) Interval{"MiettinenNurminen": MiettinenNurminen, "Newcombe": Newcombe} {
			v, swapped, mirrored := f(k1, n1, k2, n2, level), f(k2, n2, k1, n1, level), f(n1-k1, n1, n2-k2, n2, level)
			tolerance := 1e-12 * (v.High - v.Low)
			for _, m := range []Interval{swapped, mirrored} {
				if !(math.Abs(v.Low+m.High) <= tolerance+1e-15 && math.Abs(v.High+m.Low) <= tolerance+1e-15) {
					t.Fatalf("%s: got %v, mirror image %v", name, v, m)
				}
			}
		}
	})
}
