package oncall

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConflicts(t *testing.T) {
	gone := func(person string, from, to int) Absence {
		return Absence{Person: person, Start: hour(from), End: hour(to)}
	}
	type conflict struct {
		From, To, Person string
		Instead          []string
	}
	for _, c := range []struct {
		name   string
		change func(*Schedule)
		want   []conflict
	}{
		{"nobody is absent", func(*Schedule) {}, nil},
		{"not on call meanwhile", func(s *Schedule) { s.Absences = []Absence{gone("cid", 9, 57)} }, nil},
		{"it touches the shift", func(s *Schedule) { s.Absences = []Absence{gone("ana", 33, 40)} }, nil},
		{"within a shift", func(s *Schedule) { s.Absences = []Absence{gone("ana", 12, 18)} },
			[]conflict{{"05 12:00", "05 18:00", "ana", []string{"ben", "cid"}}}},
		{"cut to the shift", func(s *Schedule) { s.Absences = []Absence{gone("ana", 0, 40)} },
			[]conflict{{"05 09:00", "06 09:00", "ana", []string{"ben", "cid"}}}},
		{"two shifts", func(s *Schedule) { s.Absences = []Absence{gone("ana", 20, 30), gone("ben", 30, 60)} },
			[]conflict{{"05 20:00", "06 06:00", "ana", []string{"ben", "cid"}}, {"06 09:00", "07 09:00", "ben", []string{"ana", "cid"}}}},
		{"absent for a part is no stand-in", func(s *Schedule) { s.Absences = []Absence{gone("ana", 12, 18), gone("ben", 17, 19)} },
			[]conflict{{"05 12:00", "05 18:00", "ana", []string{"cid"}}}},
		{"on call in another role is no stand-in", func(s *Schedule) {
			s.Layers = append(s.Layers, Layer{Role: "secondary", Turns: Turns("cid")})
			s.Absences = []Absence{gone("ana", 12, 18)}
		}, []conflict{{"05 12:00", "05 18:00", "ana", []string{"ben"}}}},
		{"on call for a part is no stand-in", func(s *Schedule) {
			s.Overrides = []Override{{Start: hour(17), End: hour(20), Kind: Add, Person: "ben"}}
			s.Absences = []Absence{gone("ana", 12, 18)}
		}, []conflict{{"05 12:00", "05 18:00", "ana", []string{"cid"}}}},
		{"nobody can", func(s *Schedule) {
			s.Absences = []Absence{gone("ana", 12, 18), gone("ben", 12, 18), gone("cid", 12, 18)}
		}, []conflict{{"05 12:00", "05 18:00", "ana", []string{}}}},
		{"replaced, so that there is none", func(s *Schedule) { s.Absences, s.Absent = []Absence{gone("ana", 12, 18)}, AbsenceReplace }, nil},
		{"an override of somebody absent", func(s *Schedule) {
			s.Absences, s.Absent = []Absence{gone("ana", 9, 33)}, AbsenceReplace
			s.Overrides = []Override{{Start: hour(12), End: hour(14), Person: "ana"}}
		}, []conflict{{"05 12:00", "05 14:00", "ana", []string{"ben", "cid"}}}},
		{"a plan of somebody absent", func(s *Schedule) {
			s.Absences = []Absence{gone("eva", 9, 33)}
			s.Temporary = []Temporary{{Start: hour(9), End: hour(12), Shifts: []Shift{{Start: hour(9), End: hour(12), Person: "eva", Role: DefaultRole}}}}
		}, []conflict{{"05 09:00", "05 12:00", "eva", []string{"ana", "ben", "cid"}}}},
		{"a swap to somebody absent", func(s *Schedule) {
			s.Absences = []Absence{gone("ben", 9, 20)}
			s.Swaps = []Swap{{From: "ana", To: "ben", Start: hour(9), End: hour(33)}}
		}, []conflict{{"05 09:00", "05 20:00", "ben", []string{"ana", "cid"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []conflict
			for _, k := range compiled(t, weekOfThree(c.change)).Conflicts(hour(9), hour(9+48)) {
				if k.Shift.Person != k.Absence.Person {
					t.Errorf("got a conflict of %s in a shift of %s", k.Absence.Person, k.Shift.Person)
				}
				got = append(got, conflict{k.Start.Format("02 15:04"), k.End.Format("02 15:04"), k.Shift.Person, k.Instead})
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
	if got := (Roster{}).Conflicts(hour(0), hour(9).Add(time.Hour)); got != nil {
		t.Errorf("got %v of the zero value", got)
	}
}
