package oncall

import (
	"math"
	"slices"
	"strconv"
)

// Fairness tells how evenly something is shared: hours, nights, weekends. All
// of it is finite, and where there is nothing to share everybody has the same.
type Fairness struct {
	// N is among how many it is shared, Mean what each has on average, Min and
	// Max the least and the most.
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
	// Jain is (Σx)²/(n·Σx²), from 1/n, where one has all, to 1, where all have the
	// same (Jain, Chiu and Hawe 1984, DEC research report TR-301, equation 1). It
	// reads as the share of people whom the sharing serves.
	Jain float64 `json:"jain"`
	// Gini is Σᵢ Σⱼ |xᵢ-xⱼ| / (2n²·mean), from 0, where all have the same, to
	// 1-1/n, where one has all (Gini 1912).
	Gini float64 `json:"gini"`
	// Spread is Max-Min, in the unit of what is shared.
	Spread float64 `json:"spread"`
	// Balance is the mean over all pairs of people of the smaller by the larger,
	// from 0 to 1; two who have nothing are even, and so is one alone.
	Balance float64 `json:"balance"`
}

// FairnessOf measures how evenly the values are shared. The unit does not
// matter, and neither does the order. Without values Jain and Balance are 1 and
// all else 0. A value that is negative, NaN or infinite is an *Error that names
// every one of them. It takes time proportional to n·log n.
func FairnessOf(values []float64) (Fairness, error) {
	var p problems
	for i, v := range values {
		if !(v >= 0) || math.IsInf(v, 1) {
			p.Add("value", place("values", i), number(v), "it is no amount", "write a finite number that is at least 0")
		}
	}
	if err := p.err(); err != nil {
		return Fairness{}, err
	}
	return fairness(values), nil
}

// fairness is FairnessOf for values that are known to be amounts.
func fairness(values []float64) Fairness {
	f := Fairness{N: len(values), Jain: 1, Balance: 1}
	if f.N == 0 {
		return f
	}
	x := slices.Clone(values)
	slices.Sort(x)
	n := float64(f.N)
	f.Min, f.Max = x[0], x[f.N-1]
	f.Spread = f.Max - f.Min
	if f.Max == 0 {
		return f
	}
	// In parts of the largest, so that neither sums nor squares leave the range.
	sum, squares, ranked := 0.0, 0.0, 0.0
	for i, v := range x {
		v /= f.Max
		sum += v
		squares += v * v
		ranked += (2*float64(i+1) - n - 1) * v
	}
	f.Mean = math.Min(sum/n*f.Max, f.Max)
	f.Jain = math.Min(1, sum*sum/(n*squares))
	f.Gini = math.Max(0, ranked/(n*sum))
	if f.N > 1 {
		// Of a pair the one that comes first is the smaller. Those with nothing are
		// even among themselves and give nothing to the pairs with others.
		below, pairs := 0.0, 0.0
		zeros := 0.0
		for _, v := range x {
			if v == 0 {
				pairs += zeros
				zeros++
				continue
			}
			v /= f.Max
			if v > 0 {
				pairs += below / v
			}
			below += v
		}
		f.Balance = math.Min(1, pairs/(n*(n-1)/2))
	}
	return f
}

// number is a number in an error.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
