package capacity

// Decomposition is a series as a sum: where it was observed, each value is Trend plus the
// value of every season plus Remainder. All slices are as long as the series and finite; in
// a gap (Observed.Mask) the Remainder is 0.
type Decomposition struct {
	Observed  Series    `json:"observed"`
	Trend     []float64 `json:"trend"`
	Seasons   []Season  `json:"seasons"`
	Remainder []float64 `json:"remainder"`
	// Weights are the robustness weights in [0, 1] with which the points entered the last
	// round; nil if the decomposition was not robust.
	Weights []float64 `json:"weights,omitempty"`
}

// Season is one seasonal component of a Decomposition.
type Season struct {
	Period int       `json:"period"` // steps
	Values []float64 `json:"values"` // one for each step of the series, in its unit
}

// withRemainder sets the remainder from the other components.
func (d Decomposition) withRemainder() Decomposition {
	d.Remainder = make([]float64, len(d.Trend))
	for i, y := range d.Observed.Values {
		if d.Observed.Missing(i) {
			continue
		}
		y -= d.Trend[i]
		for _, s := range d.Seasons {
			y -= s.Values[i]
		}
		d.Remainder[i] = y
	}
	return d
}

// Adjusted returns the series without its seasons: trend plus remainder, with the same gaps.
func (d Decomposition) Adjusted() Series {
	s := d.Observed
	s.Values = make([]float64, len(d.Trend))
	for i := range s.Values {
		if !s.Missing(i) {
			s.Values[i] = d.Trend[i] + d.Remainder[i]
		}
	}
	return s
}
