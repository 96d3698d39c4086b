package synth

import (
	"math"
	"time"
)

// Daily is the rhythm of a day by the local wall clock, as a factor on the
// rate whose mean over 24 hours is 1. The zero value is no rhythm.
type Daily struct {
	// PeakHour is the local hour of the highest rate, in [0, 24): 12 is noon.
	PeakHour float64
	// Swing is how far the rate moves around its mean, in [0, 1]: the factor
	// is 1 + Swing·cos(2π(hour-PeakHour)/24), so that 0.8 gives a peak nine
	// times as high as the trough.
	Swing float64
	// Hours, if not empty, replaces the cosine by weights in equal parts of
	// the day: 24 weights are those of the hours, the first at 00:30. Between
	// their middles the factor is linear, across midnight as well. Only the
	// weights' proportions matter; negative and NaN ones count as 0.
	Hours []float64
}

// Factor returns the factor at a local hour; hours outside [0, 24) wrap.
func (d Daily) Factor(hour float64) float64 {
	return d.factor(hour, meanWeight(d.Hours))
}

func (d Daily) factor(hour, mean float64) float64 {
	if math.IsNaN(hour) || math.IsInf(hour, 0) {
		return 1
	}
	turn := hour / 24
	if mean > 0 {
		n := len(d.Hours)
		x := float64((turn-math.Floor(turn))*float64(n)) - 0.5 // in [-0.5, n-0.5)
		i := math.Floor(x)
		left, right := d.Hours[(int(i)+n)%n], d.Hours[(int(i)+1)%n]
		w := x - i
		return (float64((1-w)*clamp(left, 0, math.MaxFloat64/1e6)) + float64(w*clamp(right, 0, math.MaxFloat64/1e6))) / mean
	}
	swing := clamp(d.Swing, 0, 1)
	if swing == 0 {
		return 1
	}
	return 1 + float64(swing*cosTurns(turn-clamp(d.PeakHour, -24, 48)/24))
}

// meanWeight returns the mean of the weights, and 0 where they say nothing.
func meanWeight(weights []float64) float64 {
	sum := 0.0
	for _, w := range weights {
		sum += clamp(w, 0, math.MaxFloat64/1e6) / float64(len(weights))
	}
	return sum
}

// Weekly is a factor on the rate by local weekday, indexed by time.Weekday
// (Sunday is 0). It is not normalised: an ordinary day has 1. All zeros, the
// zero value, are no rhythm; negative and NaN factors count as 0.
type Weekly [7]float64

// Weekend returns the rhythm with the factor f on Saturdays and Sundays and 1
// on the other days.
func Weekend(f float64) Weekly { return Weekly{f, 1, 1, 1, 1, 1, f} }

// Factor returns the factor of a weekday.
func (w Weekly) Factor(d time.Weekday) float64 {
	if w == (Weekly{}) || d < time.Sunday || d > time.Saturday {
		return 1
	}
	return clamp(w[d], 0, math.MaxFloat64)
}

// Holiday is a local calendar day on which the rate has another factor than
// its weekday's.
type Holiday struct {
	// Year, Month and Day name the date; year 0 is every year.
	Year  int
	Month time.Month
	Day   int
	// Factor replaces the weekday's factor: 0.2 is a fifth of an ordinary
	// day, 0 is closed, 3 is a day of sales.
	Factor float64
}

// rhythm walks along the product of daily, weekly and holiday factors.
type rhythm struct {
	clock    wallClock
	daily    Daily
	mean     float64 // of daily.Hours
	weekly   Weekly
	holidays []Holiday

	today  int64 // local days since 1970 of the day that factor belongs to
	factor float64
	known  bool
}

func newRhythm(zone *time.Location, d Daily, w Weekly, h []Holiday) rhythm {
	return rhythm{clock: wallClock{zone: zone}, daily: d, mean: meanWeight(d.Hours), weekly: w, holidays: h}
}

// at returns the factor at an instant.
func (r *rhythm) at(at int64) float64 {
	local := r.clock.local(at)
	today := floorDiv(local, int64(day))
	if !r.known || today != r.today {
		r.today, r.known = today, true
		r.factor = r.weekly.Factor(time.Weekday((today%7 + 11) % 7)) // 1970-01-01 was a Thursday
		if len(r.holidays) > 0 {
			year, month, dom := time.Unix(today*86400, 0).UTC().Date()
			for _, h := range r.holidays {
				if h.Day == dom && h.Month == month && (h.Year == 0 || h.Year == year) {
					r.factor = clamp(h.Factor, 0, math.MaxFloat64)
				}
			}
		}
	}
	return float64(r.factor * r.daily.factor(float64(local-today*int64(day))/float64(time.Hour), r.mean))
}
