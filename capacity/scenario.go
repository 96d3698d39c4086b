package capacity

import (
	"fmt"
	"slices"
)

// Scenario is a requirement under other growth.
type Scenario struct {
	Name        string      `json:"name"`
	Factor      float64     `json:"factor"`
	Requirement Requirement `json:"requirement"`
}

// Scenarios computes the requirement once for each factor, on top of Growth: a factor of 1
// is the plan itself. Errors are those of Requirement, of every scenario at fault.
func (h Headroom) Scenarios(factors ...Factor) ([]Scenario, error) {
	var p problems
	for i, f := range factors {
		if !(f.Value > 0) || !finite(f.Value) {
			p.add(fmt.Sprintf("factors[%d]", i), number(f.Value), "not a multiplier", "write 1.3 for 30 % more")
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	if err := h.Check(); err != nil {
		return nil, err
	}
	scenarios := make([]Scenario, len(factors))
	for i, f := range factors {
		g := h
		g.Growth = append(slices.Clip(h.Growth), f)
		r, err := g.Requirement()
		if err != nil {
			p.add(fmt.Sprintf("factors[%d]", i), number(f.Value), "needs more than 2⁴⁰ units", "check the factor, and the unit of the load and of the units' capacity")
			continue
		}
		scenarios[i] = Scenario{f.Name, f.Value, r}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return scenarios, nil
}
