package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const spec = "../quickstart/catalog/service.yaml"

func TestRules(t *testing.T) {
	tests := filepath.Join(t.TempDir(), "rules_test.yaml")
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{spec}, []string{"groups:\n", "> 0.00144\n", "alert: HighErrorRateAlert\n", "vector(2592000)"}},
		{[]string{"-window", "28d", spec}, []string{"> 0.001344\n", "vector(2419200)"}},
		{[]string{"-format", "operator", spec}, []string{"kind: PrometheusRule\n", "  groups:\n"}},
		{[]string{"-tests", tests, spec}, []string{"groups:\n"}},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(c.args, &stdout, &stderr); code != 0 {
			t.Fatalf("%v: exit %d: %s", c.args, code, stderr.String())
		}
		for _, want := range c.want {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%v: no %q in the output", c.args, want)
			}
		}
	}
	if data, err := os.ReadFile(tests); err != nil || !bytes.Contains(data, []byte("rule_files:\n  - rules.yaml\n")) {
		t.Errorf("the unit tests (%v) name no rules.yaml", err)
	}
}

func TestExitStatus(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("service:\n  nam: a\n  owner_team: b\n  responsibilities:\n    - latency: p95 < 100\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{nil, 2, []string{"usage: rules"}},
		{[]string{"-format", "json", spec}, 2, []string{"usage: rules"}},
		{[]string{"-window", "a while", spec}, 2, []string{"window"}},
		{[]string{"none.yaml", "neither.yaml"}, 1, []string{"none.yaml", "neither.yaml"}},
		{[]string{bad}, 1, []string{bad + ":2:3: service: \"nam\"", "did you mean name?", bad + ":5:"}},
	} {
		var stdout, stderr bytes.Buffer
		code := run(c.args, &stdout, &stderr)
		if code != c.code || stdout.Len() > 0 {
			t.Errorf("%v: exit %d with %d bytes of output, want %d and none", c.args, code, stdout.Len(), c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%v: no %q in %q", c.args, want, stderr.String())
			}
		}
	}
}
