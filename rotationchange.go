package ownership

import (
	"strings"
	"time"

	"github.com/srekit/ownership/oncall"
)

// changes reads what changes a schedule: the lists beside its rotations.
func (d *decoder) changes(f fields, s *Schedule) {
	f.list("overrides", false, func(n *node, path string) {
		s.Overrides = append(s.Overrides, d.override(n, path))
	})
	f.list("temporary", false, func(n *node, path string) {
		s.Temporary = append(s.Temporary, d.temporary(n, path))
	})
	f.list("swaps", false, func(n *node, path string) {
		w := Swap{}
		if f, ok := d.fields(n, path, swapSection); ok {
			w.From, w.To = f.name("from"), f.name("to")
			w.Start, w.End = d.span(f, "start", "end")
			w.ReturnStart, w.ReturnEnd = d.span(f, "return_start", "return_end")
		}
		s.Swaps = append(s.Swaps, w)
	})
	f.list("absences", false, func(n *node, path string) {
		a := Absence{}
		if f, ok := d.fields(n, path, absenceSection); ok {
			a.Member, a.Reason = f.name("member"), f.name("reason")
			a.Start, a.End = d.span(f, "start", "end")
		}
		s.Absences = append(s.Absences, a)
	})
	s.Absent = oncall.AbsencePolicy(f.word("absent", absentWords...))
	f.list("memberships", false, func(n *node, path string) {
		m := Membership{}
		if f, ok := d.fields(n, path, membershipSection); ok {
			m.Member, m.TimeZone = f.name("member"), f.zone("time_zone")
			m.Start, m.End = d.span(f, "start", "end")
		}
		s.Memberships = append(s.Memberships, m)
	})
	f.list("holidays", false, func(n *node, path string) {
		h := oncall.Holiday{}
		if f, ok := d.fields(n, path, holidaySection); ok {
			h.Date, h.Site, h.Name = d.date(f, "date"), f.name("site"), f.name("name")
		}
		s.Holidays = append(s.Holidays, h)
	})
	s.OffDuty = d.coverages(f, "off_duty")
	s.Tie = oncall.TiePolicy(f.word("tie", tieWords...))
}

var (
	absentWords = []string{string(oncall.AbsenceReport), string(oncall.AbsenceSkip), string(oncall.AbsenceReplace)}
	tieWords    = []string{string(oncall.TieAll), string(oncall.TieFirst)}
	kindWords   = []string{string(oncall.Add), string(oncall.Remove), string(oncall.Replace), string(oncall.ReplaceAll)}
)

func (d *decoder) override(n *node, path string) Override {
	f, ok := d.fields(n, path, overrideSection)
	if !ok {
		return Override{}
	}
	o := Override{Kind: oncall.OverrideKind(f.word("kind", kindWords...)), Member: f.name("member"), Replaces: f.name("replaces"), Layer: f.name("layer"), Role: f.name("role")}
	o.Start, o.End = d.span(f, "start", "end")
	return o
}

func (d *decoder) temporary(n *node, path string) Temporary {
	f, ok := d.fields(n, path, temporarySection)
	if !ok {
		return Temporary{}
	}
	t := Temporary{Name: f.name("name")}
	t.Start, t.End = d.span(f, "start", "end")
	f.list("shifts", false, func(n *node, path string) {
		s := FixedShift{}
		if f, ok := d.fields(n, path, shiftSection); ok {
			s.Member, s.Role = f.name("member"), f.name("role")
			s.Start, s.End = d.span(f, "start", "end")
		}
		t.Shifts = append(t.Shifts, s)
	})
	return t
}

// span reads the ends of a span of time.
func (d *decoder) span(f fields, first, last string) (string, string) {
	from, start, startCivil, startOK := d.instant(f, first)
	to, end, endCivil, endOK := d.instant(f, last)
	if startOK && endOK && startCivil == endCivil && !end.After(start) {
		d.fail(f.get(last), f.at(last), "conflict", "it is not after the start", "write a later instant")
	}
	return from, to
}

// date reads a day.
func (d *decoder) date(f fields, key string) string {
	n := f.get(key)
	if n == nil {
		return ""
	}
	text, ok := d.scalar(n, f.at(key))
	if !ok {
		return ""
	}
	text = strings.TrimSpace(text)
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		d.fail(n, f.at(key), "value", "it is no day", "write year, month and day: 2026-01-05")
		return ""
	}
	return text
}

// instant reads RFC 3339, or a day and time on the schedule's clock.
func (d *decoder) instant(f fields, key string) (text string, t time.Time, civil, ok bool) {
	return d.instantOf(f, key, "schedule")
}

// instantOf is instant where somebody else's clock is meant.
func (d *decoder) instantOf(f fields, key, whose string) (text string, t time.Time, civil, ok bool) {
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
	d.fail(f.get(key), f.at(key), "value", "it is no instant", "write 2026-01-05 09:00 for the "+whose+"'s clock, or 2026-01-05T09:00:00Z")
	return "", t, false, false
}
