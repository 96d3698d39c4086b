package chart

import (
	"math"
	"strings"
	"time"
)

// unix returns t as Unix seconds.
func unix(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond())*1e-9
}

// instant returns Unix seconds as a time in zone.
func instant(s float64, zone *time.Location) time.Time {
	whole := math.Floor(s)
	return time.Unix(int64(whole), int64(math.Round((s-whole)*1e9))).In(inZone(zone))
}

func inZone(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// timeStep is a distance between ticks: a part of a day, or a number of days,
// months or years of the calendar.
type timeStep struct {
	seconds, days, months, years float64
}

// length returns the average length in seconds.
func (s timeStep) length() float64 {
	return s.seconds + s.days*86400 + s.months*30.436875*86400 + s.years*365.2425*86400
}

// timeStepFor returns the shortest step that puts at most n ticks into span
// seconds; months and years of other than average length may add one.
func timeStepFor(span float64, n int) timeStep {
	span *= 0.98
	steps := [...]timeStep{
		{seconds: .001}, {seconds: .002}, {seconds: .005}, {seconds: .01}, {seconds: .02}, {seconds: .05}, {seconds: .1}, {seconds: .2}, {seconds: .5},
		{seconds: 1}, {seconds: 2}, {seconds: 5}, {seconds: 10}, {seconds: 15}, {seconds: 30},
		{seconds: 60}, {seconds: 120}, {seconds: 300}, {seconds: 600}, {seconds: 900}, {seconds: 1800},
		{seconds: 3600}, {seconds: 7200}, {seconds: 10800}, {seconds: 21600}, {seconds: 43200},
		{days: 1}, {days: 2}, {days: 7}, {days: 14}, {months: 1}, {months: 2}, {months: 3}, {months: 6}, {years: 1}, {years: 2},
	}
	for _, s := range steps {
		if span/s.length() <= float64(n) {
			return s
		}
	}
	return timeStep{years: niceStep(span / float64(n) / timeStep{years: 1}.length())}
}

// timeTicks returns at most about n ticks from lo to hi (Unix seconds). Steps of
// an hour and more follow the wall clock of the zone: a clock time that does not
// exist on a day has no tick there, a whole hour that comes twice has two when
// ticks are hourly and its first otherwise. A day that does not begin at
// midnight is marked at its first instant.
func timeTicks(lo, hi float64, zone *time.Location, n int) []tick {
	zone = inZone(zone)
	step := timeStepFor(hi-lo, n)
	var at []float64
	switch {
	case step.seconds > 0 && step.seconds < 3600:
		at = clockTicks(lo, hi, step.seconds, zone)
	case step.seconds > 0:
		at = hourTicks(lo, hi, int(step.seconds/3600), zone)
	default:
		at = calendarTicks(lo, hi, step, zone)
	}
	ticks := make([]tick, 0, len(at))
	for _, t := range at {
		if t >= lo && t <= hi && (len(ticks) == 0 || t > ticks[len(ticks)-1].at) {
			ticks = append(ticks, tick{at: t})
		}
	}
	labelTimes(ticks, step, zone)
	return ticks
}

// clockTicks returns instants whose wall clock is a multiple of step seconds.
func clockTicks(lo, hi, step float64, zone *time.Location) []float64 {
	var at []float64
	for t := lo; t <= hi && len(at) < 200; {
		_, off := instant(t, zone).Zone()
		k := math.Ceil((t+float64(off))/step - 1e-6)
		next := k*step - float64(off)
		at = append(at, next)
		t = next + step/2
	}
	return at
}

// hourTicks returns instants at whole hours of the wall clock that are multiples
// of hours.
func hourTicks(lo, hi float64, hours int, zone *time.Location) []float64 {
	var at []float64
	y, m, d := instant(lo, zone).Date()
	for i := -1; i < 400; i++ {
		day := time.Date(y, m, d+i, 0, 0, 0, 0, time.UTC)
		if unix(day)-86400 > hi {
			break
		}
		for h := 0; h < 24; h += hours {
			first, second, ok := wallClock(day.Add(time.Duration(h)*time.Hour), zone)
			if !ok {
				continue
			}
			at = append(at, first)
			if hours == 1 && second > first {
				at = append(at, second)
			}
		}
	}
	sortFloats(at)
	return at
}

// calendarTicks returns first instants of days, weeks (Mondays), months or years.
func calendarTicks(lo, hi float64, step timeStep, zone *time.Location) []float64 {
	var at []float64
	y, m, d := instant(lo, zone).Date()
	add := func(day time.Time) bool {
		t := startOfDay(day, zone)
		at = append(at, t)
		return t <= hi && len(at) < 500
	}
	switch {
	case step.days > 0:
		n := int(step.days)
		day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		// Day 4 of the Unix epoch was a Monday.
		number := int(math.Floor(unix(day)/86400)) - 4
		day = day.AddDate(0, 0, -((number%n + n) % n))
		for add(day) {
			day = day.AddDate(0, 0, n)
		}
	case step.months > 0:
		n := int(step.months)
		month := (int(m) - 1) / n * n
		for add(time.Date(y, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC)) {
			month += n
		}
	default:
		n := int(step.years)
		year := int(math.Floor(float64(y)/float64(n))) * n
		for add(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)) {
			year += n
		}
	}
	return at
}

