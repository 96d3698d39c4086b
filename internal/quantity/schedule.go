package quantity

import (
	"net/url"
	"strings"
)

// ParseSchedule reads an on-call rhythm:
//
//	weekly, daily, fortnightly, every 2 weeks, 12h     a rotation
//	weekly on Monday at 09:00 Europe/Berlin            with its handoff
//	every other Tuesday at 2:30pm                      the same
//	Mon-Fri 09:00-17:00, weekends, daily 20:00-08:00   coverage
//	24x7, follow-the-sun, https://…                    named forms
//
// A rotation takes the largest unit that fits: 7d is one week, 24h one day. A
// weekday needs a rotation in weeks. A zone is checked by its shape only, not
// looked up. "biweekly" is read as every 2 weeks, with a warning. Errors are of
// type *Error.
func ParseSchedule(s string) (Schedule, error) {
	sc := scanner{in: s}
	if sc.begin("a schedule", "weekly on Monday at 09:00 UTC") {
		if v, ok := sc.schedule(); ok && sc.end("the end of the schedule") {
			return v, nil
		}
	}
	return Schedule{}, sc.fail
}

// scheduleWords are what a misspelt first word is compared with.
var scheduleWords = []string{
	"weekly", "daily", "hourly", "monthly", "quarterly", "fortnightly", "every", "weekdays", "weekends",
	"follow-the-sun", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
}

func (s *scanner) schedule() (Schedule, bool) {
	var v Schedule
	switch {
	case s.atLink():
		return s.link()
	case s.take("24x7x365"), s.take("24/7/365"), s.take("24x7"), s.take("24/7"), s.takeSign("24×7"), s.take("always"):
		v.Always = true
		return v, true
	case s.take("follow-the-sun"), s.take("follow the sun"):
		v.FollowTheSun = true
		return v, true
	case s.atWeekday(), match(s.in, s.pos, "weekdays") >= 0, match(s.in, s.pos, "weekends") >= 0, match(s.in, s.pos, "weekend") >= 0:
		return s.coverage(v)
	}
	if !s.rotation(&v) {
		return v, false
	}
	return s.handoff(v)
}

// atLink reports whether the text up to the next white space holds "://".
func (s *scanner) atLink() bool { return isLetter(s.next()) && strings.Contains(s.token(), "://") }

func (s *scanner) link() (Schedule, bool) {
	text := s.token()
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return Schedule{}, s.failAt(s.pos, "a link with a host", text, "write https://host/path")
	case u.Scheme != "https" && u.Scheme != "http":
		return Schedule{}, s.failAt(s.pos, "an https or http link", text, "write https://host/path")
	case u.User != nil:
		return Schedule{}, s.failAt(s.pos, "a link without a user or password", "", "remove what stands before the @")
	}
	s.pos += len(text)
	return Schedule{URL: text}, true
}

// handoff reads [["on"] weekday] [["at"] clock] [zone] behind a rotation, and
// the hours of "daily 09:00-17:00".
func (s *scanner) handoff(v Schedule) (Schedule, bool) {
	s.space()
	on := s.take("on")
	if start := s.pos; on || s.atWeekday() {
		day, ok := s.weekday()
		switch {
		case !ok:
			return v, false
		case v.Unit != "week":
			return v, s.failAt(start, "a weekday only with a rotation in weeks", weekdayNames[day], "write weekly on "+weekdayNames[day])
		}
		v.Weekday, v.HasDay = weekOrder[day], true
	}
	at := s.take("at")
	from := !at && s.take("from")
	if at || from || s.atClock() {
		clock, ok := s.clock(false)
		if !ok {
			return v, false
		}
		s.space()
		v.At = clock
		if !at && !on && v.Unit == "day" && v.Every == 1 && s.takeDash() {
			v.At, v.From = "", clock
			if v.To, ok = s.clock(true); !ok {
				return v, false
			}
		} else if from {
			return v, s.failAt(s.pos, "the end of the hours", s.token(), "write from 09:00 to 17:00")
		}
	}
	return s.inZone(v)
}

// coverage reads days [clock "-" clock] [zone].
func (s *scanner) coverage(v Schedule) (Schedule, bool) {
	days, ok := s.days()
	if !ok {
		return v, false
	}
	v.Unit, v.Every, v.Days = "week", 1, days
	from := s.take("from")
	if from || s.atClock() {
		if v.From, ok = s.clock(false); !ok {
			return v, false
		}
		s.space()
		if !s.takeDash() {
			day := weekdayNames[(int(days[0])+6)%7]
			return v, s.failAt(s.pos, "the end of the hours", s.token(), "write -17:00, or weekly on "+day+" at "+v.From+" for a handoff")
		}
		if v.To, ok = s.clock(true); !ok {
			return v, false
		}
	}
	return s.inZone(v)
}

// inZone reads the zone if one follows.
func (s *scanner) inZone(v Schedule) (Schedule, bool) {
	spaced := s.space() || s.pos > 0 && s.in[s.pos-1] == ' '
	if s.atEnd() {
		return v, true
	}
	if v.At == "" && v.From == "" || !isLetter(s.next()) {
		if !s.atZone() {
			suggestion := "remove " + quoted(s.rest())
			switch name := nearest(letters(s.in, s.pos), weekdayNames); {
			case name != "":
				suggestion = `did you mean "` + name + `"?`
			case v.At != "" && s.next() == '-' && !spaced:
				suggestion = "write daily " + v.At + s.token() + " for hours of coverage"
			case s.next() == '+' || s.next() == '-':
				suggestion = "write a zone such as Europe/Berlin: an offset knows no summer time"
			}
			return v, s.failAt(s.pos, "a weekday, a clock, a time zone or the end", s.rest(), suggestion)
		}
	}
	zone, ok := s.zone()
	v.Zone = zone
	return v, ok
}

// atZone reports whether a zone, perhaps a wrong one, is next.
func (s *scanner) atZone() bool {
	name := s.token()
	return strings.Contains(name, "/") || strings.EqualFold(name, "UTC") || strings.EqualFold(name, "GMT") || zoneOf(name) != ""
}

// String returns the canonical form, which ParseSchedule reads back (warnings
// apart): "weekly on Monday at 09:00 Europe/Berlin", "every 2 weeks", "Mon-Fri
// 09:00-17:00", "24x7", "follow-the-sun" or the link.
func (s Schedule) String() string {
	switch {
	case s.URL != "":
		return s.URL
	case s.Always:
		return "24x7"
	case s.FollowTheSun:
		return "follow-the-sun"
	}
	var buf [96]byte
	b := buf[:0]
	if len(s.Days) > 0 {
		b = appendDays(b, s.Days)
	} else {
		b = appendRotation(b, s.Unit, s.Every)
	}
	if s.HasDay {
		b = append(append(b, " on "...), s.Weekday.String()...)
	}
	if s.At != "" {
		b = append(append(b, " at "...), s.At...)
	}
	if s.From != "" {
		b = append(append(append(append(b, ' '), s.From...), '-'), s.To...)
	}
	if s.Zone != "" {
		b = append(append(b, ' '), s.Zone...)
	}
	return string(b)
}
