package oncall

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Draft is what a Generator proposes: who has which slot and why, which slots
// nobody can have and why, and how even it is.
type Draft struct {
	// From and To bound the slots.
	From        time.Time    `json:"from"`
	To          time.Time    `json:"to"`
	Assignments []Assignment `json:"assignments"` // by start, end and role
	Unfilled    []Unfilled   `json:"unfilled,omitempty"`
	// Load is that of the slots assigned, without history, among all people.
	Load Load `json:"load"`
	// Cut tells that the search came to its bound before it had weighed every
	// change: the rules hold, but a better draft may be near.
	Cut bool `json:"cut,omitempty"`
}

// Assignment is a slot with its person and the reason.
type Assignment struct {
	Shift
	// Cost is what the slot adds to the cost of the whole, in squares of an average
	// slot; below 0 where it saves a handoff.
	Cost float64 `json:"cost"`
	// Others is how many other people could have the slot as everything else
	// stands, Next who of them would cost least, at NextCost; empty if nobody could.
	Others   int     `json:"others"`
	Next     string  `json:"next,omitempty"`
	NextCost float64 `json:"next_cost,omitempty"`
	// Kept tells how many could not have it, by rule.
	Kept []RuleCount `json:"kept,omitempty"`
	// Reason says all that in a sentence.
	Reason string `json:"reason"`
}

// RuleCount is how many people a rule keeps from a slot.
type RuleCount struct {
	Rule  Rule `json:"rule"`
	Count int  `json:"count"`
}

// Unfilled is a slot that is nobody's.
type Unfilled struct {
	Slot
	// Certain tells that nobody can have the slot whoever has the others: all are
	// absent, not eligible, or kept by what History says. Otherwise no way was found
	// to fill it by moving up to four other slots, which is no proof: where rules are
	// tight an exhaustive search finds one more slot in 2 of 100 rosters.
	Certain bool `json:"certain"`
	// Refusals say of everybody why not, by name.
	Refusals []Refusal `json:"refusals,omitempty"`
	Reason   string    `json:"reason"`
}

// Refusal is why one person cannot have a slot.
type Refusal struct {
	Person string `json:"person"`
	Rule   Rule   `json:"rule"`
	Reason string `json:"reason"`
}

// Shifts are the assignments as shifts, by start: one per slot, also where the
// same person has two in a row.
func (d Draft) Shifts() []Shift {
	shifts := make([]Shift, len(d.Assignments))
	for i, a := range d.Assignments {
		shifts[i] = a.Shift
	}
	return shifts
}

// Temporary is the draft as a plan that holds instead of all layers of a
// schedule: append it to Schedule.Temporary to put it in force. In slots that
// are unfilled nobody is on call.
func (d Draft) Temporary(name string) Temporary {
	return Temporary{Name: name, Start: d.From, End: d.To, Shifts: d.Shifts()}
}

// Schedule is a schedule that consists of the draft alone.
func (d Draft) Schedule(name, zone string) Schedule {
	s := Schedule{Name: name, Zone: zone}
	if d.From.Before(d.To) {
		s.Temporary = []Temporary{d.Temporary(name)}
	}
	return s
}

// Slots are the turns of a schedule's layers in [from, to), whoever has them, for
// a generator to assign anew: every stretch of duty without a break in each turn
// of each layer by the layer's clock, by start. Priorities, overrides and all that
// names people, with their own zones, do not matter; shadow layers are left out.
// Errors are those of Compile and of a window that does not end after its start.
func (s Schedule) Slots(from, to time.Time) ([]Slot, error) {
	var p problems
	checkSpan(&p, from, to)
	if err := p.err(); err != nil {
		return nil, err
	}
	if _, err := s.Compile(); err != nil {
		return nil, err
	}
	var slots []Slot
	for _, l := range s.Layers {
		if l.Shadow {
			continue
		}
		// Two people in turn, so that no two turns look like one.
		l.Turns = Turns("a", "b")
		r, err := (Schedule{Zone: s.Zone, Layers: []Layer{l}, Holidays: s.Holidays}).Compile()
		if err != nil {
			return nil, err
		}
		for _, shift := range r.Shifts(from, to) {
			slots = append(slots, Slot{Start: shift.Start, End: shift.End, Role: shift.Role, Layer: l.Name})
		}
	}
	slices.SortStableFunc(slots, func(a, b Slot) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return a.End.Compare(b.End)
	})
	return slots, nil
}

