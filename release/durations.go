package release

import (
	"encoding/json"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Durations of results are numbers of seconds in JSON, under keys that say so.

type stageCostAlias StageCost

type stageCostJSON struct {
	*stageCostAlias
	Begin        wire.Seconds `json:"begin_seconds"`
	ReactionTime wire.Seconds `json:"reaction_time_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (c StageCost) MarshalJSON() ([]byte, error) {
	a := stageCostAlias(c)
	return json.Marshal(stageCostJSON{&a, wire.Seconds(c.Begin), wire.Seconds(c.ReactionTime)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *StageCost) UnmarshalJSON(text []byte) error {
	var a stageCostAlias
	v := stageCostJSON{stageCostAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*c = StageCost(a)
	c.Begin, c.ReactionTime = time.Duration(v.Begin), time.Duration(v.ReactionTime)
	return nil
}

type sightAlias Sight

type sightJSON struct {
	*sightAlias
	Hold  wire.Seconds `json:"hold_seconds"`
	Needs wire.Seconds `json:"needs_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (s Sight) MarshalJSON() ([]byte, error) {
	a := sightAlias(s)
	return json.Marshal(sightJSON{&a, wire.Seconds(s.Hold), wire.Seconds(s.Needs)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Sight) UnmarshalJSON(text []byte) error {
	var a sightAlias
	v := sightJSON{sightAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = Sight(a)
	s.Hold, s.Needs = time.Duration(v.Hold), time.Duration(v.Needs)
	return nil
}

type ruleStatusAlias RuleStatus

type ruleStatusJSON struct {
	*ruleStatusAlias
	Held wire.Seconds `json:"held_seconds"`
}

// MarshalJSON writes the time as a number of seconds.
func (s RuleStatus) MarshalJSON() ([]byte, error) {
	a := ruleStatusAlias(s)
	return json.Marshal(ruleStatusJSON{&a, wire.Seconds(s.Held)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *RuleStatus) UnmarshalJSON(text []byte) error {
	var a ruleStatusAlias
	v := ruleStatusJSON{ruleStatusAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = RuleStatus(a)
	s.Held = time.Duration(v.Held)
	return nil
}

type replayAlias Replay

type replayJSON struct {
	*replayAlias
	Shift wire.Seconds `json:"shift_seconds,omitzero"`
}

// MarshalJSON writes the shift in seconds, and leaves the source out.
func (p Replay) MarshalJSON() ([]byte, error) {
	a := replayAlias(p)
	return json.Marshal(replayJSON{&a, wire.Seconds(p.Shift)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Replay) UnmarshalJSON(text []byte) error {
	var a replayAlias
	v := replayJSON{replayAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	a.Source = p.Source
	*p = Replay(a)
	p.Shift = time.Duration(v.Shift)
	return nil
}

type curveAlias PowerCurve

type curveJSON struct {
	*curveAlias
	Hold  wire.Seconds   `json:"hold_seconds"`
	Times []wire.Seconds `json:"times_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (c PowerCurve) MarshalJSON() ([]byte, error) {
	a := curveAlias(c)
	v := curveJSON{curveAlias: &a, Hold: wire.Seconds(c.Hold), Times: []wire.Seconds{}}
	for _, t := range c.Times {
		v.Times = append(v.Times, wire.Seconds(t))
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *PowerCurve) UnmarshalJSON(text []byte) error {
	var a curveAlias
	v := curveJSON{curveAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*c = PowerCurve(a)
	c.Hold = time.Duration(v.Hold)
	for _, t := range v.Times {
		c.Times = append(c.Times, time.Duration(t))
	}
	return nil
}

type fittingAlias Fitting

type fittingJSON struct {
	*fittingAlias
	Shortest wire.Seconds `json:"shortest_seconds,omitzero"`
	Longest  wire.Seconds `json:"longest_seconds,omitzero"`
}

// MarshalJSON writes durations as numbers of seconds.
func (f Fitting) MarshalJSON() ([]byte, error) {
	a := fittingAlias(f)
	return json.Marshal(fittingJSON{&a, wire.Seconds(f.Shortest), wire.Seconds(f.Longest)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Fitting) UnmarshalJSON(text []byte) error {
	var a fittingAlias
	v := fittingJSON{fittingAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*f = Fitting(a)
	f.Shortest, f.Longest = time.Duration(v.Shortest), time.Duration(v.Longest)
	return nil
}
