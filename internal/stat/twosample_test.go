package stat

import (
	"math"
	"testing"
)

// The tails of tests that the public packages build from these functions, against R and
// Python.
func TestTwoSampleTails(t *testing.T) {
	var ref twoSample
	readJSON(t, "two_sample.json", &ref)
	check := func(name string, args any, got, want, bar float64) {
		t.Helper()
		if !(relError(got, want) <= bar) {
			t.Errorf("%s%v: got %.17g, want %.17g", name, args, got, want)
		}
	}
	if len(ref.Fisher) != 13 || len(ref.Conditional) != 13 || len(ref.Welch) != 51 || len(ref.CountsE) != 135 || len(ref.Single) != 45 {
		t.Fatalf("rows: %d, %d, %d, %d, %d", len(ref.Fisher), len(ref.Conditional), len(ref.Welch), len(ref.CountsE), len(ref.Single))
	}
	for _, c := range ref.Fisher {
		k1, n1, k2, n2 := counts(c)
		less, _ := HypergeometricCDF(k1, k1+k2, n1, n1+n2)
		greater := 1.0
		if k1 > 0 {
			_, greater = HypergeometricCDF(k1-1, k1+k2, n1, n1+n2)
		}
		check("Fisher, less, of ", c[:4], less, c[4], 1e-12)
		check("Fisher, greater, of ", c[:4], greater, c[5], 1e-12)
	}
	for _, c := range ref.Conditional {
		k1, n1, k2, n2 := counts(c)
		share := float64(n1) / float64(n1+n2)
		less, _ := BinomialCDF(k1, k1+k2, share)
		greater := 1.0
		if k1 > 0 {
			_, greater = BinomialCDF(k1-1, k1+k2, share)
		}
		check("two Poisson rates, less, of ", c[:4], less, c[4], 1e-12)
		check("two Poisson rates, greater, of ", c[:4], greater, c[5], 1e-12)
	}
	for _, c := range ref.Welch {
		statistic, df, p := c[0].(float64), c[1].(float64), c[3].(float64)
		lower, upper := StudentTCDF(df, statistic)
		got := map[string]float64{"less": lower, "greater": upper, "two.sided": 2 * min(lower, upper)}[c[2].(string)]
		// Both inputs are printed to 15 digits; a p-value of 1e-300 has lost some of them.
		check("Welch ", c[:3], got, p, 1e-12*math.Max(1, -math.Log10(p)))
	}
	// An e-value is the beta-binomial probability over the binomial one.
	for _, c := range ref.CountsE {
		x, n, theta, a, b := uint64(c[0]), uint64(c[1]), c[2], c[3], c[4]
		e := LogBetaBinomialPMF(x, n, a, b) - LogBinomialPMF(x, n, theta)
		if !(math.Abs(e-c[5]) <= 1e-10*math.Max(1, math.Abs(c[5]))) {
			t.Errorf("two-sided ln E%v: got %.17g", c, e)
		}
		_, after := LogBetaCDF(a+c[0], b+c[1]-c[0], theta)
		_, before := LogBetaCDF(a, b, theta)
		if len(c) == 7 && !(math.Abs(e+after-before-c[6]) <= 1e-9*math.Max(1, math.Abs(c[6]))) {
			t.Errorf("one-sided ln E%v: got %.17g", c, e+after-before)
		}
	}
	for _, c := range ref.Single {
		k, n, level := uint64(c[0]), uint64(c[1]), c[2]
		w, cp := Wilson(k, n, level), ClopperPearson(k, n, level)
		j := [2]float64{BetaQuantile(c[0]+0.5, c[1]-c[0]+0.5, (1-level)/2), BetaQuantileUpper(c[0]+0.5, c[1]-c[0]+0.5, (1-level)/2)}
		for i, v := range []float64{w.Low, w.High, cp.Low, cp.High, j[0], j[1]} {
			if !(math.Abs(v-c[3+i]) <= 1e-10*c[3+i]+1e-16) {
				t.Errorf("interval end %d of %v: got %.17g", i, c, v)
			}
		}
	}
}

