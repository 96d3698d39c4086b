package canary

import (
	"fmt"
	"log/slog"
	"math"

	"github.com/srekit/ownership/internal/prose"
)

// Report is a verdict and what it rests on.
type Report struct {
	Seconds float64 `json:"t"`
	Looks   int64   `json:"looks"`
	Verdict Verdict `json:"verdict"`
	// Reason is a stable code: critical-harm, harm, harm-together, no-data,
	// all-safe, wait, deadline, not-planned. Text says it in words.
	Reason string `json:"reason"`
	Text   string `json:"text"`
	// Score, from 0 to 100, is the weight of the metrics without proven harm.
	Score      float64 `json:"score"`
	FalseAlarm float64 `json:"alpha"`
	// LogE is ln of the weighted mean of all metrics' E; a rollback needs
	// −ln FalseAlarm. 0 in mode Fixed.
	LogE     float64        `json:"log_e"`
	Groups   []GroupScore   `json:"groups,omitempty"`
	Metrics  []MetricReport `json:"metrics"`
	Warnings []Warning      `json:"warnings,omitempty"`
}

// GroupScore is the part of a group in the score.
type GroupScore struct {
	Group  string  `json:"group"`
	Weight float64 `json:"weight"` // of its metrics
	Lost   float64 `json:"lost"`   // weight of those that are harmed
}

