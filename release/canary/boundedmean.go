package canary

import (
	"fmt"
	"math"
)

// BoundedMean estimates the mean of values in [0, 1], whatever their distribution,
// with an interval that holds at all looks together: scores, shares, durations cut
// at a deadline. It is the empirical-Bernstein confidence sequence with predictable
// mixture of Waudby-Smith and Ramdas (2024, JRSS B 86, theorem 2),
//
//	Σλᵢxᵢ/Σλᵢ ± (ln(2/α) + Σ(xᵢ − μ̂ᵢ₋₁)²(−ln(1−λᵢ) − λᵢ))/Σλᵢ,
//
// λᵢ = min(½, √(2ln(2/α)/(σ̂²ᵢ₋₁ i ln(1+i)))), μ̂ being the mean so far and μ̂₀ the end
// of [0, 1] on the side in question. It supposes that each value has the
// mean μ whatever came before it. The zero value has α = 0.05 and no values.
type BoundedMean struct {
	// FalseAlarm is the probability that the interval ever misses the mean; 0 is
	// 0.05. It must not be changed after the first value.
	FalseAlarm float64 `json:"false_alarm,omitempty"`
	// N and the sums are the state.
	N        int64   `json:"n"`
	Sum      float64 `json:"sum"`
	Squares  float64 `json:"squares"`  // of xᵢ from the mean so far, which begins at ½
	Weights  float64 `json:"weights"`  // Σλᵢ
	Weighted float64 `json:"weighted"` // Σλᵢxᵢ
	// VariationLow and VariationHigh are Σ(xᵢ − μ̂ᵢ₋₁)²(−ln(1−λᵢ) − λᵢ) for the ends.
	VariationLow  float64 `json:"variation_low"`
	VariationHigh float64 `json:"variation_high"`
}

// MeanResult is an estimate of a mean with its interval.
type MeanResult struct {
	N     int64   `json:"n"`
	Mean  float64 `json:"mean"` // of the values; ½ without any
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"` // at all looks together
}

// Update adds a value. Outside [0, 1] it returns an *Error and changes nothing. No
// allocation.
func (m *BoundedMean) Update(x float64) error {
	if !(x >= 0 && x <= 1) {
		return problem("value", number(x), "not between 0 and 1", "divide by the largest possible value")
	}
	if err := m.check(); err != nil {
		return err
	}
	if m.N == maxCount {
		return problem("evidence", "values", "more than 2⁵³", "start again")
	}
	before := float64(m.N)
	variance := (0.25 + m.Squares) / (before + 1)
	i := before + 1
	lambda := min(0.5, math.Sqrt(2*math.Log(2/m.alpha())/(variance*i*math.Log1p(i))))
	m.Weights += lambda
	m.Weighted += lambda * x
	low, high := 0.0, 1.0
	if m.N > 0 {
		low = m.Sum / before
		high = low
	}
	psi := -math.Log1p(-lambda) - lambda
	m.VariationLow += (x - low) * (x - low) * psi
	m.VariationHigh += (x - high) * (x - high) * psi
	m.N++
	m.Sum += x
	now := (0.5 + m.Sum) / (i + 1)
	m.Squares += (x - now) * (x - now)
	return nil
}

func (m *BoundedMean) alpha() float64 {
	if m.FalseAlarm == 0 {
		return 0.05
	}
	return m.FalseAlarm
}

// check reports a state that values cannot have made.
func (m *BoundedMean) check() error {
	var p problems
	checkFalseAlarm(&p, "false_alarm", m.alpha())
	n := float64(m.N)
	if !(m.N >= 0 && m.N <= maxCount && m.Sum >= 0 && m.Sum <= n && m.Squares >= 0 && m.Squares <= n && m.Weights >= 0 && m.Weights <= n/2 &&
		m.Weighted >= 0 && m.Weighted <= m.Weights*(1+1e-9) && m.VariationLow >= 0 && m.VariationLow <= n && m.VariationHigh >= 0 && m.VariationHigh <= n) {
		p.add("evidence", fmt.Sprintf("%+v", *m), "no sums of values between 0 and 1", "change the fields by Update and Merge alone")
	}
	return p.err()
}

// Result is the mean with its interval; [0, 1] without values. Its error is an
// *Error about fields that were changed by hand.
func (m BoundedMean) Result() (MeanResult, error) {
	if err := m.check(); err != nil {
		return MeanResult{}, err
	}
	r := MeanResult{N: m.N, Mean: 0.5, High: 1, Level: 1 - m.alpha()}
	if m.N == 0 || m.Weights <= 0 {
		return r, nil
	}
	r.Mean = m.Sum / float64(m.N)
	center, cost := m.Weighted/m.Weights, math.Log(2/m.alpha())
	r.Low, r.High = max(0, center-(cost+m.VariationLow)/m.Weights), min(1, center+(cost+m.VariationHigh)/m.Weights)
	return r, nil
}

// Merge adds the values of o, which must be others than those of m, with the same
// mean and FalseAlarm. The interval still holds: both parts are betting against the
// same mean. It is associative and commutative up to rounding. Errors are *Error.
func (m *BoundedMean) Merge(o BoundedMean) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	if m.alpha() != o.alpha() {
		return problem("evidence", fmt.Sprintf("%v and %v", m.alpha(), o.alpha()), "different false alarms", "merge what was started alike")
	}
	if m.N > maxCount-o.N {
		return problem("evidence", "values", "more than 2⁵³", "start again")
	}
	n, k := float64(m.N), float64(o.N)
	if n > 0 && k > 0 {
		gap := m.Sum/n - o.Sum/k
		m.Squares += gap * gap * (n * k / (n + k))
	}
	m.N += o.N
	m.Sum += o.Sum
	m.Squares = min(m.Squares+o.Squares, float64(m.N))
	m.Weights += o.Weights
	m.Weighted += o.Weighted
	m.VariationLow += o.VariationLow
	m.VariationHigh += o.VariationHigh
	return nil
}
