package alerting

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/stat"
	"github.com/srekit/ownership/slo"
)

// Score is how well the alerts of a severity told incidents from the rest.
type Score struct {
	Severity   Severity `json:"severity"` // unset: all severities together
	Alerts     int      `json:"alerts"`
	TrueAlerts int      `json:"true_alerts"` // that overlap an incident
	Incidents  int      `json:"incidents"`
	Detected   int      `json:"detected"` // incidents that an alert overlaps
	// Precision is TrueAlerts/Alerts, 0 without alerts; Recall is
	// Detected/Incidents, 0 without incidents. JSON then has null.
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	// Delay is from an incident's start to its detection, Budget the share of a
	// period's budget that it had spent by then: over the detected incidents,
	// all zero without any.
	Delay  DurationQuantiles `json:"delay"`
	Budget ShareQuantiles    `json:"budget"`
	Firing time.Duration     `json:"firing_seconds"` // how long alerts were up in sum
	// PerWeek is the alerts in a week of the history, OffHours those that began
	// outside the working hours, OffHoursPerWeek such alerts in a week.
	PerWeek         float64 `json:"per_week"`
	OffHours        int     `json:"off_hours"`
	OffHoursPerWeek float64 `json:"off_hours_per_week"`

	// Bootstrap intervals, nil without a Source, where they mean nothing
	// (precision without alerts, a delay that was seen once), or with fewer than two
	// days of history. Draws of what never varied do not vary: where all or none of
	// the alerts are true, or of the incidents detected, the interval is the exact one
	// for independent events (Clopper and Pearson 1934, Biometrika 26), without alerts
	// it is Garwood's for a Poisson count of none (1936, Biometrika 28).
	PrecisionInterval *slo.Interval `json:"precision_interval"`
	RecallInterval    *slo.Interval `json:"recall_interval"`
	PerWeekInterval   *slo.Interval `json:"per_week_interval"`
	DelayInterval     *slo.Interval `json:"delay_interval"` // of the mean delay, in seconds
}

// DurationQuantiles describe several durations; quantiles are the least of the
// values that at least that share of them do not exceed.
type DurationQuantiles struct {
	Mean time.Duration `json:"mean_seconds"`
	P50  time.Duration `json:"p50_seconds"`
	P90  time.Duration `json:"p90_seconds"`
	Max  time.Duration `json:"max_seconds"`
}

// ShareQuantiles describe several shares as DurationQuantiles do durations.
type ShareQuantiles struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	Max  float64 `json:"max"`
}

// match finds which alerts and incidents belong together.
func (r *Report) match(b Bound, h *history, incidents []Incident, severities []Severity, opt BacktestOptions) {
	allowed, traffic := h.allowance(b.Objective.Budget(), b.Period)
	share := func(start, end int64) float64 {
		if !traffic {
			return 0
		}
		bad, _ := h.between(start, end)
		return bad / allowed
	}
	for _, incident := range incidents {
		start, end := nanoseconds(incident.Start), nanoseconds(incident.End)
		result := IncidentResult{Incident: incident, BudgetShare: share(start, end)}
		found := make(map[Severity]bool)
		for i := range r.Alerts {
			a := &r.Alerts[i]
			// An alert at the very end is of the incident: a point at an instant holds
			// the events of the interval before.
			if a.Start.After(incident.End.Add(opt.Slack)) {
				break
			}
			if !a.End.After(incident.Start) {
				continue
			}
			a.True = true
			if found[a.Severity] { // alerts are by start, the first counts
				continue
			}
			found[a.Severity] = true
			at := incident.Start
			if a.Start.After(at) {
				at = a.Start
			}
			result.Detections = append(result.Detections, Detection{
				Severity: a.Severity, At: at, Delay: at.Sub(incident.Start), BudgetShare: share(start, at.UnixNano()),
			})
		}
		slices.SortFunc(result.Detections, func(x, y Detection) int { return int(y.Severity - x.Severity) })
		r.Incidents = append(r.Incidents, result)
	}
}