// MetricReport is what one metric says.
type MetricReport struct {
	Name     string  `json:"name"`
	Group    string  `json:"group,omitempty"`
	Critical bool    `json:"critical,omitempty"`
	Advisory bool    `json:"advisory,omitempty"`
	Verdict  Verdict `json:"verdict"` // if it were alone
	// Reason is a stable code: harm, safe, no-data, stale, minimum, not-excluded,
	// not-planned. Text says it in words, Flip what would have changed it.
	Reason string `json:"reason"`
	Text   string `json:"text"`
	Flip   string `json:"flip,omitempty"`
	// Test is rate-evidence, block-evidence or quantile-evidence, in mode Fixed
	// rate-ratio, mann-whitney or quantile.
	Test string `json:"test"`
	// N and M are the requests or values of canary and baseline.
	N float64 `json:"n"`
	M float64 `json:"m"`
	// Needs is the least N for a promotion: Metric.MinTotal or what the power analysis
	// that it documents takes, 0 for none; WaitSeconds is how long that takes
	// at the traffic of the last look, 0 where it is there or where that is not known.
	Needs       float64 `json:"needs,omitempty"`
	WaitSeconds float64 `json:"wait_seconds,omitempty"`
	// Statistic is ln E as the alarm follows it; in mode Fixed that of the test.
	Statistic float64 `json:"statistic"`
	// PValue is against harm up to the margin, PSafe against harm of the tolerance
	// and more; Share is the error that the metric may make.
	PValue float64 `json:"p_value"`
	PSafe  float64 `json:"p_value_safe"`
	Share  float64 `json:"share"`
	// Effect is the ratio canary/baseline, or the shift, as EffectName says.
	Effect     float64 `json:"effect"`
	EffectName string  `json:"effect_name"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`                    // math.MaxFloat64 where open
	Level      float64 `json:"level"`                   // 0 where the test has no interval
	Invalid    int64   `json:"invalid,omitempty"`       // values that were left out
	Gaps       int64   `json:"missing_looks,omitempty"` // looks without data
	// ArmNoise is the standard deviation, as a part, by which arms wander apart by
	// themselves, estimated from 10 looks on. DriftOf tells between which arms:
	// two-baselines where looks have a Control, otherwise canary-and-baseline, where a
	// harm that grows looks like drift too.
	ArmNoise float64   `json:"arm_noise,omitempty"`
	DriftOf  string    `json:"drift_of,omitempty"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Report is the verdict on the looks so far.
func (s Stream) Report() Report {
	r := Report{Seconds: s.seconds, Looks: s.looks, Verdict: s.verdict, Reason: s.reason, Text: s.text, Score: 100, FalseAlarm: s.judge.FalseAlarm}
	if len(s.metrics) == 0 {
		return r
	}
	if s.looks == 0 {
		r.Reason, r.Text = "no-data", "no look yet"
	}
	planned := s.judge.Mode == Fixed && s.looks > 0 && (!s.onlyLast || s.over())
	harmed, alpha := s.harmed(planned)
	r.Score, _ = s.score(harmed)
	if s.judge.Mode == Sequential {
		r.LogE = s.logE()
	}
	groups := map[string]int{}
	for i := range s.metrics {
		m := &s.metrics[i]
		r.Metrics = append(r.Metrics, s.metricReport(i, harmed[i], alpha))
		if m.Metric.Group == "" || m.Metric.Advisory {
			continue
		}
		k, ok := groups[m.Metric.Group]
		if !ok {
			k = len(r.Groups)
			groups[m.Metric.Group] = k
			r.Groups = append(r.Groups, GroupScore{Group: m.Metric.Group})
		}
		r.Groups[k].Weight += m.Metric.Weight
		if harmed[i] || m.Failed {
			r.Groups[k].Lost += m.Metric.Weight
		}
	}
	if w, ok := s.mismatch(); ok {
		r.Warnings = append(r.Warnings, w)
	}
	return r
}

// mismatch warns where the canary has had another part of the traffic than
// planned: by more than a tenth of it, and more than chance explains at any look in
// one of a thousand releases.
func (s *Stream) mismatch() (Warning, bool) {
	if s.judge.Exposure == 0 {
		return Warning{}, false
	}
	for _, m := range s.metrics {
		n, all := m.CanaryArm.Total, m.CanaryArm.Total+m.BaselineArm.Total
		if m.Metric.Kind != KindCounts || all == 0 || all > maxCount {
			continue
		}
		e, err := ShareTest{Share: s.judge.Exposure, FalseAlarm: 0.001}.Evidence(n, all)
		share := float64(n) / float64(all)
		if err == nil && e.Alarm && math.Abs(share/s.judge.Exposure-1) > 0.1 {
			return Warning{"share-mismatch", fmt.Sprintf("%s: the canary had %.4g %% of the requests, planned were %.4g %%", m.Metric.Name, 100*share, 100*s.judge.Exposure),
				"find out what routes traffic away; the observed share was used, but requests that are not split at random are not comparable"}, true
		}
	}
	return Warning{}, false
}

func (s *Stream) metricReport(i int, harmed bool, alpha float64) MetricReport {
	m := &s.metrics[i]
	r := MetricReport{Name: m.Metric.Name, Group: m.Metric.Group, Critical: m.Metric.Critical, Advisory: m.Metric.Advisory, N: m.Canary, M: m.Baseline,
		PValue: 1, PSafe: 1, Share: s.judge.share(i), Effect: 1, EffectName: "ratio", High: math.MaxFloat64, Invalid: m.Invalid, Gaps: m.Gaps}
	if s.judge.Mode == Fixed {
		r.Test = map[Kind]string{KindCounts: "rate-ratio", KindSamples: "mann-whitney", KindHistogram: "quantile"}[m.Metric.Kind]
		if f := m.Fixed; f.Test != "" {
			r.Statistic, r.PValue, r.PSafe, r.Effect, r.EffectName, r.Low, r.High, r.Level = f.Statistic, f.PValue, f.PSafe, f.Effect, f.Name, f.Low, f.High, f.Level
			r.Flip = fmt.Sprintf("rollback needs a p_value of at most %.3g, promotion a p_value_safe of at most %.3g", s.level(i, s.looks), alpha)
		}
	} else {
		m.evidence(&r)
	}
	need := m.need(s.judge.Mode, r.Share)
	r.Needs, r.WaitSeconds = need, m.wait(need)
	code, text := s.obstacle(i, harmed, alpha)
	r.Reason, r.Text = code, text
	switch {
	case harmed || m.Failed:
		r.Verdict = Rollback
	case code == "" && m.Looks == 0:
		r.Verdict, r.Reason, r.Text = Inconclusive, "no-data", "no data, which are not needed"
	case code == "":
		r.Verdict, r.Reason, r.Text = Promote, "safe", fmt.Sprintf("harm of %s %% is excluded", prose.Figure(100*m.Metric.Tolerance, 3))
	case code == "no-data" || code == "stale":
		r.Verdict = Inconclusive
	default:
		r.Verdict = Continue
	}
	m.warn(&r, int(s.looks), s.judge.FalseAlarm)
	return r
}

// warn adds what weakens the metric's answer.
func (s *metricState) warn(r *MetricReport, looks int, alpha float64) {
	add := func(code, remedy, format string, args ...any) {
		r.Warnings = append(r.Warnings, Warning{code, fmt.Sprintf(format, args...), remedy})
	}
	if s.Invalid > 0 {
		add("bad-values", "look at the query for them", "%s", left(s.Invalid))
	}
	if s.GapRun > 0 && s.Looks > 0 {
		add("gap", "look at the query, or at the canary", "%s without data: %s", inARow(s.GapRun), s.Error)
	}
	if s.Metric.Pooled && s.BaseBuckets != nil {
		h := s.BaseBuckets
		if low, high := h.around(s.Metric.Quantile); low > 0 && high > low*(1+s.Metric.Tolerance) {
			add("coarse-buckets", "make the buckets there narrower, or the tolerance wider",
				"the quantile lies in the bucket from %.4g to %.4g: harm of %s %% cannot be excluded in it", low, high, prose.Figure(100*s.Metric.Tolerance, 3))
		}
	}
	drift, of := s.Split, "two-baselines"
	if drift.N < 10 {
		drift, of = s.Drift, "canary-and-baseline"
	}
	if drift.N < 10 {
		return
	}
	got, err := drift.Result(BlockTest{Margin: s.Metric.Margin, Tolerance: s.Metric.Tolerance, FalseAlarm: alpha}, min(10000, max(60, looks)))
	if err != nil {
		return
	}
	r.DriftOf, r.ArmNoise = of, bounded(got.ArmNoise)
	if !got.Drifts || got.FalseAlarm <= alpha {
		return
	}
	text := fmt.Sprintf("wander apart by %s %% (correlation %.2f): with a margin of %s %%, %.3g %% of harmless releases would be rolled back",
		prose.Figure(100*got.ArmNoise, 3), got.Correlation, prose.Figure(100*s.Metric.Margin, 3), 100*got.FalseAlarm)
	remedy := fmt.Sprintf("set the margin to %s or more", prose.Figure(got.Margin, 3))
	if drift == s.Split {
		add("arm-drift", remedy, "two baselines %s", text)
		return
	}
	add("arm-drift", remedy+", or measure a second baseline, which tells drift from harm",
		"canary and baseline %s; this is estimated between the arms, where a harm that grows looks the same", text)
}

// left says how many values were left out.
func left(n int64) string {
	if n == 1 {
		return "1 value is no finite number and left out"
	}
	return fmt.Sprintf("%d values are no finite numbers and left out", n)
}

// inARow is a number of looks that follow one another.
func inARow(n int64) string {
	if n == 1 {
		return "1 look"
	}
	return fmt.Sprintf("%d looks in a row", n)
}

// evidence fills in what the sequential evidence says: that of the side with more
// evidence of harm.
func (s *metricState) evidence(r *MetricReport) {
	r.Statistic, r.PSafe = s.logRaised(), s.pSafe()
	sides, best := 0.0, -1
	peak := math.Inf(-1)
	for i := range s.Rate {
		if !s.sided(i) {
			continue
		}
		sides++
		v := 0.0
		switch {
		case s.Metric.Pooled:
			v = s.Pool[i].Peak
		case s.Rate[i] != nil:
			v = s.Rate[i].peak
		default:
			v = s.Block[i].peak
		}
		if v > peak {
			best, peak = i, v
		}
	}
	r.PValue = min(1, sides*math.Exp(-max(0, peak)))
	if s.Metric.Pooled {
		r.Test = "quantile-evidence"
		if s.CanaryBuckets == nil {
			return
		}
		if x, y := s.CanaryBuckets.quantile(s.Metric.Quantile), s.BaseBuckets.quantile(s.Metric.Quantile); y > 0 {
			r.Effect = bounded(x / y)
		}
		return
	}
	if e := s.Rate[best]; e != nil {
		r.Test = "rate-evidence"
		got := e.Result()
		r.Effect, r.Low, r.High, r.Level = got.Ratio, got.Low, got.High, got.Level
		r.Flip = e.flip(best == 1)
	} else {
		e := s.Block[best]
		r.Test = "block-evidence"
		got := e.Result()
		r.Effect, r.Low, r.High, r.Level = got.Ratio, got.Low, got.High, got.Level
		r.Flip = e.flip(best == 1)
	}
	if best == 1 {
		r.Effect, r.Low, r.High = inverse(r.Effect), inverse(r.High), inverse(r.Low)
	}
}

// inverse is 1/v, with an open end at math.MaxFloat64.
func inverse(v float64) float64 {
	switch {
	case v == 0:
		return math.MaxFloat64
	case v == math.MaxFloat64:
		return 0
	}
	return bounded(1 / v)
}

// flip says how many bad events of the upper arm more or less would have changed
// whether harm is proven, at the share of traffic so far.
func (e *RateEvidence) flip(swapped bool) string {
	arm := "canary"
	if swapped {
		arm = "baseline"
	}
	nc, nb := float64(e.canary.Total), float64(e.baseline.Total)
	if nc == 0 || nb == 0 {
		return ""
	}
	share := (1 + e.test.Margin) * nc / ((1+e.test.Margin)*nc + nb)
	limit := -math.Log(e.test.FalseAlarm)
	var each [rateNodes]float64
	for j := sides + 1; j < rateNodes; j++ {
		each[j] = gridLogs[j] - math.Log1p(share*(gridNodes[j]-1))
	}
	with := func(k float64) float64 { // ln E with k more
		f := *e
		for j := sides + 1; j < rateNodes; j++ {
			f.logL[j] += k * each[j]
		}
		return f.logHarm() + e.boost
	}
	// More events of one arm are more evidence: the smallest number is found by
	// doubling and halving.
	if e.harmful {
		if k, ok := smallestNumber(e.canary.Bad, func(k int64) bool { return with(-float64(k)) < limit }); ok {
			return fmt.Sprintf("without harm being proven: %d instead of %d bad events of the %s", e.canary.Bad-k, e.canary.Bad, arm)
		}
		return ""
	}
	if k, ok := smallestNumber(1<<40, func(k int64) bool { return with(float64(k)) >= limit }); ok {
		return fmt.Sprintf("rollback: %d instead of %d bad events of the %s", e.canary.Bad+k, e.canary.Bad, arm)
	}
	return ""
}

// smallestNumber is the smallest k from 1 to most at which is holds, as it does from
// there on.
func smallestNumber(most int64, is func(k int64) bool) (int64, bool) {
	low, high := int64(0), min(1, most)
	for ; high < 1 || !is(high); high = min(2*high, most) {
		if high == most {
			return 0, false
		}
		low = high
	}
	for high-low > 1 {
		if m := low + (high-low)/2; is(m) {
			high = m
		} else {
			low = m
		}
	}
	return high, true
}

// flip says at which ratio, with the same spread, it would have been otherwise.
func (e *BlockEvidence) flip(swapped bool) string {
	if e.n < e.test.Least {
		if more := e.test.Least - e.n; more > 1 {
			return fmt.Sprintf("needs %d more blocks", more)
		}
		return "needs 1 more block"
	}
	limit := -math.Log(e.test.FalseAlarm)
	rho := oneSidedRho(float64(e.test.Plan), e.test.FalseAlarm)
	t := float64(e.n)
	low, high := 0.0, 1e3 // in σ̂
	for range 60 {
		m := (low + high) / 2
		if normalMixture(m*t, t, rho) >= limit {
			high = m
		} else {
			low = m
		}
	}
	ratio := math.Exp(math.Log1p(e.test.Margin) + high*e.deviation())
	word := "above"
	if swapped {
		ratio, word = inverse(ratio), "below"
	}
	if e.harmful {
		word = map[string]string{"above": "below", "below": "above"}[word]
		return fmt.Sprintf("without harm being proven: a ratio %s %s", word, prose.Figure(ratio, 4))
	}
	return fmt.Sprintf("rollback: a ratio %s %s", word, prose.Figure(ratio, 4))
}

// String is the verdict in one line.
func (r Report) String() string { return fmt.Sprintf("%v (%s): %s", r.Verdict, r.Reason, r.Text) }

// LogValue is the report in a few attributes, for structured logs.
func (r Report) LogValue() slog.Value {
	return slog.GroupValue(slog.Float64("t", r.Seconds), slog.String("verdict", r.Verdict.String()), slog.String("reason", r.Reason),
		slog.Float64("score", r.Score), slog.Float64("log_e", r.LogE))
}
