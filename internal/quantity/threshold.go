package quantity

import "time"

// ParseThreshold reads the right-hand side of a comparison: a duration
// ("100ms"), a ratio ("0.05%", "0.0005"), a rate ("5 errors/min", "200 rps",
// "100 req/s") or a plain number above 1 ("14.4"). A bare number up to 1 is a
// ratio. Calendar units are refused. Errors are of type *Error.
func ParseThreshold(s string) (Threshold, error) {
	sc := scanner{in: s}
	if sc.begin("a threshold", "100ms or 0.1%") {
		if sc.atComparator() {
			sc.failAt(sc.pos, "a threshold without a comparator", sc.rest(), "remove the comparator")
		}
		if t, n, ok := sc.threshold(unknownMetric); ok && sc.fail == nil && sc.end("the end after the threshold") {
			if t.Kind != NoThreshold {
				return t, nil
			}
			if t, ok = sc.bare(n, unknownMetric); ok {
				return t, nil
			}
		}
	}
	return Threshold{}, sc.fail
}

// atThreshold reports whether a threshold, perhaps a wrong one, is next.
func (s *scanner) atThreshold() bool {
	if s.atNumber() && (s.next() < '1' || s.next() > '5' || lower(s.peek(1)) != 'x' || lower(s.peek(2)) != 'x') {
		return true
	}
	if !isLetter(s.next()) {
		return false
	}
	if s.atDuration() {
		return true
	}
	t := scanner{in: s.in, pos: s.pos}
	_, ok := t.takeNines()
	return ok
}

// threshold reads a threshold. Its kind is NoThreshold for a bare number, which
// only the name of the metric can settle.
func (s *scanner) threshold(kind metricKind) (Threshold, number, bool) {
	if !s.atNumber() {
		switch {
		case s.atDuration():
			return s.durationThreshold()
		case isLetter(s.next()):
			if n, ok := s.takeNines(); ok {
				f, _ := allNines(n)
				return Threshold{Kind: RatioThreshold, Value: f}, number{}, true
			}
		}
		return Threshold{}, number{}, s.failAt(s.pos, "a threshold such as 100ms or 0.1%", s.token(), "")
	}
	start := s.pos
	n, ok := s.number()
	if !ok {
		return Threshold{}, n, false
	}
	f, sign, ok := s.ratioSign(n)
	switch {
	case !ok:
		return Threshold{}, n, false
	case sign:
		return Threshold{Kind: RatioThreshold, Value: f}, n, true
	}
	if s.atUnitNumberAt(start) {
		s.pos = start
		return s.durationThreshold()
	}
	if t, found, ok := s.rate(n, kind); found {
		return t, n, ok
	}
	if lower(s.next()) == 'x' && !inWord(s.in, s.pos+1) {
		n.factor = true
		s.pos++
	}
	return Threshold{}, n, s.unambiguous(n)
}

func (s *scanner) atUnitNumberAt(pos int) bool {
	t := scanner{in: s.in, pos: pos}
	return t.atUnitNumber()
}

func (s *scanner) durationThreshold() (Threshold, number, bool) {
	start := s.pos
	d, ok := s.duration()
	if !ok {
		return Threshold{}, number{}, false
	}
	fixed, ok := s.fixed(d, start, "a threshold")
	return Threshold{Kind: DurationThreshold, Duration: fixed}, number{}, ok
}

// fixed refuses calendar units where only a fixed length makes sense.
func (s *scanner) fixed(d Duration, start int, what string) (time.Duration, bool) {
	if d.Months == 0 {
		return d.Fixed, true
	}
	suggestion := "write days"
	if s.upperM > 0 {
		suggestion = "write m for minutes: M is the month"
	}
	return 0, s.failAt(start, what+" of fixed length", s.in[start:s.pos], suggestion)
}

