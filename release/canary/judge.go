package canary

import (
	"fmt"
	"math"
)

// Metric is what a judge knows of one metric beforehand.
type Metric struct {
	Name      string    `json:"name"`
	Kind      Kind      `json:"kind"`
	Direction Direction `json:"direction"`
	// Critical metrics roll back on their own. The harm of others takes their
	// weight off the score, which decides by Judge.MinScore.
	Critical bool `json:"critical,omitempty"`
	// Advisory metrics are reported and never decide.
	Advisory bool `json:"advisory,omitempty"`
	// Weight, positive, is the metric's part of the false alarms and of the score;
	// 0 is 1.
	Weight float64 `json:"weight,omitempty"`
	Group  string  `json:"group,omitempty"` // for the score's breakdown
	// Margin is the harm that is borne before a rollback: 0.03 is a ratio to the
	// baseline of 1.03. 0 is the default: none for counts, which are events that
	// each request has on its own, and 0.03 for samples and histograms, because
	// arms drift. A tiny number such as 1e-9 means none.
	Margin float64 `json:"margin,omitempty"`
	// Tolerance is the harm that must be excluded before promotion, at least
	// Margin. 0 is the larger one of Margin and 1 for counts (twice the rate), 0.1
	// for samples and histograms.
	Tolerance float64 `json:"tolerance,omitempty"`
	// Quantile is that of the values of one look which is compared; 0 is 0.5 for
	// samples and 0.95 for histograms.
	Quantile float64 `json:"quantile,omitempty"`
	// Pooled compares the quantile of everything since the start by QuantileTest,
	// which takes requests to be independent, instead of block by block: for
	// histograms of which there are few looks.
	Pooled bool `json:"pooled,omitempty"`
	// MinTotal is the number of requests or values that the canary must have had
	// before it is promoted. 0 takes for counts what shows harm of the tolerance
	// with 80 % power: SampleSize at the baseline's share of bad requests and the
	// canary's share of the traffic so far, in mode Sequential times the
	// price of looking at any time; and none for samples and histograms. 1 is none. It
	// is needed beside the exclusion of harm, never instead of it.
	MinTotal int64 `json:"min_total,omitempty"`
	// NoData is what looks without usable data mean.
	NoData Policy `json:"no_data,omitempty"`
	// MissingLimit is the number of looks without data in a row that Fail takes
	// for harm, 0 is 1, and beyond which nothing is promoted, 0 is 3.
	MissingLimit int `json:"missing_limit,omitempty"`
}

// Judge compares a canary with its baseline in several metrics and says what to
// do. The zero value with metrics added looks at any time, with false rollbacks in
// at most 5 % of all harmless releases, over all metrics and looks together.
//
// Rollback needs proof of harm: the weighted mean of all metrics' E reaches
// 1/FalseAlarm, or one reaches 1 over its own share of it, which implies the
// former. Promotion needs proof of the absence of harm: for every metric, harm of
// its tolerance is excluded with an error of FalseAlarm, so that a release that is
// worse than tolerated in any metric is promoted with at most this probability.
// Nothing is promoted because nothing was seen.
//
// Counts are judged by RateTest, never by ranks of ratios per minute. Samples and
// histograms are judged by BlockTest, each look being a block, with a margin:
// requests of one minute have more in common than tests of requests suppose.
// In mode Fixed all looks so far are pooled and tested at planned times, counts by
// the exact conditional test of two rates, samples by ranks, and histograms by
// QuantileTest. Ranks of buckets are no better default: a margin moves whole buckets
// in either test, and then ranks show a shift of everything sooner but hardly a tail
// that grows (a tenth of 2000 requests four times as slow, buckets 10 % wide: 17 % of
// releases by ranks, 94 % by p95), and without a margin they roll back half of the
// releases that are slower by the 3 % which is borne. For the question
// whether anything at all has moved there are MannWhitneyHistogram and its like.
type Judge struct {
	Mode Mode `json:"mode,omitempty"`
	// FalseAlarm is in [1e-9, 0.5]; 0 is 0.05.
	FalseAlarm float64 `json:"alpha,omitempty"`
	// Exposure is the canary's planned part of the traffic in (0, 1), 0 if there
	// is no plan. It is only compared with the observed one, which is what counts.
	Exposure float64 `json:"exposure,omitempty"`
	Control  Control `json:"control,omitempty"`
	// MinScore, from 0 to 100, is the score below which proven harm in metrics
	// that are not critical rolls back; 0 is 100, any proven harm does.
	MinScore float64 `json:"min_score,omitempty"`
	// Deadline is the time in seconds from which on Continue becomes Inconclusive;
	// 0 is none.
	Deadline float64 `json:"deadline_seconds,omitempty"`
	// PlannedLooks is the number of looks in mode Fixed, after equal parts of the
	// traffic, each of which may decide by the bounds of GroupSequential; 0 is one,
	// after all data of Run.
	PlannedLooks int      `json:"planned_looks,omitempty"`
	Metrics      []Metric `json:"metrics"`
}

