package oncall

import "time"

const (
	daySeconds  = 86400
	weekSeconds = 7 * daySeconds
	// monday is the wall time of a Monday's midnight: 1969-12-29.
	monday = -3 * daySeconds
)

// turns is the arithmetic of a rotation: turn n lasts from bound(n) to
// bound(n+1), both wall times. Turn 0 is the first.
type turns struct {
	unit  Unit
	every int64
	step  int64   // seconds of a turn; 0 where turns are not of one length
	zero  int64   // wall time at which turn 0 would begin; the start may lie after it
	clock int64   // seconds after midnight of a handoff
	days  []int64 // with counted days: days of the week, 0 is zero's day of the week, ascending
	month int64   // months since January of year 0 of turn 0
	day   int64   // of the month
}

// newTurns prepares a rotation of which everything has been checked.
func newTurns(r Rotation, start int64) turns {
	t := turns{unit: r.Unit, every: int64(max(r.Every, 1)), zero: start, clock: mod(start, daySeconds)}
	today := start - t.clock
	weekday := time.Weekday(mod(today/daySeconds+4, 7)) // 1970-01-01 was a Thursday
	switch r.Unit {
	case Hour:
		t.step = t.every * 3600
	case Day:
		if r.Days == 0 || r.Days == AllDays {
			t.step = t.every * daySeconds
			break
		}
		for !r.Days.Has(weekday) {
			weekday = (weekday + 1) % 7
			today += daySeconds
		}
		t.zero = today + t.clock
		for d := range time.Weekday(7) {
			if r.Days.Has((weekday + d) % 7) {
				t.days = append(t.days, int64(d))
			}
		}
	case Week:
		t.step = t.every * weekSeconds
		for r.Days != 0 && !r.Days.Has(weekday) {
			weekday = (weekday + 6) % 7
			t.zero -= daySeconds
		}
	case Month, Quarter:
		if r.Unit == Quarter {
			t.every *= 3
		}
		t.month, t.day = dateOf(floor(start, daySeconds))
		if r.MonthDay != 0 {
			t.day = int64(r.MonthDay)
			if t.bound(0) > start {
				t.month--
			}
		}
		t.zero = t.bound(0)
	}
	return t
}

// bound is the wall time at which turn n begins.
func (t *turns) bound(n int64) int64 {
	switch {
	case t.step != 0:
		return t.zero + n*t.step
	case t.days != nil:
		k := int64(len(t.days))
		day := n * t.every
		return t.zero + floor(day, k)*weekSeconds + t.days[mod(day, k)]*daySeconds
	case t.day != 0:
		month := t.month + n*t.every
		return (firstOf(month)+t.handoff(month)-1)*daySeconds + t.clock
	}
	if n > 0 {
		return forever
	}
	return beginning
}

// number is the turn that holds a wall time.
func (t *turns) number(w int64) int64 {
	switch {
	case t.step != 0:
		return floor(w-t.zero, t.step)
	case t.days != nil:
		weeks, day := floor(w-t.zero, weekSeconds), mod(w-t.zero, weekSeconds)/daySeconds
		counted := weeks * int64(len(t.days))
		for _, d := range t.days[1:] {
			if d <= day {
				counted++
			}
		}
		return floor(counted, t.every)
	case t.day != 0:
		today := floor(w, daySeconds)
		month, day := dateOf(today)
		n := floor(month-t.month, t.every)
		if month == t.month+n*t.every { // in which a turn passes on
			if on := t.handoff(month); day < on || day == on && w-today*daySeconds < t.clock {
				n--
			}
		}
		return n
	}
	return 0
}

// handoff is the day of a month on which turns pass on, the last one of a month
// that is too short.
func (t *turns) handoff(month int64) int64 {
	if t.day <= 28 {
		return t.day
	}
	return min(t.day, firstOf(month+1)-firstOf(month))
}

// Months are counted from January of year 0, days from 1970-01-01. A year that
// begins in March has its leap day last, and its months from March have
// (153 m + 2)/5 days before them (Hinnant, chrono-compatible low-level date
// algorithms, 2021).

// firstOf is the first day of a month.
func firstOf(month int64) int64 {
	march := month - 2 // months since March of year 0
	year, m := floor(march, 12), mod(march, 12)
	return year*365 + floor(year, 4) - floor(year, 100) + floor(year, 400) + (153*m+2)/5 - 719468
}

// eras is a number of 400 years by which days are moved to be positive, whatever
// the wall time, because dividing what has no sign costs half as much.
const eras = 300_000_000

// dateOf is the month that holds a day, and the day's number in it, from 1.
func dateOf(day int64) (month, number int64) {
	since := uint64(day + 719468 + eras*146097) // March 1 of a year 0
	era := since / 146097
	of := since - era*146097 // of 400 years
	year := (of - of/1460 + of/36524 - of/146096) / 365
	of -= 365*year + year/4 - year/100
	m := (5*of + 2) / 153 // since March
	return (int64(era)-eras)*4800 + int64(year*12+m+2), int64(of - (153*m+2)/5 + 1)
}

// floor is a/b rounded down, for positive b.
func floor(a, b int64) int64 {
	q := a / b
	if a < q*b {
		q--
	}
	return q
}

// mod is what floor leaves, in [0, b).
func mod(a, b int64) int64 { return a - floor(a, b)*b }
