package capacity

import (
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
	// epochMonday is how long after a Monday midnight the wall clock of 1970
	// began.
	epochMonday = 3 * day
)

// DayPhase tells at which place of the day step i begins in a zone: the whole
// steps since the wall clock showed midnight, from 0. Clock changes repeat or
// leave out places, so that noon stays noon. i may lie outside the series; a nil
// zone is UTC. It is 0 for steps of a day or longer, and for a step of 0 or less.
func (s Series) DayPhase(i int, zone *time.Location) int {
	w := wall{zone: zone}
	return w.phase(s.Time(i), s.Step, day, 0)
}

// WeekPhase is DayPhase for the week, which begins on Monday at midnight.
func (s Series) WeekPhase(i int, zone *time.Location) int {
	w := wall{zone: zone}
	return w.phase(s.Time(i), s.Step, week, epochMonday)
}

// DayPhases is DayPhase of every step, at about 5 ns each.
func (s Series) DayPhases(zone *time.Location) []int { return s.phases(zone, day, 0) }

// WeekPhases is WeekPhase of every step.
func (s Series) WeekPhases(zone *time.Location) []int { return s.phases(zone, week, epochMonday) }

func (s Series) phases(zone *time.Location, cycle, since time.Duration) []int {
	p := make([]int, len(s.Values))
	w := wall{zone: zone}
	for i := range p {
		p[i] = w.phase(s.Time(i), s.Step, cycle, since)
	}
	return p
}

// wall is the clock of a zone; it remembers the offset from UTC until the next
// change.
type wall struct {
	zone        *time.Location
	offset      int64 // seconds
	known       bool
	since, till int64 // Unix seconds between which offset holds
}

func (w *wall) phase(t time.Time, step, cycle, since time.Duration) int {
	if step <= 0 || step >= cycle {
		return 0
	}
	seconds := t.Unix()
	if w.zone != nil && (!w.known || seconds < w.since || seconds >= w.till) {
		t = t.In(w.zone)
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		w.offset, w.known, w.since, w.till = int64(offset), true, -1<<62, 1<<62
		if !start.IsZero() {
			w.since = start.Unix()
		}
		if !end.IsZero() {
			w.till = end.Unix()
		}
	}
	inCycle := floorMod(seconds+w.offset+int64(since/time.Second), int64(cycle/time.Second))
	return int((time.Duration(inCycle)*time.Second + time.Duration(t.Nanosecond())) / step)
}
