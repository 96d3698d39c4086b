package ownership

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/quantity"
)

// schedule reads a schedule in one string, or the keys of one.
func (d *decoder) schedule(n *node, path string) Schedule {
	if n.kind != mappingNode {
		return d.scheduleText(n, path)
	}
	f, ok := d.fields(n, path, scheduleSection)
	if !ok {
		return Schedule{}
	}
	s := d.turn(f)
	s.Name = f.name("name")
	f.list("layers", false, func(n *node, path string) {
		f, ok := d.fields(n, path, layerSection)
		if !ok {
			s.Layers = append(s.Layers, Layer{})
			return
		}
		turn := d.turn(f)
		if turn.FollowTheSun {
			d.fail(f.get("rotation"), f.at("rotation"), "value", "a layer has a rhythm of its own", "write daily or weekly, with the layer's own time_zone and coverage")
		}
		until, _, _, _ := d.instant(f, "until")
		s.Layers = append(s.Layers, Layer{
			Name: f.name("name"), Role: f.name("role"), Priority: f.integer("priority"), Shadow: f.boolean("shadow"),
			Rotation: turn.Rotation, Handoff: turn.Handoff, TimeZone: turn.TimeZone, Start: turn.Start, Until: until,
			Members: turn.Members, Turns: turn.Turns, Days: turn.Days, Elapsed: turn.Elapsed, Coverage: turn.Coverage, SkipHolidays: turn.SkipHolidays,
		})
	})
	d.changes(f, &s)
	return s
}

// turn reads the keys that a schedule and a layer share.
func (d *decoder) turn(f fields) Schedule {
	var s Schedule
	if n := f.get("rotation"); n != nil {
		s = d.rotation(n, f.at("rotation"))
	}
	if n := f.get("handoff"); n != nil {
		if h, ok := d.handoff(n, f.at("handoff")); ok {
			if (s.Handoff != Handoff{}) && s.Handoff != h {
				d.fail(n, f.at("handoff"), "conflict", "the rotation says "+s.Handoff.String()+" already", "keep one of them")
			}
			if h.HasDay && s.Rotation.Unit != "" && s.Rotation.Unit != "week" {
				d.fail(n, f.at("handoff"), "conflict", "a weekday fits only a rotation in weeks, this one is "+s.Rotation.String(), "write the time alone, such as 09:00")
			}
			s.Handoff = h
		}
	}
	if zone := f.zone("time_zone"); zone != "" {
		if s.TimeZone != "" && s.TimeZone != zone {
			d.fail(f.get("time_zone"), f.at("time_zone"), "conflict", "the rotation says "+s.TimeZone+" already", "keep one of them")
		}
		s.TimeZone = zone
	}
	s.Start = d.date(f, "start")
	s.Members = f.names("members")
	f.list("turns", false, func(n *node, path string) {
		turn := Turn{}
		if f, ok := d.fields(n, path, turnSection); ok {
			turn = append(turn, f.names("members")...)
		}
		s.Turns = append(s.Turns, turn)
	})
	if n := f.get("turns"); n != nil && len(s.Members) > 0 {
		d.fail(n, f.at("turns"), "conflict", "the members take turns one by one already", "keep members, or list turns of one, several or no members")
	}
	s.Days = d.days(f, s.Rotation)
	if s.Elapsed = f.boolean("elapsed"); s.Elapsed && s.Rotation.Unit != "" && s.Rotation.Unit != "hour" {
		d.fail(f.get("elapsed"), f.at("elapsed"), "conflict", "only a rotation in hours can be counted by a stopwatch", "remove it, or write a rotation such as every 12 hours")
	}
	s.Coverage = d.coverages(f, "coverage")
	s.SkipHolidays = f.names("skip_holidays")
	return s
}

// integer is a whole number of at most six digits.
func (f fields) integer(key string) int {
	text, ok := f.text(key)
	if !ok {
		return 0
	}
	v, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || v < -999999 || v > 999999 {
		f.d.fail(f.get(key), f.at(key), "value", "it is no whole number of at most six digits", "write a number such as 10")
		return 0
	}
	return v
}

// coverages reads one part of the week or a list of them.
func (d *decoder) coverages(f fields, key string) []Coverage {
	var out []Coverage
	f.list(key, true, func(n *node, path string) {
		if c, ok := d.coverage(n, path); ok {
			out = append(out, c)
		}
	})
	return out
}

// days reads the weekdays on which a daily turn passes on.
func (d *decoder) days(f fields, r Rotation) []time.Weekday {
	n := f.get("days")
	if n == nil {
		return nil
	}
	q, ok := d.parseSchedule(n, f.at("days"), "")
	switch {
	case !ok:
	case len(q.Days) == 0 || q.From != "" || q.Zone != "":
		d.fail(n, f.at("days"), "value", "it is no list of weekdays", "write Mon-Fri, weekdays or Mon, Thu")
	case r.Unit != "" && r.Unit != "day":
		d.fail(n, f.at("days"), "conflict", "only the turns of a daily rotation pass on by the day", "write rotation: daily, or the hours on call as coverage")
	default:
		return slices.Clone(q.Days)
	}
	return nil
}

