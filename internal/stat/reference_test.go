package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// readJSON decodes a file of testdata; see testdata/README.md for the origins.
func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// logError returns the error of the logarithm of a probability: the relative error of the
// probability down to e⁻⁷⁰⁰ where doubles end, and below that the relative error of the
// logarithm on the same scale. A logarithm next to 0, of a probability next to 1, counts
// relatively.
func logError(got, want float64) float64 {
	e := math.Abs(got - want)
	switch {
	case got == want:
		return 0
	case want < -700:
		return e / -want * 700
	case want > -1:
		return e / -want
	}
	return e
}

func relError(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / math.Abs(want)
}

// The reference is mpmath's, by quadrature with 50 digits, so these bars measure the
// package alone. In the tails the bar is about four units in the last place of the
// logarithm, 5e-13 at e⁻⁷⁰⁰, at every size up to 1e12.
func TestHighPrecision(t *testing.T) {
	var ref struct {
		Beta, Gamma, Normal, Student [][]float64
		BetaQuantile                 [][]float64 `json:"beta_quantile"`
		GammaQuantile                [][]float64 `json:"gamma_quantile"`
		BinomialPMF                  [][]float64 `json:"binomial_pmf"`
		PoissonPMF                   [][]float64 `json:"poisson_pmf"`
		HypergeometricPMF            [][]float64 `json:"hypergeometric_pmf"`
		BetaBinomialPMF              [][]float64 `json:"beta_binomial_pmf"`
		Score                        [][]float64
	}
	readJSON(t, "high_precision.json", &ref)
	tails := func(name string, rows [][]float64, least int, f func(c []float64) (lower, upper float64)) {
		t.Helper()
		if len(rows) < least {
			t.Errorf("%s: got %d rows, want at least %d", name, len(rows), least)
		}
		var near, far float64
		for _, c := range rows {
			args, want := c[:len(c)-2], c[len(c)-2:]
			l, u := f(args)
			bar := 3e-14
			if min(want[0], want[1]) < -30 {
				bar = 5e-13
			}
			e := max(logError(l, want[0]), logError(u, want[1]))
			if !(e <= bar) {
				t.Errorf("%s%v: got %.17g, %.17g, want %.17g, %.17g, error %.2g", name, args, l, u, want[0], want[1], e)
			}
			if bar < 1e-13 {
				near = max(near, e)
			} else {
				far = max(far, e)
			}
		}
		t.Logf("%s: %d rows, largest error %.2g, in the tails below e⁻³⁰ %.2g", name, len(rows), near, far)
	}
	tails("LogBetaCDF", ref.Beta, 1000, func(c []float64) (float64, float64) { return LogBetaCDF(c[0], c[1], c[2]) })
	tails("LogGammaCDF", ref.Gamma, 200, func(c []float64) (float64, float64) { return LogGammaCDF(c[0], c[1]) })
	tails("LogNormalCDF", ref.Normal, 58, func(c []float64) (float64, float64) { return LogNormalCDF(c[0]) })
	tails("LogStudentTCDF", ref.Student, 200, func(c []float64) (float64, float64) { return LogStudentTCDF(c[0], c[1]) })

	quantiles := func(name string, rows [][]float64, least int, f func(c []float64) float64) {
		t.Helper()
		if len(rows) < least {
			t.Errorf("%s: got %d rows, want at least %d", name, len(rows), least)
		}
		var worst float64
		for _, c := range rows {
			args, want := c[:len(c)-1], c[len(c)-1]
			got := f(args)
			e := relError(got, want)
			if !(e <= 1e-13) {
				t.Errorf("%s%v: got %.17g, want %.17g, error %.2g", name, args, got, want, e)
			}
			worst = max(worst, e)
		}
		t.Logf("%s: %d rows, largest relative error %.2g", name, len(rows), worst)
	}
	quantiles("LogBetaQuantile", ref.BetaQuantile, 80, func(c []float64) float64 { return LogBetaQuantile(c[0], c[1], c[2]) })
	quantiles("LogGammaQuantile", ref.GammaQuantile, 50, func(c []float64) float64 { return LogGammaQuantile(c[0], c[1]) })
	// The score of a δ within rounding of the difference is not worth more than that rounding.
	if len(ref.Score) < 60 {
		t.Errorf("score: got %d rows, want at least 60", len(ref.Score))
	}
	for _, c := range ref.Score {
		k1, n1, k2, n2 := counts(c)
		d := c[0]/c[1] - c[2]/c[3]
		bar := 2e-14 + 2e-16*math.Abs(d)/math.Abs(d-c[4])
		if got := MiettinenNurminenScore(k1, n1, k2, n2, c[4]); !(relError(got, c[5]) <= bar) {
			t.Errorf("MiettinenNurminenScore%v: got %.17g, want %.17g", c[:5], got, c[5])
		}
	}
	var normal [][]float64
	for _, c := range ref.Normal {
		if c[0] < -0.3 {
			normal = append(normal, []float64{c[1], c[0]})
		}
	}
	quantiles("LogNormalQuantile", normal, 20, func(c []float64) float64 { return LogNormalQuantile(c[0]) })

	// Absolute errors of logarithms, for counts up to 1e12.
	masses := func(name string, rows [][]float64, f func(c []float64) float64) {
		t.Helper()
		if len(rows) != 60 {
			t.Errorf("%s: got %d rows, want 60", name, len(rows))
		}
		var worst float64
		for _, c := range rows {
			args, want := c[:len(c)-1], c[len(c)-1]
			got := f(args)
			e := math.Abs(got-want) / math.Max(1, -want/30)
			if !(e <= 3e-14) {
				t.Errorf("%s%v: got %.17g, want %.17g, error %.2g", name, args, got, want, got-want)
			}
			worst = max(worst, e)
		}
		t.Logf("%s: %d rows, largest error %.2g", name, len(rows), worst)
	}
	masses("LogBinomialPMF", ref.BinomialPMF, func(c []float64) float64 { return LogBinomialPMF(uint64(c[0]), uint64(c[1]), c[2]) })
	masses("LogPoissonPMF", ref.PoissonPMF, func(c []float64) float64 { return LogPoissonPMF(uint64(c[0]), c[1]) })
	masses("LogHypergeometricPMF", ref.HypergeometricPMF, func(c []float64) float64 {
		return LogHypergeometricPMF(uint64(c[0]), uint64(c[1]), uint64(c[2]), uint64(c[3]))
	})
	masses("LogBetaBinomialPMF", ref.BetaBinomialPMF, func(c []float64) float64 {
		return LogBetaBinomialPMF(uint64(c[0]), uint64(c[1]), c[2], c[3])
	})
}
