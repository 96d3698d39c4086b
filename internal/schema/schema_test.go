package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/srekit/ownership"
)

const file = "../../schema/ownership.schema.json"

// The file that ships is what the key list says: go run . > ../../schema/ownership.schema.json
func TestSchemaIsUpToDate(t *testing.T) {
	want, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("schema/ownership.schema.json differs from the key list; write it again")
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("spec.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("spec.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check validates every document of a YAML file and returns the first error.
func check(t *testing.T, s *jsonschema.Schema, data []byte) error {
	t.Helper()
	for _, doc := range strings.Split(string(data), "\n---\n") {
		text, err := yaml.YAMLToJSON([]byte(doc))
		if err != nil {
			return err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		if err := s.Validate(value); err != nil {
			return err
		}
	}
	return nil
}

func TestSchemaAcceptsWhatTheReaderAccepts(t *testing.T) {
	s := compiled(t)
	files := []string{
		"../../examples/quickstart/catalog/service.yaml", "../../examples/quickstart/catalog/team.yaml",
		"../../testdata/everything.yaml", "../../testdata/broken/contradictions.yaml",
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(t, s, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	const head = "service:\n  name: pay\n  owner_team: payments\n"
	for _, body := range []string{
		"", "  responsibilities: [{availability: 0.999}]", "  responsibilities: [{availability: 3 nines}, {latency: 95% of requests < 1s}]",
		"  responsibilities: [{error_rate: 1 in 1000}, {error_rate: \"<= .1%\", availability: 99,9%}]",
		"  responsibilities: [{latency: p99 < half a second}, {latency: {target: 0.99, at_most: PT1S}}]",
		"  tier: \"2\"\n  traffic: 5 requests per minute\n  customer_facing: false",
		"  monitoring: {alerts: [{name: 5xx, threshold: 0.01}, {name: b, metric: burn_rate, threshold: 14.4}, {name: c, threshold: 5 errors/min, severity: P1}]}",
		"  incident_response: {oncall_schedule: 24x7}", "  incident_response: {oncall_schedule: https://oncall.example.org/x, runbooks: [a.md, {path: b.md}]}",
		"  incident_response: {oncall_schedule: {rotation: daily, handoff: \"09:00\", start: 2026-01-05, coverage: [weekends, 24/7]}}",
		"  capacity_planning: {forecast_horizon: four weeks}", "  capacity_planning: {forecast_horizon: 4w, season: 1 week, metrics: [a, {name: b, capacity: 12}]}",
		"  release_management: {canary_deployment_strategy: 1%/10m -> 10%/30m, rollback_threshold: 0.001}",
		"  release_management: {canary_deployment_strategy: {stages: [{traffic: 0.1}]}, rollback_threshold: {threshold: 200ms}}",
		"  depends_on: [db, {name: cache, strength: soft}]\n  kind: platform",
	} {
		_, readErr := ownership.Read("x.yaml", []byte(head+body))
		schemaErr := check(t, s, []byte(head+body))
		if readErr == nil && schemaErr != nil {
			t.Errorf("the reader accepts\n%s\nthe schema does not: %v", body, schemaErr)
		}
	}
}

// What a schema can see it refuses; meaning is left to the reader.
func TestSchemaRefusesBrokenSpecs(t *testing.T) {
	s := compiled(t)
	meaning := map[string]bool{ // wrong in ways that no schema can say
		"dangling.yaml": true, "contradictions.yaml": true, "wrong-direction.yaml": true, "alerting.yaml": true,
	}
	files, err := filepath.Glob("../../testdata/broken/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		if base == "alias.yaml" {
			continue // a schema sees values, not how they are written
		}
		if err := check(t, s, data); (err == nil) != meaning[base] {
			t.Errorf("%s: error %v, want one: %t", base, err, !meaning[base])
		}
	}
}

// One mistake at a time, so that each is refused for itself.
func TestSchemaRefusesSingleMistakes(t *testing.T) {
	s := compiled(t)
	const head = "service:\n  name: pay\n  owner_team: payments\n"
	if err := check(t, s, []byte(head)); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		"  teir: 1", "  tier: 4", "  kind: servce", "  customer_facing: 1", "  name2: x", "  traffic: 5%", "  depends_on: db",
		"  responsibilities: [{availability: 99.9}]", "  responsibilities: [{latency: p95 < 100}]", "  responsibilities: [{}]",
		"  responsibilities: [{latency: {target: 95%}}]", "  responsibilities: [{latency: {target: 95%, below: 1s, at_most: 1s}}]",
		"  responsibilities: [{availability: {window: 30d}}]", "  monitoring: {alerts: [{threshold: 1%}]}", "  monitoring: {alerts: [{name: a}]}",
		"  indicator: {presett: istio}", "  indicator: {preset: isto}", "  capacity_planning: {forecast_horizon: 4}",
		"  release_management: {canary_deployment_strategy: 10 for 30m}", "  incident_response: {runbooks: [{alerts: [a]}]}",
		"  incident_response: {oncall_schedule: {start: tomorrow}}",
	} {
		if err := check(t, s, []byte(head+body)); err == nil {
			t.Errorf("accepted:%s", body)
		}
		if _, err := ownership.Read("x.yaml", []byte(head+body)); err == nil {
			t.Errorf("the reader accepts:%s", body)
		}
	}
	for _, doc := range []string{"{}", "version: 1", "[]", "service: {owner_team: a}", "team: {members: [a]}", "version: 1\nservices: {}", "team: {name: a, members: [{name: b, tracks: [x]}]}"} {
		if err := check(t, s, []byte(doc)); err == nil {
			t.Errorf("accepted: %s", doc)
		}
	}
}
