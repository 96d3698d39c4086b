package canary

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
)

// Stream judges looks as they come. After a rollback it stays one, and in mode Fixed
// what the last planned look said stays, whatever comes later. Its state has a constant
// size in mode Sequential; in mode Fixed it holds all samples until then. Judge.Start
// makes one. It may be read concurrently, and takes looks from one goroutine at a
// time; a copy of the value goes its own way.
type Stream struct {
	judge    Judge
	metrics  []metricState
	looks    int64
	seconds  float64
	onlyLast bool // in mode Fixed, only the last planned look decides
	verdict  Verdict
	reason   string
	text     string
	levels   [][]float64 // by metric, the last for all together: the error at each planned look
}

// Look takes what happened since the look before and reports. Times must not go
// back. Errors are *Error about all that is wrong with the look; the stream stays as
// it was then, and the look counts as not taken.
func (s *Stream) Look(look Look) (Report, error) {
	if len(s.metrics) == 0 {
		return Report{}, problem("stream", "zero value", "made by no judge", "start with Judge.Start")
	}
	var p problems
	if !(look.Seconds >= 0 && look.Seconds <= maxValue) || s.looks > 0 && look.Seconds < s.seconds {
		p.add("t", number(look.Seconds), "not a time at or after the look before", "give seconds since the start, in order")
	}
	places := make([]*Measurement, len(s.metrics))
	for i := range look.Metrics {
		m := &look.Metrics[i]
		path := fmt.Sprintf("metrics[%d].name", i)
		at := -1
		for k := range s.metrics {
			if s.metrics[k].Metric.Name == m.Name {
				at = k
			}
		}
		switch {
		case at < 0:
			p.add(path, fmt.Sprintf("%q", m.Name), "no metric of the judge", "add it to the judge's metrics")
		case places[at] != nil:
			p.add(path, fmt.Sprintf("%q", m.Name), "twice in one look", "add up what belongs together")
		default:
			places[at] = m
		}
	}
	if s.over() {
		if p.err() != nil {
			return Report{}, p.err()
		}
		s.looks, s.seconds = s.looks+1, look.Seconds
		return s.Report(), nil
	}
	next := make([]metricState, len(s.metrics))
	for i := range s.metrics {
		next[i] = s.metrics[i].clone()
		var q problems
		before := next[i].CanaryArm.Total
		next[i].look(places[i], s.judge.Mode, s.judge.share(i), &q, fmt.Sprintf("metrics[%q]", next[i].Metric.Name))
		for _, e := range q.e.Problems {
			p.add(e.Path, e.Text, e.Reason, e.Remedy)
		}
		if more := next[i].CanaryArm.Total - before; more > 0 && look.Seconds > s.seconds {
			next[i].PerSecond = bounded(float64(more) / (look.Seconds - s.seconds))
		}
	}
	if p.err() != nil {
		return Report{}, p.err()
	}
	planned := s.judge.Mode == Fixed &&
		(!s.onlyLast || s.looks+1 == int64(s.judge.PlannedLooks))
	if planned {
		for i := range next {
			var err error
			if next[i].Fixed, err = next[i].test(s.level(i, s.looks+1)); err != nil {
				return Report{}, err
			}
		}
	}
	s.metrics, s.seconds = next, look.Seconds
	s.looks++
	s.decide(planned)
	return s.Report(), nil
}

// over tells that the plan of mode Fixed has no look any more.
func (s *Stream) over() bool {
	return s.judge.Mode == Fixed && s.looks >= int64(max(1, s.judge.PlannedLooks))
}

// level is the error of metric i, or of all together for i = len(s.metrics), at the
// look that was taken last, or that is being taken, in mode Fixed: 0 where none is planned,
// that of the last one when all are over.
func (s *Stream) level(i int, look int64) float64 {
	look = min(look, int64(max(1, s.judge.PlannedLooks)))
	if s.onlyLast {
		if look != int64(s.judge.PlannedLooks) {
			return 0
		}
		look = 1
	}
	if levels := s.levels[i]; look >= 1 && look <= int64(len(levels)) {
		return levels[look-1]
	}
	return 0
}

