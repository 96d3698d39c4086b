package oncall

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Calendar says which shifts an iCalendar file holds (RFC 5545) and how it
// calls itself. Of the fields only From, To and Stamp are required.
type Calendar struct {
	// From and To are the window: every shift that lies in [From, To) at least in
	// part is in the file, whole.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Person and Layer keep only the shifts of one person, or of one layer of the
	// schedule; empty keeps all. Nobody needs to be a member: somebody without
	// shifts has a calendar without events.
	Person string `json:"person,omitempty"`
	Layer  string `json:"layer,omitempty"`
	// Title is the name that programs show; empty is made from the schedule's
	// name, the layer and the person.
	Title string `json:"title,omitempty"`
	// Stamp is when the file is made. Of two files with the same event, programs
	// keep the one with the later stamp.
	Stamp time.Time `json:"stamp"`
}

const (
	// maxBeyond is how far after the window the end of a shift is looked for,
	// maxBefore how far before it the start.
	maxBeyond = 366 * 24 * time.Hour
	maxBefore = 48 * 366 * 24 * time.Hour
	// maxCalendar is the longest window of a calendar.
	maxCalendar = 50 * 366 * 24 * time.Hour
)

// ICalendar is the shifts as an iCalendar file that calendar programs import or
// subscribe to. Each shift is one event. Instants are written in UTC, so that
// they are right whatever a program knows about time zones, and events do not
// count as busy time.
//
// The UID of an event follows from the names of schedule, layer and role and
// from the start of the shift, which is not cut to the window: files of different
// windows, of a person and of the team, name the same shift alike, and a shift
// that changes hands keeps its UID. (Where several people begin together in one
// layer and role, they are told apart by their order by name.) A shift that goes on
// for more than a year after To ends at To; one that began 48 years of 366 days
// before From begins there.
//
// A window that ends before it begins or is longer than 50 years of 366 days, a
// Layer that the schedule does not have, no Stamp, and instants outside the
// years 1 to 9999, which the format cannot write, give an *Error that names
// every one of them. Time and length are proportional to the number of shifts.
// A file without events has nothing but its head, which programs take for an
// empty calendar.
func (r Roster) ICalendar(c Calendar) ([]byte, error) {
	if err := r.checkCalendar(c); err != nil {
		return nil, err
	}
	var w calendarText
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//srekit//ownership oncall//EN")
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	w.text("X-WR-CALNAME", r.calendarTitle(c))
	name := r.scheduleName()
	order := 0
	var uid []byte
	shifts := r.wholeShifts(c.From, c.To)
	for i, s := range shifts {
		if order++; i == 0 || !s.Start.Equal(shifts[i-1].Start) || !s.samePlace(shifts[i-1]) {
			order = 0
		}
		if !s.Start.Before(c.To) || !s.End.After(c.From) || c.Person != "" && s.Person != c.Person || c.Layer != "" && s.Layer != c.Layer {
			continue
		}
		w.line("BEGIN", "VEVENT")
		uid = appendUID(uid[:0], name, s, order)
		w.line("UID", string(uid))
		w.instant("DTSTAMP", c.Stamp)
		w.instant("DTSTART", s.Start)
		w.instant("DTEND", s.End)
		w.text("SUMMARY", s.summary(name))
		w.text("CATEGORIES", s.Role)
		w.line("TRANSP", "TRANSPARENT")
		w.line("END", "VEVENT")
	}
	w.line("END", "VCALENDAR")
	return w.b, nil
}

