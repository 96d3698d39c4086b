package ownership_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/srekit/ownership"
)

// Whatever a file holds, Read neither panics nor returns findings without a
// place, and a spec that it accepts survives printing and reading.
func FuzzRead(f *testing.F) {
	f.Add(bundledSpec(f))
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{
		"", "service: {}", "service: [", "? a\n: b", "service:\n  name: |\n    x\n  owner_team: >-\n    y\n", "a: 'b''c'\n", "\"service\": {\"name\": \"\\u00e9\"}",
		"service: {name: a, owner_team: b, responsibilities: [{latency: {target: 95%, below: 100ms, window: month in Europe/Berlin}}]}",
		"service: {name: a, owner_team: b, traffic: 200 rps, depends_on: [{name: c, strength: soft}], tier: 0}",
		"service: {name: a, owner_team: b, incident_response: {oncall_schedule: {layers: [{rotation: daily, coverage: [24x7]}]}}}",
		"service: {name: a, owner_team: b, release_management: {rollback_threshold: burn_rate > 14.4}}",
		"service: {name: a, owner_team: b, monitoring: {alerts: [{name: c, threshold: 5 errors/min}]}}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		svc, err := ownership.Read("x.yaml", data)
		findings := svc.Findings
		var spec *ownership.SpecError
		if err != nil && !errors.As(err, &spec) {
			t.Fatalf("%v is no SpecError", err)
		}
		if err != nil {
			findings = spec.Findings
		}
		errored, end := false, strings.Count(string(data), "\n")+1
		for _, f := range findings {
			errored = errored || f.Level == "error"
			if f.Code == "" || f.Reason == "" || f.Source != "x.yaml" {
				t.Errorf("incomplete finding %+v", f)
			}
			if f.Code != "too-large" && f.Code != "too-many" && (f.Line < 1 || f.Column < 1 || f.Line > end) {
				t.Errorf("no place in a file of %d lines: %+v", end, f)
			}
		}
		if errored != (err != nil) {
			t.Errorf("error %v beside findings %v", err, findings)
		}
		if err != nil {
			return
		}
		again, err := ownership.Read("x.yaml", svc.YAML())
		if err != nil {
			t.Fatalf("what it printed is refused: %v\n%s", err, svc.YAML())
		}
		if diff := cmp.Diff(svc, again, plainly); diff != "" {
			t.Fatalf("printing and reading (-before +after)\n%s\n%s", diff, svc.YAML())
		}
	})
}

// Standards that are read can be written, and read again as the same.
func FuzzParseStandards(f *testing.F) {
	for _, s := range []string{
		"standards:\n  - rule: page-has-runbook\n    tiers: [0, 1]\n    exempt: [\"a: b\"]\n",
		"standards: [{rule: qualified-primaries, at_least: 3, kinds: [platform], level: info, area: \"\\u202e<script>\"}]",
		"standards: []", "standards: {}", "standards:\n  - rule:\n", "- x", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := ownership.ParseStandards("s.yaml", data)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a text")
			}
			return
		}
		written, err := read.YAML()
		if err != nil {
			t.Fatalf("%+v: %v", read, err)
		}
		again, err := ownership.ParseStandards("s.yaml", written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if diff := cmp.Diff(read, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", written, diff)
		}
	})
}
