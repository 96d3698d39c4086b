package slo

import (
	"errors"
	"fmt"
	"time"
)

// BudgetState is where an error budget stands under a policy.
type BudgetState int

// The states, the worse the higher.
const (
	BudgetUnknown BudgetState = iota // no data
	BudgetOK
	BudgetCaution
	BudgetFreeze
	BudgetBreach // the objective is missed
)

var stateNames = [...]string{"unknown", "ok", "caution", "freeze", "breach"}

// String is the state's name: unknown, ok, caution, freeze or breach.
func (s BudgetState) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return fmt.Sprintf("BudgetState(%d)", int(s))
	}
	return stateNames[s]
}

// MarshalText writes the state's name.
func (s BudgetState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what String writes.
func (s *BudgetState) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = BudgetState(i)
			return nil
		}
	}
	return fmt.Errorf("unknown state %q of a budget; write unknown, ok, caution, freeze or breach", text)
}

// BudgetPolicy says what the state of an error budget means for releases. The
// zero value is DefaultBudgetPolicy. Its answers are pure functions of points
// and instant: two that ask the same get the same.
type BudgetPolicy struct {
	// Caution and Freeze are the remaining shares of the budget at or below
	// which these states begin; 1 > Caution ≥ Freeze ≥ 0. Below 0 is a breach.
	Caution float64 `json:"caution"`
	Freeze  float64 `json:"freeze"`
	// Recover is how far the remaining share must rise above the level of a
	// state to leave it for a milder one. It keeps a budget that hovers at a
	// level from flapping.
	Recover float64 `json:"recover"`
	// Actions say what follows from a state; a state without one takes that of
	// DefaultBudgetPolicy.
	Actions []StateAction `json:"actions,omitempty"`
	// Overrides replace the policy's answer for a time, whatever the state.
	Overrides []Override `json:"overrides,omitempty"`
}

// StateAction is what a state means.
type StateAction struct {
	State BudgetState `json:"state"`
	Allow bool        `json:"allow"`
	Text  string      `json:"text"` // what to do, for people
}

// Override allows or forbids releases from From until Until, whatever the
// budget. It always expires, and says who gave it and why. Where several hold,
// the one with the latest From decides, of equal ones the last.
type Override struct {
	Allow  bool      `json:"allow"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"` // exclusive
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// DefaultBudgetPolicy is caution at a quarter of the budget, freeze at a
// tenth, and a twentieth more to recover: a freeze comes while something is
// left to protect, not when the objective is missed already. Without data it
// denies, for nothing shows that a release would be safe; allow it with an
// action, or for the first release with an override.
func DefaultBudgetPolicy() BudgetPolicy {
	return BudgetPolicy{Caution: 0.25, Freeze: 0.1, Recover: 0.05, Actions: []StateAction{
		{BudgetUnknown, false, "measure first: no data in the window"},
		{BudgetOK, true, "release as usual"},
		{BudgetCaution, true, "release small and reversible changes"},
		{BudgetFreeze, false, "release only what makes the service more reliable"},
		{BudgetBreach, false, "the objective is missed: restore reliability first"},
	}}
}

// ErrBudgetPolicy is what every error about a policy wraps.
var ErrBudgetPolicy = errors.New("not a budget policy")

// Validate tells everything that is wrong with p.
func (p BudgetPolicy) Validate() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrBudgetPolicy}, args...)...))
	}
	p = p.orDefault()
	if !(p.Caution >= 0 && p.Caution < 1) {
		add("caution at %v of the budget; write a share from 0 up to, not including, 1", p.Caution)
	}
	if !(p.Freeze >= 0 && p.Freeze <= p.Caution) {
		add("freeze at %v of the budget; write a share from 0 to that of caution, %v", p.Freeze, p.Caution)
	}
	if !(p.Recover >= 0 && p.Recover+p.Caution < 1) {
		add("recover %v; write a share of 0 or more that leaves caution at %v a way back below 1", p.Recover, p.Caution)
	}
	seen := make(map[BudgetState]bool)
	for _, a := range p.Actions {
		if a.State < BudgetUnknown || a.State > BudgetBreach {
			add("action for the unknown state %d", int(a.State))
		}
		if seen[a.State] {
			add("two actions for the state %v", a.State)
		}
		seen[a.State] = true
	}
	for i, o := range p.Overrides {
		if !o.Until.After(o.From) {
			add("override %d ends at %s, not after its start at %s", i+1, o.Until.Format(time.RFC3339), o.From.Format(time.RFC3339))
		}
		if o.By == "" || o.Reason == "" {
			add("override %d does not say who gave it and why; fill By and Reason", i+1)
		}
	}
	return errors.Join(errs...)
}

// orDefault is p, with the levels of the default where none is set.
func (p BudgetPolicy) orDefault() BudgetPolicy {
	if p.Caution == 0 && p.Freeze == 0 && p.Recover == 0 {
		d := DefaultBudgetPolicy()
		p.Caution, p.Freeze, p.Recover = d.Caution, d.Freeze, d.Recover
	}
	return p
}

// action is what follows from the state.
func (p BudgetPolicy) action(s BudgetState) StateAction {
	for _, a := range p.Actions {
		if a.State == s {
			return a
		}
	}
	return DefaultBudgetPolicy().Actions[s]
}

// Next is the state that follows state when the remaining share of the budget
// is remaining: a worse one at once, a milder one only beyond Recover. From
// BudgetUnknown it is the state of the share alone.
func (p BudgetPolicy) Next(state BudgetState, remaining float64) BudgetState {
	p = p.orDefault()
	if now := p.level(remaining); now >= state {
		return now
	}
	return min(state, p.level(remaining-p.Recover))
}

// level is the state of a remaining share without hysteresis.
func (p BudgetPolicy) level(remaining float64) BudgetState {
	switch {
	case remaining < 0:
		return BudgetBreach
	case remaining <= p.Freeze:
		return BudgetFreeze
	case remaining <= p.Caution:
		return BudgetCaution
	}
	return BudgetOK
}

// override is the one that decides at now, nil if none holds.
func (p BudgetPolicy) override(now time.Time) *Override {
	var best *Override
	for i := range p.Overrides {
		o := &p.Overrides[i]
		if !o.From.After(now) && now.Before(o.Until) && (best == nil || !o.From.Before(best.From)) {
			best = o
		}
	}
	return best
}
