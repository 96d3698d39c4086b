package oncall

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Slot is a turn to be filled: one person in one role, in [Start, End). Two
// people at a time are two slots.
type Slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Role  string    `json:"role,omitempty"`  // empty means primary
	Layer string    `json:"layer,omitempty"` // kept as text
}

// Generator assigns slots to people: never against a rule, and within the rules
// as evenly as it finds. It knows no chance: the same generator gives the same
// draft, in whatever order people and slots are given.
//
// First every slot in order of time goes to the person to whom it costs least;
// then slots that nobody could have are opened by moving up to four other
// slots; then single slots move and pairs are swapped between two people as long
// as that makes the whole cheaper. What is left unfilled is in the draft, with
// the reasons of everybody.
//
// What a whole assignment costs is, summed over people and measures,
//
//	weight · (amount of the measure / average slot)² / share
//
// which is least where everybody has as much as their share, and what Weights
// says of spacing and handoffs.
type Generator struct {
	Slots  []Slot        `json:"slots"`
	People []Participant `json:"people"`
	// Absences are times in which a person gets no slot that overlaps them.
	Absences []Absence `json:"absences,omitempty"`
	// History is what people did before the slots, or do beside them elsewhere. It
	// counts for rest, for turns in a row and for fairness, and does not change.
	// Shifts of people who are not among People do not matter, shadows neither.
	History []Shift `json:"history,omitempty"`
	// Unsocial says what nights, weekends and holidays are.
	Unsocial Unsocial `json:"unsocial"`
	// Rest is the least break between two slots of one person that do not touch.
	// 0 means DefaultRest; below 0 any break will do.
	Rest time.Duration `json:"-"` // rest_seconds in JSON
	// InRow is how many slots in a row one person may have: slots that touch, or
	// that follow each other in one role. 0 means 1.
	InRow int `json:"in_row,omitempty"`
	// Eligible says why a person may not have a slot of a role, and nothing if
	// they may; nil means that everybody may. It is asked about each person and slot
	// once or a few times, in no particular order, and must give the same answer
	// each time.
	Eligible func(person, role string, from, to time.Time) []string `json:"-"`
	Weights  Weights                                                `json:"weights"`
}

// Weights says what the generator shares evenly, and how much each counts. All
// are from 0 to 1000. The zero value is DefaultWeights.
type Weights struct {
	Hours    float64 `json:"hours"`
	Nights   float64 `json:"nights"`
	Weekends float64 `json:"weekends"`
	Holidays float64 `json:"holidays"`
	// Spacing is what it costs that a person's slots lie close together: this much
	// times the square of the missing part of the break that people would have if
	// their slots came evenly.
	Spacing float64 `json:"spacing"`
	// Handoffs is what each time on call costs that does not continue one of the
	// same person. It matters where InRow is more than 1.
	Handoffs float64 `json:"handoffs"`
}

// DefaultWeights share hours, nights, weekends and holidays alike, and space
// slots out as far as that allows.
func DefaultWeights() Weights {
	return Weights{Hours: 1, Nights: 1, Weekends: 1, Holidays: 1, Spacing: 1}
}

// DefaultRest is the daily rest that Directive 2003/88/EC, article 3, asks for.
const DefaultRest = 11 * time.Hour

// Rule is why a person cannot have a slot.
type Rule string

// The rules.
const (
	RuleAbsent     Rule = "absent"     // an absence overlaps the slot
	RuleIneligible Rule = "ineligible" // Generator.Eligible says so
	RuleBusy       Rule = "busy"       // another slot of the person overlaps it
	RuleRest       Rule = "rest"       // the break to another slot is too short
	RuleInRow      Rule = "in_row"     // too many slots in a row
)

// maxPairs is how many pairs of a person and a slot a generator takes on.
const maxPairs = 4 << 20

// maxTrials bounds the search: so many changes are weighed at most, a second or
// two of work.
const maxTrials = 24 << 20

// Generate assigns the slots. It takes time proportional to people times slots,
// and to the square of the slots up to a bound: 25 ms for a year of daily slots
// and 8 people, 1 s for a year of turns of 6 hours. When ctx ends before the search does the error is ctx's.
//
// An *Error names everything that cannot be: no people, a slot or an absence
// that does not end after its start, slots that span more than a hundred years,
// names that are missing or used twice, numbers out of their range. Without
// slots the draft is empty. Rules that cannot be met are no error: see
// Draft.Unfilled.
func (g Generator) Generate(ctx context.Context) (Draft, error) {
	c := compiler{plan: &plan{}}
	g.check(&c)
	if err := c.problems.err(); err != nil {
		return Draft{}, err
	}
	g = g.ordered()
	if len(g.Slots) == 0 {
		return Draft{}, nil
	}
	s := newDrafting(ctx, g, &c)
	s.run()
	if s.err != nil {
		return Draft{}, s.err
	}
	return s.draft()
}

