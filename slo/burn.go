package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Burn is a burn rate over the time (End-Length, End].
type Burn struct {
	Length time.Duration `json:"length_seconds"`
	End    time.Time     `json:"end"`
	Counts Counts        `json:"counts"`
	// Rate is the burn rate, at most 1/(1-Target).
	Rate float64 `json:"rate"`
	// Short is set where the history begins within the time: Rate is that of the
	// part that is known. NoData is set where there was no traffic: Rate is then
	// 0 (null in JSON) and means nothing.
	Short  bool `json:"short"`
	NoData bool `json:"no_data"`
	// Coverage is the share of the time that data exist for, in [0,1].
	Coverage float64 `json:"coverage"`
}

// Known reports whether the rate is that of the whole time: the history
// reaches back far enough and there was traffic.
func (b Burn) Known() bool { return !b.Short && !b.NoData }

// BurnsAt is the burn rate at now over each of the lengths. The history begins
// where the first point's interval does, which is as long as the second's; a
// time that it fills exactly is not Short, a single point fills none. For the
// slice kinds points are folded into slices. Errors wrap ErrObjective,
// ErrWindow (a length that is not positive) and ErrCounts. Cost is linear in
// points for each length.
func (o Objective) BurnsAt(points []Point, now time.Time, lengths ...time.Duration) ([]Burn, error) {
	err := errors.Join(o.Validate(), validPoints(points))
	for _, length := range lengths {
		if length <= 0 {
			err = errors.Join(err, fmt.Errorf("%w: length %v of a burn rate is not positive", ErrWindow, length))
		}
	}
	if err != nil {
		return nil, err
	}
	points = SortPoints(points)
	first := firstLength(points)
	burns := make([]Burn, len(lengths))
	for i, length := range lengths {
		start := now.Add(-length)
		b := Burn{Length: length, End: now, Counts: o.Count(points, start, now), Coverage: CoverageOf(points, start, now).Ratio}
		if err := b.Counts.Validate(); err != nil {
			return nil, err
		}
		rate, traffic := o.BurnRate(b.Counts)
		b.Rate, b.NoData = rate, !traffic
		b.Short = first == 0 || points[0].Time.Add(-first).After(start)
		burns[i] = b
	}
	return burns, nil
}

type burnJSON Burn

// MarshalJSON writes the length as a number of seconds and the rate as null
// where there are no data.
func (b Burn) MarshalJSON() ([]byte, error) {
	v := struct {
		burnJSON
		Length wire.Seconds `json:"length_seconds"`
		Rate   *float64     `json:"rate"`
	}{burnJSON: burnJSON(b), Length: wire.Seconds(b.Length)}
	if !b.NoData {
		v.Rate = &b.Rate
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Burn) UnmarshalJSON(text []byte) error {
	v := struct {
		*burnJSON
		Length wire.Seconds `json:"length_seconds"`
	}{burnJSON: (*burnJSON)(b)}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	b.Length = time.Duration(v.Length)
	return nil
}

// LogValue is the burn rate in a few attributes, for structured logs.
func (b Burn) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Duration("length", b.Length), slog.Float64("coverage", b.Coverage)}
	if b.NoData {
		return slog.GroupValue(append(attrs, slog.Bool("no_data", true))...)
	}
	return slog.GroupValue(append(attrs, slog.Float64("rate", b.Rate), slog.Bool("short", b.Short))...)
}
