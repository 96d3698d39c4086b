package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The quickstart runs on its own files, as a new user's first command does.
func TestBundledCatalog(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-out", out}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	for _, want := range []string{"user-auth-service\n=====", "0.00144", "answers HighErrorRateAlert", "of the budget spent", "request_rate: over 28d a peak of ", "horizon-beyond-history", "69.4% of the budget if nobody notices", "a release may begin: slow", "on its own past, 5d20h ahead: MASE ", "before a release is taken back"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, stdout.String())
		}
	}
	review, err := os.ReadFile(filepath.Join(out, "review.txt"))
	if err != nil || !strings.HasPrefix(stdout.String(), string(review)) {
		t.Errorf("review.txt is not what was printed (%v)", err)
	}
	for name, want := range map[string]string{
		"rules.yaml":        "alert: ErrorBudgetBurn\n",
		"rules_test.yaml":   "rule_files:\n  - rules.yaml\n",
		"alertmanager.yaml": "routing_key_file:",
		"oncall.ics":        "SUMMARY:bruno: primary\\, sre-platform-primary\r\n",
	} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s lacks %q (%v)", name, want, err)
		}
	}
}

// A spec whose team is defined elsewhere has no shifts, and says so.
func TestSpecAlone(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-spec", "catalog/service.yaml", "-out", out}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	if !strings.Contains(stdout.String(), "no oncall.ics: catalog/service.yaml:20:22: service.incident_response.oncall_schedule: \"weekly\": nobody takes turns") {
		t.Errorf("it does not say why oncall.ics is missing:\n%s", stdout.String())
	}
	if _, err := os.Stat(filepath.Join(out, "oncall.ics")); err == nil {
		t.Error("there is a calendar of nobody")
	}
}

func TestExitStatus(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - availability: 99.99\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-spec", bad}, 1, bad + ":5:26: service.responsibilities[0].availability: \"99.99\""},
		{[]string{"-spec", filepath.Join(t.TempDir(), "none.yaml")}, 1, "none.yaml"},
		{[]string{"-nonsense"}, 2, "nonsense"},
		{[]string{"extra"}, 2, "usage"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(c.args, &stdout, &stderr); code != c.code || !strings.Contains(strings.ToLower(stderr.String()), strings.ToLower(c.want)) {
			t.Errorf("%v: exit %d, %q; want %d and %q", c.args, code, stderr.String(), c.code, c.want)
		}
	}
}
