package response

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBusFactorByHand(t *testing.T) {
	now := at(t, "2026-06-01T00:00:00Z")
	q := func(service string, days int) Qualification {
		return Qualification{Service: service, Shadowed: 1, ReverseShadowed: 1, SoloShifts: 1, LastOnCall: now.AddDate(0, 0, -days)}
	}
	entries := []Entry{
		{Name: "web", Team: "front", DependsOn: []Edge{{Name: "db"}, {Name: "db"}, {Name: "log", Soft: true}}},
		{Name: "auth", Team: "front", DependsOn: []Edge{{Name: "db"}, {Name: "auth"}}},
		{Name: "db", Team: "storage"},
		{Name: "log", Team: "storage", Kind: KindConcern},
		{Name: "idle"},
	}
	people := []Person{
		{Name: "ben", Level: 2, Zone: "Europe/Paris", Qualifications: []Qualification{q("db", 90), q("web", 0), q("auth", 1)}}, // the 90th day still counts
		{Name: "ana", Level: 2, Zone: "Europe/Berlin", Qualifications: []Qualification{q("db", 3), q("web", 91), q("log", 5)}},
		{Name: "chi", Level: 1, Zone: "Asia/Tokyo", Qualifications: []Qualification{q("web", 1), {Service: "db", Shadowed: 2}}},
		{Name: "dan", Level: 3, Zone: "Asia/Tokyo", Qualifications: []Qualification{q("auth", 1), q("gone", 1)}},
	}
	got, err := MeasureBusFactor(entries, people, now, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	lines := ""
	for _, e := range got.Entries {
		lines += fmt.Sprintf("%s: %d, %d on it, %s:", e.Entry, e.Primaries, e.Dependents, strings.Join(e.Zones, " "))
		for _, c := range e.People {
			lines += " " + c.Person + " " + c.State
		}
		lines += "\n"
	}
	want := `web: 1, 0 on it, Europe/Paris: ana lapsed ben qualified chi backed
auth: 2, 0 on it, Asia/Tokyo Europe/Paris: ben qualified dan qualified
db: 2, 2 on it, Europe/Berlin Europe/Paris: ana qualified ben qualified chi learning
log: 1, 1 on it, Europe/Berlin: ana qualified
idle: 0, 0 on it, :
`
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var findings []string
	for _, f := range got.Findings {
		findings = append(findings, f.Code+" "+f.String())
	}
	wantFindings := []string{
		`few-primaries warning: entries[web]: "1": only ben is qualified to be called for it alone; qualify a second person`,
		`one-zone warning: entries[db]: "Europe/Berlin, Europe/Paris": all 2 who are qualified for it sleep at the same time; qualify somebody in another zone, or accept nights`,
		`no-platform-scope warning: entries[db]: 2 entries stand on it, and nobody who is qualified for it may decide for a platform; qualify somebody of a level with that scope`,
		`few-primaries warning: entries[log]: "1": only ana is qualified to be called for it alone; qualify a second person`,
		`no-platform-scope warning: entries[log]: 1 entry stands on it, and nobody who is qualified for it may decide for a platform; qualify somebody of a level with that scope`,
		`few-primaries entries[idle]: "0": nobody is qualified to be called for it alone; let two people shadow, and then lead a shift with somebody beside`,
		`unknown-entry info: entries: "gone": somebody has a qualification for it, and it is not among the entries`,
	}
	if d := cmp.Diff(wantFindings, findings); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back BusFactor
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	if want := "| web | front | ben | chi | ana |  | Europe/Paris |\n"; !strings.Contains(got.Markdown(), want) {
		t.Errorf("got\n%s", got.Markdown())
	}

	// Without any notes nothing is held against anybody.
	none, err := MeasureBusFactor(entries, []Person{{Name: "ana"}}, now, Rules{})
	if err != nil || len(none.Findings) != 1 || none.Findings[0].Code != "not-noted" {
		t.Errorf("got %v, %v, want one finding", none.Findings, err)
	}
	// Other rules: no gates, no recency, and a ladder of which the first level may decide for a platform.
	easy, err := MeasureBusFactor(entries, people, now, Rules{Shadowed: -1, ReverseShadowed: -1, Recency: -1, Ladder: Ladder{Levels: []Level{{Name: "all", Scope: Platform}}}})
	if err != nil || easy.Entries[0].Primaries != 1 { // chi: level 1 is the only one of that ladder
		t.Errorf("got %+v, %v", easy.Entries[0], err)
	}
}

func TestEverythingWrongWithTheMatrix(t *testing.T) {
	_, err := MeasureBusFactor([]Entry{{}, {Name: "db"}, {Name: "db"}}, []Person{{Zone: "Mars/Base"}, {Name: "a", Zone: "Local"}, {Name: "a"}}, time.Time{}, Rules{Zone: "Nowhere"})
	want := `no response: at: the instant is missing; write it in RFC 3339: 2026-01-31T09:00:00Z
no response: entries[0].name: the entry has no name; give a name
no response: entries[2].name: "db": another entry has that name; rename one of them
no response: rules.time_zone: "Nowhere": it is no time zone; write an IANA name such as Europe/Berlin
no response: people[0].name: the person has no name; give a name
no response: people[0].zone: "Mars/Base": it is no time zone; write an IANA name such as Europe/Berlin
no response: people[1].zone: "Local": it is no time zone; write an IANA name such as Europe/Berlin
no response: people[2].name: "a": another person has that name; rename one of them`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// One more qualified person never makes an entry worse, and nobody else changes.
func TestBusFactorLaws(t *testing.T) {
	now := time.Unix(1.8e9, 0).UTC()
	entries := []Entry{{Name: "a", DependsOn: []Edge{{Name: "c"}}}, {Name: "b", DependsOn: []Edge{{Name: "c"}}}, {Name: "c"}}
	rapid.Check(t, func(t *rapid.T) {
		var people []Person
		for i := range rapid.IntRange(1, 5).Draw(t, "people") {
			p := Person{Name: fmt.Sprint("p", i), Level: rapid.IntRange(0, 5).Draw(t, "level"), Zone: rapid.SampledFrom([]string{"", "Europe/Berlin", "Asia/Tokyo"}).Draw(t, "zone")}
			for _, e := range entries {
				if rapid.Bool().Draw(t, "knows") {
					p.Qualifications = append(p.Qualifications, Qualification{e.Name, rapid.IntRange(0, 1).Draw(t, "s"), rapid.IntRange(0, 1).Draw(t, "r"), 0, now.AddDate(0, 0, -rapid.IntRange(0, 200).Draw(t, "days"))})
				}
			}
			people = append(people, p)
		}
		before, err := MeasureBusFactor(entries, people, now, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		more := append([]Person{{Name: "z", Level: 4, Zone: "America/Lima", Qualifications: []Qualification{{"c", 1, 1, 1, now}}}}, people...)
		after, err := MeasureBusFactor(entries, more, now, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before.Entries[:2], after.Entries[:2]); d != "" {
			t.Fatalf("other entries changed:\n%s", d)
		}
		if got, want := after.Entries[2].Primaries, before.Entries[2].Primaries+1; got != want {
			t.Fatalf("got %d primaries, want %d", got, want)
		}
		for _, f := range after.Findings {
			if f.Path == "entries[c]" && (f.Code != "few-primaries" || after.Entries[2].Primaries > 1) {
				t.Fatalf("got %v", f)
			}
		}
		for _, e := range before.Entries {
			for _, c := range e.People {
				if q := c.State == StateQualified || c.State == StateBacked; q != (!c.Until.IsZero() && now.Before(c.Until)) {
					t.Fatalf("%s is %s until %v", c.Person, c.State, c.Until)
				}
			}
		}
	})
}

// Who is qualified here is able to be primary by the rules of eligibility, and
// who is not is not.
func TestCoverAgreesWithEligibility(t *testing.T) {
	now := time.Unix(1.8e9, 0).UTC()
	rapid.Check(t, func(t *rapid.T) {
		p := Person{Name: "ana", Level: rapid.IntRange(0, 5).Draw(t, "level"), Qualifications: []Qualification{{"db", rapid.IntRange(0, 2).Draw(t, "s"), rapid.IntRange(0, 2).Draw(t, "r"), 1,
			now.Add(-time.Duration(rapid.IntRange(0, 180*24).Draw(t, "hours")) * time.Hour)}}}
		other := Person{Name: "ben", Level: 1} // so that levels are in use
		b, err := MeasureBusFactor([]Entry{{Name: "db"}}, []Person{p, other}, now, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		staff, err := NewStaff([]Person{p, other}, nil, nil, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		ruling := staff.Eligible("ana", RolePrimary, "db", now)
		if qualified := b.Entries[0].People[0].State == StateQualified; p.Level > 0 && qualified != ruling.Able() {
			t.Fatalf("%+v is %s, and %v", p, b.Entries[0].People[0].State, ruling)
		}
	})
}

// A qualification lapses at its Until.
func TestCoverLapses(t *testing.T) {
	now := time.Unix(1.8e9, 0).UTC()
	person := []Person{{Name: "ana", Level: 3, Qualifications: []Qualification{{"db", 1, 1, 1, now}}}}
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{90 * 24 * time.Hour, StateQualified}, {90*24*time.Hour + 1, StateLapsed}} {
		b, err := MeasureBusFactor([]Entry{{Name: "db"}}, person, now.Add(c.after), Rules{})
		if err != nil || b.Entries[0].People[0].State != c.want {
			t.Errorf("after %v: got %+v, %v, want %s", c.after, b.Entries, err, c.want)
		}
	}
}
