package capacity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
)

// Default is the forecaster to take where nothing speaks for another: an ensemble
// of simple members (sparse seasonal autoregressions in levels and in logarithms,
// in the manner of Doornik, Castle and Hendry's Card, 2020; seasonal profiles;
// exponential smoothing; the last value and season) whose weights and errors come
// from rehearsing the past.
//
// It learns the location from a history whose gaps are filled, whose spikes are
// clipped and whose past is moved to the level after the latest lasting shift,
// and the scale from the errors that its members, fitted once, then make against the
// history as it was: intervals are quantiles of those errors, by step, by place of
// the season and separately below and above, stretched for a short rehearsal;
// Forecast.Coverage is the share of rehearsed observations inside intervals made
// from the errors of the other three quarters of the rehearsal. Its
// paths are the forecast plus whole stretches of past errors, so that a maximum or a
// sum over the horizon is read from them with the dependence that errors have.
//
// What was reached is in docs/forecaster.md. What it does not do: learn from
// other series or from causes, foresee the first incident of its kind, or know when growth ends: for
// months ahead of a growing series compare it with ETS and with Backtest.
//
// The zero value is ready. Cost: about n·200 multiplications and a rehearsal that
// does not grow with n; of a longer history only the latest steps are looked at.
type Default struct {
	// Periods are the seasons in steps, shortest first; of more than two the first
	// two count. [1] is none; empty is DetectPeriods. A longer one counts where the
	// history holds four of it, and has to be a multiple of the first.
	Periods []int
	// Level is that of the intervals, in (0, 1); 0 is 0.95.
	Level float64
	// Zone is where the day is lived: with it seasons of steps shorter than a day
	// follow the wall clock over its changes. nil is UTC.
	Zone *time.Location
	// History is how many of the latest steps are looked at; 0 is 28 seasons, at
	// least 2600 and at most 40320.
	History int
	// Bounds and Events are what is known beside the history.
	Bounds Bounds
	Events []Event
	// Seed chooses among the possible paths.
	Seed uint64
	// Paths is how many there are; 0 is 200, and negative is none. There are fewer
	// where they would hold more than four million values.
	Paths int
}

// Fast is Default with about half the members and half the rehearsal, for fleets.
// Its fields mean what they mean there.
type Fast Default

// MemberShare is what a member of an ensemble contributes.
type MemberShare struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"` // in [0, 1]; all sum to 1
}

// Shift is a change of level that lasts.
type Shift struct {
	At   time.Time `json:"at"`
	From float64   `json:"from"` // medians of about as long before and after
	To   float64   `json:"to"`
}

// Explanation is a forecast and why it is what it is.
type Explanation struct {
	Forecast Forecast      `json:"forecast"`
	Periods  []int         `json:"periods"`
	Members  []MemberShare `json:"members"` // heaviest first; empty where there was no rehearsal
	// Origins is how many forecasts were rehearsed, up to Ahead steps each.
	Origins int `json:"origins"`
	Ahead   int `json:"ahead"`
	// Error and NaiveError are the mean absolute errors of the rehearsed ensemble
	// and of the seasonal naive forecast from the same origins, in units of the
	// series. The ensemble's is slightly too good, as its members saw the whole history.
	Error      float64 `json:"error"`
	NaiveError float64 `json:"naive_error"`
	Looked     int     `json:"looked"`  // steps of history that were looked at
	Filled     int     `json:"filled"`  // gaps among them
	Clipped    int     `json:"clipped"` // spikes among them
	Shift      *Shift  `json:"shift,omitempty"`
}

// Forecast implements Forecaster. Mean lies between the conditional mean and the
// median. Peak.Upper is deliberately above the same quantile of the paths, see
// docs/forecaster.md. Where the history is shorter than two seasons and six steps
// the seasonal naive forecast stands in.
//
// Warnings: short-history; not-better-than-naive, where the rehearsal was no better than the
// seasonal naive forecast's; coverage, where rehearsed intervals held a share that
// is more than 5 points from their level; no-spread, where the rehearsal met
// no error; level-shift, where the past was moved to a new level; censored, where
// the history touches its upper limit; long-horizon, where the horizon is longer than could
// be rehearsed.
func (d Default) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	run, err := d.run(ctx, s, horizon, false)
	return run.forecast, err
}

// Forecast implements Forecaster; see Default.Forecast.
func (f Fast) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	run, err := Default(f).run(ctx, s, horizon, true)
	return run.forecast, err
}

