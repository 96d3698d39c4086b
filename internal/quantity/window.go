package quantity

// ParseWindow reads the window of an objective: "over 30 days", "in 4w",
// "over a rolling 30 day window", "(28d)", "30d", "per month", "quarterly",
// "over a calendar quarter". A length is rolling, the bare name of a unit (day,
// week, month, quarter, year) is a period of the calendar. Errors are of type
// *Error.
func ParseWindow(s string) (Window, error) {
	sc := scanner{in: s}
	if sc.begin("a window", "30d") {
		if w, ok := sc.anyWindow(); ok && sc.durationEnd() {
			return w, nil
		}
	}
	return Window{}, sc.fail
}

// anyWindow reads a window with or without a preposition.
func (s *scanner) anyWindow() (Window, bool) {
	if s.atWindow() {
		return s.window()
	}
	return s.windowLength(false)
}

// The adverbs that name a calendar period.
var periods = [...]struct {
	adverb, noun string
	length       Duration
}{
	{"monthly", "month", Duration{Months: 1}},
	{"quarterly", "quarter", Duration{Months: 3}},
	{"yearly", "year", Duration{Months: 12}},
	{"annually", "year", Duration{Months: 12}},
	{"weekly", "week", Duration{Fixed: week}},
	{"daily", "day", Duration{Fixed: day}},
}

// atWindow reports whether a window starts here, by its first word.
func (s *scanner) atWindow() bool {
	switch s.next() {
	case '(', '/':
		return true
	}
	for _, word := range [...]string{"over", "in", "per", "within", "rolling", "calendar"} {
		if match(s.in, s.pos, word) >= 0 {
			return true
		}
	}
	for _, p := range periods {
		if match(s.in, s.pos, p.adverb) >= 0 {
			return true
		}
	}
	return false
}

// window reads a window that starts with a preposition, a bracket or an adverb.
func (s *scanner) window() (Window, bool) {
	for _, p := range periods {
		if s.take(p.adverb) {
			return Window{p.length, true}, true
		}
	}
	if s.takeSign("(") {
		w, ok := s.windowLength(false)
		if !ok {
			return w, false
		}
		if s.space(); !s.takeSign(")") {
			return w, s.failAt(s.pos, ")", s.token(), "close the bracket")
		}
		return w, true
	}
	per := s.takeSign("/") || s.take("per")
	if !per {
		_ = s.take("over") || s.take("in") || s.take("within")
	}
	return s.windowLength(per)
}

// windowLength reads what follows the preposition.
func (s *scanner) windowLength(per bool) (Window, bool) {
	start := s.pos
	if s.atEnd() {
		return Window{}, s.failAt(s.pos, "a length of time", "", "write over 30d or per month")
	}
	if match(s.in, s.pos, "half") >= 0 {
		d, ok := s.duration()
		return Window{Length: d}, ok
	}
	the := s.take("the")
	article := the || s.take("an") || s.take("a")
	rolling, calendar := s.take("rolling"), false
	if !rolling {
		calendar = s.take("calendar")
	}
	var w Window
	if u, length, ok := s.atUnit(); ok && !s.atISO() {
		w.Length = Duration{u.months, u.length}
		if the && !rolling && !calendar {
			return w, s.failAt(start, "a rolling or a calendar window", s.in[start:s.pos+length], "write over "+w.Length.String()+", or per month")
		}
		w.Calendar = !rolling && (calendar || per || !article)
		if w.Calendar && w.period() == "" {
			return w, s.failAt(s.pos, "day, week, month, quarter or year", s.token(), "write over "+w.Length.String())
		}
		s.pos += length
	} else {
		if !s.atNumber() && !s.atISO() {
			return w, s.failAt(s.pos, "a length of time or a calendar period", s.token(), "write over 30d or per month")
		}
		d, ok := s.duration()
		if !ok {
			return w, false
		}
		w.Length, w.Calendar = d, calendar
	}
	s.afterLength(&w, rolling || calendar)
	if w.Calendar && w.period() == "" {
		return w, s.failAt(start, "a calendar day, week, month, quarter or year", s.in[start:s.pos], "write over "+w.Length.String())
	}
	return w, true
}

// afterLength reads the words that may follow: "30 day rolling window".
func (s *scanner) afterLength(w *Window, settled bool) {
	back := s.pos
	s.space()
	if !settled {
		if s.take("rolling") {
			w.Calendar = false
			back = s.pos
		} else if s.take("calendar") {
			w.Calendar = true
			back = s.pos
		}
	}
	if !s.take("window") {
		s.pos = back
	}
}

// period is the noun for the calendar period of that length, or "".
func (w Window) period() string {
	for _, p := range periods {
		if p.length == w.Length {
			return p.noun
		}
	}
	return ""
}

// IsSet reports whether a window was given.
func (w Window) IsSet() bool { return w.Length.IsSet() }

// String returns the canonical form, which ParseWindow reads back: "over 30d"
// for a rolling window, "per month" for a calendar period, "" for none.
func (w Window) String() string {
	var buf [48]byte
	return string(w.append(buf[:0]))
}

func (w Window) append(b []byte) []byte {
	if !w.IsSet() {
		return b
	}
	if !w.Calendar {
		return w.Length.append(append(b, "over "...))
	}
	if p := w.period(); p != "" {
		return append(append(b, "per "...), p...)
	}
	return w.Length.append(append(b, "over calendar "...))
}
