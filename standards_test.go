package ownership_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
)

// exemplary is a catalog that meets every default standard.
func exemplary() fstest.MapFS {
	return fstest.MapFS{
		"shop.yaml": {Data: []byte(`
service:
  name: shop
  owner_team: web
  tier: 1
  traffic: 2000/s
  depends_on: [{name: db, strength: soft}]
  responsibilities:
    - availability: 99.9%
  monitoring:
    alerts:
      - {name: HighErrorRateAlert, threshold: 0.5%, severity: critical, handler: pagerduty}
  incident_response:
    oncall_schedule: {rotation: weekly, handoff: "Monday 09:00", time_zone: Europe/Berlin, start: 2026-01-05, members: [ana, ben]}
    runbooks:
      - path: /runbooks/high-error-rate.md
  capacity_planning:
    metrics: [cpu_utilization]
    forecast_horizon: 4 weeks
  release_management:
    canary_deployment_strategy: "10% traffic for 30 mins"
    rollback_threshold: 1% error rate for 5 mins
`)},
		"db.yaml": {Data: []byte("service: {name: db, owner_team: web, kind: platform, responsibilities: [{availability: 99.99%}]}")},
		"team.yaml": {Data: []byte(`
team:
  name: web
  time_zone: Europe/Berlin
  members: [{name: ana, level: senior}, {name: ben, level: mid}]
  handlers: [{name: pagerduty, routing_key_file: /run/secrets/key}, {name: slack, channel: "#web", api_url_file: /run/secrets/url}]
`)},
		"runbooks/high-error-rate.md": {Data: []byte(`# High error rate

## Meaning
More requests fail than the objective allows, counted at the load balancer.

## Impact
Customers see errors when they pay, and the error budget is spent.

## Diagnosis
1. Look at which release is out: ` + "`kubectl rollout history deploy/shop`" + `

## Mitigation
1. Take the release back: ` + "`kubectl rollout undo deploy/shop`" + `
`)},
	}
}

var standardsAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func readExemplary(t *testing.T, files fstest.MapFS) (ownership.Catalog, ownership.StandardEvidence) {
	t.Helper()
	catalog, err := ownership.ReadCatalog(files, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	library, err := runbook.ReadFolder(files, runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range catalog.Teams {
		for k := range catalog.Teams[i].Members {
			catalog.Teams[i].Members[k].Qualifications = []response.Qualification{{Service: "shop", Shadowed: 1, ReverseShadowed: 1, LastOnCall: standardsAt.Add(-48 * time.Hour)}}
		}
	}
	return catalog, ownership.StandardEvidence{At: standardsAt, Runbooks: &library}
}

func TestExemplaryCatalogMeetsTheDefaultStandards(t *testing.T) {
	catalog, evidence := readExemplary(t, exemplary())
	report, err := ownership.DefaultStandards().Evaluate(catalog, evidence)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) > 0 {
		t.Errorf("findings:\n%v", report.Findings)
	}
	areas := map[string]bool{}
	for _, row := range report.Rows {
		areas[row.Area] = true
		if row.Met != row.Asked || row.Unknown > 0 {
			t.Errorf("%+v, want all met", row)
		}
	}
	if len(areas) != 6 {
		t.Errorf("areas %v, want the six of production readiness", areas)
	}
}

// Each change breaks one standard and no other.
func TestEachStandardIsBroken(t *testing.T) {
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			text := string(files[name].Data)
			if !strings.Contains(text, old) {
				panic("nothing to replace: " + old)
			}
			files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
		}
	}
	for _, c := range []struct {
		rule   string
		change func(fstest.MapFS)
		want   string // of the finding
	}{
		{"dependencies-known", replace("shop.yaml", "name: db, strength", "name: cache, strength"), "the catalog does not hold it"},
		{"promise-within-ceiling", func(files fstest.MapFS) {
			replace("shop.yaml", "{name: db, strength: soft}", "db")(files)
			replace("db.yaml", "99.99%", "99%")(files)
		}, "its hard dependencies leave 99% if they fail independently"},
		{"objective", replace("db.yaml", "responsibilities: [{availability: 99.99%}]", "responsibilities: []"), "it promises 0 of the 1 that are asked"},
		{"critical-alerts-page", replace("shop.yaml", "handler: pagerduty", "handler: slack"), "it must wake somebody, and slack does not"},
		{"page-has-runbook", replace("runbooks/high-error-rate.md", "## Mitigation", "## Notes"), "its runbook is not complete: no section mitigation"},
		{"on-call-without-gaps", replace("shop.yaml", "members: [ana, ben]", "members: [ana, ben], coverage: Mon-Fri"), "nobody is on call"},
		{"capacity-forecast", replace("shop.yaml", "    forecast_horizon: 4 weeks\n", ""), "no horizon is given"},
		{"staged-release", replace("shop.yaml", "    rollback_threshold: 1% error rate for 5 mins\n", ""), "nothing says when a release is taken back"},
		{"canary-sees-threshold", replace("shop.yaml", "traffic: 2000/s", "traffic: 1/s"), "at 1% of errors"},
		{"owner-known", replace("team.yaml", "  members: [{name: ana, level: senior}, {name: ben, level: mid}]\n", ""), "the team has no members"},
		{"no-secrets", replace("team.yaml", `channel: "#web"`, `channel: "xoxb-1234567890-abcdefghijklmnop"`), "looks like a secret"},
	} {
		files := exemplary()
		c.change(files)
		catalog, evidence := readExemplary(t, files)
		report, err := ownership.DefaultStandards().Evaluate(catalog, evidence)
		if err != nil {
			t.Fatalf("%s: %v", c.rule, err)
		}
		var codes []string
		found := false
		for _, f := range report.Findings {
			if !slices.Contains(codes, f.Code) && f.Level != "info" {
				codes = append(codes, f.Code)
			}
			found = found || f.Code == c.rule && strings.Contains(f.String(), c.want)
		}
		if !found {
			t.Errorf("%s: no finding with %q among\n%v", c.rule, c.want, report.Findings)
		}
		if c.rule != "owner-known" && len(codes) != 1 {
			t.Errorf("%s: codes %v, want that alone", c.rule, codes)
		}
	}
}