// Explain is Forecast with its reasons.
func (d Default) Explain(ctx context.Context, s Series, horizon int) (Explanation, error) {
	run, err := d.run(ctx, s, horizon, false)
	return run.explain(s), err
}

// ensembleRun is a forecast and what it was made from. rehearsal is nil where the seasonal naive
// forecast stood in.
type ensembleRun struct {
	forecast  Forecast
	periods   []int
	rehearsal *rehearsal
	mean      []float64 // in units of the prepared history, on the wall clock, before events
	// The largest mean before events and after them, and what of the latter they added.
	before, raised, added float64
	level                 float64
}

func (d Default) check(s Series, horizon int) (level float64, err error) {
	if err := CheckForecast(s, horizon); err != nil {
		return 0, err
	}
	if level, err = levelOr(d.Level); err != nil {
		return 0, err
	}
	if err := d.Bounds.Check(); err != nil {
		return 0, err
	}
	if err := checkEvents(d.Events); err != nil {
		return 0, err
	}
	for i, p := range d.Periods {
		if p < 1 || p > maxSteps {
			return 0, problem("periods["+strconv.Itoa(i)+"]", strconv.Itoa(p), "not within 1 to 33554432 steps", "write 24 for a day of hours, 1 for no season")
		}
	}
	if len(d.Periods) > 1 && (d.Periods[1] <= d.Periods[0] || d.Periods[1]%d.Periods[0] != 0) {
		return 0, problem("periods[1]", strconv.Itoa(d.Periods[1]), "not a multiple of "+strconv.Itoa(d.Periods[0]), "write the seasons shortest first, such as 24 and 168")
	}
	if d.History < 0 {
		return 0, problem("history", strconv.Itoa(d.History), "less than 0 steps", "write how many steps to look at, or 0")
	}
	return level, nil
}

// periods are the season, and the longer one or 0.
func (d Default) periods(s Series) (period, longer int) {
	if len(d.Periods) == 0 {
		// Detection looks at no more than the longest history that is used.
		recent := s
		if n := s.Len(); n > longestHistory {
			recent = s.Slice(n-longestHistory, n)
		}
		found := DetectPeriods(recent)
		if period = found[0]; len(found) > 1 {
			longer = found[1]
		}
	} else if period = d.Periods[0]; len(d.Periods) > 1 {
		longer = d.Periods[1]
	} else if period > 1 {
		longer = longerPeriod(s.Step, period)
	}
	if longer > 0 && s.Len() < 4*longer {
		longer = 0
	}
	return period, longer
}

const (
	shortestHistory = 2600
	longestHistory  = 40320
	pathValues      = 4 << 20
)

func (d Default) run(ctx context.Context, s Series, horizon int, few bool) (ensembleRun, error) {
	level, err := d.check(s, horizon)
	if err != nil {
		return ensembleRun{}, err
	}
	if err := ctx.Err(); err != nil {
		return ensembleRun{}, err
	}
	known := s
	if most := max(d.History, longestHistory); known.Len() > most {
		known = known.Slice(known.Len()-most, known.Len())
	}
	whole := known
	known = withoutEvents(known, d.Events)
	local, places, far := onWallClock(known, d.Zone, horizon)
	period, longer := d.periods(local)
	keep := d.History
	if keep == 0 {
		keep = min(longestHistory, max(shortestHistory, 28*period))
	}
	if local.Len() > keep {
		local = local.Slice(local.Len()-keep, local.Len())
	}
	if longer > 0 && local.Len() < 4*longer {
		longer = 0
	}
	run := ensembleRun{periods: []int{period}, level: level}
	if longer > 0 {
		run.periods = append(run.periods, longer)
	}
	if n, o := local.Len(), local.Observed(); n < 2*period+6 || o < n/8 || o < 8 {
		return d.standIn(ctx, whole, known, horizon, period, run)
	}
	p := prepare(local.Values, local.Mask, period, longer)
	var members []member
	if period > 1 {
		members = p.seasonalMembers(few)
	} else {
		yearly := 0
		if s.Step == week {
			yearly = 52
		}
		members = p.plainMembers(yearly, few)
	}
	origins := 120
	if few {
		origins = 60
	}
	r, err := rehearse(ctx, p, members, far, origins)
	if err != nil {
		return ensembleRun{}, err
	}
	run.rehearsal = r
	if run.mean, err = r.forecast(ctx, far); err != nil {
		return ensembleRun{}, err
	}
	name := "ensemble"
	if few {
		name = "fast ensemble"
	}
	f := newForecast(name+" "+fmt.Sprint(run.periods), s, horizon, level)
	lowest, highest := d.Bounds.limits(p.nonNegative && !anyBelow(whole))
	d.fill(&f, r, run.mean, places, lowest, highest)
	run.raise(f, r.history.unit, d.Events)
	for _, values := range [][]float64{f.Mean, f.Lower, f.Upper} {
		d.finish(values, f, lowest, highest)
	}
	run.setPeak(&f, r, lowest, highest)
	if err := d.setPaths(ctx, &f, r, run.mean, places, lowest, highest); err != nil {
		return ensembleRun{}, err
	}
	run.judge(&f, s, horizon)
	f.warnCensored(whole, d.Bounds)
	run.forecast = f
	return run, nil
}

