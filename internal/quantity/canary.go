package quantity

import "strings"

// ParseCanary reads the stages of a canary deployment: "10% traffic for 30
// mins", "1% for 10m, 10% for 30m, 100%", "1%/10m -> 10%/30m -> 100%", "5% then
// 25% then 100%, 15m each". Traffic is above zero, at most 100 %, and rises from
// stage to stage; a hold has a fixed length; "each" gives every stage the same
// hold and excludes any other. Nothing is added: a last stage of 100 % is there
// only if it was written. Errors are of type *Error.
func ParseCanary(s string) ([]Stage, error) {
	sc := scanner{in: s}
	if sc.begin("the stages of a canary", "10% for 30m, 100%") {
		if stages, ok := sc.canary(); ok {
			return stages, nil
		}
	}
	return nil, sc.fail
}

func (s *scanner) canary() ([]Stage, bool) {
	stages := make([]Stage, 0, 4)
	held := false // a stage before the last has a hold of its own
	for {
		start := s.pos
		stage, ok := s.stage()
		if !ok {
			return nil, false
		}
		if n := len(stages); n > 0 {
			if last := stages[n-1]; stage.Traffic.Cmp(last.Traffic) <= 0 {
				return nil, s.failAt(start, "more traffic than the "+last.Traffic.String()+" before it", stage.Traffic.String(), "put the stages in rising order")
			}
		}
		stages = append(stages, stage)
		if s.space(); s.take("each") {
			return s.each(stages, stage.Hold, held, start)
		}
		held = held || stage.Hold.IsSet()
		comma := s.takeSign(",")
		if s.atDuration() || match(s.in, s.pos, "for") >= 0 {
			start := s.pos
			s.take("for")
			d, ok := s.stageHold()
			if !ok {
				return nil, false
			}
			if s.space(); !s.take("each") {
				return nil, s.failAt(s.pos, `"each" after a hold for all stages`, s.token(), "write "+d.String()+" each")
			}
			return s.each(stages, d, held, start)
		}
		switch {
		case comma:
			_ = s.take("and then") || s.take("then")
		case s.takeSign("->"), s.takeSign("→"), s.take("then"), s.take("and then"):
		default:
			return stages, s.end(`a separator ("," or "->" or "then") or the end`)
		}
	}
}

// each gives every stage the hold d.
func (s *scanner) each(stages []Stage, d Duration, held bool, start int) ([]Stage, bool) {
	if held || !d.IsSet() {
		return nil, s.failAt(start, "no other hold beside \"each\"", s.in[start:s.pos], "give every stage its own hold, or none")
	}
	for i := range stages {
		stages[i].Hold = d
	}
	return stages, s.end("the end after \"each\"")
}

// stage reads ["traffic"] ratio [["of"] "traffic"] [("for"|"during"|"/"|"@") duration].
func (s *scanner) stage() (Stage, bool) {
	s.take("traffic")
	start := s.pos
	if !s.atNumber() {
		return Stage{}, s.failAt(s.pos, "a share of traffic such as 10%", s.token(), "write 10% for 30m")
	}
	f, ok := s.ratio()
	if !ok {
		return Stage{}, false
	}
	if f.Num == 0 {
		return Stage{}, s.failAt(start, "traffic above zero", s.in[start:s.pos], "write a share such as 1%, or remove the stage")
	}
	if text := s.in[start:s.pos]; f.Num == f.Den && strings.Contains(text, "/") {
		return Stage{}, s.failAt(start, "a percentage", text, "write 50% for an even split, 100% for all traffic")
	}
	s.space()
	if s.take("of") {
		s.take("the")
		if !s.take("traffic") {
			return Stage{}, s.failAt(s.pos, `"traffic" after "of"`, s.token(), "write 10% of traffic")
		}
	} else {
		s.take("traffic")
	}
	stage := Stage{Traffic: f}
	if s.takeSign("/") || s.takeSign("@") || s.take("for") || s.take("during") {
		stage.Hold, ok = s.stageHold()
	}
	return stage, ok
}

func (s *scanner) stageHold() (Duration, bool) {
	start := s.pos
	if s.atEnd() {
		return Duration{}, s.failAt(s.pos, "a hold such as 30m", "", "write for 30m")
	}
	d, ok := s.duration()
	if !ok {
		return d, false
	}
	_, ok = s.fixed(d, start, "a hold")
	return d, ok
}

// FormatCanary returns the canonical form of stages, which ParseCanary reads
// back: "1% for 10m, 10% for 30m, 100%".
func FormatCanary(stages []Stage) string {
	b := make([]byte, 0, 24*len(stages))
	for i, stage := range stages {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = stage.append(b)
	}
	return string(b)
}

// String returns the stage alone: "10% for 30m".
func (s Stage) String() string {
	var buf [48]byte
	return string(s.append(buf[:0]))
}

func (s Stage) append(b []byte) []byte {
	b = s.Traffic.append(b)
	if s.Hold.IsSet() {
		b = s.Hold.append(append(b, " for "...))
	}
	return b
}