// plan spends errors over the planned looks as GroupSequential does, for looks after
// equal parts of the traffic; above 60 looks, equally.
func (s *Stream) plan() error {
	looks := max(1, s.judge.PlannedLooks)
	if s.onlyLast {
		looks = 1
	}
	known := map[float64][]float64{}
	for i := range len(s.metrics) + 1 {
		alpha := s.judge.FalseAlarm
		if i < len(s.metrics) {
			alpha = s.judge.share(i)
		}
		levels, ok := known[alpha]
		if !ok {
			levels = make([]float64, looks)
			for k := range levels {
				levels[k] = alpha / float64(looks)
			}
			if looks > 1 && looks <= maxLooks {
				bounds, err := GroupSequential{Looks: looks, Alpha: alpha, Alternative: Greater}.Bounds()
				if err != nil {
					return err
				}
				for k, b := range bounds {
					_, levels[k] = stat.NormalCDF(b)
				}
			}
			known[alpha] = levels
		}
		s.levels = append(s.levels, levels)
	}
	return nil
}

// decide sets the verdict after a look.
func (s *Stream) decide(planned bool) {
	if s.verdict == Rollback {
		return
	}
	set := func(v Verdict, reason, format string, args ...any) {
		s.verdict, s.reason, s.text = v, reason, fmt.Sprintf(format, args...)
	}
	harmed, adjusted := s.harmed(planned)
	score, lost := s.score(harmed)
	for i := range s.metrics {
		m := &s.metrics[i]
		switch {
		case m.Metric.Advisory:
		case m.Failed && (m.Metric.Critical || score < s.judge.MinScore):
			set(Rollback, "no-data", "%s has had no data in %s: %s", m.Metric.Name, inARow(m.GapRun), m.Error)
			return
		case harmed[i] && m.Metric.Critical:
			set(Rollback, "critical-harm", "%s, which is critical, is worse by more than %s %%", m.Metric.Name, prose.Figure(100*m.Metric.Margin, 3))
			return
		}
	}
	switch {
	case score < s.judge.MinScore:
		set(Rollback, "harm", "%s is worse than its margin allows: score %.4g of at least %.4g", lost, score, s.judge.MinScore)
		return
	case s.judge.Mode == Sequential && s.judge.Control == MeanEvidence && s.judge.MinScore == 100 && s.logE() >= -math.Log(s.judge.FalseAlarm)-1e-9:
		set(Rollback, "harm-together", "the metrics together are worse than their margins allow, none of them for certain")
		return
	}
	waiting, blind := "", ""
	for i := range s.metrics {
		m := &s.metrics[i]
		if m.Metric.Advisory {
			continue
		}
		if m.Looks == 0 && m.Metric.NoData != Ignore && blind == "" {
			blind = m.Metric.Name
		}
		if code, text := s.obstacle(i, harmed[i], adjusted); code != "" && waiting == "" {
			waiting = m.Metric.Name + ": " + text
		}
	}
	late := s.judge.Deadline > 0 && s.seconds >= s.judge.Deadline
	switch {
	case blind != "":
		set(Inconclusive, "no-data", "%s has no data yet", blind)
	case waiting == "" && s.measured() && (s.judge.Mode == Sequential || planned):
		set(Promote, "all-safe", "harm of the tolerated size is excluded for every metric")
	case waiting == "" && !s.measured():
		set(Inconclusive, "no-data", "no metric has data")
	case late || s.over():
		set(Inconclusive, "deadline", "the time is over: %s", waiting)
	case waiting == "":
		set(Continue, "not-planned", "this look is not planned to decide")
	default:
		set(Continue, "wait", "%s", waiting)
	}
}

