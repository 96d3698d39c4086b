package ets

import "fmt"

// start gives the start values of [HoltWinters.Smooth] and the step they are
// before.
func (h HoltWinters) start(values []float64, mask []bool) (State, int, error) {
	if err := checkValues(values, mask); err != nil {
		return State{}, 0, err
	}
	if h.Season != None {
		return h.seasonalStart(values, mask)
	}
	first := 0
	for mask != nil && mask[first] {
		first++
	}
	if !h.Trend {
		if first+1 >= len(values) {
			return State{}, 0, &InputError{"series", "has no second value", "pass a longer history"}
		}
		return State{Level: values[first]}, first + 1, nil
	}
	second := first + 1
	for second < len(values) && mask != nil && mask[second] {
		second++
	}
	if second+1 >= len(values) {
		return State{}, 0, &InputError{"series", "has no third value", "pass a longer history, or smooth without a trend"}
	}
	return State{Level: values[second], Trend: (values[second] - values[first]) / float64(second-first)}, second + 1, nil
}

// seasonalStart decomposes the first two seasons by moving averages. The line
// is fitted to the average's values counted from 1, whatever step they stand
// at: so does R, and what forecasts the second season is the level about half
// a season into the first.
func (h HoltWinters) seasonalStart(values []float64, mask []bool) (State, int, error) {
	m := h.Period
	if len(values) < 2*m {
		return State{}, 0, &InputError{"series", fmt.Sprintf("has %d values for a season of %d", len(values), m), "pass two whole seasons at least, or smooth without a season"}
	}
	if h.Season == Multiplicative {
		for i, v := range values {
			if (mask == nil || !mask[i]) && !(v > 0) {
				return State{}, 0, &InputError{fmt.Sprintf("value %d", i), fmt.Sprintf("is %v, which no factor explains", v), "take an additive season, or mask it"}
			}
		}
	}
	window, err := filled(values[:2*m], mask, m)
	if err != nil {
		return State{}, 0, err
	}

	// The average around step i takes m steps, of an even m the two at its ends by half.
	half := m / 2
	average := make([]float64, 0, m+1)
	sum := 0.0 // of the m values from i−half on
	for _, v := range window[:m] {
		sum += v
	}
	for i := half; i+half < 2*m; i++ {
		around := sum
		if m%2 == 0 {
			around += float64((window[i+half] - window[i-half]) / 2)
		}
		average = append(average, around/float64(m))
		if i+half+1 < 2*m || m%2 == 0 {
			sum += window[i-half+m] - window[i-half]
		}
	}

	// Least squares over 1, 2, …, n.
	n := float64(len(average))
	middle, mean, cross := float64((n+1)/2), 0.0, 0.0
	for _, a := range average {
		mean += a
	}
	mean /= n
	for i, a := range average {
		cross += float64((float64(i+1) - middle) * (a - mean))
	}
	slope := cross / (n * (float64(n*n) - 1) / 12)
	s := State{Level: mean - float64(slope*middle), Season: make([]float64, m)}
	if h.Trend {
		s.Trend = slope
	}

	count := make([]float64, m)
	for i, a := range average {
		at := i + half
		if h.Season == Multiplicative {
			s.Season[at%m] += window[at] / a
		} else {
			s.Season[at%m] += window[at] - a
		}
		count[at%m]++
	}
	sum = 0
	for k := range s.Season {
		s.Season[k] /= count[k]
		sum += s.Season[k]
	}
	for k := range s.Season {
		if h.Season == Multiplicative {
			s.Season[k] /= sum / float64(m)
		} else {
			s.Season[k] -= sum / float64(m)
		}
	}
	return s, m, nil
}

// filled is the first two seasons with each gap replaced by the value a season
// away, or by the mean of all observed.
func filled(window []float64, mask []bool, m int) ([]float64, error) {
	if mask == nil {
		return window, nil
	}
	mean, n := 0.0, 0.0
	for i, v := range window {
		if !mask[i] {
			mean += v
			n++
		}
	}
	if n < float64(m) {
		return nil, &InputError{"series", fmt.Sprintf("has %v observed values in its first two seasons of %d", n, m), "begin the series later, or smooth without a season"}
	}
	mean /= n
	out := make([]float64, len(window))
	for i, v := range window {
		away := (i + m) % (2 * m)
		switch {
		case !mask[i]:
			out[i] = v
		case !mask[away]:
			out[i] = window[away]
		default:
			out[i] = mean
		}
	}
	return out, nil
}
