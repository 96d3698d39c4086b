package ownership

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
)

var levelNames = [...]string{"associate", "mid", "senior", "staff", "principal"}

// member reads a member of a team that lives in that zone.
func (d *decoder) member(n *node, path, zone string) response.Person {
	if n.kind == scalarNode {
		return response.Person{Name: d.name(n, path)}
	}
	f, ok := d.fields(n, path, memberSection)
	if !ok {
		return response.Person{}
	}
	p := response.Person{Name: f.name("name"), Zone: f.zone("time_zone"), Tracks: f.names("tracks")}
	for i, track := range p.Tracks {
		known := false
		for _, t := range trackNames {
			known = known || t == track
		}
		if !known {
			remedy := "write " + alternatives(trackNames[:])
			if near := diag.Nearest(track, trackNames[:]); near != "" {
				remedy = "did you mean " + near + "?"
			}
			d.fail(&f.get("tracks").items[i], f.at("tracks"), "word", "it is no track", remedy)
		}
	}
	if n := f.get("level"); n != nil {
		p.Level = d.level(n, f.at("level"))
	}
	p.Certificates = f.names("certificates")
	f.list("qualifications", false, func(n *node, path string) {
		if q, ok := d.qualification(n, path, cmp.Or(p.Zone, zone)); ok {
			p.Qualifications = append(p.Qualifications, q)
		}
	})
	return p
}

// qualification reads what somebody whose clock is that of the zone has done on
// call for an entry.
func (d *decoder) qualification(n *node, path, zone string) (response.Qualification, bool) {
	f, ok := d.fields(n, path, qualificationSection)
	if !ok {
		return response.Qualification{}, false
	}
	q := response.Qualification{
		Service: f.name("service"), Shadowed: f.integer("shadowed"), ReverseShadowed: f.integer("reverse_shadowed"), SoloShifts: f.integer("solo_shifts"),
	}
	if _, t, civil, ok := d.instantOf(f, "last_on_call", "member"); ok {
		if civil {
			place, err := time.LoadLocation(zone)
			if err != nil { // it has been refused where it stands
				place = time.UTC
			}
			t = oncall.Resolve(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, place)
		}
		q.LastOnCall = t.UTC()
	}
	return q, true
}

// validateMember checks what a member has done on call.
func validateMember(p response.Person, path string, add func(code, level, path, reason, remedy string)) {
	for i, q := range p.Qualifications {
		at := item(path+".qualifications", i)
		for _, other := range p.Qualifications[:i] {
			if other.Service == q.Service && q.Service != "" {
				add("duplicate", diag.Error, at+".service", "the member has a qualification for that entry already", "keep one of them")
				break
			}
		}
		for _, count := range []struct {
			key   string
			value int
		}{{"shadowed", q.Shadowed}, {"reverse_shadowed", q.ReverseShadowed}, {"solo_shifts", q.SoloShifts}} {
			if count.value < 0 {
				add("value", diag.Error, at+"."+count.key, "nobody has done "+strconv.Itoa(count.value)+" shifts", "write the number of full shifts, 0 or more")
			}
		}
	}
}

func (d *decoder) level(n *node, path string) int {
	s, ok := d.scalar(n, path)
	if !ok {
		return 0
	}
	word := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "l")
	for i, name := range levelNames {
		if word == name || len(word) == 1 && word[0] == byte('1'+i) {
			return i + 1
		}
	}
	d.fail(n, path, "word", "it is no level", "write 1 to 5, or "+alternatives(levelNames[:]))
	return 0
}
