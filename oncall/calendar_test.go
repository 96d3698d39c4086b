package oncall

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// calendarEvent is what a calendar program sees of a shift.
type calendarEvent struct {
	UID, Summary string
	Start, End   time.Time
}

// readCalendar reads a file as calendar programs do.
func readCalendar(t testing.TB, data []byte) (name string, events []calendarEvent) {
	t.Helper()
	calendar, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	for _, p := range calendar.CalendarProperties {
		if p.IANAToken == string(ics.PropertyXWRCalName) {
			name = p.Value
		}
	}
	for _, e := range calendar.Events() {
		start, err1 := e.GetStartAt()
		end, err2 := e.GetEndAt()
		_, err3 := e.GetDtStampTime()
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		events = append(events, calendarEvent{e.Id(), e.GetProperty(ics.ComponentPropertySummary).Value, start, end})
	}
	return name, events
}

func calendarTime(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// pair is a week each for ana and ben, with somebody who learns.
func pair() Schedule {
	return Schedule{Name: "payments", Zone: "Europe/Berlin", Layers: []Layer{
		{Name: "first", Rotation: Rotation{Unit: Week, Start: "2026-01-05T09:00"}, Turns: Turns("ana", "ben")},
		{Name: "learn", Role: "shadow", Shadow: true, Rotation: Rotation{Unit: Week, Every: 2, Start: "2026-01-05T09:00"}, Turns: Turns("cy, d; e", "")},
	}}
}

func calendarRoster(t testing.TB, s Schedule) Roster {
	t.Helper()
	r, err := s.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func calendarOf(t testing.TB, r Roster, c Calendar) []byte {
	t.Helper()
	if c.Stamp.IsZero() {
		c.Stamp = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	data, err := r.ICalendar(c)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The whole text: the shifts are whole although the window cuts them, and the
// clock of Berlin is an hour ahead in winter, two in summer. The digests of the
// UIDs were computed by another program: the first 12 bytes of the SHA-256 of
// the names of schedule, layer and role and, for who learns, the word shadow, each
// with its length in front, the start in seconds (zigzag) and the place among
// people who begin together.
func TestICalendarText(t *testing.T) {
	got := calendarOf(t, calendarRoster(t, pair()), Calendar{From: calendarTime(t, "2026-03-25T00:00:00Z"), To: calendarTime(t, "2026-03-30T08:00:00Z"), Stamp: calendarTime(t, "2026-03-01T12:00:00+01:00")})
	want := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//srekit//ownership oncall//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:payments
BEGIN:VEVENT
UID:20260323T080000Z-0aa7839730a70aa45433f118@ownership
DTSTAMP:20260301T110000Z
DTSTART:20260323T080000Z
DTEND:20260330T070000Z
SUMMARY:ben: primary\, payments
CATEGORIES:primary
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:20260330T070000Z-446ce35d37ce78f9bc7daebb@ownership
DTSTAMP:20260301T110000Z
DTSTART:20260330T070000Z
DTEND:20260406T070000Z
SUMMARY:ana: primary\, payments
CATEGORIES:primary
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:20260330T070000Z-e02968340d206663bad8e355@ownership
DTSTAMP:20260301T110000Z
DTSTART:20260330T070000Z
DTEND:20260413T070000Z
SUMMARY:cy\, d\; e: shadow\, payments
CATEGORIES:shadow
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Somebody who goes on for ever, somebody who takes over, and a week of nobody.
func TestICalendarWindows(t *testing.T) {
	alone := Schedule{Name: "alone", Layers: []Layer{{Rotation: Rotation{Unit: Day, Start: "2001-03-04T09:00"}, Turns: Turns("ana")}}}
	r := calendarRoster(t, alone)
	from, to := calendarTime(t, "2026-01-01T00:00:00Z"), calendarTime(t, "2026-02-01T00:00:00Z")
	_, events := readCalendar(t, calendarOf(t, r, Calendar{From: from, To: to}))
	if len(events) != 1 || !events[0].Start.Equal(calendarTime(t, "2001-03-04T09:00:00Z")) || !events[0].End.Equal(to) {
		t.Errorf("somebody who goes on for ever has %v", events)
	}
	// The year after the window is looked at, so what ends there ends then.
	ends := alone
	ends.Layers = []Layer{alone.Layers[0]}
	ends.Layers[0].Until = calendarTime(t, "2026-12-24T09:00:00Z")
	_, events = readCalendar(t, calendarOf(t, calendarRoster(t, ends), Calendar{From: from, To: to}))
	if len(events) != 1 || !events[0].End.Equal(ends.Layers[0].Until) {
		t.Errorf("somebody who leaves has %v", events)
	}
	// Before the start, at an empty window, for a stranger and for no roster.
	for _, c := range []Calendar{{From: from.AddDate(-40, 0, 0), To: from.AddDate(-39, 0, 0)}, {From: from, To: from}, {From: from, To: to, Person: "nobody"}} {
		if _, events := readCalendar(t, calendarOf(t, r, c)); len(events) > 0 {
			t.Errorf("%+v holds %v", c, events)
		}
	}
	if name, events := readCalendar(t, calendarOf(t, Roster{}, Calendar{From: from, To: to})); len(events) > 0 || name != "on call" {
		t.Errorf("no roster has %q, %v", name, events)
	}
}

// A shift that changes hands keeps its UID; a group's members have their own.
func TestICalendarUIDs(t *testing.T) {
	from, to := calendarTime(t, "2026-01-05T00:00:00Z"), calendarTime(t, "2026-03-01T00:00:00Z")
	uids := func(s Schedule, c Calendar) map[string]string {
		c.From, c.To = from, to
		out := map[string]string{}
		_, events := readCalendar(t, calendarOf(t, calendarRoster(t, s), c))
		for _, e := range events {
			out[e.Summary+" "+e.Start.Format("0102")] = e.UID
		}
		if len(out) != len(events) {
			t.Fatalf("%d events, %d of them different", len(events), len(out))
		}
		return out
	}
	before := uids(pair(), Calendar{})
	swapped := pair()
	swapped.Swaps = []Swap{{From: "ana", To: "zoe", Start: calendarTime(t, "2026-01-05T08:00:00Z"), End: calendarTime(t, "2026-01-12T08:00:00Z")}}
	after := uids(swapped, Calendar{})
	if before["ana: primary, payments 0105"] != after["zoe: primary, payments 0105"] || before["ana: primary, payments 0105"] == "" {
		t.Errorf("ana's shift has %q, zoe's, who took it, %q", before["ana: primary, payments 0105"], after["zoe: primary, payments 0105"])
	}
	renamed := pair()
	renamed.Name = "other"
	if uids(renamed, Calendar{})["ana: primary, other 0105"] == before["ana: primary, payments 0105"] {
		t.Error("two schedules share a UID")
	}
	// A second role beside the first, of layers without names, changes nothing of
	// the first.
	nameless := pair()
	nameless.Layers = nameless.Layers[:1]
	nameless.Layers[0].Name = ""
	primary := uids(nameless, Calendar{})
	second := nameless.Layers[0]
	second.Role, second.Turns = "backup", Turns("aaa", "cid")
	nameless.Layers = append(nameless.Layers, second)
	both := uids(nameless, Calendar{})
	if len(both) != 2*len(primary) {
		t.Errorf("got %d events of two roles, want twice %d", len(both), len(primary))
	}
	for key, uid := range primary {
		if both[key] != uid {
			t.Errorf("%s has the UID %q beside a second role, %q without", key, both[key], uid)
		}
	}
	group := pair()
	group.Layers[0].Turns = []Turn{{{Name: "ana"}, {Name: "ben"}}}
	group.Overrides = []Override{{Start: calendarTime(t, "2026-02-01T00:00:00Z"), End: calendarTime(t, "2026-02-02T00:00:00Z"), Kind: Remove, Person: "ana", Layer: "first"}}
	team, ben, learners := uids(group, Calendar{}), uids(group, Calendar{Person: "ben"}), uids(group, Calendar{Layer: "learn"})
	if len(ben) != 1 || len(learners) == 0 || len(team) != len(learners)+3 {
		t.Errorf("the team has %v, ben %v, the layer %v", team, ben, learners)
	}
	for _, part := range []map[string]string{ben, learners} {
		for key, uid := range part {
			if team[key] != uid {
				t.Errorf("%s has the UID %s, in the team's calendar %s", key, uid, team[key])
			}
		}
	}
}

// Of any two windows the events of shifts that lie in both are the same; every
// shift of the window has one; nobody has two of one UID.
func TestICalendarLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom(append([]string{"ana", "ben", "cy"}, "a, b", "Zoë", strings.Repeat("長", 60), "<script>"))
		s := Schedule{Name: names.Draw(t, "schedule"), Zone: rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"}).Draw(t, "zone")}
		for i := range rapid.IntRange(1, 3).Draw(t, "layers") {
			l := Layer{Name: []string{"", "b", "c"}[i], Priority: rapid.IntRange(0, 1).Draw(t, "priority"), Rotation: Rotation{
				Unit: rapid.SampledFrom([]Unit{Hour, Day, Week, Month}).Draw(t, "unit"), Every: rapid.IntRange(1, 30).Draw(t, "every"), Start: "2025-11-03T02:30"}}
			for range rapid.IntRange(1, 3).Draw(t, "turns") {
				var turn Turn
				for _, name := range rapid.SliceOfNDistinct(names, 0, 2, rapid.ID[string]).Draw(t, "turn") {
					turn = append(turn, Member{Name: name})
				}
				l.Turns = append(l.Turns, turn)
			}
			if rapid.Bool().Draw(t, "window") {
				l.Windows = []Window{{Days: Days(rapid.IntRange(0, 127).Draw(t, "days")), From: "20:00", To: "08:00"}}
			}
			s.Layers = append(s.Layers, l)
		}
		r, err := s.Compile()
		if err != nil {
			t.Fatal(err)
		}
		base := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		window := func(label string) (time.Time, time.Time, map[string]calendarEvent) {
			from := base.Add(time.Duration(rapid.IntRange(-40*24*60, 40*24*60).Draw(t, label)) * time.Minute)
			to := from.Add(time.Duration(rapid.IntRange(1, 20*24*60).Draw(t, label+" length")) * time.Minute)
			data, err := r.ICalendar(Calendar{From: from, To: to, Stamp: base})
			if err != nil {
				t.Fatal(err)
			}
			calendar, err := ics.ParseCalendar(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]calendarEvent{}
			for _, e := range calendar.Events() {
				start, _ := e.GetStartAt()
				end, _ := e.GetEndAt()
				out[e.Id()] = calendarEvent{e.Id(), e.GetProperty(ics.ComponentPropertySummary).Value, start, end}
			}
			if len(out) != len(calendar.Events()) {
				t.Fatalf("%d events with %d UIDs", len(calendar.Events()), len(out))
			}
			shifts := r.Shifts(from, to)
			if len(shifts) != len(out) {
				t.Fatalf("%d events for %d shifts", len(out), len(shifts))
			}
			for _, s := range shifts {
				found := false
				for _, e := range out {
					found = found || strings.HasPrefix(e.Summary, s.Person+": ") && !e.Start.After(s.Start) && !e.End.Before(s.End)
				}
				if !found {
					t.Fatalf("no event for %+v", s)
				}
			}
			return from, to, out
		}
		from1, to1, a := window("a")
		from2, to2, b := window("b")
		for uid, e := range a {
			if e.Start.Before(to2) && e.End.After(from2) && e.Start.Before(to1) && e.End.After(from1) {
				other, ok := b[uid]
				endless := e.End.Equal(to1) || other.End.Equal(to2)
				if !ok || other.Summary != e.Summary || !other.Start.Equal(e.Start) || !other.End.Equal(e.End) && !endless {
					t.Fatalf("in one window %v, in the other %v", e, other)
				}
			}
		}
	})
}

// Names that try to break out stay names.
func TestICalendarHostileNames(t *testing.T) {
	for _, name := range hostileNames {
		s := Schedule{Name: name, Layers: []Layer{{Rotation: Rotation{Unit: Week, Start: "2026-01-05T09:00"}, Turns: Turns("ana", "ben")}}}
		if r, err := s.Compile(); err == nil {
			data := calendarOf(t, r, Calendar{From: calendarTime(t, "2026-01-05T00:00:00Z"), To: calendarTime(t, "2026-01-20T00:00:00Z"), Title: name})
			if _, events := readCalendar(t, data); len(events) != 3 {
				t.Errorf("%q: %d events\n%s", name, len(events), data)
			}
		}
		s = Schedule{Layers: []Layer{{Rotation: Rotation{Unit: Week, Start: "2026-01-05T09:00"}, Turns: Turns(name+"x", "ben")}}}
		if r, err := s.Compile(); err == nil {
			data := calendarOf(t, r, Calendar{From: calendarTime(t, "2026-01-05T00:00:00Z"), To: calendarTime(t, "2026-01-20T00:00:00Z"), Person: name + "x"})
			if _, events := readCalendar(t, data); len(events) != 2 {
				t.Errorf("%q: %d events\n%s", name, len(events), data)
			}
		}
	}
}

func TestICalendarErrors(t *testing.T) {
	r := calendarRoster(t, pair())
	from, to := calendarTime(t, "2026-01-05T00:00:00Z"), calendarTime(t, "2026-03-01T00:00:00Z")
	for _, c := range []struct {
		c    Calendar
		want string
	}{
		{Calendar{}, `no schedule: from: no instant is given; give one
no schedule: to: no instant is given; give one
no schedule: stamp: no instant is given; give one`},
		{Calendar{From: to, To: from, Stamp: to, Layer: "third"}, `no schedule: to: "2026-01-05T00:00:00Z": it is before from; give a later instant
no schedule: layer: "third": the schedule has no layer of that name; write one of first, learn`},
		{Calendar{From: from, To: from.AddDate(100, 0, 0), Stamp: from.AddDate(9000, 0, 0)}, `no schedule: stamp: "11026-01-05 00:00:00 +0000 UTC": the format cannot write this year; give an instant in the years 1 to 9999
no schedule: to: "2126-01-05T00:00:00Z": the window is longer than 50 years; write several files`},
	} {
		data, err := r.ICalendar(c.c)
		var e *Error
		if !errors.As(err, &e) || err.Error() != c.want || data != nil {
			t.Errorf("%+v: got %v, want %s", c.c, err, c.want)
		}
	}
	if _, err := (Roster{}).ICalendar(Calendar{From: from, To: to, Stamp: to, Layer: "x"}); err == nil || !strings.Contains(err.Error(), "no layer has a name") {
		t.Errorf("got %v", err)
	}
}

// A year of a team of eight with days and nights.
func BenchmarkICalendarYear(b *testing.B) {
	s := Schedule{Name: "payments", Zone: "Europe/Berlin", Layers: []Layer{
		{Name: "day", Rotation: Rotation{Unit: Day, Start: "2026-01-05T09:00"}, Turns: Turns("a", "b", "c", "d"), Windows: []Window{{From: "09:00", To: "21:00"}}},
		{Name: "night", Rotation: Rotation{Unit: Day, Start: "2026-01-05T09:00"}, Turns: Turns("e", "f", "g", "h"), Windows: []Window{{From: "21:00", To: "09:00"}}},
	}}
	r := calendarRoster(b, s)
	c := Calendar{From: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), Stamp: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.ICalendar(c); err != nil {
			b.Fatal(err)
		}
	}
}
