package ownership_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
)

// shop is a catalog of several files, several documents in a file and several
// entries in a document, among files that are none of its business.
func shop() fstest.MapFS {
	return fstest.MapFS{
		"services/web.yaml": {Data: []byte(`
service:
  name: web
  owner_team: front
  tier: 1
  customer_facing: true
  depends_on: [auth, {name: cart, strength: soft}]
  responsibilities: [{availability: 99.9%}]
---
service:
  name: cart
  owner_team: front
  depends_on: [auth]
  responsibilities: [{availability: 99.9%}]
`)},
		"services/core.yml": {Data: []byte(`
version: 1
services:
  - name: auth
    owner_team: core
    tier: 0
    depends_on: [db, logging]
    responsibilities: [{availability: 99.95%}]
    monitoring:
      alerts:
        - {name: Denied, threshold: 1%, hold: 5m, severity: critical, handler: bell}
    incident_response:
      runbooks: [/runbooks/denied.md]
  - {name: db, owner_team: core, kind: platform, responsibilities: [{availability: 99.99%}]}
  - {name: logging, owner_team: watch, kind: concern, area: operations}
`)},
		"teams.yaml": {Data: []byte(`
teams:
  - {name: front, area: shop, members: [ana, ben], handlers: [slack]}
  - name: core
    area: shop
    members: [cem, dora]
    handlers: [{name: bell, type: webhook, pages: true}]
    schedule: {name: core-primary, rotation: weekly, members: [cem, dora], time_zone: Europe/Berlin}
  - {name: watch, area: operations}
`)},
		"runbooks/denied.md":   {Data: []byte("# Denied\n")},
		"deploy/pod.yaml":      {Data: []byte("apiVersion: v1\nkind: Pod\n")},
		"deploy/chart.yaml":    {Data: []byte("name: {{ .Values.name }}\n\tx: [\n")},
		".github/service.yaml": {Data: []byte("service: broken\n")},
		"README.md":            {Data: []byte("service: no\n")},
	}
}

func lines(findings []ownership.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	return out
}

