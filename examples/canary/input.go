package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/srekit/ownership/release/canary"
)

// series is one metric of the input: what the judge knows of it and its arms, which
// have a form for each kind.
type series struct {
	canary.Metric
	// Weight and Margin tell 0 from what is left out: metrics without weight are
	// advisory, and a margin of 0 is none.
	Weight   *float64        `json:"weight"`
	Margin   *float64        `json:"margin"`
	Baseline json.RawMessage `json:"baseline"`
	Canary   json.RawMessage `json:"canary"`
	Control  json.RawMessage `json:"control"`
}

// noMargin is a margin of next to nothing, as 0 is the library's default.
const noMargin = 1e-9

// readMetric reads one metric. What it leaves out of a known metric's settings is as it
// was, and what it gives must be the same.
func readMetric(data json.RawMessage, known []canary.Metric) (s series, isNew bool, err error) {
	var of struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(data, &of) // what is wrong with it is told below
	at := slices.IndexFunc(known, func(m canary.Metric) bool { return m.Name == of.Name })
	if at >= 0 {
		s.Metric = known[at]
	}
	if err := decodePart(data, &s); err != nil {
		return s, false, fmt.Errorf("%q: %w", of.Name, err)
	}
	if s.Weight != nil {
		if s.Metric.Weight = *s.Weight; *s.Weight == 0 {
			s.Metric.Weight, s.Metric.Advisory = 1, true
		}
	}
	if s.Margin != nil {
		if s.Metric.Margin = *s.Margin; *s.Margin == 0 && s.Kind != canary.KindCounts {
			s.Metric.Margin = noMargin
		}
	}
	if at >= 0 && s.Metric != known[at] {
		return s, false, fmt.Errorf("%q: other settings than before; give them once, or the same in each line", of.Name)
	}
	return s, at < 0, nil
}

// counts is one look at one arm.
type counts struct {
	T     *float64 `json:"t"`
	Bad   *count   `json:"bad"`
	Total *count   `json:"total"`
}

func (c counts) observed() canary.Observed {
	if c.Bad == nil || c.Total == nil {
		return canary.Observed{Missing: true}
	}
	return canary.Observed{Bad: int64(*c.Bad), Total: int64(*c.Total)}
}

// histogram is an arm in buckets: counts between the bounds, not cumulative. The
// last bound may be left out, or null for infinity.
type histogram struct {
	Bounds []*float64 `json:"le"`
	Counts []float64  `json:"counts"`
}

// readSeries reads {"metrics":[…]} with whole series in the arms. The metrics are those
// that are not known.
func readSeries(data []byte, known []canary.Metric) (metrics []canary.Metric, looks []canary.Look, err error) {
	var in struct {
		Metrics []json.RawMessage `json:"metrics"`
	}
	if err := decode(data, &in); err != nil {
		return nil, nil, err
	}
	if in.Metrics == nil {
		return nil, nil, errors.New(`no metrics; write {"metrics":[…]}`)
	}
	var timed, untimed [][]canary.Look
	var errs []error
	for i, raw := range in.Metrics {
		s, isNew, err := readMetric(raw, known)
		if err != nil {
			errs = append(errs, fmt.Errorf("metrics[%d]: %w", i, err))
			continue
		}
		s.Pooled = s.Kind == canary.KindHistogram
		if isNew {
			metrics = append(metrics, s.Metric)
		} else {
			known[slices.IndexFunc(known, func(m canary.Metric) bool { return m.Name == s.Name })].Pooled = s.Pooled
		}
		own, err := s.looks()
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("metrics[%d] %q: %w", i, s.Name, err))
		case s.Kind == canary.KindCounts:
			timed = append(timed, own)
		default:
			untimed = append(untimed, own)
		}
	}
	looks = canary.JoinLooks(timed...)
	for _, own := range untimed { // series without times end where the others end
		looks = align(looks, own)
	}
	return metrics, looks, errors.Join(errs...)
}

// align adds the last of own to the last of looks and so on, after enough looks in
// front.
func align(looks, own []canary.Look) []canary.Look {
	if len(looks) == 0 {
		return own
	}
	if missing := len(own) - len(looks); missing > 0 {
		front := make([]canary.Look, missing)
		for i := range front {
			front[i].Seconds = looks[0].Seconds
		}
		looks = append(front, looks...)
	}
	for i, look := range own {
		to := &looks[len(looks)-len(own)+i]
		to.Metrics = append(slices.Clip(to.Metrics), look.Metrics...)
	}
	return looks
}