// Measurement is one metric at one look.
type Measurement struct {
	Name     string   `json:"name"`
	Baseline Observed `json:"baseline"`
	Canary   Observed `json:"canary"`
	// Control is a second baseline, set up like the canary with the release that the
	// baseline has, if there is one. Two baselines differ in nothing, so that what
	// they differ by is the noise of arms; see Drift. It decides nothing. Where it is
	// nil, drift is estimated between canary and baseline, and the report says so.
	Control *Observed `json:"control,omitempty"`
}

// Observed is what one arm did since the look before; the fields of the metric's
// kind count, the others are not read.
type Observed struct {
	Bad       int64      `json:"bad,omitempty"`
	Total     int64      `json:"total,omitempty"`
	Values    []float64  `json:"values,omitempty"` // NaN and infinities are left out and counted
	Histogram *Histogram `json:"histogram,omitempty"`
	// Missing tells that there was no answer or an empty one, Error what went wrong.
	Missing bool   `json:"missing,omitempty"`
	Error   string `json:"error,omitempty"`
}

// Look is what happened since the look before. A metric that is left out has no
// data.
type Look struct {
	Seconds float64       `json:"t"` // since the start of the rollout
	Metrics []Measurement `json:"metrics"`
}

// complete is the judge with its defaults filled in, and what is wrong with it.
func (j Judge) complete() (Judge, error) {
	var p problems
	if j.FalseAlarm == 0 {
		j.FalseAlarm = 0.05
	}
	if j.MinScore == 0 {
		j.MinScore = 100
	}
	if !(j.FalseAlarm >= 1e-9 && j.FalseAlarm <= 0.5) {
		p.add("alpha", number(j.FalseAlarm), "not between 1e-9 and 0.5", "write 0.05 for one false alarm in twenty releases")
	}
	if !(j.Exposure >= 0 && j.Exposure < 1) {
		p.add("exposure", number(j.Exposure), "not between 0 and 1", "write 0.1 for 10 % of the traffic")
	}
	if !(j.MinScore > 0 && j.MinScore <= 100) {
		p.add("min_score", number(j.MinScore), "not between 0 and 100", "leave it out to roll back on any harm")
	}
	if !(j.Deadline >= 0 && j.Deadline <= maxValue) {
		p.add("deadline_seconds", number(j.Deadline), "no length of time", "write seconds since the start")
	}
	if j.PlannedLooks < 0 || j.PlannedLooks > 1000 {
		p.add("planned_looks", fmt.Sprint(j.PlannedLooks), "not between 0 and 1000", "give the number of looks of the plan")
	}
	for _, v := range []struct {
		name  string
		value uint8
		names int
	}{{"mode", uint8(j.Mode), len(modeNames)}, {"control", uint8(j.Control), len(controlNames)}} {
		if int(v.value) >= v.names {
			p.add(v.name, fmt.Sprint(v.value), "no such "+v.name, "leave it 0")
		}
	}
	metrics := make([]Metric, len(j.Metrics))
	seen := map[string]bool{}
	deciding := 0
	for i, m := range j.Metrics {
		path := fmt.Sprintf("metrics[%d]", i)
		if m.Name == "" || seen[m.Name] {
			p.add(path+".name", fmt.Sprintf("%q", m.Name), "empty, or twice", "give each metric a name of its own")
		}
		seen[m.Name] = true
		m.complete(&p, path)
		metrics[i] = m
		if !m.Advisory {
			deciding++
		}
	}
	j.Metrics = metrics
	if deciding == 0 {
		p.add("metrics", fmt.Sprintf("%d metrics", len(metrics)), "none of them decides", "add one that is not advisory")
	}
	return j, p.err()
}

