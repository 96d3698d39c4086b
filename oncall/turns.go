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
	day   int     // of the month
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
		at := time.Unix(start, 0).UTC()
		t.month, t.day = monthOf(at), at.Day()
		if r.MonthDay != 0 {
			t.day = r.MonthDay
			if t.zero = t.bound(0); t.zero > start {
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
		year, of := int(floor(month, 12)), time.Month(mod(month, 12)+1)
		day := min(t.day, time.Date(year, of+1, 0, 0, 0, 0, 0, time.UTC).Day())
		return time.Date(year, of, day, 0, 0, 0, 0, time.UTC).Unix() + t.clock
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
		n := floor(monthOf(time.Unix(w, 0).UTC())-t.month, t.every)
		if w < t.bound(n) {
			n--
		}
		return n
	}
	return 0
}

func monthOf(t time.Time) int64 { return int64(t.Year())*12 + int64(t.Month()) - 1 }

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
