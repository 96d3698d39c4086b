package ownership

import (
	"errors"
	"slices"
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
	s := Schedule{Name: f.name("name")}
	turn := d.turn(f)
	s.FollowTheSun, s.Rotation, s.Handoff, s.TimeZone = turn.FollowTheSun, turn.Rotation, turn.Handoff, turn.TimeZone
	s.Start, s.Members, s.Coverage = turn.Start, turn.Members, turn.Coverage
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
		s.Layers = append(s.Layers, Layer{
			Name: f.name("name"), Role: f.name("role"), Rotation: turn.Rotation, Handoff: turn.Handoff, TimeZone: turn.TimeZone,
			Start: turn.Start, Members: turn.Members, Coverage: turn.Coverage,
		})
	})
	f.list("overrides", false, func(n *node, path string) {
		s.Overrides = append(s.Overrides, d.override(n, path))
	})
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
	if n := f.get("start"); n != nil {
		if t, ok := d.scalar(n, f.at("start")); ok {
			if _, err := time.Parse(time.DateOnly, strings.TrimSpace(t)); err != nil {
				d.fail(n, f.at("start"), "value", "it is no day", "write year, month and day: 2026-01-05")
			} else {
				s.Start = strings.TrimSpace(t)
			}
		}
	}
	s.Members = f.names("members")
	f.list("coverage", true, func(n *node, path string) {
		if c, ok := d.coverage(n, path); ok {
			s.Coverage = append(s.Coverage, c)
		}
	})
	return s
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

func (d *decoder) override(n *node, path string) Override {
	f, ok := d.fields(n, path, overrideSection)
	if !ok {
		return Override{}
	}
	o := Override{Member: f.name("member"), Replaces: f.name("replaces"), Layer: f.name("layer")}
	var start, end time.Time
	var startCivil, endCivil, startOK, endOK bool
	o.Start, start, startCivil, startOK = d.instant(f, "start")
	o.End, end, endCivil, endOK = d.instant(f, "end")
	if startOK && endOK && startCivil == endCivil && !end.After(start) {
		d.fail(f.get("end"), f.at("end"), "conflict", "it is not after the start", "write a later instant")
	}
	return o
}

// instant reads RFC 3339, or a day and time on the schedule's clock.
func (d *decoder) instant(f fields, key string) (text string, t time.Time, civil, ok bool) {
	if text = f.str(key); text == "" {
		return "", t, false, false
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return text, t, false, true
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return text, t, true, true
		}
	}
	d.fail(f.get(key), f.at(key), "value", "it is no instant", "write 2026-01-05 09:00 for the schedule's clock, or 2026-01-05T09:00:00Z")
	return "", t, false, false
}
