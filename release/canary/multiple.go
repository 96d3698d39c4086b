package canary

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm returns p-values that are adjusted for their number, in their order: to reject
// where the adjusted one is at most α keeps the probability of any false alarm among
// all metrics at α, however the metrics depend on one another (Holm 1979, Scandinavian
// Journal of Statistics 6). With p(1) ≤ … ≤ p(m) the i-th is
//
//	max over j ≤ i of min(1, (m − j + 1)·p(j)).
//
// It is for a gate that one metric can close. None gives none; a value that is no
// probability is an *Error. O(m·log m).
func Holm(p []float64) ([]float64, error) {
	order, err := ascending(p)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(p))
	var largest float64
	for i, at := range order {
		largest = max(largest, min(1, float64(len(p)-i)*p[at]))
		out[at] = largest
	}
	return out, nil
}

// BenjaminiHochberg returns p-values that are adjusted for their number, in their
// order: to reject where the adjusted one is at most α keeps the expected share of
// false alarms among all alarms at α, for metrics that are independent or rise
// together (Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B
// 57). With p(1) ≤ … ≤ p(m) the i-th is
//
//	min over j ≥ i of min(1, m/j·p(j)).
//
// It is for reading a report on many metrics, not for a gate: see Holm. Errors and
// cost are those of Holm.
func BenjaminiHochberg(p []float64) ([]float64, error) {
	order, err := ascending(p)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(p))
	smallest := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		smallest = min(smallest, float64(len(p))/float64(i+1)*p[order[i]])
		out[order[i]] = smallest
	}
	return out, nil
}

// ascending returns the places of p in ascending order of the values.
func ascending(p []float64) ([]int, error) {
	var wrong problems
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			wrong.add(fmt.Sprintf("p[%d]", i), number(v), "not a probability", "give p-values in [0, 1]; leave out tests that had no answer")
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order, wrong.err()
}
