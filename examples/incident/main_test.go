package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func bundled(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("incident.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// printed is what callers rely on.
type printed struct {
	Scope string `json:"scope"`
	Roots []struct {
		Service    string   `json:"service"`
		Score      float64  `json:"score"`
		Dependents []string `json:"dependents"`
	} `json:"roots"`
	Roles []struct {
		Role   string `json:"role"`
		Person string `json:"person"`
		Level  int    `json:"level"`
		Reason string `json:"reason"`
	} `json:"roles"`
	Unfilled   []json.RawMessage `json:"unfilled"`
	Escalation []struct {
		After  float64  `json:"after_seconds"`
		Scope  string   `json:"scope"`
		People []string `json:"people"`
	} `json:"escalation"`
	Budget   []json.RawMessage `json:"budget_at_risk"`
	Runbooks []struct {
		Path string `json:"path"`
	} `json:"runbooks"`
	Fatigue []json.RawMessage `json:"fatigue"`
}

// The bundled incident: the root is found although it is silent, every role is
// filled, and its runbook is among those shown.
func TestBundledIncident(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"catalog"}, strings.NewReader(bundled(t)), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit status %d: %s", code, stderr.String())
	}
	if strings.Contains(stdout.String(), "null,") && !strings.Contains(stdout.String(), `"remaining": null`) {
		t.Errorf("a null that is no unknown:\n%s", stdout.String())
	}
	var got printed
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Scope != "area" {
		t.Errorf("scope %q, want area", got.Scope)
	}
	if root := got.Roots[0]; root.Service != "user-db" || cmp.Diff([]string{"checkout", "login", "storefront"}, root.Dependents) != "" {
		t.Errorf("best root %+v, want user-db with its three dependents", root)
	}
	var roles []string
	for _, r := range got.Roles {
		roles = append(roles, r.Role+" "+r.Person)
		if r.Reason == "" || r.Level == 0 {
			t.Errorf("%s %s: reason %q, level %d", r.Role, r.Person, r.Reason, r.Level)
		}
	}
	// The week of Monday 2026-10-05 is the 40th of the schedules: of four people the
	// last is on call, of two the second.
	want := []string{"commander esteban", "deputy mona", "operations gael", "communications olga", "planning marta", "scribe henrik",
		"lead gael", "lead nuno", "lead iker", "expert gael", "expert nuno", "expert iker", "shadow dagny", "shadow quim", "shadow lior"}
	if diff := cmp.Diff(want, roles); diff != "" {
		t.Errorf("roles (-want +got)\n%s", diff)
	}
	if len(got.Unfilled) > 0 || len(got.Budget) != 3 || len(got.Fatigue) != 2 {
		t.Errorf("%d unfilled roles, %d objectives at risk, %d warnings of fatigue; want 0, 3, 2", len(got.Unfilled), len(got.Budget), len(got.Fatigue))
	}
	var paths []string
	for _, r := range got.Runbooks {
		paths = append(paths, filepath.Base(r.Path))
		if _, err := os.Stat(filepath.Join("catalog", r.Path)); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]string{"checkout-errors.md", "login-errors.md", "storefront-errors.md", "user-database-errors.md"}, paths); diff != "" {
		t.Errorf("runbooks (-want +got)\n%s", diff)
	}
	if e := got.Escalation[0]; e.After != 0 || e.Scope != "service" || cmp.Diff([]string{"gael"}, e.People) != "" {
		t.Errorf("first step %+v, want gael for the service at once", e)
	}
}

// Rows may be unsorted, and times may be Unix seconds.
func TestOrderDoesNotMatter(t *testing.T) {
	alerts := []string{
		`{"service": "login", "name": "LoginErrors", "severity": "critical", "start": 1791785640}`,
		`{"service": "checkout", "name": "CheckoutErrors", "severity": "page", "start": "2026-10-12T08:16:00+02:00"}`,
		`{"service": "storefront", "name": "StorefrontErrors", "start": "2026-10-12T06:19:00Z"}`,
	}
	var want bytes.Buffer
	run([]string{"catalog"}, strings.NewReader(bundled(t)), &want, &want)
	for _, order := range [][3]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		var got bytes.Buffer
		in := `{"severity": 2, "alerts": [` + alerts[order[0]] + "," + alerts[order[1]] + "," + alerts[order[2]] + "]}"
		run([]string{"-at", "1791785940", "catalog"}, strings.NewReader(in), &got, &got)
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("order %v (-want +got)\n%s", order, diff)
		}
	}
}