// parseSchedule reads the string of a schedule and reports what was ambiguous.
func (d *decoder) parseSchedule(n *node, path, prefix string) (quantity.Schedule, bool) {
	text, ok := d.scalar(n, path)
	if !ok {
		return quantity.Schedule{}, false
	}
	q, err := quantity.ParseSchedule(prefix + text)
	if err != nil {
		d.bad(n, path, err)
		return q, false
	}
	for _, w := range q.Warnings {
		reason, remedy, _ := strings.Cut(w, ": ")
		d.warn(n, path, "ambiguous", reason, remedy)
	}
	if q.Zone != "" && !d.checkZone(n, path, q.Zone) {
		return q, false
	}
	return q, true
}

// rotation reads a rhythm, which may carry its handoff and zone.
func (d *decoder) rotation(n *node, path string) Schedule {
	q, ok := d.parseSchedule(n, path, "")
	if !ok {
		return Schedule{}
	}
	if q.URL != "" || q.Always || len(q.Days) > 0 || q.From != "" {
		d.fail(n, path, "value", "it is no rotation", "write how often the turn passes on: daily, weekly, every 2 weeks; days and hours belong to coverage")
		return Schedule{}
	}
	return scheduleOf(q)
}

func scheduleOf(q quantity.Schedule) Schedule {
	s := Schedule{URL: q.URL, FollowTheSun: q.FollowTheSun, TimeZone: q.Zone, Handoff: Handoff{q.Weekday, q.HasDay, q.At}}
	if q.Unit != "" {
		s.Rotation = Rotation{q.Every, q.Unit}
	}
	if q.Always || len(q.Days) > 0 || q.From != "" {
		s.Coverage = []Coverage{{slices.Clone(q.Days), q.From, q.To}}
	}
	return s
}

// scheduleText reads a whole schedule in one string. One word that is no
// rhythm, nor nearly one, is the name of a schedule.
func (d *decoder) scheduleText(n *node, path string) Schedule {
	text, ok := d.scalar(n, path)
	if !ok {
		return Schedule{}
	}
	text = strings.TrimSpace(text)
	if _, err := quantity.ParseSchedule(text); err != nil && isReference(text) {
		var q *quantity.Error
		if errors.As(err, &q) && !strings.HasPrefix(q.Suggestion, "did you mean") {
			return Schedule{Ref: text}
		}
	}
	q, ok := d.parseSchedule(n, path, "")
	if !ok {
		return Schedule{}
	}
	return scheduleOf(q)
}

// isReference reports whether a text could be the name of a schedule: one word
// that begins with a letter.
func isReference(text string) bool {
	for i, r := range text {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z' || r == '_'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '-' || r == '.' || r == '/')) {
			return false
		}
	}
	return text != "" && len(text) <= 200
}

// handoff reads "Monday 09:00", "Monday" or "09:00".
func (d *decoder) handoff(n *node, path string) (Handoff, bool) {
	text, ok := d.scalar(n, path)
	if !ok {
		return Handoff{}, false
	}
	text = strings.TrimSpace(text)
	for _, prefix := range []string{"weekly on ", "daily at "} {
		q, err := quantity.ParseSchedule(prefix + text)
		if err == nil && q.Zone == "" && q.From == "" && (q.HasDay || q.At != "") {
			return Handoff{q.Weekday, q.HasDay, q.At}, true
		}
	}
	remedy := "write a weekday and a time (Monday 09:00), or a time alone (09:00)"
	word, _, _ := strings.Cut(text, " ")
	days := []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	if near := diag.Nearest(word, days); near != "" && !strings.EqualFold(near, word) {
		remedy = "did you mean " + near + strings.TrimPrefix(text, word) + "?"
	}
	d.fail(n, path, "value", "it is no handoff", remedy)
	return Handoff{}, false
}

func (d *decoder) coverage(n *node, path string) (Coverage, bool) {
	q, ok := d.parseSchedule(n, path, "")
	if !ok {
		return Coverage{}, false
	}
	if !q.Always && len(q.Days) == 0 && q.From == "" {
		d.fail(n, path, "value", "it says no days or hours", "write Mon-Fri 09:00-17:00, weekends, daily 20:00-08:00 or 24x7")
		return Coverage{}, false
	}
	if q.Zone != "" {
		d.fail(n, path, "value", "coverage has no zone of its own", "give time_zone beside it")
		return Coverage{}, false
	}
	return Coverage{slices.Clone(q.Days), q.From, q.To}, true
}