// check adds what is wrong with g.
func (g Generator) check(c *compiler) {
	p := &c.problems
	if len(g.People) == 0 && len(g.Slots) > 0 {
		p.Add("missing", "people", "", "there is nobody", "name at least one person")
	}
	checkParticipants(c, g.People)
	if n := float64(len(g.People)) * float64(len(g.Slots)+len(g.History)); n > maxPairs {
		p.Add("limit", "slots", strconv.Itoa(len(g.Slots)), "with "+strconv.Itoa(len(g.People))+" people they are too many", "generate a shorter time, so that people times slots stay below "+strconv.Itoa(maxPairs))
		return
	}
	within := func(path string, from, to time.Time) {
		if !from.Before(to) {
			p.Add("order", path+".end", to.Format(time.RFC3339), "it is not after the start", "write an instant after "+from.Format(time.RFC3339))
		}
	}
	var first, last time.Time
	reach := func(from, to time.Time) {
		if first.IsZero() || from.Before(first) {
			first = from
		}
		if last.IsZero() || to.After(last) {
			last = to
		}
	}
	for i, s := range g.Slots {
		within(place("slots", i), s.Start, s.End)
		reach(s.Start, s.End)
	}
	for i, s := range g.History {
		within(place("history", i), s.Start, s.End)
		reach(s.Start, s.End)
	}
	if last.Sub(first) > MaxWindow {
		p.Add("limit", "slots", first.Format(time.DateOnly)+" to "+last.Format(time.DateOnly), "with history they span more than a hundred years", "generate a shorter time")
	}
	for i, a := range g.Absences {
		within(place("absences", i), a.Start, a.End)
		if a.Person == "" {
			p.Add("missing", place("absences", i)+".person", "", "nobody is named", "write a name")
		}
	}
	g.Unsocial.check(c, "unsocial")
	if g.InRow < 0 {
		p.Add("value", "in_row", strconv.Itoa(g.InRow), "it is below 0", "write how many slots in a row one person may have, 1 or more")
	}
	for _, w := range []struct {
		name  string
		value float64
	}{{"hours", g.Weights.Hours}, {"nights", g.Weights.Nights}, {"weekends", g.Weights.Weekends}, {"holidays", g.Weights.Holidays}, {"spacing", g.Weights.Spacing}, {"handoffs", g.Weights.Handoffs}} {
		if !(w.value >= 0 && w.value <= 1000) {
			p.Add("value", "weights."+w.name, number(w.value), "it is no weight", "write a number from 0 to 1000")
		}
	}
}

// ordered is g with its defaults, slots by start and people by name.
func (g Generator) ordered() Generator {
	switch {
	case g.Rest == 0:
		g.Rest = DefaultRest
	case g.Rest < 0:
		g.Rest = 0
	}
	if g.InRow == 0 {
		g.InRow = 1
	}
	if g.Weights == (Weights{}) {
		g.Weights = DefaultWeights()
	}
	g.Slots = slices.Clone(g.Slots)
	for i := range g.Slots {
		g.Slots[i].Role = roleOf(g.Slots[i].Role)
	}
	slices.SortStableFunc(g.Slots, func(a, b Slot) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), strings.Compare(a.Role, b.Role), strings.Compare(a.Layer, b.Layer))
	})
	g.People = slices.Clone(g.People)
	slices.SortFunc(g.People, func(a, b Participant) int { return strings.Compare(a.Name, b.Name) })
	return g
}

// drafting is a search together with what it stands for.
type drafting struct {
	search
	g      Generator
	slots  []int // the stint of each slot
	slot   []int // the slot of each stint, or nobody
	base   time.Time
	absent [][]span // by person, merged
}