// measured tells whether any metric that decides has data.
func (s *Stream) measured() bool {
	for _, m := range s.metrics {
		if !m.Metric.Advisory && m.Looks > 0 {
			return true
		}
	}
	return false
}

// harmed tells which metrics are worse for certain, with the errors of all held
// together, and the error at which safety is proven.
func (s *Stream) harmed(planned bool) ([]bool, float64) {
	out := make([]bool, len(s.metrics))
	alpha := s.judge.FalseAlarm
	var p []float64
	var places []int
	for i := range s.metrics {
		m := &s.metrics[i]
		if s.judge.Mode == Fixed {
			if planned && (m.Metric.Advisory || s.judge.Control == MeanEvidence) {
				out[i] = m.Fixed.Test != "" && m.Fixed.PValue <= s.level(i, s.looks)
			}
			if planned && !m.Metric.Advisory {
				p, places = append(p, min(1, m.Fixed.orOne())), append(places, i)
			}
			continue
		}
		out[i] = m.harm()
		if !m.Metric.Advisory {
			p, places = append(p, math.Exp(-max(0, m.logRaised()))), append(places, i)
		}
	}
	if s.judge.Mode == Fixed {
		alpha = s.level(len(s.metrics), s.looks)
	}
	if s.judge.Control == StepDown && len(p) > 0 {
		if adjusted, err := Holm(p); err == nil {
			for k, i := range places {
				out[i] = out[i] || adjusted[k] <= alpha*(1+1e-9)
			}
		}
	}
	return out, alpha
}

func (r fixedResult) orOne() float64 {
	if r.Test == "" {
		return 1
	}
	return r.PValue
}

// harm tells whether one side's evidence has crossed.
func (s *metricState) harm() bool {
	for i := range s.Rate {
		if s.Rate[i] != nil && s.Rate[i].harmful || s.Block[i] != nil && s.Block[i].harmful || s.Pool[i].Harm {
			return true
		}
	}
	return false
}

// logRaised is ln E of the metric as the alarm follows it, the mean over its sides.
func (s *metricState) logRaised() float64 {
	top, n := math.Inf(-1), 0.0
	var sides [2]float64
	for i := range s.Rate {
		switch {
		case !s.sided(i):
			continue
		case s.Metric.Pooled:
			if sides[i] = s.Pool[i].LogE; s.Pool[i].Harm { // it stays
				sides[i] = max(sides[i], s.Pool[i].Peak)
			}
		case s.Rate[i] != nil:
			sides[i] = s.Rate[i].logRaised()
		case s.Block[i] != nil && s.Block[i].n >= s.Block[i].test.Least:
			sides[i] = s.Block[i].logE(math.Log1p(s.Metric.Margin), 1)
			if s.Block[i].harmful { // it stays
				sides[i] = max(sides[i], -math.Log(s.Block[i].test.FalseAlarm))
			}
		}
		top = max(top, sides[i])
		n++
	}
	if n < 2 {
		return bounded(top)
	}
	return top + math.Log((math.Exp(sides[0]-top)+math.Exp(sides[1]-top))/2)
}

// pSafe is the p-value against harm of the tolerance or more.
func (s *metricState) pSafe() float64 {
	p := 0.0
	for i := range s.Rate {
		if s.Metric.Pooled && s.sided(i) {
			p = max(p, math.Exp(-s.Pool[i].PeakSafe))
		}
		if s.Rate[i] != nil {
			p = max(p, math.Exp(-s.Rate[i].peakSafe))
		}
		if s.Block[i] != nil {
			p = max(p, math.Exp(-s.Block[i].peakSafe))
		}
	}
	return p
}

