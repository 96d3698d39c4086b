package ownership_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/slo"
)

func found(svc ownership.Service, err error) []ownership.Finding {
	var spec *ownership.SpecError
	if errors.As(err, &spec) {
		return spec.Findings
	}
	return svc.Findings
}

// Every documented code is given for something, and no other is.
func TestCodes(t *testing.T) {
	levels := map[string]string{} // observed
	look := func(findings []ownership.Finding) {
		for _, f := range findings {
			levels[f.Code] += f.Level + " "
		}
	}
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		look(found(ownership.Read(name, data)))
	}
	const head = "service:\n  name: pay\n  owner_team: payments\n"
	for _, doc := range []string{
		"", "a: b: c: d\n\"", "\xff", "a: !!str x", strings.Repeat("[", 100), strings.Repeat("#", ownership.MaxBytes+1),
		head + "  tier: [",
		head + strings.Replace("---\n"+head, "pay", "play", 1),
		head + "  responsibilities:\n" + strings.Repeat("    - availability: x\n", 300),
		head + "  description: \"a\"\n  area: \"x\\ny\"\n",
		head + "  responsibilities: [{latency: p95 latency < 100ms over 5m}, {availability: latency < 5ms}]",
		head + "  responsibilities: [{availability: error rate < 1%}]",
		head + "  responsibilities: [{error_rate: {target: 99%, below: 1%, slice: 2d, window: 1d}}]",
		head + "  incident_response: {oncall_schedule: biweekly}\n",
		head + "  incident_response: {oncall_schedule: somebody-elses}\n",
		head + "  traffic: 1/min\n  release_management: {canary_deployment_strategy: 10% for 1h, rollback_threshold: 0.1% error rate for 5m}\n",
		head + "  release_management: {canary_deployment_strategy: 10% for 1h}\n",
		head + "  release_management: {canary_deployment_strategy: 10% for 1h, rollback_threshold: 1% error rate for 5m}\n  monitoring: {alerts: [{name: A, metric: hapiness, threshold: \"< 3 smiles/min\"}, {name: B, threshold: 0.5%}]}",
	} {
		look(found(ownership.Read("x.yaml", []byte(doc))))
	}
	c, _ := ownership.ReadCatalog(fstest.MapFS{
		"a.yaml": {Data: []byte("service: {name: a, owner_team: t, depends_on: [a2, b], incident_response: {oncall_schedule: {members: [zoe]}, runbooks: [/r.md]}, monitoring: {alerts: [{name: A, threshold: 1%, handler: x}]}}")},
		"b.yaml": {Data: []byte("service: {name: b, owner_team: t, depends_on: [a]}")},
		"c.yaml": {Data: []byte("rules: []")},
		"t.yaml": {Data: []byte("team: {name: t, members: [{name: ana, qualifications: [{service: c}]}], handlers: [y]}")},
	}, ownership.CatalogOptions{})
	look(c.Findings)
	look(ownership.Service{Name: "a", OwnerTeam: "t", Responsibilities: []ownership.Responsibility{{Objective: slo.Objective{Kind: slo.Latency, Target: slo.MustRatio("0.9")}}}}.Validate())
	levels["not-compiled"] = "warning" // by Compile

	documented := map[string]string{}
	last := ""
	for _, code := range ownership.Codes() {
		if code.Code <= last {
			t.Errorf("%s stands behind %s", code.Code, last)
		}
		last = code.Code
		documented[code.Code] = code.Level
		if seen, ok := levels[code.Code]; ok && !strings.Contains(seen, code.Level) {
			t.Errorf("%s: documented as %s, seen as %s", code.Code, code.Level, seen)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(levels))); diff != "" {
		t.Errorf("documented and seen codes (-documented +seen)\n%s", diff)
	}
}
