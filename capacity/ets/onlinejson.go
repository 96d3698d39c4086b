package ets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

type onlineJSON struct {
	Version  int       `json:"version"`
	Model    string    `json:"model"`
	Period   int       `json:"period,omitempty"`
	Alpha    float64   `json:"alpha"`
	Beta     float64   `json:"beta,omitempty"`
	Gamma    float64   `json:"gamma,omitempty"`
	Phi      *float64  `json:"phi,omitempty"`
	Level    float64   `json:"level"`
	Trend    float64   `json:"trend,omitempty"`
	Season   []float64 `json:"season,omitempty"`
	Place    int       `json:"place,omitempty"` // in the season, of the step after the last observation
	Variance float64   `json:"variance"`
	Memory   int       `json:"memory"`
	Observed int64     `json:"observed"`
	Gap      int64     `json:"gap,omitempty"`
}

// MarshalJSON returns the state in a versioned form that people can read. Read
// back, it goes on to the same bits. The error is that of a zero Online.
func (o Online) MarshalJSON() ([]byte, error) {
	if o.model.Error == None {
		return nil, o.refused(0)
	}
	v := onlineJSON{
		Version: onlineVersion, Model: o.model.String(), Period: len(o.season),
		Alpha: o.p.Alpha, Beta: o.p.Beta, Gamma: o.p.Gamma,
		Level: o.level, Trend: o.trend, Season: o.season, Place: o.at,
		Variance: o.sigma2, Memory: o.memory, Observed: o.n, Gap: o.gap,
	}
	if o.model.Damped {
		v.Phi = &o.p.Phi
	}
	return json.Marshal(v)
}

// UnmarshalJSON replaces o by what MarshalJSON wrote. Unknown names are
// refused. An error wraps [ErrSnapshot] and changes nothing.
func (o *Online) UnmarshalJSON(data []byte) error {
	var v onlineJSON
	if err := strict(data, &v); err != nil {
		return err
	}
	if v.Version != onlineVersion {
		return fmt.Errorf("%w: version %d; this program reads %d", ErrSnapshot, v.Version, onlineVersion)
	}
	m, err := ParseModel(v.Model, v.Period)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	n := Online{
		model: m, p: Parameters{v.Alpha, v.Beta, v.Gamma, 1},
		level: v.Level, trend: v.Trend, season: slices.Clone(v.Season), at: v.Place,
		sigma2: v.Variance, memory: v.Memory, n: v.Observed, gap: v.Gap,
	}
	if v.Phi != nil {
		n.p.Phi = *v.Phi
	}
	if len(v.Season) != m.Period || v.Period != m.Period || v.Place < 0 || v.Place > max(m.Period-1, 0) {
		return fmt.Errorf("%w: %d seasonal states, place %d and a period of %d for %s", ErrSnapshot, len(v.Season), v.Place, v.Period, m)
	}
	if v.Gap < 0 || v.Gap > maxGap {
		return fmt.Errorf("%w: a gap of %d steps", ErrSnapshot, v.Gap)
	}
	if m.Damped && v.Phi == nil {
		return fmt.Errorf("%w: %s without phi", ErrSnapshot, m)
	}
	return o.take(n)
}

// strict reads one JSON value without unknown names.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: more than one JSON value", ErrSnapshot)
	}
	return nil
}