// rate reads what makes a rate of the number n: "rps", "/min", "errors/min",
// "errors per hour". found is false, and nothing is consumed, without it.
func (s *scanner) rate(n number, kind metricKind) (t Threshold, found, ok bool) {
	back := s.pos
	s.space()
	t = Threshold{Kind: RateThreshold}
	per := time.Duration(0)
	switch {
	case s.take("rps"):
		t.Noun, per = "requests", time.Second
	case s.take("qps"):
		t.Noun, per = "queries", time.Second
	default:
		var buf [32]byte
		noun := s.metric(buf[:0], ' ')
		slash := s.next() == '/'
		if !s.takeSign("/") && !s.take("per") {
			s.pos = back
			return t, false, true
		}
		start := s.pos
		u, length, unit := s.atUnit()
		switch {
		case unit && u.months > 0 && len(noun) == 0:
			s.pos = back // "0.999 per month": a window
			return t, false, true
		case unit:
			s.pos += length
			per = u.length
			if u.months > 0 {
				return t, true, s.failAt(start, "a unit of fixed length", s.in[start:s.pos], "count per day")
			}
		case s.atUnitNumber() && kind != numberMetric && kindOf(string(noun)) != numberMetric:
			d, ok := s.duration()
			if !ok {
				return t, true, false
			}
			if per, ok = s.fixed(d, start, "a rate over a time"); !ok {
				return t, true, false
			}
		case slash && s.atUnitNumber():
			s.pos = back
			return t, false, true
		default:
			return t, true, s.unknownUnit()
		}
		switch string(noun) {
		case "req", "reqs", "request":
			t.Noun = "requests"
		case "query":
			t.Noun = "queries"
		case "error":
			t.Noun = "errors"
		default:
			t.Noun = string(noun)
		}
	}
	if !s.unambiguous(n) {
		return t, true, false
	}
	f, fits := n.fraction(0)
	if !fits {
		return t, true, s.outOfRange(n)
	}
	t.Value, t.Per = f, per
	return t, true, true
}

// bare settles what a bare number means for a metric of that kind.
func (s *scanner) bare(n number, kind metricKind) (Threshold, bool) {
	f, fits := n.fraction(0)
	text := s.in[n.start:n.end]
	switch {
	case !fits:
		return Threshold{}, s.outOfRange(n)
	case n.factor && kind != numberMetric:
		return Threshold{}, s.failAt(n.end, "a burn rate in front of the factor", s.in[n.end:n.end+1], "write burn_rate > "+text)
	case kind == durationMetric:
		return Threshold{}, s.noUnit(n)
	case kind == ratioMetric && f.Num > f.Den:
		return Threshold{}, s.failAt(n.end, "% after a number above 1", "", "write "+text+"%")
	case kind != numberMetric && f.Num <= f.Den:
		return Threshold{Kind: RatioThreshold, Value: f}, true
	}
	return Threshold{Kind: NumberThreshold, Value: f}, true
}

func (s *scanner) noUnit(n number) bool {
	text := s.in[n.start:n.end]
	suggestion := "write " + text + "ms or " + text + "s"
	if name := nearest(letters(s.in, skipSpace(s.in, n.end)), unitNames); name != "" {
		suggestion = `did you mean "` + name + `"?`
	}
	return s.failAt(n.end, "a unit after the number", s.tokenHere(), suggestion)
}

// String returns the canonical form, which ParseThreshold reads back: "100ms",
// "0.05%", "5 errors/min", "200 requests/s", "14.4". A threshold of no kind
// prints as "".
func (t Threshold) String() string {
	var buf [64]byte
	return string(t.append(buf[:0]))
}

func (t Threshold) append(b []byte) []byte {
	switch t.Kind {
	case DurationThreshold:
		return Duration{Fixed: t.Duration}.append(b)
	case RatioThreshold:
		return t.Value.append(b)
	case NumberThreshold:
		return appendNumber(b, t.Value)
	case RateThreshold:
		b = appendNumber(b, t.Value)
		if t.Noun != "" {
			b = append(append(b, ' '), t.Noun...)
		}
		b = append(b, '/')
		switch t.Per {
		case time.Second:
			return append(b, 's')
		case time.Minute:
			return append(b, "min"...)
		case time.Hour:
			return append(b, 'h')
		case day:
			return append(b, 'd')
		case week:
			return append(b, 'w')
		}
		return Duration{Fixed: t.Per}.append(b)
	}
	return b
}
