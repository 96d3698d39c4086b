package release

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// stateVersion is that of the stored form.
const stateVersion = 1

type stateJSON struct {
	Version int         `json:"version"`
	Rollout Rollout     `json:"rollout"`
	State   core        `json:"state"`
	Rules   []ruleState `json:"rules"`
}

// MarshalJSON is the state with its rollout, in a versioned form.
func (s State) MarshalJSON() ([]byte, error) {
	return json.Marshal(stateJSON{stateVersion, s.rollout, s.core, s.rules})
}

// UnmarshalJSON replaces the state by what MarshalJSON wrote; it goes on as if it had
// never stopped. Errors about the state are *Error; s stays as it was then.
func (s *State) UnmarshalJSON(text []byte) error {
	var j stateJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	var p problems
	if j.Version != stateVersion {
		p.Add("value", "version", strconv.Itoa(j.Version), "not version "+strconv.Itoa(stateVersion), "give what MarshalJSON wrote")
		return p.err()
	}
	p.join("rollout.", j.Rollout.Validate())
	if err := p.err(); err != nil {
		return err
	}
	n := State{rollout: j.Rollout, core: j.State}
	n.prepare(j.State.Return)
	c := &n.core
	bad := func(path, got string) {
		p.Add("value", path, got, "no state of this rollout", "give what MarshalJSON wrote")
	}
	early := c.Phase == Pending || c.Phase == Gated || c.Phase == Moving
	held := c.Phase == Held && (c.BeforeHold == Pending || c.BeforeHold == Gated || c.BeforeHold == Moving)
	switch {
	case int(c.Phase) >= len(phaseNames) || int(c.BeforeHold) >= len(phaseNames) || c.BeforeHold == Held || c.BeforeHold.Back() || c.BeforeHold.Ended():
		bad("state.phase", c.Phase.String())
	case c.Stage < -1 || c.Stage >= len(n.stages) || c.Stage < 0 && !early && !held && !c.Phase.Back() || c.Stage == len(n.stages)-1 && (early || held):
		bad("state.stage", strconv.Itoa(c.Stage))
	case c.Traffic.IsZero():
		bad("state.traffic", "")
	case !(c.Factor >= 1 && c.Factor <= 100):
		bad("state.factor", number(c.Factor))
	case len(j.Rules) != len(n.rules):
		bad("rules", strconv.Itoa(len(j.Rules)))
	case !inLength(c.Longer) || !inLength(c.Later) || !inLength(c.Waited) || c.Extends < 0:
		bad("state", "its lengths of time")
	case len(c.Overrides) > 100:
		bad("state.overrides", strconv.Itoa(len(c.Overrides)))
	}
	for _, t := range []*time.Time{&c.Started, &c.Now, &c.Since, &c.Entered, &c.Budget.At, &c.Last.At} {
		if !inRange(*t) {
			bad("state", t.String())
		}
		n.restore(t)
	}
	for i := range c.Overrides {
		n.restore(&c.Overrides[i].From)
		n.restore(&c.Overrides[i].Until)
	}
	for i := range j.Rules {
		r := &j.Rules[i]
		if !inRange(r.Last) || !usable(r.Canary) || !usable(r.Baseline) || r.Looks < 0 || !inLength(r.Held) || !inLength(r.Pooled) || r.Run < 0 || r.Bad < 0 || int(r.Status) >= len(lookNames) {
			bad(place("rules", i), "its numbers")
		}
		n.restore(&r.Last)
	}
	if err := p.err(); err != nil {
		return err
	}
	n.rules = j.Rules
	*s = n
	return nil
}

// restore gives an instant the zone of the state; the zero one stays as it is.
func (s *State) restore(t *time.Time) {
	if t.IsZero() {
		*t = time.Time{}
		return
	}
	*t = s.local(*t)
}

// inLength reports whether a length of time may have come together in a state.
func inLength(d wire.Seconds) bool { return d >= 0 && d <= longest }

// longest bounds what is added up in a state, so that it never overflows.
const longest = wire.Seconds(100 * maxLength)

// plus is s and d together, at most longest.
func plus(s, d wire.Seconds) wire.Seconds { return min(s+min(d, longest), longest) }
