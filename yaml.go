package ownership

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// YAML is the service as a spec: a line where a line says it all, the
// structured form elsewhere, keys in the order of docs/spec.md. What Read makes
// of it is the same service. Findings and comments are not kept; a service with
// values that Validate calls errors may print what Read refuses.
func (s Service) YAML() []byte {
	var w writer
	w.version(s.Version)
	w.open("service")
	w.service(s)
	return w.bytes()
}

// YAML is the team as a document that ReadCatalog reads.
func (t Team) YAML() []byte {
	var w writer
	w.version(t.Version)
	w.open("team")
	w.team(t)
	return w.bytes()
}

// writer writes block mappings and lists with an indent of two.
type writer struct {
	b     strings.Builder
	depth int
	dash  bool // the next key begins an item
}

func (w *writer) bytes() []byte { return []byte(w.b.String()) }

func (w *writer) indent() {
	n := w.depth
	if w.dash {
		n--
	}
	for range n {
		w.b.WriteString("  ")
	}
	if w.dash {
		w.b.WriteString("- ")
		w.dash = false
	}
}

// open begins a mapping or list below a key; close ends it.
func (w *writer) open(key string) {
	w.indent()
	w.b.WriteString(key + ":\n")
	w.depth++
}

func (w *writer) close() { w.depth-- }

// begin begins an item that is a mapping; close ends it.
func (w *writer) begin() {
	w.depth++
	w.dash = true
}

// value writes a key with one value, nothing if it is empty.
func (w *writer) value(key, value string) {
	if value == "" {
		return
	}
	w.indent()
	w.b.WriteString(key + ": " + scalarText(value) + "\n")
}

// raw is value for what must not be quoted: numbers and booleans.
func (w *writer) raw(key, value string) {
	if value == "" {
		return
	}
	w.indent()
	w.b.WriteString(key + ": " + value + "\n")
}

func (w *writer) item(value string) {
	w.indent()
	w.b.WriteString("- " + scalarText(value) + "\n")
}

// flow writes a list of values on one line, nothing if it is empty.
func (w *writer) flow(key string, values []string) {
	if len(values) == 0 {
		return
	}
	w.indent()
	w.b.WriteString(key + ": [")
	for i, v := range values {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.b.WriteString(scalarText(v))
	}
	w.b.WriteString("]\n")
}