// logE is ln of the weighted mean of all metrics' E.
func (s *Stream) logE() float64 {
	top := math.Inf(-1)
	var sum, weights float64
	for i := range s.metrics {
		if !s.metrics[i].Metric.Advisory {
			top = max(top, s.metrics[i].logRaised())
		}
	}
	for i := range s.metrics {
		if m := &s.metrics[i]; !m.Metric.Advisory {
			weights += m.Metric.Weight
			sum += m.Metric.Weight * math.Exp(m.logRaised()-top)
		}
	}
	return bounded(top + math.Log(sum/weights))
}

// score is the weight of the metrics that are not harmed, in percent, and the
// first that is.
func (s *Stream) score(harmed []bool) (float64, string) {
	var kept, all float64
	lost := ""
	for i, m := range s.metrics {
		if m.Metric.Advisory {
			continue
		}
		all += m.Metric.Weight
		if !harmed[i] && !m.Failed {
			kept += m.Metric.Weight
		} else if lost == "" {
			lost = m.Metric.Name
		}
	}
	if kept == all {
		return 100, ""
	}
	return 100 * kept / all, lost
}

// obstacle is what keeps a metric from being called safe, as a code and a text.
func (s *Stream) obstacle(i int, harmed bool, alpha float64) (code, text string) {
	m := &s.metrics[i]
	limit := int64(m.Metric.MissingLimit)
	if limit == 0 {
		limit = 3
	}
	p := m.pSafe()
	if s.judge.Mode == Fixed {
		p = 1
		if m.Fixed.Test != "" {
			p = m.Fixed.PSafe
		}
	}
	switch {
	case m.Failed:
		return "no-data", m.Error
	case harmed:
		return "harm", "worse by more than its margin"
	case m.Looks == 0 && m.Metric.NoData == Ignore:
		return "", ""
	case m.Looks == 0:
		return "no-data", "no data yet"
	case m.GapRun > limit || m.GapRun == limit && m.Metric.MissingLimit > 0:
		return "stale", "no data in " + inARow(m.GapRun) + ": " + m.Error
	}
	if text := m.lack(m.need(s.judge.Mode, s.judge.share(i))); text != "" {
		return "minimum", text
	}
	if !(p <= alpha) {
		return "not-excluded", fmt.Sprintf("harm of %s %% is not yet excluded%s", prose.Figure(100*m.Metric.Tolerance, 3), m.needed(alpha))
	}
	return "", ""
}

// needed tells about how many more requests the canary needs before a rate that is
// the baseline's is told from one 1 + Tolerance times as high: at equal rates each
// bad event is expected to give the divergence of the two binomial laws in evidence
// (Wald 1945), one and a half is taken for the mixture's cost.
func (s *metricState) needed(alpha float64) string {
	bad := float64(s.CanaryArm.Bad + s.BaselineArm.Bad)
	total := float64(s.CanaryArm.Total + s.BaselineArm.Total)
	if s.Metric.Kind != KindCounts || bad == 0 || s.CanaryArm.Total == 0 || s.BaselineArm.Total == 0 || alpha <= 0 {
		return ""
	}
	share := float64(s.CanaryArm.Total) / total
	if s.Metric.Direction == Decrease {
		share = 1 - share
	}
	worse := (1 + s.Metric.Tolerance) * share / (1 + s.Metric.Tolerance*share)
	each := share*math.Log(share/worse) + (1-share)*math.Log((1-share)/(1-worse))
	events := (math.Log(1/alpha) + 1.5) / each
	more := events/bad*float64(s.CanaryArm.Total) - float64(s.CanaryArm.Total)
	if !(more >= 1 && more < maxCount) {
		return ""
	}
	return fmt.Sprintf("; a canary that is like its baseline needs some %s more requests%s", prose.Figure(more, 2), s.atThisTraffic(s.Canary+more))
}

type streamJSON struct {
	Version  int           `json:"version"`
	Judge    Judge         `json:"judge"`
	Metrics  []metricState `json:"metrics"`
	Looks    int64         `json:"looks"`
	Seconds  float64       `json:"t"`
	OnlyLast bool          `json:"only_last"`
	Verdict  Verdict       `json:"verdict"`
	Reason   string        `json:"reason"`
	Text     string        `json:"text"`
	Levels   [][]float64   `json:"levels,omitempty"`
}

