package ownership

import (
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/oncall/response"
)

// YAML is the team as a document that ReadCatalog reads.
func (t Team) YAML() []byte {
	var w writer
	w.version(t.Version)
	w.open("team")
	w.team(t)
	return w.bytes()
}

func (w *writer) team(t Team) {
	w.value("name", t.Name)
	w.value("description", t.Description)
	w.value("area", t.Area)
	w.value("time_zone", t.TimeZone)
	if len(t.Members) > 0 {
		w.open("members")
		for _, p := range t.Members {
			w.member(p)
		}
		w.close()
	}
	if len(t.Handlers) > 0 {
		w.open("handlers")
		for _, h := range t.Handlers {
			if (h == Handler{Name: h.Name}) {
				w.item(h.Name)
				continue
			}
			w.begin()
			w.value("name", h.Name)
			w.value("type", h.Type)
			w.raw("pages", flag(h.Pages))
			w.value("channel", h.Channel)
			w.value("to", h.To)
			w.value("routing_key_file", h.RoutingKeyFile)
			w.value("api_key_file", h.APIKeyFile)
			w.value("api_url_file", h.APIURLFile)
			w.value("url_file", h.URLFile)
			w.close()
		}
		w.close()
	}
	w.schedule("schedule", t.Schedule)
}

func (w *writer) member(p response.Person) {
	if p.Level == 0 && len(p.Tracks) == 0 && p.Zone == "" && len(p.Certificates) == 0 && len(p.Qualifications) == 0 {
		w.item(p.Name)
		return
	}
	w.begin()
	w.value("name", p.Name)
	if p.Level != 0 {
		w.raw("level", strconv.Itoa(p.Level))
	}
	w.flow("tracks", p.Tracks)
	w.value("time_zone", p.Zone)
	w.flow("certificates", p.Certificates)
	if len(p.Qualifications) > 0 {
		w.open("qualifications")
		for _, q := range p.Qualifications {
			w.begin()
			w.value("service", q.Service)
			w.count("shadowed", q.Shadowed)
			w.count("reverse_shadowed", q.ReverseShadowed)
			w.count("solo_shifts", q.SoloShifts)
			if !q.LastOnCall.IsZero() {
				w.value("last_on_call", q.LastOnCall.UTC().Format(time.RFC3339Nano))
			}
			w.close()
		}
		w.close()
	}
	w.close()
}

// count writes a number that is not zero.
func (w *writer) count(key string, v int) {
	if v != 0 {
		w.raw(key, strconv.Itoa(v))
	}
}

func (w *writer) schedule(key string, s Schedule) {
	if s.IsZero() {
		return
	}
	if s.Name == "" && s.isOneLine() && s.oneLine() {
		w.value(key, s.String())
		return
	}
	w.open(key)
	w.value("name", s.Name)
	if s.FollowTheSun {
		w.value("rotation", "follow-the-sun")
	}
	w.turn(Layer{Rotation: s.Rotation, Handoff: s.Handoff, TimeZone: s.TimeZone, Start: s.Start, Members: s.Members, Turns: s.Turns,
		Days: s.Days, Elapsed: s.Elapsed, Coverage: s.Coverage, SkipHolidays: s.SkipHolidays})
	if len(s.Layers) > 0 {
		w.open("layers")
		for _, l := range s.Layers {
			w.begin()
			w.value("name", l.Name)
			w.value("role", l.Role)
			if l.Priority != 0 {
				w.raw("priority", strconv.Itoa(l.Priority))
			}
			w.raw("shadow", flag(l.Shadow))
			w.value("until", l.Until)
			w.turn(l)
			w.close()
		}
		w.close()
	}
	w.changes(s)
	w.close()
}

// oneLine reports whether String says all of the schedule's rhythm, so that
// reading it gives the same.
func (s Schedule) oneLine() bool {
	if s.Ref != "" || s.URL != "" {
		return true
	}
	q, err := quantity.ParseSchedule(s.String())
	if err != nil {
		return false
	}
	r := scheduleOf(q)
	if r.FollowTheSun != s.FollowTheSun || r.Rotation != s.Rotation || r.Handoff != s.Handoff || r.TimeZone != s.TimeZone || len(r.Coverage) != len(s.Coverage) {
		return false
	}
	return len(s.Coverage) == 0 || r.Coverage[0].String() == s.Coverage[0].String()
}

// turn writes the keys that a schedule and a layer share.
func (w *writer) turn(l Layer) {
	w.value("rotation", l.Rotation.String())
	w.value("handoff", l.Handoff.String())
	w.value("time_zone", l.TimeZone)
	w.value("start", l.Start)
	w.flow("members", l.Members)
	if len(l.Turns) > 0 {
		w.open("turns")
		for _, t := range l.Turns {
			w.begin()
			if len(t) == 0 {
				w.raw("members", "[]")
			}
			w.flow("members", t)
			w.close()
		}
		w.close()
	}
	if len(l.Days) > 0 {
		w.value("days", Coverage{Days: l.Days}.String())
	}
	w.raw("elapsed", flag(l.Elapsed))
	w.flow("coverage", coverageTexts(l.Coverage))
	w.flow("skip_holidays", l.SkipHolidays)
}

func coverageTexts(coverage []Coverage) []string {
	parts := make([]string, len(coverage))
	for i, c := range coverage {
		parts[i] = c.String()
	}
	return parts
}
