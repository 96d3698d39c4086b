package release

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// Replay runs a rollout again and again over a recorded series of the service, without
// a release and with one that is bad, and so tells what its rules are worth for this
// service: how often they take back a release that does nothing (the A/A rate), how
// often one with more errors, and after how long.
//
// Each run begins at an instant drawn from the series and plays its points as looks.
// The canary is a random part of the recorded requests, as large as the stage's
// traffic, and the baseline the rest; or, with Shift, that part of the requests of a
// time before, so that it also differs from the baseline as one day does from another.
// A bad release fails, of the requests that did not fail, as many as make its errors
// Factor times the series' mean. Gates, capacity and deadlines of the rollout are left
// out.
//
// Runs over one series are not independent: they share its bad hours. The intervals
// are those of the draw, given the series.
type Replay struct {
	Rollout Rollout `json:"rollout"`
	// Judge, if it has a metric, judges every look; its first metric must be of kind
	// counts and is all that it is given. Its verdict goes to the rules on a
	// Judgement; if there is none, one is added.
	Judge canary.Judge `json:"judge"`
	// Factors are those of bad releases, each above 1; nil is 2, 5 and 10.
	Factors []float64     `json:"factors,omitempty"`
	Runs    int           `json:"runs,omitzero"`          // of each, at most a million; 0 is 500
	Shift   time.Duration `json:"shift_seconds,omitzero"` // not negative
	Source  rand.Source   `json:"-"`                      // of all draws; required: rand.NewPCG(1, 2)
}

// ReplayReport is what a replay has shown.
type ReplayReport struct {
	Start  time.Time     `json:"start"` // of the series
	End    time.Time     `json:"end"`
	Points int           `json:"points"`
	Step   time.Duration `json:"step_seconds"` // the median distance of its points
	Length time.Duration `json:"length_seconds"`
	Ratio  float64       `json:"error_ratio"` // of the series
	// Outcomes are that of a release that does nothing, with factor 1, and those of the
	// factors asked for, in their order.
	Outcomes []Outcome `json:"outcomes"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Outcome is how the runs with one factor ended.
type Outcome struct {
	Factor float64 `json:"factor"`
	Runs   int     `json:"runs"`
	// Share is the part of the runs in which a rule took the release back, Low and
	// High its Clopper-Pearson interval.
	Share float64 `json:"rolled_back"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"`
	// Completed is the part that came to its end as a good release; the others were
	// stopped, or not done, because too little was known.
	Completed float64 `json:"completed"`
	// Median and Late are the time from the start to the rollback, the middle and the
	// ninth decile of those that had one; 0 if none had.
	Median time.Duration `json:"median_seconds"`
	Late   time.Duration `json:"late_seconds"`
	// Excess is the mean number of requests that failed because of the release.
	Excess float64 `json:"excess_requests"`
}

// Warning tells what weakens an answer.
type Warning struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// judgement is the metric of the rule that is added for a judge.
const judgement = "judgement"

