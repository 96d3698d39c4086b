package stat

import (
	"math"
	"testing"
)

// specialFunctions is testdata/special_functions.json. A null stands for −Inf.
type specialFunctions struct {
	Beta []struct {
		A, B, X float64
		Lower   *float64 `json:"log_lower"`
		Upper   *float64 `json:"log_upper"`
	}
	BetaQuantile []struct{ A, B, P, X float64 } `json:"beta_quantile"`
	Binomial     []struct {
		N, K uint64
		P    float64
		CDF  *float64 `json:"log_cdf"`
		SF   *float64 `json:"log_sf"`
	}
	Poisson []struct {
		Mu  float64
		K   uint64
		CDF *float64 `json:"log_cdf"`
		SF  *float64 `json:"log_sf"`
	}
	Intervals []struct {
		K, N             uint64
		Level            float64
		ClopperPearson   [2]float64 `json:"clopper_pearson"`
		Wilson, Jeffreys [2]float64
	}
}

func orNegInf(p *float64) float64 {
	if p == nil {
		return math.Inf(-1)
	}
	return *p
}

// bar returns the permitted error of a logarithm at a sample of this size. R's own values
// are no better than 1e-9 where both shapes exceed 1e9.
func bar(n float64) float64 {
	if n <= 1e6+1 {
		return 1e-12
	}
	return 1e-9
}

func TestAgainstR(t *testing.T) {
	var ref specialFunctions
	readJSON(t, "special_functions.json", &ref)
	if len(ref.Beta) != 123 || len(ref.BetaQuantile) != 90 || len(ref.Binomial) != 84 || len(ref.Poisson) != 24 || len(ref.Intervals) != 33 {
		t.Fatalf("rows: %d beta, %d quantiles, %d binomial, %d Poisson, %d intervals", len(ref.Beta), len(ref.BetaQuantile), len(ref.Binomial), len(ref.Poisson), len(ref.Intervals))
	}
	tail := func(name string, got, want, n float64, args ...any) {
		t.Helper()
		if e := logError(got, want); !(e <= bar(n)) {
			t.Errorf("%s%v: got %.17g, want %.17g, error %.2g", name, args, got, want, e)
		}
	}
	for _, c := range ref.Beta {
		l, u := LogBetaCDF(c.A, c.B, c.X)
		tail("lower beta", l, orNegInf(c.Lower), c.A+c.B, c.A, c.B, c.X)
		tail("upper beta", u, orNegInf(c.Upper), c.A+c.B, c.A, c.B, c.X)
	}
	for _, c := range ref.BetaQuantile {
		if got := BetaQuantile(c.A, c.B, c.P); !(relError(got, c.X) <= 1e-13) {
			t.Errorf("BetaQuantile(%v, %v, %v): got %.17g, want %.17g", c.A, c.B, c.P, got, c.X)
		}
	}
	for _, c := range ref.Binomial {
		l, u := LogBinomialCDF(c.K, c.N, c.P)
		tail("lower binomial", l, orNegInf(c.CDF), float64(c.N), c.K, c.N, c.P)
		tail("upper binomial", u, orNegInf(c.SF), float64(c.N), c.K, c.N, c.P)
	}
	for _, c := range ref.Poisson {
		l, u := LogPoissonCDF(c.K, c.Mu)
		tail("lower Poisson", l, orNegInf(c.CDF), c.Mu, c.K, c.Mu)
		tail("upper Poisson", u, orNegInf(c.SF), c.Mu, c.K, c.Mu)
	}
	for _, c := range ref.Intervals {
		for _, v := range []struct {
			name string
			got  Interval
			want [2]float64
		}{
			{"ClopperPearson", ClopperPearson(c.K, c.N, c.Level), c.ClopperPearson},
			{"Wilson", Wilson(c.K, c.N, c.Level), c.Wilson},
			{"Jeffreys", Jeffreys(c.K, c.N, c.Level), c.Jeffreys},
		} {
			// R's Wilson lower end at k = 0 is 2.8e-17 where the exact value is 0.
			const bar = 1e-13
			if !(math.Abs(v.got.Low-v.want[0]) <= bar*v.want[0]+1e-16) || !(math.Abs(v.got.High-v.want[1]) <= bar*v.want[1]) {
				t.Errorf("%s(%d, %d, %v): got [%.17g, %.17g], want %v", v.name, c.K, c.N, c.Level, v.got.Low, v.got.High, v.want)
			}
			if v.got.Level != c.Level {
				t.Errorf("%s(%d, %d, %v): got level %v", v.name, c.K, c.N, c.Level, v.got.Level)
			}
		}
	}
}