// looks are the looks at one metric.
func (s *series) looks() ([]canary.Look, error) {
	switch s.Kind {
	case canary.KindSamples:
		baseline, err := values(s.Baseline)
		canaries, err2 := values(s.Canary)
		if err := errors.Join(named("baseline", err), named("canary", err2)); err != nil {
			return nil, err
		}
		return canary.SampleLooks(s.Name, baseline, canaries), nil
	case canary.KindHistogram:
		baseline, err := buckets(s.Baseline)
		canaries, err2 := buckets(s.Canary)
		if err := errors.Join(named("baseline", err), named("canary", err2)); err != nil {
			return nil, err
		}
		return []canary.Look{{Metrics: []canary.Measurement{{Name: s.Name, Baseline: baseline, Canary: canaries}}}}, nil
	}
	byTime := map[float64]*[2]canary.Observed{}
	var times []float64
	var errs []error
	for a, data := range []json.RawMessage{s.Baseline, s.Canary} {
		name := []string{"baseline", "canary"}[a]
		rows, err := list(data)
		errs = append(errs, named(name, err))
		for i, row := range rows {
			var c counts
			if err := decodePart(row, &c); err != nil {
				errs = append(errs, fmt.Errorf("%s[%d]: %w", name, i, err))
				continue
			}
			t := float64(i)
			if c.T != nil {
				t = *c.T
			}
			o := byTime[t]
			if o == nil {
				o = &[2]canary.Observed{{Missing: true}, {Missing: true}}
				byTime[t] = o
				times = append(times, t)
			}
			if !o[a].Missing {
				errs = append(errs, fmt.Errorf("%s[%d]: a second row for t = %v; add up what belongs together", name, i, t))
				continue
			}
			o[a] = c.observed()
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.Sort(times)
	var looks []canary.Look
	for _, t := range times {
		looks = append(looks, canary.Look{Seconds: t, Metrics: []canary.Measurement{{Name: s.Name, Baseline: byTime[t][0], Canary: byTime[t][1]}}})
	}
	return looks, nil
}

func named(arm string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", arm, err)
}

func buckets(data json.RawMessage) (canary.Observed, error) {
	if empty(data) {
		return canary.Observed{Missing: true}, nil
	}
	var in histogram
	if err := decodePart(data, &in); err != nil {
		return canary.Observed{}, err
	}
	h := canary.Histogram{Counts: in.Counts}
	for i, b := range in.Bounds {
		switch {
		case b != nil:
			h.Bounds = append(h.Bounds, *b)
		case i+1 < len(in.Bounds):
			return canary.Observed{}, fmt.Errorf("le[%d]: null; only the last bound may be infinite", i)
		default:
			h.Bounds = append(h.Bounds, math.Inf(1))
		}
	}
	if len(h.Counts) == 0 {
		return canary.Observed{Missing: true}, nil
	}
	return canary.Observed{Histogram: &h}, nil
}

// readLook reads one line of a stream: {"t":…,"metrics":[…]} with one measurement
// in each arm. Metrics that the judge does not know yet are returned.
func readLook(data []byte, known []canary.Metric) ([]canary.Metric, canary.Look, error) {
	var in struct {
		T       *float64          `json:"t"`
		Metrics []json.RawMessage `json:"metrics"`
	}
	if err := decode(data, &in); err != nil {
		return nil, canary.Look{}, err
	}
	if in.T == nil {
		return nil, canary.Look{}, errors.New("no t; write the seconds since the start")
	}
	look := canary.Look{Seconds: *in.T}
	var metrics []canary.Metric
	var errs []error
	for i, raw := range in.Metrics {
		s, isNew, err := readMetric(raw, known)
		if err != nil {
			errs = append(errs, fmt.Errorf("metrics[%d]: %w", i, err))
			continue
		}
		if isNew {
			metrics = append(metrics, s.Metric)
		}
		m := canary.Measurement{Name: s.Name}
		for _, arm := range []struct {
			name string
			data json.RawMessage
			to   *canary.Observed
		}{{"baseline", s.Baseline, &m.Baseline}, {"canary", s.Canary, &m.Canary}, {"control", s.Control, new(canary.Observed)}} {
			if *arm.to, err = observed(s.Kind, arm.data); err != nil {
				errs = append(errs, fmt.Errorf("metrics[%d] %q: %s: %w", i, s.Name, arm.name, err))
			}
			if arm.name == "control" && !empty(arm.data) {
				m.Control = arm.to
			}
		}
		look.Metrics = append(look.Metrics, m)
	}
	return metrics, look, errors.Join(errs...)
}

// observed reads what one arm did in one look. Nothing, and null, are no data.
func observed(kind canary.Kind, data json.RawMessage) (canary.Observed, error) {
	if empty(data) {
		return canary.Observed{Missing: true}, nil
	}
	switch kind {
	case canary.KindSamples:
		v, err := values(data)
		return canary.Observed{Values: v, Missing: len(v) == 0}, err
	case canary.KindHistogram:
		return buckets(data)
	}
	var c counts
	if err := decodePart(data, &c); err != nil {
		return canary.Observed{}, err
	}
	return c.observed(), nil
}