// nanoseconds is t.UnixNano for any year: instants beyond its range, in which no
// history lies, become its ends.
func nanoseconds(t time.Time) int64 {
	switch s := t.Unix(); {
	case s < earliest:
		return math.MinInt64
	case s >= latest:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// detection is the first detection by a severity, by any where it is unset.
func (i IncidentResult) detection(severity Severity) (first Detection, ok bool) {
	for _, d := range i.Detections {
		if (severity == 0 || d.Severity == severity) && (!ok || d.At.Before(first.At)) {
			first, ok = d, true
		}
	}
	return first, ok
}

// score computes the score of a severity, of all where it is unset.
func (r Report) score(severity Severity) Score {
	s := Score{Severity: severity, Incidents: len(r.Incidents)}
	for _, a := range r.Alerts {
		if severity != 0 && a.Severity != severity {
			continue
		}
		s.Alerts++
		s.Firing += a.End.Sub(a.Start)
		if a.True {
			s.TrueAlerts++
		}
		if a.OffHours {
			s.OffHours++
		}
	}
	var delays []time.Duration
	var shares []float64
	for _, i := range r.Incidents {
		if d, ok := i.detection(severity); ok {
			delays = append(delays, d.Delay)
			shares = append(shares, d.BudgetShare)
		}
	}
	s.Detected = len(delays)
	s.Precision, s.Recall = quotient(s.TrueAlerts, s.Alerts), quotient(s.Detected, s.Incidents)
	if s.Detected > 0 {
		slices.Sort(delays)
		slices.Sort(shares)
		var sum, total float64
		for i := range delays {
			sum += delays[i].Seconds()
			total += shares[i]
		}
		n := float64(s.Detected)
		s.Delay = DurationQuantiles{seconds(sum / n), quantile(delays, 0.5), quantile(delays, 0.9), quantile(delays, 1)}
		s.Budget = ShareQuantiles{total / n, quantile(shares, 0.5), quantile(shares, 0.9), quantile(shares, 1)}
	}
	weeks := r.End.Sub(r.Start).Hours() / (7 * 24)
	s.PerWeek, s.OffHoursPerWeek = float64(s.Alerts)/weeks, float64(s.OffHours)/weeks
	return s
}

func quotient(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// quantile is the least of the sorted values that a share p of them do not exceed.
func quantile[T cmp.Ordered](sorted []T, p float64) T {
	i := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// dayCounts is what one day adds to a score.
type dayCounts struct {
	alerts, trueAlerts, incidents, detected float64
	delay                                   float64 // seconds
}

// dayTable is the counts of each day: all severities at 0, each severity at its number.
type dayTable [Page + 1][]dayCounts

// days cuts the history into civil days of the working hours' zone. What begins
// on a day belongs to it.
func (r Report) days(opt BacktestOptions) dayTable {
	var table dayTable
	if opt.Source == nil {
		return table
	}
	number := func(t time.Time) int {
		y, m, d := t.In(opt.Hours.Location).Date()
		return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	first := number(r.Start)
	n := number(r.End.Add(-1)) - first + 1
	for i := range table {
		table[i] = make([]dayCounts, n)
	}
	add := func(s Severity, t time.Time, count func(*dayCounts)) {
		if day := number(t) - first; day >= 0 && day < n { // incidents may lie outside the history
			count(&table[s][day])
		}
	}
	for _, a := range r.Alerts {
		for _, s := range [...]Severity{0, a.Severity} {
			add(s, a.Start, func(d *dayCounts) {
				d.alerts++
				if a.True {
					d.trueAlerts++
				}
			})
		}
	}
	for _, i := range r.Incidents {
		for s := Severity(0); s <= Page; s++ {
			add(s, i.Start, func(d *dayCounts) {
				d.incidents++
				if found, ok := i.detection(s); ok {
					d.detected++
					d.delay += found.Delay.Seconds()
				}
			})
		}
	}
	return table
}

// bootstrap fills in the intervals: days are drawn with replacement, so that what
// belongs together within a day stays together (Künsch 1989, Annals of
// Statistics 17; blocks of a day), and the intervals are percentiles.
func (s *Score) bootstrap(ctx context.Context, r Report, table dayTable, opt BacktestOptions) error {
	days := table[s.Severity]
	if opt.Source == nil || len(days) < 2 {
		return nil
	}
	random := rand.New(opt.Source)
	var precision, recall, perWeek, delay []float64
	weeks := r.End.Sub(r.Start).Hours() / (7 * 24)
	for i := range opt.Resamples {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var c dayCounts
		for range days {
			d := days[random.IntN(len(days))]
			c.alerts += d.alerts
			c.trueAlerts += d.trueAlerts
			c.incidents += d.incidents
			c.detected += d.detected
			c.delay += d.delay
		}
		if c.alerts > 0 {
			precision = append(precision, c.trueAlerts/c.alerts)
		}
		if c.incidents > 0 {
			recall = append(recall, c.detected/c.incidents)
		}
		if c.detected > 0 {
			delay = append(delay, c.delay/c.detected)
		}
		perWeek = append(perWeek, c.alerts/weeks)
	}
	s.PrecisionInterval = proportion(s.TrueAlerts, s.Alerts, precision, opt.Level)
	s.RecallInterval = proportion(s.Detected, s.Incidents, recall, opt.Level)
	s.PerWeekInterval = percentiles(perWeek, opt.Level)
	if s.Alerts == 0 {
		s.PerWeekInterval = &slo.Interval{High: -math.Log((1-opt.Level)/2) / weeks, Level: opt.Level}
	}
	if s.Detected > 1 {
		s.DelayInterval = percentiles(delay, opt.Level)
	}
	return nil
}

// proportion is the interval of a proportion k of n. Where it is all or none, every
// draw is too, and the exact interval takes the place of the percentiles.
func proportion(k, n int, draws []float64, level float64) *slo.Interval {
	if n == 0 || k > 0 && k < n {
		return percentiles(draws, level)
	}
	v := stat.ClopperPearson(uint64(k), uint64(n), level)
	return &slo.Interval{Low: v.Low, High: v.High, Level: level}
}

func percentiles(values []float64, level float64) *slo.Interval {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	return &slo.Interval{Low: quantile(values, (1-level)/2), High: quantile(values, (1+level)/2), Level: level}
}
