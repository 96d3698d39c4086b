package ownership_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
)

func TestMemberQualifications(t *testing.T) {
	const doc = `
service: {name: db, owner_team: t, responsibilities: [{availability: 99%}]}
team:
  name: t
  time_zone: Europe/Berlin
  members:
    - name: ana
      certificates: [commander]
      qualifications:
        - {service: db, shadowed: 2, reverse_shadowed: 1, solo_shifts: 6, last_on_call: 2026-09-14}
    - name: ben
      time_zone: Asia/Tokyo
      qualifications: [{service: db, last_on_call: "2026-09-14 09:00"}]
    - name: cy
      qualifications: [{service: db, last_on_call: 2026-09-14T09:00:00-03:00}]
`
	c, err := ownership.ReadCatalog(fstest.MapFS{"a.yaml": {Data: []byte(doc)}}, ownership.CatalogOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 9, day, hour, 0, 0, 0, time.UTC) }
	// Midnight in Berlin (+2), nine in Tokyo (+9), and an offset as written.
	want := []response.Person{
		{Name: "ana", Zone: "Europe/Berlin", Certificates: []string{"commander"}, Qualifications: []response.Qualification{{Service: "db", Shadowed: 2, ReverseShadowed: 1, SoloShifts: 6, LastOnCall: at(13, 22)}}},
		{Name: "ben", Zone: "Asia/Tokyo", Qualifications: []response.Qualification{{Service: "db", LastOnCall: at(14, 0)}}},
		{Name: "cy", Zone: "Europe/Berlin", Qualifications: []response.Qualification{{Service: "db", LastOnCall: at(14, 12)}}},
	}
	if diff := cmp.Diff(want, c.People()); diff != "" {
		t.Errorf("people (-want +got)\n%s", diff)
	}
}

func TestMemberMistakes(t *testing.T) {
	tests := []struct{ member, want string }{
		{"qualifications: [{shadowed: 1}]", `team.members[0].qualifications[0].service: the key is missing; add it, such as service: user-db`},
		{"qualifications: [{service: dc}]", `team.members[0].qualifications[0].service: "dc": the catalog has no entry "dc"; add the entry, or mend the name`},
		{"qualifications: [{service: db, shadowed: -1}]", `team.members[0].qualifications[0].shadowed: "-1": nobody has done -1 shifts; write the number of full shifts, 0 or more`},
		{"qualifications: [{service: db, solo_shifts: many}]", `team.members[0].qualifications[0].solo_shifts: "many": it is no whole number of at most six digits; write a number such as 10`},
		{"qualifications: [{service: db, last_on_call: monday}]", `team.members[0].qualifications[0].last_on_call: "monday": it is no instant; write 2026-01-05 09:00 for the member's clock, or 2026-01-05T09:00:00Z`},
		{"qualifications: [{service: db}, {service: db}]", `team.members[0].qualifications[1].service: "db": the member has a qualification for that entry already; keep one of them`},
		{"qualifications: [{service: db, shadow: 1}]", `team.members[0].qualifications[0]: "shadow": no key of that name belongs here; did you mean shadowed?`},
		{"certificates: commander", `team.members[0].certificates: "commander": a value stands here instead of a list; write each item on a line of its own that begins with "- "`},
		{"certificates: [deputy, deputy]", `team.members[0].certificates[1]: "deputy": the name is in the list already; keep one of them`},
	}
	for _, tt := range tests {
		doc := "service: {name: db, owner_team: t, responsibilities: [{availability: 99%}]}\nteam: {name: t, members: [{name: ana, " + tt.member + "}]}\n"
		_, err := ownership.ReadCatalog(fstest.MapFS{"a.yaml": {Data: []byte(doc)}}, ownership.CatalogOptions{Strict: true})
		if err == nil {
			t.Errorf("%s: no error, want %s", tt.member, tt.want)
			continue
		}
		if !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("%s:\n got %s\nwant %s", tt.member, err, tt.want)
		}
	}
}
