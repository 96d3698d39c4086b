package oncall

// run searches until no change helps, or its bound is reached. What is unfilled
// then is so because nobody can have it.
func (s *search) run() {
	s.fill()
	s.repair()
	for s.err == nil {
		s.improve()
		if !s.fill() { // what moved may have made room
			return
		}
	}
}

// fill gives every stint that is nobody's, in order, to whom it costs least, and
// reports whether it could for any.
func (s *search) fill() (filled bool) {
	for t := range s.stints {
		if s.stints[t].fixed || s.holder[t] != nobody {
			continue
		}
		if p := s.cheapest(t); p != nobody {
			s.give(p, t)
			filled = true
		}
		if s.spend(len(s.workers)); s.err != nil {
			return false
		}
	}
	return filled
}

// cheapest is who can have t at the least cost, the first by name among equals.
func (s *search) cheapest(t int) int {
	best, least := nobody, 0.0
	for p := range s.workers {
		if p == s.holder[t] || !s.may(p, t) {
			continue
		}
		if rule, _ := s.fits(p, t); rule != "" {
			continue
		}
		if c := s.cost(p, t); best == nobody || c < least {
			best, least = p, c
		}
	}
	return best
}

// repair gives turns that are nobody's to people who hand one of theirs on.
func (s *search) repair() {
	for t := range s.stints {
		if s.holder[t] != nobody || s.stints[t].fixed {
			continue
		}
		budget := 20 * (len(s.workers) + 1) * maxChain
		s.chain(t, maxChain, map[int]bool{t: true}, &budget)
		if s.err != nil {
			return
		}
	}
}

// maxChain is how many people may have to change for one turn.
const maxChain = 4

// chain fills t: by somebody who can have it, else by somebody who can have it
// once one turn of theirs is somebody else's.
func (s *search) chain(t, depth int, moved map[int]bool, budget *int) bool {
	*budget -= len(s.workers)
	if *budget < 0 || !s.spend(len(s.workers)) {
		return false
	}
	if p := s.cheapest(t); p != nobody {
		s.give(p, t)
		return true
	}
	if depth == 0 {
		return false
	}
	for p := range s.workers {
		if !s.may(p, t) {
			continue
		}
		_, other := s.fits(p, t)
		if other == nobody || s.stints[other].fixed || moved[other] || !s.free(p, other, t) {
			continue
		}
		s.take(other)
		if rule, _ := s.fits(p, t); rule == "" {
			s.give(p, t)
			moved[other] = true
			if s.chain(other, depth-1, moved, budget) {
				return true
			}
			delete(moved, other)
			s.take(t)
		}
		s.give(p, other)
	}
	return false
}

// gain is the least by which a change must make the whole cheaper, in squares of
// an average slot: what is smaller helps nobody, and without a least gain
// rounding could make two changes undo each other for ever.
const gain = 1e-4

// improve moves turns to other people and swaps turns between two, as long as
// the whole gets cheaper by it. Neither breaks a rule, and none leaves a turn
// unfilled.
func (s *search) improve() {
	s.worth = make([]float64, len(s.stints))
	for p := range s.workers {
		s.price(p)
	}
	for again := true; again; {
		again = s.move()
		for d := 1; d < len(s.stints); d++ {
			for t := 0; t+d < len(s.stints); t++ {
				again = s.swap(t, t+d) || again
			}
			if !s.spend(len(s.stints) - d) {
				return
			}
		}
		again = s.move() || again
	}
}

// price notes what each stint of p adds to the cost.
func (s *search) price(p int) {
	for _, t := range s.workers[p].held {
		s.worth[t] = s.cost(p, t)
	}
}

// move gives every turn to whom it makes the whole cheapest.
func (s *search) move() (changed bool) {
	for t := range s.stints {
		p := s.holder[t]
		if p == nobody || s.stints[t].fixed || !s.free(p, t, nobody) {
			continue
		}
		best, least := nobody, s.worth[t]-gain
		for q := range s.workers {
			if q == p || s.added(q, t)-s.handoff >= least || !s.may(q, t) {
				continue
			}
			if c := s.cost(q, t); c < least {
				if rule, _ := s.fits(q, t); rule == "" {
					best, least = q, c
				}
			}
		}
		if best != nobody {
			s.take(t)
			s.give(best, t)
			s.price(p)
			s.price(best)
			changed = true
		}
		if !s.spend(len(s.workers)) {
			return false
		}
	}
	return changed
}

// swap lets the holders of two turns change places if that makes the whole
// cheaper.
func (s *search) swap(t, u int) bool {
	p, q := s.holder[t], s.holder[u]
	if p == q || p == nobody || q == nobody || s.stints[t].fixed || s.stints[u].fixed {
		return false
	}
	limit := s.worth[t] + s.worth[u] - gain
	s.away = t
	first := s.added(p, u)
	s.away = u
	second := s.added(q, t)
	s.away = nobody
	// What spacing costs is not below minus a handoff each.
	if first+second-2*s.handoff >= limit || !s.may(p, u) || !s.may(q, t) {
		return false
	}
	s.trials -= 8
	s.away = t
	first = s.cost(p, u)
	rule, _ := s.fits(p, u)
	s.away = u
	second = s.cost(q, t)
	other, _ := s.fits(q, t)
	s.away = nobody
	if first+second >= limit || rule != "" || other != "" || !s.free(p, t, u) || !s.free(q, u, t) {
		return false
	}
	s.take(t)
	s.take(u)
	s.give(p, u)
	s.give(q, t)
	s.price(p)
	s.price(q)
	return true
}