func (m *Metric) complete(p *problems, path string) {
	if m.Weight == 0 {
		m.Weight = 1
	}
	if !(m.Weight > 0 && m.Weight <= 1e6) {
		p.add(path+".weight", number(m.Weight), "not a positive number", "give 1, or make the metric advisory")
	}
	for _, v := range []struct {
		name  string
		value uint8
		names int
	}{{"kind", uint8(m.Kind), len(kindNames)}, {"direction", uint8(m.Direction), len(directionNames)}, {"no_data", uint8(m.NoData), len(policyNames)}} {
		if int(v.value) >= v.names {
			p.add(path+"."+v.name, fmt.Sprint(v.value), "no such "+v.name, "leave it 0")
		}
	}
	least := 1.0
	if m.Kind != KindCounts {
		least = 0.1
		if m.Margin == 0 {
			m.Margin = 0.03
		}
	}
	if m.Tolerance == 0 {
		m.Tolerance = max(least, m.Margin)
	}
	if !(m.Margin >= 0 && m.Margin <= 1000) {
		p.add(path+".margin", number(m.Margin), "not between 0 and 1000", "write 0.03 for 3 %")
	} else if !(m.Tolerance >= m.Margin && m.Tolerance <= 1000) {
		p.add(path+".tolerance", number(m.Tolerance), "not between the margin and 1000", "write the harm that must be excluded before promotion")
	}
	if m.Quantile == 0 {
		m.Quantile = 0.5
		if m.Kind == KindHistogram {
			m.Quantile = 0.95
		}
	}
	if !(m.Quantile > 0 && m.Quantile < 1) {
		p.add(path+".quantile", number(m.Quantile), "not between 0 and 1", "write 0.95 for p95")
	}
	if m.Pooled && m.Kind != KindHistogram {
		p.add(path+".pooled", m.Kind.String(), "only histograms are pooled", "leave it out")
	}
	if m.MinTotal < 0 || m.MissingLimit < 0 {
		p.add(path, fmt.Sprintf("min_total %d, missing_limit %d", m.MinTotal, m.MissingLimit), "negative", "leave it out")
	}
}

// share is the metric's part of the false alarms.
func (j *Judge) share(i int) float64 {
	if j.Metrics[i].Advisory {
		return j.FalseAlarm
	}
	var sum float64
	for _, m := range j.Metrics {
		if !m.Advisory {
			sum += m.Weight
		}
	}
	if j.Control == StepDown {
		n := 0.0
		for _, m := range j.Metrics {
			if !m.Advisory {
				n++
			}
		}
		return max(1e-12, j.FalseAlarm/n)
	}
	return max(1e-12, j.FalseAlarm*j.Metrics[i].Weight/sum)
}

// Start is a stream of looks. Errors are *Error and tell everything that is wrong
// with j. In mode Fixed with several looks it takes up to a tenth of a second, for
// the bounds of the plan.
func (j Judge) Start() (Stream, error) {
	s, err := j.begin()
	if err == nil && s.judge.Mode == Fixed {
		err = s.plan()
	}
	if err != nil {
		return Stream{}, err
	}
	return s, nil
}

// begin is Start without the plan of looks.
func (j Judge) begin() (Stream, error) {
	j, err := j.complete()
	if err != nil {
		return Stream{}, err
	}
	s := Stream{judge: j, metrics: make([]metricState, len(j.Metrics))}
	deciding := 0
	for _, m := range j.Metrics {
		if !m.Advisory {
			deciding++
		}
	}
	for i := range s.metrics {
		if s.metrics[i], err = newMetricState(j.Metrics[i], j.share(i), deciding > 1); err != nil {
			return Stream{}, err
		}
	}
	return s, nil
}

// Run judges all looks in the order of their times and reports what the last of
// them left: the same as a Stream of them. Errors are *Error.
func (j Judge) Run(looks []Look) (Report, error) {
	if j.Mode == Fixed && j.PlannedLooks == 0 {
		j.PlannedLooks = max(1, len(looks))
		return j.run(looks, true)
	}
	return j.run(looks, false)
}

func (j Judge) run(looks []Look, onlyLast bool) (Report, error) {
	planned := j.PlannedLooks
	if onlyLast {
		j.PlannedLooks = 1
	}
	s, err := j.Start()
	if err != nil {
		return Report{}, err
	}
	s.onlyLast, s.judge.PlannedLooks = onlyLast, planned
	r := s.Report()
	for i, look := range looks {
		if r, err = s.Look(look); err != nil {
			return Report{}, fmt.Errorf("look %d: %w", i, err)
		}
	}
	return r, nil
}

// SampleLooks are looks at samples of which only the order is known, one a second.
// Arms of the same length, up to 240 values, are taken for series of one clock: the
// i-th values make a look. Other arms are cut into as many runs of consecutive
// values each, a fifth of the shorter arm's length, at least 6 where there are as
// many values, at most 60. A value that is NaN or infinite is missing. The values
// are not copied.
func SampleLooks(name string, baseline, canary []float64) []Look {
	n := min(len(baseline), len(canary))
	blocks := n
	if len(baseline) != len(canary) || n > 240 {
		blocks = min(60, max(n/5, min(n, 6)))
	}
	if n == 0 {
		return []Look{{0, []Measurement{{Name: name, Baseline: Observed{Missing: true}, Canary: Observed{Missing: true}}}}}
	}
	part := func(x []float64, i int) []float64 { return x[i*len(x)/blocks : (i+1)*len(x)/blocks] }
	looks := make([]Look, blocks)
	for i := range looks {
		looks[i] = Look{float64(i), []Measurement{{Name: name, Baseline: Observed{Values: part(baseline, i)}, Canary: Observed{Values: part(canary, i)}}}}
	}
	return looks
}

// usable tells whether v can be compared.
func usable(v float64) bool { return math.Abs(v) <= maxValue }
