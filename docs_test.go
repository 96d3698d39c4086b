package ownership_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/srekit/ownership"
)

// reference is the part of docs/spec.md that follows from the key list and the
// codes.
func reference() string {
	var b strings.Builder
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	section := ""
	for _, k := range ownership.Keys() {
		if k.Section != section {
			section = k.Section
			fmt.Fprintf(&b, "### %s\n\n| key | value | default | example | meaning |\n| --- | --- | --- | --- | --- |\n", section)
		}
		name := "`" + k.Name + "`"
		if k.Required {
			name = "**" + name + "**"
		}
		example := ""
		if k.Example != "" {
			example = "`" + cell(k.Example) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", name, kind(k), cell(k.Default), example, cell(k.Meaning))
	}
	fmt.Fprintf(&b, "\n## Codes\n\nEvery finding has a code, which keeps its meaning.\n\n| code | level | meaning |\n| --- | --- | --- |\n")
	for _, c := range ownership.Codes() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Code, c.Level, cell(c.Meaning))
	}
	return strings.ReplaceAll(b.String(), "\n###", "\n\n###")
}

// kind is the type of a key in words.
func kind(k ownership.Key) string {
	if len(k.Values) > 0 && !strings.HasPrefix(k.Type, "[]") {
		return strings.Join(k.Values, ", ")
	}
	list := strings.HasPrefix(k.Type, "[]") && strings.Contains(k.Type, "|") // []a|{b} is a list of either
	var parts []string
	for _, t := range strings.Split(strings.TrimPrefix(k.Type, map[bool]string{true: "[]"}[list]), "|") {
		item, isList := strings.CutPrefix(t, "[]")
		if name, ok := strings.CutPrefix(item, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			item = "[" + name + "](#" + name + ")"
		}
		if isList {
			item = "list of " + item
		}
		parts = append(parts, item)
	}
	out := strings.Join(parts, " or ")
	if list {
		out = "list of " + out
	}
	if len(k.Values) > 0 {
		out += " (" + strings.Join(k.Values, ", ") + ")"
	}
	return out
}

