package oncall

import (
	"fmt"
	"testing"
	"time"
)

// fleet is 1000 schedules, half of them weekly with eight people, half with a
// day and a night layer that change hands daily.
func fleet(b *testing.B) []Roster {
	zones := []string{"Europe/Berlin", "America/Chicago", "Asia/Kolkata", "Australia/Sydney", "UTC"}
	people := Turns("ana", "ben", "cid", "dan", "eva", "fay", "gus", "hal")
	rosters := make([]Roster, 1000)
	for i := range rosters {
		s := one(zones[i%len(zones)], Rotation{Unit: Week, Start: "2024-01-01T09:00"}, people)
		if i%2 == 1 {
			s.Layers = []Layer{
				{Name: "day", Rotation: Rotation{Unit: Day, Start: "2024-01-01T08:00"}, Turns: people[:4], Windows: []Window{{From: "08:00", To: "20:00"}}},
				{Name: "night", Rotation: Rotation{Unit: Day, Start: "2024-01-01T20:00"}, Turns: people[4:], Windows: []Window{{From: "20:00", To: "08:00"}}},
			}
		}
		rosters[i] = compiled(b, s)
	}
	return rosters
}

var year = [2]time.Time{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}

func BenchmarkYearOfThousand(b *testing.B) {
	rosters := fleet(b)
	b.Run("reused", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]Shift, 0, 1000)
		n := 0
		for b.Loop() {
			n = 0
			for _, r := range rosters {
				dst = r.AppendShifts(dst[:0], year[0], year[1])
				n += len(dst)
			}
		}
		b.ReportMetric(float64(n), "shifts")
	})
	b.Run("allocating", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range rosters {
				if len(r.Shifts(year[0], year[1])) == 0 {
					b.Fatal("nobody")
				}
			}
		}
	})
}

func BenchmarkPrimary(b *testing.B) {
	people := Turns("ana", "ben", "cid", "dan", "eva", "fay", "gus", "hal")
	weekly := one("Europe/Berlin", Rotation{Unit: Week, Start: "2024-01-01T09:00"}, people)
	shifts := one("Europe/Berlin", Rotation{Unit: Day, Start: "2024-01-01T08:00"}, people, Window{From: "08:00", To: "20:00"})
	shifts.Layers = append(shifts.Layers, Layer{Rotation: Rotation{Unit: Day, Start: "2024-01-01T20:00"}, Turns: people, Windows: []Window{{From: "20:00", To: "08:00"}}})
	monthly := one("Europe/Berlin", Rotation{Unit: Month, Start: "2024-01-01T09:00"}, people)
	for _, s := range []struct {
		name string
		Schedule
	}{{"weekly", weekly}, {"day-night", shifts}, {"monthly", monthly}} {
		r := compiled(b, s.Schedule)
		for _, age := range []int{1, 10} {
			at := time.Date(2024+age, 6, 15, 12, 0, 0, 0, time.UTC)
			b.Run(fmt.Sprintf("%s/%d-years", s.name, age), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, ok := r.Primary(at); !ok {
						b.Fatal("nobody")
					}
				}
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	s := one("Europe/Berlin", Rotation{Unit: Week, Start: "2024-01-01T09:00"}, Turns("ana", "ben"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Compile(); err != nil {
			b.Fatal(err)
		}
	}
}
