package oncall

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lines are shifts as "05 09:00 to 06 09:00 ana", by the schedule's clock, with a
// role that is not primary and a layer's name.
func lines(shifts []Shift) []string {
	var out []string
	for _, s := range shifts {
		line := s.Start.Format("02 15:04") + " to " + s.End.Format("02 15:04") + " " + s.Person
		if s.Role != DefaultRole {
			line += " " + s.Role
		}
		if s.Layer != "" {
			line += " by " + s.Layer
		}
		out = append(out, line)
	}
	return out
}

// mechanism is a schedule and what holds from Monday, January 5, 9:00, on for
// three days.
type mechanism struct {
	name   string
	change func(*Schedule)
	want   []string
}

func (m mechanism) run(t *testing.T) {
	t.Helper()
	t.Run(m.name, func(t *testing.T) {
		r := compiled(t, weekOfThree(m.change))
		if d := cmp.Diff(m.want, lines(r.Shifts(hour(9), hour(9+72)))); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
	})
}

func TestAbsences(t *testing.T) {
	// away makes absences by a policy, each from and to hours of January 5.
	type gone struct {
		person   string
		from, to int
	}
	away := func(policy AbsencePolicy, list ...gone) func(*Schedule) {
		return func(s *Schedule) {
			s.Absent = policy
			for _, a := range list {
				s.Absences = append(s.Absences, Absence{Person: a.person, Start: hour(a.from), End: hour(a.to)})
			}
		}
	}
	with := func(first, second func(*Schedule)) func(*Schedule) {
		return func(s *Schedule) { first(s); second(s) }
	}
	turns := func(list ...Turn) func(*Schedule) { return func(s *Schedule) { s.Layers[0].Turns = list } }
	undisturbed := []string{"05 09:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}

	for _, m := range []mechanism{
		{"nobody", nil, undisturbed},
		{"report", away(AbsenceReport, gone{"ana", 12, 18}), undisturbed},
		{"no policy is report", away("", gone{"ana", 12, 18}), undisturbed},
		{"skip", away(AbsenceSkip, gone{"ana", 12, 18}), []string{
			"05 09:00 to 05 12:00 ana", "05 18:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"replace in the middle of a turn", away(AbsenceReplace, gone{"ana", 12, 18}), []string{
			"05 09:00 to 05 12:00 ana", "05 12:00 to 05 18:00 ben", "05 18:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"replace up to the stand-in's own turn", away(AbsenceReplace, gone{"ana", 12, 40}), []string{
			"05 09:00 to 05 12:00 ana", "05 12:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"the next is absent too", away(AbsenceReplace, gone{"ana", 9, 33}, gone{"ben", 10, 20}), []string{
			"05 09:00 to 05 10:00 ben", "05 10:00 to 05 20:00 cid", "05 20:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"after the last comes the first", away(AbsenceReplace, gone{"cid", 57, 81}), []string{
			"05 09:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 ana"}},
		{"all are absent", away(AbsenceReplace, gone{"ana", 12, 18}, gone{"ben", 12, 18}, gone{"cid", 12, 18}), []string{
			"05 09:00 to 05 12:00 ana", "05 18:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"absent twice at once", away(AbsenceReplace, gone{"ana", 12, 18}, gone{"ana", 15, 20}), []string{
			"05 09:00 to 05 12:00 ana", "05 12:00 to 05 20:00 ben", "05 20:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"not on call meanwhile", away(AbsenceReplace, gone{"cid", 9, 57}), undisturbed},
		{"somebody of another team", away(AbsenceReplace, gone{"zoe", 9, 57}), undisturbed},
		{"one of two", with(turns(Turn{{Name: "ana"}, {Name: "dan"}}, Turn{{Name: "ben"}}, Turn{{Name: "cid"}}), away(AbsenceReplace, gone{"ana", 9, 33})), []string{
			"05 09:00 to 06 09:00 dan", "05 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"both of two", with(turns(Turn{{Name: "ana"}, {Name: "dan"}}, Turn{{Name: "ben"}}, Turn{{Name: "cid"}}), away(AbsenceReplace, gone{"ana", 9, 33}, gone{"dan", 9, 33})), []string{
			"05 09:00 to 07 09:00 ben", "05 09:00 to 06 09:00 cid", "07 09:00 to 08 09:00 cid"}},
		{"who is on duty anyway stands in for nobody", with(turns(Turn{{Name: "ana"}, {Name: "ben"}}, Turn{{Name: "ben"}}, Turn{{Name: "cid"}}), away(AbsenceReplace, gone{"ana", 9, 33})), []string{
			"05 09:00 to 07 09:00 ben", "05 09:00 to 06 09:00 cid", "07 09:00 to 08 09:00 cid"}},
		{"a turn of nobody stays nobody's", with(turns(Turn{{Name: "ana"}}, nil, Turn{{Name: "cid"}}), away(AbsenceReplace, gone{"ana", 9, 33})), []string{
			"05 09:00 to 06 09:00 cid", "07 09:00 to 08 09:00 cid"}},
		{"an override stands", with(away(AbsenceReplace, gone{"ana", 9, 33}), func(s *Schedule) {
			s.Overrides = []Override{{Start: hour(33), End: hour(40), Person: "ana"}, {Start: hour(12), End: hour(14), Person: "ana"}}
		}), []string{
			"05 09:00 to 05 12:00 ben", "05 12:00 to 05 14:00 ana", "05 14:00 to 06 09:00 ben", "06 09:00 to 06 16:00 ana", "06 16:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
	} {
		m.run(t)
	}
}

// TestHolidays: January 6 is a holiday of "it", January 7 one of no named site.
func TestHolidays(t *testing.T) {
	skip := func(sites ...string) func(*Schedule) {
		return func(s *Schedule) {
			s.Holidays = []Holiday{{Date: "2026-01-06", Site: "it", Name: "Epiphany"}, {Date: "2026-01-07"}}
			s.Layers[0].SkipHolidays = sites
		}
	}
	for _, m := range []mechanism{
		{"of no site", skip(), []string{"05 09:00 to 06 09:00 ana", "06 09:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"of one site", skip("it"), []string{"05 09:00 to 06 00:00 ana", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"of the site without a name", skip(""), []string{"05 09:00 to 06 09:00 ana", "06 09:00 to 07 00:00 ben", "08 00:00 to 08 09:00 cid"}},
		{"of all", skip("*"), []string{"05 09:00 to 06 00:00 ana", "08 00:00 to 08 09:00 cid"}},
		{"another layer takes over", func(s *Schedule) {
			skip("it")(s)
			s.Layers[0].Priority = 1
			s.Layers = append(s.Layers, Layer{Name: "holidays", Turns: Turns("hal")})
		}, []string{"05 09:00 to 06 00:00 ana", "06 00:00 to 07 00:00 hal by holidays", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"by the layer's clock", func(s *Schedule) { // Tokyo is nine hours ahead: its turns begin at 0:00 UTC
			skip("it")(s)
			s.Layers[0].Zone = "Asia/Tokyo"
		}, []string{"05 09:00 to 05 15:00 ana", "06 15:00 to 07 00:00 ben", "07 00:00 to 08 00:00 cid", "08 00:00 to 08 09:00 ana"}},
		{"an override stands", func(s *Schedule) {
			skip("it")(s)
			s.Overrides = []Override{{Start: hour(36), End: hour(38), Kind: Add, Person: "dan"}}
		}, []string{"05 09:00 to 06 00:00 ana", "06 12:00 to 06 14:00 dan", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
	} {
		m.run(t)
	}
}

// TestHolidayOfClockChange: March 29, 2026 has 23 hours in Berlin.
func TestHolidayOfClockChange(t *testing.T) {
	s := one("Europe/Berlin", Rotation{}, Turns("ana"))
	s.Holidays, s.Layers[0].SkipHolidays = []Holiday{{Date: "2026-03-29"}}, []string{"*"}
	from := time.Date(2026, time.March, 28, 0, 0, 0, 0, time.UTC)
	shifts := compiled(t, s).Shifts(from, from.AddDate(0, 0, 3))
	if len(shifts) != 2 || shifts[1].Start.Sub(shifts[0].End) != 23*time.Hour || shifts[0].End.Format(time.RFC3339) != "2026-03-29T00:00:00+01:00" {
		t.Errorf("got %v, want a break of 23 hours from March 29 on", shifts)
	}
}
