package ownership_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// largeCatalog has so many entries of so many people in teams of ten: each entry
// needs up to four earlier ones, and each team a primary, a secondary and a
// commander.
func largeCatalog(entries, people int) ownership.Catalog {
	var c ownership.Catalog
	teams := people / 10
	for i := range teams {
		t := ownership.Team{Name: fmt.Sprintf("team-%03d", i), Area: fmt.Sprintf("area-%02d", i%20), TimeZone: []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo"}[i%3]}
		var names []string
		for j := range 10 {
			p := response.Person{Name: fmt.Sprintf("person-%03d-%d", i, j), Level: 1 + j%5, Certificates: []string{response.CertificateCommander, response.CertificateCommunications}[j%2 : j%2+1]}
			for k := i; k < entries; k += teams {
				p.Qualifications = append(p.Qualifications, response.Qualification{Service: fmt.Sprintf("entry-%05d", k), Shadowed: 1, ReverseShadowed: 1, LastOnCall: october(1, 0, 0)})
			}
			t.Members = append(t.Members, p)
			names = append(names, p.Name)
		}
		week := ownership.Rotation{Every: 1, Unit: "week"}
		t.Schedule = ownership.Schedule{Name: t.Name, Rotation: week, Layers: []ownership.Layer{
			{Name: "first", Members: names[1:6]}, {Name: "second", Role: "secondary", Members: names[3:9]}, {Name: "command", Role: "commander", Members: names[5:]},
		}}
		c.Teams = append(c.Teams, t)
	}
	for i := range entries {
		s := ownership.Service{Name: fmt.Sprintf("entry-%05d", i), OwnerTeam: fmt.Sprintf("team-%03d", i%teams), CustomerFacing: i%10 == 9,
			Responsibilities: []ownership.Responsibility{{Objective: slo.Objective{Name: "availability", Target: slo.MustRatio("99.9%")}}}}
		for k := 1; k <= 4 && i > 0; k++ {
			s.DependsOn = append(s.DependsOn, ownership.Dependency{Name: fmt.Sprintf("entry-%05d", (i*7+k*13)%i)})
		}
		c.Services = append(c.Services, s)
	}
	return c
}

// BenchmarkIncident answers an incident of eight alerts in a catalog of 10 000
// entries and 2000 people: room is the answer from a Standby, standby making one
// (200 schedules compiled, 12 weeks of shifts), both the two together.
//
//	go test -run '^$' -bench BenchmarkIncident -benchtime 20x .
func BenchmarkIncident(b *testing.B) {
	c := largeCatalog(10_000, 2000)
	at := time.Date(2026, 10, 14, 12, 0, 0, 0, time.UTC)
	in := ownership.IncidentInput{Severity: 2, Alerts: alertsOf(at, "entry-09999", "entry-09998", "entry-05000", "entry-05001", "entry-05002", "entry-01234", "entry-07777", "entry-00900")}
	standby, err := c.Standby(at, ownership.StandbyOptions{})
	if err != nil {
		b.Fatal(err)
	}
	report := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/1e6, "ms/op")
	}
	b.Run("room", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, err := standby.Incident(in)
			if err != nil || len(r.Roles) < 8 {
				b.Fatal(err, len(r.Roles))
			}
		}
		report(b)
	})
	b.Run("standby", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Standby(at, ownership.StandbyOptions{}); err != nil {
				b.Fatal(err)
			}
		}
		report(b)
	})
	b.Run("both", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Incident(in, ownership.StandbyOptions{}); err != nil {
				b.Fatal(err)
			}
		}
		report(b)
	})
}
