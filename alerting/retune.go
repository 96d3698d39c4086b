package alerting

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/srekit/ownership/slo"
)

// defaultCap is the highest error ratio that a retuned pair may need where
// nobody says otherwise: an alert should not wait until more than half of the
// requests fail.
var defaultCap = slo.MustRatio("0.5")

// Retune returns the policy with every pair that could never fire for the
// objective, or only above the error ratio limit, changed so that it fires at
// limit, and a finding for each change. A limit that is unset is the policy's
// MaxErrorRatio, or one half where that is unset too.
//
// A pair fires above factor · budget. Its long window is made longer in
// proportion, so that it still alerts at the same share of the budget; the
// short one grows with it. Where the longer window would reach the next pair of
// the same severity, or the period, the windows stay and the factor is lowered
// to limit/budget, so that the pair alerts at a smaller share. A limit at or
// below the budget cannot be kept by any pair (finding not-retuned, level
// error): such an alert would fire while the objective is met.
//
// A policy or objective that Bind refuses is returned unchanged, without
// findings.
func (p Policy) Retune(o slo.Objective, limit slo.Ratio) (Policy, []Finding) {
	if p.Validate() != nil || o.Validate() != nil {
		return p, nil
	}
	if limit.IsZero() {
		limit = p.MaxErrorRatio
	}
	if limit.IsZero() || limit.Sign() == 0 {
		limit = defaultCap
	}
	period := o.Period().ShortestLength()
	budget := o.Budget().Rat()
	ceiling := limit.Rat()
	if ceiling.Cmp(big.NewRat(1, 1)) >= 0 {
		// A ratio of exactly 1 is above every threshold below 1 only.
		ceiling = slo.MustRatio("0.99").Rat()
	}
	var findings []Finding
	tuned := p
	tuned.Pairs = slices.Clone(p.Pairs)
	for i, pair := range p.Pairs {
		factor := pair.factor(period)
		threshold := new(big.Rat).Mul(factor, budget)
		if threshold.Cmp(ceiling) <= 0 {
			continue
		}
		if ceiling.Cmp(budget) <= 0 {
			findings = append(findings, Finding{
				Code: "not-retuned", Level: "error", Path: o.Name, Text: pair.name(),
				Reason: fmt.Sprintf("an alert above an error ratio of %s would fire while the target %s is met", decimal(ceiling), o.Target.Percent()),
				Remedy: "allow a higher error ratio or tighten the target",
			})
			continue
		}
		stretch := new(big.Rat).Quo(threshold, ceiling) // above 1
		changed, how := pair, ""
		long := roundUp(stretched(pair.Long, stretch, period), longGrain(pair.Long))
		if long < nextLonger(p.Pairs, pair, period) {
			changed.Long = long
			changed.Short = min(roundUp(stretched(pair.Short, stretch, period), longGrain(pair.Short)), long)
			if pair.Share.IsZero() {
				changed.Factor = floorDigits(new(big.Rat).Mul(factor, big.NewRat(int64(pair.Long), int64(long))))
			}
			how = fmt.Sprintf("its windows are now %s/%s, at the same share of the budget", text(changed.Long), text(changed.Short))
		} else {
			changed.Share = slo.Ratio{}
			changed.Factor = floorDigits(new(big.Rat).Quo(ceiling, budget))
			how = fmt.Sprintf("its factor is now %v, at a smaller share of the budget; a longer window would reach the next pair or the period", changed.Factor)
		}
		tuned.Pairs[i] = changed
		findings = append(findings, Finding{
			Code: "retuned", Level: "warning", Path: o.Name, Text: pair.name(),
			Reason: fmt.Sprintf("for the target %s the pair needs an error ratio above %s, more than %s; %s",
				o.Target.Percent(), decimal(threshold), decimal(ceiling), how),
		})
	}
	return tuned, findings
}

// stretched is d·by, rounded up to the nanosecond, at most the period.
func stretched(d time.Duration, by *big.Rat, period time.Duration) time.Duration {
	x := new(big.Rat).Mul(by, big.NewRat(int64(d), 1))
	if limit := big.NewRat(int64(period), 1); x.Cmp(limit) > 0 {
		return period
	}
	q := new(big.Int).Add(x.Num(), new(big.Int).Sub(x.Denom(), big.NewInt(1)))
	return time.Duration(q.Quo(q, x.Denom()).Int64())
}

// longGrain is what the windows of retuned pairs are multiples of.
func longGrain(d time.Duration) time.Duration {
	if d >= time.Hour {
		return 5 * time.Minute
	}
	return time.Minute
}

func roundUp(d, grain time.Duration) time.Duration {
	return (d + grain - 1) / grain * grain
}

// nextLonger is the shortest long window of the severity above that of pair, or
// the period.
func nextLonger(pairs []Pair, pair Pair, period time.Duration) time.Duration {
	next := period
	for _, other := range pairs {
		if other.Severity == pair.Severity && other.Long > pair.Long {
			next = min(next, other.Long)
		}
	}
	return next
}

// floorDigits is r rounded down to four significant digits, so that a product
// with it stays below what r was derived from.
func floorDigits(r *big.Rat) float64 {
	scale := big.NewRat(1, 1)
	for ten := big.NewRat(10, 1); new(big.Rat).Mul(r, scale).Cmp(big.NewRat(1000, 1)) < 0; {
		scale.Mul(scale, ten)
	}
	x := new(big.Rat).Mul(r, scale)
	return float(new(big.Rat).Quo(new(big.Rat).SetInt(new(big.Int).Quo(x.Num(), x.Denom())), scale))
}