// Run plays the points, which may be unsorted. Errors are *Error, about what is wrong
// with p or where the series is shorter than the rollout, canary's about the judge, and
// that of ctx. O(runs × factors × points of a rollout), about a microsecond each, with
// a judge some ten.
func (p Replay) Run(ctx context.Context, points []slo.Point) (ReplayReport, error) {
	x, err := p.prepare(points)
	if err != nil {
		return ReplayReport{}, err
	}
	r := ReplayReport{Start: x.points[0].Time, End: x.points[len(x.points)-1].Time, Points: len(x.points), Step: x.step, Length: p.Rollout.Length(), Ratio: x.ratio}
	factors := append([]float64{1}, p.Factors...)
	if p.Factors == nil {
		factors = append(factors, 2, 5, 10)
	}
	for _, f := range factors {
		o := Outcome{Factor: f, Runs: x.runs, Level: 0.95}
		var took []float64
		var excess stat.Sum
		for range x.runs {
			if err := ctx.Err(); err != nil {
				return ReplayReport{}, err
			}
			end, extra, err := x.run(f)
			if err != nil {
				return ReplayReport{}, err
			}
			excess = excess.Add(extra)
			if end.Phase().Back() && end.ruled {
				took = append(took, end.after.Seconds())
			} else if end.Phase() == Completed {
				o.Completed++
			}
		}
		o.Completed /= float64(x.runs)
		o.Excess = excess.Value() / float64(x.runs)
		o.Share = float64(len(took)) / float64(x.runs)
		in, err := slo.Counts{Bad: float64(len(took)), Total: float64(x.runs)}.ErrorInterval(slo.ClopperPearsonInterval, o.Level)
		if err != nil {
			return ReplayReport{}, err
		}
		o.Low, o.High = in.Low, in.High
		if len(took) > 0 {
			slices.Sort(took)
			o.Median = time.Duration(stat.SortedQuantile(took, 0.5) * float64(time.Second))
			o.Late = time.Duration(stat.SortedQuantile(took, 0.9) * float64(time.Second))
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	r.Warnings = x.warnings(r)
	return r, nil
}

// player is a replay that is ready to run.
type player struct {
	rollout Rollout
	judge   canary.Judge
	judged  bool
	metrics []string // of the rules on a BadRatio
	verdict []string // of those on a Judgement
	runs    int
	shift   time.Duration
	points  []slo.Point
	first   int // of the starts
	last    int
	step    time.Duration
	ratio   float64
	errors  float64
	rand    *rand.Rand
	buffer  []Measurement
}

func (p Replay) prepare(points []slo.Point) (*player, error) {
	var e problems
	e.join("rollout.", p.Rollout.Validate())
	x := &player{rollout: p.Rollout.clone(), judge: p.Judge, judged: len(p.Judge.Metrics) > 0, runs: p.Runs, shift: p.Shift}
	if x.runs == 0 {
		x.runs = 500
	}
	if x.runs < 0 || x.runs > 1e6 {
		e.Add("value", "runs", fmt.Sprint(p.Runs), "not between 1 and 1000000", "write 500")
	}
	if p.Source == nil {
		e.Add("value", "source", "", "nothing to draw from", "give rand.NewPCG(1, 2), whose numbers are always the same")
	}
	if p.Shift < 0 || p.Shift > maxLength {
		e.Add("value", "shift_seconds", p.Shift.String(), "not between 0 and a year", "write 24h for the same time of the day before")
	}
	for i, f := range p.Factors {
		if !(f > 1 && f <= 1e9) {
			e.Add("value", place("factors", i), number(f), "not above 1", "write 2 for twice as many errors")
		}
	}
	if x.judged && p.Judge.Metrics[0].Kind != canary.KindCounts {
		e.Add("value", "judge.metrics[0].kind", p.Judge.Metrics[0].Kind.String(), "a series of counts has no values", "judge counts")
	}
	for i, r := range x.rollout.Rules {
		switch {
		case r.Quantity == Value && !r.Advisory:
			e.Add("value", place("rollout.rules", i), r.String(), "a series of counts has no values", "leave the rule out of the replay")
		case r.Quantity == Judgement && !x.judged && !r.Advisory:
			e.Add("value", place("rollout.rules", i), r.String(), "there is no judge", "give one")
		case r.Quantity == Judgement && !slices.Contains(x.verdict, r.Metric):
			x.verdict = append(x.verdict, r.Metric)
		case r.Quantity == BadRatio && !slices.Contains(x.metrics, r.Metric):
			x.metrics = append(x.metrics, r.Metric)
		}
	}
	if x.judged {
		x.judge.Metrics = p.Judge.Metrics[:1]
		if x.verdict == nil {
			x.verdict = []string{judgement}
			x.rollout.Rules = append(x.rollout.Rules, Rule{Metric: judgement, Quantity: Judgement})
		}
		if _, err := x.judge.Start(); err != nil {
			return nil, err
		}
	}
	for i, q := range points {
		if err := q.Validate(); err != nil || !inRange(q.Time) {
			e.Add("value", place("points", i), fmt.Sprintf("%v of %v at %v", q.Bad, q.Total, q.Time), "no counts at an instant", "leave out points that were not measured")
		}
	}
	if err := e.err(); err != nil {
		return nil, err
	}
	x.rollout.Gates, x.rollout.Capacity, x.rollout.Deadline = Gates{}, false, 0
	x.points = slo.SortPoints(points)
	if len(x.points) > 1 {
		var steps []float64
		for i := 1; i < len(x.points); i++ {
			steps = append(steps, x.points[i].Time.Sub(x.points[i-1].Time).Seconds())
		}
		x.step = time.Duration(stat.Median(steps) * float64(time.Second))
		begin := x.points[0].Time.Add(p.Shift)
		x.first = sort.Search(len(x.points), func(i int) bool { return !x.points[i].Time.Before(begin) })
		end := x.points[len(x.points)-1].Time.Add(-p.Rollout.Length())
		x.last = sort.Search(len(x.points), func(i int) bool { return x.points[i].Time.After(end) }) - 1
	}
	if len(x.points) < 2 || x.last < x.first || x.step <= 0 {
		e.Add("value", "points", fmt.Sprint(len(points)), "the series is shorter than the rollout of "+prose.Duration(p.Rollout.Length())+" and the shift", "give a series of some days")
		return nil, e.err()
	}
	var bad, total stat.Sum
	for _, q := range x.points {
		bad, total = bad.Add(q.Bad), total.Add(q.Total)
	}
	if total.Value() == 0 {
		e.Add("value", "points", fmt.Sprint(len(points)), "there is no traffic", "give a series with requests")
		return nil, e.err()
	}
	x.errors = bad.Value()
	x.ratio = x.errors / total.Value()
	for i := range x.rollout.Stages { // a series may be coarser than the plan
		if s := &x.rollout.Stages[i]; s.interval() < x.step {
			s.Interval = x.step
		}
	}
	x.rand = rand.New(p.Source)
	return x, nil
}

// ended is a state at the end of a run.
type ended struct {
	State
	ruled bool // a rule took it back
	after time.Duration
}

// run plays one rollout with factor times as many errors.
func (x *player) run(factor float64) (ended, float64, error) {
	i := x.first + x.rand.IntN(x.last-x.first+1)
	begin := x.points[i].Time
	s, err := x.rollout.Start(begin)
	if err != nil {
		return ended{}, 0, err
	}
	var stream canary.Stream
	if x.judged {
		if stream, err = x.judge.Start(); err != nil {
			return ended{}, 0, err
		}
	}
	if _, err := s.Step(Observation{At: begin}); err != nil {
		return ended{}, 0, err
	}
	mean := x.ratio
	if mean == 0 {
		mean = 0.5 / float64(len(x.points))
	}
	fails := math.Min(1, (factor-1)*mean/(1-math.Min(mean, 1-1e-12)))
	end := ended{}
	excess := 0.0
	for k := i + 1; k < len(x.points) && !s.Phase().Ended(); k++ {
		now := x.points[k]
		fresh, old, more, ok := x.split(now, s.Traffic().Float64(), fails)
		excess += more
		m := Measurement{Length: now.Time.Sub(x.points[k-1].Time), Canary: fresh, Baseline: old, Missing: !ok}
		x.buffer = x.buffer[:0]
		for _, name := range x.metrics {
			m.Metric = name
			x.buffer = append(x.buffer, m)
		}
		if x.judged {
			v, err := x.look(&stream, now.Time.Sub(begin), fresh, old, ok)
			if err != nil {
				return ended{}, 0, err
			}
			for _, name := range x.verdict {
				x.buffer = append(x.buffer, Measurement{Metric: name, Length: m.Length, Verdict: v})
			}
		}
		moved, err := s.Step(Observation{At: now.Time, Measurements: x.buffer})
		if err != nil {
			return ended{}, 0, err
		}
		for _, t := range moved {
			if t.Code == "rule" {
				end.ruled, end.after = true, t.At.Sub(begin)
			}
		}
	}
	end.State = s
	return end, excess, nil
}

// look gives the judge a look.
func (x *player) look(stream *canary.Stream, at time.Duration, fresh, old slo.Counts, ok bool) (canary.Verdict, error) {
	name := x.judge.Metrics[0].Name
	observed := func(c slo.Counts) canary.Observed {
		return canary.Observed{Bad: int64(c.Bad), Total: int64(c.Total), Missing: !ok}
	}
	report, err := stream.Look(canary.Look{Seconds: at.Seconds(), Metrics: []canary.Measurement{{Name: name, Canary: observed(fresh), Baseline: observed(old)}}})
	return report.Verdict, err
}

// split draws the two arms of a look; ok is false where the series before has no point.
func (x *player) split(now slo.Point, share, fails float64) (fresh, old slo.Counts, excess float64, ok bool) {
	from := now.Counts
	if x.shift > 0 {
		want := now.Time.Add(-x.shift)
		i := sort.Search(len(x.points), func(i int) bool { return !x.points[i].Time.Before(want) })
		if i == len(x.points) || x.points[i].Time.Sub(want) >= x.step {
			return fresh, old, 0, false
		}
		from = x.points[i].Counts
	}
	bad, good := math.Round(from.Bad), math.Round(from.Good())
	fresh.Bad = x.binomial(bad, share)
	served := x.binomial(good, share)
	fresh.Total = fresh.Bad + served
	if x.shift > 0 {
		old.Bad = x.binomial(math.Round(now.Bad), 1-share)
		old.Total = old.Bad + x.binomial(math.Round(now.Good()), 1-share)
	} else {
		old.Bad = bad - fresh.Bad
		old.Total = old.Bad + good - served
	}
	excess = x.binomial(served, fails)
	fresh.Bad += excess
	return fresh, old, excess, true
}

// binomial draws how many of n fall, each with probability p: by the distances between
// those that do where they are few, by the normal approximation above a hundred.
func (x *player) binomial(n, p float64) float64 {
	switch {
	case n <= 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - x.binomial(n, 1-p)
	}
	if n*p > 100 {
		v := math.Round(n*p + math.Sqrt(n*p*(1-p))*x.rand.NormFloat64())
		return math.Max(0, math.Min(n, v))
	}
	count, at, log := 0.0, 0.0, math.Log1p(-p)
	for {
		at += math.Floor(math.Log(1-x.rand.Float64())/log) + 1
		if at > n {
			return count
		}
		count++
	}
}

// warnings tells what weakens the report.
func (x *player) warnings(r ReplayReport) []Warning {
	var w []Warning
	if n := float64(r.End.Sub(r.Start)) / math.Max(1, float64(r.Length)); n < 20 {
		w = append(w, Warning{"short-series", fmt.Sprintf("the series holds the rollout only %s times", figure(n)), "record more of it, two weeks say"})
	}
	if x.errors < 20 {
		w = append(w, Warning{"few-errors", fmt.Sprintf("the series has %s bad requests, so that a multiple of them is not known well", figure(x.errors)), "record more of it"})
	}
	if len(x.metrics)+len(x.verdict) == 0 {
		w = append(w, Warning{"no-rule", "no rule reads the series", "add a rule such as 0.1% error rate for 5m"})
	}
	return w
}
