package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/srekit/ownership/release/canary"
)

// series is one metric of the input: what the judge knows of it and its arms, which
// have a form for each kind.
type series struct {
	canary.Metric
	Baseline json.RawMessage `json:"baseline"`
	Canary   json.RawMessage `json:"canary"`
	Control  json.RawMessage `json:"control,omitempty"`
}

// counts is one look at one arm.
type counts struct {
	T     *float64 `json:"t"`
	Bad   *int64   `json:"bad"`
	Total *int64   `json:"total"`
}

// histogram is an arm in buckets: counts between the bounds, not cumulative. The
// last bound may be left out, or null for infinity.
type histogram struct {
	Bounds []*float64 `json:"le"`
	Counts []float64  `json:"counts"`
}

// decode reads one JSON value that has no unknown keys and nothing after it.
func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("not the JSON that is expected: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("not the JSON that is expected: something stands after the first value")
	}
	return nil
}

// readSeries reads {"metrics":[…]} with whole series in the arms.
func readSeries(data []byte) (metrics []canary.Metric, looks []canary.Look, err error) {
	var in struct {
		Metrics []series `json:"metrics"`
	}
	if err := decode(data, &in); err != nil {
		return nil, nil, err
	}
	var timed, untimed [][]canary.Look
	var errs []error
	for i := range in.Metrics {
		s := &in.Metrics[i]
		s.Pooled = s.Kind == canary.KindHistogram
		metrics = append(metrics, s.Metric)
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
	var arms [2][]counts
	err := named("baseline", list(s.Baseline, &arms[0]))
	if err := errors.Join(err, named("canary", list(s.Canary, &arms[1]))); err != nil {
		return nil, err
	}
	byTime := map[float64]*[2]canary.Observed{}
	var times []float64
	for a, arm := range arms {
		for i, c := range arm {
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
				return nil, fmt.Errorf("%s[%d]: a second row for t = %v; add up what belongs together", []string{"baseline", "canary"}[a], i, t)
			}
			if c.Bad != nil && c.Total != nil {
				o[a] = canary.Observed{Bad: *c.Bad, Total: *c.Total}
			}
		}
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

// list decodes an array; nothing at all is an empty one.
func list(data json.RawMessage, v any) error {
	if len(data) == 0 || string(data) == "null" {
		return nil
	}
	return decode(data, v)
}

// values reads numbers; null is NaN, which the library counts as missing.
func values(data json.RawMessage) ([]float64, error) {
	var in []*float64
	if err := list(data, &in); err != nil {
		return nil, err
	}
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = math.NaN()
		if v != nil {
			out[i] = *v
		}
	}
	return out, nil
}

func buckets(data json.RawMessage) (canary.Observed, error) {
	if len(data) == 0 || string(data) == "null" {
		return canary.Observed{Missing: true}, nil
	}
	var in histogram
	if err := decode(data, &in); err != nil {
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
		T       *float64 `json:"t"`
		Metrics []series `json:"metrics"`
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
	for i, s := range in.Metrics {
		kind := s.Kind
		at := slices.IndexFunc(known, func(m canary.Metric) bool { return m.Name == s.Name })
		if at >= 0 {
			kind = known[at].Kind
		} else {
			metrics = append(metrics, s.Metric)
		}
		m := canary.Measurement{Name: s.Name}
		var err error
		if m.Baseline, err = observed(kind, s.Baseline); err != nil {
			errs = append(errs, fmt.Errorf("metrics[%d].baseline: %w", i, err))
		}
		if m.Canary, err = observed(kind, s.Canary); err != nil {
			errs = append(errs, fmt.Errorf("metrics[%d].canary: %w", i, err))
		}
		if len(s.Control) > 0 {
			o, err := observed(kind, s.Control)
			if err != nil {
				errs = append(errs, fmt.Errorf("metrics[%d].control: %w", i, err))
			}
			m.Control = &o
		}
		look.Metrics = append(look.Metrics, m)
	}
	return metrics, look, errors.Join(errs...)
}

// observed reads what one arm did in one look. Nothing, and null, are no data.
func observed(kind canary.Kind, data json.RawMessage) (canary.Observed, error) {
	if len(data) == 0 || string(data) == "null" {
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
	if err := decode(data, &c); err != nil {
		return canary.Observed{}, err
	}
	if c.Bad == nil || c.Total == nil {
		return canary.Observed{Missing: true}, nil
	}
	return canary.Observed{Bad: *c.Bad, Total: *c.Total}, nil
}
