package ownership_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
)

// teamFile is a team of five in two zones.
const teamFile = `team:
  name: sre
  time_zone: Europe/Berlin
  members:
    - ana
    - {name: ben, time_zone: America/New_York}
    - cy
    - {name: dee, time_zone: America/New_York}
    - eve
`

// rosterCatalog is a service with the schedule, and a team, which may have one
// as well.
func rosterCatalog(t *testing.T, schedule, team string) (ownership.Catalog, ownership.Service) {
	t.Helper()
	files := fstest.MapFS{"service.yaml": {Data: []byte("service:\n  name: pay\n  owner_team: sre\n" + schedule)}}
	if team != "" {
		files["team.yaml"] = &fstest.MapFile{Data: []byte(team)}
	}
	c, err := ownership.ReadCatalog(files, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Service("pay")
	if !ok {
		t.Fatal("no service")
	}
	return c, s
}

// shiftLines are shifts in Berlin's time, one a line.
func shiftLines(shifts []oncall.Shift) string {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, s := range shifts {
		fmt.Fprintf(&b, "%s-%s %s %s", s.Start.In(berlin).Format("0102 15:04"), s.End.In(berlin).Format("0102 15:04"), s.Person, s.Role)
		if s.Layer != "" {
			b.WriteString(" by " + s.Layer)
		}
		if s.Shadow {
			b.WriteString(", shadow")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestRosterOf(t *testing.T) {
	const oncallOf = "  incident_response:\n    oncall_schedule: "
	full := oncallOf + "{rotation: weekly, handoff: Monday 09:00, time_zone: Europe/Berlin, start: 2026-01-05, members: [ana, ben, cy]"
	daily := oncallOf + "{rotation: daily, handoff: 09:00, time_zone: Europe/Berlin, start: 2026-01-05, members: [ana, ben, cy]"
	for _, c := range []struct{ name, schedule, team, from, to, want string }{
		// 2024-01-01 is the first of the 105 weeks before 2026-01-05: 105 mod 5 = 0.
		{"the preset and a team", oncallOf + "weekly\n", teamFile, "2026-01-05T00:00", "2026-01-20T00:00", `
0105 00:00-0105 09:00 eve primary
0105 09:00-0112 09:00 ana primary
0112 09:00-0119 09:00 ben primary
0119 09:00-0120 00:00 cy primary
`},
		{"the preset with its handoff", oncallOf + "weekly on Wednesday at 12:00 Asia/Tokyo\n", teamFile, "2026-01-07T00:00", "2026-01-08T00:00", `
0107 00:00-0107 04:00 ana primary
0107 04:00-0108 00:00 ben primary
`},
		{"daily", oncallOf + "daily\n", teamFile, "2026-03-28T12:00", "2026-03-31T12:00", `
0328 12:00-0329 09:00 cy primary
0329 09:00-0330 09:00 dee primary
0330 09:00-0331 09:00 eve primary
0331 09:00-0331 12:00 ana primary
`},
		{"no schedule but the team's", "", teamFile + "  schedule: {name: first, rotation: every 2 weeks, start: 2026-01-05, members: [eve, cy]}\n", "2026-01-05T12:00", "2026-02-02T12:00", `
0105 12:00-0119 09:00 eve primary
0119 09:00-0202 09:00 cy primary
0202 09:00-0202 12:00 eve primary
`},
		{"the rhythm of the team's schedule", oncallOf + "weekly\n", teamFile + "  schedule: {rotation: weekly, start: 2026-01-05, members: [eve, cy]}\n", "2026-01-05T12:00", "2026-01-13T12:00", `
0105 12:00-0112 09:00 eve primary
0112 09:00-0113 12:00 cy primary
`},
		{"by name", oncallOf + "first\n", teamFile + "  schedule: {name: first, rotation: weekly, start: 2026-01-05, members: [dee]}\n", "2026-01-05T12:00", "2026-01-25T12:00", `
0105 12:00-0125 12:00 dee primary
`},
		{"in full", full + "}\n", "", "2026-01-01T00:00", "2026-01-20T00:00", `
0105 09:00-0112 09:00 ana primary
0112 09:00-0119 09:00 ben primary
0119 09:00-0120 00:00 cy primary
`},
		{"handoff on another day than the start", oncallOf + "{rotation: weekly, handoff: Monday 09:00, time_zone: Europe/Berlin, start: 2026-01-07, members: [ana, ben]}\n", "", "2026-01-01T00:00", "2026-01-15T00:00", `
0107 09:00-0112 09:00 ana primary
0112 09:00-0115 00:00 ben primary
`},
		{"over the change of clocks", full + "}\n", "", "2026-03-23T09:00", "2026-04-06T09:00", `
0323 09:00-0330 09:00 cy primary
0330 09:00-0406 09:00 ana primary
`},
		{"several and none in a turn", oncallOf + "{rotation: daily, time_zone: Europe/Berlin, start: 2026-01-05, turns: [{members: [ana, ben]}, {members: []}, {members: [cy]}]}\n", "", "2026-01-05T00:00", "2026-01-08T09:00", `
0105 09:00-0106 09:00 ana primary
0105 09:00-0106 09:00 ben primary
0107 09:00-0108 09:00 cy primary
`},
		{"turns on workdays only, counted", oncallOf + "{rotation: daily, days: Mon-Fri, coverage: Mon-Fri 09:00-17:00, time_zone: Europe/Berlin, start: 2026-01-08, members: [ana, ben, cy]}\n", "", "2026-01-08T00:00", "2026-01-13T00:00", `
0108 09:00-0108 17:00 ana primary
0109 09:00-0109 17:00 ben primary
0112 09:00-0112 17:00 cy primary
`},
		{"hours by the stopwatch", oncallOf + "{rotation: every 12 hours, handoff: 00:00, elapsed: true, time_zone: Europe/Berlin, start: 2026-03-28, members: [ana, ben]}\n", "", "2026-03-28T00:00", "2026-03-30T00:00", `
0328 00:00-0328 12:00 ana primary
0328 12:00-0329 00:00 ben primary
0329 00:00-0329 13:00 ana primary
0329 13:00-0330 00:00 ben primary
`},
		{"layers beside the schedule's own", full + ", layers: [{name: second, role: secondary, members: [dee, eve]}, {name: office, coverage: Mon-Fri 10:00-12:00, members: [eve]}, {role: shadow, name: learn, members: [fay]}]}\n", "", "2026-01-05T09:00", "2026-01-06T09:00", `
0105 09:00-0106 09:00 fay shadow by learn, shadow
0105 09:00-0106 09:00 dee secondary by second
0105 09:00-0105 10:00 ana primary
0105 10:00-0105 12:00 eve primary by office
0105 12:00-0106 09:00 ana primary
`},
		{"layers that take the schedule's members", oncallOf + "{rotation: weekly, time_zone: Europe/Berlin, start: 2026-01-05, members: [ana, ben], layers: [{name: day, coverage: daily 08:00-20:00}, {name: night, coverage: daily 22:00-08:00, members: [cy]}]}\n", "", "2026-01-05T12:00", "2026-01-06T12:00", `
0105 12:00-0105 20:00 ana primary by day
0105 22:00-0106 08:00 cy primary by night
0106 08:00-0106 12:00 ana primary by day
`},
		{"priorities and a tie", oncallOf + "{time_zone: Europe/Berlin, start: 2026-01-05, tie: first, layers: [{name: a, priority: 7, members: [ana]}, {name: b, priority: 7, members: [ben]}, {name: c, members: [cy]}]}\n", "", "2026-01-05T12:00", "2026-01-06T12:00", `
0105 12:00-0106 12:00 ana primary by a
`},
		{"a layer that ends", oncallOf + "{time_zone: Europe/Berlin, start: 2026-01-05, layers: [{name: a, until: 2026-01-06 12:00, members: [ana]}]}\n", "", "2026-01-05T12:00", "2026-01-07T12:00", `
0105 12:00-0106 12:00 ana primary by a
`},
		{"overrides", daily + ", overrides: [{start: 2026-01-05 12:00, end: 2026-01-05 18:00, member: dee}, {start: 2026-01-06T08:00:00Z, end: 2026-01-08T08:00:00Z, member: eve, replaces: cy}, {start: 2026-01-06 12:00, end: 2026-01-06 13:00, replaces: ben}, {start: 2026-01-06 14:00, end: 2026-01-06 15:00, kind: add, member: fay, role: secondary}]}\n", "", "2026-01-05T09:00", "2026-01-08T09:00", `
0105 09:00-0105 12:00 ana primary
0105 12:00-0105 18:00 dee primary
0105 18:00-0106 09:00 ana primary
0106 09:00-0106 12:00 ben primary
0106 13:00-0107 09:00 ben primary
0106 14:00-0106 15:00 fay secondary
0107 09:00-0108 09:00 eve primary
`},
		{"swaps", daily + ", swaps: [{from: ana, to: ben, start: 2026-01-05 09:00, end: 2026-01-06 09:00, return_start: 2026-01-06 09:00, return_end: 2026-01-07 09:00}]}\n", "", "2026-01-05T09:00", "2026-01-08T09:00", `
0105 09:00-0106 09:00 ben primary
0106 09:00-0107 09:00 ana primary
0107 09:00-0108 09:00 cy primary
`},
		{"a temporary plan", daily + ", temporary: [{name: party, start: 2026-01-05 12:00, end: 2026-01-06 12:00, shifts: [{member: dee, end: 2026-01-05 20:00}, {member: eve, start: 2026-01-05 22:00, role: lead}]}]}\n", "", "2026-01-05T09:00", "2026-01-06T18:00", `
0105 09:00-0105 12:00 ana primary
0105 12:00-0105 20:00 dee primary
0105 22:00-0106 12:00 eve lead
0106 12:00-0106 18:00 ben primary
`},
		{"absences, replaced", daily + ", absent: replace, absences: [{member: ben, start: 2026-01-06, end: 2026-01-08, reason: vacation}]}\n", "", "2026-01-05T09:00", "2026-01-08T09:00", `
0105 09:00-0106 09:00 ana primary
0106 09:00-0108 09:00 cy primary
`},
		{"somebody who joins and one who leaves", daily + ", memberships: [{member: cy, start: 2026-01-09}, {member: ana, end: 2026-01-07}]}\n", "", "2026-01-05T09:00", "2026-01-11T09:00", `
0105 09:00-0106 09:00 ana primary
0106 09:00-0107 09:00 ben primary
0108 09:00-0109 09:00 ben primary
0109 09:00-0110 09:00 cy primary
`},
		{"a holiday", daily + ", skip_holidays: [DE], holidays: [{date: 2026-01-06, site: DE, name: Epiphany}, {date: 2026-01-07, site: FR}]}\n", "", "2026-01-05T09:00", "2026-01-07T10:00", `
0105 09:00-0106 00:00 ana primary
0107 00:00-0107 09:00 ben primary
0107 09:00-0107 10:00 cy primary
`},
		{"hours by the clock of each member", oncallOf + "{rotation: daily, handoff: 00:00, time_zone: Europe/Berlin, start: 2026-01-05, coverage: daily 09:00-17:00, members: [ana, ben], memberships: [{member: ben, time_zone: Europe/London}]}\n", "", "2026-01-05T00:00", "2026-01-07T00:00", `
0105 09:00-0105 17:00 ana primary
0106 10:00-0106 18:00 ben primary
`},
		// Berlin and New York are 6 hours apart but for the weeks in which only one
		// has changed its clock, 2026-03-08 to 2026-03-29: 5 hours.
		{"follow the sun in winter", oncallOf + "follow-the-sun\n", teamFile, "2026-01-05T00:00", "2026-01-07T00:00", `
0105 00:00-0105 09:00 ben primary by America/New_York
0105 09:00-0105 15:00 ana primary by Europe/Berlin
0105 15:00-0106 09:00 dee primary by America/New_York
0106 09:00-0106 15:00 ana primary by Europe/Berlin
0106 15:00-0107 00:00 dee primary by America/New_York
`},
		{"follow the sun in March", oncallOf + "follow-the-sun\n", teamFile, "2026-03-20T00:00", "2026-03-21T00:00", `
0320 00:00-0320 09:00 dee primary by America/New_York
0320 09:00-0320 15:00 cy primary by Europe/Berlin
0320 15:00-0321 00:00 dee primary by America/New_York
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			catalog, s := rosterCatalog(t, c.schedule, c.team)
			roster, err := catalog.RosterOf(s)
			if err != nil {
				t.Fatal(err)
			}
			berlin, err := time.LoadLocation("Europe/Berlin")
			if err != nil {
				t.Fatal(err)
			}
			at := func(text string) time.Time {
				v, err := time.ParseInLocation("2006-01-02T15:04", text, berlin)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			got := "\n" + shiftLines(roster.Shifts(at(c.from), at(c.to)))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Follow-the-sun has somebody on call at every instant, and one alone.
func TestFollowTheSunIsSeamless(t *testing.T) {
	for _, zones := range [][]string{
		{"Asia/Singapore", "Europe/London", "America/Los_Angeles"},
		{"Europe/Berlin", "America/New_York"},
		{"America/Santiago", "America/Halifax", "Asia/Tokyo", "Europe/Berlin"},
		{"Europe/Berlin", "Europe/Paris", "Australia/Lord_Howe"},
		{"America/Denver", "America/Phoenix", "Pacific/Apia"},
		{"Pacific/Chatham", "Africa/Cairo", "America/Havana", "Asia/Kathmandu", "Africa/Casablanca"},
	} {
		team := ownership.Team{Name: "sre", Schedule: ownership.Schedule{FollowTheSun: true}}
		for i, zone := range zones {
			team.Members = append(team.Members, person(fmt.Sprintf("p%d", i), zone), person(fmt.Sprintf("q%d", i), zone))
		}
		roster, err := ownership.Catalog{Teams: []ownership.Team{team}}.RosterOf(ownership.Service{OwnerTeam: "sre"})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2024, 1, 3, 0, 0, 0, 0, time.UTC)
		late := 0
		for _, s := range roster.Shifts(at, at.AddDate(2, 0, 0)) {
			if !s.Start.Equal(at) {
				t.Fatalf("%v: %v is on call from %v, want from %v, when the shift before ends", zones, s.Person, s.Start, at)
			}
			at = s.End
			if zone, err := time.LoadLocation(s.Layer); err == nil && s.Start.In(zone).Format("15:04") != "09:00" {
				late++
			}
		}
		if len(zones) == 3 && zones[0] == "Asia/Singapore" && late > 80 {
			t.Errorf("%v: %d shifts begin at another time than 09:00", zones, late)
		}
	}
}

func TestRosterErrors(t *testing.T) {
	const oncallOf = "  incident_response:\n    oncall_schedule: "
	for _, c := range []struct{ name, schedule, team, want string }{
		{"nothing", "", "", `service.yaml:2:3: service.incident_response.oncall_schedule: neither "pay" nor "sre" has a schedule; write oncall_schedule: weekly`},
		{"elsewhere", oncallOf + "https://example.org/x\n", "", `service.yaml:5:22: service.incident_response.oncall_schedule: "https://example.org/x": the schedule is kept elsewhere; write it here: a rhythm such as weekly, or rotation, start and members`},
		{"no such name", oncallOf + "payments\n", teamFile, `service.yaml:5:22: service.incident_response.oncall_schedule: "payments": no schedule of that name is defined here, and it is no rhythm such as weekly; write weekly, or the name of a team's schedule`},
		{"no team", oncallOf + "weekly\n", "", `service.yaml:5:22: service.incident_response.oncall_schedule: "weekly": nobody takes turns: no members are given, and the owner team is not defined here; list members, or define the team`},
		{"an empty team", oncallOf + "weekly\n", "team: {name: sre}\n", `service.yaml:5:22: service.incident_response.oncall_schedule: "weekly": nobody takes turns: the team "sre" has no members; list members`},
		{"one site", oncallOf + "follow-the-sun\n", "team: {name: sre, members: [ana, ben]}\n", `service.yaml:5:22: service.incident_response.oncall_schedule: "follow-the-sun": follow-the-sun needs people in two time zones or more; give members of the team a time_zone, or write weekly`},
		{"an end before its start, in the team's schedule", "", teamFile + "  schedule:\n    rotation: weekly\n    overrides:\n      - {start: 2026-01-06T00:00:00Z, end: 2026-01-06 00:30, member: ana}\n    absences:\n      - {member: ben, start: 2026-01-06T00:00:00Z, end: 2026-01-06 00:30}\n",
			`team.yaml:13:44: team.schedule.overrides[0].end: "2026-01-06 00:30": it is not after the start; write a later instant
team.yaml:15:57: team.schedule.absences[0].end: "2026-01-06 00:30": it is not after the start; write a later instant`},
		{"overlapping swaps", "", teamFile + "  schedule:\n    rotation: weekly\n    swaps:\n      - {from: ana, to: ben, start: 2026-01-05, end: 2026-01-12}\n      - {from: ana, to: cy, start: 2026-01-11, end: 2026-01-19}\n      - {from: ben, to: ben, start: 2026-02-11, end: 2026-02-19}\n", `team.yaml:14:36: team.schedule.swaps[1].start: "2026-01-11": ana gives turns of that time away in swaps[0] already; remove one of the two, or let the new holder hand them on
team.yaml:15:25: team.schedule.swaps[2].to: "ben": a swap is between two people; name somebody else`},
		{"a layer's keys", oncallOf + "{time_zone: UTC, layers: [{members: [ana], days: Mon}, {members: [ben], rotation: daily, skip_holidays: [DE]}]}\n", "", `service.yaml:5:71: service.incident_response.oncall_schedule.layers[0].days: "Mon": only the turns of a daily rotation pass on by the day, this one is weekly; write rotation: daily, or the hours on call as coverage`},
		{"a site without holidays", oncallOf + "{time_zone: UTC, layers: [{members: [ana]}, {members: [ben], rotation: daily, skip_holidays: [DE]}]}\n", "", `service.yaml:5:116: service.incident_response.oncall_schedule.layers[1].skip_holidays[0]: "DE": no holiday is of that site; write one of the holidays' sites, or *`},
	} {
		t.Run(c.name, func(t *testing.T) {
			catalog, s := rosterCatalog(t, c.schedule, c.team)
			_, err := catalog.RosterOf(s)
			var spec *ownership.SpecError
			if !errors.As(err, &spec) {
				t.Fatalf("got %v, want a *SpecError", err)
			}
			if diff := cmp.Diff(strings.Split(c.want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func person(name, zone string) response.Person { return response.Person{Name: name, Zone: zone} }

// A schedule that uses every key is written as it was read.
func TestScheduleYAMLRoundTrip(t *testing.T) {
	const document = `service:
  name: pay
  owner_team: sre
  incident_response:
    oncall_schedule:
      name: payments
      rotation: daily
      handoff: "09:00"
      time_zone: Europe/Berlin
      start: "2026-01-05"
      turns:
        - members: [ana, ben]
        - members: []
      days: Mon-Fri
      coverage: [Mon-Fri 09:00-17:00]
      skip_holidays: [DE]
      layers:
        - name: night
          role: secondary
          priority: -3
          shadow: true
          until: 2026-07-01 09:00
          rotation: every 12 hours
          handoff: "08:00"
          time_zone: UTC
          start: "2026-02-01"
          members: [cy]
          elapsed: true
          coverage: [daily 20:00-08:00]
          skip_holidays: ["*"]
      overrides:
        - start: 2026-01-06 12:00
          end: 2026-01-06T17:00:00Z
          kind: add
          member: cy
          role: lead
        - start: 2026-01-07
          end: 2026-01-08
          member: cy
          replaces: ana
          layer: night
      temporary:
        - name: party
          start: 2026-12-24
          end: 2026-12-25
          shifts:
            - start: 2026-12-24 12:00
              end: 2026-12-24 18:00
              member: ana
              role: secondary
            - member: ben
      swaps:
        - from: ana
          to: ben
          start: 2026-01-12
          end: 2026-01-13
          return_start: 2026-01-14
          return_end: 2026-01-15
      absences:
        - member: ana
          start: 2026-03-01
          end: 2026-03-15
          reason: vacation
      absent: skip
      memberships:
        - member: cy
          start: 2026-03-01
          end: 2027-01-01
          time_zone: Asia/Tokyo
      holidays:
        - date: "2026-12-25"
          site: DE
          name: Christmas
      off_duty: [weekends]
      tie: first
`
	want, err := ownership.Read("x.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	got, err := ownership.Read("x.yaml", want.YAML())
	if err != nil {
		t.Fatalf("%v\n%s", err, want.YAML())
	}
	if diff := cmp.Diff(want, got, plainly); diff != "" {
		t.Errorf("(-want +got)\n%s\n%s", diff, want.YAML())
	}
	for _, key := range ownership.Keys() {
		if key.Section == "schedule" && key.Name != "members" && key.Name != "elapsed" && !strings.Contains(string(want.YAML()), " "+key.Name+":") {
			t.Errorf("%s is not written:\n%s", key.Name, want.YAML())
		}
	}
	if roster, err := (ownership.Catalog{Services: []ownership.Service{want}}).RosterOf(want); err != nil {
		t.Error(err)
	} else if d := roster.Definition(); d.Name != "payments" || len(d.Layers) != 2 || len(d.OffDuty) != 1 || d.Layers[1].Priority != -3 {
		t.Errorf("the roster's definition is %+v", d)
	}
}

// What a definition says is kept by Catalog.OnCallOf, which nobody is asked of.
func TestOnCallOf(t *testing.T) {
	catalog, s := rosterCatalog(t, "  incident_response:\n    oncall_schedule: weekly\n", teamFile)
	got, err := catalog.OnCallOf(s)
	if err != nil {
		t.Fatal(err)
	}
	want := oncall.Schedule{Name: "pay", Zone: "Europe/Berlin", Layers: []oncall.Layer{{
		Zone: "Europe/Berlin", Rotation: oncall.Rotation{Unit: oncall.Week, Every: 1, Start: "2024-01-01T09:00", Days: oncall.On(time.Monday)},
		Turns: oncall.Turns("ana", "ben", "cy", "dee", "eve"),
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := catalog.OnCallOf(ownership.Service{Name: "x"}); err == nil {
		t.Error("a service without a schedule has one")
	}
}

// The schedule in docs/spec.md is one that can be asked.
func TestDocumentedSchedule(t *testing.T) {
	data, err := os.ReadFile("docs/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```yaml\noncall_schedule:\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/spec.md has no schedule in full")
	}
	schedule := "  incident_response:\n    oncall_schedule:\n"
	for line := range strings.Lines(text) {
		schedule += "    " + line
	}
	catalog, s := rosterCatalog(t, schedule, "")
	roster, err := catalog.RosterOf(s)
	if err != nil {
		t.Fatal(err)
	}
	who, ok := roster.Primary(time.Date(2026, 1, 27, 0, 0, 0, 0, time.UTC)) // ana's fourth week, swapped
	if !ok || who != "ben" {
		t.Errorf("%s is on call, want ben", who)
	}
}
