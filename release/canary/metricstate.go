package canary

import (
	"fmt"
	"math"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// metricState is what a stream remembers of a metric.
type metricState struct {
	Metric Metric `json:"metric"`
	// Rate and Block are the evidence that the canary is higher, at [0], and
	// lower, at [1], as far as the direction needs them.
	Rate  [2]*RateEvidence  `json:"rate"`
	Block [2]*BlockEvidence `json:"block"`
	// Canary and Baseline are the sizes since the start.
	Canary   float64 `json:"canary"`
	Baseline float64 `json:"baseline"`
	Looks    int64   `json:"looks"`   // with data
	Gaps     int64   `json:"gaps"`    // looks without
	GapRun   int64   `json:"gap_run"` // up to now
	Invalid  int64   `json:"invalid"` // values that were left out
	Error    string  `json:"error,omitempty"`
	Failed   bool    `json:"failed"` // by its policy; stays
	Drift    Drift   `json:"drift"`
	Split    Drift   `json:"split"` // of control and baseline

	// PerSecond is the canary's requests a second in the last look with some, 0
	// where its length is not known.
	PerSecond float64 `json:"per_second"`

	CanaryArm     Arm         `json:"canary_arm"`
	BaselineArm   Arm         `json:"baseline_arm"`
	CanaryValues  []float64   `json:"canary_values,omitempty"` // in mode fixed
	BaseValues    []float64   `json:"baseline_values,omitempty"`
	CanaryBuckets *Histogram  `json:"canary_histogram,omitempty"`
	BaseBuckets   *Histogram  `json:"baseline_histogram,omitempty"`
	Fixed         fixedResult `json:"fixed"`

	Pool [2]poolState `json:"pool"` // of a pooled metric, as Rate and Block
}

// poolState is the evidence of QuantileTest on everything so far.
type poolState struct {
	LogE     float64 `json:"log_e"`
	Peak     float64 `json:"log_e_peak"`
	PeakSafe float64 `json:"log_e_safe_peak"`
	Harm     bool    `json:"harm"`
}

// sided tells whether the metric's direction needs side i.
func (s *metricState) sided(i int) bool {
	return s.Metric.Direction == Either || int(s.Metric.Direction) == i
}

// weighPool follows the evidence of what was pooled. alpha is the metric's share of
// the error.
func (s *metricState) weighPool(alpha float64) error {
	if s.Metric.Direction == Either {
		alpha /= 2
	}
	for i := range s.Pool {
		if !s.sided(i) {
			continue
		}
		e := &s.Pool[i]
		harm := QuantileTest{Quantile: s.Metric.Quantile, Alternative: Greater, Margin: s.Metric.Margin, FalseAlarm: alpha}
		safe := QuantileTest{Quantile: s.Metric.Quantile, Alternative: Less, FalseAlarm: alpha}
		if i == 1 {
			harm.Alternative, safe.Alternative = Less, Greater
		}
		a, err := harm.Histograms(*s.CanaryBuckets, *s.BaseBuckets)
		if err != nil {
			return err
		}
		x, y := scaledUp(*s.CanaryBuckets, *s.BaseBuckets, s.Metric.Tolerance, i == 1)
		b, err := safe.Histograms(x, y)
		if err != nil {
			return err
		}
		e.LogE = a.LogE
		e.Peak, e.PeakSafe = max(e.Peak, a.LogE), max(e.PeakSafe, b.LogE)
		e.Harm = e.Harm || a.Alarm
	}
	return nil
}

func newMetricState(m Metric, alpha float64, plain bool) (metricState, error) {
	s := metricState{Metric: m}
	sides := []int{int(m.Direction)}
	if m.Pooled {
		return s, nil
	}
	if m.Direction == Either {
		sides = []int{0, 1}
		alpha /= 2
	}
	alpha = max(1e-12, alpha)
	for _, i := range sides {
		if m.Kind == KindCounts {
			e, err := RateTest{Margin: m.Margin, Tolerance: m.Tolerance, FalseAlarm: alpha, Plain: plain}.Start()
			if err != nil {
				return s, err
			}
			s.Rate[i] = &e
			continue
		}
		e, err := BlockTest{Margin: m.Margin, Tolerance: m.Tolerance, FalseAlarm: alpha}.Start()
		if err != nil {
			return s, err
		}
		s.Block[i] = &e
	}
	return s, nil
}

// clone copies what a look may change.
func (s metricState) clone() metricState {
	for i := range s.Rate {
		if s.Rate[i] != nil {
			e := *s.Rate[i]
			s.Rate[i] = &e
		}
		if s.Block[i] != nil {
			e := *s.Block[i]
			s.Block[i] = &e
		}
	}
	s.CanaryBuckets, s.BaseBuckets = s.CanaryBuckets.clone(), s.BaseBuckets.clone()
	return s
}

func (h *Histogram) clone() *Histogram {
	if h == nil {
		return nil
	}
	return &Histogram{slices.Clone(h.Bounds), slices.Clone(h.Counts)}
}

// block is the number that stands for one arm at one look, with the number of
// values behind it; ok is false without any.
func (s *metricState) block(o *Observed, p *problems, path string) (v, n float64, ok bool) {
	switch {
	case s.Metric.Kind == KindSamples:
		values := make([]float64, 0, len(o.Values))
		for _, v := range o.Values {
			if usable(v) {
				values = append(values, v)
			}
		}
		if len(values) == 0 {
			return 0, 0, false
		}
		return stat.Quantile(values, s.Metric.Quantile), float64(len(values)), true
	case o.Histogram == nil:
		return 0, 0, false
	}
	before := len(p.e.Problems)
	if o.Histogram.check(p, path); len(p.e.Problems) > before || o.Histogram.Total() == 0 {
		return 0, 0, false
	}
	return o.Histogram.quantile(s.Metric.Quantile), o.Histogram.Total(), true
}

// quantile interpolates linearly inside the bucket; in the last one without an
// upper end it is its lower bound, and the first one begins at 0 or, if its bound is
// not positive, at the bound.
func (h Histogram) quantile(q float64) float64 {
	rank, sum := q*h.Total(), 0.0
	for i, c := range h.Counts {
		if sum += c; sum < rank || c == 0 {
			continue
		}
		high := h.bound(i)
		low := min(0, high)
		if i > 0 {
			low = h.bound(i - 1)
		}
		if math.IsInf(high, 1) {
			return low
		}
		return low + (high-low)*(rank-(sum-c))/c
	}
	return h.bound(max(0, len(h.Counts)-2))
}

// around are the bounds of the bucket that quantile lies in.
func (h Histogram) around(q float64) (low, high float64) {
	rank, sum := q*h.Total(), 0.0
	for i, c := range h.Counts {
		if sum += c; sum < rank || c == 0 {
			continue
		}
		if i > 0 {
			low = h.bound(i - 1)
		}
		return low, h.bound(i)
	}
	return 0, 0
}

// look takes one measurement, nil if there was none. Problems are added to p, and
// the state is of no use then.
func (s *metricState) look(m *Measurement, mode Mode, alpha float64, p *problems, path string) {
	gap := ""
	switch {
	case m == nil:
		gap = "not among the metrics of the look"
	case m.Canary.Error != "" || m.Baseline.Error != "":
		gap = m.Canary.Error
		if gap == "" {
			gap = m.Baseline.Error
		}
	case m.Canary.Missing || m.Baseline.Missing:
		gap = "no data"
	default:
		gap = s.take(m, mode, alpha, p, path)
	}
	if gap == "" {
		s.Looks++
		s.GapRun, s.Error = 0, ""
		return
	}
	s.Gaps++
	s.GapRun++
	s.Error = gap
	if s.Metric.NoData == Fail && s.GapRun >= int64(max(1, s.Metric.MissingLimit)) {
		s.Failed = true
	}
}

// take adds the data of a look, and tells why there were none.
func (s *metricState) take(m *Measurement, mode Mode, alpha float64, p *problems, path string) (gap string) {
	if s.Metric.Kind == KindCounts {
		canary, baseline := Arm{m.Canary.Bad, m.Canary.Total}, Arm{m.Baseline.Bad, m.Baseline.Total}
		if canary.check(p, path+".canary"); len(p.e.Problems) == 0 {
			baseline.check(p, path+".baseline")
		}
		if len(p.e.Problems) > 0 {
			return ""
		}
		if canary.Total == 0 || baseline.Total == 0 {
			gap = "no requests in one arm"
		}
		for i, e := range s.Rate {
			if e == nil {
				continue
			}
			a, b := canary, baseline
			if i == 1 {
				a, b = b, a
			}
			if err := e.Update(a, b); err != nil {
				p.add(path, err.Error(), "cannot be added", "start again")
				return ""
			}
		}
		s.CanaryArm = Arm{s.CanaryArm.Bad + canary.Bad, s.CanaryArm.Total + canary.Total}
		s.BaselineArm = Arm{s.BaselineArm.Bad + baseline.Bad, s.BaselineArm.Total + baseline.Total}
		s.Canary, s.Baseline = float64(s.CanaryArm.Total), float64(s.BaselineArm.Total)
		if gap == "" {
			s.Drift.addCounts(canary, baseline)
			if m.Control != nil && !m.Control.Missing && m.Control.Error == "" {
				control := Arm{m.Control.Bad, m.Control.Total}
				if control.check(p, path+".control"); control.Total > 0 && len(p.e.Problems) == 0 {
					s.Split.addCounts(control, baseline)
				}
			}
		}
		return gap
	}
	for _, values := range [][]float64{m.Canary.Values, m.Baseline.Values} {
		for _, v := range values {
			if !usable(v) {
				s.Invalid++
			}
		}
	}
	x, n, ok := s.block(&m.Canary, p, path+".canary.histogram")
	y, k, ok2 := s.block(&m.Baseline, p, path+".baseline.histogram")
	if len(p.e.Problems) > 0 {
		return ""
	}
	if !ok || !ok2 {
		return "no values in one arm"
	}
	if mode == Fixed || s.Metric.Pooled {
		if s.pool(m, p, path); len(p.e.Problems) > 0 {
			return ""
		}
	}
	if s.Metric.Pooled {
		s.Canary, s.Baseline = s.CanaryBuckets.Total(), s.BaseBuckets.Total()
		if mode == Sequential {
			if err := s.weighPool(alpha); err != nil {
				p.add(path, err.Error(), "cannot be compared", "give histograms of one layout")
			}
		}
		s.Drift.Add(x, y)
		s.split(m, y, p, path)
		return ""
	}
	if x <= 0 || y <= 0 {
		if mode == Fixed {
			s.Canary += n
			s.Baseline += k
			return ""
		}
		if x == y { // both zero: nothing to tell apart
			s.Canary += n
			s.Baseline += k
		}
		return fmt.Sprintf("canary %v and baseline %v have no ratio", x, y)
	}
	s.Canary += n
	s.Baseline += k
	for i, e := range s.Block {
		if e == nil {
			continue
		}
		a, b := x, y
		if i == 1 {
			a, b = y, x
		}
		if err := e.Update(a, b); err != nil {
			p.add(path, err.Error(), "cannot be added", "start again")
			return ""
		}
	}
	s.Drift.Add(x, y)
	s.split(m, y, p, path)
	return ""
}

// split compares the second baseline, if there is one, with the first, whose value
// in this look is y.
func (s *metricState) split(m *Measurement, y float64, p *problems, path string) {
	if m.Control != nil && !m.Control.Missing && m.Control.Error == "" {
		if z, _, ok := s.block(m.Control, p, path+".control.histogram"); ok {
			s.Split.Add(z, y)
		}
	}
}

// pool keeps all values for a test at a planned time.
func (s *metricState) pool(m *Measurement, p *problems, path string) {
	if s.Metric.Kind == KindSamples {
		keep := func(to, values []float64) []float64 {
			for _, v := range values {
				if usable(v) {
					to = append(to, v)
				}
			}
			return to
		}
		s.CanaryValues = keep(slices.Clip(s.CanaryValues), m.Canary.Values)
		s.BaseValues = keep(slices.Clip(s.BaseValues), m.Baseline.Values)
		return
	}
	for _, v := range []struct {
		to   **Histogram
		from *Histogram
	}{{&s.CanaryBuckets, m.Canary.Histogram}, {&s.BaseBuckets, m.Baseline.Histogram}} {
		if *v.to == nil {
			h := v.from.clone()
			if k := len(h.Bounds); k == len(h.Counts) && math.IsInf(h.Bounds[k-1], 1) {
				h.Bounds = h.Bounds[:k-1] // which has no place in JSON
			}
			*v.to = h
			continue
		}
		if !sameBounds(**v.to, *v.from) {
			p.add(path, fmt.Sprint(v.from.Bounds), "other bounds than before", "start again where a release changed the buckets")
			return
		}
		for i, c := range v.from.Counts {
			(*v.to).Counts[i] += c
		}
	}
}
