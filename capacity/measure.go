package capacity

import (
	"math"
	"strconv"

	"github.com/srekit/ownership/internal/stat"
)

// Scores is how good forecasts were. All are means over what was measured, and
// smaller is better but for the coverages.
type Scores struct {
	// Steps is how many forecast steps had an observation to compare with.
	Steps int `json:"steps"`
	// SMAPE is the symmetric error in percent, in [0, 200]: the mean of
	// 200·|y − f|/(|y| + |f|), and 0 where both are 0 (Makridakis 1993).
	SMAPE float64 `json:"smape"`
	// Scaled is how many of Steps had a scale: a history whose seasonal
	// differences are not all 0. MASE, RMSSE, MSIS and Pinball are over those, and
	// 0 if there are none.
	Scaled int `json:"scaled"`
	// MASE is the absolute error in units of the mean absolute error of the
	// seasonal naive forecast over the history (Hyndman and Koehler 2006).
	MASE float64 `json:"mase"`
	// RMSSE is the root of the mean squared error in units of the mean squared
	// error of the seasonal naive forecast over the history, per forecast.
	RMSSE float64 `json:"rmsse"`
	// MSIS is the interval score (width, and 2/α times the distance where the
	// interval missed) in the units of MASE (Gneiting and Raftery 2007; M4).
	MSIS float64 `json:"msis"`
	// Pinball is the mean pinball loss of the quantiles (1−Level)/2, ½ and
	// (1+Level)/2, for which Lower, Mean and Upper stand, in the units of MASE.
	Pinball float64 `json:"pinball"`
	// Coverage is the share of observations within their interval, in [0, 1].
	Coverage float64 `json:"coverage"`
	// Peaks is how many forecasts spoke of the peak of a horizon without gaps;
	// PeakCoverage the share of those whose maximum stayed under Peak.Upper.
	Peaks        int     `json:"peaks"`
	PeakCoverage float64 `json:"peak_coverage"`
}

// Score measures a forecast against what came. history is the series that was
// forecast, actual what followed: the same step, beginning at forecast.Start, of
// which gaps are left out. period is the season of the scale, in steps; a history
// of at most that length is scaled by a period of 1.
//
// Errors are *Error: a period below 1, an actual series of another length, start
// or step than the forecast.
func Score(history Series, forecast Forecast, actual Series, period int) (Scores, error) {
	var p problems
	for _, s := range []Series{history, actual} {
		if err := s.Check(); err != nil {
			return Scores{}, err
		}
	}
	if period < 1 {
		p.add("period", strconv.Itoa(period), "a season has at least 1 step", "write 24 for a day of hours, 1 for none")
	}
	if n := forecast.Len(); actual.Len() != n || len(forecast.Lower) != n || len(forecast.Upper) != n {
		p.add("actual", strconv.Itoa(actual.Len())+" values", "the forecast has "+strconv.Itoa(forecast.Len()), "give one value for each step; gaps are masked")
	}
	if !actual.Start.Equal(forecast.Start) || actual.Step != forecast.Step {
		p.add("actual.start", actual.Start.String(), "the forecast begins at "+forecast.Start.String()+" with steps of "+forecast.Step.String(), "give what came after the history")
	}
	if err := p.err(); err != nil {
		return Scores{}, err
	}
	var t tally
	t.add(scaleOf(history, period), forecast, actual)
	return t.scores(), nil
}

// scale is the mean absolute seasonal difference, and the root of the mean
// squared one.
type scale struct{ absolute, squared float64 }

func scaleOf(s Series, period int) scale {
	if len(s.Values) <= period {
		period = 1
	}
	var sum stat.Sum // in units of maxSteps, a power of two
	n := 0
	for i := period; i < len(s.Values); i++ {
		if !s.Missing(i) && !s.Missing(i-period) {
			sum = sum.Add(math.Abs(s.Values[i]-s.Values[i-period]) / maxSteps)
			n++
		}
	}
	if n == 0 {
		return scale{}
	}
	sd, _ := lagDeviation(s, period)
	return scale{sum.Value() * (maxSteps / float64(n)), sd}
}

// tally adds up what Scores are means of. The zero value is empty.
type tally struct {
	steps, scaled, covered, forecasts, peaks, under int
	smape, mase, rmsse, msis, pinball               stat.Sum
}

// add measures one forecast; see Score.
func (t *tally) add(unit scale, f Forecast, actual Series) {
	alpha := 1 - f.Level
	highest, whole := math.Inf(-1), true
	var squared stat.Sum
	n := 0
	for i, y := range actual.Values {
		if actual.Missing(i) {
			whole = false
			continue
		}
		n++
		highest = max(highest, y)
		e := math.Abs(y - f.Mean[i])
		if sum := math.Abs(y) + math.Abs(f.Mean[i]); sum > 0 {
			t.smape = t.smape.Add(200 * (e / sum))
		}
		if f.Lower[i] <= y && y <= f.Upper[i] {
			t.covered++
		}
		if unit.absolute > 0 {
			missed := max(0, f.Lower[i]-y) + max(0, y-f.Upper[i])
			loss := pinball(y, f.Lower[i], alpha/2) + e/2 + pinball(y, f.Upper[i], 1-alpha/2)
			t.mase = t.mase.Add(bounded(e / unit.absolute))
			t.msis = t.msis.Add(bounded((f.Upper[i] - f.Lower[i] + 2/alpha*missed) / unit.absolute))
			t.pinball = t.pinball.Add(bounded(loss / 3 / unit.absolute))
			relative := min(e/unit.squared, 1e140)
			squared = squared.Add(float64(relative * relative))
			t.scaled++
		}
	}
	t.steps += n
	if n > 0 && unit.absolute > 0 {
		t.rmsse = t.rmsse.Add(math.Sqrt(squared.Value() / float64(n)))
		t.forecasts++
	}
	if whole && n > 0 && f.Peak.Level > 0 {
		t.peaks++
		if highest <= f.Peak.Upper {
			t.under++
		}
	}
}

// bounded keeps a score in units of a tiny scale finite.
func bounded(x float64) float64 { return min(x, largest) }

// pinball is the loss of x as the quantile p of what became y.
func pinball(y, x, p float64) float64 {
	if y >= x {
		return p * (y - x)
	}
	return (1 - p) * (x - y)
}

func (t tally) scores() Scores {
	mean := func(s stat.Sum, n int) float64 {
		if n == 0 {
			return 0
		}
		return clampFinite(s.Value() / float64(n))
	}
	share := func(k, n int) float64 {
		if n == 0 {
			return 0
		}
		return float64(k) / float64(n)
	}
	return Scores{
		Steps: t.steps, SMAPE: mean(t.smape, t.steps),
		Scaled: t.scaled, MASE: mean(t.mase, t.scaled), RMSSE: mean(t.rmsse, t.forecasts),
		MSIS: mean(t.msis, t.scaled), Pinball: mean(t.pinball, t.scaled),
		Coverage: share(t.covered, t.steps), Peaks: t.peaks, PeakCoverage: share(t.under, t.peaks),
	}
}