// draft tells what the search has found.
func (d *drafting) draft() (Draft, error) {
	out := Draft{From: d.g.Slots[0].Start, Cut: d.trials <= 0}
	for i, slot := range d.g.Slots {
		out.To = later(out.To, slot.End)
		t := d.slots[i]
		if d.holder[t] == nobody {
			out.Unfilled = append(out.Unfilled, d.refusals(slot, t))
		} else {
			out.Assignments = append(out.Assignments, d.explain(slot, t))
		}
		if err := d.ctx.Err(); err != nil {
			return Draft{}, err
		}
	}
	var err error
	out.Load, err = LoadOf(out.Shifts(), d.g.People, out.From, out.To, d.g.Unsocial)
	return out, err
}

// ruleOrder is the order in which rules are told.
var ruleOrder = [...]Rule{RuleAbsent, RuleIneligible, RuleBusy, RuleRest, RuleInRow}

// tally is how many people each rule keeps from a slot.
type tally [len(ruleOrder)]int

func (n *tally) add(r Rule) { n[slices.Index(ruleOrder[:], r)]++ }

func (n tally) counts() []RuleCount {
	var out []RuleCount
	for i, c := range n {
		if c > 0 {
			out = append(out, RuleCount{ruleOrder[i], c})
		}
	}
	return out
}

func (n tally) String() string {
	var parts []string
	for _, c := range n.counts() {
		parts = append(parts, fmt.Sprintf("%d %s", c.Count, ruleWords[c.Rule]))
	}
	return strings.Join(parts, ", ")
}

// ruleWords follow a number of people.
var ruleWords = map[Rule]string{
	RuleAbsent:     "absent",
	RuleIneligible: "not eligible",
	RuleBusy:       "busy with another slot",
	RuleRest:       "without enough rest",
	RuleInRow:      "with too many slots in a row",
}

// refuses is why p cannot have t as everything else stands, and the stint that
// is in the way.
func (d *drafting) refuses(p, t int) (Rule, int) {
	if !d.may(p, t) {
		if _, absent := d.absence(p, t); absent {
			return RuleAbsent, nobody
		}
		return RuleIneligible, nobody
	}
	return d.fits(p, t)
}

// explain is why a slot is its person's.
func (d *drafting) explain(slot Slot, t int) Assignment {
	p := d.holder[t]
	a := Assignment{Shift: Shift{Start: slot.Start, End: slot.End, Person: d.g.People[p].Name, Role: slot.Role, Layer: slot.Layer}, Cost: d.cost(p, t)}
	var kept tally
	next := nobody
	for q := range d.workers {
		if q == p {
			continue
		}
		if rule, _ := d.refuses(q, t); rule != "" {
			kept.add(rule)
			continue
		}
		a.Others++
		if c := d.cost(q, t); next == nobody || c < a.NextCost {
			next, a.Next, a.NextCost = q, d.g.People[q].Name, c
		}
	}
	a.Kept = kept.counts()
	switch more := a.NextCost - a.Cost; {
	case len(d.workers) == 1:
		a.Reason = "there is nobody else"
	case a.Others == 0:
		a.Reason = "nobody else can"
	case !d.free(p, t, nobody):
		a.Reason = fmt.Sprintf("%s can, but without it %s would have a break that is too short", others(a.Others), a.Person)
	case more > -gain:
		a.Reason = a.Next + ", the next of " + others(a.Others) + " who can, would cost "
		if a.Others == 1 {
			a.Reason = a.Next + ", the only other who can, would cost "
		}
		if more >= 0.005 {
			a.Reason += fmt.Sprintf("%.2f more%s", more, d.why(p, next, t))
		} else {
			a.Reason += "as much"
		}
	default:
		a.Reason = fmt.Sprintf("%s can as well and would cost %.2f less; the search was cut short", a.Next, -more)
	}
	if len(a.Kept) > 0 {
		a.Reason += "; cannot: " + kept.String()
	}
	if before, _ := d.around(p, t); before != nobody {
		a.Reason += fmt.Sprintf("; off duty for %s before", duration(d.stints[t].start-d.stints[before].end))
	}
	return a
}

