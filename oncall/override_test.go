package oncall

import "testing"

func TestTemporary(t *testing.T) {
	// plan holds on January 6, with eva from 12:00 to 20:00.
	plan := func(s *Schedule) {
		s.Temporary = append(s.Temporary, Temporary{Start: hour(24), End: hour(48), Shifts: []Shift{{Start: hour(36), End: hour(44), Person: "eva", Role: DefaultRole}}})
	}
	with := func(change func(*Schedule)) func(*Schedule) {
		return func(s *Schedule) {
			plan(s)
			change(s)
		}
	}
	planned := []string{"05 09:00 to 06 00:00 ana", "06 12:00 to 06 20:00 eva", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}
	for _, m := range []mechanism{
		{"it holds instead of the layers", plan, planned},
		{"of all layers", with(func(s *Schedule) {
			s.Layers = append(s.Layers, Layer{Role: "secondary", Turns: Turns("hal")})
		}), []string{"05 09:00 to 06 00:00 ana", "05 09:00 to 06 00:00 hal secondary", "06 12:00 to 06 20:00 eva", "07 00:00 to 07 09:00 ben", "07 00:00 to 08 09:00 hal secondary", "07 09:00 to 08 09:00 cid"}},
		{"without shifts nobody is on call", func(s *Schedule) {
			s.Temporary = []Temporary{{Start: hour(24), End: hour(48)}}
		}, []string{"05 09:00 to 06 00:00 ana", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"the later in the list holds where two overlap", with(func(s *Schedule) {
			s.Temporary = append(s.Temporary, Temporary{Start: hour(40), End: hour(60), Shifts: []Shift{{Start: hour(40), End: hour(60), Person: "fay", Role: DefaultRole}}})
		}), []string{"05 09:00 to 06 00:00 ana", "06 12:00 to 06 16:00 eva", "06 16:00 to 07 12:00 fay", "07 12:00 to 08 09:00 cid"}},
		{"the earlier one goes on after the later", with(func(s *Schedule) {
			s.Temporary = append(s.Temporary, Temporary{Start: hour(38), End: hour(40), Shifts: []Shift{{Start: hour(38), End: hour(39), Person: "fay", Role: "secondary", Layer: "drill"}}})
		}), []string{"05 09:00 to 06 00:00 ana", "06 12:00 to 06 14:00 eva", "06 14:00 to 06 15:00 fay secondary by drill", "06 16:00 to 06 20:00 eva", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"an override of everything applies to it", with(func(s *Schedule) {
			s.Overrides = []Override{{Start: hour(40), End: hour(50), Person: "gus", Replaces: "eva"}}
		}), []string{"05 09:00 to 06 00:00 ana", "06 12:00 to 06 16:00 eva", "06 16:00 to 06 20:00 gus", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"an override of a layer does not", with(func(s *Schedule) {
			s.Layers[0].Name = "daily"
			s.Overrides = []Override{{Start: hour(40), End: hour(50), Person: "gus", Layer: "daily"}}
		}), []string{"05 09:00 to 06 00:00 ana by daily", "06 12:00 to 06 20:00 eva", "07 00:00 to 07 02:00 gus by daily", "07 02:00 to 07 09:00 ben by daily", "07 09:00 to 08 09:00 cid by daily"}},
		{"a swap applies to it", with(func(s *Schedule) {
			s.Swaps = []Swap{{From: "eva", To: "ana", Start: hour(24), End: hour(48)}}
		}), []string{"05 09:00 to 06 00:00 ana", "06 12:00 to 06 20:00 ana", "07 00:00 to 07 09:00 ben", "07 09:00 to 08 09:00 cid"}},
		{"an absence does not", with(func(s *Schedule) {
			s.Absences, s.Absent = []Absence{{Person: "eva", Start: hour(24), End: hour(48)}}, AbsenceReplace
		}), planned},
		{"a holiday does not", with(func(s *Schedule) {
			s.Holidays, s.Layers[0].SkipHolidays = []Holiday{{Date: "2026-01-06"}}, []string{"*"}
		}), planned},
	} {
		m.run(t)
	}
}
