package quantity

// ParseObjective reads one promise in any of these forms:
//
//	99.9% over 30d               a target
//	at least 99.9% per month     the same, with a comparator
//	p95 latency < 100ms over 30d a quantile of a metric under a threshold
//	< 100ms at p95               the same
//	95% of requests < 100ms      the same
//	mean < 50ms, max < 2s        an aggregate
//	error rate < 0.01%           a bound
//	p99 < 0.01% for 99% over 30d a bound that holds in a share of slices
//
// A ratio behind ">=" or ">" is a target if it stands alone or its metric is an
// availability, an uptime or a success rate; behind "<" it is a bound. Strictness
// is kept: a target behind ">" has that Comparator, otherwise a target has none.
// What is readable but most likely a mistake ("p95 > 100ms") is for Warnings to
// tell. Errors are of type *Error.
func ParseObjective(s string) (Objective, error) {
	sc := scanner{in: s}
	if sc.begin("an objective", "99.9% over 30d or p95 < 100ms") {
		if o, ok := sc.objective(); ok && sc.end("the end of the objective") {
			return o, nil
		}
	}
	return Objective{}, sc.fail
}

func (s *scanner) objective() (Objective, bool) {
	switch {
	case s.atQuantile():
	case s.atComparator():
		return s.boundObjective(Objective{})
	case s.atThreshold():
		return s.shareObjective()
	}
	var o Objective
	if !s.subject(&o) {
		return o, false
	}
	if !s.atComparator() && isGood(o.Metric) && !o.quantified() && s.atThreshold() {
		f, ok := s.ratio()
		if !ok {
			return o, false
		}
		o.Target = f
		return s.objectiveWindow(o)
	}
	return s.boundObjective(o)
}

func (o Objective) quantified() bool { return o.Quantile.IsSet() || o.Aggregate != "" }

// subject reads [metric] quantile [metric] [":"].
func (s *scanner) subject(o *Objective) bool {
	var buf [64]byte
	name, colon := buf[:0], false
	for !s.atEnd() && !s.atComparator() {
		if s.atQuantile() {
			if o.quantified() {
				return s.failAt(s.pos, "one quantile", s.token(), "write two objectives")
			}
			f, ok := s.quantile()
			if !ok {
				return false
			}
			o.Quantile = f
			s.space()
			continue
		}
		if a := s.aggregateNext(); a != "" {
			if o.quantified() {
				return s.failAt(s.pos, "one quantile", s.token(), "write two objectives")
			}
			o.Aggregate = s.aggregate()
			continue
		}
		if !colon && s.takeSign(":") {
			colon = true
			continue
		}
		before := len(name)
		if name = s.metric(name, ' '); len(name) == before {
			break
		}
	}
	o.Metric = string(name)
	return true
}

// aggregateNext is the aggregate at the position, not consumed.
func (s *scanner) aggregateNext() string {
	if c := lower(s.next()); c != 'm' && c != 'a' {
		return ""
	}
	t := scanner{in: s.in, pos: s.pos}
	return t.aggregate()
}

// shareObjective reads what starts with a number: a target, or the share "of
// requests" that stays under a threshold.
func (s *scanner) shareObjective() (Objective, bool) {
	start := s.pos
	if s.atDuration() {
		d, ok := s.duration()
		if !ok {
			return Objective{}, false
		}
		return Objective{}, s.failAt(start, "a ratio, or a comparator before the duration", s.in[start:s.pos], "write < "+d.String())
	}
	f, ok := s.ratio()
	if !ok {
		t := scanner{in: s.in, pos: start}
		if v, _, ok := t.threshold(unknownMetric); ok && v.Kind == RateThreshold {
			*s = t
			return Objective{}, s.failAt(start, "a comparator before the rate", s.in[start:s.pos], "write <= "+v.String())
		}
		return Objective{}, false
	}
	s.space()
	return s.afterShare(Objective{}, f)
}

// afterShare reads what follows the ratio f: "of requests < 100ms", "< 100ms",
// or the window of a target.
func (s *scanner) afterShare(o Objective, f Fraction) (Objective, bool) {
	start := s.pos
	requests := s.take("of requests") || s.take("of all requests")
	atSign := s.atSign() > 0
	if cmp, _, ok := s.atPhrase(); !requests && !atSign && (!ok || cmp == Greater) {
		return s.target(o, f)
	}
	if f.Num == 0 {
		return o, s.failAt(start, "a share above zero", s.rest(), "write 95% of requests < 100ms")
	}
	o.Quantile = f
	if requests && (s.take("within") || s.take("in")) {
		o.Comparator = LessEqual
		return s.thresholdOf(o)
	}
	if !s.atComparator() {
		return o, s.failAt(s.pos, "a comparator and a duration after \"of requests\"", s.token(), "write < 100ms")
	}
	start = s.pos
	if o, ok := s.boundObjective(o); !ok || o.Threshold.Kind == DurationThreshold {
		return o, ok
	}
	return o, s.failAt(start, "a comparator with a duration", s.in[start:s.pos], "write < 100ms")
}

// target reads what follows a plain ratio: the name of what is good, a window.
func (s *scanner) target(o Objective, f Fraction) (Objective, bool) {
	o.Target = f
	if start := s.pos; o.Metric == "" && isLetter(s.next()) && !s.atWindow() {
		if s.take("for") && s.atDuration() {
			return o, s.failAt(start, "a window after the target", s.in[start:], "write over "+s.rest())
		}
		s.pos = start
		var buf [64]byte
		if name := s.metric(buf[:0], ' '); isGood(string(name)) {
			o.Metric = string(name)
		} else {
			s.pos = start
		}
	}
	return s.objectiveWindow(o)
}