// MarshalJSON is the state in a versioned form.
func (s Stream) MarshalJSON() ([]byte, error) {
	return json.Marshal(streamJSON{stateVersion, s.judge, s.metrics, s.looks, s.seconds, s.onlyLast, s.verdict, s.reason, s.text, s.levels})
}

// UnmarshalJSON replaces the state by what MarshalJSON wrote; the stream goes on as
// if it had never stopped. Errors about the state are *Error; s stays as it was
// then.
func (s *Stream) UnmarshalJSON(b []byte) error {
	var j streamJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	if j.Version != stateVersion {
		return problem("stream", fmt.Sprintf("version %d", j.Version), fmt.Sprintf("not version %d", stateVersion), "give what MarshalJSON wrote")
	}
	fresh, err := j.Judge.begin()
	if err != nil {
		return err
	}
	var p problems
	if len(j.Metrics) != len(fresh.metrics) || j.Looks < 0 || !(j.Seconds >= 0) || int(j.Verdict) >= len(verdictNames) {
		p.add("stream", "its numbers", "no state of this judge", "give what MarshalJSON wrote")
		return p.err()
	}
	for i := range j.Metrics {
		got, want := &j.Metrics[i], &fresh.metrics[i]
		ok := got.Metric == want.Metric && got.Looks >= 0 && got.Looks <= j.Looks && got.Gaps >= 0 && got.GapRun >= 0 && got.Canary >= 0 && got.Baseline >= 0 && got.PerSecond >= 0
		for k := range want.Rate {
			ok = ok && (got.Rate[k] == nil) == (want.Rate[k] == nil) && (got.Block[k] == nil) == (want.Block[k] == nil)
			ok = ok && (got.Rate[k] == nil || got.Rate[k].test == want.Rate[k].test) && (got.Block[k] == nil || got.Block[k].test == want.Block[k].test)
		}
		for _, e := range got.Pool {
			ok = ok && math.Abs(e.LogE) <= math.MaxFloat64 && e.Peak >= 0 && e.PeakSafe >= 0
		}
		ok = ok && (!got.Metric.Pooled || got.Looks == 0 || got.CanaryBuckets != nil)
		ok = ok && got.CanaryArm.Check() == nil && got.BaselineArm.Check() == nil && (got.CanaryBuckets == nil) == (got.BaseBuckets == nil)
		for _, h := range []*Histogram{got.CanaryBuckets, got.BaseBuckets} {
			ok = ok && (h == nil || h.Check() == nil)
		}
		if !ok {
			p.add(fmt.Sprintf("stream.metrics[%d]", i), fmt.Sprintf("%q", got.Metric.Name), "no state of the judge's metric", "give what MarshalJSON wrote")
		}
	}
	planned := fresh.judge.Mode == Fixed
	ok := !planned && len(j.Levels) == 0 || planned && len(j.Levels) == len(j.Metrics)+1
	for i, levels := range j.Levels {
		alpha := fresh.judge.FalseAlarm
		if i < len(j.Metrics) {
			alpha = fresh.judge.share(i)
		}
		ok = ok && len(levels) >= 1 && len(levels) <= 1000
		for _, l := range levels {
			ok = ok && l >= 0 && l <= alpha*(1+1e-9)
		}
	}
	if !ok {
		p.add("stream.levels", fmt.Sprintf("%d lists", len(j.Levels)), "no plan of this judge", "give what MarshalJSON wrote")
	}
	if p.err() != nil {
		return p.err()
	}
	*s = Stream{fresh.judge, j.Metrics, j.Looks, j.Seconds, j.OnlyLast, j.Verdict, j.Reason, j.Text, j.Levels}
	return nil
}
