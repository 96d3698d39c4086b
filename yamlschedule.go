package ownership

import "github.com/srekit/ownership/oncall"

// changes writes the lists beside the rotations of a schedule.
func (w *writer) changes(s Schedule) {
	list(w, "overrides", s.Overrides, func(o Override) {
		w.span(o.Start, o.End)
		w.value("kind", string(o.Kind))
		w.value("member", o.Member)
		w.value("replaces", o.Replaces)
		w.value("layer", o.Layer)
		w.value("role", o.Role)
	})
	list(w, "temporary", s.Temporary, func(t Temporary) {
		w.value("name", t.Name)
		w.span(t.Start, t.End)
		list(w, "shifts", t.Shifts, func(s FixedShift) {
			w.span(s.Start, s.End)
			w.value("member", s.Member)
			w.value("role", s.Role)
		})
	})
	list(w, "swaps", s.Swaps, func(p Swap) {
		w.value("from", p.From)
		w.value("to", p.To)
		w.span(p.Start, p.End)
		w.value("return_start", p.ReturnStart)
		w.value("return_end", p.ReturnEnd)
	})
	list(w, "absences", s.Absences, func(a Absence) {
		w.value("member", a.Member)
		w.span(a.Start, a.End)
		w.value("reason", a.Reason)
	})
	w.value("absent", string(s.Absent))
	list(w, "memberships", s.Memberships, func(m Membership) {
		w.value("member", m.Member)
		w.span(m.Start, m.End)
		w.value("time_zone", m.TimeZone)
	})
	list(w, "holidays", s.Holidays, func(h oncall.Holiday) {
		w.value("date", h.Date)
		w.value("site", h.Site)
		w.value("name", h.Name)
	})
	w.flow("off_duty", coverageTexts(s.OffDuty))
	w.value("tie", string(s.Tie))
}

func (w *writer) span(start, end string) {
	w.value("start", start)
	w.value("end", end)
}

// list writes a list of mappings, none if there are no items.
func list[T any](w *writer, key string, items []T, each func(T)) {
	if len(items) == 0 {
		return
	}
	w.open(key)
	for _, item := range items {
		w.begin()
		each(item)
		w.close()
	}
	w.close()
}