func others(n int) string {
	if n == 1 {
		return "1 other"
	}
	return strconv.Itoa(n) + " others"
}

// why tells which parts of the cost are dearer with q than with p, the largest
// two.
func (d *drafting) why(p, q, t int) string {
	type part struct {
		name string
		more float64
	}
	var parts []part
	rest := d.cost(q, t) - d.cost(p, t)
	for k, name := range [measures]string{"hours", "nights", "weekends", "holidays"} {
		more := d.grown(q, t, k) - d.grown(p, t, k)
		rest -= more
		parts = append(parts, part{name, more})
	}
	parts = append(parts, part{"spacing", rest})
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.more, a.more) })
	text := ""
	for _, x := range parts[:2] {
		if x.more >= 0.005 {
			text += fmt.Sprintf(", %s %.2f", x.name, x.more)
		}
	}
	if text == "" {
		return ""
	}
	return " (" + text[2:] + ")"
}

// refusals is why a slot is nobody's.
func (d *drafting) refusals(slot Slot, t int) Unfilled {
	u := Unfilled{Slot: slot, Certain: true}
	var kept tally
	for p, q := range d.g.People {
		rule, other := d.refuses(p, t)
		kept.add(rule)
		u.Refusals = append(u.Refusals, Refusal{q.Name, rule, d.words(p, t, rule, other)})
		if other != nobody && (!d.stints[other].fixed || rule == RuleInRow) {
			u.Certain = false
		}
	}
	u.Reason = "nobody can have it"
	if !u.Certain {
		u.Reason = "no way was found to fill it"
	}
	u.Reason += ": " + kept.String()
	return u
}

// words says why p cannot have t.
func (d *drafting) words(p, t int, rule Rule, other int) string {
	slot := d.g.Slots[d.slot[t]]
	zone := slot.Start.Location()
	instant := func(offset time.Duration) string {
		return d.base.Add(offset).In(zone).Format("2006-01-02 15:04 MST")
	}
	switch rule {
	case RuleAbsent:
		away, _ := d.absence(p, t)
		text := "absent from " + instant(away.start) + " to " + instant(away.end)
		for _, a := range d.g.Absences {
			if a.Person == d.g.People[p].Name && a.Reason != "" && a.Start.Before(slot.End) && slot.Start.Before(a.End) {
				return text + ": " + a.Reason
			}
		}
		return text
	case RuleIneligible:
		return strings.Join(d.g.Eligible(d.g.People[p].Name, slot.Role, slot.Start, slot.End), "; ")
	case RuleBusy:
		return "on call from " + instant(d.stints[other].start) + " to " + instant(d.stints[other].end)
	case RuleRest:
		s, o := d.stints[t], d.stints[other]
		if o.start < s.start {
			return "on call until " + instant(o.end) + ", which leaves " + duration(s.start-o.end) + " of rest; " + duration(d.rest) + " are needed"
		}
		return "on call from " + instant(o.start) + ", which leaves " + duration(o.start-s.end) + " of rest; " + duration(d.rest) + " are needed"
	case RuleInRow:
		if d.inRow == 1 {
			return "has the slot from " + instant(d.stints[other].start) + ", next to this one"
		}
		return fmt.Sprintf("would have more than %d slots in a row, with that from %s", d.inRow, instant(d.stints[other].start))
	}
	return ""
}