func TestReadCatalog(t *testing.T) {
	c, err := ownership.ReadCatalog(shop(), ownership.CatalogOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range c.Services {
		names = append(names, s.Name+" from "+s.Source())
	}
	want := []string{
		"auth from services/core.yml", "db from services/core.yml", "logging from services/core.yml",
		"web from services/web.yaml", "cart from services/web.yaml",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("services (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"deploy/chart.yaml: info: the file holds no service and no team, and is passed over",
		"deploy/pod.yaml: info: the file holds no service and no team, and is passed over",
		`services/core.yml:11:37: info: services[0].monitoring.alerts[0].threshold: "1%": the alert needs more than 1%, 20 times the 0.05% that availability promises; between the two only the burn-rate alerts tell; nothing, if the burn-rate alerts are in use`,
	}, lines(c.Findings)); diff != "" {
		t.Errorf("findings (-want +got)\n%s", diff)
	}
	if s, ok := c.Service("cart"); !ok || s.OwnerTeam != "front" {
		t.Errorf("Service(cart) = %v, %v", s, ok)
	}
	if _, ok := c.Service("card"); ok {
		t.Error("Service(card) found")
	}
	if team, ok := c.Team("watch"); !ok || team.Area != "operations" {
		t.Errorf("Team(watch) = %v, %v", team, ok)
	}
	if s, _ := c.Service("cart"); c.AreaOf(s) != "shop" {
		t.Errorf("area of cart: got %q, want that of its team", c.AreaOf(s))
	}
}

func TestCatalogFindings(t *testing.T) {
	tests := []struct {
		name, file, data string
		strict           bool
		want             []string // that contain "x.yaml", in order
	}{
		{"undefined team and dependency", "x.yaml", "service: {name: pay, owner_team: frnt, depends_on: [crat, nowhere], responsibilities: [{availability: 99%}]}", false, []string{
			`x.yaml:1:34: warning: service.owner_team: "frnt": no team of that name is defined here; did you mean front?`,
			`x.yaml:1:53: warning: service.depends_on[0]: "crat": the catalog has no entry "crat"; did you mean cart?`,
			`x.yaml:1:59: warning: service.depends_on[1]: "nowhere": the catalog has no entry "nowhere"; add the entry, or mend the name`,
		}},
		{"the same, strict", "x.yaml", "service: {name: pay, owner_team: frnt, depends_on: [crat], responsibilities: [{availability: 99%}]}", true, []string{
			`x.yaml:1:34: service.owner_team: "frnt": no team of that name is defined here; did you mean front?`,
			`x.yaml:1:53: service.depends_on[0]: "crat": the catalog has no entry "crat"; did you mean cart?`,
		}},
		{"a name twice", "x.yaml", "service: {name: auth, owner_team: core, responsibilities: [{availability: 99%}]}\n---\nteam: {name: core}", false, []string{
			`x.yaml:1:17: service.name: "auth": two entries have that name; the other is at services/core.yml:4; rename one of them`,
			`x.yaml:3:14: team.name: "core": two teams have that name; the other is at teams.yaml:4; rename one of them`,
		}},
		{"a handler of another team", "x.yaml", "service:\n  name: pay\n  owner_team: front\n  responsibilities: [{availability: 99%}]\n  monitoring: {alerts: [{name: A, threshold: 2%, hold: 5m, handler: bell, runbook: https://example.org/a}, {name: B, threshold: 2%, hold: 5m, severity: critical, handler: slack, runbook: https://example.org/a}]}", true, []string{
			`x.yaml:5:46: info: service.monitoring.alerts[0].threshold: "2%": the alert needs more than 2%, 2 times the 1% that availability promises; between the two only the burn-rate alerts tell; nothing, if the burn-rate alerts are in use`,
			`x.yaml:5:69: service.monitoring.alerts[0].handler: "bell": the team front has no handler of that name; write slack`,
			`x.yaml:5:129: info: service.monitoring.alerts[1].threshold: "2%": the alert needs more than 2%, 2 times the 1% that availability promises; between the two only the burn-rate alerts tell; nothing, if the burn-rate alerts are in use`,
			`x.yaml:5:172: warning: service.monitoring.alerts[1].handler: "slack": the alert must wake somebody, and slack does not; use a handler that pages, such as pagerduty, or severity: warning`,
		}},
		{"missing runbooks", "x.yaml", "service:\n  name: pay\n  owner_team: front\n  responsibilities: [{availability: 99%}]\n  incident_response: {runbooks: [{path: runbooks/denied.md, alerts: []}, ../secret.md, /runbooks]}", true, []string{
			`x.yaml:5:41: warning: service.incident_response.runbooks[0].path: "runbooks/denied.md": no alert has the runbook's name; name its alerts by the key alerts, or rename the file after one`,
			`x.yaml:5:74: service.incident_response.runbooks[1]: "../secret.md": the path leaves the catalog or cannot be read; write the runbook, or mend the path; it counts from the root of the catalog`,
			`x.yaml:5:74: warning: service.incident_response.runbooks[1]: "../secret.md": no alert has the runbook's name; name its alerts by the key alerts, or rename the file after one`,
			`x.yaml:5:88: service.incident_response.runbooks[2]: "/runbooks": no such file in the catalog; write the runbook, or mend the path; it counts from the root of the catalog`,
			`x.yaml:5:88: warning: service.incident_response.runbooks[2]: "/runbooks": no alert has the runbook's name; name its alerts by the key alerts, or rename the file after one`,
		}},
		{"a schedule of people who are not there", "x.yaml", "service:\n  name: pay\n  owner_team: front\n  responsibilities: [{availability: 99%}]\n  incident_response:\n    oncall_schedule: {rotation: weekly, members: [ana, bne], layers: [{name: l, members: [cem]}], overrides: [{start: 2026-01-05, end: 2026-01-06, member: zoe}]}", true, []string{
			`x.yaml:6:56: service.incident_response.oncall_schedule.members[1]: "bne": the team front has no member "bne"; did you mean ben?`,
			`x.yaml:6:91: service.incident_response.oncall_schedule.layers[0].members[0]: "cem": the team front has no member "cem"; write ana or ben`,
			`x.yaml:6:156: service.incident_response.oncall_schedule.overrides[0].member: "zoe": the team front has no member "zoe"; write ana or ben`,
		}},
		{"a schedule by name", "x.yaml", "service:\n  name: pay\n  owner_team: front\n  responsibilities: [{availability: 99%}]\n  incident_response: {oncall_schedule: core-secondary}\n---\nservice:\n  name: play\n  owner_team: front\n  responsibilities: [{availability: 99%}]\n  incident_response: {oncall_schedule: core-primary}", true, []string{
			`x.yaml:5:40: service.incident_response.oncall_schedule: "core-secondary": no schedule of that name is defined here, and it is no rhythm such as weekly; write weekly, or the name of a team's schedule`,
		}},
		{"a hard cycle", "x.yaml", "services:\n  - {name: a, owner_team: front, depends_on: [b], responsibilities: [{availability: 99%}]}\n  - {name: b, owner_team: front, depends_on: [web, c], responsibilities: [{availability: 99%}]}\n  - {name: c, owner_team: front, depends_on: [a], responsibilities: [{availability: 99%}]}", false, []string{
			`x.yaml:2:47: services[0].depends_on[0]: "b": the services need each other in a circle: a → b → c → a; remove one of these dependencies, or make it strength: soft if the service survives without it`,
		}},
		{"a soft cycle", "x.yaml", "services:\n  - {name: a, owner_team: front, depends_on: [b], responsibilities: [{availability: 99%}]}\n  - {name: b, owner_team: front, depends_on: [{name: a, strength: soft}], responsibilities: [{availability: 99%}]}", false, []string{
			`x.yaml:2:47: warning: services[0].depends_on[0]: "b": the services need each other in a circle: a → b → a; make sure that each of them starts without the soft ones`,
		}},
		{"a misspelt key", "x.yaml", "sevice: {name: pay}", false, []string{
			`x.yaml:1:1: "sevice": no key of that name belongs here; did you mean service?`,
		}},
		{"a broken spec", "x.yaml", "service:\n  name: [\n", false, []string{
			`x.yaml:2:9: the bracket that opens here is never closed; close it, or write the list as lines that begin with "- "`,
		}},
		{"a team's own", "x.yaml", "team:\n  name: new\n  handlers: [{name: siren}]\n  members: [{name: eve, level: senior}]\n  schedule: {rotation: weekly, members: [eve, adam]}", true, []string{
			`x.yaml:3:21: warning: team.handlers[0].name: "siren": no handler of type "siren" is known, so it is taken to page nobody; add type: and what is behind it, or pages: true`,
			`x.yaml:5:47: team.schedule.members[1]: "adam": the team new has no member "adam"; write eve`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := shop()
			files[tt.file] = &fstest.MapFile{Data: []byte(tt.data)}
			c, err := ownership.ReadCatalog(files, ownership.CatalogOptions{Strict: tt.strict})
			var got []string
			wantErr := false
			for _, f := range c.Findings {
				if f.Source == tt.file {
					got = append(got, f.String())
				}
				wantErr = wantErr || f.Level == "error"
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			var spec *ownership.SpecError
			if errors.As(err, &spec) != wantErr || wantErr && !cmp.Equal(spec.Findings, c.Findings) {
				t.Errorf("error %v, want a SpecError with the findings: %t", err, wantErr)
			}
			if len(c.Services) < 5 {
				t.Errorf("%d services, want those that could be read beside the error", len(c.Services))
			}
		})
	}
}

func TestCatalogPatterns(t *testing.T) {
	c, err := ownership.ReadCatalog(shop(), ownership.CatalogOptions{Patterns: []string{"services/*.yaml", "teams.*"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 2 || len(c.Teams) != 3 {
		t.Errorf("got %d services and %d teams, want 2 and 3", len(c.Services), len(c.Teams))
	}
	if _, err := ownership.ReadCatalog(shop(), ownership.CatalogOptions{Patterns: []string{"[a"}}); err == nil {
		t.Error("a malformed pattern gave no error")
	}
}

type failingFS struct{ fstest.MapFS }

func (f failingFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "web.yaml") {
		return nil, fs.ErrPermission
	}
	return f.MapFS.Open(name)
}

func TestCatalogFileSystemErrors(t *testing.T) {
	if _, err := ownership.ReadCatalog(failingFS{shop()}, ownership.CatalogOptions{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want %v", err, fs.ErrPermission)
	}
}

func TestScopeOf(t *testing.T) {
	c, err := ownership.ReadCatalog(shop(), ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		entries []string
		want    response.Scope
	}{
		{nil, response.Task},
		{[]string{"web"}, response.Service},
		{[]string{"web", "web"}, response.Service},
		{[]string{"web", "cart"}, response.Platform},
		{[]string{"db"}, response.Platform},                 // a platform by itself
		{[]string{"logging"}, response.Platform},            // a concern by itself
		{[]string{"web", "db"}, response.Area},              // two teams of one area
		{[]string{"web", "logging"}, response.Organisation}, // two areas
		{[]string{"auth"}, response.Organisation},           // tier 0
	}
	for _, tt := range tests {
		if got, err := c.ScopeOf(tt.entries...); err != nil || got != tt.want {
			t.Errorf("ScopeOf(%v) = %v, %v, want %v", tt.entries, got, err, tt.want)
		}
	}
	// Three teams of no known area.
	var many ownership.Catalog
	for _, name := range []string{"a", "b", "c"} {
		many.Services = append(many.Services, ownership.Service{Name: name, OwnerTeam: "team-" + name})
	}
	if got, err := many.ScopeOf("a", "b", "c"); err != nil || got != response.Organisation {
		t.Errorf("three teams: got %v, %v, want %v", got, err, response.Organisation)
	}
	if got, err := many.ScopeOf("a", "c"); err != nil || got != response.Area {
		t.Errorf("two teams: got %v, %v, want %v", got, err, response.Area)
	}
	_, err = c.ScopeOf("wbe", "nothing")
	want := "the catalog has no entry \"wbe\"; did you mean web?\nthe catalog has no entry \"nothing\"; write auth, db, logging, web or cart"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestScheduleOf(t *testing.T) {
	files := shop()
	files["x.yaml"] = &fstest.MapFile{Data: []byte(`
services:
  - {name: weekly, owner_team: core, incident_response: {oncall_schedule: weekly}}
  - {name: daily, owner_team: front, incident_response: {oncall_schedule: daily}}
  - {name: named, owner_team: front, incident_response: {oncall_schedule: core-primary}}
  - {name: link, owner_team: front, incident_response: {oncall_schedule: "https://oncall.example.org/1"}}
  - {name: own, owner_team: front, incident_response: {oncall_schedule: {rotation: every 2 weeks, members: [ben], handoff: "Friday", start: 2026-01-02}}}
  - {name: theirs, owner_team: core}
  - {name: nobody, owner_team: watch}
`)}
	c, err := ownership.ReadCatalog(files, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ service, want string }{
		{"weekly", "weekly Monday 09:00 Europe/Berlin 2024-01-01 [cem dora]"},
		{"daily", "daily 09:00 UTC 2024-01-01 [ana ben]"},
		{"named", "weekly Monday 09:00 Europe/Berlin 2024-01-01 [cem dora]"},
		{"link", "none"},
		{"own", "every 2 weeks Friday 09:00 UTC 2026-01-02 [ben]"},
		{"theirs", "weekly Monday 09:00 Europe/Berlin 2024-01-01 [cem dora]"},
		{"nobody", "none"},
	}
	for _, tt := range tests {
		svc, ok := c.Service(tt.service)
		if !ok {
			t.Fatalf("no service %s", tt.service)
		}
		got := "none"
		if s, ok := c.ScheduleOf(svc); ok {
			got = fmt.Sprint(s.Rotation, " ", s.Handoff, " ", s.TimeZone, " ", s.Start, " ", s.Members)
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.service, got, tt.want)
		}
	}
}

// Suggestions are for people: in a catalog whose teams are all defined elsewhere
// only the first names are compared with others.
func TestSuggestionsAreBounded(t *testing.T) {
	c := ownership.Catalog{Teams: []ownership.Team{{Name: "payments"}}}
	for i := range 300 {
		c.Services = append(c.Services, ownership.Service{Name: fmt.Sprintf("s%d", i), OwnerTeam: "paymnts", Kind: ownership.KindPlatform})
	}
	asked := 0
	findings := c.Validate()
	for _, f := range findings {
		if strings.HasPrefix(f.Remedy, "did you mean payments?") {
			asked++
		}
	}
	if len(findings) != 300 || asked != 100 {
		t.Errorf("got %d findings and %d suggestions, want 300 and 100", len(findings), asked)
	}
}

// Cycles are found in chains that are longer than any stack, and the one that
// is shown is a shortest one.
func TestLongCycle(t *testing.T) {
	const n = 50_000
	c := ownership.Catalog{Teams: []ownership.Team{{Name: "t"}}}
	for i := range n {
		c.Services = append(c.Services, ownership.Service{
			Name: fmt.Sprintf("s%d", i), OwnerTeam: "t", Kind: ownership.KindPlatform,
			DependsOn: []ownership.Dependency{{Name: fmt.Sprintf("s%d", (i+1)%n)}},
		})
	}
	got := lines(c.Validate())
	want := []string{"service.depends_on[0]: the services need each other in a circle: s0 → s1 → s2 → s3 → s4 → s5 → s6 → s7 → s8 → s9 → s10 → … → s0; remove one of these dependencies, or make it strength: soft if the service survives without it"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func BenchmarkReadCatalog(b *testing.B) {
	spec := string(bundledSpec(b))
	files := fstest.MapFS{"team.yaml": {Data: []byte("team: {name: sre-platform, members: [ana], handlers: [pagerduty, slack]}")}}
	for i := range 1000 {
		name := fmt.Sprintf("service-%d", i)
		files[name+".yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(spec, "user-auth-service", name, 1))}
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := ownership.ReadCatalog(files, ownership.CatalogOptions{})
		if err != nil || len(c.Services) != 1000 {
			b.Fatal(len(c.Services), err)
		}
	}
}