// boundObjective reads cmp threshold ["at" quantile] ["for" ratio] [window].
func (s *scanner) boundObjective(o Objective) (Objective, bool) {
	if !s.atComparator() {
		suggestion := "write < or <= before the threshold"
		switch {
		case isGood(o.Metric):
			suggestion = "write " + o.Metric + " >= 99.9%"
		case s.atEnd():
			suggestion = "write p95 < 100ms"
		}
		return o, s.failAt(s.pos, "a comparator", s.token(), suggestion)
	}
	cmp, ok := s.comparator()
	if !ok {
		return o, false
	}
	o.Comparator = cmp
	return s.thresholdOf(o)
}

func (s *scanner) thresholdOf(o Objective) (Objective, bool) {
	start := s.pos
	kind := kindOf(o.Metric)
	t, n, ok := s.threshold(kind)
	if !ok {
		return o, false
	}
	if t.Kind == NoThreshold {
		if f, fits := n.fraction(0); kind == unknownMetric && o.Metric == "" && fits && f.Num > f.Den {
			if o.Comparator == GreaterEqual && !o.quantified() {
				_, ok := s.bareRatio(n)
				return o, ok
			}
			return o, s.noUnit(n)
		}
		if t, ok = s.bare(n, kind); !ok {
			return o, false
		}
	}
	if !s.fitsMetric(t, kind, start) {
		return o, false
	}
	s.space()
	if more := o.Comparator == GreaterEqual || o.Comparator == Greater; more && t.Kind == RatioThreshold && !o.quantified() && (o.Metric == "" || isGood(o.Metric)) {
		if o.Comparator == GreaterEqual {
			o.Comparator = ""
			if o.Metric == "" && (match(s.in, s.pos, "of") >= 0 || s.atSign() > 0) {
				return s.afterShare(o, t.Value)
			}
		}
		o.Target = t.Value
		return s.objectiveWindow(o)
	}
	o.Threshold = t
	if s.take("at") {
		s.take("the")
		if o.quantified() || !s.atQuantile() {
			return o, s.failAt(s.pos, "one quantile", s.token(), "write < 100ms at p95")
		}
		if o.Quantile, ok = s.quantile(); !ok {
			return o, false
		}
		s.space()
	}
	for !o.For.IsSet() && s.take("for") {
		if s.atDuration() {
			return o, s.failAt(s.pos, "a share such as 99% after \"for\"", s.token(), "write over "+s.rest()+" for a window")
		}
		start := s.pos
		f, ok := s.ratio()
		if !ok {
			return o, false
		}
		s.space()
		if !o.quantified() && (s.take("of requests") || s.take("of all requests")) {
			if f.Num == 0 {
				return o, s.failAt(start, "a share above zero", s.in[start:s.pos], "write for 95% of requests")
			}
			o.Quantile = f
			continue
		}
		_ = s.take("of slices") || s.take("of the time")
		o.For = f
	}
	return s.objectiveWindow(o)
}

// fitsMetric refuses a time for a share and a share for a time.
func (s *scanner) fitsMetric(t Threshold, kind metricKind, start int) bool {
	switch {
	case kind == ratioMetric && t.Kind == DurationThreshold:
		return s.failAt(start, "a ratio for this metric", s.in[start:s.pos], "write 0.1%")
	case kind == durationMetric && t.Kind == RatioThreshold:
		return s.failAt(start, "a duration for this metric", s.in[start:s.pos], "write 100ms")
	}
	return true
}

func (s *scanner) objectiveWindow(o Objective) (Objective, bool) {
	s.space()
	if !s.atWindow() {
		return o, true
	}
	w, ok := s.window()
	o.Window = w
	return o, ok
}

// String returns the canonical form, which ParseObjective reads back:
// "99.9% over 30d", "p95 latency < 100ms", "error rate < 0.01% for 99%". An
// objective without target and threshold prints as "".
func (o Objective) String() string {
	var buf [128]byte
	b := buf[:0]
	switch {
	case o.Target.IsSet():
		switch {
		case o.Comparator == Greater && o.Metric != "":
			b = append(append(b, o.Metric...), " > "...)
		case o.Comparator == Greater:
			b = append(b, "> "...)
		case o.Metric != "":
			b = append(append(b, o.Metric...), " >= "...)
		}
		b = o.Target.append(b)
	case o.Threshold.Kind != NoThreshold:
		b = appendSubject(b, o.Quantile, o.Aggregate, o.Metric)
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(append(append(b, o.Comparator...), ' '), o.Threshold.String()...)
		if o.Quantile.IsSet() && len(appendQuantile(nil, o.Quantile)) == 0 {
			b = append(o.Quantile.append(append(b, " for "...)), " of requests"...)
		}
		if o.For.IsSet() {
			b = o.For.append(append(b, " for "...))
		}
	}
	if o.Window.IsSet() {
		b = o.Window.append(append(b, ' '))
	}
	return string(b)
}

// appendSubject prints "p95 latency", "max latency", "error rate" or nothing.
func appendSubject(b []byte, quantile Fraction, aggregate, metric string) []byte {
	before := len(b)
	b = appendQuantile(b, quantile)
	b = append(b, aggregate...)
	if len(b) > before && metric != "" {
		b = append(b, ' ')
	}
	return append(b, metric...)
}
