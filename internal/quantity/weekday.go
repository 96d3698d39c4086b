package quantity

import "time"

// week order, from Monday.
var weekOrder = [7]time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

var weekdayNames = []string{
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
	"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", // as misspellings go
}

// weekdayNamed returns the index in week order of a weekday: its English name,
// the plural, or its first letters, two at least.
func weekdayNamed(word string) (int, bool) {
	var buf [10]byte
	if len(word) < 2 || len(word) > len(buf) {
		return 0, false
	}
	for i := range len(word) {
		buf[i] = lower(word[i])
	}
	switch string(buf[:len(word)]) {
	case "mo", "mon", "monday", "mondays":
		return 0, true
	case "tu", "tue", "tues", "tuesday", "tuesdays":
		return 1, true
	case "we", "wed", "weds", "wednesday", "wednesdays":
		return 2, true
	case "th", "thu", "thur", "thurs", "thursday", "thursdays":
		return 3, true
	case "fr", "fri", "friday", "fridays":
		return 4, true
	case "sa", "sat", "saturday", "saturdays":
		return 5, true
	case "su", "sun", "sunday", "sundays":
		return 6, true
	}
	return 0, false
}

func (s *scanner) atWeekday() bool {
	word := letters(s.in, s.pos)
	_, ok := weekdayNamed(word)
	return ok && !inWord(s.in, s.pos+len(word))
}

// weekday reads the weekday that is next.
func (s *scanner) weekday() (int, bool) {
	word := letters(s.in, s.pos)
	day, ok := weekdayNamed(word)
	if !ok || inWord(s.in, s.pos+len(word)) {
		suggestion := "write Monday to Sunday"
		if name := nearest(word, weekdayNames); name != "" {
			suggestion = `did you mean "` + name + `"?`
		}
		return 0, s.failAt(s.pos, "a weekday", s.token(), suggestion)
	}
	s.pos += len(word)
	s.space()
	return day, true
}

// days reads the days of coverage: "Mon-Fri", "Sat,Sun", "Mon, Wed and Fri",
// "weekdays", "weekends". A range may pass the end of the week.
func (s *scanner) days() ([]time.Weekday, bool) {
	var set [7]bool
	count := 0
	for {
		start := s.pos
		first, last := 0, 0
		switch {
		case s.take("weekdays"):
			last = 4
		case s.take("weekends"), s.take("weekend"):
			first, last = 5, 6
		default:
			var ok bool
			if first, ok = s.weekday(); !ok {
				return nil, false
			}
			last = first
			if s.takeDash() {
				if last, ok = s.weekday(); !ok {
					return nil, false
				}
				if last == first {
					return nil, s.failAt(start, "a range of different days", s.in[start:s.pos], "write "+weekdayNames[first]+" or Mon-Sun")
				}
			}
		}
		for d := first; ; d = (d + 1) % 7 {
			if set[d] {
				return nil, s.failAt(start, "each day once", s.in[start:s.pos], "remove the second "+weekdayNames[d])
			}
			set[d] = true
			count++
			if d == last {
				break
			}
		}
		if !s.takeSign(",") && !s.take("and") {
			break
		}
		s.take("and")
	}
	days := make([]time.Weekday, 0, count)
	for i, in := range set {
		if in {
			days = append(days, weekOrder[i])
		}
	}
	return days, true
}

// appendDays prints days in week order: "Mon-Fri", "Sat,Sun", "Mon-Wed,Fri".
// Three or more in a row are a range.
func appendDays(b []byte, days []time.Weekday) []byte {
	var set [8]bool
	for _, d := range days {
		if d >= time.Sunday && d <= time.Saturday {
			set[(int(d)+6)%7] = true
		}
	}
	start := len(b)
	for i := 0; i < 7; i++ {
		if !set[i] {
			continue
		}
		last := i
		for set[last+1] {
			last++
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, weekdayNames[i][:3]...)
		if last > i+1 {
			b = append(append(b, '-'), weekdayNames[last][:3]...)
			i = last
		}
	}
	return b
}
