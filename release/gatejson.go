package release

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

type gatesAlias Gates

type gatesJSON struct {
	*gatesAlias
	Zone string `json:"zone,omitempty"`
}

// MarshalJSON writes the zone as its name.
func (g Gates) MarshalJSON() ([]byte, error) {
	a := gatesAlias(g)
	v := gatesJSON{gatesAlias: &a}
	if g.Zone != nil {
		v.Zone = g.Zone.String()
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes; an error tells that the zone is not
// known on this machine.
func (g *Gates) UnmarshalJSON(text []byte) error {
	var a gatesAlias
	v := gatesJSON{gatesAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*g = Gates(a)
	if v.Zone != "" {
		loc, err := time.LoadLocation(v.Zone)
		if err != nil {
			return fmt.Errorf("%w: gates.zone: %w", ErrInput, err)
		}
		g.Zone = loc
	}
	return nil
}

type hoursAlias Hours

type hoursJSON struct {
	*hoursAlias
	From  wire.Seconds `json:"from_seconds"`
	Until wire.Seconds `json:"until_seconds"`
}

// MarshalJSON writes times of day as seconds after midnight.
func (h Hours) MarshalJSON() ([]byte, error) {
	a := hoursAlias(h)
	return json.Marshal(hoursJSON{&a, wire.Seconds(h.From), wire.Seconds(h.Until)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (h *Hours) UnmarshalJSON(text []byte) error {
	var a hoursAlias
	v := hoursJSON{hoursAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*h = Hours(a)
	h.From, h.Until = time.Duration(v.From), time.Duration(v.Until)
	return nil
}

type budgetGateAlias BudgetGate

type budgetGateJSON struct {
	*budgetGateAlias
	MaxAge wire.Seconds `json:"max_age_seconds,omitzero"`
}

// MarshalJSON writes the age in seconds.
func (g BudgetGate) MarshalJSON() ([]byte, error) {
	a := budgetGateAlias(g)
	return json.Marshal(budgetGateJSON{&a, wire.Seconds(g.MaxAge)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (g *BudgetGate) UnmarshalJSON(text []byte) error {
	var a budgetGateAlias
	v := budgetGateJSON{budgetGateAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*g = BudgetGate(a)
	g.MaxAge = time.Duration(v.MaxAge)
	return nil
}