// anyBelow tells whether a value below 0 was observed.
func anyBelow(s Series) bool {
	low, _ := spanOf(s)
	return low < 0
}

// finish puts values into the world: events, then bounds.
func (d Default) finish(values []float64, f Forecast, low, high float64) {
	addEvents(values, f.Start, f.Step, d.Events)
	for i, v := range values {
		values[i] = min(high, max(low, v))
	}
}

// fill sets mean and interval in units of the series.
func (d Default) fill(f *Forecast, r *rehearsal, mean []float64, places []int, lowest, highest float64) {
	w, unit := r.widening(), r.history.unit
	low, high := w*r.quantile((1-f.Level)/2), w*r.quantile((1+f.Level)/2)
	for i, k := range places {
		size := r.size(k, mean[k])
		f.Mean[i] = worldly(mean[k], unit)
		f.Lower[i] = min(f.Mean[i], worldly(mean[k]+low*size, unit))
		f.Upper[i] = max(f.Mean[i], worldly(mean[k]+high*size, unit))
	}
}

// worldly is a value in units of the series, finite.
func worldly(x, unit float64) float64 {
	return max(-largestForecast, min(largestForecast, x*unit))
}

// raise sets by what events move the largest mean, and with it the peak: in proportion, but for
// what they add, which is added. It comes before bounds, which a peak is held to by itself.
func (run *ensembleRun) raise(f Forecast, unit float64, events []Event) {
	run.before = worldly(slices.Max(run.mean), unit)
	means, nothing := slices.Clone(f.Mean), make([]float64, len(f.Mean))
	addEvents(means, f.Start, f.Step, events)
	addEvents(nothing, f.Start, f.Step, events)
	run.raised = math.Inf(-1)
	for i, m := range means {
		if m = worldly(m, 1); m > run.raised {
			run.raised, run.added = m, worldly(nothing[i], 1)
		}
	}
}

// setPeak sets Peak.
func (run *ensembleRun) setPeak(f *Forecast, r *rehearsal, low, high float64) {
	level := (1 + run.level) / 2
	median, upper := r.peak(r.maxima(run.mean), run.mean, level)
	move := func(x float64) float64 {
		x = worldly(x, r.history.unit)
		switch proportional := run.raised - run.added; {
		case run.before > 0 && proportional > 0:
			x = x*(proportional/run.before) + run.added
		default:
			x += run.raised - run.before
		}
		return min(high, max(low, x))
	}
	f.Peak = Peak{Level: level, Median: move(median)}
	// The line of the maximum is nowhere under that of a step.
	f.Peak.Upper = max(f.Peak.Median, move(upper), slices.Max(f.Upper))
	f.Peak.Upper = min(high, f.Peak.Upper)
}

func (d Default) setPaths(ctx context.Context, f *Forecast, r *rehearsal, mean []float64, places []int, low, high float64) error {
	count := d.Paths
	if count == 0 {
		count = 200
	}
	count = min(count, pathValues/max(len(mean), len(places)))
	if count <= 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f.Paths = r.paths(mean, count, d.Seed)
	// Where the wall clock was not changed a step stays in its place.
	moved, values := len(places) != len(mean), []float64(nil)
	for i, at := range places {
		moved = moved || at != i
	}
	if moved {
		values = make([]float64, count*len(places))
	}
	for k, path := range f.Paths {
		out := path
		if moved {
			out = values[k*len(places) : (k+1)*len(places) : (k+1)*len(places)]
		}
		for i, at := range places {
			out[i] = worldly(path[at], r.history.unit)
		}
		d.finish(out, *f, low, high)
		f.Paths[k] = out
	}
	return nil
}

