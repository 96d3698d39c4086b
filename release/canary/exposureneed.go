package canary

import (
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
)

// needPower is the power with which harm of the tolerated size must have been shown,
// were there any, before a canary is promoted.
const needPower = 0.8

// anyTimePrice is how many times the requests of one look evidence needs that may be
// looked at whenever, for the power needPower: one look ends at z_α, and a mixture
// after the same number of events near √(2·1.15·ln(1/α)) (the law of Robbins 1970
// with a constant that agrees with Power: within 15 % for 5 to 50 % of the traffic and
// 1.5 to 3 times the rate, within 32 % for 1 to 50 % and 1.2 to 10 times, for α from
// 0.001 to 0.05).
func anyTimePrice(alpha float64) float64 {
	z := stat.NormalQuantile(needPower)
	r := (math.Sqrt(2.3*math.Log(1/alpha)) + z) / (zTail(alpha, false) + z)
	return max(1, r*r)
}

// need is the number of requests or values that the canary must have had before it is
// promoted: Metric.MinTotal, and where that is left 0 for counts, what it takes to
// show harm of the tolerance with needPower at an error of alpha, at the baseline's
// share of bad requests and the canary's share of the traffic so far. 0 is none: no bad
// event of the baseline yet, or harm of the tolerance cannot be because nearly all of
// the baseline's are bad; what keeps the canary from promotion then is that harm must
// be excluded, as it always must. Half a microsecond.
func (s *metricState) need(mode Mode, alpha float64) float64 {
	m := s.Metric
	if m.MinTotal > 0 || m.Kind != KindCounts {
		return float64(m.MinTotal)
	}
	if s.CanaryArm.Total == 0 || s.BaselineArm.Bad == 0 {
		return 0
	}
	if m.Direction == Either {
		alpha /= 2
	}
	price := 1.0
	if mode == Sequential {
		price = anyTimePrice(alpha)
	}
	p, most := s.BaselineArm.Ratio(), 0.0
	for _, side := range []struct {
		needed bool
		harm   float64
	}{{s.sided(0), p * (1 + m.Tolerance)}, {s.sided(1), p / (1 + m.Tolerance)}} {
		if !side.needed || !(side.harm < 1) {
			continue
		}
		n, err := SampleSize{Baseline: p, Canary: side.harm, PerCanary: s.Baseline / s.Canary, Alpha: alpha, Power: needPower}.Requests()
		if err == nil {
			most = max(most, n)
		}
	}
	return math.Ceil(most * price)
}

// lack says what the canary needs before promotion and what it has, empty where it has
// enough.
func (s *metricState) lack(need float64) string {
	switch {
	case s.Canary >= need:
		return ""
	case s.Metric.MinTotal > 0:
		return fmt.Sprintf("needs %.0f requests or values, has %.0f%s", need, s.Canary, s.atThisTraffic(need))
	}
	return fmt.Sprintf("needs %s requests to show harm of %s %%, has %.0f%s", threeDigits(need), prose.Figure(100*s.Metric.Tolerance, 3), s.Canary, s.atThisTraffic(need))
}

// wait is the number of seconds until the canary has had need requests at the traffic
// of the last look, 0 where it has, or where that is not known.
func (s *metricState) wait(need float64) float64 {
	if s.PerSecond <= 0 || need <= s.Canary {
		return 0
	}
	return bounded((need - s.Canary) / s.PerSecond)
}

func (s *metricState) atThisTraffic(need float64) string {
	t := s.wait(need)
	if t == 0 {
		return ""
	}
	for _, unit := range []struct {
		seconds, most float64
		name          string
	}{{1, 90, "s"}, {60, 120, "min"}, {3600, 48, "h"}} {
		if t <= unit.most*unit.seconds {
			return fmt.Sprintf(": some %.0f %s at this traffic", math.Ceil(t/unit.seconds), unit.name)
		}
	}
	return fmt.Sprintf(": some %s days at this traffic", threeDigits(t/86400))
}

// threeDigits is v rounded up to three digits.
func threeDigits(v float64) string {
	if v >= 1000 {
		unit := math.Pow(10, math.Floor(math.Log10(v))-2)
		v = math.Ceil(v/unit*(1-1e-12)) * unit
	}
	return fmt.Sprintf("%.0f", math.Ceil(v))
}