// newDrafting prepares the search. g is checked and ordered.
func newDrafting(ctx context.Context, g Generator, c *compiler) *drafting {
	d := &drafting{g: g, slots: make([]int, len(g.Slots))}
	d.ctx, d.trials, d.away = ctx, maxTrials, nobody
	known := make(map[string]int, len(g.People))
	for i, q := range g.People {
		known[q.Name] = i
	}
	d.base = g.Slots[0].Start
	last := g.Slots[0].End
	for _, s := range g.Slots {
		last = later(last, s.End)
	}
	for _, h := range g.History {
		if h.Start.Before(d.base) {
			d.base = h.Start
		}
		last = later(last, h.End)
	}
	roles := map[string]int{}
	number := func(role string) int {
		n, ok := roles[role]
		if !ok {
			n = len(roles)
			roles[role] = n
		}
		return n
	}
	type entry struct {
		stint
		slot, holder int
	}
	var all []entry
	for i, s := range g.Slots {
		all = append(all, entry{stint{span: d.span(s.Start, s.End), role: number(s.Role)}, i, nobody})
	}
	for p, spans := range d.history(known, number) {
		for _, st := range spans {
			all = append(all, entry{st, nobody, p})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.slot, b.slot), cmp.Compare(a.holder, b.holder))
	})
	d.stints, d.holder, d.slot = make([]stint, len(all)), make([]int, len(all)), make([]int, len(all))
	ranks := make([]int, len(roles))
	latest := make([]time.Duration, len(roles))
	var length time.Duration
	for i, e := range all {
		if ranks[e.role] == 0 || e.start > latest[e.role] {
			ranks[e.role]++
			latest[e.role] = e.start
		}
		e.rank = ranks[e.role]
		d.stints[i], d.holder[i], d.slot[i] = e.stint, nobody, e.slot
		if e.slot >= 0 {
			d.slots[e.slot] = i
			length += e.end - e.start
		}
	}
	unit := (length / time.Duration(len(g.Slots))).Hours()
	d.count(c, last, unit)
	for i, e := range all {
		if e.holder != nobody {
			d.give(e.holder, i)
		}
	}
	d.permits = make([]permit, len(g.People)*len(all))
	d.ask = d.allowed
	d.weights = [measures]float64{g.Weights.Hours, g.Weights.Nights, g.Weights.Weekends, g.Weights.Holidays}
	d.spacing, d.handoff, d.rest, d.inRow = g.Weights.Spacing, g.Weights.Handoffs, g.Rest, g.InRow
	shares := 0.0
	for _, w := range d.workers {
		shares += w.share
	}
	whole := d.stints[d.slots[len(d.slots)-1]].end - d.stints[d.slots[0]].start
	average := float64(length) / float64(len(g.Slots))
	d.ideal = math.Max(1, float64(whole)*shares/float64(len(g.Slots))-average)
	d.absent = make([][]span, len(g.People))
	for _, a := range g.Absences {
		if p, ok := known[a.Person]; ok {
			d.absent[p] = append(d.absent[p], d.span(a.Start, a.End))
		}
	}
	for p := range d.absent {
		d.absent[p] = merged(d.absent[p])
	}
	return d
}

// count notes what each stint means to each person.
func (d *drafting) count(c *compiler, last time.Time, unit float64) {
	tables := kindTables{Unsocial: d.g.Unsocial, from: d.base, to: last, zones: c}
	columns := map[*kindTable][][measures]float64{}
	d.workers = make([]worker, len(d.g.People))
	for p, q := range d.g.People {
		t := tables.of(q)
		if columns[t] == nil {
			hours := make([][measures]float64, len(d.stints))
			for i, s := range d.stints {
				a := t.within(s.span)
				hours[i] = [measures]float64{a.total().Hours() / unit, a.of(isNight).Hours() / unit, a.of(isWeekend).Hours() / unit, a.of(isHoliday).Hours() / unit}
			}
			columns[t] = hours
		}
		d.workers[p] = worker{share: share(q), hours: columns[t]}
	}
}

// history is what each person did or does anyway, as stints that do not overlap:
// who had two roles at a time is busy once, in that which ends later.
func (d *drafting) history(known map[string]int, number func(string) int) [][]stint {
	out := make([][]stint, len(d.g.People))
	for _, h := range d.g.History {
		if p, ok := known[h.Person]; ok && !h.Shadow {
			out[p] = append(out[p], stint{span: d.span(h.Start, h.End), role: number(roleOf(h.Role)), fixed: true})
		}
	}
	for p, stints := range out {
		slices.SortStableFunc(stints, func(a, b stint) int {
			return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.role, b.role))
		})
		apart := stints[:0]
		for _, s := range stints {
			if n := len(apart); n > 0 && s.start < apart[n-1].end {
				if s.end > apart[n-1].end {
					apart[n-1].end, apart[n-1].role = s.end, s.role
				}
				continue
			}
			apart = append(apart, s)
		}
		out[p] = apart
	}
	return out
}

// span is a time within the search; what lies before or after it is cut.
func (d *drafting) span(from, to time.Time) span { return span{from.Sub(d.base), to.Sub(d.base)} }

// allowed reports whether neither an absence nor the caller keeps a person from a
// slot.
func (d *drafting) allowed(p, t int) bool {
	if d.slot[t] == nobody {
		return false
	}
	if _, ok := d.absence(p, t); ok {
		return false
	}
	s := d.g.Slots[d.slot[t]]
	return d.g.Eligible == nil || len(d.g.Eligible(d.g.People[p].Name, s.Role, s.Start, s.End)) == 0
}

// absence is a time in which the person is away and that overlaps a stint.
func (d *drafting) absence(p, t int) (span, bool) {
	s := d.stints[t]
	i, _ := slices.BinarySearchFunc(d.absent[p], s.start, func(a span, start time.Duration) int {
		if a.end <= start {
			return -1
		}
		return 1
	})
	if i < len(d.absent[p]) && d.absent[p][i].start < s.end {
		return d.absent[p][i], true
	}
	return span{}, false
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