// checkCalendar tells everything that is wrong with c.
func (r Roster) checkCalendar(c Calendar) error {
	var p problems
	for _, at := range []struct {
		path string
		t    time.Time
	}{{"from", c.From}, {"to", c.To}, {"stamp", c.Stamp}} {
		switch year := at.t.UTC().Year(); {
		case at.t.IsZero():
			p.Add("missing", at.path, "", "no instant is given", "give one")
		case year < 1 || year > 9999:
			p.Add("value", at.path, at.t.UTC().String(), "the format cannot write this year", "give an instant in the years 1 to 9999")
		}
	}
	if c.To.Before(c.From) {
		p.Add("order", "to", c.To.UTC().Format(time.RFC3339), "it is before from", "give a later instant")
	}
	if c.To.Sub(c.From) > maxCalendar {
		p.Add("limit", "to", c.To.UTC().Format(time.RFC3339), "the window is longer than 50 years", "write several files")
	}
	if layers := r.layerNames(); c.Layer != "" && !slices.Contains(layers, c.Layer) {
		remedy := "leave it out: no layer has a name"
		if len(layers) > 0 {
			remedy = "write one of " + strings.Join(layers, ", ")
		}
		p.Add("name", "layer", c.Layer, "the schedule has no layer of that name", remedy)
	}
	return p.err()
}

// scheduleName is the name of the schedule, empty if it has none.
func (r Roster) scheduleName() string {
	if r.plan == nil {
		return ""
	}
	return r.plan.definition.Name
}

// layerNames are the names of the layers that have one.
func (r Roster) layerNames() []string {
	var names []string
	if r.plan != nil {
		for _, l := range r.plan.definition.Layers {
			if l.Name != "" {
				names = append(names, l.Name)
			}
		}
	}
	return names
}

// calendarTitle is the name of the calendar for people.
func (r Roster) calendarTitle(c Calendar) string {
	title := c.Title
	if title == "" {
		title = r.scheduleName()
		for _, part := range []string{c.Layer, c.Person} {
			if part != "" && title != "" {
				title += ", "
			}
			title += part
		}
	}
	if title == "" {
		title = "on call"
	}
	return title
}

// wholeShifts is the shifts that lie in [from, to) at least in part, uncut, and
// beside them all that begin at the same instants, sorted by start, layer, role
// and person.
func (r Roster) wholeShifts(from, to time.Time) []Shift {
	const day = 24 * time.Hour
	last := to.Add(maxBeyond)
	var shifts []Shift
	for span := 32 * day; ; span = min(4*span, maxBefore) {
		lo, hi := from.Add(-span), to.Add(span)
		if hi.After(last) {
			hi = last
		}
		shifts = r.AppendShifts(shifts[:0], lo, hi)
		cut := slices.ContainsFunc(shifts, func(s Shift) bool {
			return s.Start.Before(to) && s.End.After(from) && (s.Start.Equal(lo) || s.End.Equal(hi) && hi.Before(last))
		})
		if !cut || span == maxBefore {
			break
		}
	}
	for i, s := range shifts {
		if !s.End.Before(last) && s.Start.Before(to) {
			shifts[i].End = to
		}
	}
	slices.SortFunc(shifts, func(a, b Shift) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Role, b.Role), cmp.Compare(a.learning(), b.learning()), cmp.Compare(a.Person, b.Person), a.End.Compare(b.End))
	})
	return shifts
}

// samePlace reports whether two shifts are of one layer and role, and both or
// neither in the shadow of somebody: whoever has them.
func (s Shift) samePlace(o Shift) bool {
	return s.Layer == o.Layer && s.Role == o.Role && s.Shadow == o.Shadow
}

// learning is Shadow as a text.
func (s Shift) learning() string {
	if s.Shadow {
		return "shadow"
	}
	return ""
}

// appendUID appends the stable name of a shift: its start for people, and a
// digest of all that tells it from others (each text with its length in front,
// so that no two lists of texts are written alike).
func appendUID(b []byte, schedule string, s Shift, order int) []byte {
	at := len(b)
	for _, text := range [...]string{schedule, s.Layer, s.Role, s.learning()} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	b = binary.AppendVarint(b, s.Start.Unix())
	b = binary.AppendUvarint(b, uint64(order))
	digest := sha256.Sum256(b[at:])
	b = s.Start.UTC().AppendFormat(b[:at], calendarInstant)
	b = append(b, '-')
	b = hex.AppendEncode(b, digest[:12])
	return append(b, "@ownership"...)
}

// summary is the title of the shift's event.
func (s Shift) summary(schedule string) string {
	text := s.Person
	if s.Role != "" {
		text += ": " + s.Role
	}
	if schedule != "" {
		text += ", " + schedule
	}
	return text
}
