package capacity

import (
	"math"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// bisquare sets the robustness weights from the remainder (section 2.4): (1 − (r/h)²)² with
// h six times the median of |r|.
func (w *stl) bisquare(y, season, trend []float64) {
	size := w.n
	if w.at != nil {
		size = len(w.at)
	}
	if w.robust == nil {
		w.robust = make([]float64, size)
	}
	for k := range w.robust {
		i := k
		if w.at != nil {
			i = w.at[k]
		}
		w.robust[k] = math.Abs(y[i] - season[i] - trend[i])
	}
	h := 6 * stat.Median(w.robust)
	for k, r := range w.robust {
		switch {
		case r <= 0.001*h:
			w.robust[k] = 1
		case r <= 0.999*h:
			c := 1 - (r/h)*(r/h)
			w.robust[k] = c * c
		default:
			w.robust[k] = 0
		}
	}
}

// spread puts what belongs to the observed values in their places.
func (w *stl) spread(x []float64) []float64 {
	if w.at == nil {
		return slices.Clone(x)
	}
	out := make([]float64, w.n)
	for k, i := range w.at {
		out[i] = x[k]
	}
	return out
}
