package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/alerting/rules"
)

const ruleFile = `groups:
  - name: node
    interval: 30s
    rules:
      - record: instance:up
        expr: up
      - alert: NodeDown
        expr: |
          up{job="node"} == 0
        for: 5m
        keep_firing_for: 1h
        labels:
          severity: critical
          team: 007
        annotations:
          summary: '{{ $labels.instance }} is down'
          runbook_url: https://runbooks.example.org/node/nodedown
  - name: empty
`

func TestReadRules(t *testing.T) {
	want := []rules.ReadGroup{
		{Name: "node", Line: 2, Rules: []rules.ReadRule{
			{Rule: rules.Rule{Record: "instance:up", Expr: "up"}, Line: 5},
			{Rule: rules.Rule{Alert: "NodeDown", Expr: `up{job="node"} == 0`, For: 5 * time.Minute, KeepFiringFor: time.Hour,
				Labels:      map[string]string{"severity": "critical", "team": "007"},
				Annotations: map[string]string{"summary": "{{ $labels.instance }} is down", "runbook_url": "https://runbooks.example.org/node/nodedown"}},
				Line: 7, Severity: "critical"},
		}},
		{Name: "empty", Line: 18},
	}
	got, err := rules.ReadRules("rules.yaml", []byte(ruleFile))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for name, text := range map[string]string{
		"operator": "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  " + strings.ReplaceAll(ruleFile, "\n", "\n  "),
		"windows":  "\ufeff" + strings.ReplaceAll(ruleFile, "\n", "\r\n"),
	} {
		got, err := rules.ReadRules("rules.yaml", []byte(text))
		if err != nil || len(got) != 2 || len(got[0].Rules) != 2 || got[0].Rules[1].Labels["team"] != "007" || got[0].Rules[1].Expr != want[0].Rules[1].Expr {
			t.Errorf("%s: %v %+v", name, err, got)
		}
	}
	for _, text := range []string{"", "groups: []\n", "groups:\n", "kind: ConfigMap\ndata: {}\n"} {
		if got, err := rules.ReadRules("rules.yaml", []byte(text)); err != nil || len(got) != 0 {
			t.Errorf("%q: %v %v, want no groups", text, got, err)
		}
	}
}

// What the package writes, it reads.
func TestReadRulesReadsWhatYAMLWrites(t *testing.T) {
	set := rules.RuleSet{Groups: []rules.Group{{Name: "a", Rules: []rules.Rule{
		{Alert: "A", Expr: "up == 0", For: 90 * time.Second, Labels: map[string]string{"severity": "page", "odd": "yes\n: \"#"}, Annotations: map[string]string{"summary": "é\t{{ x }}"}},
		{Record: "b", Expr: "sum(up)"},
	}}}}
	got, err := rules.ReadRules("a.yaml", set.YAML())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got[0].Rules {
		if diff := cmp.Diff(set.Groups[0].Rules[i], r.Rule); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestReadRulesRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: 1\n", `r.yaml:1:1: "a": there are no groups; write groups: with a list of groups`},
		{"groups: 3\n", `r.yaml:1:9: "3": groups is no list; write groups: and one - name: for each`},
		{"groups:\n- 3\n", `r.yaml:2:3: "3": the group is no mapping; write - name: and rules:`},
		{"groups:\n- rules:\n  - alert: A\n", "r.yaml:2:3: \"rules\": the group has no name; add name:\nr.yaml:3:5: \"alert\": the rule \"A\" has no expression; add expr:"},
		{"groups:\n- name: a\n  rules:\n  - expr: up\n  - alert: A\n    record: b\n    expr: up\n  - alert: C\n    expr: up\n    for: soon\n",
			"r.yaml:4:5: \"expr\": the rule is neither an alert nor a record; add alert: or record:\n" +
				"r.yaml:5:5: \"alert\": the rule is an alert and a record; keep one of them\n" +
				"r.yaml:10:5: \"for\": \"soon\" is no duration; write for: 5m"},
		{"groups:\n- name: a\n  rules: [{alert: A, expr: up, labels: [b], annotations: {c: [d]}}]\n",
			"r.yaml:3:32: \"labels\": the key is no mapping; write name: value below it\nr.yaml:3:59: \"c\": the value is no text; put it in quotes"},
		{"groups: &a\n- *a\n", `r.yaml:1:9: "&": anchors, aliases, merge keys and tags are not read; write the values out`},
		{"groups: [\n", `r.yaml:1:9: "[": sequence end token ']' not found; check the indentation and quotes around this line`},
		{"groups: " + strings.Repeat("[", 1000), `r.yaml:1:72: "[": lists and mappings are nested more than 64 deep; write the values out`},
		{"groups:\n- name: a\n  rules:\n  - alert: A\n    labels:\n" + strings.Repeat("      k: v\n", 1001), `r.yaml:1006:7: "k": a mapping has more than 1000 keys; write the values out`},
		{"groups: \xff", `r.yaml: the file is not UTF-8; save it as UTF-8`},
	} {
		_, err := rules.ReadRules("r.yaml", []byte(c.text))
		var typed *rules.RuleFileError
		if !errors.As(err, &typed) || !errors.Is(err, rules.ErrRuleFile) || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func FuzzReadRules(f *testing.F) {
	f.Add([]byte(ruleFile))
	f.Add([]byte("groups:\n- name: a\n  rules: [{alert: A, expr: up, labels: [b], annotations: {c: [d]}}]\n"))
	f.Add([]byte("? a\n: b\n"))
	f.Add([]byte("spec: {groups: }\n---\ngroups: |\n  a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		groups, err := rules.ReadRules("f.yaml", data)
		for _, g := range groups {
			for _, r := range g.Rules {
				if (r.Alert == "") == (r.Record == "") || strings.TrimSpace(r.Expr) == "" {
					t.Fatalf("%+v", r)
				}
			}
		}
		if err != nil && fmt.Sprint(err) == "" {
			t.Fatal("an error without a text")
		}
	})
}
