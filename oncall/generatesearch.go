package oncall

import (
	"context"
	"slices"
	"time"
)

// The search holds a whole assignment and changes it turn by turn. People and
// turns are numbered in it, people by name and turns by start.

// nobody holds a turn that is not filled.
const nobody = -1

// measures are what is shared: hours, and those of nights, weekends and holidays
// among them, in units of an average turn.
const measures = 4

// stint is a turn within the search, or something that somebody does anyway.
type stint struct {
	span
	role  int
	rank  int  // the place of its start among the starts of its role
	fixed bool // its holder does not change
}

// worker is one person within the search.
type worker struct {
	share float64
	hours [][measures]float64 // by stint
	load  [measures]float64
	held  []int // his stints, in order; no two overlap
}

// permit says whether a person may ever have a turn, whatever else he has.
type permit uint8

const (
	unasked permit = iota
	permitted
	refused
)

// search is the state of the generator.
type search struct {
	stints  []stint
	holder  []int
	workers []worker
	permits []permit // by person and stint
	ask     func(person, stint int) bool
	weights [measures]float64
	spacing float64
	handoff float64
	rest    time.Duration
	inRow   int
	ideal   float64 // the break from which spacing costs nothing, at share 1
	// away is a stint that a trial treats as given up, or nobody.
	away int
	// worth is what each stint adds to the cost of its holder's.
	worth []float64
	// trials is how much more may be weighed, and ctx may end it sooner.
	trials int
	ctx    context.Context
	err    error
}

// may reports whether nothing but the person's other turns keeps him from one.
func (s *search) may(p, t int) bool {
	at := p*len(s.stints) + t
	if s.permits[at] == unasked {
		s.permits[at] = refused
		if s.ask(p, t) {
			s.permits[at] = permitted
		}
	}
	return s.permits[at] == permitted
}

// around is which stints of p come before and after t, or nobody. Neither t nor
// the one that is away counts.
func (s *search) around(p, t int) (before, after int) {
	held := s.workers[p].held
	at, _ := slices.BinarySearch(held, t)
	before, after = nobody, nobody
	i := at - 1
	if i >= 0 && held[i] == s.away {
		i--
	}
	if i >= 0 {
		before = held[i]
	}
	for at < len(held) && (held[at] == s.away || held[at] == t) {
		at++
	}
	if at < len(held) {
		after = held[at]
	}
	return before, after
}

// row reports whether two stints of one person, a before b, are turns in a row:
// nothing lies between them, or b is the next turn of the same role.
func (s *search) row(a, b int) bool {
	x, y := &s.stints[a], &s.stints[b]
	return x.end == y.start || x.role == y.role && x.rank+1 == y.rank
}

// beside is why two stints cannot be one person's, a before b.
func (s *search) beside(a, b int) Rule {
	if a == nobody || b == nobody {
		return ""
	}
	switch gap := s.stints[b].start - s.stints[a].end; {
	case gap < 0:
		return RuleBusy
	case gap > 0 && gap < s.rest:
		return RuleRest
	}
	return ""
}

// fits is why p cannot have t beside what he holds, and beside which stint; the
// rule is empty if he can.
func (s *search) fits(p, t int) (Rule, int) {
	before, after := s.around(p, t)
	if r := s.beside(before, t); r != "" {
		return r, before
	}
	if r := s.beside(t, after); r != "" {
		return r, after
	}
	run := 1
	for x, y := t, before; y != nobody && s.row(y, x); run++ {
		if run == s.inRow {
			return RuleInRow, y
		}
		x = y
		y, _ = s.around(p, x)
	}
	for x, y := t, after; y != nobody && s.row(x, y); run++ {
		if run == s.inRow {
			return RuleInRow, y
		}
		x = y
		_, y = s.around(p, x)
	}
	return "", nobody
}

// added is how much the squares of what p has grow with t: the weighted squares
// of his hours by his share, whose sum is least where everybody's hours are as
// his share.
func (s *search) added(p, t int) float64 {
	cost := 0.0
	for k := range measures {
		cost += s.grown(p, t, k)
	}
	return cost
}

// grown is the part of one measure in added.
func (s *search) grown(p, t, k int) float64 {
	w := &s.workers[p]
	d := w.hours[t][k]
	if d == 0 {
		return 0
	}
	x := w.load[k]
	if s.holder[t] == p {
		x -= d
	}
	if s.away != nobody {
		x -= w.hours[s.away][k]
	}
	return s.weights[k] * d * (2*x + d) / w.share
}

// apart is what it costs that two stints follow each other: nothing from the
// ideal break on, below it the square of what is missing, and nothing for a
// handoff where one goes over into the other.
func (s *search) apart(p, a, b int) float64 {
	if a == nobody || b == nobody {
		return 0
	}
	gap := float64(s.stints[b].start - s.stints[a].end)
	if gap <= 0 {
		return -s.handoff
	}
	ideal := s.ideal / s.workers[p].share
	if gap >= ideal {
		return 0
	}
	missing := 1 - gap/ideal
	return s.spacing * missing * missing
}

// cost is how much dearer the whole is if p has t than if nobody has.
func (s *search) cost(p, t int) float64 {
	before, after := s.around(p, t)
	return s.added(p, t) + s.handoff + s.apart(p, before, t) + s.apart(p, t, after) - s.apart(p, before, after)
}

// give gives t to p.
func (s *search) give(p, t int) {
	w := &s.workers[p]
	at, _ := slices.BinarySearch(w.held, t)
	w.held = slices.Insert(w.held, at, t)
	s.holder[t] = p
	for k, h := range w.hours[t] {
		w.load[k] += h
	}
}

// take takes t from its holder, who is returned.
func (s *search) take(t int) int {
	p := s.holder[t]
	w := &s.workers[p]
	at, _ := slices.BinarySearch(w.held, t)
	w.held = slices.Delete(w.held, at, at+1)
	s.holder[t] = nobody
	for k, h := range w.hours[t] {
		w.load[k] -= h
	}
	return p
}

// free reports whether p may give up t: what lies around it must not clash
// where t joined it. Another stint that he gets for it counts.
func (s *search) free(p, t, gets int) bool {
	before, after := s.around(p, t)
	if gets != nobody && gets > before && (after == nobody || gets < after) {
		return true
	}
	return s.beside(before, after) == ""
}

// spend counts what was weighed and reports whether to go on.
func (s *search) spend(n int) bool {
	old := s.trials
	s.trials -= n
	if s.trials>>12 != old>>12 {
		s.err = s.ctx.Err()
	}
	return s.err == nil && s.trials > 0
}
