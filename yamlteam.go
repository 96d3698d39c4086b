package ownership

import (
	"strconv"

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
	if p.Level == 0 && len(p.Tracks) == 0 && p.Zone == "" {
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
	w.close()
}

func (w *writer) schedule(key string, s Schedule) {
	if s.IsZero() {
		return
	}
	if s.Name == "" && s.Start == "" && len(s.Members) == 0 && len(s.Layers) == 0 && len(s.Overrides) == 0 && s.oneLine() {
		w.value(key, s.String())
		return
	}
	w.open(key)
	w.value("name", s.Name)
	if s.FollowTheSun {
		w.value("rotation", "follow-the-sun")
	}
	w.turn(s.Rotation, s.Handoff, s.TimeZone, s.Start, s.Members, s.Coverage)
	if len(s.Layers) > 0 {
		w.open("layers")
		for _, l := range s.Layers {
			w.begin()
			w.value("name", l.Name)
			w.value("role", l.Role)
			w.turn(l.Rotation, l.Handoff, l.TimeZone, l.Start, l.Members, l.Coverage)
			w.close()
		}
		w.close()
	}
	if len(s.Overrides) > 0 {
		w.open("overrides")
		for _, o := range s.Overrides {
			w.begin()
			w.value("start", o.Start)
			w.value("end", o.End)
			w.value("member", o.Member)
			w.value("replaces", o.Replaces)
			w.value("layer", o.Layer)
			w.close()
		}
		w.close()
	}
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

func (w *writer) turn(r Rotation, h Handoff, zone, start string, members []string, coverage []Coverage) {
	w.value("rotation", r.String())
	w.value("handoff", h.String())
	w.value("time_zone", zone)
	w.value("start", start)
	w.flow("members", members)
	parts := make([]string, len(coverage))
	for i, c := range coverage {
		parts[i] = c.String()
	}
	w.flow("coverage", parts)
}