func TestQualifiedPrimariesAreCounted(t *testing.T) {
	catalog, evidence := readExemplary(t, exemplary())
	catalog.Teams[0].Members[1].Qualifications[0].LastOnCall = standardsAt.Add(-91 * 24 * time.Hour)
	report, err := ownership.Standards{{Rule: "qualified-primaries", Tiers: []ownership.Tier{ownership.Tier1}}}.Evaluate(catalog, evidence)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Reason, "1 of the 2 that are asked are qualified to be called for it alone (ben is lapsed)") {
		t.Errorf("got %v", report.Findings)
	}
	catalog.Teams[0].Members[0].Qualifications, catalog.Teams[0].Members[1].Qualifications = nil, nil
	report, _ = ownership.Standards{{Rule: "qualified-primaries"}}.Evaluate(catalog, evidence)
	want := []ownership.StandardRow{{Rule: "qualified-primaries", Area: ownership.AreaEmergency, Team: "web", Asked: 2, Unknown: 2}}
	if diff := cmp.Diff(want, report.Rows); diff != "" {
		t.Errorf("what is not noted counts as not known (-want +got):\n%s", diff)
	}
}

func TestStandardsYAML(t *testing.T) {
	text := `standards:
  - rule: page-has-runbook
    level: error
    tiers: [0, 1]
    kinds: [service, platform]
    exempt: [batch, "a: b"]
  - rule: qualified-primaries
    area: people
    at_least: 3
`
	want := ownership.Standards{
		{Rule: "page-has-runbook", Level: "error", Tiers: []ownership.Tier{ownership.Tier0, ownership.Tier1}, Kinds: []ownership.Kind{ownership.KindService, ownership.KindPlatform}, Exempt: []string{"batch", "a: b"}},
		{Rule: "qualified-primaries", Area: "people", AtLeast: 3},
	}
	got, err := ownership.ParseStandards("s.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, s := range []ownership.Standards{want, ownership.DefaultStandards(), nil} {
		written, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ownership.ParseStandards("s.yaml", written)
		if err != nil {
			t.Fatalf("%s\n%v", written, err)
		}
		if diff := cmp.Diff(s, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
	}
	own := ownership.Standards{{Rule: "own", Check: func(s ownership.StandardSubject) ownership.StandardAnswer { return s.Met() }}}
	if _, err := own.YAML(); err == nil {
		t.Error("a check in code was written")
	}
}

func TestStandardsAreRefused(t *testing.T) {
	_, err := ownership.ParseStandards("s.yaml", []byte(`standards:
  - rule: page-has-runbok
    level: fatal
    tiers: [7]
    kinds: [robot]
  - rule: capacity-forecast
    at_least: 0
  - level: error
  - rule: owner-known
    at_least: 2
`))
	want := `s.yaml:2:11: standards[0].rule: "page-has-runbok": there is no such rule; did you mean page-has-runbook?
s.yaml:3:12: standards[0].level: "fatal": no value of level; write error, warning or info
s.yaml:4:13: standards[0].tiers[0]: "7": it is no tier; write 0, 1, 2 or 3
s.yaml:5:13: standards[0].kinds[0]: "robot": it is no kind of entry; write service, platform or concern
s.yaml:7:15: standards[1].at_least: "0": it is no number of things; write 1 or more
s.yaml:8:5: standards[2].rule: the key is missing; add it, such as rule: page-has-runbook`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, err = ownership.ParseStandards("s.yaml", []byte("standards: [{rule: owner-known, at_least: 2}]"))
	if err == nil || !strings.HasPrefix(err.Error(), "s.yaml:1:13: standards[0].at_least: \"2\": the rule counts nothing") {
		t.Errorf("got %v", err)
	}
	_, err = ownership.Standards{{Rule: "none"}, {}}.Evaluate(ownership.Catalog{}, ownership.StandardEvidence{})
	var spec *ownership.SpecError
	if !errors.As(err, &spec) || len(spec.Findings) != 2 {
		t.Errorf("got %v, want two findings", err)
	}
}

// A rule of one's own stands beside the built-in ones.
func ExampleStandards_Evaluate() {
	catalog, err := ownership.ReadCatalog(fstest.MapFS{
		"a.yaml": {Data: []byte("service: {name: auth, owner_team: identity, tier: 0, responsibilities: [{availability: 99.99%}]}")},
		"b.yaml": {Data: []byte("service: {name: mail, owner_team: growth, tier: 3, description: sends mail}")},
	}, ownership.CatalogOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	standards := ownership.Standards{
		{Rule: "objective", Level: "error"},
		{Rule: "staged-release", Tiers: []ownership.Tier{ownership.Tier0}},
		{Rule: "described", Area: "catalog", Check: func(s ownership.StandardSubject) ownership.StandardAnswer {
			a := s.Met()
			if s.Service.Description == "" {
				a.Breaches = []ownership.StandardBreach{{Reason: "it has no description", Remedy: "say in a sentence what it is for"}}
			}
			return a
		}},
	}
	report, err := standards.Evaluate(catalog, ownership.StandardEvidence{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(report.Markdown())
	// Output:
	// | monitoring | growth | identity |
	// | --- | ---: | ---: |
	// | objective | 0 of 1 | 1 of 1 |
	//
	// | change management | growth | identity |
	// | --- | ---: | ---: |
	// | staged-release | – | 0 of 1 |
	//
	// | catalog | growth | identity |
	// | --- | ---: | ---: |
	// | described | 1 of 1 | 0 of 1 |
	//
	// - a.yaml:1:10: warning: service: auth: it has no description; say in a sentence what it is for
	// - a.yaml:1:10: warning: service.release\_management: "0": auth: a release passes 0 of the 1 stages that are asked before it has all traffic; write canary\_deployment\_strategy: "10% traffic for 30 mins"
	// - a.yaml:1:10: warning: service.release\_management: auth: nothing says when a release is taken back; write rollback\_threshold: 0.1% error rate for 5 mins
	// - b.yaml:1:10: service.responsibilities: "0": mail: it promises 0 of the 1 that are asked; add a line such as availability: 99.9%
}
