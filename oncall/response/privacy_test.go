package response

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/oncall"
)

// marked is a person each of whose facts is a word of its own.
func marked(t *testing.T, now time.Time) (Person, []string) {
	p := Person{Name: "x-name", Level: 3, Tracks: []string{"x-track"}, Zone: "Asia/Kathmandu", Certificates: []string{"x-certificate"},
		Qualifications: []Qualification{{Service: "db", Shadowed: 71, ReverseShadowed: 72, SoloShifts: 73, LastOnCall: now}}}
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("Person.%s is not marked: a fact about people is new", v.Type().Field(i).Name)
		}
	}
	return p, []string{"x-name", "x-track", "Asia/Kathmandu", "x-certificate", "71", "72", "73", `"level":3`}
}

// Nothing about a person leaves a result but what it is about: of all the facts
// that went in, each result holds those that are listed here, and no other.
func TestNothingElseAboutAPersonLeaves(t *testing.T) {
	now := time.Unix(1.8e9, 0).UTC()
	person, facts := marked(t, now)
	work := []Work{{"x-name", "db", WorkPage, now, time.Hour}}
	shift := oncall.Shift{Start: now, End: now.Add(time.Hour), Person: "x-name", Role: RolePrimary}
	record := IncidentRecord{Incident: Incident{Start: now, Alerts: []Alert{{Entry: "db", Start: now}}}, People: []Person{person},
		Roles: []RoleTaken{{RoleCommander, "x-name", now, time.Time{}}}, Duties: Duties("storage", []oncall.Shift{shift})}
	for _, c := range []struct {
		what  string
		allow []string
		make  func() (any, error)
	}{
		{"toil", []string{"x-name"}, func() (any, error) { return MeasureToil(work, ToilOptions{People: []Person{person}}) }},
		{"growth", []string{"x-name", "x-track", `"level":3`}, func() (any, error) { return GrowthOf(person, nil, GrowthOptions{}) }},
		{"matrix", []string{"x-name", "Asia/Kathmandu"}, func() (any, error) {
			return MeasureBusFactor([]Entry{{Name: "db"}}, []Person{person}, now, Rules{})
		}},
		{"load", []string{"x-name"}, func() (any, error) {
			return MeasurePagerLoad([]oncall.Shift{shift}, []time.Time{now}, PagerLoadOptions{})
		}},
		{"post-mortem", nil, func() (any, error) { return NewPostMortem(record, PostMortemOptions{}) }},
		{"post-mortem with names", []string{"x-name"}, func() (any, error) { return NewPostMortem(record, PostMortemOptions{Names: true}) }},
	} {
		result, err := c.make()
		if err != nil {
			t.Fatal(c.what, err)
		}
		data, err := json.Marshal(result)
		if err != nil {
			t.Fatal(c.what, err)
		}
		text, picture := string(data), ""
		if m, ok := result.(interface{ Markdown() string }); ok {
			text += m.Markdown()
		}
		if p, ok := result.(interface{ SVG() string }); ok {
			picture = p.SVG()
		}
		for _, fact := range facts {
			where := text
			if !strings.Contains("71 72 73", fact) { // coordinates are numbers, too
				where += picture
			}
			allowed := false
			for _, a := range c.allow {
				allowed = allowed || a == fact
			}
			if has := strings.Contains(where, fact); has && !allowed {
				t.Errorf("%s holds %q", c.what, fact)
			} else if allowed && !has {
				t.Errorf("%s does not hold %q: the list is wrong", c.what, fact)
			}
		}
	}
}
