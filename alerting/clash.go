package alerting

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// bound is one bound of a severity, which can be taken out or changed.
type bound struct {
	kind   string
	text   string
	given  float64
	widest float64 // beyond which changing it further makes no sense
	set    func(b *Bounds, value float64)
	drop   func(b *Bounds)
}

// each lists the bounds that are set, detections first. Those that set and drop
// change must be a copy of b.
func (b Bounds) each(period time.Duration) []bound {
	var all []bound
	for _, d := range b.Detect {
		find := func(b *Bounds) int { return slices.Index(b.Detect, d) }
		all = append(all, bound{
			kind: "detection", text: fmt.Sprintf("errors of %s found within %s", number(d.ErrorRatio), text(d.Within)),
			given: d.Within.Seconds(), widest: period.Seconds(),
			set:  func(b *Bounds, v float64) { b.Detect[find(b)].Within = seconds(v) },
			drop: func(b *Bounds) { i := find(b); b.Detect = slices.Delete(b.Detect, i, i+1) },
		})
	}
	if b.BudgetShare > 0 {
		all = append(all, bound{
			kind: "budget_share", text: "at most " + number(b.BudgetShare) + " of the budget spent at detection",
			given: b.BudgetShare, widest: 1e3,
			set:  func(b *Bounds, v float64) { b.BudgetShare = v },
			drop: func(b *Bounds) { b.BudgetShare = 0 },
		})
	}
	if b.Reset > 0 {
		all = append(all, bound{
			kind: "reset", text: "silent " + text(b.Reset) + " after an outage",
			given: b.Reset.Seconds(), widest: period.Seconds(),
			set:  func(b *Bounds, v float64) { b.Reset = seconds(v) },
			drop: func(b *Bounds) { b.Reset = 0 },
		})
	}
	if b.FalseAlarms > 0 {
		all = append(all, bound{
			kind: "false_alarms", text: "at most " + number(b.FalseAlarms) + " false alarms a month",
			given: b.FalseAlarms, widest: 1e12,
			set:  func(b *Bounds, v float64) { b.FalseAlarms = v },
			drop: func(b *Bounds) { b.FalseAlarms = 0 },
		})
	}
	return all
}

// number is x without an exponent.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// raised is x with three digits, rounded up.
func raised(x float64) string {
	digits := int(math.Floor(math.Log10(x))) - 2
	unit := math.Pow10(max(digits, -digits))
	if digits < 0 {
		return number(math.Ceil(x*unit*(1-1e-12)) / unit)
	}
	return number(math.Ceil(x/unit*(1-1e-12)) * unit)
}

// clash takes bounds out one after another, keeping out those without which the
// rest still cannot be had: what remains is a smallest clash (the deletion filter
// of Chinneck and Dravnieks 1991, ORSA Journal on Computing 3). Then it asks for
// each how far it would have to give way.
func (s *synthesiser) clash(b Bounds) Clash {
	rest := b
	rest.Detect = slices.Clone(b.Detect)
	c := Clash{Severity: b.Severity}
	for _, one := range b.each(s.period) {
		without := rest
		without.Detect = slices.Clone(rest.Detect)
		one.drop(&without)
		if len(without.Detect) > 0 && !s.feasible(without) {
			rest = without
			continue
		}
		c.Bounds = append(c.Bounds, ClashingBound{Kind: one.kind, Text: one.text, Given: one.given, Possible: s.possible(b, one)})
		if s.ctx.Err() != nil {
			break
		}
	}
	return c
}

func (s *synthesiser) feasible(b Bounds) bool {
	_, _, ok := s.search(b)
	return ok
}

// possible is the value of one bound at which all can be kept; 0 where there is none.
func (s *synthesiser) possible(b Bounds, one bound) float64 {
	with := func(value float64) bool {
		changed := b
		changed.Detect = slices.Clone(b.Detect)
		one.set(&changed, value)
		return s.feasible(changed)
	}
	low, high := one.given, one.widest
	if high <= low || !with(high) {
		return 0
	}
	for high > low*1.005 && s.ctx.Err() == nil {
		middle := math.Sqrt(low * high)
		if with(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
