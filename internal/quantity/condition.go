package quantity

// ParseCondition reads an alert or rollback condition: "0.1% error rate for
// 5m", "error_rate > 0.1% for 5m", "p95 > 200ms", "burn rate > 14.4 over 1h",
// "5 errors/min". Without a comparator ">" is meant and Implicit is set. The
// metric becomes an identifier: lower case, words joined by underscores; errors
// measured as a ratio are error_rate. A hold has a fixed length. Errors are of
// type *Error.
func ParseCondition(s string) (Condition, error) {
	sc := scanner{in: s}
	if sc.begin("a condition", "0.1% error rate for 5m") {
		if c, ok := sc.condition(); ok && sc.end("a hold such as \"for 5m\" or the end") {
			return c, nil
		}
	}
	return Condition{}, sc.fail
}

func (c Condition) quantified() bool { return c.Quantile.IsSet() || c.Aggregate != "" }

func (s *scanner) condition() (Condition, bool) {
	c := Condition{Comparator: Greater, Implicit: true}
	var buf [64]byte
	name, ok := s.conditionSubject(&c, buf[:0])
	if !ok {
		return c, false
	}
	if len(name) > 0 || c.quantified() {
		s.takeSign(":")
	}
	if s.atComparator() {
		c.Implicit = false
		if c.Comparator, ok = s.comparator(); !ok {
			return c, false
		}
	}
	start := s.pos
	if !s.atThreshold() {
		return c, s.failAt(s.pos, "a threshold such as 0.1% or 200ms", s.token(), "write 0.1% error rate for 5m")
	}
	t, n, ok := s.threshold(kindOf(string(name)))
	if !ok {
		return c, false
	}
	end := s.pos
	s.space()
	if len(name) == 0 {
		s.take("at")
		if name, ok = s.conditionSubject(&c, name); !ok {
			return c, false
		}
	}
	hold := s.pos
	s.pos = end // where what is wrong with the threshold is to be reported
	if t.Kind == NoThreshold {
		if t, ok = s.bareCondition(c, n, name); !ok {
			return c, false
		}
	}
	c.Threshold = t
	c.Metric = identifier(name, t.Kind)
	if !s.fitsMetric(t, kindOf(c.Metric), start) {
		return c, false
	}
	s.pos = hold
	c.Hold, ok = s.hold()
	return c, ok
}

// bareCondition settles a bare number by the metric that was named.
func (s *scanner) bareCondition(c Condition, n number, name []byte) (Threshold, bool) {
	kind := kindOf(string(name))
	text := s.in[n.start:n.end]
	f, fits := n.fraction(0)
	switch {
	case inWord(s.in, n.end) && !n.factor:
		return Threshold{}, s.failAt(n.end, "a unit after the number, or white space", s.tokenHere(), "write the metric first")
	case !fits || f.Num <= f.Den || kind != unknownMetric || n.factor:
		return s.bare(n, kind)
	case len(name) == 0 && c.quantified():
		return Threshold{}, s.noUnit(n)
	case len(name) == 0:
		return Threshold{}, s.failAt(n.end, "a unit after the number", s.tokenHere(),
			"write "+text+"%, "+text+"ms, or the metric: burn_rate > "+text)
	}
	// A word behind the number may be a misspelt unit rather than a metric.
	at := skipSpace(s.in, n.end)
	word := letters(s.in, at)
	if unit := nearest(word, unitNames); len(word) > 2 && unit != "" && distance(word, unit) == 1 {
		return Threshold{}, s.failAt(at, "a unit of time or a metric", word,
			`did you mean "`+unit+`"? For a metric write `+string(name)+" > "+text)
	}
	return s.bare(n, kind)
}

// conditionSubject reads a metric, a quantile or an aggregate, in any order,
// and appends the metric to name.
func (s *scanner) conditionSubject(c *Condition, name []byte) ([]byte, bool) {
	for !s.atEnd() && !s.atComparator() {
		switch {
		case s.atQuantile():
			if c.quantified() {
				return name, s.failAt(s.pos, "one quantile", s.token(), "write two conditions")
			}
			f, ok := s.quantile()
			if !ok {
				return name, false
			}
			c.Quantile = f
			s.space()
			continue
		case s.aggregateNext() != "":
			if c.quantified() {
				return name, s.failAt(s.pos, "one quantile", s.token(), "write two conditions")
			}
			c.Aggregate = s.aggregate()
			continue
		case len(name) == 0 && s.atThreshold():
			return name, true
		}
		before := len(name)
		if name = s.metric(name, '_'); len(name) == before {
			break
		}
	}
	return name, true
}

// hold reads [("for"|"over"|"during"|"/") duration | "(" duration ")"].
func (s *scanner) hold() (Duration, bool) {
	bracket := s.takeSign("(")
	if !bracket && !s.takeSign("/") && !s.take("for") && !s.take("over") && !s.take("during") {
		return Duration{}, true
	}
	start := s.pos
	if !s.atDuration() {
		if s.atNumber() {
			_, ok := s.duration()
			return Duration{}, ok
		}
		return Duration{}, s.failAt(s.pos, "a hold such as 5m", s.token(), "write for 5m")
	}
	d, ok := s.duration()
	if !ok {
		return d, false
	}
	if _, ok := s.fixed(d, start, "a hold"); !ok {
		return d, false
	}
	if bracket {
		if s.space(); !s.takeSign(")") {
			return d, s.failAt(s.pos, ")", s.token(), "close the bracket")
		}
	}
	return d, true
}

// String returns the canonical form, which ParseCondition reads back:
// "error_rate > 0.1% for 5m"; without a comparator if c is Implicit: "0.1%
// error_rate for 5m", "p95 latency 200ms". A condition without a threshold
// prints as "".
func (c Condition) String() string {
	if c.Threshold.Kind == NoThreshold {
		return ""
	}
	var buf [128]byte
	b := buf[:0]
	// In front of the threshold "max" would be a comparator, and behind a number
	// without a sign of its own ("14.4", "1/3") a metric might be a unit.
	_, _, percent := c.Threshold.Value.Decimal()
	percent = percent && c.Threshold.Kind == RatioThreshold && !c.Quantile.IsSet()
	if c.Implicit && (percent || c.Aggregate != "") {
		b = append(c.Threshold.append(b), ' ')
		before := len(b)
		if b = appendSubject(b, Fraction{}, c.Aggregate, c.Metric); len(b) == before {
			b = b[:before-1]
		}
	} else {
		b = appendSubject(b, c.Quantile, c.Aggregate, c.Metric)
		if len(b) > 0 {
			b = append(b, ' ')
		}
		if !c.Implicit {
			b = append(append(b, c.Comparator...), ' ')
		}
		b = c.Threshold.append(b)
	}
	if c.Hold.IsSet() {
		b = c.Hold.append(append(b, " for "...))
	}
	return string(b)
}