func TestExitStatus(t *testing.T) {
	in := bundled(t)
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "a.yaml"), []byte("service: {name: a}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args, stdin, stderr string
		code                int
	}{
		{"", in, usage + "\n", 2},
		{"a b", in, usage + "\n", 2},
		{"-markdown -svg catalog", in, usage + "\n", 2},
		{"-at noon catalog", in, "invalid value \"noon\" for flag -at: no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n", 2},
		{"-h", in, "Usage of incident:\n", 0},
		{"none", in, "stat none: no such file or directory\n", 1},
		{"main.go", in, "main.go: it is no folder; give the one that holds the catalog\n", 1},
		{broken, in, "a.yaml:1:10: service.owner_team: the key is missing; add it, such as owner_team: sre-platform\n", 1},
		{"catalog", "", `standard input: nothing stands here; write {"alerts": [{"service": "login", "start": "2026-01-05T09:00:00Z"}]}` + "\n", 1},
		{"catalog", "{}{}", "standard input: more stands behind the object; write one object\n", 1},
		{"catalog", "[]", "standard input: byte 1: array where an object is expected\n", 1},
		{"catalog", `{"alerts": 5}`, "standard input: byte 12: alerts: number where a list is expected\n", 1},
		{"catalog", `{"alerts": [}`, "standard input: byte 13: no JSON: invalid character '}' looking for beginning of value\n", 1},
		{"catalog", `{"alerts": [`, "standard input: the JSON ends too early; close what is open\n", 1},
		{"catalog", `{"alerts": [{"service": "login", "start": 5}], "expected_seconds": 1e300}`, "standard input: expected_seconds: 1e+300 is beyond 10000h0m0s; write how long it may last, or leave it out\n", 1},
		{"catalog", "{}", "no response: alerts: nothing alerts; give at least one alert with its service and start\n", 1},
		// Everything at once.
		{"catalog", `{"alerts": [{"service": "login", "start": "noon"}, {"start": "today"}]}`,
			"standard input: alerts[0].start: \"noon\": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n" +
				"standard input: alerts[1].start: \"today\": no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n", 1},
		{"catalog", `{"severity": -1, "alerts": [{"start": "2026-10-12T06:14:00Z"}, {"service": "login", "severity": "loud"}]}`,
			"no response: severity: \"-1\": it is negative; write 1 for the worst, or leave it out\n" +
				"no response: alerts[0].service: the alert names no entry; name the entry for which it fires\n" +
				"no response: alerts[1].start: the alert has no start; say since when it fires: 2026-01-05T09:00:00Z\n" +
				"no response: alerts[1].severity: \"loud\": it is no severity; write critical (page), warning (ticket) or info\n", 1},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), strings.NewReader(c.stdin), &stdout, &stderr)
		if code != c.code || !strings.HasPrefix(stderr.String(), c.stderr) || stdout.Len() > 0 {
			t.Errorf("incident %s: exit status %d, want %d; standard error:\n%swant:\n%s", c.args, code, c.code, stderr.String(), c.stderr)
		}
	}
}

func TestOtherForms(t *testing.T) {
	for _, c := range []struct{ flag, want string }{{"-markdown", "| user-db | data-platform | 0.857 | silent |"}, {"-svg", "<svg "}} {
		var stdout, stderr bytes.Buffer
		if code := run([]string{c.flag, "catalog"}, strings.NewReader(bundled(t)), &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), c.want) {
			t.Errorf("%s: exit status %d: %s; want %q in\n%s", c.flag, code, stderr.String(), c.want, stdout.String())
		}
	}
}
