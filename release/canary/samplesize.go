package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// SampleSize is a question before a comparison of shares with one look: how many
// requests tell a canary whose share of bad requests is Canary from a baseline with
// Baseline.
type SampleSize struct {
	Baseline float64 `json:"baseline"` // share of bad requests, in (0, 1)
	Canary   float64 `json:"canary"`   // another one, in (0, 1)
	// PerCanary is the number of requests to the baseline for each to the canary: 9
	// for a canary of 10 % of the traffic; 0 is 1.
	PerCanary float64 `json:"per_canary,omitempty"`
	Alpha     float64 `json:"alpha,omitempty"` // false alarms, in (0, 0.5]; 0 is 0.05
	Power     float64 `json:"power,omitempty"` // in (0, 1), above Alpha; 0 is 0.8
	// TwoSided asks for harm and gain alike; a gate looks for harm alone.
	TwoSided bool `json:"two_sided,omitempty"`
}

// Requests is the number of requests to the canary, not rounded, by the normal
// approximation with the pooled variance under the null hypothesis,
//
//	n = (z_α·√(p̄(1−p̄)(1 + 1/k)) + z_β·√(p₁(1−p₁) + p₂(1−p₂)/k))²/(p₁ − p₂)²,
//	p̄ = (p₁ + k·p₂)/(1 + k),
//
// p₁ the canary's and p₂ the baseline's share, k = PerCanary (Fleiss, Levin and Paik
// 2003, Statistical Methods for Rates and Proportions, section 4.3). It is rough where
// n·p₁ is below five. Errors are *Error.
func (s SampleSize) Requests() (float64, error) {
	var p problems
	for _, v := range []struct {
		path  string
		value float64
	}{{"baseline", s.Baseline}, {"canary", s.Canary}} {
		if !(v.value > 0 && v.value < 1) {
			p.add(v.path, number(v.value), "not between 0 and 1", "give the share of bad requests, 0.001 for 0.1 %")
		}
	}
	if s.Baseline == s.Canary {
		p.add("canary", number(s.Canary), "the same as the baseline's", "give the share that must be told from it")
	}
	checkPlan(&p, &s.PerCanary, &s.Alpha, &s.Power)
	if err := p.err(); err != nil {
		return 0, err
	}
	k := s.PerCanary
	pooled := (s.Canary + k*s.Baseline) / (1 + k)
	d := s.Canary - s.Baseline
	root := zTail(s.Alpha, s.TwoSided)*math.Sqrt(pooled*(1-pooled)*(1+1/k)) +
		stat.NormalQuantile(s.Power)*math.Sqrt(s.Canary*(1-s.Canary)+s.Baseline*(1-s.Baseline)/k)
	return finite(root * root / (d * d))
}

// finite is v, or an error where it is too large for a plan.
func finite(v float64) (float64, error) {
	if !(v <= maxCount) {
		return 0, problem("canary", number(v), "more than 2⁵³ requests would be needed", "ask for a greater effect")
	}
	return v, nil
}

// checkPlan reports what is wrong with a plan, and fills in defaults.
func checkPlan(p *problems, arms, alpha, power *float64) {
	if *arms == 0 {
		*arms = 1
	}
	if *alpha == 0 {
		*alpha = 0.05
	}
	if *power == 0 {
		*power = 0.8
	}
	if !(*arms >= 1e-6 && *arms <= 1e6) {
		p.add("per_canary", number(*arms), "not between 1e-6 and 1e6", "give 9 for a canary of 10 %")
	}
	if !(*alpha >= 1e-12 && *alpha <= 0.5) {
		p.add("alpha", number(*alpha), "not between 1e-12 and 0.5", "write 0.05 for 5 %")
	}
	if !(*power > *alpha && *power < 1) {
		p.add("power", number(*power), "not between alpha and 1", "write 0.9 for 90 %")
	}
}

// zTail is the z that leaves alpha above it, or half of that.
func zTail(alpha float64, two bool) float64 {
	if two {
		alpha /= 2
	}
	return -stat.NormalQuantile(alpha)
}

// MeanSampleSize is a question before Welch's test with one look: how many values tell
// arms whose means differ by Effect standard deviations.
type MeanSampleSize struct {
	// Effect is the difference of the means in standard deviations, not 0; 0.2 is
	// small, 0.8 large.
	Effect float64 `json:"effect"`
	// PerCanary, Alpha, Power and TwoSided are as in SampleSize.
	PerCanary float64 `json:"per_canary,omitempty"`
	Alpha     float64 `json:"alpha,omitempty"`
	Power     float64 `json:"power,omitempty"`
	TwoSided  bool    `json:"two_sided,omitempty"`
}

// Values is the number of values of the canary, not rounded and at least 2, from the
// noncentral t distribution with equal variances:
//
//	P(T_ν(λ) > t_{ν,α}) = Power, ν = n + kn − 2, λ = |Effect|·√(n·k/(1 + k))
//
// (Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, section 2.3).
// With TwoSided, α is halved and the far tail, where the sign would be wrong, is not
// counted. For a rank test on values that are nearly normal divide by 3/π. Errors are
// *Error.
func (s MeanSampleSize) Values() (float64, error) {
	var p problems
	if !(math.Abs(s.Effect) >= 1e-6 && math.Abs(s.Effect) <= 1e6) {
		p.add("effect", number(s.Effect), "not between 1e-6 and 1e6 standard deviations", "give the difference that must be seen")
	}
	checkPlan(&p, &s.PerCanary, &s.Alpha, &s.Power)
	if err := p.err(); err != nil {
		return 0, err
	}
	k, tail := s.PerCanary, s.Alpha
	if s.TwoSided {
		tail /= 2
	}
	lack := func(logN float64) float64 {
		n := math.Exp(logN)
		nu := n + k*n - 2
		t := -stat.StudentTQuantile(nu, tail)
		return noncentralUpper(nu, math.Abs(s.Effect)*math.Sqrt(n*k/(1+k)), t) - s.Power
	}
	// One degree of freedom at the least, and two values in the smaller arm.
	low := math.Log(max(2, 3/(1+k), 2/k))
	if lack(low) >= 0 {
		return math.Exp(low), nil
	}
	high := low + 1
	for lack(high) < 0 {
		high++
	}
	return math.Exp(rootOf(lack, high-1, high)), nil
}

// noncentralUpper returns P(T > t) for Student's t with nu degrees of freedom and
// noncentrality λ ≥ 0: Φ(λ − t·s) averaged over s = χ_ν/√ν, by quadrature in ln s.
func noncentralUpper(nu, lambda, t float64) float64 {
	// The density of u = ln s is that of ν·e^{2u} under χ²: exp(ν·u − ν·e^{2u}/2) times
	// a constant, with its mode at 0 and a width of 1/√(2ν).
	width := 1 / math.Sqrt(2*nu)
	var total, all float64
	for _, q := range quadrature(nil, -min(12*width, 40/nu+8*width), 9*width, width) {
		w := q.weight * math.Exp(nu*(q.at-math.Expm1(2*q.at)/2))
		_, up := stat.NormalCDF(t*math.Exp(q.at) - lambda)
		total += w * up
		all += w
	}
	return total / all
}