// judge warns of what is weak.
func (run *ensembleRun) judge(f *Forecast, s Series, horizon int) {
	r := run.rehearsal
	p := r.history
	if r.ahead < horizon {
		f.warn("long-horizon", "keep a longer history, or ask for a shorter horizon", "%d steps were rehearsed; the width beyond is extrapolated by the root of the distance", r.ahead)
	}
	if len(p.clean) < 4*p.period || len(p.clean) < 30 {
		f.warn("short-history", "keep at least four seasons, better fourteen", "%d steps of history, seasons of %d", len(p.clean), p.period)
	}
	switch {
	case r.missed < 1e-12 && r.naive < 1e-12:
		f.warn("no-spread", "keep a longer history", "the rehearsal met no error: the width of the interval is unknown and left at 0")
		return
	case r.missed >= r.naive:
		f.warn("not-better-than-naive", "use SeasonalNaive, or look for what drives the series", "the rehearsed error is %s, that of the seasonal naive forecast %s", prose.Figure(worldly(r.missed, p.unit), 4), prose.Figure(worldly(r.naive, p.unit), 4))
	}
	f.Coverage = r.coverage(run.level)
	if c := f.Coverage; math.Abs(c-run.level) > 0.05 {
		f.warn("coverage", "take intervals with care, keep a longer history", "rehearsed intervals held %s of the observations, not %s", percent(c), percent(run.level))
	}
	if p.shift.ago > 0 {
		at := s.End().Add(-time.Duration(p.shift.ago) * s.Step)
		f.warn("level-shift", "mask it where it was an incident", "since %s values are at %s instead of %s; the past was moved there", at.UTC().Format(time.RFC3339), prose.Figure(worldly(p.shift.to, p.unit), 4), prose.Figure(worldly(p.shift.from, p.unit), 4))
	}
}

// standIn is the seasonal naive forecast where there is too little to rehearse.
func (d Default) standIn(ctx context.Context, whole, known Series, horizon, period int, run ensembleRun) (ensembleRun, error) {
	f, err := SeasonalNaive{Period: period, Level: run.level}.Forecast(ctx, known, horizon)
	if err != nil {
		// Events may have left nothing: then they are forgotten.
		if f, err = (SeasonalNaive{Period: period, Level: run.level}).Forecast(ctx, whole, horizon); err != nil {
			return ensembleRun{}, err
		}
	}
	low, high := d.Bounds.limits(!anyBelow(whole))
	before := slices.Max(f.Mean)
	for _, values := range [][]float64{f.Mean, f.Lower, f.Upper} {
		d.finish(values, f, low, high)
	}
	move := slices.Max(f.Mean) - before
	f.Peak.Median = min(high, max(low, f.Peak.Median+move))
	f.Peak.Upper = max(f.Peak.Median, min(high, max(f.Peak.Upper+move, slices.Max(f.Upper))))
	if !slices.ContainsFunc(f.Warnings, func(w Warning) bool { return w.Code == "short-history" }) {
		f.warn("short-history", "keep at least two seasons of history, better fourteen", "%d of %d steps were observed, seasons have %d: the seasonal naive forecast stands in", known.Observed(), known.Len(), period)
	}
	f.warnCensored(whole, d.Bounds)
	run.forecast = f
	return run, nil
}

func (run ensembleRun) explain(s Series) Explanation {
	x := Explanation{Forecast: run.forecast, Periods: run.periods}
	r := run.rehearsal
	if r == nil {
		return x
	}
	p := r.history
	for k, m := range r.members {
		x.Members = append(x.Members, MemberShare{m.name, stat.Total(r.weights[k]) / float64(r.ahead)})
	}
	slices.SortStableFunc(x.Members, func(a, b MemberShare) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	x.Origins, x.Ahead = len(r.origins), r.ahead
	x.Error, x.NaiveError = worldly(r.missed, p.unit), worldly(r.naive, p.unit)
	x.Looked, x.Filled, x.Clipped = len(p.clean), p.filled, p.clipped
	if p.shift.ago > 0 {
		x.Shift = &Shift{s.End().Add(-time.Duration(p.shift.ago) * s.Step), worldly(p.shift.from, p.unit), worldly(p.shift.to, p.unit)}
	}
	return x
}