// docs/spec.md lists what the reader knows: go test -run TestSpecReference
// -update writes its tables.
func TestSpecReference(t *testing.T) {
	const file, head = "docs/spec.md", "Keys in **bold** are required.\n\n"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	words, tables, ok := strings.Cut(string(data), head)
	if !ok {
		t.Fatalf("%s does not hold %q", file, head)
	}
	if want := reference(); tables != want {
		if !*update {
			t.Fatalf("the tables of %s differ from Keys and Codes; run with -update", file)
		}
		if err := os.WriteFile(file, []byte(words+head+want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The first example is what it says: the smallest spec.
	_, rest, _ := strings.Cut(words, "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	if _, err := ownership.Read("spec.md", []byte(example)); err != nil {
		t.Error(err)
	}
	// Every line of the first table is readable.
	const alert, service = "service:\n  name: a\n  owner_team: b\n  responsibilities: [{availability: 99%%}, {latency: p95 < 100ms}]\n  monitoring: {alerts: [{name: c, %s}]}\n", "service:\n  name: a\n  owner_team: b\n  %s\n"
	for _, line := range []struct{ frame, line string }{
		{"service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - %s\n", "availability: 99.99%"},
		{"service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - %s\n", "availability: 99.9% over 28d"},
		{"service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - %s\n", "latency: p95 < 100ms"},
		{"service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - %s\n", "error_rate: p99 < 0.01%"},
		{"service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - %s\n", "error_rate: < 0.01%"},
		{alert, "threshold: 0.05%"}, {alert, "threshold: 200ms"}, {alert, "threshold: burn_rate > 14.4 for 1h"},
		{alert, "threshold: 1%, severity: critical"}, {alert, "threshold: 1%, handler: pagerduty"},
		{service, "incident_response: {oncall_schedule: weekly}"},
		{service, "capacity_planning: {forecast_horizon: 4 weeks}"},
		{service, "release_management: {canary_deployment_strategy: 10% traffic for 30 mins}"},
		{service, "release_management: {rollback_threshold: 0.1% error rate for 5 mins}"},
	} {
		if _, err := ownership.Read("spec.md", fmt.Appendf(nil, line.frame, line.line)); err != nil {
			t.Errorf("%s: %v", line.line, err)
		}
		_, written, _ := strings.Cut(line.line, "{")
		shown := strings.TrimSuffix(written, "}")
		if written == "" {
			shown = line.line
		}
		if i := strings.Index(shown, "%, "); i >= 0 {
			shown = shown[i+3:]
		}
		if !strings.Contains(words, "`"+shown) {
			t.Errorf("%s does not explain %q", file, shown)
		}
	}
}

// Every key of the list is one that the reader takes, and its example is what
// the reader accepts.
func TestKeyExamples(t *testing.T) {
	if n := len(ownership.Keys()); n < 90 {
		t.Fatalf("%d keys", n)
	}
	frames := map[string]string{
		"service":            "service: {name: a, owner_team: b, %s}",
		"dependency":         "service: {name: a, owner_team: b, depends_on: [{name: c, %s}]}",
		"indicator":          "service: {name: a, owner_team: b, indicator: {%s}}",
		"responsibility":     "service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - %s",
		"availability":       "service: {name: a, owner_team: b, responsibilities: [{availability: {target: 99%%, %s}}]}",
		"latency":            "service: {name: a, owner_team: b, responsibilities: [{latency: {target: 99%%, below: 1s, %s}}]}",
		"error_rate":         "service: {name: a, owner_team: b, responsibilities: [{error_rate: {target: 99%%, below: 1%%, %s}}]}",
		"alerting":           "service: {name: a, owner_team: b, responsibilities: [{availability: {target: 99%%, alerting: {%s}}}]}",
		"pair":               "service: {name: a, owner_team: b, responsibilities: [{availability: {target: 99%%, alerting: {pairs: [{severity: critical, long: 1h, short: 5m, share: 2%%, %s}]}}}]}",
		"alert":              "service: {name: a, owner_team: b, responsibilities: [{latency: {target: 95%%, below: 1s, name: latency-p95}}], monitoring: {alerts: [{name: c, threshold: 2s, %s}]}}",
		"incident_response":  "service: {name: a, owner_team: b, incident_response: {%s}}",
		"schedule":           "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {%s}}}",
		"layer":              "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {layers: [{%s}]}}}",
		"override":           "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {overrides: [{start: 2026-01-01, end: 2026-02-01, %s}]}}}",
		"turn":               "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {turns: [{%s}]}}}",
		"temporary":          "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {temporary: [{start: 2026-12-01, end: 2027-01-01, %s}]}}}",
		"shift":              "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {temporary: [{start: 2026-12-01, end: 2027-01-01, shifts: [{member: ana, %s}]}]}}}",
		"swap":               "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {swaps: [{from: cy, to: dee, start: 2026-01-01, end: 2026-02-01, %s}]}}}",
		"absence":            "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {absences: [{member: cy, start: 2026-01-01, end: 2026-02-01, %s}]}}}",
		"membership":         "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {memberships: [{member: cy, %s}]}}}",
		"holiday":            "service: {name: a, owner_team: b, incident_response: {oncall_schedule: {holidays: [{date: 2026-01-01, %s}]}}}",
		"runbook":            "service: {name: a, owner_team: b, incident_response: {runbooks: [{path: c.md, %s}]}}",
		"capacity_planning":  "service: {name: a, owner_team: b, capacity_planning: {%s}}",
		"metric":             "service: {name: a, owner_team: b, capacity_planning: {metrics: [{name: c, kind: demand, %s}]}}",
		"release_management": "service:\n  name: a\n  owner_team: b\n  release_management:\n    %s",
		"stage":              "service: {name: a, owner_team: b, release_management: {canary_deployment_strategy: {stages: [{traffic: 1%%, %s}]}}}",
		"condition":          "service: {name: a, owner_team: b, release_management: {rollback_threshold: {threshold: 0.01, %s}}}",
		"team":               "service: {name: a, owner_team: b}\nteam: {name: c, %s}",
		"member":             "service: {name: a, owner_team: b}\nteam: {name: c, members: [{name: d, %s}]}",
		"qualification":      "service: {name: a, owner_team: b}\nteam: {name: c, members: [{name: d, qualifications: [{service: a, %s}]}]}",
		"handler":            "service: {name: a, owner_team: b}\nteam: {name: c, handlers: [{name: d, type: slack, %s}]}",
		"document":           "service: {name: a, owner_team: b}\n%s",
	}
	for _, k := range ownership.Keys() {
		if k.Example == "" {
			continue
		}
		frame, ok := frames[k.Section]
		if !ok {
			t.Errorf("no frame for section %s", k.Section)
			continue
		}
		example := k.Example
		if !strings.HasPrefix(example, "[") && strings.ContainsAny(example, ":#[{\"$") {
			example = "'" + example + "'"
		}
		frame = without(frame, k.Name)
		if k.Section == "pair" && k.Name == "factor" {
			frame = without(frame, "share")
		}
		if k.Name == "at_most" {
			frame = without(frame, "below")
		}
		if k.Section == "condition" && k.Name == "quantile" {
			frame = strings.Replace(frame, "threshold: 0.01", "threshold: 1s", 1)
		}
		if k.Section == "alert" && k.Name == "metric" {
			frame = strings.Replace(frame, "threshold: 2s", "threshold: 2%%", 1)
		}
		if k.Section == "indicator" {
			switch k.Name {
			case "bad":
				example += ", total: 'sum(rate(requests_total[$window]))'"
			case "total":
				example += ", bad: 'sum(rate(errors_total[$window]))'"
			}
		}
		doc := fmt.Sprintf(frame, k.Name+": "+example)
		if _, err := ownership.Read("x.yaml", []byte(doc)); err != nil {
			t.Errorf("%s.%s: %v\n%s", k.Section, k.Name, err, doc)
		}
	}
}

// without is the frame without a key of its innermost mapping.
func without(frame, key string) string {
	i := strings.LastIndex(frame, "{")
	if i < 0 {
		return frame
	}
	outer, inner := frame[:i+1], frame[i+1:]
	before, rest, ok := strings.Cut(", "+inner, ", "+key+": ")
	if !ok {
		return frame
	}
	_, after, _ := strings.Cut(rest, ", ")
	return outer + strings.TrimPrefix(strings.TrimPrefix(before+", ", ", "), ", ") + after
}