// Numbers of service-level practice, to the digits given: budgets of 99.9 % (p = 0.001)
// watched by windows with n requests.
func TestLowTraffic(t *testing.T) {
	digits := func(name string, got, want float64, digits int) {
		t.Helper()
		// Half a unit of the last digit given.
		unit := math.Pow(10, math.Floor(math.Log10(want))+1-float64(digits))
		if !(math.Abs(got-want) <= 0.5001*unit) {
			t.Errorf("%s: got %.*g, want %v", name, digits+2, got, want)
		}
	}
	// A window of n requests trips when the share of errors exceeds 14.4 (one hour) or 6
	// (six hours) times the budget: at floor(threshold·n) + 1 errors.
	for _, c := range []struct {
		n         uint64
		threshold float64
		want      float64
		digits    int
	}{
		{10, 0.0144, 0.00995512, 6},
		{50, 0.0144, 0.0487944, 6},
		{100, 0.0144, 0.00463807, 6},
		{500, 0.0144, 5.92e-8, 3},
		{1000, 0.0144, 2.74e-13, 3},
		{60, 0.006, 0.0582637, 6},
		{300, 0.006, 0.0368584, 6},
		{600, 0.006, 0.00333438, 6},
	} {
		_, got := BinomialCDF(uint64(math.Floor(c.threshold*float64(c.n)+1e-9)), c.n, 0.001)
		digits("P(trip)", got, c.want, c.digits)
	}
	// Fewest errors whose one-sided 95 % Clopper-Pearson lower bound exceeds 0.0144.
	for _, c := range []struct{ n, want uint64 }{{10, 2}, {50, 3}, {100, 5}, {500, 13}, {1000, 22}, {10000, 165}} {
		k := uint64(0)
		for ClopperPearson(k, c.n, 0.9).Low <= 0.0144 {
			k++
		}
		if k != c.want {
			t.Errorf("fewest errors of %d: got %d, want %d", c.n, k, c.want)
		}
	}
	cp, w, j := ClopperPearson(1, 10, 0.95), Wilson(1, 10, 0.95), Jeffreys(1, 10, 0.95)
	digits("CP 1/10 low", cp.Low, 0.0025285785, 8)
	digits("CP 1/10 high", cp.High, 0.44501612, 8)
	digits("Wilson 1/10 low", w.Low, 0.017876213, 8)
	digits("Wilson 1/10 high", w.High, 0.40415003, 8)
	digits("Jeffreys 1/10 low", j.Low, 0.011011674, 8)
	digits("Jeffreys 1/10 high", j.High, 0.38131477, 8)
	digits("CP 0/100 high", ClopperPearson(0, 100, 0.95).High, 0.036216693, 8)
	cp, w = ClopperPearson(3, 1000, 0.95), Wilson(3, 1000, 0.95)
	digits("CP 3/1000 low", cp.Low, 0.00061909993, 8)
	digits("CP 3/1000 high", cp.High, 0.0087420232, 8)
	digits("Wilson 3/1000 low", w.Low, 0.0010207839, 8)
	digits("Wilson 3/1000 high", w.High, 0.0087830141, 8)
	if low := Wilson(0, 10, 0.95).Low; low != 0 {
		t.Errorf("Wilson 0/10 low: got %v, want 0", low)
	}
	_, posterior := BetaCDF(7.5, 7193.5, 0.001)
	digits("P(p > 0.001 | 7 of 7200)", posterior, 0.495382, 6)

	// E = B(k+1, n−k+1)·(1 − I_p(k+1, n−k+1))/((1−p)·pᵏ(1−p)ⁿ⁻ᵏ), the uniform mixture over
	// (p, 1) against p.
	for _, c := range []struct {
		k, n, want float64
		digits     int
	}{
		{1, 10, 9.1818182, 8}, {2, 10, 2038.4747, 8}, {2, 100, 2.2081208, 8}, {3, 100, 67.538144, 8},
		{5, 1000, 0.32780349, 8}, {8, 1000, 111.87857, 8}, {10, 1000, 10221.992, 8},
	} {
		const p = 0.001
		_, upper := LogBetaCDF(c.k+1, c.n-c.k+1, p)
		e := math.Exp(LogBeta(c.k+1, c.n-c.k+1) + upper - math.Log1p(-p) - c.k*math.Log(p) - (c.n-c.k)*math.Log1p(-p))
		digits("E", e, c.want, c.digits)
	}
}