// wallClock returns the instants at which clocks in zone show the wall time that
// is given as a UTC time: none, one (twice the same) or two.
func wallClock(wall time.Time, zone *time.Location) (first, second float64, ok bool) {
	u := unix(wall)
	for _, probe := range [...]float64{u - 86400, u + 86400} {
		_, off := instant(probe, zone).Zone()
		t := u - float64(off)
		if _, got := instant(t, zone).Zone(); got != off {
			continue
		}
		if !ok || t < first {
			first = t
		}
		if !ok || t > second {
			second = t
		}
		ok = true
	}
	return first, second, ok
}

// startOfDay returns the first instant of a civil day, given as its midnight in
// UTC. A midnight that clocks skip is taken at the offset before the change,
// which is the instant of the change.
func startOfDay(day time.Time, zone *time.Location) float64 {
	if first, _, ok := wallClock(day, zone); ok {
		return first
	}
	_, off := instant(unix(day)-86400, zone).Zone()
	return unix(day) - float64(off)
}

// labelTimes writes the labels of time ticks and, below the first one and
// wherever it changes, the date, the change of the clocks, or the year.
func labelTimes(ticks []tick, step timeStep, zone *time.Location) {
	for i := range ticks {
		t := instant(ticks[i].at, zone)
		var before time.Time
		if i > 0 {
			before = instant(ticks[i-1].at, zone)
		}
		switch {
		case step.years > 0:
			ticks[i].label = t.Format("2006")
			continue
		case step.months > 0:
			ticks[i].label = t.Format("Jan")
			if i == 0 || t.Year() != before.Year() {
				ticks[i].context = t.Format("2006")
			}
			continue
		case step.days > 0:
			ticks[i].label = t.Format("2 Jan")
			if i == 0 || t.Year() != before.Year() {
				ticks[i].context = t.Format("2006")
			}
			continue
		case step.seconds >= 60:
			ticks[i].label = t.Format("15:04")
		case step.seconds >= 1:
			ticks[i].label = t.Format("15:04:05")
		default:
			ticks[i].label = t.Format("05.000") + "\u00a0s"
		}
		name, off := t.Zone()
		if i == 0 {
			ticks[i].context = t.Format("2 Jan 2006")
			continue
		}
		var parts []string
		if t.YearDay() != before.YearDay() || t.Year() != before.Year() {
			if t.Year() != before.Year() {
				parts = append(parts, t.Format("2 Jan 2006"))
			} else {
				parts = append(parts, t.Format("2 Jan"))
			}
		}
		if _, o := before.Zone(); o != off {
			ticks[i].minor = len(parts) == 0
			parts = append(parts, name)
		}
		ticks[i].context = strings.Join(parts, " ")
	}
}

// zoneNote names the zone and, if clocks change between lo and hi, the offsets.
func zoneNote(lo, hi float64, zone *time.Location) string {
	zone = inZone(zone)
	name := zone.String()
	first, last := instant(lo, zone), instant(hi, zone)
	a, offA := first.Zone()
	b, offB := last.Zone()
	if name == "" || name == "Local" {
		name = first.Format("UTC-07:00")
	}
	if _, end := first.ZoneBounds(); !end.IsZero() && end.Before(last) && offA != offB {
		name += " (" + a + " to " + b + ")"
	}
	return name
}

func sortFloats(v []float64) {
	// Insertion sort: ticks come almost sorted and are few.
	for i := 1; i < len(v); i++ {
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
}