// scalarText is a value plain where every YAML reader takes it for the same
// text, in double quotes elsewhere.
func scalarText(s string) string {
	if plainText(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unprintable(r):
			b.WriteString(`\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainText reports whether a text begins with a letter or a slash, holds only
// characters without a meaning in YAML, and is no word that YAML takes for
// something else; or is a number with a unit.
func plainText(s string) bool {
	if s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == ':' {
		return false
	}
	letters := false
	for i, r := range s {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		digit := r >= '0' && r <= '9'
		if i == 0 && !letter && !digit && r != '/' {
			return false
		}
		if !letter && !digit && !strings.ContainsRune(" _-./%<>=()+@$", r) {
			return false
		}
		letters = letters || letter || r == '%' || r == '/' && i == 0
	}
	if !letters {
		return false // a number, a date
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return false
	}
	// 1e3, 0x1F, 0b1, 0o7: anything that some reader takes for a number.
	if c := s[0]; c >= '0' && c <= '9' {
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return false
		}
		if _, err := strconv.ParseInt(s, 0, 64); err == nil {
			return false
		}
	}
	return true
}

func (w *writer) version(v int) {
	if v != 0 {
		w.raw("version", strconv.Itoa(v))
	}
}

func flag(v bool) string {
	if v {
		return "true"
	}
	return ""
}

// length is a duration as a spec writes it, empty for none.
func length(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return quantity.Duration{Fixed: d}.String()
}

func (w *writer) service(s Service) {
	w.value("name", s.Name)
	w.value("owner_team", s.OwnerTeam)
	w.value("description", s.Description)
	if s.Kind != KindService {
		w.value("kind", s.Kind.String())
	}
	w.value("area", s.Area)
	w.raw("tier", s.Tier.String())
	w.raw("customer_facing", flag(s.CustomerFacing))
	if len(s.DependsOn) > 0 {
		w.open("depends_on")
		for _, d := range s.DependsOn {
			if !d.Soft {
				w.item(d.Name)
				continue
			}
			w.begin()
			w.value("name", d.Name)
			w.value("strength", "soft")
			w.close()
		}
		w.close()
	}
	w.value("traffic", s.Traffic.String())
	w.indicator(s.Indicator)
	if len(s.Responsibilities) > 0 {
		w.open("responsibilities")
		for _, r := range s.Responsibilities {
			w.begin()
			w.responsibility(r)
			w.close()
		}
		w.close()
	}
	if len(s.Alerts) > 0 {
		w.open("monitoring")
		w.open("alerts")
		for _, a := range s.Alerts {
			w.begin()
			w.alert(a)
			w.close()
		}
		w.close()
		w.close()
	}
	if !s.Schedule.IsZero() || len(s.Runbooks) > 0 {
		w.open("incident_response")
		w.schedule("oncall_schedule", s.Schedule)
		if len(s.Runbooks) > 0 {
			w.open("runbooks")
			for _, r := range s.Runbooks {
				w.begin()
				w.value("path", r.Path)
				w.flow("alerts", r.Alerts)
				w.close()
			}
			w.close()
		}
		w.close()
	}
	w.capacity(s.Capacity)
	w.release(s.Release)
}

func (w *writer) indicator(in rules.Indicator) {
	if zeroIndicator(in) {
		return
	}
	w.open("indicator")
	w.value("preset", in.Preset)
	w.value("selector", in.Selector)
	w.value("bad", in.Bad)
	w.value("good", in.Good)
	w.value("total", in.Total)
	buckets := make([]string, len(in.Buckets))
	for i, b := range in.Buckets {
		buckets[i] = length(time.Duration(b*1e9 + .5))
	}
	w.flow("buckets", buckets)
	w.flow("group_by", in.GroupBy)
	w.close()
}

func (w *writer) responsibility(r Responsibility) {
	o := r.Objective
	if o.Name == r.name() {
		o.Name = ""
	}
	if line, ok := promiseLine(r); ok && o.Name == "" && o.Description == "" && zeroIndicator(r.Indicator) {
		w.value(r.key(), line)
		return
	}
	w.open(r.key())
	w.depth++ // below the key of an item
	bound := func(inclusive bool, text string) {
		if inclusive {
			w.value("at_most", text)
		} else {
			w.value("below", text)
		}
	}
	switch {
	case o.Kind == slo.Latency:
		w.value("target", o.Target.Percent())
		bound(o.Latency.Inclusive, length(o.Latency.Threshold))
	case o.Kind == slo.TimeSlices:
		w.value("target", o.Target.Percent())
		bound(o.Slice.Inclusive, o.Slice.Bound.Percent())
		if o.Slice.Length != DefaultSlice {
			w.value("slice", length(o.Slice.Length))
		}
		if o.Slice.Empty != slo.EmptyGood {
			w.value("empty_slices", o.Slice.Empty.String())
		}
	case r.key() == errorRateKey:
		bound(true, o.Budget().Percent())
	default:
		w.value("target", o.Target.Percent())
	}
	w.value("name", o.Name)
	w.value("description", o.Description)
	w.value("window", o.Window.String())
	w.indicator(r.Indicator)
	w.depth--
	w.close()
}

// promiseLine is a promise in one line; ok is false if a line does not hold it.
func promiseLine(r Responsibility) (line string, ok bool) {
	o := r.Objective
	less := func(inclusive bool) string {
		if inclusive {
			return " <= "
		}
		return " < "
	}
	switch {
	case o.Kind == slo.Latency:
		line = quantileText(o.Target) + less(o.Latency.Inclusive) + length(o.Latency.Threshold)
	case o.Kind == slo.TimeSlices:
		if o.Slice.Length != DefaultSlice || o.Slice.Empty != slo.EmptyGood {
			return "", false
		}
		line = quantileText(o.Target) + less(o.Slice.Inclusive) + o.Slice.Bound.Percent()
	case r.key() == errorRateKey:
		line = "<= " + o.Budget().Percent()
	default:
		line = o.Target.Percent()
	}
	switch {
	case o.Window.IsZero():
	case o.Window.Calendar == slo.NoCalendar:
		line += " over " + o.Window.String()
	case o.Window.Location == nil || o.Window.Location.String() == "UTC":
		line += " per " + o.Window.String()
	default:
		return "", false
	}
	return line, true
}

func (w *writer) alert(a Alert) {
	w.value("name", a.Name)
	w.value("description", a.Description)
	w.value("objective", a.Objective)
	c := a.Condition
	w.value("metric", c.Metric)
	w.value("quantile", quantileText(c.Quantile)+c.Aggregate)
	threshold := c.Threshold.String()
	if c.Comparator != "" {
		threshold = c.Comparator + " " + threshold
	}
	w.value("threshold", threshold)
	w.value("hold", length(c.Hold))
	switch a.Severity {
	case alerting.Page:
		w.value("severity", "critical")
	case alerting.Ticket:
		w.value("severity", "warning")
	case alerting.Info:
		w.value("severity", "info")
	}
	w.value("handler", a.Handler)
	w.value("runbook", a.Runbook)
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

func (w *writer) capacity(c Capacity) {
	if len(c.Metrics) == 0 && c.Horizon == 0 && len(c.Season) == 0 {
		return
	}
	w.open("capacity_planning")
	if len(c.Metrics) > 0 {
		w.open("metrics")
		for _, m := range c.Metrics {
			if m.Kind == UnknownMetric && m.Capacity == 0 && m.Query == "" {
				w.item(m.Name)
				continue
			}
			w.begin()
			w.value("name", m.Name)
			w.value("kind", m.Kind.String())
			if m.Capacity != 0 {
				w.raw("capacity", number(m.Capacity))
			}
			w.value("query", m.Query)
			w.close()
		}
		w.close()
	}
	w.value("forecast_horizon", length(c.Horizon))
	seasons := make([]string, len(c.Season))
	for i, s := range c.Season {
		seasons[i] = length(s)
	}
	w.flow("season", seasons)
	w.close()
}

func (w *writer) release(r Release) {
	if len(r.Stages) == 0 && r.Rollback.IsZero() {
		return
	}
	w.open("release_management")
	w.value("canary_deployment_strategy", r.Strategy())
	w.value("rollback_threshold", r.Rollback.String())
	w.close()
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
