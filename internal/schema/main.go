// Command schema writes the JSON Schema of the spec format, for editors and for
// checks in places where no Go runs:
//
//	go run . > ../../schema/ownership.schema.json
//
// It follows ownership.Keys, so that the reader, the schema and docs/spec.md
// list the same keys. A schema cannot say what the lines mean: it refuses
// unknown keys, missing keys, wrong types and values without a unit, and leaves
// contradictions to the reader. Whatever the reader accepts the schema accepts.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/srekit/ownership"
)

func main() {
	data, err := schema()
	if err == nil {
		_, err = os.Stdout.Write(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// object is a JSON object whose keys json.Marshal writes in order of name.
type object map[string]any

const (
	// A share is told from a bare number by its sign or word.
	share = `%|％|percent|per cent|pct|nines|ppm|bps|(^|[^0-9])0?[.,][0-9]|\bin\b|/`
	// A time has a unit behind a number, or is written in words.
	unit = `[0-9]\s*[A-Za-zµμ]|\b(an?|half)\b`
)

// types are the values that are written as one line. A number stands where
// YAML reads one: 0.999, 2026.
var types = map[string]object{
	"string":    {"type": []string{"string", "number"}},
	"number":    {"type": []string{"string", "number"}},
	"integer":   {"type": []string{"string", "integer"}},
	"boolean":   {"enum": []any{true, false, "true", "false"}},
	"ratio":     line(share, "an exact share: 99.9%, 0.999, 3 nines, 1 in 1000", "99.9%"),
	"duration":  words(unit, "a length of time: 5m, 4 weeks, 1h 30m", "5m"),
	"window":    words(`[A-Za-z]`, "a rolling length (30d) or a calendar unit (month, month in Europe/Berlin)", "30d"),
	"objective": line(share+"|"+unit, "a promise in one line", "99.9%", "p95 < 100ms over 30d", "p99 < 0.01%"),
	"condition": {
		"type": []string{"string", "number"}, "pattern": `[0-9]`, "minimum": 0, "description": "a condition in one line; without a comparator > is meant",
		"examples": []string{"0.05%", "p95 > 200ms for 10m", "0.1% error rate for 5m"},
	},
	"quantile": words(`[A-Za-z]`, "a quantile", "p95", "median"),
	"severity": words(`[A-Za-z]`, "critical, page, sev1, sev2, p1, p2; warning, ticket, sev3, p3; info, sev4, sev5, p4, p5", "critical", "warning"),
	"rate":     words(`/|\bper\b|[rq]ps`, "events over time", "200 rps", "5000/min"),
	"rotation": words(`[A-Za-z]`, "how often a turn passes on", "weekly", "every 2 weeks"),
	"handoff":  words(`[A-Za-z]|[0-9]`, "when a turn passes on", "Monday 09:00", "09:00"),
	"coverage": words(`[A-Za-z]|24/7|24×7`, "days and hours", "Mon-Fri 09:00-17:00", "24x7"),
	"schedule": words(`[A-Za-z]|24/7|24×7`, "a rhythm, the name of a schedule, or a link", "weekly", "weekly on Monday at 09:00 Europe/Berlin"),
	"canary":   line(share, "the stages of a release in one line", "10% traffic for 30 mins", "1% for 10m, 10% for 30m"),
	"zone":     words(`[A-Za-z]`, "an IANA time zone", "Europe/Berlin"),
	"date":     words(`^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$`, "a day", "2026-01-05"),
	"instant":  words(`^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}`, "an instant: RFC 3339, or a day and time on the schedule's clock", "2026-01-05 09:00"),
	"level":    {"type": []string{"string", "integer"}, "description": "1 to 5, or associate, mid, senior, staff, principal", "examples": []any{3, "senior"}},
}

// words is a value that YAML always reads as a string.
func words(pattern, description string, examples ...string) object {
	return object{"type": "string", "pattern": pattern, "description": description, "examples": examples}
}

// line is a value that may also be a bare number in [0,1].
func line(pattern, description string, examples ...string) object {
	return object{
		"anyOf":       []any{object{"type": "string", "pattern": pattern + `|^\s*[01]\s*$`}, object{"type": "number", "minimum": 0, "maximum": 1}},
		"description": description, "examples": examples,
	}
}

// schema is the JSON Schema, indented, with a newline at the end.
func schema() ([]byte, error) {
	defs := object{}
	for name, t := range types {
		defs[name] = t
	}
	keys := ownership.Keys()
	var root object
	for len(keys) > 0 {
		section := keys[0].Section
		n := slices.IndexFunc(keys, func(k ownership.Key) bool { return k.Section != section })
		if n < 0 {
			n = len(keys)
		}
		o, err := mapping(section, keys[:n])
		if err != nil {
			return nil, err
		}
		if section == "document" {
			root = o
		} else {
			defs["section_"+section] = o
		}
		keys = keys[n:]
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "urn:srekit:ownership:spec:" + strconv.Itoa(ownership.Version)
	root["title"] = "Service ownership spec"
	root["anyOf"] = []any{
		object{"required": []string{"service"}}, object{"required": []string{"services"}},
		object{"required": []string{"team"}}, object{"required": []string{"teams"}},
	}
	root["$defs"] = defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

// mapping is the schema of a section.
func mapping(section string, keys []ownership.Key) (object, error) {
	properties, required := object{}, []string{}
	for _, k := range keys {
		p, err := property(k)
		if err != nil {
			return nil, err
		}
		properties[k.Name] = p
		if k.Required {
			required = append(required, k.Name)
		}
	}
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	switch section {
	case "latency", "error_rate":
		o["oneOf"] = []any{object{"required": []string{"below"}}, object{"required": []string{"at_most"}}}
	case "responsibility":
		o["minProperties"] = 1
	}
	return o, nil
}

// property is the schema of a key.
func property(k ownership.Key) (object, error) {
	var alternatives []any
	for _, t := range strings.Split(k.Type, "|") {
		s, err := typed(t, k)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", k.Section, k.Name, err)
		}
		alternatives = append(alternatives, s)
	}
	// []string|{dependency} is a list of either.
	if list, ok := strings.CutPrefix(k.Type, "[]"); ok && strings.Contains(list, "|") {
		for i, t := range strings.Split(list, "|") {
			s, err := typed(t, k)
			if err != nil {
				return nil, err
			}
			alternatives[i] = s
		}
		alternatives = []any{object{"type": "array", "items": object{"anyOf": alternatives}}}
	}
	p := object{"description": k.Meaning}
	if len(alternatives) == 1 {
		for name, v := range alternatives[0].(object) {
			if _, ok := p[name]; !ok {
				p[name] = v
			}
		}
	} else {
		p["anyOf"] = alternatives
	}
	if k.Default != "" {
		p["description"] = k.Meaning + " (default: " + k.Default + ")"
	}
	return p, nil
}

// typed is the schema of one alternative.
func typed(t string, k ownership.Key) (object, error) {
	if item, ok := strings.CutPrefix(t, "[]"); ok {
		s, err := typed(item, k)
		return object{"type": "array", "items": s}, err
	}
	if name, ok := strings.CutPrefix(t, "{"); ok {
		return object{"$ref": "#/$defs/section_" + strings.TrimSuffix(name, "}")}, nil
	}
	if _, ok := types[t]; !ok {
		return nil, fmt.Errorf("no schema for the type %q", t)
	}
	if len(k.Values) > 0 && t == "integer" {
		var values []any
		for _, v := range k.Values {
			n, err := strconv.Atoi(v)
			if err != nil {
				return nil, err
			}
			values = append(values, n, v)
		}
		return object{"enum": values}, nil
	}
	if len(k.Values) > 0 {
		return object{"enum": k.Values}, nil
	}
	return object{"$ref": "#/$defs/" + t}, nil
}
